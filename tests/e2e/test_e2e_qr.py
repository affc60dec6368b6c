"""The QR login of a website in a real Chromium: a desktop that shows the QR code, a phone that scans it."""

import re
from urllib.parse import quote, urlsplit

import pytest
from e2e_phone import DESKTOP, Browser, OpenBrowser, parameters
from e2e_website import Website
from playwright.sync_api import Page, expect

from wxauth.sandbox.serve import Running

WEBSITE = "wx5a4db00000000002"
FRAMED = (
    '<!doctype html><link rel="icon" href="data:,"><iframe src="{}" width="300" height="400"></iframe>'
    "<script>addEventListener('message', (event) => {{ document.title = event.data; }})</script>"
)


@pytest.fixture
def desktop(website: Website, open_browser: OpenBrowser) -> Browser:
    return open_browser(user_agent=DESKTOP, viewport={"width": 900, "height": 700})


def link(wechat: Running, website: Website, **more: str) -> str:
    query = "".join(f"&{name}={value}" for name, value in more.items())
    callback = quote(f"{website.url}/auth", safe="")
    return (
        f"{wechat.url}/connect/qrconnect?appid={WEBSITE}&redirect_uri={callback}&response_type=code"
        f"&scope=snsapi_login&state=SBXstate{query}#wechat_redirect"
    )


def scan(phone: Browser, wechat: Running) -> Page:
    """What the phone opens when it reads the QR code that was shown last."""
    page = phone.tab()
    page.goto(f"{wechat.url}/connect/confirm?uuid={wechat.world.scans.latest().uuid}")
    return page


def confirm(page: Page) -> None:
    page.get_by_role("button", name="确认登录").click()
    expect(page.get_by_role("heading", name="已确认登录")).to_be_visible()


def expect_back(page: Page, wechat: Running, website: Website) -> None:
    page.wait_for_url(f"{website.url}/auth?**")
    assert parameters(page.url) == {"code": wechat.world.scans.latest().code, "state": "SBXstate"}


def test_a_desktop_follows_the_phone_from_scan_to_cancel_to_confirmation(
    wechat: Running, website: Website, desktop: Browser, phone: Browser
) -> None:
    page = desktop.tab()
    page.goto(link(wechat, website))
    expect(page.get_by_role("status")).to_contain_text("请使用微信扫描二维码登录")
    expect(page.get_by_role("img", name="微信登录二维码")).to_have_js_property("complete", True)
    hand = scan(phone, wechat)
    hand.get_by_role("button", name="安 Ann").click()
    expect(page.get_by_text("扫描成功")).to_be_visible()
    hand.get_by_role("button", name="取消").click()
    expect(page.get_by_text("您已取消此次登录")).to_be_visible()
    expect(page.get_by_text("扫描成功")).to_be_hidden()
    confirm(scan(phone, wechat))
    expect_back(page, wechat, website)


def test_a_desktop_without_javascript_gets_there_too(
    wechat: Running, website: Website, open_browser: OpenBrowser, phone: Browser
) -> None:
    desktop = open_browser(user_agent=DESKTOP, java_script_enabled=False)
    page = desktop.tab()
    page.goto(link(wechat, website))
    hand = scan(phone, wechat)
    hand.get_by_role("button", name="安 Ann").click()
    expect(page.get_by_text("扫描成功")).to_be_visible()
    confirm(hand)
    expect_back(page, wechat, website)


def test_an_expired_qr_code_gives_way_to_a_new_one(wechat: Running, website: Website, desktop: Browser) -> None:
    page = desktop.tab()
    page.goto(link(wechat, website))
    before = wechat.world.scans.latest().uuid
    wechat.world.clock.advance(minutes=5)
    expect(page.locator(f'img[src$="{before}"]')).to_have_count(0)
    expect(page.locator(f'img[src$="{wechat.world.scans.latest().uuid}"]')).to_be_visible()


def test_the_phone_may_be_another_tab_of_the_same_browser(wechat: Running, website: Website, desktop: Browser) -> None:
    page = desktop.tab()
    page.goto(link(wechat, website))
    with page.expect_popup() as opened:
        page.get_by_role("link", name="用沙箱手机扫描").click()
    opened.value.get_by_role("button", name="波 Bo").click()
    confirm(opened.value)
    expect_back(page, wechat, website)


@pytest.mark.parametrize("self_redirect", ["true", "false"])
def test_a_framed_page_goes_on_in_the_frame_or_in_the_whole_window(
    wechat: Running, website: Website, desktop: Browser, phone: Browser, self_redirect: str
) -> None:
    framed = link(wechat, website, login_type="jssdk", self_redirect=self_redirect)
    website.framed = FRAMED.format(framed.replace("&", "&amp;"))
    page = desktop.tab()
    page.goto(website.url)
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("请使用微信扫描二维码登录")).to_be_visible()
    expect(page).to_have_title('{"type":"status","status":"wxReady"}')
    # Chromium lets a frame lead the window elsewhere only after somebody has touched it.
    frame.get_by_role("heading").click()
    hand = scan(phone, wechat)
    hand.get_by_role("button", name="安 Ann").click()
    confirm(hand)
    if self_redirect == "true":
        expect(frame.get_by_text("back at the site")).to_be_visible()
        assert page.url == f"{website.url}/"
    else:
        expect_back(page, wechat, website)


def test_the_page_loads_nothing_foreign(wechat: Running, website: Website, desktop: Browser) -> None:
    page = desktop.tab()
    page.goto(link(wechat, website))
    expect(page.get_by_role("img", name=re.compile("二维码"))).to_be_visible()
    assert {urlsplit(request.url).netloc for request in desktop.requests} == {urlsplit(wechat.url).netloc}
