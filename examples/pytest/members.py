"""A page for those who have signed in with WeChat."""

from typing import Annotated

from fastapi import Depends, FastAPI

from wxauth import Identity, Settings
from wxauth.web.fastapi import SignIn


def create_app() -> FastAPI:
    """The application of the account that the environment names now."""
    sign_in = SignIn.from_settings(Settings.from_environ(), scope="snsapi_userinfo")
    app = FastAPI()
    app.include_router(sign_in.router)

    @app.get("/me")
    def me(identity: Annotated[Identity, Depends(sign_in.required)]) -> dict[str, str | None]:
        return {"openid": identity.openid, "nickname": identity.nickname}

    return app
