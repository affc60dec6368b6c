"""The sandbox as an ASGI app: the server calls on a short path of their own, everything else through Starlette."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from wxauth.sandbox.control.start import Start
from wxauth.sandbox.origin import PUBLIC_URL, origin
from wxauth.sandbox.wechat.operation import Request
from wxauth.sandbox.wechat.server import answer, is_call
from wxauth.sandbox.wechat.traits import UNNAMED, client_name
from wxauth.sandbox.wire import HANG_UP, deliver, put
from wxauth.sandbox.worlds import Worlds

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.types import Receive, Scope, Send

METHODS = frozenset({"GET", "POST"})
MOST_BODY_BYTES = 1_048_576
WECOM_HOST = b"qyapi.weixin.qq.com"


def _raise_reset(scope: Scope) -> None:
    raise ConnectionResetError(f"a fault of the sandbox breaks the connection off at {scope['path']}")


class SandboxApp:
    """All worlds behind one address.

    Args:
        worlds: by default one new world.
        hang_up: breaks a connection off, for the faults that do; without one, the server around the app
            is told by a ConnectionResetError.
        public_url: the start of every address in the answers; by default, what the sandbox was asked as.
        ca_pem: the certificate of the authority that clients may trust, when it is served over https.
        start: what tells it from other sandboxes; by default a new one.
    """

    def __init__(
        self,
        worlds: Worlds | None = None,
        *,
        hang_up: Callable[[Scope], None] = _raise_reset,
        public_url: str | None = None,
        ca_pem: str | None = None,
        start: Start | None = None,
    ) -> None:
        self.worlds = worlds or Worlds()
        self._hang_up = hang_up
        self._public_url = public_url
        self._ca_pem = ca_pem
        self._start = start or Start()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if self._public_url is not None:
            scope[PUBLIC_URL] = self._public_url
        if scope["type"] == "http" and scope["method"] in METHODS and is_call(scope["path"]):
            body = await _body(receive) if scope["method"] == "POST" else b""
            answered = answer(self.worlds, _request(scope, body))
            if answered.lost or answered.after_seconds:
                scope[HANG_UP] = self._hang_up
                await deliver(answered, scope, receive, send)
            else:
                await put(answered, send)
        else:
            scope[HANG_UP] = self._hang_up
            await self._pages(scope, receive, send)

    @cached_property
    def _pages(self) -> Starlette:
        from starlette.applications import Starlette
        from starlette.routing import Route

        from wxauth.sandbox.control.asgi import control_routes
        from wxauth.sandbox.control.ca import ca_routes
        from wxauth.sandbox.pages.authorize import AuthorizePage
        from wxauth.sandbox.pages.component_login import ComponentLoginPage
        from wxauth.sandbox.pages.corp_login import corp_login_routes
        from wxauth.sandbox.pages.home import home_routes, nowhere_route
        from wxauth.sandbox.pages.inspector import inspector_routes
        from wxauth.sandbox.pages.qr_routes import qr_routes
        from wxauth.sandbox.wechat import component_login
        from wxauth.sandbox.wechat.authorize import PATH

        authorize = AuthorizePage(self.worlds)
        page = Route(PATH, authorize.__call__, methods=["GET", "POST"])
        login = ComponentLoginPage(self.worlds)
        paths = (component_login.PATH, component_login.MOBILE_PATH)
        logins = [Route(path, login.__call__, methods=["GET", "POST"]) for path in paths]
        control = [*ca_routes(self._ca_pem), *inspector_routes(self.worlds)]
        control += control_routes(self.worlds, self._start)  # takes every path that is left below its prefix
        logins += [*corp_login_routes(self.worlds), *qr_routes(self.worlds)]
        return Starlette(routes=[page, *logins, *home_routes(self.worlds), *control, nowhere_route(self.worlds)])


def _request(scope: Scope, body: bytes) -> Request:
    client = scope.get("client")
    return Request(
        path=_path(scope),
        method=scope["method"],
        query=scope["query_string"].decode("utf-8", "replace"),
        body=body,
        origin=origin(scope),
        client_ip=client[0] if client else "127.0.0.1",
        client=_client_name(scope),
    )


def _client_name(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"user-agent":
            return client_name(value)
    return UNNAMED


def _path(scope: Scope) -> str:
    """The path as the table of calls has it: a call of WeCom is known by its host or by ``/qyapi`` before it."""
    path: str = scope["path"]
    if path.startswith("/cgi-bin/") and any(
        name == b"host" and value.partition(b":")[0] == WECOM_HOST for name, value in scope["headers"]
    ):
        return f"/qyapi{path}"
    return path


async def _body(receive: Receive) -> bytes:
    """The body of a request, cut off where it grows beyond what any call takes."""
    body, more = b"", True
    while more and len(body) <= MOST_BODY_BYTES:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body[:MOST_BODY_BYTES]
