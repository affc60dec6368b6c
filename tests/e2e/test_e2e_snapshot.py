"""What a browser meets off the straight way: a snapshot page, a second callback, a refusal that leads back."""

from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread
from urllib.parse import quote

import pytest
from e2e_phone import Browser, OpenBrowser, allow, ask_to_sign_in, be, parameters, sign_in
from e2e_site import Site
from playwright.sync_api import expect

from wxauth.sandbox.serve import Running
from wxauth.sandbox.switches import Switches

PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><link rel="icon" href="data:,"><title>小店</title>
<h1>小店</h1></html>""".encode()


@pytest.fixture
def shop() -> Generator[str]:
    """The callback of an app that shows the same page whoever comes."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(PAGE)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name of the base class
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/auth"
    server.shutdown()
    server.server_close()


def link(wechat: Running, callback: str, **more: str) -> str:
    pairs = {
        "appid": wechat.world.account.appid,
        "redirect_uri": callback,
        "response_type": "code",
        "scope": "snsapi_userinfo",
        "state": "SBXstate",
        **more,
    }
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in pairs.items())
    return f"{wechat.url}/connect/oauth2/authorize?{query}"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_snapshot_page_shows_the_site_and_the_full_service_leads_there_for_real(
    open_browser: OpenBrowser, wechat: Running, shop: str, scripts: bool
):
    page = open_browser(java_script_enabled=scripts).tab()
    page.goto(link(wechat, shop, forceSnapShot="true"))
    be(page, "波 Bo")
    expect(page.get_by_role("heading", name="快照页")).to_be_visible()
    page.get_by_role("button", name="浏览快照").click()
    expect(page.get_by_role("heading", name="小店")).to_be_visible()
    assert wechat.world.redeem(appid=wechat.world.account.appid, code=parameters(page.url)["code"]).snapshot
    page.goto(link(wechat, shop, forceSnapShot="true"))
    page.get_by_role("button", name="使用完整服务").click()
    allow(page)
    page.wait_for_url(f"{shop}?**")
    code = wechat.world.redeem(appid=wechat.world.account.appid, code=parameters(page.url)["code"])
    assert code.openid == wechat.world.openid(wechat.world.person("波"))


def test_the_page_fits_a_phone_with_its_button_in_sight(phone: Browser, wechat: Running, shop: str):
    page = phone.tab()
    page.goto(link(wechat, shop, forceSnapShot="true"))
    be(page, "波 Bo")
    button = page.get_by_role("button", name="使用完整服务")
    expect(button).to_be_in_viewport(ratio=1)
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("known", [True, False])
def test_a_refusal_leads_back_to_the_page_before_by_switch(phone: Browser, wechat: Running, site: Site, known: bool):
    wechat.world.switches = Switches(official_denial="page_before")
    page = phone.tab()
    if known:
        page.goto(link(wechat, site.url))
        be(page, "波 Bo")
        ask_to_sign_in(page, site)
    else:
        ask_to_sign_in(page, site)
        be(page, "波 Bo")
    page.get_by_role("button", name="拒绝").click()
    page.wait_for_url(f"{site.url}/")
    expect(page.get_by_role("heading", name="欢迎光临")).to_be_visible()
    assert not site.callbacks


def test_without_scripts_the_page_of_a_refusal_stays_and_says_so(open_browser: OpenBrowser, wechat: Running, shop: str):
    wechat.world.switches = Switches(official_denial="page_before")
    page = open_browser(java_script_enabled=False).tab()
    page.goto(link(wechat, shop))
    be(page, "波 Bo")
    page.get_by_role("button", name="拒绝").click()
    expect(page.get_by_role("heading", name="你已拒绝授权")).to_be_visible()


def test_a_callback_that_wechats_client_calls_too_signs_the_person_in_once(phone: Browser, wechat: Running, site: Site):
    wechat.world.switches = Switches(double_request=True)
    arrived: Queue[bool] = Queue()
    site.before_callback = lambda: arrived.put(True)
    sign_in(phone.tab(), site)
    for _ in range(2):
        assert arrived.get(timeout=10)
    assert len({parameters(callback)["code"] for callback in site.callbacks}) == 1
    assert len(site.signed_in) == 1
