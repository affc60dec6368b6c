"""The pages a person sees, by their bytes; test_web_chromium.py looks at them."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from browser import CHROME, WECHAT
from every_page import PAGES, show
from fake_wechat import start_path
from markupsafe import escape
from sites import SiteBuilder

from wxauth.flow.attempt import Problem
from wxauth.web.pages import LOGOUT_PAGE, PROBLEM_PAGES, Page, content_security_policy, render

MARKUP = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    "{{7*7}}",
    "&lt;",
)


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
