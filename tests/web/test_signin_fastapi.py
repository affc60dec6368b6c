"""What is FastAPI's own: dependencies under postponed annotations, OpenAPI, routers and their lifespans."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import Annotated

import pytest
from browser import Browser
from fake_wechat import ACCOUNT, ENDPOINTS, SECRET_KEY, FakeWeChat, openid_of
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.testclient import TestClient
from sites import lifespan

from wxauth import Identity, UsageError
from wxauth.flow.session import Session
from wxauth.web.fastapi import SignIn

WECHAT = FakeWeChat(scope="snsapi_userinfo")
sign_in = SignIn(
    ACCOUNT,
    secret_key=SECRET_KEY,
    base_url="https://example.com",
    scope="snsapi_userinfo",
    endpoints=ENDPOINTS,
    transport=WECHAT,
    on_sign_in=lambda identity: f"user of {identity.openid}",
)
Me = Annotated[Identity, Depends(sign_in.required)]

log: list[str] = []


@asynccontextmanager
async def own_lifespan(app: FastAPI):
    log.append("begin")
    yield
    log.append("end")


app = FastAPI(lifespan=own_lifespan)
app.include_router(sign_in.router)
members = APIRouter(prefix="/members", dependencies=[Depends(sign_in.required)])


@app.get("/me")
async def me(identity: Me) -> dict[str, str | None]:
    return {"openid": identity.openid, "nickname": identity.nickname}


@app.get("/sync")
def sync(identity: Annotated[Identity, Depends(sign_in.required)]) -> str:
    return identity.openid


@app.get("/session")
async def session(request: Request, session: Annotated[Session | None, Depends(sign_in.session)]) -> str | None:
    return session.user if session else None


@members.get("/list")
async def listing() -> list[str]:
    return ["ann"]


app.include_router(members)


@pytest.fixture
async def browser():
    log.clear()
    async with lifespan(app):
        yield Browser(app)


async def test_dependencies_work_with_postponed_annotations(browser: Browser):
    assert (await browser.get("/me")).location == "/toAuth?return_to=%2Fme"
    await browser.sign_in(WECHAT)
    assert (await browser.get("/me")).text == f'{{"openid":"{openid_of("ann")}","nickname":"安🎉"}}'
    assert openid_of("ann") in (await browser.get("/sync")).text
    assert (await browser.get("/session")).text == f'"user of {openid_of("ann")}"'


async def test_a_whole_router_can_require_somebody(browser: Browser):
    assert (await browser.get("/members/list")).location == "/toAuth?return_to=%2Fmembers%2Flist"
    assert (await browser.get("/members/list", headers={"accept": "application/json"})).status == 401
    await browser.sign_in(WECHAT)
    assert (await browser.get("/members/list")).text == '["ann"]'


def test_the_openapi_page_shows_the_applications_own_routes_and_no_odd_parameter():
    paths = app.openapi()["paths"]
    assert sorted(paths) == ["/me", "/members/list", "/session", "/sync"]
    assert all("parameters" not in path["get"] and "requestBody" not in path["get"] for path in paths.values())


async def test_the_applications_own_lifespan_runs_too_and_the_sign_in_is_closed_at_the_end():
    log.clear()
    async with lifespan(app):
        assert log == ["begin"]
        store = sign_in._store
    assert log == ["begin", "end"]
    with pytest.raises(UsageError, match="closed"):
        await store.get("anything")


def test_a_test_client_signs_in_again_and_again():
    for _ in range(2):
        with TestClient(app, base_url="https://example.com", follow_redirects=False) as client:
            begun = client.get("/toAuth?return_to=/me")
            back = client.get(WECHAT.consent(begun.headers["location"]))
            assert client.get(back.headers["location"]).json()["openid"] == openid_of("ann")


def test_the_router_is_one_object():
    assert sign_in.router is sign_in.router
