"""What is Starlette's own: settings, what is opened and closed, and exceptions."""

from __future__ import annotations

import pytest
from browser import Browser
from fake_wechat import ACCOUNT, ENDPOINTS, SECRET_KEY, FakeWeChat, openid_of
from sites import build, lifespan, starlette_app
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from wxauth import Settings, UsageError
from wxauth.stores.memory import AsyncMemoryStore
from wxauth.web.starlette import SignIn

ENVIRON = {
    "WXAUTH_APPID": ACCOUNT.appid,
    "WXAUTH_SECRET": ACCOUNT.secret,
    "WXAUTH_SECRET_KEY": SECRET_KEY,
    "WXAUTH_BASE_URL": "https://example.com",
    "WXAUTH_SANDBOX_URL": ENDPOINTS.open,
}


async def test_a_sign_in_is_set_up_from_settings(tmp_path):
    environ = ENVIRON | {"WXAUTH_STORE": f"sqlite:///{tmp_path}/sign-in.db"}
    wechat = FakeWeChat()
    sign_in = SignIn.from_settings(Settings.from_environ(environ), transport=wechat)
    browser = Browser(starlette_app(sign_in))
    async with lifespan(browser.app):
        await browser.sign_in(wechat)
        assert openid_of("ann") in (await browser.get("/me")).text
    assert (tmp_path / "sign-in.db").exists()


def test_settings_without_a_secret_key_are_refused():
    settings = Settings.from_environ({name: value for name, value in ENVIRON.items() if name != "WXAUTH_SECRET_KEY"})
    with pytest.raises(UsageError, match="WXAUTH_SECRET_KEY is not set"):
        SignIn.from_settings(settings)


async def test_the_application_ends_and_starts_again_with_its_sessions(tmp_path):
    """As with a test client per test around one application."""
    wechat = FakeWeChat()
    sign_in = SignIn(
        ACCOUNT,
        secret_key=SECRET_KEY,
        base_url="https://example.com",
        endpoints=ENDPOINTS,
        store=f"sqlite:///{tmp_path}/a.db",
        transport=wechat,
    )
    browser = Browser(starlette_app(sign_in))
    for _ in range(2):
        async with lifespan(browser.app):
            await browser.sign_in(wechat)
            assert (await browser.get("/me")).status == 200
    with pytest.raises(UsageError, match="closed"):
        await browser.get("/me")
    async with lifespan(browser.app):
        assert (await browser.get("/me")).status == 200


async def test_what_was_passed_in_stays_open():
    store, wechat = AsyncMemoryStore(), FakeWeChat()
    site = build("starlette", store=store, wechat=wechat)
    async with lifespan(site.app):
        pass
    assert not wechat.closed
    assert await store.get("anything") is None


async def test_what_was_opened_here_is_closed():
    sign_in = SignIn(ACCOUNT, secret_key=SECRET_KEY, endpoints=ENDPOINTS)
    store = sign_in._store
    await sign_in.close()
    with pytest.raises(UsageError, match="closed"):
        await store.get("anything")


async def test_it_is_closed_also_when_the_application_fails():
    sign_in = SignIn(ACCOUNT, secret_key=SECRET_KEY, endpoints=ENDPOINTS)
    with pytest.raises(RuntimeError, match="of the application"):
        async with sign_in.lifespan(None):
            raise RuntimeError("of the application")
    with pytest.raises(UsageError, match="closed"):
        await sign_in._store.get("anything")


async def test_somebody_may_be_required_below_a_mount():
    """The browser comes back to the path it asked for, mount included."""
    wechat = FakeWeChat()
    options = {"base_url": "https://example.com", "endpoints": ENDPOINTS, "transport": wechat}
    sign_in = SignIn(ACCOUNT, secret_key=SECRET_KEY, store=AsyncMemoryStore(), **options)

    async def inside(request):
        await sign_in.required(request)

    app = Starlette(routes=[Mount("/shop", routes=[Route("/cart", inside)]), *sign_in.routes])
    assert (await Browser(app).get("/shop/cart?a=b")).location == "/toAuth?return_to=%2Fshop%2Fcart%3Fa%3Db"


def test_a_link_to_sign_in_says_where_to_come_back_to():
    sign_in = SignIn(ACCOUNT, secret_key=SECRET_KEY, endpoints=ENDPOINTS)
    assert sign_in.start_url() == "/toAuth?return_to=%2F"
    assert sign_in.start_url("/me?a=b&c=d#e") == "/toAuth?return_to=%2Fme%3Fa%3Db%26c%3Dd%23e"
