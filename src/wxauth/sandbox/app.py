"""The sandbox as an ASGI app: the sns calls on a short path of their own, everything else through Starlette."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from wxauth.sandbox.origin import origin
from wxauth.sandbox.wechat.sns import Answer, answer
from wxauth.sandbox.world import Worlds

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.types import Receive, Scope, Send

METHODS = frozenset({"GET", "POST"})


class SandboxApp:
    """All worlds behind one address.

    Args:
        worlds: by default one new world.
    """

    def __init__(self, worlds: Worlds | None = None) -> None:
        self.worlds = worlds or Worlds()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "http" and scope["path"].startswith("/sns/") and scope["method"] in METHODS:
            await _send(self._answer(scope), send)
        else:
            await self._pages(scope, receive, send)

    def _answer(self, scope: Scope) -> Answer:
        parameters: dict[str, str] = {}
        for name, value in parse_qsl(scope["query_string"].decode("utf-8", "replace"), keep_blank_values=True):
            parameters.setdefault(name, value)
        return answer(self.worlds, scope["path"], parameters, origin=origin(scope))

    @cached_property
    def _pages(self) -> Starlette:
        from starlette.applications import Starlette
        from starlette.routing import Route

        from wxauth.sandbox.pages.authorize import AuthorizePage
        from wxauth.sandbox.pages.home import home_routes
        from wxauth.sandbox.wechat.authorize import PATH

        authorize = AuthorizePage(self.worlds)
        return Starlette(routes=[Route(PATH, authorize.__call__, methods=["GET", "POST"]), *home_routes(self.worlds)])


async def _send(answered: Answer, send: Send) -> None:
    headers = [
        (b"content-type", answered.content_type.encode("latin-1")),
        (b"content-length", str(len(answered.body)).encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answered.body})
