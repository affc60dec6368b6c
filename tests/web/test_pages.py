"""The pages a person sees, by their bytes and in a real Chromium."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator

import pytest
from browser import CHROME, WECHAT
from fake_wechat import start_path
from markupsafe import escape
from sites import SiteBuilder

from wxauth.flow.attempt import Problem
from wxauth.web.pages import (
    LOGOUT_PAGE,
    PROBLEM_PAGES,
    SIGNED_OUT_PAGE,
    UNKNOWN_ADDRESS_PAGE,
    Page,
    content_security_policy,
    render,
)

PAGES: dict[str, Page] = {
    **{str(problem): page for problem, page in PROBLEM_PAGES.items()},
    "logout": LOGOUT_PAGE,
    "signed-out": SIGNED_OUT_PAGE,
    "unknown-address": UNKNOWN_ADDRESS_PAGE,
}
MARKUP = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    "{{7*7}}",
    "&lt;",
)


def show(name: str, *, chinese: bool = True) -> bytes:
    token = "wxauth:logout:0" if name == "logout" else None
    return render(PAGES[name], chinese=chinese, href="/toAuth?return_to=%2Fme", token=token, reference="0a1b2c3d")


def test_every_problem_has_a_page():
    assert set(PROBLEM_PAGES) == set(Problem)


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_page_speaks_both_languages(page: Page):
    chinese = re.compile(r"[\u4e00-\u9fff]")
    for words in (page.zh, page.en):
        assert words.title
        assert words.text
    assert chinese.search(page.zh.title)
    assert chinese.search(page.zh.text)
    assert not chinese.search(page.en.title + (page.en.action or ""))
    assert (page.zh.action is None) == (page.en.action is None)
    assert not re.search(r"[,.?!:;()]", page.zh.title + page.zh.text.replace("base_url（WXAUTH_BASE_URL）", ""))


@pytest.mark.parametrize("chinese", [True, False])
@pytest.mark.parametrize("name", PAGES)
def test_the_preferred_language_comes_first_and_the_other_is_there_too(name: str, chinese: bool):
    html, page = show(name, chinese=chinese).decode(), PAGES[name]
    first, second = (page.zh, page.en) if chinese else (page.en, page.zh)
    assert html.startswith(f'<!doctype html>\n<html lang="{"zh-CN" if chinese else "en"}">')
    assert f"<title>{escape(first.title)}</title>" in html
    assert html.index(f"<h1>{escape(first.title)}") < html.index(f"<h2>{escape(second.title)}")
    assert (first.action is None) == ("<a " not in html and "<button" not in html)


@pytest.mark.parametrize(
    ("agent", "languages", "chinese"),
    [(WECHAT, "en-US", True), (CHROME, "en-US,zh;q=0.5", False), (CHROME, "zh-CN,en;q=0.5", True), (CHROME, "", True)],
)
async def test_the_browser_says_which_language_is_preferred(
    make_site: SiteBuilder, agent: str, languages: str, chinese: bool
):
    browser = make_site().browser(user_agent=agent)
    page = await browser.get("/auth/problem/expired", headers={"accept-language": languages})
    assert page.text.startswith(f'<!doctype html>\n<html lang="{"zh-CN" if chinese else "en"}">')


def test_the_policy_allows_the_style_and_nothing_else():  # D6
    html = show("expired").decode()
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert content_security_policy() == (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'; object-src 'none'"
    )
    assert not re.search(r"<script|style=|\son\w+=|src=|url\(|@import|http", html)


@pytest.mark.parametrize("text", MARKUP)
def test_markup_in_what_is_shown_stays_text(text: str):  # C18
    html = render(LOGOUT_PAGE, chinese=True, href=text, token=text, reference=text).decode()
    assert html.count(str(escape(text))) == 3
    assert html.count("<script") == html.count("<img") == html.count("<input") - 1 == 0


@pytest.mark.parametrize("text", MARKUP)
async def test_markup_in_an_address_does_not_come_back(make_site: SiteBuilder, text: str):
    site = make_site()
    browser = site.browser()
    begun = await browser.get(start_path("/" + text))
    state = begun.location.partition("&state=")[2].partition("#")[0]
    stopped = await browser.get(f"/auth?state={state}")
    page = await browser.get(stopped.location)
    assert text not in page.text
    assert "<script" not in page.text
    raw = [b"__Host-wxauth-return=%2F" + text.encode().hex("%").encode()]
    assert text not in (await browser.get("/auth/problem/expired", cookies=raw)).text


@pytest.mark.parametrize(
    "name", ["busy-0a1b2c3d4", "busy-0A1B2C3D", "busy-", "unknown", "busy-xyz", "BUSY", "<script>"]
)
async def test_only_the_problems_that_exist_have_pages(make_site: SiteBuilder, name: str):
    answer = await make_site().browser().get(f"/auth/problem/{name}")
    assert answer.status == (503 if name == "busy-" else 404)


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.mark.e2e
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("chinese", [True, False])
def test_chromium_shows_every_page_on_a_phone_with_its_style(chromium, tmp_path, chinese: bool, scheme: str):
    """D6, A7: no violation of the policy, nothing loaded from elsewhere, nothing wider than the screen."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": content_security_policy()}
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.route(
        "**/*",
        lambda route: route.fulfill(headers=headers, body=show(route.request.url.rpartition("/")[2], chinese=chinese)),
    )
    for name in PAGES:
        page.goto(f"https://example.com/auth/problem/{name}")
        page.screenshot(path=tmp_path / f"{name}.png")
        words = PAGES[name].zh if chinese else PAGES[name].en
        assert page.get_by_role("heading", level=1).inner_text() == words.title
        if words.action:
            button = page.get_by_role("button" if name == "logout" else "link", name=words.action)
            assert button.bounding_box()["height"] >= 48
            assert button.evaluate("it => getComputedStyle(it).backgroundColor") == "rgb(6, 122, 60)"
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
    assert complaints == []
    assert all(url.startswith("https://example.com/") for url in requests)
