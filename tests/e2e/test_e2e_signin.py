"""The sign-in as a person sees it, from the first click to the way out."""

from pathlib import Path

import pytest
from e2e_phone import (
    DESKTOP,
    WECHAT,
    Browser,
    OpenBrowser,
    allow,
    ask_to_sign_in,
    at,
    be,
    expect_signed_in,
    parameters,
    path_of_chromium,
    sign_in,
)
from e2e_site import OpenSite, Site
from playwright.sync_api import expect

from wxauth import Endpoints, OfficialAccount
from wxauth.sandbox.serve import Running
from wxauth.sandbox.world import World

ALL_STORAGE = """async () => [
  document.cookie, localStorage.length, sessionStorage.length, (await indexedDB.databases()).length,
  (await caches.keys()).length, JSON.stringify(history.state)]"""


def test_a_missing_chromium_fails_and_says_what_to_install():
    with pytest.raises(pytest.fail.Exception, match="apt-get install chromium"):
        path_of_chromium(lambda name: None)


@pytest.mark.parametrize("nickname", ["波 Bo", "小明🎉", "José 何塞"])
def test_who_consents_is_signed_in_under_their_nickname(phone: Browser, site: Site, world: World, nickname: str):
    page = phone.tab()
    page.goto(site.url)
    page.get_by_role("link", name="微信登录").click()
    expect(page.get_by_role("heading", name="你是谁？")).to_be_visible()
    page.get_by_role("button", name=nickname).click()
    expect(page.get_by_text("获取你的昵称、头像")).to_be_visible()
    page.get_by_role("button", name="允许").click()
    expect_signed_in(page, site, nickname=nickname)
    assert site.signed_in == [world.openid(world.person(nickname))]


def test_with_sqlite_the_session_outlives_the_application(open_site: OpenSite, phone: Browser, tmp_path: Path):
    store = f"sqlite:///{tmp_path / 'sign-in.db'}"
    site, page = open_site(store=store), phone.tab()
    sign_in(page, site)
    # Cookies know no ports, so that the browser takes this for the same application, started again.
    again = open_site(store=store)
    page.goto(f"{again.url}/me")
    expect_signed_in(page, again)
    assert again.signed_in == []


def test_who_refuses_is_called_back_nowhere_and_may_change_their_mind(phone: Browser, site: Site):
    page = phone.tab()
    ask_to_sign_in(page, site)
    be(page, "波 Bo")
    page.get_by_role("button", name="拒绝").click()
    expect(page.get_by_role("heading", name="你已拒绝授权")).to_be_visible()
    assert site.callbacks == []
    page.goto(site.url)
    expect(page.get_by_role("heading", name="欢迎光临")).to_be_visible()
    page.get_by_role("link", name="微信登录").click()
    allow(page)
    expect_signed_in(page, site)


def test_a_refusal_can_be_taken_back_on_its_own_page(phone: Browser, site: Site):
    page = phone.tab()
    ask_to_sign_in(page, site)
    be(page, "波 Bo")
    page.get_by_role("button", name="拒绝").click()
    page.get_by_role("link", name="重新打开链接").click()
    allow(page)
    expect_signed_in(page, site)


def test_the_base_scope_signs_in_without_any_page_in_between(open_site: OpenSite, open_browser: OpenBrowser):
    site = open_site(scope="snsapi_base")
    browser = open_browser(extra_http_headers={"X-Sandbox-Person": "%E6%B3%A2"})
    page = browser.tab()
    page.goto(site.url)
    pages = []
    page.on("domcontentloaded", lambda page: pages.append(page.url))
    page.get_by_role("link", name="微信登录").click()
    expect(page).to_have_url(at(site, "/me"))
    assert [page.partition("#")[0] for page in pages] == [f"{site.url}/me"]


def test_once_the_person_is_known_the_base_scope_asks_nothing(open_site: OpenSite, phone: Browser, world: World):
    site = open_site(scope="snsapi_base")
    page = phone.tab()
    ask_to_sign_in(page, site)
    be(page, "波 Bo")
    openid = world.openid(world.person("波"))
    expect(page.get_by_role("heading", name=openid)).to_be_visible()
    page.goto(f"{site.url}/toAuth?return_to=/me")
    expect(page).to_have_url(at(site, "/me"))
    assert site.signed_in == [openid, openid]


@pytest.mark.parametrize("scene", ["公众号菜单", "会话"])
def test_a_follower_from_the_menu_or_the_conversation_is_not_asked(phone: Browser, site: Site, scene: str):
    page = phone.tab()
    ask_to_sign_in(page, site)
    be(page, "安 Ann", scene=scene)
    expect_signed_in(page, site, nickname="安 Ann")


def test_a_follower_with_a_mere_link_is_asked(phone: Browser, site: Site):
    page = phone.tab()
    ask_to_sign_in(page, site)
    be(page, "安 Ann", scene="来自链接")
    expect(page.get_by_role("button", name="允许")).to_be_visible()


def test_a_recent_sign_in_spares_the_sheet_for_thirty_days(phone: Browser, site: Site, world: World):
    page = phone.tab()
    sign_in(page, site)
    world.clock.advance(days=29)
    page.goto(f"{site.url}/toAuth?return_to=/me")
    expect_signed_in(page, site)
    world.clock.advance(days=30)
    page.goto(f"{site.url}/toAuth?return_to=/me")
    expect(page.get_by_role("button", name="允许")).to_be_visible()


def test_force_popup_asks_again_whoever_signed_in_recently(phone: Browser, site: Site):
    page = phone.tab()
    sign_in(page, site)
    site.in_link = "&forcePopup=true"
    page.goto(f"{site.url}/toAuth?return_to=/me")
    allow(page)
    expect_signed_in(page, site)
    assert len(site.signed_in) == 2


def test_a_desktop_browser_is_led_into_the_sandboxs_wechat(open_browser: OpenBrowser, site: Site):
    page = open_browser(user_agent=DESKTOP, viewport={"width": 1280, "height": 800}).tab()
    ask_to_sign_in(page, site)
    expect(page).to_have_title("抱歉，出错了")
    expect(page.get_by_role("heading", name="请在微信客户端打开链接")).to_be_visible()
    page.get_by_role("link", name="在沙箱微信中打开").click()
    be(page, "小明🎉")
    allow(page)
    expect_signed_in(page, site, nickname="小明🎉")


def test_an_english_browser_sees_english(open_browser: OpenBrowser, site: Site):
    page = open_browser(user_agent=DESKTOP, locale="en-GB").tab()
    ask_to_sign_in(page, site)
    page.get_by_role("link", name="Open in the sandbox's WeChat").click()
    expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()
    expect(page.get_by_role("radio", name="Account menu")).to_be_visible()
    be(page, "波 Bo")
    expect(page.get_by_role("button", name="Refuse")).to_be_visible()
    page.get_by_role("button", name="Allow").click()
    expect_signed_in(page, site)
    page.get_by_role("link", name="退出登录").click()
    expect(page.get_by_role("heading", name="Sign out?")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()


def test_the_keyboard_alone_signs_in(phone: Browser, site: Site):
    page = phone.tab()
    page.goto(site.url)

    def press_to(role: str, name: str) -> None:
        wanted = page.get_by_role(role, name=name)
        expect(wanted).to_be_visible()
        for _ in range(12):
            page.keyboard.press("Tab")
            if wanted.evaluate("element => element === document.activeElement"):
                assert wanted.evaluate("element => getComputedStyle(element).outlineStyle") != "none"
                return page.keyboard.press("Enter")
        pytest.fail(f"Tab does not reach {name}")

    press_to("link", "微信登录")
    press_to("button", "波 Bo")
    press_to("button", "允许")
    expect_signed_in(page, site)
    press_to("link", "退出登录")
    press_to("button", "退出登录")
    expect(page.get_by_role("heading", name="你已退出登录")).to_be_visible()


def test_signing_out_asks_first_and_ends_the_session(phone: Browser, site: Site):
    page = phone.tab()
    sign_in(page, site)
    session = phone.context.cookies(site.url)
    page.get_by_role("link", name="退出登录").click()
    expect(page.get_by_role("heading", name="退出登录？")).to_be_visible()
    page.goto(site.url)
    expect(page.get_by_role("heading", name="欢迎回来")).to_be_visible()
    page.get_by_role("link", name="退出登录").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("heading", name="你已退出登录")).to_be_visible()
    phone.context.add_cookies(session)
    page.get_by_role("link", name="返回首页").click()
    expect(page.get_by_role("heading", name="欢迎光临")).to_be_visible()


def test_a_page_of_another_site_cannot_sign_anybody_out(phone: Browser, site: Site):
    """D5: the browser withholds the session from such a post, and the answer must not take it away either."""
    page = phone.tab()
    sign_in(page, site)
    page.goto(f"http://prizes.test:{site.port}/stranger")
    page.get_by_role("button", name="Take the prize").click()
    expect(page).to_have_url(f"{site.url}/logout")
    page.goto(site.url)
    expect(page.get_by_role("heading", name="欢迎回来，波 Bo")).to_be_visible()


def test_the_back_button_after_signing_in_leads_home_and_not_in_circles(phone: Browser, site: Site):
    """T21: WeChat sends whoever goes back to its page on again, with a state that is used up."""
    page = phone.tab()
    sign_in(page, site)
    for _ in ("the sheet", "who are you", "home"):
        page.go_back()
        expect(page.get_by_role("heading", name="欢迎回来，波 Bo")).to_be_visible()
    page.go_back()
    assert page.url == "about:blank"
    assert len(site.signed_in) == 1


def test_allowing_again_on_a_sheet_one_went_back_to_leads_home(phone: Browser, site: Site):
    """T21"""
    site.in_link = "&forcePopup=true"
    page = phone.tab()
    sign_in(page, site)
    page.go_back()
    allow(page)
    expect(page.get_by_role("heading", name="欢迎回来，波 Bo")).to_be_visible()
    assert len(site.signed_in) == 1


def test_reloading_where_one_came_back_stays_signed_in(phone: Browser, site: Site):
    """T21"""
    page = phone.tab()
    sign_in(page, site)
    page.reload()
    expect_signed_in(page, site)
    assert len(site.signed_in) == 1


def test_the_browser_keeps_nothing_that_a_script_could_read(phone: Browser, site: Site):
    """D9"""
    page = phone.tab()
    sign_in(page, site)
    assert page.evaluate(ALL_STORAGE) == ["", 0, 0, 0, 0, "null"]
    code = parameters(site.callbacks[0])["code"]
    assert code not in page.content()


def test_over_https_the_cookies_are_bound_to_the_host(open_site: OpenSite, open_browser: OpenBrowser, https):
    """D1, as the browser understood them."""
    site = open_site(https=https)
    browser = open_browser(ignore_https_errors=True)
    page = browser.tab()
    sign_in(page, site)
    ours = {cookie["name"]: cookie for cookie in browser.context.cookies(site.url) if "wxauth" in cookie["name"]}
    assert "__Host-wxauth-session" in ours
    assert any(name.startswith("__Host-wxauth-attempt-") for name in ours)
    for name, cookie in ours.items():
        assert name.startswith("__Host-")
        assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (True, True, "Lax"), name
        assert (cookie["domain"], cookie["path"]) == ("localhost", "/"), name


def test_in_trials_over_http_the_cookies_have_other_names(phone: Browser, site: Site):
    """D1"""
    page = phone.tab()
    sign_in(page, site)
    ours = [cookie for cookie in phone.context.cookies(site.url) if "wxauth" in cookie["name"]]
    assert "wxauth-session" in {cookie["name"] for cookie in ours}
    for cookie in ours:
        assert not cookie["name"].startswith("__Host-")
        assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Lax", "/"), cookie["name"]


def test_outside_wechat_the_page_says_where_to_open_the_link(open_site: OpenSite, open_browser: OpenBrowser):
    real = OfficialAccount(appid="wx0123456789abcdef", secret="0" * 32)
    site = open_site(account=real, endpoints=Endpoints())
    browser = open_browser(user_agent=DESKTOP)
    page = browser.tab()
    ask_to_sign_in(page, site)
    expect(page.get_by_role("heading", name="请在微信客户端打开链接")).to_be_visible()
    assert all(f":{site.port}/" in request.url for request in browser.requests)


def test_the_person_header_works_for_a_whole_context(open_browser: OpenBrowser, site: Site, wechat: Running):
    headers = {"X-Sandbox-Person": "%E5%B0%8F%E6%98%8E"}
    page = open_browser(user_agent=WECHAT, extra_http_headers=headers).tab()
    page.goto(site.url)
    page.get_by_role("link", name="微信登录").click()
    expect_signed_in(page, site, nickname="小明🎉")
    assert [entry.reason.en for entry in wechat.world.journal.entries(operation="authorize") if entry.reason]
