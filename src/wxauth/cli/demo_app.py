"""The sample application of the demo: the few lines that a FastAPI application needs."""

import secrets
from typing import Annotated

from fastapi import Depends, FastAPI
from fastapi.responses import HTMLResponse

from wxauth import Endpoints, Identity, OfficialAccount
from wxauth.cli.demo_page import home_page
from wxauth.web.fastapi import SignIn


def sample_app(account: OfficialAccount, *, base_url: str, endpoints: Endpoints) -> FastAPI:
    """The application: a home page for everybody, and /me for who is signed in.

    Args:
        account: the official account it signs in with.
        base_url: the origin under which people reach it.
        endpoints: where WeChat is.
    """
    sign_in = SignIn(
        account,
        secret_key=secrets.token_hex(32),
        base_url=base_url,
        endpoints=endpoints,
        scope="snsapi_userinfo",
    )
    app = FastAPI(title="wxauth demo")
    app.include_router(sign_in.router)

    @app.get("/", response_class=HTMLResponse)
    async def home(identity: Annotated[Identity | None, Depends(sign_in.optional)]) -> str:  # pyright: ignore[reportUnusedFunction]  FastAPI uses it
        return home_page(identity, sign_in_url=sign_in.start_url("/"))

    @app.get("/me")
    async def me(identity: Annotated[Identity, Depends(sign_in.required)]) -> Identity:  # pyright: ignore[reportUnusedFunction]  as above
        return identity

    return app
