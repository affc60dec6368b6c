"""Every page as it is rendered: styled, legible, large enough for a thumb, in both languages, by day and by night."""

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from e2e_phone import DESKTOP, Browser, OpenBrowser, ask_to_sign_in, be
from e2e_site import OpenSite, Site
from playwright.sync_api import expect

from wxauth.flow.attempt import Problem
from wxauth.sandbox.accounts import Account, AccountKind, numbered_account
from wxauth.sandbox.serve import Running, running
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

FAULTS = """() => {
  const faults = [];
  const parse = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const ground = element => {
    for (let e = element; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  for (const element of document.querySelectorAll("body *")) {
    const text = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    if (!text || !element.checkVisibility()) continue;
    const [b, a] = [light(parse(getComputedStyle(element).color)), light(ground(element))].sort((x, y) => x - y);
    const contrast = (a + .05) / (b + .05);
    if (contrast < 4.5) faults.push(`contrast ${contrast.toFixed(2)}: ${element.innerText}`);
    if (parseFloat(getComputedStyle(element).fontSize) < 12) faults.push(`tiny: ${element.innerText}`);
  }
  for (const element of document.querySelectorAll("button, a, label")) {
    const { height } = element.getBoundingClientRect();
    if (!element.innerText.trim()) faults.push(`no name: ${element.outerHTML}`);
    const inText = getComputedStyle(element).display === "inline";
    if (!inText && height < 44) faults.push(`${height} px high: ${element.innerText}`);
  }
  if (document.documentElement.scrollWidth > innerWidth) faults.push(`${document.documentElement.scrollWidth} px wide`);
  if (!getComputedStyle(document.body).fontFamily.includes("PingFang SC")) faults.push("no style");
  if (!document.documentElement.lang) faults.push("no language");
  return faults;
}"""
NARROW = {"width": 360, "height": 740}
WORDS = {
    "zh-CN": {"allow": "允许", "refuse": "拒绝", "out": "退出登录"},
    "en-GB": {"allow": "Allow", "refuse": "Refuse", "out": "Sign out"},
}
SECRET = "5a4db0" + "0" * 26
ACCOUNTS = (
    numbered_account(1),
    Account(appid="wx5a4db00000000002", secret=SECRET, name="没有权限的号", scopes=frozenset()),
    Account(appid="wx5a4db00000000003", secret=SECRET, kind=AccountKind.TEST),
    Account(appid="wx5a4db00000000004", secret=SECRET, kind=AccountKind.WEBSITE),
)
SHOP = "https://www.example.com/auth"
REFUSED_LINKS = {
    "10003": ({"redirect_uri": "http://127.0.0.1:8000/auth"}, "redirect_uri域名与后台配置不一致"),
    "10003-port": ({"redirect_uri": "https://www.example.com:8443/auth"}, "redirect_uri域名与后台配置不一致"),
    "10005": ({"appid": "wx5a4db00000000002"}, "此公众号并没有这些scope的权限"),
    "10005-unknown": ({"scope": "snsapi_login"}, "此公众号并没有这些scope的权限"),
    "10006": ({"appid": "wx5a4db00000000003", "redirect_uri": "http://www.example.com/"}, "必须关注此测试号"),
    "10010": ({"scope": ""}, "scope不能为空"),
    "10011": ({"redirect_uri": ""}, "redirect_uri不能为空"),
    "10012": ({"appid": ""}, "appid不能为空"),
    "10016": ({"appid": "wx5a4db00000000004"}, "不支持微信开放平台的Appid，请使用公众号Appid"),
    "appid": ({"appid": "wx5a4db00000000009"}, "AppID 参数错误"),
    "state-too-long": ({"state": "a" * 129}, "该链接无法访问"),
    "state-with-symbols": ({"state": "a_b"}, "该链接无法访问"),
}


class Look:
    """Somebody who takes pictures and finds fault."""

    def __init__(self, browser: Browser, folder: Path, locale: str) -> None:
        self.page, self.words = browser.tab(), WORDS[locale]
        self._folder = folder
        self._empty = len(self.page.screenshot())

    def at(self, name: str, heading: str | re.Pattern[str] = "") -> None:
        """Take a picture of the page, by day and by night, and find nothing wrong with it."""
        self.page.get_by_role("heading", level=1, name=heading).wait_for()
        self.page.wait_for_load_state()
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)
            assert self.page.evaluate(FAULTS) == [], f"{name}, {scheme}"
            picture = self.page.screenshot(path=self._folder / f"{name}-{scheme}.png")
            assert len(picture) > 2 * self._empty, f"{name} is blank"

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=self.words[name], exact=True).click()


@pytest.fixture(params=WORDS)
def look(request: pytest.FixtureRequest, open_browser: OpenBrowser, tmp_path: Path) -> Look:
    """A phone of each language; not WeChat's own, where the application's Chinese comes first."""
    return Look(open_browser(locale=request.param, user_agent=DESKTOP, viewport=NARROW), tmp_path, request.param)


def test_every_page_that_says_why_nobody_is_signed_in_is_fit_to_be_seen(look: Look, site: Site):
    for problem in Problem:
        look.page.goto(f"{site.url}/auth/problem/{problem}-0123abcd")
        look.at(f"problem-{problem}")


def test_the_pages_of_a_whole_sign_in_are_fit_to_be_seen(look: Look, site: Site):
    page = look.page
    ask_to_sign_in(page, site)
    look.at("outside", "请在微信客户端打开链接")
    page.locator("a.allow").click()
    look.at("who", re.compile("你是谁|Who are you"))
    be(page, "小明🎉")
    look.at("sheet", re.compile("申请|requests"))
    look.press("refuse")
    look.at("refused", re.compile("你已拒绝|You refused"))
    page.go_back()
    look.press("allow")
    page.get_by_role("link", name="退出登录").click()
    look.at("sign-out", re.compile("退出登录|Sign out"))
    look.press("out")
    look.at("signed-out", re.compile("你已退出|You are signed out"))


def test_the_first_page_of_the_sandbox_is_fit_to_be_seen(look: Look, wechat: Running):
    look.page.goto(wechat.url)
    look.at("sandbox")


def test_the_page_of_an_unknown_name_is_fit_to_be_seen(look: Look, open_site: OpenSite):
    site = open_site(base_url=None)
    look.page.goto(f"http://app.test:{site.port}/toAuth")
    look.at("unknown-address")


def _link(url: str, changes: dict[str, str]) -> str:
    values = {
        "appid": "wx5a4db00000000001",
        "redirect_uri": SHOP,
        "response_type": "code",
        "scope": "snsapi_userinfo",
        "state": "abc",
    }
    pairs = (f"{name}={quote(value, safe='')}" for name, value in (values | changes).items())
    return f"{url}/connect/oauth2/authorize?{'&'.join(pairs)}#wechat_redirect"


def test_the_error_pages_of_a_strict_sandbox_hold_wechats_words_and_the_reason(
    open_browser: OpenBrowser, tmp_path: Path
):
    look = Look(open_browser(viewport=NARROW, extra_http_headers={"X-Sandbox-Person": quote("波")}), tmp_path, "zh-CN")
    with running(Worlds(World(accounts=ACCOUNTS, strict=True))) as sandbox:
        for name, (changes, words) in REFUSED_LINKS.items():
            look.page.goto(_link(sandbox.url, changes))
            notice = look.page.locator(".notice")
            expect(notice).to_contain_text(words)
            if name[:5].isdecimal():
                expect(notice).to_contain_text(f"错误码：{name[:5]}")
            expect(look.page.get_by_role("heading", name="沙箱说明：原因")).to_be_visible()
            look.at(name)


def test_an_english_reader_of_an_error_page_gets_a_translation_and_the_original(open_browser: OpenBrowser):
    page = open_browser(locale="en-US").tab()
    with running(Worlds(World(strict=True))) as sandbox:
        page.goto(_link(sandbox.url, {"scope": ""}))
        expect(page.get_by_text("scope不能为空")).to_be_visible()
        expect(page.get_by_text("scope is empty")).to_be_visible()
        expect(page.get_by_text("the link has no scope")).to_be_visible()


def test_a_form_that_was_sent_before_says_so(open_browser: OpenBrowser, site: Site, tmp_path: Path):
    look = Look(open_browser(viewport=NARROW), tmp_path, "zh-CN")
    ask_to_sign_in(look.page, site)
    be(look.page, "波 Bo")
    look.page.context.clear_cookies(name="wxsandbox_browser")
    look.press("allow")
    look.at("stale", "该表单已失效")
