"""The authorize page without its pixels: links, silent rules, headless answers."""

from urllib.parse import parse_qs, quote, urlsplit

import pytest

from wxauth.sandbox.accounts import Account, AccountKind, numbered_account, numbered_platform, numbered_test_account
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.wechat.authorize import (
    PATH,
    Decision,
    Nobody,
    Outside,
    Refused,
    SentBack,
    SentOn,
    Sheet,
    Shown,
    Spoiled,
    Visit,
    WhoAreYou,
    visit,
)
from wxauth.sandbox.wechat.consent import Scene
from wxauth.sandbox.wechat.echoes import CLIENT, CRAWLER
from wxauth.sandbox.wechat.link import Query
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

CALLBACK = "http://127.0.0.1:8000/auth"
LINK = {
    "appid": "wx5a4db00000000001",
    "redirect_uri": CALLBACK,
    "response_type": "code",
    "scope": "snsapi_userinfo",
    "state": "SBXstate",
    "connect_redirect": "1",
}


def query(**changes):
    return Query("&".join(f"{k}={quote(v, safe='')}" for k, v in (LINK | changes).items() if v is not None))


def opened(worlds, *, person="波", scene=Scene.LINK, decision=None, inside=True, **changes):
    visitor = Visit(query=query(**changes), inside=inside, person=person, scene=scene, decision=decision)
    return visit(worlds, visitor)


def switched(**switches):
    return Worlds(World(switches=Switches(**switches), clock=Clock(at=1_795_000_000, frozen=True)))


def test_a_link_without_connect_redirect_is_sent_on_to_itself_in_the_same_order(worlds):
    text = "scope=snsapi_base&appid=wx5a4db00000000001&odd=%E5%AE%89+x"
    assert visit(worlds, Visit(query=Query(text), inside=True)) == SentOn(f"{PATH}?{text}&connect_redirect=1")
    assert visit(worlds, Visit(query=Query(""), inside=True)) == SentOn(f"{PATH}?connect_redirect=1")


def test_outside_wechat_there_is_one_page_whatever_the_link(worlds):
    assert opened(worlds, inside=False) == Outside()
    assert opened(worlds, inside=False, appid="") == Outside()


@pytest.mark.parametrize(
    ("changes", "code", "text"),
    [
        ({"appid": None}, 10012, "appid不能为空"),
        ({"appid": "wx5a4db00000000009"}, None, "AppID 参数错误"),
        ({"appid": "gh_5a4db0000001"}, None, "AppID 参数错误"),
        ({"redirect_uri": None}, 10011, "redirect_uri不能为空"),
        ({"redirect_uri": "http://other.example/"}, 10003, "redirect_uri域名与后台配置不一致"),
        ({"response_type": "token"}, None, "该链接无法访问"),
        ({"response_type": None}, None, "该链接无法访问"),
        ({"scope": ""}, 10010, "scope不能为空"),
        ({"scope": "snsapi_everything"}, 10005, "此公众号并没有这些scope的权限"),
        ({"scope": "SNSAPI_BASE"}, 10005, "此公众号并没有这些scope的权限"),
        ({"scope": "snsapi_base,snsapi_userinfo"}, 10005, "此公众号并没有这些scope的权限"),
        ({"state": "a" * 129}, None, "该链接无法访问"),
        ({"state": "安" * 43}, None, "该链接无法访问"),
    ],
)
def test_a_wrong_link_shows_wechats_page_and_calls_nothing_back(worlds, changes, code, text):
    shown = opened(worlds, **changes)
    assert isinstance(shown, Shown)
    assert (shown.page.code, shown.page.text) == (code, text)
    assert shown.reason.en
    assert shown.reason.zh
    assert worlds.default.remembered() == 0


def test_a_state_of_128_bytes_and_of_any_characters_is_accepted(worlds):
    for state in ("a" * 128, "安" * 42, 'type=quan,url={"a":1}|_', ""):
        sent = opened(worlds, state=state, scope="snsapi_base")
        assert parse_qs(urlsplit(sent.location).query, keep_blank_values=True)["state"] == [state]


def test_an_account_without_rights_is_10005():
    unverified = Account(appid=LINK["appid"], secret="0" * 32, scopes=frozenset())
    assert opened(Worlds(World(accounts=[unverified]))).page.code == 10005


def test_a_website_application_is_10016():
    website = Account(appid=LINK["appid"], secret="0" * 32, kind=AccountKind.WEBSITE)
    assert opened(Worlds(World(accounts=[website]))).page.code == 10016


def test_a_test_account_is_for_its_followers_only():
    test = Account(appid=LINK["appid"], secret="0" * 32, kind=AccountKind.TEST)
    worlds = Worlds(World(accounts=[test]))
    assert opened(worlds, scope="snsapi_base").page.code == 10006
    assert isinstance(opened(worlds, person="安", scope="snsapi_base"), SentBack)


def test_a_strict_world_wants_the_order_the_characters_and_a_registered_domain():
    worlds = Worlds(World(strict=True, clock=Clock(frozen=True)))
    good = {"redirect_uri": "https://www.example.com/auth", "scope": "snsapi_base"}
    assert isinstance(opened(worlds, **good), SentBack)
    assert opened(worlds, **good | {"state": "a|b"}).page.text == "该链接无法访问"
    assert opened(worlds, **good | {"redirect_uri": CALLBACK}).page.code == 10003
    assert opened(worlds, **good | {"redirect_uri": "https://www.example.com:8443/"}).page.code == 10003
    text = query(**good).text
    swapped = Query("&".join(reversed(text.split("&"))))
    assert visit(worlds, Visit(query=swapped, inside=True, person="波")).page.text == "该链接无法访问"


def test_another_order_is_accepted_and_noted(worlds):
    swapped = Query("&".join(reversed(query(scope="snsapi_base").text.split("&"))))
    assert isinstance(visit(worlds, Visit(query=swapped, inside=True, person="波")), SentBack)
    assert "not in the order appid, redirect_uri" in worlds.default.journal.entries()[-1].reason.en


def test_switches_decide_about_long_and_empty_states():
    assert isinstance(opened(switched(state_too_long="accepted"), state="a" * 500, scope="snsapi_base"), SentBack)
    assert opened(switched(state_required=True), state="").page.code == 10013


def test_an_unencoded_redirect_uri_keeps_its_first_parameter_only():
    raw = query(redirect_uri="X", scope="snsapi_base").text.replace("=X&", f"={CALLBACK}?a=1&b=2&")
    plain = visit(Worlds(), Visit(query=Query(raw), inside=True, person="波"))
    assert plain.location.startswith(f"{CALLBACK}?a=1&code=")
    accepted = visit(switched(redirect_uri_unencoded="accepted"), Visit(query=Query(raw), inside=True, person="波"))
    assert accepted.location.startswith(f"{CALLBACK}?a=1&b=2&code=")


def test_base_is_silent_and_userinfo_asks(worlds):
    assert isinstance(opened(worlds, scope="snsapi_base"), SentBack)
    assert isinstance(opened(worlds, scope="snsapi_base", forcePopup="true"), SentBack)
    sheet = opened(worlds)
    assert isinstance(sheet, Sheet)
    assert sheet.person.name == "波"


def test_nobody_is_asked_who_they_are_twice_but_everybody_once(worlds):
    assert isinstance(opened(worlds, person=None), WhoAreYou)
    assert isinstance(opened(worlds, person="Zoë"), Nobody)


@pytest.mark.parametrize("scene", [Scene.MENU, Scene.CONVERSATION])
def test_a_follower_from_menu_or_conversation_is_not_asked_not_even_by_force_popup(worlds, scene):
    assert isinstance(opened(worlds, person="安", scene=scene, forcePopup="true"), SentBack)
    assert isinstance(opened(worlds, person="波", scene=scene), Sheet)


@pytest.mark.parametrize("scene", [Scene.LINK, Scene.SCAN])
def test_a_follower_from_a_link_or_a_scanned_code_is_asked(worlds, scene):
    assert isinstance(opened(worlds, person="安", scene=scene), Sheet)


def test_a_recent_sign_in_spares_the_sheet_for_thirty_days(worlds, world):
    assert isinstance(opened(worlds, decision=Decision.ALLOW), SentBack)
    world.clock.advance(days=29, hours=23)
    assert isinstance(opened(worlds, forcePopup="true"), Sheet)
    assert isinstance(opened(worlds), SentBack)
    assert isinstance(opened(worlds, person="José"), Sheet)
    world.clock.advance(days=30)
    assert isinstance(opened(worlds), Sheet)


def test_a_recent_sign_in_counts_for_one_account():
    worlds = Worlds(World(accounts=[numbered_account(1), numbered_account(2)]))
    opened(worlds, decision=Decision.ALLOW)
    assert isinstance(opened(worlds, appid=numbered_account(2).appid), Sheet)


def test_a_base_sign_in_spares_no_sheet(worlds):
    opened(worlds, scope="snsapi_base")
    assert isinstance(opened(worlds), Sheet)


def granted_snapshot(worlds, sent):
    code = parse_qs(urlsplit(sent.location).query)["code"][0]
    return worlds.default.redeem(appid=LINK["appid"], code=code).snapshot


def test_force_snapshot_sends_a_virtual_person_and_loses_to_the_silent_rules(worlds):
    assert granted_snapshot(worlds, opened(worlds, forceSnapShot="true"))
    assert not granted_snapshot(worlds, opened(worlds, person="安", scene=Scene.MENU, forceSnapShot="true"))
    assert isinstance(opened(worlds), Sheet)
    opened(worlds, decision=Decision.ALLOW)
    assert not granted_snapshot(worlds, opened(worlds, forceSnapShot="true"))
    assert granted_snapshot(worlds, opened(worlds, forceSnapShot="true", forcePopup="true"))


def test_a_refusal_calls_nothing_back_even_where_a_silent_rule_holds(worlds):
    assert isinstance(opened(worlds, decision=Decision.REFUSE), Refused)
    opened(worlds, decision=Decision.ALLOW)
    assert isinstance(opened(worlds, decision=Decision.REFUSE), Refused)
    assert "calls nothing back" in worlds.default.journal.entries()[-1].reason.en


def test_nobody_can_refuse_what_nobody_is_asked(worlds):
    assert isinstance(opened(worlds, decision=Decision.REFUSE, scope="snsapi_base"), SentBack)


def test_every_visit_is_in_the_journal(worlds, world):
    visit(worlds, Visit(query=Query("a=b"), inside=True))
    opened(worlds, person=None)
    opened(worlds)
    opened(worlds, decision=Decision.ALLOW)
    answers = [entry.answer for entry in world.journal.entries(operation="authorize")]
    assert answers[:3] == [
        "301 to the same link with connect_redirect=1",
        "asks who the person is",
        "shows the consent sheet",
    ]
    assert answers[3].startswith("302 with code …")


def test_each_authorization_has_a_code_of_its_own(worlds):
    sent = {opened(worlds, scope="snsapi_base").location for _ in range(20)}
    assert len(sent) == 20


def test_a_double_request_leads_to_the_same_code_for_a_second():
    worlds = switched(double_request=True)
    first = opened(worlds, scope="snsapi_base")
    assert opened(worlds, scope="snsapi_base", uin="SBX", key="SBX", pass_ticket="SBX") == first
    assert opened(worlds, scope="snsapi_base", state="other") != first
    assert opened(worlds, scope="snsapi_base", person="安") != first
    worlds.default.clock.advance(seconds=1)
    assert opened(worlds, scope="snsapi_base") != first


def test_under_double_request_wechats_own_client_asks_again_and_calls_back_with_the_same_code():
    worlds = switched(double_request=True)
    sent = opened(worlds, scope="snsapi_base")
    assert sent.echoes == (CLIENT,)
    first, second = worlds.default.journal.entries(operation="authorize")
    assert second.answer == f"{first.answer}, the same"
    assert {"uin", "key", "pass_ticket"} <= dict(second.parameters).keys() - dict(first.parameters).keys()
    assert opened(switched(), scope="snsapi_base").echoes == ()


def test_a_client_that_asks_a_second_time_by_itself_is_not_asked_for_a_third():
    worlds = switched(double_request=True)
    assert opened(worlds, scope="snsapi_base", uin="SBX", key="SBX", pass_ticket="SBX").echoes == ()


def test_under_link_crawler_a_crawler_comes_too():
    assert opened(switched(link_crawler=True), scope="snsapi_base").echoes == (CRAWLER,)


@pytest.mark.parametrize("kept", [True, False])
def test_a_switch_lets_the_webview_keep_the_first_hop(kept):
    hop = opened(switched(webview_caches_301=kept), connect_redirect=None)
    assert (type(hop), hop.kept) == (SentOn, kept)


def test_a_refusal_of_an_official_account_stays_goes_back_or_calls_back_by_switch():
    assert opened(switched(), decision=Decision.REFUSE) == Refused(goes_back=False)
    assert opened(switched(official_denial="page_before"), decision=Decision.REFUSE) == Refused(goes_back=True)
    called = opened(switched(official_denial="callback"), decision=Decision.REFUSE)
    assert called.location == f"{CALLBACK}?state=SBXstate"


def test_the_refusal_of_one_who_was_said_to_come_follows_the_same_switch():
    worlds = switched(official_denial="callback")
    worlds.default.next.person("Bo")
    worlds.default.next.decision("refuse")
    assert opened(worlds, person=None, inside=False).location == f"{CALLBACK}?state=SBXstate"


def test_a_refusal_of_a_platform_is_a_matter_of_its_own_switch():
    def refused(**switches):
        world = World(switches=Switches(**switches), clock=Clock(at=1_795_000_000, frozen=True))
        platform = numbered_platform(5)
        world.platforms.authorize(world.account, platform=platform.appid)
        return opened(Worlds(world), decision=Decision.REFUSE, component_appid=platform.appid, connect_redirect="1")

    assert isinstance(refused(official_denial="callback"), Refused)
    assert isinstance(refused(component_denial_callback=True), SentBack)


def test_the_test_account_of_every_sandbox_takes_an_unencoded_redirect_uri_to_an_address_with_a_port():
    account = numbered_test_account(4)
    worlds = Worlds(World(strict=True, accounts=[account], clock=Clock(at=1_795_000_000, frozen=True)))
    raw = query(appid=account.appid, redirect_uri="X", scope="snsapi_base").text
    link = Query(raw.replace("=X&", f"={CALLBACK}?a=1&b=2&"))
    assert visit(worlds, Visit(query=link, inside=True, person="安")).location.startswith(f"{CALLBACK}?a=1&b=2&code=")
    assert visit(worlds, Visit(query=link, inside=True, person="波")).page.code == 10006


@pytest.mark.parametrize("required", [True, False])
def test_a_switch_demands_https_of_a_test_account_and_of_no_other(required):
    worlds = switched(test_account_require_https=required)
    shown = opened(worlds, appid=numbered_test_account(4).appid, person="安", scope="snsapi_base")
    assert isinstance(shown, Shown if required else SentBack)
    assert isinstance(opened(worlds, scope="snsapi_base"), SentBack)


@pytest.mark.parametrize("checked", [True, False])
def test_a_switch_refuses_an_address_or_a_port_of_a_test_account_and_of_no_other(checked):
    worlds, account = switched(test_account_domain_checks=checked), numbered_test_account(4).appid
    for uri in (CALLBACK, "http://127.0.0.1/auth", "http://localhost:8000/auth"):
        shown = opened(worlds, appid=account, person="安", scope="snsapi_base", redirect_uri=uri)
        assert shown.page.code == 10003 if checked else isinstance(shown, SentBack)
    named = opened(worlds, appid=account, person="安", scope="snsapi_base", redirect_uri="http://localhost/auth")
    assert isinstance(named, SentBack)
    assert isinstance(opened(worlds, scope="snsapi_base"), SentBack)


@pytest.mark.parametrize("dropped", [True, False])
def test_a_switch_drops_the_parameter_openid_of_a_redirect_uri(dropped):
    sent = opened(switched(drop_openid_query=dropped), redirect_uri=f"{CALLBACK}?a=1&openId=x", scope="snsapi_base")
    assert sent.location.startswith(f"{CALLBACK}?a=1&{'' if dropped else 'openId=x&'}code=")


def test_the_error_page_of_unknown_meaning_is_a_fault_by_switch():
    with pytest.raises(ValueError, match="10038"):
        switched().default.faults.once("authorize", 10038)
    worlds = switched(error_page_10038=True)
    worlds.default.faults.once("authorize", 10038)
    assert opened(worlds).page.code == 10038


def test_a_recent_sign_in_spares_the_sheet_on_every_device_or_by_switch_on_that_device():
    def asked_elsewhere(worlds):
        phone = Visit(query=query(), inside=True, person="波", device="phone", decision=Decision.ALLOW)
        assert isinstance(visit(worlds, phone), SentBack)
        return [
            isinstance(visit(worlds, Visit(query=query(), inside=True, person="波", device=device)), Sheet)
            for device in ("phone", "tablet")
        ]

    assert asked_elsewhere(switched()) == [False, False]
    assert asked_elsewhere(switched(consent_waiver_per_device=True)) == [False, True]


def test_a_fault_of_the_page_that_does_the_work_comes_with_the_outcome(worlds, world):
    world.faults.once("authorize", "slow", seconds=2)
    late = opened(worlds, scope="snsapi_base")
    assert isinstance(late, Spoiled)
    assert isinstance(late.outcome, SentBack)
    assert late.fault.seconds == 2


@pytest.mark.parametrize("what", ["http-502", "html", "empty", "reset"])
def test_a_fault_of_the_page_that_does_no_work_issues_no_code(worlds, world, what):
    world.faults.once("authorize", what)
    failed = opened(worlds, scope="snsapi_base")
    assert failed.fault.what == what
    assert world.remembered() == 0
    entry = world.journal.entries()[-1]
    assert (entry.fault, entry.refused) == (what, False)
