"""The calls of a third-party platform."""

import json
from dataclasses import replace

import pytest
from platform_calls import Platform

from wxauth.sandbox.accounts import default_accounts, numbered_platform
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.world import World

NOON = 1_795_000_200.0
NOBODY = "wx5a4db0ffffffffff"


def platform(*, listed: tuple[str, ...] = (), authorized: bool = True, **switches) -> Platform:
    accounts = [replace(a, ip_whitelist=listed) if a.kind == "third-party" else a for a in default_accounts()]
    world = World(accounts=accounts, clock=Clock(at=NOON, frozen=True), switches=Switches(**switches))
    if authorized:
        for account in world.accounts[:3]:
            world.platforms.authorize(account)
    return Platform(world)


def errcode(answered) -> int:
    return json.loads(answered.body).get("errcode", 0)


# The platform's own token


def test_a_ticket_is_exchanged_for_a_component_access_token():
    told = json.loads(platform().raw_token().body)
    assert list(told) == ["component_access_token", "expires_in"]
    assert told["expires_in"] == 7200


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"component_appid": ""}, 41018),
        ({"component_appid": NOBODY}, 61011),
        ({"component_appid": "wx5a4db00000000001"}, 61011),
        ({"component_appsecret": ""}, 41004),
        ({"component_appsecret": "0" * 32}, 40125),
        ({"component_verify_ticket": ""}, 61006),
        ({"component_verify_ticket": "ticket@@@nothing"}, 61006),
        ({"component_verify_ticket": "沙箱"}, 61006),
    ],
)
def test_a_component_token_is_refused(changes, wanted):
    assert errcode(platform().raw_token(**changes)) == wanted


def test_a_ticket_of_yesterday_is_expired():
    ours = platform()
    ticket = ours.world.platforms.ticket()
    ours.world.clock.advance(hours=12)
    assert errcode(ours.raw_token(component_verify_ticket=ticket)) == 61005
    assert "older than 12 h" in ours.reason()


def test_a_foreign_address_gets_no_component_token():
    assert errcode(platform(listed=("198.51.100.9",)).raw_token()) == 61004
    assert errcode(platform(listed=("203.0.113.7",)).raw_token()) == 0


def test_a_body_that_is_no_json_is_refused():
    ours = platform()
    assert errcode(ours.raw("cgi-bin/component/api_component_token", body=[])) == 47001


def test_a_component_token_lives_two_hours_and_an_earlier_one_beside_it():
    ours = platform()
    first, second = ours.token(), ours.token()
    assert first != second
    assert "pre_auth_code" in ours.call("create_preauthcode", token=first)
    ours.world.clock.advance(hours=2)
    assert ours.call("create_preauthcode", token=second)["errcode"] == 42001


@pytest.mark.parametrize(("token", "wanted"), [("", 41001), ("90_nothing", 40001)])
def test_without_its_token_a_platform_is_refused(token, wanted):
    ours = platform()
    assert ours.call("create_preauthcode", token=token)["errcode"] == wanted
    assert ours.exchange(component_access_token=token)["errcode"] == wanted


def test_the_token_of_another_platform_is_no_token():
    world = World(accounts=[*default_accounts(), numbered_platform(9)])
    ours = Platform(world)
    theirs = ours.raw_call("create_preauthcode", component_appid="wx5a4db00000000009")
    assert errcode(theirs) == 48001


def test_the_secret_of_a_platform_and_its_ticket_are_not_in_the_journal():
    ours = platform()
    ours.token()
    entry = repr(ours.world.journal.entries()[-1])
    assert ours.account.secret not in entry
    assert "('component_appsecret', '(32 characters)')" in entry
    assert ours.world.platforms.ticket() not in entry


# The admin agrees


@pytest.mark.parametrize("seconds", [1800, 600])
def test_a_pre_auth_code_says_how_long_it_lives(seconds):
    told = platform(pre_auth_code_seconds=seconds).call("create_preauthcode")
    assert list(told) == ["pre_auth_code", "expires_in"]
    assert told["expires_in"] == seconds


def test_an_auth_code_is_exchanged_once_for_the_tokens_of_the_account():
    ours = platform(authorized=False)
    code = ours.world.platforms.authorize(ours.world.account, rights=(1, 4))
    info = ours.call("query_auth", authorization_code=code)["authorization_info"]
    assert list(info) == [
        "authorizer_appid",
        "authorizer_access_token",
        "expires_in",
        "authorizer_refresh_token",
        "func_info",
    ]
    assert (info["authorizer_appid"], info["expires_in"]) == (ours.world.account.appid, 7200)
    assert info["func_info"] == [{"funcscope_category": {"id": 1}}, {"funcscope_category": {"id": 4}}]
    assert ours.call("query_auth", authorization_code=code)["errcode"] == 61009


def test_an_auth_code_that_is_none_is_invalid_and_one_of_yesterday_expired():
    ours = platform()
    code = ours.world.platforms.authorize(ours.world.account)
    asked = ours.world.platforms.pre_auth_code()
    assert [ours.call("query_auth", authorization_code=wrong)["errcode"] for wrong in ("", "x", asked)] == [61009] * 3
    ours.world.clock.advance(hours=1)
    assert ours.call("query_auth", authorization_code=code)["errcode"] == 61010


def test_the_refresh_token_of_an_account_gives_another_access_token_for_good():
    ours = platform()
    code = ours.world.platforms.authorize(ours.world.account)
    info = ours.call("query_auth", authorization_code=code)["authorization_info"]
    given = {"authorizer_appid": info["authorizer_appid"], "authorizer_refresh_token": info["authorizer_refresh_token"]}
    ours.world.clock.advance(days=400)
    told = ours.call("authorizer_token", **given)
    assert list(told) == ["authorizer_access_token", "expires_in", "authorizer_refresh_token"]
    assert told["authorizer_access_token"] != info["authorizer_access_token"]
    assert told["authorizer_refresh_token"] == info["authorizer_refresh_token"]


def test_a_new_authorization_ends_the_refresh_token_of_the_one_before():
    ours = platform()
    appid = ours.world.account.appid
    old = ours.world.platforms.authorization(ours.account, appid).refresh_token
    ours.world.platforms.authorize(ours.world.account)
    refused = ours.call("authorizer_token", authorizer_appid=appid, authorizer_refresh_token=old)
    assert refused["errcode"] == 61023


def test_an_account_that_did_not_agree_gives_nothing():
    ours = platform(authorized=False)
    appid = ours.world.account.appid
    assert ours.call("authorizer_token", authorizer_appid=appid, authorizer_refresh_token="x")["errcode"] == 61003
    assert ours.exchange()["errcode"] == 61003
    assert "componentloginpage" in ours.reason()


def test_with_the_token_of_an_account_a_platform_does_what_the_account_may():
    ours = platform()
    code = ours.world.platforms.authorize(ours.world.account)
    token = ours.call("query_auth", authorization_code=code)["authorization_info"]["authorizer_access_token"]
    assert json.loads(ours.raw("cgi-bin/user/get", access_token=token).body)["total"] == 1
    own = {"appid": ours.world.account.appid, "secret": ours.world.account.secret}
    ours.raw("cgi-bin/token", grant_type="client_credential", **own)
    ours.world.clock.advance(minutes=10)
    assert errcode(ours.raw("cgi-bin/user/get", access_token=token)) == 0
    ours.world.clock.advance(hours=2)
    assert errcode(ours.raw("cgi-bin/user/get", access_token=token)) == 42001


def test_the_token_of_a_platform_is_no_access_token_and_its_secret_gets_none():
    ours = platform()
    assert errcode(ours.raw("cgi-bin/user/get", access_token=ours.token())) == 40001
    assert "component_access_token" in ours.reason()
    own = {"appid": ours.account.appid, "secret": ours.account.secret}
    assert errcode(ours.raw("cgi-bin/token", grant_type="client_credential", **own)) == 40013
    assert "api_component_token" in ours.reason()


# People sign in


def test_a_platform_exchanges_a_code_as_the_account_itself_would():
    ours = platform()
    told = ours.exchange()
    assert list(told) == ["access_token", "expires_in", "refresh_token", "openid", "scope", "unionid"]
    assert told["openid"] == ours.world.openid(ours.world.people[0])
    profile = ours.raw("sns/userinfo", access_token=told["access_token"], openid=told["openid"])
    assert json.loads(profile.body)["nickname"] == ours.world.people[0].nickname
    assert errcode(ours.raw("sns/auth", access_token=told["access_token"], openid=told["openid"])) == 0


def test_the_authorizer_access_token_is_not_the_component_access_token():
    """Two tokens with similar names, and the classic mix-up."""
    ours = platform()
    code = ours.world.platforms.authorize(ours.world.account)
    token = ours.call("query_auth", authorization_code=code)["authorization_info"]["authorizer_access_token"]
    refused = ours.exchange(component_access_token=token)
    assert refused["errcode"] == 48001
    assert refused["errmsg"].startswith("api unauthorized, rid: ")
    assert "component_access_token of the platform" in ours.reason()


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"component_appid": ""}, 41018),
        ({"component_appid": NOBODY}, 61011),
        ({"appid": ""}, 41002),
        ({"appid": NOBODY}, 40013),
        ({"code": ""}, 41008),
        ({"code": "x"}, 40029),
        ({"grant_type": "x"}, 40002),
    ],
)
def test_a_component_exchange_is_refused(changes, wanted):
    assert platform().exchange(**changes)["errcode"] == wanted


def test_a_refused_exchange_spends_no_code_and_a_used_code_is_used():
    ours = platform()
    code = ours.world.issue_code(ours.world.people[0])
    assert ours.exchange(code=code, component_access_token="90_nothing")["errcode"] == 40001
    assert "errcode" not in ours.exchange(code=code)
    assert ours.exchange(code=code)["errcode"] == 40163


def test_without_the_right_to_web_pages_a_platform_signs_nobody_in():
    ours = platform(authorized=False)
    ours.world.platforms.authorize(ours.world.account, rights=(1, 2, 3))
    assert ours.exchange()["errcode"] == 61007


def test_a_platform_refreshes_as_the_account_would():
    ours = platform()
    granted = ours.exchange()
    ours.world.clock.advance(hours=3)
    given = {"grant_type": "refresh_token", "refresh_token": granted["refresh_token"]}
    told = ours.sns("oauth2/component/refresh_token", **given)
    assert list(told) == ["access_token", "expires_in", "refresh_token", "openid", "scope"]
    assert told["access_token"] != granted["access_token"]
    assert ours.sns("oauth2/component/refresh_token", **given | {"refresh_token": ""})["errcode"] == 41003
    assert ours.sns("oauth2/component/refresh_token", **given | {"refresh_token": "x"})["errcode"] == 40030
    assert ours.sns("oauth2/component/refresh_token", **given | {"grant_type": "x"})["errcode"] == 40002


@pytest.mark.parametrize(("switch", "wanted"), [(True, 61004), (False, 0)])
def test_the_whitelist_of_the_platform_holds_for_a_refresh_by_a_switch(switch, wanted):
    ours = platform(listed=("203.0.113.7",), component_refresh_ip_whitelist=switch)
    granted, token = ours.exchange(), ours.token()
    ours.client_ip = "198.51.100.9"
    given = {"grant_type": "refresh_token", "refresh_token": granted["refresh_token"]}
    values = {
        "appid": ours.world.account.appid,
        "component_appid": ours.account.appid,
        "component_access_token": token,
    }
    answered = ours.raw("sns/oauth2/component/refresh_token", **values | given)
    assert errcode(answered) == wanted


def test_a_platform_signs_people_in_to_a_mini_program():
    ours = platform()
    program, person = ours.world.accounts[2], ours.world.people[0]
    given = {"appid": program.appid, "js_code": ours.world.js_code(person), "grant_type": "authorization_code"}
    told = ours.sns("component/jscode2session", **given)
    assert told["openid"] == ours.world.openid(person, program.appid)
    assert ours.sns("component/jscode2session", **given)["errcode"] == 40163


def test_a_mini_program_that_did_not_agree_is_61003():
    ours = platform(authorized=False)
    program = ours.world.accounts[2]
    js_code = ours.world.js_code(ours.world.people[0])
    told = ours.sns("component/jscode2session", appid=program.appid, js_code=js_code, grant_type="authorization_code")
    assert told["errcode"] == 61003


def test_the_same_calls_give_the_same_values():
    def story():
        ours = platform()
        code = ours.world.platforms.authorize(ours.world.account)
        return ours.call("create_preauthcode"), ours.call("query_auth", authorization_code=code), ours.exchange()

    assert story() == story()


# Faults


@pytest.mark.parametrize("of", ["platform", "account"])
def test_a_fault_finds_an_exchange_by_the_platform_and_by_the_account_it_acts_for(of):
    ours = platform()
    ours.world.faults.once("sns/oauth2/component/access_token", -1, appid=ours.world.accounts[1].appid)
    appid = {"platform": ours.account.appid, "account": ours.world.account.appid}[of]
    ours.world.faults.once("sns/oauth2/component/access_token", 45011, appid=appid)
    assert ours.exchange()["errcode"] == 45011
    assert "errcode" not in ours.exchange()


@pytest.mark.parametrize("of", ["platform", "account"])
def test_a_fault_finds_a_call_about_an_authorization_by_either(of):
    ours = platform()
    appid = {"platform": ours.account.appid, "account": ours.world.account.appid}[of]
    ours.world.faults.once("cgi-bin/component/api_authorizer_token", 45011, appid=appid)
    asked = {"authorizer_appid": ours.world.account.appid, "authorizer_refresh_token": "x"}
    assert [ours.call("authorizer_token", **asked)["errcode"] for _ in range(2)] == [45011, 61023]


def test_a_fault_of_a_platform_hits_its_calls_about_no_account():
    ours = platform()
    token = ours.token()
    ours.world.faults.always("*", -1, appid=ours.account.appid)
    assert errcode(ours.raw_token()) == -1
    assert ours.call("create_preauthcode", token=token)["errcode"] == -1
