"""The way back from WeChat when it is not a straight one: twice, late, elsewhere, in many tabs."""

import socket
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from e2e_phone import (
    Browser,
    OpenBrowser,
    allow,
    ask_to_sign_in,
    at,
    be,
    expect_signed_in,
    lost_callback,
    parameters,
    sign_in,
)
from e2e_site import OpenSite, Site
from playwright.sync_api import Page, expect

from wxauth import Endpoints, OfficialAccount
from wxauth.sandbox.serve import Running
from wxauth.sandbox.world import World

GO = "url => { location.href = url }"


def expect_problem(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    assert page.evaluate("location.search") == ""


def test_a_code_that_ran_out_restarts_the_sign_in_once_by_itself(phone: Browser, site: Site, world: World):
    """I5"""

    def dawdle() -> None:
        site.before_callback = lambda: None
        world.clock.advance(minutes=6)

    site.before_callback = dawdle
    page = phone.tab()
    sign_in(page, site)
    assert len(site.callbacks) == 2
    assert len(site.signed_in) == 1


def test_when_the_codes_keep_running_out_the_page_says_so(phone: Browser, site: Site, world: World):
    """I5"""
    site.before_callback = lambda: world.clock.advance(minutes=6)
    page = phone.tab()
    ask_to_sign_in(page, site)
    be(page, "波 Bo")
    allow(page)
    expect_problem(page, "登录没有完成")
    assert len(site.callbacks) == 2
    site.before_callback = lambda: None
    page.get_by_role("link", name="重新登录").click()
    expect_signed_in(page, site)


def test_the_same_callback_opened_again_goes_home_signed_in(phone: Browser, site: Site):
    """T21"""
    page = phone.tab()
    sign_in(page, site)
    for _ in range(2):
        page.goto(site.callbacks[0])
        expect(page).to_have_url(at(site, "/me"))
    for _ in range(5):
        page.goto(site.callbacks[0])
        expect(page.get_by_role("heading", name="波 Bo")).to_be_visible()
    assert len(site.signed_in) == 1


def test_two_copies_of_a_callback_at_once_sign_in_once_and_both_arrive(phone: Browser, site: Site):
    """T19"""
    first, second = phone.tab(), phone.tab()
    url = lost_callback(first, site)
    for page in (first, second):
        page.goto(site.url)
        # Else Chromium sends the second copy when the first is answered, in the hope of an answer it may keep.
        phone.context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
    for page in (first, second):
        page.evaluate(GO, url)
    for page in (first, second):
        expect_signed_in(page, site)
    assert len(site.signed_in) == 1


def test_tabs_may_be_finished_in_the_reverse_order(phone: Browser, site: Site):
    finish_in_order(phone, site, started=["1", "2"], finished=["2", "1"])


def test_eight_tabs_may_be_finished_in_any_order(phone: Browser, site: Site):
    finish_in_order(phone, site, started=list("12345678"), finished=list("75318642"))


def finish_in_order(phone: Browser, site: Site, *, started: list[str], finished: list[str]) -> None:
    """Open a tab up to the consent sheet for each of ``started``, then allow in each: it goes where it wanted to."""
    site.in_link = "&forcePopup=true"
    tabs: dict[str, Page] = {}
    for name in started:
        tabs[name] = phone.tab()
        tabs[name].goto(f"{site.url}/me?tab={name}")
        if name == started[0]:
            be(tabs[name], "波 Bo")
        expect(tabs[name].get_by_role("button", name="允许")).to_be_visible()
    for name in finished:
        allow(tabs[name])
        expect(tabs[name].get_by_role("heading", name=f"你好，波 Bo {name}")).to_be_visible()
        expect(tabs[name]).to_have_url(at(site, f"/me?tab={name}"))
    assert len(site.signed_in) == len(started)


def test_another_browser_gets_nothing_from_a_callback_and_takes_nothing_from_the_first(
    open_browser: OpenBrowser, site: Site, wechat: Running
):
    """A1"""
    phone, other = open_browser(), open_browser()
    page, elsewhere = phone.tab(), other.tab()
    url = lost_callback(page, site)
    elsewhere.goto(url)
    expect_problem(elsewhere, "请回到微信继续")
    elsewhere.goto(site.url)
    expect(elsewhere.get_by_role("heading", name="欢迎光临")).to_be_visible()
    assert wechat.world.journal.entries(operation="sns/oauth2/access_token") == ()
    page.goto(url)
    expect_signed_in(page, site)


def test_somebody_who_is_signed_in_is_not_switched_by_a_foreign_callback(open_browser: OpenBrowser, site: Site):
    """A1: login CSRF"""
    attacker, victim = open_browser(), open_browser()
    url = lost_callback(attacker.tab(), site, nickname="小明🎉")
    page = victim.tab()
    sign_in(page, site, nickname="波 Bo")
    page.goto(url)
    expect(page.get_by_role("heading", name="欢迎回来，波 Bo")).to_be_visible()
    assert len(site.signed_in) == 1


def test_a_snapshot_page_signs_nobody_in(phone: Browser, site: Site):
    """F3"""
    site.in_link = "&forceSnapShot=true"
    page = phone.tab()
    ask_to_sign_in(page, site)
    be(page, "波 Bo")
    page.get_by_role("button", name="浏览快照").click()
    expect_problem(page, "请使用完整服务")
    assert site.signed_in == []
    assert "wxauth-session" not in {cookie["name"] for cookie in phone.context.cookies()}
    site.in_link = ""
    page.get_by_role("link", name="重新登录").click()
    allow(page)
    expect_signed_in(page, site)


def _cancelled(page: Page, site: Site, world: World) -> None:
    page.goto(f"{site.url}/auth?state={parameters(lost_callback(page, site))['state']}")


def _elsewhere(page: Page, site: Site, world: World) -> None:
    url = lost_callback(page, site)
    page.context.clear_cookies()
    page.goto(url)


def _expired(page: Page, site: Site, world: World) -> None:
    page.goto(f"{site.url}/auth?code=021abc&state=abc")


def _malformed(page: Page, site: Site, world: World) -> None:
    page.goto(f"{site.url}/auth?code=021abc&code=021abd&state=abc")


def _consented(page: Page, site: Site, world: World) -> None:
    ask_to_sign_in(page, site)
    be(page, "波 Bo")
    allow(page)


def _snapshot(page: Page, site: Site, world: World) -> None:
    site.in_link = "&forceSnapShot=true"
    ask_to_sign_in(page, site)
    be(page, "波 Bo")
    page.get_by_role("button", name="浏览快照").click()


def _late(page: Page, site: Site, world: World) -> None:
    site.before_callback = lambda: world.clock.advance(minutes=6)
    _consented(page, site, world)


def _nobody_there() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return f"http://127.0.0.1:{listening.getsockname()[1]}"


FAILURES: dict[str, Callable[[Page, Site, World], None]] = {
    "已取消登录": _cancelled,
    "请回到微信继续": _elsewhere,
    "登录链接已失效": _expired,
    "链接不完整": _malformed,
    "请使用完整服务": _snapshot,
    "暂时无法登录": _consented,
    "微信登录暂不可用": _consented,
    "登录没有完成": _late,
}


@pytest.mark.parametrize("heading", FAILURES)
def test_after_a_failure_no_address_and_no_referer_holds_a_code(
    phone: Browser, open_site: OpenSite, wechat: Running, heading: str
):
    """A7"""
    broken = {
        "暂时无法登录": {"endpoints": Endpoints(api=_nobody_there(), open=wechat.url)},
        "微信登录暂不可用": {"account": OfficialAccount(appid=wechat.world.account.appid, secret="0" * 32)},
    }
    site = open_site(**broken.get(heading, {}))
    page = phone.tab()
    FAILURES[heading](page, site, wechat.world)
    expect_problem(page, heading)
    assert urlsplit(page.url).path.startswith("/auth/problem/")
    addresses = page.evaluate("navigation.entries().map(entry => entry.url)")
    again = page.get_by_role("link")
    if again.count():
        with page.expect_request(lambda request: request.url.startswith(wechat.url)):
            again.click()
    assert_no_code_in([*addresses, *phone.referers(), *(seen.headers.get("referer", "") for seen in site.seen)], site)


def assert_no_code_in(places: list[str], site: Site) -> None:
    codes = {parameters(url).get("code", "no code") for url in site.callbacks}
    assert [place for place in places if any(code in place for code in codes) or "code=" in place] == []


def test_after_a_sign_in_no_address_and_no_referer_holds_a_code(phone: Browser, site: Site):
    """A7: though the page loads a picture from another origin and tells it where it is."""
    page = phone.tab()
    sign_in(page, site)
    page.wait_for_load_state("networkidle")
    referers = [*phone.referers(), *(seen.headers.get("referer", "") for seen in site.seen)]
    assert any(seen.headers["host"].startswith("localhost") and seen.headers.get("referer") for seen in site.seen)
    assert_no_code_in([page.url, *page.evaluate("navigation.entries().map(entry => entry.url)"), *referers], site)


def test_under_an_unknown_name_a_callback_loses_its_code_before_the_page_says_why(phone: Browser, open_site: OpenSite):
    """A7"""
    site = open_site(base_url=None)
    page = phone.tab()
    page.goto(f"http://app.test:{site.port}/auth?code=021abc&state=abc")
    expect(page.get_by_role("heading", level=1)).to_have_text("网站地址未设置")
    assert page.evaluate("location.search") == ""
