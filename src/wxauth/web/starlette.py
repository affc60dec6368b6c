"""Sign-in for Starlette: `SignIn(...)` gives the routes and says who is signed in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from typing import Any, Self, TypeVar
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wxauth.account import OfficialAccount
from wxauth.client.aio.outside import async_guarded_ports
from wxauth.client.transport import AsyncHttpTransport
from wxauth.errors import UsageError
from wxauth.flow.drive import Flow, adrive
from wxauth.flow.ports import AsyncTransport, admit_everybody
from wxauth.flow.session import Session
from wxauth.identity import Identity, Lang, Scope
from wxauth.protocol.message import Endpoints
from wxauth.settings import Settings
from wxauth.stores.base import AsyncStore
from wxauth.stores.url import open_async_store
from wxauth.web.base import SignInFlows
from wxauth.web.setup import Paths, Setup
from wxauth.web.visit import MAX_FORM_BYTES, Reply, Visit

T = TypeVar("T")
OnSignIn = Callable[[Identity], str | Awaitable[str | None] | None]


class SignIn:
    """Sign in with WeChat in a Starlette application.

    Put ``sign_in.routes`` among the application's routes, and ``sign_in.required(request)`` where somebody has to be
    signed in. To close connections at the end, pass ``lifespan=sign_in.lifespan`` to the application.

    Args:
        account: the official account to sign in with.
        secret_key: at least 32 random characters of the application's own; shared by all its processes.
        store: where attempts and sessions are remembered: a URL such as ``sqlite:///sign-in.db``, or a store. Memory
            serves one process only.
        base_url: the origin under which people reach the application, ``https://example.com``. It is never taken from
            a request. None is for trials: only loopback addresses are served then.
        scope: ``snsapi_base`` signs in silently and yields the openid; ``snsapi_userinfo`` asks, and yields the
            profile.
        lang: language for place names in the profile.
        endpoints: where WeChat is; the real one, unless told otherwise.
        on_sign_in: called once for each sign-in, before its session begins, for applications with their own users. It
            may answer with the application's name for that person, which is ``session(request).user`` from then on.
            Called in the event loop when it is plain, awaited when it is async. When it raises, nobody is signed in.
        paths: where the sign-in lives: ``/toAuth``, ``/auth``, ``/logout``, and ``/`` as home.
        return_urls: whole URLs, besides the application's own paths, that ``return_to`` may name.
        verify_files: the codes of WeChat's ``MP_verify_<code>.txt`` files to serve.
        transport: the HTTP client, when it shall be another than the built-in one.

    Raises:
        UsageError: something of this cannot work.
    """

    def __init__(
        self,
        account: OfficialAccount,
        *,
        secret_key: str,
        store: str | AsyncStore = "memory:",
        base_url: str | None = None,
        scope: Scope | str = Scope.SNSAPI_BASE,
        lang: Lang | str = Lang.ZH_CN,
        endpoints: Endpoints | None = None,
        on_sign_in: OnSignIn = admit_everybody,
        paths: Paths | None = None,
        return_urls: Collection[str] = (),
        verify_files: Collection[str] = (),
        transport: AsyncTransport | None = None,
    ) -> None:
        setup = Setup(
            account=account,
            secret_key=secret_key,
            base_url=base_url,
            endpoints=endpoints or Endpoints(),
            scope=scope,
            lang=lang,
            paths=paths or Paths(),
            return_urls=return_urls,
            verify_files=verify_files,
        )
        self._flows = SignInFlows(setup)
        self._given_store, self._given_transport, self._on_sign_in = store, transport, on_sign_in
        self._redeeming: set[asyncio.Task[Reply]] = set()
        self._open()

    @classmethod
    def from_settings(cls, settings: Settings, **options: Any) -> Self:
        """Set up from ``WXAUTH_*`` settings; ``options`` are further arguments of SignIn.

        Raises:
            UsageError: WXAUTH_SECRET_KEY is not set.
        """
        if settings.secret_key is None:
            raise UsageError("WXAUTH_SECRET_KEY is not set; `openssl rand -hex 32` makes one")
        return cls(
            settings.account,
            secret_key=settings.secret_key,
            store=settings.store,
            base_url=settings.base_url,
            endpoints=settings.endpoints,
            **options,
        )

    @property
    def routes(self) -> list[Route]:
        """The routes of the sign-in."""
        paths = self._flows.paths
        return [
            Route(paths.start, self._start),
            Route(paths.callback, self._callback),
            Route(paths.problem + "{name}", self._problem),
            Route(paths.logout, self._logout, methods=["GET", "POST"]),
            Route("/MP_verify_{code}.txt", self._verify_file),
        ]

    @asynccontextmanager
    async def lifespan(self, app: object) -> AsyncGenerator[None]:
        """Close what the sign-in holds when the application ends; open it again when the application starts again."""
        if self._closed:
            self._open()
        try:
            yield
        finally:
            await self.close()

    async def close(self) -> None:
        """Let running redemptions end, then close our connections to WeChat and the store.

        A store or transport that was passed in as an object stays open: it belongs to the application.
        """
        if self._redeeming:
            await asyncio.wait(self._redeeming)
        if self._given_transport is None:
            await self._transport.close()
        if isinstance(self._given_store, str):
            await self._store.close()
        self._closed = True

    def _open(self) -> None:
        given = self._given_store
        self._store = open_async_store(given) if isinstance(given, str) else given
        self._transport = self._given_transport or AsyncHttpTransport()
        self._ports = async_guarded_ports(self._transport, self._store, admit=self._on_sign_in)
        self._closed = False

    async def session(self, request: Request) -> Session | None:
        """The session of this browser, with the identity and the application's own name for it; None without one."""
        return await self._drive(self._flows.session(_visit(request)))

    async def optional(self, request: Request) -> Identity | None:
        """Who is signed in, None when nobody is."""
        session = await self.session(request)
        return session.identity if session else None

    async def required(self, request: Request) -> Identity:
        """Who is signed in; when nobody is, a page sends its visitor to sign in and anything else answers 401.

        Raises:
            HTTPException: 303 to the start of a sign-in that comes back here, or 401.
        """
        identity = await self.optional(request)
        if identity is None:
            raise self._sign_in_first(request)
        return identity

    def start_url(self, return_to: str = "/") -> str:
        """The path that begins a sign-in, for a link."""
        return self._flows.start_address(return_to)

    def _sign_in_first(self, request: Request) -> HTTPException:
        visit = _visit(request)
        if request.method != "GET" or not visit.navigates or "text/html" not in visit.header("accept"):
            headers = {"WWW-Authenticate": "WeChat", "Cache-Control": "no-store"}
            return HTTPException(401, "sign in with WeChat first", headers=headers)
        here = quote(request.scope["path"], errors="replace") + (f"?{visit.query}" if visit.query else "")
        headers = {"Location": self.start_url(here), "Cache-Control": "no-store"}
        return HTTPException(303, "sign in with WeChat first", headers=headers)

    async def _start(self, request: Request) -> Response:
        return _response(await self._drive(self._flows.start(_visit(request))))

    async def _callback(self, request: Request) -> Response:
        # A browser that hangs up must not stop the redemption half-way: its duplicate waits for the result.
        redeeming = asyncio.ensure_future(self._drive(self._flows.callback(_visit(request))))
        self._redeeming.add(redeeming)
        redeeming.add_done_callback(self._redeeming.discard)
        return _response(await asyncio.shield(redeeming))

    async def _problem(self, request: Request) -> Response:
        return _response(await self._drive(self._flows.problem(_visit(request), request.path_params["name"])))

    async def _logout(self, request: Request) -> Response:
        visit = _visit(request, body=await _short_body(request))
        return _response(await self._drive(self._flows.logout(visit)))

    async def _verify_file(self, request: Request) -> Response:
        return _response(self._flows.verify_file(request.path_params["code"]))

    async def _drive(self, flow: Flow[T]) -> T:
        return await adrive(flow, self._ports)


def _visit(request: Request, *, body: bytes = b"") -> Visit:
    # From the scope: request.url raises on what a browser never sends, and a scanner does.
    raw: list[tuple[bytes, bytes]] = request.scope["headers"]
    query: bytes = request.scope["query_string"]
    return Visit(
        method=request.method,
        scheme=request.scope["scheme"],
        host=request.headers.get("host", ""),
        query=query.decode("latin-1"),
        cookie_headers=tuple(value for name, value in raw if name == b"cookie"),
        headers={name.decode("latin-1"): value.decode("latin-1") for name, value in raw if name != b"cookie"},
        body=body,
    )


async def _short_body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_FORM_BYTES:
            break
    return body


def _response(reply: Reply) -> Response:
    response = Response(reply.body, status_code=reply.status)
    for name, value in reply.headers:
        response.headers.append(name, value)
    return response
