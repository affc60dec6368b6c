"""How requests travel: over httpcore2, the connection pool of httpx2, under one wall-clock deadline.

httpcore2 lets the network be replaced underneath its pool (see network.py). That is used for one thing: every "timeout"
handed to the pool is a point in time, and each wait for the network gets what is left until then. A server that drips
one byte a second, in headers or body, cannot hold a call longer than its deadline. Redirects are not followed, proxies
of the environment are ignored, TLS is verified against the trust store of the operating system.

Another HTTP client is about thirty lines: see docs/how-to/another-http-client.md.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from collections.abc import AsyncIterable, Iterable
from contextvars import ContextVar
from typing import cast
from weakref import WeakKeyDictionary

import httpcore2

from wxauth.client.network import AsyncNetwork, Network
from wxauth.errors import DeadlineExceeded, UpstreamProtocolError, UpstreamUnavailable, WxAuthError
from wxauth.protocol.message import Request, Response

MAX_BODY_BYTES = 512 * 1024
"""The longest answer is a page of 10000 openids, some 310 KiB."""
MAX_CONNECTIONS = 64
KEEP_ALIVE_SECONDS = 15.0
"""How long an unused connection is kept. A code sent over one that died unnoticed is lost, so this is short."""

_HEADERS = [(b"User-Agent", b"wxauth")]
_NOTHING_SENT = (httpcore2.ConnectError, httpcore2.ConnectTimeout, httpcore2.PoolTimeout)
_FAILURES = (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.RemoteProtocolError)


class HttpTransport:
    """Sends requests for callers that block; safe to share between threads."""

    def __init__(self, *, ssl_context: ssl.SSLContext | None = None) -> None:
        """Args: ssl_context: what to trust instead of the operating system's store, for a private CA."""
        self._pool = httpcore2.ConnectionPool(
            ssl_context=ssl_context or os_trust(),
            max_connections=MAX_CONNECTIONS,
            keepalive_expiry=KEEP_ALIVE_SECONDS,
            network_backend=Network(),
        )

    def send(self, request: Request, *, within_seconds: float) -> Response:
        """Send one request; see wxauth.flow.ports.Transport for the promise."""
        sending = _sending.set(True)
        try:
            return self._exchange(request, within_seconds)
        except _FAILURES as error:
            failure = _own_error(request.operation, error, within_seconds)
        finally:
            _sending.reset(sending)
        # Raised out here it has no context: text and frames of the pool's error hold what was sent.
        raise failure

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()

    def _exchange(self, request: Request, within_seconds: float) -> Response:
        answer = self._pool.handle_request(_outgoing(request, within_seconds))
        try:
            body = bytearray()
            for chunk in cast("Iterable[bytes]", answer.stream):
                body += chunk
                refuse_oversize(request, body)
            return Response(status=answer.status, body=bytes(body))
        finally:
            answer.close()


class AsyncHttpTransport:
    """Sends requests for callers that await. Each event loop has connections of its own."""

    def __init__(self, *, ssl_context: ssl.SSLContext | None = None) -> None:
        """Args: ssl_context: what to trust instead of the operating system's store, for a private CA."""
        self._ssl_context = ssl_context or os_trust()
        self._pools = WeakKeyDictionary[asyncio.AbstractEventLoop, httpcore2.AsyncConnectionPool]()

    async def send(self, request: Request, *, within_seconds: float) -> Response:
        """Send one request; see wxauth.flow.ports.AsyncTransport for the promise."""
        sending = _sending.set(True)
        try:
            return await self._exchange(request, within_seconds)
        except _FAILURES as error:
            failure = _own_error(request.operation, error, within_seconds)
        finally:
            _sending.reset(sending)
        # As in HttpTransport.
        raise failure

    async def close(self) -> None:
        """Close every connection."""
        # Of this event loop, that is: those of a loop that is gone went with it, and cannot be closed from here.
        await self._pool().aclose()

    def _pool(self) -> httpcore2.AsyncConnectionPool:
        loop = asyncio.get_running_loop()
        pool = self._pools.get(loop)
        if pool is None:
            pool = self._pools[loop] = httpcore2.AsyncConnectionPool(
                ssl_context=self._ssl_context,
                max_connections=MAX_CONNECTIONS,
                keepalive_expiry=KEEP_ALIVE_SECONDS,
                network_backend=AsyncNetwork(),
            )
        return pool

    async def _exchange(self, request: Request, within_seconds: float) -> Response:
        answer = await self._pool().handle_async_request(_outgoing(request, within_seconds))
        try:
            body = bytearray()
            async for chunk in cast("AsyncIterable[bytes]", answer.stream):
                body += chunk
                refuse_oversize(request, body)
            return Response(status=answer.status, body=bytes(body))
        finally:
            await answer.aclose()


def os_trust() -> ssl.SSLContext:
    """TLS as every transport speaks it: 1.2 or newer, verified by what the operating system trusts."""
    context = httpcore2.default_ssl_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _outgoing(request: Request, within_seconds: float) -> httpcore2.Request:
    moment = time.monotonic() + within_seconds
    # "pool" is waited for by the pool itself and stays a span; the other three reach our network as a moment.
    timeout = {"pool": within_seconds, "connect": moment, "read": moment, "write": moment}
    # The pool adds no Host of its own to a Request; it stands between the second and the third slash.
    headers = [(b"Host", request.url.split("/", 3)[2].encode()), *_HEADERS]
    if request.body is not None:
        headers += [(b"Content-Type", b"application/json"), (b"Content-Length", b"%d" % len(request.body))]
    extensions = {"timeout": timeout}
    return httpcore2.Request(request.method, request.url, headers=headers, content=request.body, extensions=extensions)


def refuse_oversize(request: Request, body: bytes | bytearray) -> None:
    """Refuse a body that is longer than any answer of WeChat."""
    if len(body) > MAX_BODY_BYTES:
        raise UpstreamProtocolError(request.operation, f"the body is over {MAX_BODY_BYTES // 1024} KiB")


def _own_error(operation: str, error: Exception, within_seconds: float) -> WxAuthError:
    """Our word for the pool's error. The pool's own text may quote what was sent and is dropped."""
    sent = not isinstance(error, _NOTHING_SENT)
    if isinstance(error, httpcore2.TimeoutException):
        return DeadlineExceeded(operation, within_seconds, sent=sent)
    cause: object = error.args[0] if error.args else None
    # With an exception inside, something came that is no HTTP or breaks off; without, the server just hung up.
    if isinstance(error, httpcore2.RemoteProtocolError) and isinstance(cause, Exception):
        return UpstreamProtocolError(operation, "it is not HTTP, or breaks off")
    return UpstreamUnavailable(operation, "connection lost" if sent else no_connection(cause), sent=sent)


def no_connection(cause: object) -> str:
    """Why there is no connection, in words that quote nothing but the reason a certificate is refused for."""
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate is refused: {cause.verify_message}"
    if isinstance(cause, ssl.SSLError):
        return "no TLS connection can be agreed on"
    return "connection refused or unreachable"


_sending = ContextVar("sending", default=False)


def _is_not_ours(record: logging.LogRecord) -> bool:
    # At DEBUG the pool logs the headers and the nonsense that came back, and either may repeat what was sent.
    return not _sending.get()


for _name in ("httpcore2.connection", "httpcore2.http11"):
    logging.getLogger(_name).addFilter(_is_not_ours)
