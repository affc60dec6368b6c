"""How requests travel over aiohttp, for programs that await and make many calls at once: a third of the CPU time.

It comes with ``pip install "wxauth[aiohttp]"`` and is given to a client: ``AsyncWeChat(account,
transport=AiohttpTransport())``. It promises what the built-in transport promises (see transport.py). Two habits of
aiohttp would break that and are taken away in the connector: it repeats a GET by itself when a connection turns out to
be dead, which could spend a code twice; and it notices that an idle connection was closed only when the event loop has
come round once more.
"""

from __future__ import annotations

import asyncio
import select
import ssl
import sys
from contextvars import ContextVar
from weakref import WeakKeyDictionary

from wxauth.client import network, transport
from wxauth.errors import DeadlineExceeded, UpstreamProtocolError, UpstreamUnavailable, UsageError, WxAuthError
from wxauth.protocol.message import Request, Response

try:
    import aiohttp
    from aiohttp.client_proto import ResponseHandler
    from aiohttp.client_reqrep import ClientRequest
    from aiohttp.connector import Connection
    from aiohttp.tracing import Trace
    from yarl import URL
except ModuleNotFoundError:
    raise UsageError('aiohttp is not installed; it comes with: pip install "wxauth[aiohttp]"') from None

_HEADERS = {"User-Agent": "wxauth"}
_JSON = {"Content-Type": "application/json"}
_NOT_ASKED_FOR = ("Accept", "Accept-Encoding", "Content-Type")
_NO_TIMEOUTS = aiohttp.ClientTimeout(total=None, connect=None, sock_read=None, sock_connect=None)
"""The deadline is ours: aiohttp's own rounds what is over five seconds up to whole ones."""


class AiohttpTransport:
    """Sends requests for callers that await. Each event loop has connections of its own: close it before its end."""

    def __init__(self, *, ssl_context: ssl.SSLContext | None = None) -> None:
        """Args: ssl_context: what to trust instead of the operating system's store, for a private CA."""
        self._ssl_context = ssl_context or transport.os_trust()
        self._sessions = WeakKeyDictionary[asyncio.AbstractEventLoop, aiohttp.ClientSession]()

    async def send(self, request: Request, *, within_seconds: float) -> Response:
        """Send one request; see wxauth.flow.ports.AsyncTransport for the promise."""
        if within_seconds <= 0:
            raise DeadlineExceeded(request.operation, within_seconds, sent=False)
        journey = _Journey()
        before = _journey.set(journey)
        try:
            async with asyncio.timeout(within_seconds):
                return await self._exchange(request)
        except aiohttp.ClientError as error:  # its timeouts of connecting are TimeoutErrors too
            failure = _own_error(request.operation, error, sent=journey.is_connected)
        except TimeoutError:
            failure = DeadlineExceeded(request.operation, within_seconds, sent=journey.is_connected)
        finally:
            _journey.reset(before)
        # Raised out here it has no context: aiohttp's errors hold the URL.
        raise failure

    async def close(self) -> None:
        """Close every connection."""
        # Of this event loop, as in AsyncHttpTransport.
        session = self._sessions.pop(asyncio.get_running_loop(), None)
        if session is not None:
            await session.close()

    def _session(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        session = self._sessions.get(loop)
        if session is None:
            self._forget_ended_loops()
            session = self._sessions[loop] = _opened(self._ssl_context)
        return session

    def _forget_ended_loops(self) -> None:
        # A session holds its loop, so none would ever go by itself.
        for loop in [loop for loop in self._sessions if loop.is_closed()]:
            del self._sessions[loop]

    async def _exchange(self, request: Request) -> Response:
        headers = None if request.body is None else _JSON
        url = URL(request.url, encoded=True)
        answer = await self._session().request(
            request.method, url, data=request.body, headers=headers, allow_redirects=False
        )
        try:
            content = answer.content
            body = await content.readany()
            while not content.at_eof():
                transport.refuse_oversize(request, body)
                body += await content.readany()
            transport.refuse_oversize(request, body)
        except BaseException:
            answer.close()
            raise
        return Response(status=answer.status, body=body)


class _Journey:
    """How far the request of one call has come."""

    __slots__ = ("is_connected", "is_first")

    def __init__(self) -> None:
        self.is_connected = False
        self.is_first = False
        """Whether it is the first one on its connection."""


_journey = ContextVar[_Journey]("journey")


class _Connector(aiohttp.TCPConnector):
    """Connections for one request each, which are alive when they are handed out."""

    async def connect(self, req: ClientRequest, traces: list[Trace], timeout: aiohttp.ClientTimeout) -> Connection:  # noqa: ASYNC109
        journey = _journey.get()
        if journey.is_connected:
            raise aiohttp.ServerDisconnectedError  # aiohttp is about to send the request once more
        connection = await super().connect(req, traces, timeout)
        while not journey.is_first and _is_stale(connection):
            connection.close()
            connection = await super().connect(req, traces, timeout)
        journey.is_connected = True
        return connection

    async def _create_connection(
        self,
        req: ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109  the name is aiohttp's
    ) -> ResponseHandler:
        try:
            async with asyncio.timeout(network.CONNECT_SECONDS):
                created = await super()._create_connection(req, traces, timeout)
        except UnicodeError:
            raise aiohttp.ClientConnectionError from None  # the host cannot be a name
        _journey.get().is_first = True
        return created


def _opened(ssl_context: ssl.SSLContext) -> aiohttp.ClientSession:
    connector = _Connector(
        ssl=ssl_context,
        limit=transport.MAX_CONNECTIONS,
        keepalive_timeout=transport.KEEP_ALIVE_SECONDS,
        resolver=aiohttp.ThreadedResolver(),  # the operating system's, whatever else is installed
        use_dns_cache=False,
    )
    return aiohttp.ClientSession(
        connector=connector,
        headers=_HEADERS,
        skip_auto_headers=_NOT_ASKED_FOR,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=_NO_TIMEOUTS,
        auto_decompress=False,
        trust_env=False,
    )


def _is_stale(connection: Connection) -> bool:
    """Whether an idle connection has something to read, which can only be its end.

    A new one may have something else: the tickets with which a server of TLS 1.3 follows up the handshake.
    """
    wire = connection.transport
    if wire is None:
        return True
    file: int = wire.get_extra_info("socket").fileno()
    if sys.platform == "win32":
        return bool(select.select([file], [], [], 0)[0])
    poll = select.poll()  # select itself takes no file number over 1023
    poll.register(file, select.POLLIN)
    return bool(poll.poll(0))


def _own_error(operation: str, error: aiohttp.ClientError, *, sent: bool) -> WxAuthError:
    """Our word for aiohttp's error, whose own text may quote what was sent and is dropped."""
    if isinstance(error, aiohttp.ClientResponseError | aiohttp.ClientPayloadError):
        return UpstreamProtocolError(operation, "it is not HTTP, or breaks off")
    reason = "connection lost" if sent else transport.no_connection(error.__cause__)
    return UpstreamUnavailable(operation, reason, sent=sent)
