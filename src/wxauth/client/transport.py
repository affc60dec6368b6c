"""How requests travel: over httpcore2, the connection pool of httpx2, under one wall-clock deadline.

httpcore2 lets the network be replaced underneath its pool. That is used for one thing: every "timeout" handed to the pool
is a point in time, and each wait for the network gets what is left until then. A server that drips one byte a second,
in headers or body, cannot hold a call longer than its deadline. Redirects are not followed, proxies of the environment
are ignored, TLS is verified against the trust store of the operating system.

Another HTTP client is about thirty lines: see docs/how-to/another-http-client.md.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import AsyncIterable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import httpcore2
import truststore

from wxauth.errors import DeadlineExceeded, UpstreamProtocolError, UpstreamUnavailable
from wxauth.protocol.message import Request, Response

MAX_BODY_BYTES = 256 * 1024
CONNECT_SECONDS = 2.0
"""How long one address may take to accept a connection; the next address is tried after that."""
MAX_CONNECTIONS = 64

_HEADERS = [(b"Accept", b"*/*"), (b"User-Agent", b"wxauth")]
_NOTHING_SENT = (httpcore2.ConnectError, httpcore2.ConnectTimeout, httpcore2.PoolTimeout)


class HttpTransport:
    """Sends requests for callers that block; safe to share between threads."""

    def __init__(self, *, ssl_context: ssl.SSLContext | None = None) -> None:
        """Args: ssl_context: what to trust instead of the operating system's store, for a private CA."""
        self._pool = httpcore2.ConnectionPool(
            ssl_context=ssl_context or _os_trust(), max_connections=MAX_CONNECTIONS, network_backend=_Network()
        )

    def send(self, request: Request, *, within_seconds: float) -> Response:
        """Send one request; see wxauth.flow.ports.Transport for the promise."""
        with _own_errors(request, within_seconds):
            answer = self._pool.handle_request(_outgoing(request, within_seconds))
            try:
                return Response(status=answer.status, body=_read(request, answer))
            finally:
                answer.close()

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()


class AsyncHttpTransport:
    """Sends requests for callers that await; to be used within one event loop."""

    def __init__(self, *, ssl_context: ssl.SSLContext | None = None) -> None:
        """Args: ssl_context: what to trust instead of the operating system's store, for a private CA."""
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=ssl_context or _os_trust(), max_connections=MAX_CONNECTIONS, network_backend=_AsyncNetwork()
        )

    async def send(self, request: Request, *, within_seconds: float) -> Response:
        """Send one request; see wxauth.flow.ports.AsyncTransport for the promise."""
        with _own_errors(request, within_seconds):
            answer = await self._pool.handle_async_request(_outgoing(request, within_seconds))
            try:
                return Response(status=answer.status, body=await _aread(request, answer))
            finally:
                await answer.aclose()

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.aclose()


def _os_trust() -> ssl.SSLContext:
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _outgoing(request: Request, within_seconds: float) -> httpcore2.Request:
    moment = time.monotonic() + within_seconds
    # "pool" is waited for by the pool itself and stays a span; the other three reach our network as a moment.
    timeout = {"pool": within_seconds, "connect": moment, "read": moment, "write": moment}
    return httpcore2.Request(request.method, request.url, headers=_HEADERS, extensions={"timeout": timeout})


def _read(request: Request, answer: httpcore2.Response) -> bytes:
    body = bytearray()
    for chunk in cast("Iterable[bytes]", answer.stream):
        body += chunk
        _refuse_oversize(request, body)
    return bytes(body)


async def _aread(request: Request, answer: httpcore2.Response) -> bytes:
    body = bytearray()
    async for chunk in cast("AsyncIterable[bytes]", answer.stream):
        body += chunk
        _refuse_oversize(request, body)
    return bytes(body)


def _refuse_oversize(request: Request, body: bytearray) -> None:
    if len(body) > MAX_BODY_BYTES:
        raise UpstreamProtocolError(request.operation, f"the body is over {MAX_BODY_BYTES // 1024} KiB")


@contextmanager
def _own_errors(request: Request, within_seconds: float) -> Iterator[None]:
    """Turn the pool's errors into ours. Their texts are dropped (``from None``): they may quote what was sent."""
    try:
        yield
    except httpcore2.TimeoutException as error:
        sent = not isinstance(error, _NOTHING_SENT)
        raise DeadlineExceeded(request.operation, within_seconds, sent=sent) from None
    except (httpcore2.NetworkError, httpcore2.RemoteProtocolError) as error:
        problem = "connection refused or unreachable" if isinstance(error, _NOTHING_SENT) else "connection lost"
        raise UpstreamUnavailable(request.operation, problem, sent=not isinstance(error, _NOTHING_SENT)) from None


def _left(moment: float | None, error: type[httpcore2.TimeoutException]) -> float | None:
    if moment is None:
        return None
    left = moment - time.monotonic()
    if left <= 0:
        raise error
    return left


class _Network(httpcore2.NetworkBackend):
    def __init__(self) -> None:
        self._inner = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore2.NetworkStream:
        try:
            addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            raise httpcore2.ConnectError("the name cannot be resolved") from None
        failure: Exception = httpcore2.ConnectError("no address")
        for *_, address in addresses:
            span = min(CONNECT_SECONDS, _left(timeout, httpcore2.ConnectTimeout) or CONNECT_SECONDS)
            try:
                stream = self._inner.connect_tcp(str(address[0]), port, span, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return _Stream(stream)
        raise failure


class _Stream(httpcore2.NetworkStream):
    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(timeout, httpcore2.WriteTimeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        left = _left(timeout, httpcore2.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def close(self) -> None:
        self._inner.close()


class _AsyncNetwork(httpcore2.AsyncNetworkBackend):
    def __init__(self) -> None:
        self._inner = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore2.AsyncNetworkStream:
        # The event loop tries the addresses side by side (happy eyeballs), so one span covers them all.
        span = _left(timeout, httpcore2.ConnectTimeout)
        span = CONNECT_SECONDS if span is None else min(CONNECT_SECONDS, span)
        return _AsyncStream(await self._inner.connect_tcp(host, port, span, local_address, socket_options))


class _AsyncStream(httpcore2.AsyncNetworkStream):
    def __init__(self, inner: httpcore2.AsyncNetworkStream) -> None:
        self._inner = inner

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._inner.read(max_bytes, _left(timeout, httpcore2.ReadTimeout))

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._inner.write(buffer, _left(timeout, httpcore2.WriteTimeout))

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.AsyncNetworkStream:
        left = _left(timeout, httpcore2.ConnectTimeout)
        return _AsyncStream(await self._inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    async def aclose(self) -> None:
        await self._inner.aclose()
