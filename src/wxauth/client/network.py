"""The network under the pool: every ``timeout`` it is given is a moment of the monotonic clock, not a span.

So all waits of one call share one deadline, however many there are.
"""

from __future__ import annotations

import socket
import ssl
import time
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Thread
from typing import Any, cast

import httpcore2

CONNECT_SECONDS = 2.0
"""How long one address may take to accept a connection; the next address is tried after that."""
RESOLVE_SECONDS = 1.0
MAX_RESOLVERS = 16
"""Names that are looked up at once, for callers that block."""

_resolvers = BoundedSemaphore(MAX_RESOLVERS)


class Network(httpcore2.NetworkBackend):
    """Connects for callers that block."""

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
        """Connect to the first address that accepts."""
        span = min(RESOLVE_SECONDS, _left(timeout, httpcore2.ConnectTimeout))
        for address in _addresses(host, port, time.monotonic() + span):
            span = min(CONNECT_SECONDS, _left(timeout, httpcore2.ConnectTimeout))
            with suppress(httpcore2.ConnectError, httpcore2.ConnectTimeout):
                return _Stream(self._inner.connect_tcp(address, port, span, local_address, socket_options))
        _left(timeout, httpcore2.ConnectTimeout)
        raise httpcore2.ConnectError


class AsyncNetwork(httpcore2.AsyncNetworkBackend):
    """Connects for callers that await."""

    def __init__(self) -> None:
        self._inner = cast("httpcore2.AsyncNetworkBackend", httpcore2.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  the names are the pool's, here and below
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to the first address that accepts; they are tried side by side, so one span covers them all."""
        span = min(CONNECT_SECONDS, _left(timeout, httpcore2.ConnectTimeout))
        try:
            return _AsyncStream(await self._inner.connect_tcp(host, port, span, local_address, socket_options))
        except (httpcore2.ConnectError, httpcore2.ConnectTimeout, UnicodeError):
            _left(timeout, httpcore2.ConnectTimeout)
            raise httpcore2.ConnectError from None


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


class _AsyncStream(httpcore2.AsyncNetworkStream):
    def __init__(self, inner: httpcore2.AsyncNetworkStream) -> None:
        self._inner = inner

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        try:
            return await self._inner.read(max_bytes, _left(timeout, httpcore2.ReadTimeout))
        except ssl.SSLError:  # the pool knows it from connecting only: a broken record, an alert of the server
            raise httpcore2.ReadError from None

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        try:
            await self._inner.write(buffer, _left(timeout, httpcore2.WriteTimeout))
        except ssl.SSLError:
            raise httpcore2.WriteError from None

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore2.AsyncNetworkStream:
        left = _left(timeout, httpcore2.ConnectTimeout)
        return _AsyncStream(await self._inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    async def aclose(self) -> None:
        await self._inner.aclose()


def _left(moment: float | None, late: type[httpcore2.TimeoutException]) -> float:
    """The seconds until a moment, which the transport always names; ``late`` is raised when it has passed."""
    assert moment is not None
    left = moment - time.monotonic()
    if left <= 0:
        raise late
    return left


def _addresses(host: str, port: int, moment: float) -> list[str]:
    """The addresses of a name, none when they are not known at this moment.

    The operating system's resolver knows no deadline, so it is asked in a thread that is left behind when it is late.
    """
    if not _resolvers.acquire(timeout=max(0.0, moment - time.monotonic())):
        return []
    found: SimpleQueue[list[str]] = SimpleQueue()
    Thread(target=_look_up, args=(host, port, found), name="wxauth-resolver", daemon=True).start()
    try:
        return found.get(timeout=max(0.0, moment - time.monotonic()))
    except Empty:
        return []


def _look_up(host: str, port: int, found: SimpleQueue[list[str]]) -> None:
    try:
        found.put([str(address[0]) for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)])
    except (OSError, UnicodeError):
        found.put([])
    finally:
        _resolvers.release()
