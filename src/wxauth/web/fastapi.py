"""Sign-in for FastAPI: include ``sign_in.router``, depend on ``sign_in.required`` or ``sign_in.optional``."""

from __future__ import annotations

from functools import cached_property

from fastapi import APIRouter

from wxauth.flow.session import Session
from wxauth.web.setup import Paths
from wxauth.web.starlette import OnSignIn
from wxauth.web.starlette import SignIn as StarletteSignIn

__all__ = ["OnSignIn", "Paths", "Session", "SignIn"]


class SignIn(StarletteSignIn):
    """Sign in with WeChat in a FastAPI application; the arguments are those of wxauth.web.starlette.SignIn.

    ``app.include_router(sign_in.router)`` adds the routes and closes connections when the application ends.
    ``Annotated[Identity, Depends(sign_in.required)]`` is who is signed in.
    """

    @cached_property
    def router(self) -> APIRouter:
        """The routes of the sign-in; they do not appear in the application's OpenAPI. Include it without a prefix."""
        return APIRouter(routes=list(self.routes), lifespan=self.lifespan)
