"""An application with a sign-in, built with each framework; a test that takes the fixture ``site`` runs over all."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from browser import App, Browser
from fake_wechat import ACCOUNT, ENDPOINTS, SECRET_KEY, FakeWeChat
from fastapi import Depends, FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from wxauth import Identity
from wxauth.flow.session import Session
from wxauth.stores.base import AsyncStore
from wxauth.stores.memory import AsyncMemoryStore
from wxauth.web import fastapi, starlette

BASE_URL = "https://example.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    framework: str
    app: App
    sign_in: starlette.SignIn
    wechat: FakeWeChat
    store: AsyncStore

    def browser(self, **options: Any) -> Browser:
        return Browser(self.app, **options)

    @property
    def exchanges(self) -> int:
        return self.wechat.calls["sns/oauth2/access_token"]


def starlette_app(sign_in: starlette.SignIn) -> App:
    async def me(request: Request) -> Response:
        identity = await sign_in.required(request)
        return JSONResponse({"openid": identity.openid, "nickname": identity.nickname})

    async def greeting(request: Request) -> Response:
        identity = await sign_in.optional(request)
        return JSONResponse({"openid": identity.openid if identity else None})

    async def user(request: Request) -> Response:
        session = await sign_in.session(request)
        return JSONResponse({"user": session.user if session else None})

    own = [
        Route("/me", me, methods=["GET", "POST"]),
        Route("/me/{rest:path}", me),
        Route("/greeting", greeting),
        Route("/user", user),
    ]
    return Starlette(routes=[*own, *sign_in.routes], lifespan=sign_in.lifespan)


def fastapi_app(sign_in: fastapi.SignIn) -> App:
    app = FastAPI()
    app.include_router(sign_in.router)

    @app.get("/me/{rest:path}")
    @app.post("/me")
    @app.get("/me")
    async def me(identity: Annotated[Identity, Depends(sign_in.required)]) -> dict[str, str | None]:
        return {"openid": identity.openid, "nickname": identity.nickname}

    @app.get("/greeting")
    async def greeting(identity: Annotated[Identity | None, Depends(sign_in.optional)]) -> dict[str, str | None]:
        return {"openid": identity.openid if identity else None}

    @app.get("/user")
    async def user(session: Annotated[Session | None, Depends(sign_in.session)]) -> dict[str, str | None]:
        return {"user": session.user if session else None}

    return app


FRAMEWORKS: dict[str, tuple[type[starlette.SignIn], Callable[[Any], App]]] = {
    "starlette": (starlette.SignIn, starlette_app),
    "fastapi": (fastapi.SignIn, fastapi_app),
}


def build(framework: str, *, wechat: FakeWeChat | None = None, **options: Any) -> Site:
    kind, build_app = FRAMEWORKS[framework]
    wechat = wechat or FakeWeChat(scope=str(options.get("scope", "snsapi_base")))
    chosen: dict[str, Any] = {"base_url": BASE_URL, "endpoints": ENDPOINTS, "secret_key": SECRET_KEY, **options}
    chosen.setdefault("store", AsyncMemoryStore())
    account = chosen.pop("account", ACCOUNT)
    sign_in = kind(account, transport=wechat, **chosen)
    return Site(framework=framework, app=build_app(sign_in), sign_in=sign_in, wechat=wechat, store=chosen["store"])


@contextlib.asynccontextmanager
async def lifespan(app: App) -> AsyncIterator[None]:
    """Start an ASGI application, and end it."""

    to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    from_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    running = asyncio.ensure_future(app({"type": "lifespan", "asgi": {"version": "3.0"}}, to_app.get, from_app.put))
    await to_app.put({"type": "lifespan.startup"})
    assert (await from_app.get())["type"] == "lifespan.startup.complete"
    try:
        yield
    finally:
        await to_app.put({"type": "lifespan.shutdown"})
        assert (await from_app.get())["type"] == "lifespan.shutdown.complete"
        await running


SiteBuilder = Callable[..., Site]
