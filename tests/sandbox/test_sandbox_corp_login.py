"""The web login of WeCom: links, choosing and confirming, cancelling, headless answers."""

import re
from dataclasses import replace
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from corp_calls import CORPID, App

from wxauth.sandbox.wechat.corp_login import OLD_PATH, PATH

CALLBACK = "http://127.0.0.1:8000/auth"
LINK = {
    "login_type": "CorpApp",
    "appid": CORPID,
    "agentid": "1000002",
    "redirect_uri": CALLBACK,
    "state": "SBXstate",
}


def link(path=PATH, **changes):
    pairs = (LINK | changes).items()
    return f"{path}?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in pairs if value is not None)


@pytest.fixture
def desktop(visitor):
    visitor.headers |= {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/150"}
    return visitor


async def confirmed(desktop, person, decision, path=PATH):
    page = await desktop.get(link(path))
    ticket = re.search(r'name="ticket" value="([^"]*)"', page.text)[1]
    return await desktop.post(link(path), person=person, decision=decision, ticket=ticket)


@pytest.mark.parametrize("path", [PATH, OLD_PATH])
async def test_a_member_is_chosen_and_confirms(desktop, path):
    sent = await confirmed(desktop, "安", "allow", path)
    assert sent.status_code == 302
    assert re.fullmatch(rf"{CALLBACK}\?code=\w{{32}}&state=SBXstate", sent.headers["location"])
    code = parse_qs(urlsplit(sent.headers["location"]).query)["code"][0]
    assert App(desktop.worlds).who(code) == {"errcode": 0, "errmsg": "ok", "userid": "ann"}


async def test_the_page_tells_members_from_others(desktop):
    desktop.world.corps.hide(desktop.world.person("波"), CORPID, 1000002)
    page = await desktop.get(link())
    assert page.status_code == 200
    for text in ("登录沙箱企业", "<code>ann</code>", "非企业成员", "不在应用可见范围内"):
        assert text in page.text


async def test_the_old_page_needs_no_login_type(desktop):
    assert "登录沙箱企业" in (await desktop.get(link(OLD_PATH, login_type=None))).text


async def test_cancelling_is_called_back_by_the_old_page_only(desktop):
    cancelled = await confirmed(desktop, "安", "refuse")
    assert (cancelled.status_code, "location" in cancelled.headers) == (200, False)
    old = await confirmed(desktop, "安", "refuse", OLD_PATH)
    assert (old.status_code, old.headers["location"]) == (302, f"{CALLBACK}?state=SBXstate")


async def test_a_headless_caller_is_answered_by_redirects_only(desktop):
    sent = await desktop.get(link(), X_Sandbox_Person=quote("小明"))
    assert (sent.status_code, sent.text) == (302, "")
    refused = await desktop.get(link(OLD_PATH), X_Sandbox_Person=quote("小明"), X_Sandbox_Decision="refuse")
    assert refused.headers["location"] == f"{CALLBACK}?state=SBXstate"


async def test_an_unknown_headless_person_is_told_who_lives_here(desktop):
    answer = await desktop.get(link(), X_Sandbox_Person="Zoe")
    assert answer.status_code == 400
    assert "小明" in answer.text
    assert (await desktop.get(link(), X_Sandbox_Person="Ann", X_Sandbox_Decision="maybe")).status_code == 400


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"appid": None}, "AppID 参数错误"),
        ({"appid": "ww5a4db00000000009"}, "AppID 参数错误"),
        ({"appid": "wx5a4db00000000001"}, "AppID 参数错误"),
        ({"login_type": "ServiceApp"}, "该链接无法访问"),
        ({"login_type": None}, "该链接无法访问"),
        ({"agentid": None}, "该链接无法访问"),
        ({"agentid": "1"}, "该链接无法访问"),
        ({"redirect_uri": None}, "redirect_uri 参数错误"),
        ({"redirect_uri": "https://other.example.com/"}, "需使用应用可信域名"),
        ({"state": "a" * 129}, "该链接无法访问"),
    ],
)
async def test_a_wrong_link_shows_a_page_and_calls_nothing_back(desktop, changes, text):
    shown = await desktop.get(link(**changes), X_Sandbox_Person="Ann")
    assert (shown.status_code, "location" in shown.headers) == (200, False)
    assert text in shown.text
    assert desktop.world.journal.refusals()[-1].reason.en


async def test_a_form_counts_once_and_from_its_own_browser_only(desktop):
    """A page elsewhere cannot confirm for somebody."""
    page = await desktop.get(link())
    ticket = re.search(r'name="ticket" value="([^"]*)"', page.text)[1]
    form = {"person": "安", "decision": "allow", "ticket": ticket}
    assert (await desktop.post(link(state="other"), **form)).status_code == 403
    assert (await desktop.post(link(), **form)).status_code == 302
    assert (await desktop.post(link(), **form)).status_code == 403
    assert (await desktop.post(link(), person="安", decision="allow")).status_code == 403


async def test_by_switch_the_appid_comes_back_too(desktop):
    desktop.world.switches = replace(desktop.world.switches, wecom_login_callback_appid=True)
    sent = await desktop.get(link(), X_Sandbox_Person="Ann")
    assert sent.headers["location"].endswith(f"&state=SBXstate&appid={CORPID}")


async def test_the_legacy_call_knows_no_device_of_a_web_login(desktop):
    sent = await desktop.get(link(), X_Sandbox_Person="Ann")
    code = parse_qs(urlsplit(sent.headers["location"]).query)["code"][0]
    app = App(desktop.worlds)
    assert app.call("user/getuserinfo", access_token=app.token(), code=code)["DeviceId"] == ""


async def test_the_small_links_lead_back_to_the_page(desktop):
    back = quote(link(), safe="")
    answer = await desktop.get(f"/sandbox/language?to=en&back={back}")
    assert answer.headers["location"] == link()
    assert "choose who scans it" in (await desktop.get(link())).text
