"""What the script of the pages does: one key for each person, and a word about the end of the link."""

import pytest
from e2e_phone import DESKTOP, WECHAT, OpenBrowser, ask_to_sign_in
from e2e_site import Site
from playwright.sync_api import Page, expect
from test_e2e_accessibility import link

from wxauth.sandbox.serve import Running


def be_asked(page: Page, site: Site) -> None:
    """Be asked who one is, by a page whose script, the last thing on it, has run."""
    ask_to_sign_in(page, site)
    expect(page.get_by_role("heading", name="你是谁")).to_be_visible()
    page.wait_for_load_state()


@pytest.mark.parametrize(("key", "nickname"), [("1", "安 Ann"), ("3", "小明🎉"), ("0", "新用户 1")])
def test_a_key_says_who_one_is(phone, site: Site, key, nickname):
    page = phone.tab()
    be_asked(page, site)
    page.keyboard.press("9")
    page.keyboard.press(key)
    expect(page.get_by_role("heading", name="申请")).to_be_visible()
    expect(page.get_by_text(nickname, exact=True)).to_be_visible()


def test_a_key_with_a_modifier_belongs_to_the_browser(phone, site: Site):
    page = phone.tab()
    be_asked(page, site)
    page.keyboard.press("Control+1")
    page.keyboard.press("a")
    expect(page.get_by_role("heading", name="你是谁")).to_be_visible()


def said(wechat: Running) -> list[str]:
    return [entry.answer for entry in wechat.world.journal.entries(operation="fragment")]


def test_the_links_of_this_library_end_as_they_should(phone, site: Site, wechat: Running):
    page = phone.tab()
    with page.expect_response("**/sandbox/fragment"):
        ask_to_sign_in(page, site)
    assert said(wechat) == ["the link ends in #wechat_redirect"]


def test_a_link_without_its_end_is_found_and_the_steps_of_the_sandbox_itself_are_not(
    open_browser: OpenBrowser, wechat: Running
):
    page = open_browser(user_agent=DESKTOP).tab()
    with page.expect_response("**/sandbox/fragment"):
        page.goto(wechat.url + link())
    page.locator("a.allow").click()
    page.get_by_role("button", name="小明").click()
    page.get_by_role("link", name="换一个人").click()
    page.get_by_role("button", name="安 Ann").click()
    expect(page.get_by_role("button", name="允许")).to_be_visible()
    assert said(wechat) == ["the link ends in #wechat_redirect"]
    bare = link(state="another-state-0123").partition("#")[0]
    with page.expect_response("**/sandbox/fragment"):
        page.goto(wechat.url + bare)
    assert said(wechat)[1:] == ["the link has no #wechat_redirect"]


def test_without_scripts_nothing_is_said_of_the_end_of_a_link(open_browser: OpenBrowser, wechat: Running):
    page = open_browser(user_agent=WECHAT, java_script_enabled=False).tab()
    page.goto(wechat.url + link())
    page.get_by_role("button", name="小明").click()
    expect(page.get_by_role("button", name="允许")).to_be_visible()
    assert said(wechat) == []
    assert "fragment-unknown" in [one.rule for linted in wechat.world.lint() for one in linted.findings]
