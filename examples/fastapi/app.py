"""Sign in with WeChat in a FastAPI application.

Start `wxauth sandbox`, set the variables it prints, then run `uvicorn app:app --port 8000`.
"""

from typing import Annotated

from fastapi import Depends, FastAPI

from wxauth import Identity, Settings
from wxauth.web.fastapi import SignIn

sign_in = SignIn.from_settings(Settings.from_environ(), scope="snsapi_userinfo")
app = FastAPI()
app.include_router(sign_in.router)


@app.get("/me")
def me(identity: Annotated[Identity, Depends(sign_in.required)]) -> dict[str, str | None]:
    """Who is signed in; whoever is not is sent to sign in first."""
    return {"openid": identity.openid, "nickname": identity.nickname}
