"""The inspector in a real Chromium: live, by its buttons, in both languages, with and without JavaScript."""

import re

import httpx2
import pytest
from e2e_phone import DESKTOP, OpenBrowser
from playwright.sync_api import Page, expect
from test_e2e_pages import FAULTS

from wxauth.sandbox.serve import Running

NARROW = {"width": 390, "height": 844}


def ask(wechat: Running) -> None:
    httpx2.get(f"{wechat.url}/sns/userinfo?access_token=nonsense&openid=o123")


def inspector(open_browser: OpenBrowser, wechat: Running, **options) -> Page:
    page = open_browser(user_agent=DESKTOP, viewport=NARROW, **options).tab()
    page.goto(f"{wechat.url}/_sandbox/")
    return page


def test_an_exchange_appears_without_a_reload_and_what_was_opened_stays_open(open_browser, wechat):
    page = inspector(open_browser, wechat)
    expect(page.get_by_role("status")).to_have_text("实时更新。")
    rows = page.get_by_role("list").first.get_by_role("listitem")
    ask(wechat)
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("微信返回 40001")
    rows.first.get_by_text("curl 命令").click()
    ask(wechat)
    expect(rows).to_have_count(2)
    expect(rows.nth(1).get_by_text("--data-urlencode 'access_token=<access_token>'")).to_be_visible()


def test_a_button_moves_the_clock_and_keeps_the_focus(open_browser, wechat):
    page = inspector(open_browser, wechat)
    forwards = page.get_by_role("button", name="+ 5 分钟")
    forwards.click()
    expect(page.get_by_role("region", name="时钟").get_by_role("time")).to_have_text("2026-11-18 11:11:40 UTC")
    expect(page.get_by_role("complementary", name="SANDBOX").get_by_role("time")).to_have_text(
        "2026-11-18 11:11:40 UTC"
    )
    expect(forwards).to_be_focused()
    assert wechat.world.clock.now() == 1_795_000_300


def test_a_switch_is_flipped_and_what_was_opened_stays_open(open_browser, wechat):
    page = inspector(open_browser, wechat)
    page.get_by_text(re.compile("共 .* 个")).click()
    page.get_by_text("state_required").click()
    page.get_by_role("button", name="打开: state_required").click()
    expect(page.get_by_role("button", name="关闭: state_required")).to_be_focused()
    assert wechat.world.switches.state_required
    expect(page.get_by_text("已更改 1 个")).to_be_visible()


def test_what_is_wrong_with_a_form_is_said_and_a_right_one_is_emptied(open_browser, wechat):
    browser = open_browser(user_agent=DESKTOP, viewport=NARROW)
    page = browser.tab()
    page.goto(f"{wechat.url}/_sandbox/")
    page.get_by_text("自定义故障").click()
    what = page.get_by_role("textbox", name="故障")
    for said, answer in (("40163x", "40163"), ("http-502", "实时更新。")):
        what.fill(said)
        page.get_by_label("接口").select_option("sns/userinfo")
        page.locator("button[name=fault]").click()
        expect(page.get_by_role("status")).to_contain_text(answer)
    expect(what).to_have_value("")
    assert [fault.what for fault in wechat.world.faults.active()] == ["http-502"]
    browser.complaints.clear()  # Chromium tells of the 400, which was meant


def test_the_lint_report_leads_to_its_example(open_browser, wechat):
    ask(wechat)
    page = inspector(open_browser, wechat)
    report = page.get_by_role("region", name="请求检查")
    expect(report).to_contain_text("微信拒绝了该调用")
    report.get_by_role("link", name="示例：第 1 条").click()
    expect(page.locator("#exchange-1")).to_be_in_viewport()


@pytest.mark.parametrize(("button", "holds"), [("curl 命令", "curl -sG"), ("pytest 测试", "def test_sns_userinfo")])
def test_a_call_is_copied(open_browser, wechat, button, holds):
    ask(wechat)
    browser = open_browser(user_agent=DESKTOP, viewport=NARROW, permissions=["clipboard-read", "clipboard-write"])
    page = browser.tab()
    page.goto(f"{wechat.url}/_sandbox/")
    page.get_by_text(button).click()
    page.get_by_role("button", name="复制").click()
    expect(page.get_by_role("button", name="已复制")).to_be_visible()
    assert holds in page.evaluate("navigator.clipboard.readText()")


def test_a_preset_is_set_and_cleared_without_javascript(open_browser, wechat):
    page = inspector(open_browser, wechat, java_script_enabled=False)
    page.get_by_text("制造故障").click()
    page.get_by_role("button", name="code-replayed").click()
    assert [fault.what for fault in wechat.world.faults.active()] == ["40163"]
    page.get_by_role("button", name="清除所有故障").click()
    expect(page.get_by_text("当前没有设置故障。")).to_be_visible()
    ask(wechat)
    page.get_by_role("link", name="刷新").click()
    expect(page.get_by_text("微信返回 40001")).to_be_visible()


@pytest.mark.parametrize(("locale", "heading"), [("zh-CN", "实时动态"), ("en-GB", "What happens here")])
def test_the_inspector_is_fit_to_be_seen_on_a_phone_in_both_languages(open_browser, wechat, locale, heading):
    ask(wechat)
    wechat.world.faults.once("userinfo", 45011)
    ask(wechat)
    wechat.world.faults.always("authorize", 10003)
    page = inspector(open_browser, wechat, locale=locale)
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(FAULTS) == [], scheme
