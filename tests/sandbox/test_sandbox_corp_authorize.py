"""The authorize page of a corp of WeCom: links, consent, texts, headless answers."""

import re
from dataclasses import replace
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from corp_calls import CORPID, PRIVATE, App

from wxauth.sandbox.accounts import Agent, default_accounts
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.next_visits import Decision
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.wechat.authorize import Nobody, Outside, Refused, SentBack, Sheet, Shown, Visit, visit
from wxauth.sandbox.wechat.link import Query
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

CALLBACK = "http://127.0.0.1:8000/auth"
WXWORK = "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 wxwork/4.1.36 MicroMessenger/7.0.1"
LINK = {
    "appid": CORPID,
    "redirect_uri": CALLBACK,
    "response_type": "code",
    "scope": PRIVATE,
    "state": "SBXstate",
    "agentid": "1000002",
    "connect_redirect": "1",
}
FINANCE = Agent(agentid=1000003, secret="5a4db0" + "7" * 26, name="报销", trusted_domains=("oa.example.com:8443",))


def settled(*, strict: bool = False, **switches) -> Worlds:
    accounts = [
        replace(account, more_agents=(FINANCE,)) if account.appid == CORPID else account
        for account in default_accounts()
    ]
    clock = Clock(at=1_795_000_000, frozen=True)
    return Worlds(World(accounts=accounts, switches=Switches(**switches), clock=clock, strict=strict))


def opened(worlds, *, person="波", decision=None, inside=True, **changes):
    text = "&".join(f"{k}={quote(v, safe='')}" for k, v in (LINK | changes).items() if v is not None)
    return visit(worlds, Visit(query=Query(text), inside=inside, person=person, decision=decision))


def code_of(sent: SentBack) -> str:
    return parse_qs(urlsplit(sent.location).query)["code"][0]


def test_snsapi_base_is_silent_and_sends_code_and_state():
    worlds = settled()
    sent = opened(worlds, scope="snsapi_base")
    assert re.fullmatch(rf"{CALLBACK}\?code=\w{{32}}&state=SBXstate", sent.location)
    assert App(worlds).who(code_of(sent))["userid"] == "bo"


def test_privateinfo_is_asked_for_every_time_and_gives_a_ticket():
    worlds = settled()
    for _ in range(2):
        assert isinstance(opened(worlds), Sheet)
        told = App(worlds).who(code_of(opened(worlds, decision=Decision.ALLOW)))
        assert "user_ticket" in told


def test_a_refusal_is_not_called_back():
    assert opened(settled(), decision=Decision.REFUSE) == Refused()


def test_privateinfo_without_agentid_counts_as_base():
    worlds = settled()
    sent = opened(worlds, agentid=None)
    assert "user_ticket" not in App(worlds).who(code_of(sent))


def test_by_switch_privateinfo_without_agentid_is_an_error_page():
    shown = opened(settled(wecom_agentid_missing="error_page"), agentid=None)
    assert (shown.page.title, "needs an agentid" in shown.reason.en) == ("该链接无法访问", True)


@pytest.mark.parametrize(
    "changes",
    [
        {"scope": "snsapi_userinfo"},
        {"scope": ""},
        {"agentid": "7"},
        {"response_type": None},
        {"state": "a" * 129},
    ],
)
def test_a_wrong_link_cannot_be_opened(changes):
    shown = opened(settled(), **changes)
    assert isinstance(shown, Shown)
    assert shown.page.title == "该链接无法访问"


def test_a_corpid_nobody_has_is_a_wrong_appid():
    shown = opened(settled(), appid="ww5a4db00000000007")
    assert shown.page.text == "AppID 参数错误"
    assert CORPID in shown.reason.en


@pytest.mark.parametrize(
    ("uri", "agentid", "trusted"),
    [
        ("https://www.example.com/any/path?x=1", "1000002", True),
        ("http://www.example.com/", "1000002", True),
        ("https://www.example.com:8443/", "1000002", False),
        ("https://sub.www.example.com/", "1000002", False),
        ("https://oa.example.com:8443/", "1000003", True),
        ("https://oa.example.com/", "1000003", False),
        ("https://oa.example.com:9443/", "1000003", False),
        ("https://oa.example.com:8443/", "1000002", False),
        ("https:", "1000002", False),
    ],
)
def test_host_and_port_have_to_be_trusted_exactly(uri, agentid, trusted):
    outcome = opened(settled(), redirect_uri=uri, agentid=agentid, scope="snsapi_base")
    if trusted:
        assert isinstance(outcome, SentBack)
    else:
        assert (outcome.page.title, outcome.page.text) == ("redirect_uri参数错误", "需使用应用可信域名")


def test_a_loopback_callback_is_welcome_unless_strict():
    assert isinstance(opened(settled(), scope="snsapi_base"), SentBack)
    assert opened(settled(strict=True), scope="snsapi_base").page.text == "需使用应用可信域名"


def test_without_agentid_the_trusted_domain_tells_whose_code_it_is():
    worlds = settled()
    code = code_of(opened(worlds, agentid=None, scope="snsapi_base", redirect_uri="https://oa.example.com:8443/in"))
    assert App(worlds).who(code)["errcode"] == 50001
    assert App(worlds, agentid=1000003).who(code)["userid"] == "bo"


def test_the_order_of_the_parameters_is_not_enforced():
    worlds = settled(authorize_strict_order=True)
    text = f"agentid=1000002&state=s&scope=snsapi_base&response_type=code&redirect_uri={CALLBACK}&appid={CORPID}"
    sent = visit(worlds, Visit(query=Query(text + "&connect_redirect=1"), inside=True, person="安"))
    assert isinstance(sent, SentBack)


def test_somebody_unknown_is_asked_who_they_are():
    assert isinstance(opened(settled(), person="Zoë"), Nobody)


def test_outside_the_journal_names_wecom():
    worlds = settled()
    assert opened(worlds, inside=False) == Outside()
    assert "wxwork" in worlds.default.journal.entries()[-1].reason.en


async def test_a_browser_other_than_wecoms_is_told_to_open_wecom(visitor):
    """WeChat's own is such a browser."""
    page = await visitor.open(**LINK)
    assert page.status_code == 200
    assert "请在企业微信客户端打开链接" in page.text
    assert "<title>抱歉，出错了</title>" in page.text
    enter = re.search(r'href="(/sandbox/inside\?back=[^"]*)"[^>]*>在沙箱企业微信中打开', page.text)[1]
    entered = await visitor.get(enter)
    assert entered.headers["location"] == visitor.link(**LINK)
    who = await visitor.open(**LINK)
    assert "你是谁" in who.text
    assert "非企业成员" in who.text
    assert "公众号菜单" not in who.text


async def test_a_headless_member_signs_in(visitor):
    visitor.headers |= {"User-Agent": WXWORK}
    first = await visitor.open(person="小明", **LINK | {"connect_redirect": None})
    assert first.status_code == 301
    sent = await visitor.get(first.headers["location"], X_Sandbox_Person=quote("小明"))
    code = parse_qs(urlsplit(sent.headers["location"]).query)["code"][0]
    app = App(visitor.worlds)
    assert app.detail(app.who(code)["user_ticket"])["userid"] == "xiaoming"


async def test_the_sheet_says_what_is_asked_for(visitor):
    visitor.headers |= {"User-Agent": WXWORK}
    who = await visitor.open(**LINK)
    ticket = re.search(r'name="ticket" value="([^"]*)"', who.text)[1]
    await visitor.post(visitor.link(**LINK), person="安", ticket=ticket)
    sheet = await visitor.open(**LINK)
    assert "获取你的头像、手机、邮箱等信息" in sheet.text
    assert "沙箱企业" in sheet.text


async def test_a_domain_that_is_not_trusted_shows_wecoms_page(visitor):
    visitor.headers |= {"User-Agent": WXWORK}
    shown = await visitor.open(person="安", **LINK | {"redirect_uri": "https://www.example.com:444/"})
    assert (shown.status_code, "location" in shown.headers) == (200, False)
    assert "redirect_uri参数错误" in shown.text
    assert "需使用应用可信域名" in shown.text
