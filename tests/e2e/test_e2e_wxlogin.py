"""The script that websites load, wxLogin.js, in a real Chromium."""

from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from e2e_phone import DESKTOP, Browser, OpenBrowser
from e2e_website import Website
from playwright.sync_api import Page, expect

from wxauth.sandbox.serve import Running

SCRIPT = "/connect/zh_CN/htmledition/js/wxLogin.js"
HOME = """<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>A shop</title>
<div id="login">nothing yet</div><script src="{}"></script></html>"""
ASKED = {
    "id": "login",
    "appid": "wx5a4db00000000002",
    "scope": "snsapi_login",
    "redirect_uri": "http%3A%2F%2F127.0.0.1%3A8000%2Fauth",
    "state": "SBXstate",
}
ALWAYS = [
    ("appid", "wx5a4db00000000002"),
    ("scope", "snsapi_login"),
    ("redirect_uri", "http://127.0.0.1:8000/auth"),
    ("state", "SBXstate"),
    ("login_type", "jssdk"),
]


@pytest.fixture
def shop(wechat: Running, website: Website, open_browser: OpenBrowser) -> Page:
    website.framed = HOME.format(wechat.url + SCRIPT)
    page = open_browser(user_agent=DESKTOP, viewport={"width": 900, "height": 700}).tab()
    page.goto(website.url)
    return page


def framed(shop: Page, **more: object) -> list[tuple[str, str]]:
    """What the page in the frame was asked with."""
    shop.evaluate("(asked) => { new WxLogin(asked); }", ASKED | more)
    source = shop.locator("#login iframe").get_attribute("src")
    assert urlsplit(source).path == "/connect/qrconnect"
    return parse_qsl(urlsplit(source).query, keep_blank_values=True)


def test_each_parameter_goes_into_the_address_as_it_is_documented(shop: Page, wechat: Running) -> None:
    self_redirect = {True: "true", False: "false", None: "default"}
    for given, said in self_redirect.items():
        assert framed(shop, self_redirect=given) == [*ALWAYS, ("self_redirect", said)]
    usual = [*ALWAYS, ("self_redirect", "default")]
    assert framed(shop, style="black", href="data:text/css;base64,YQ==") == [
        *usual,
        ("style", "black"),
        ("href", "data:text/css;base64,YQ=="),
    ]
    assert framed(shop, lang="en", stylelite=1, fast_login=0) == [
        *usual,
        ("lang", "en"),
        ("stylelite", "1"),
        ("fast_login", "0"),
    ]
    assert framed(shop, lang="cn", stylelite=0, fast_login=1, style="") == usual
    more = {"styletype": "a", "sizetype": "b", "bgcolor": "c", "rst": "d", "color_scheme": "dark"}
    assert framed(shop, **more) == [*usual, *more.items()]


def test_the_frame_takes_the_place_of_what_was_there_and_is_as_large_as_wechats(shop: Page) -> None:
    framed(shop)
    framed(shop)
    assert shop.locator("#login").inner_text() == ""
    assert shop.locator("#login iframe").count() == 1
    box = shop.locator("#login iframe").bounding_box()
    assert (box["width"], box["height"]) == (300, 400)


def test_onready_is_called_once_the_frame_says_so_and_by_nobody_else(shop: Page) -> None:
    shop.evaluate(
        "(asked) => { window.said = []; new WxLogin({...asked, onReady: (ready) => said.push(ready)}); }", ASKED
    )
    shop.wait_for_function("said.length")
    shop.evaluate("""postMessage('{"type":"status","status":"wxReady"}', '*'); postMessage('nonsense', '*')""")
    shop.evaluate("new Promise((done) => setTimeout(done))")
    assert shop.evaluate("said") == [True]


def test_somebody_signs_in_inside_the_frame(shop: Page, website: Website, wechat: Running, phone: Browser) -> None:
    framed(shop, self_redirect=True, redirect_uri=quote(f"{website.url}/auth", safe=""))
    frame = shop.frame_locator("#login iframe")
    expect(frame.get_by_role("status")).to_contain_text("请使用微信扫描二维码登录")
    hand = phone.tab()
    hand.goto(f"{wechat.url}/connect/confirm?uuid={wechat.world.scans.latest().uuid}")
    hand.get_by_role("button", name="安 Ann").click()
    hand.get_by_role("button", name="确认登录").click()
    expect(frame.locator("body")).to_have_text("back at the site")
    back = shop.frames[1].url
    assert back == f"{website.url}/auth?code={wechat.world.scans.latest().code}&state=SBXstate"
