"""The stage of these tests: an application that signs people in, on a socket of its own, and all that reached it."""

import asyncio
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from threading import Event, Thread
from typing import Annotated

from fastapi import Depends, FastAPI
from fastapi.responses import HTMLResponse, Response
from starlette.types import Message, Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.server import Server

from wxauth import Identity, OfficialAccount
from wxauth.web.fastapi import SignIn

KEY = "a key of the browser tests, long enough to be taken"
PIXEL = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
HOME = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<link rel="icon" href="/pixel.svg"><title>小店</title><main><h1>{greeting}</h1>{links}</main>
<img src="//localhost:{port}/pixel.svg" alt=""></html>"""
STRANGER = """<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="/pixel.svg">
<title>A prize</title><form method="post" action="{action}"><button>Take the prize</button></form></html>"""


@dataclass(frozen=True, slots=True)
class Seen:
    """One request that reached the application."""

    path: str
    query: str
    headers: dict[str, str]


class Site:
    """The application with a doorkeeper before it, who writes everything down and can play tricks.

    Attributes:
        url: where people reach it.
        port: of that address.
        seen: the requests so far.
        before_callback: called when a callback arrives, before the application sees it.
        loses_callbacks: whether callbacks are lost on their way: answered with nothing, so that the page stays.
        in_link: put into the authorize link, before its fragment.
        signed_in: the openids of all sign-ins so far.
    """

    def __init__(self, url: str, account: OfficialAccount, **options) -> None:
        self.url, self.port = url, int(url.rpartition(":")[2])
        self.seen: list[Seen] = []
        self.before_callback: Callable[[], None] = lambda: None
        self.loses_callbacks = False
        self.in_link = ""
        self.signed_in: list[str] = []
        self._app = self._application(SignIn(account, secret_key=KEY, on_sign_in=self._welcome, **options))

    def _welcome(self, identity: Identity) -> None:
        self.signed_in.append(identity.openid)

    @property
    def callbacks(self) -> list[str]:
        """The addresses of the callbacks so far, with their codes."""
        return [f"{self.url}{seen.path}?{seen.query}" for seen in self.seen if seen.path == "/auth" and seen.query]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
            self.seen.append(Seen(scope["path"], scope["query_string"].decode("latin-1"), headers))
            if scope["path"] == "/auth":
                self.before_callback()
                if self.loses_callbacks:
                    await Response(status_code=204)(scope, receive, send)
                    return

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start" and self.in_link:
                more = f"{self.in_link}#wechat_redirect".encode()
                message["headers"] = [(k, v.replace(b"#wechat_redirect", more)) for k, v in message["headers"]]
            await send(message)

        await self._app(scope, receive, send_on)

    def _application(self, sign_in: SignIn) -> FastAPI:
        app = FastAPI()
        app.include_router(sign_in.router)
        # The worst an application can do: pages that tell every address they load anything from where they are.
        tells_all = {"Referrer-Policy": "unsafe-url", "Cache-Control": "no-store"}

        def page(greeting: str, links: str) -> HTMLResponse:
            return HTMLResponse(HOME.format(greeting=escape(greeting), links=links, port=self.port), headers=tells_all)

        @app.get("/")
        async def home(identity: Annotated[Identity | None, Depends(sign_in.optional)]) -> HTMLResponse:
            if identity is None:
                return page("欢迎光临", f'<a href="{escape(sign_in.start_url("/me"))}">微信登录</a>')
            return page(f"欢迎回来，{identity.nickname or identity.openid}", '<a href="/logout">退出登录</a>')

        @app.get("/me")
        async def me(identity: Annotated[Identity, Depends(sign_in.required)], tab: str = "") -> HTMLResponse:
            return page(f"你好，{identity.nickname or identity.openid} {tab}", '<a href="/logout">退出登录</a>')

        @app.get("/stranger")
        async def stranger() -> HTMLResponse:
            return HTMLResponse(STRANGER.format(action=f"{self.url}/logout"))

        @app.get("/pixel.svg")
        async def pixel() -> Response:
            return Response(PIXEL, media_type="image/svg+xml", headers={"Cache-Control": "no-store"})

        return app


OpenSite = Callable[..., Site]


class _Server(Server):
    """Stops when it is told to, not when it next looks."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.ready, self._stop = Event(), asyncio.Event()

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.ready.set()
        await self._stop.wait()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)


@contextmanager
def on_a_socket(account: OfficialAccount, *, https: tuple[str, str] | None = None, **options) -> Generator[Site]:
    """A site on a free port; over https with the files of a key and of its certificate."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        url = f"https://localhost:{port}" if https else f"http://127.0.0.1:{port}"
        site = Site(url, account, **{"base_url": url} | options)
        key, certificate = https or (None, None)
        config = Config(site, log_config=None, access_log=False, ws="none", ssl_keyfile=key, ssl_certfile=certificate)
        server = _Server(config)
        thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        assert server.ready.wait(10), "the application did not start"
        try:
            yield site
        finally:
            server.stop()
            thread.join(10)
