"""The calls of an app of WeCom: token, who a code stands for, what a member agreed to tell, a member by userid."""

import re
from dataclasses import replace

import pytest
from corp_calls import CORPID, PRIVATE, App

from wxauth.sandbox.accounts import Agent, default_accounts
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

OTHER = Agent(agentid=1000003, secret="5a4db0" + "7" * 26, name="报销", trusted_domains=("other.example.com",))
NOON = 1_795_000_000.0


def settled(*, listed: tuple[str, ...] = (), **switches) -> App:
    accounts = [
        replace(account, more_agents=(OTHER,), ip_whitelist=listed) if account.appid == CORPID else account
        for account in default_accounts()
    ]
    return App(
        Worlds(World(accounts=accounts, switches=Switches(**switches), clock=Clock(at=NOON, frozen=True), salt="x"))
    )


@pytest.fixture
def app() -> App:
    return settled()


def test_the_corp_is_the_one_third_parties_rely_on(app):
    assert (app.corp.appid, app.corp.secret) == ("ww5a4db00000000006", "5a4db000000000000000000000000006")
    assert [agent.agentid for agent in app.corp.agents] == [1000002, 1000003]


def test_a_token_comes_with_an_errcode_even_on_success(app):
    told = app.gettoken()
    assert list(told) == ["errcode", "errmsg", "access_token", "expires_in"]
    assert (told["errcode"], told["errmsg"], told["expires_in"]) == (0, "ok", 7200)


def test_the_same_token_is_given_for_as_long_as_it_lives(app):
    token = app.token()
    app.world.clock.advance(minutes=100)
    assert app.gettoken() == {"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": 1200}
    app.world.clock.advance(minutes=20)
    assert app.token() != token


def test_by_switch_each_call_gives_a_new_token_and_both_live():
    app = settled(wecom_gettoken_same_token=False)
    first, second = app.token(), app.token()
    assert first != second
    assert [app.call("user/get", access_token=token, userid="ann")["errcode"] for token in (first, second)] == [0, 0]


@pytest.mark.parametrize(
    ("changes", "errcode", "errmsg"),
    [
        ({"corpid": "ww5a4db0ffffffffff"}, 40013, "invalid corpid"),
        ({"corpid": "wx5a4db00000000001"}, 40013, "invalid corpid"),
        ({"corpid": ""}, 41002, "corpid missing"),
        ({"corpsecret": "0" * 32}, 40001, "invalid credential"),
        ({"corpsecret": ""}, 41004, "corpsecret missing"),
    ],
)
def test_a_token_is_refused_with_a_hint_and_a_link(app, changes, errcode, errmsg):
    told = app.gettoken(**changes)
    assert told["errcode"] == errcode
    assert re.fullmatch(
        rf"{errmsg}, hint: \[1795000000\d{{15}}\], from ip: 127\.0\.0\.1, "
        rf"more info at https://open\.work\.weixin\.qq\.com/devtool/query\?e={errcode}",
        told["errmsg"],
    )


def test_answers_repeat_errcode_and_errmsg_in_headers(app):
    good, bad = app.raw("gettoken", corpid=CORPID, corpsecret=app.secret), app.raw("gettoken")
    assert good.content_type == bad.content_type == "application/json; charset=UTF-8"
    assert dict(good.headers) == {b"error-code": b"0", b"error-msg": b"ok"}
    assert dict(bad.headers)[b"error-code"] == b"41002"
    assert dict(bad.headers)[b"error-msg"].startswith(b"corpid missing, hint: [")


def test_a_member_is_told_by_userid_and_without_a_ticket_for_base(app):
    assert app.who(app.code()) == {"errcode": 0, "errmsg": "ok", "userid": "ann"}


def test_an_outsider_is_told_by_openid_and_a_customer_by_external_userid_too(app):
    outsider = app.world.person("José")
    openid = app.world.openid(outsider, CORPID)
    assert app.who(app.code("José")) == {"errcode": 0, "errmsg": "ok", "openid": openid}
    app.world.corps.win(outsider)
    told = app.who(app.code("José"))
    assert list(told) == ["errcode", "errmsg", "openid", "external_userid"]
    assert re.fullmatch(r"wm\w{30}", told["external_userid"])
    app.world.corps.lose(outsider)
    assert "external_userid" not in app.who(app.code("José"))


def test_who_joins_is_a_member_and_who_leaves_an_outsider(app):
    ann, jose = app.world.person("安"), app.world.person("José")
    app.world.corps.join(jose)
    app.world.corps.leave(ann)
    assert re.fullmatch(r"user\w{8}", app.who(app.code("José"))["userid"])
    assert "openid" in app.who(app.code())


def test_the_legacy_call_uses_other_names_and_names_the_device(app):
    token = app.token()
    on_phone = app.call("user/getuserinfo", access_token=token, code=app.code(scope=PRIVATE))
    assert list(on_phone) == ["errcode", "errmsg", "UserId", "DeviceId", "user_ticket"]
    assert on_phone["DeviceId"]
    by_web = app.call("user/getuserinfo", access_token=token, code=app.code("José", on_phone=False))
    assert (list(by_web)[2:], by_web["DeviceId"]) == (["OpenId", "DeviceId"], "")


def test_a_code_is_used_once_and_used_ones_are_40029(app):
    code = app.code()
    app.who(code)
    assert app.who(code)["errcode"] == 40029
    assert "was used 0 s ago" in app.reason()


def test_a_code_lives_five_minutes(app):
    young, old = app.code(), app.code()
    app.world.clock.advance(seconds=299)
    assert app.who(young)["errcode"] == 0
    app.world.clock.advance(seconds=1)
    assert app.who(old)["errcode"] == 40029
    assert "lives 5 min" in app.reason()


def test_a_code_of_another_app_is_50001_and_is_not_used_up(app):
    code, other = app.code(), App(app.worlds, agentid=OTHER.agentid)
    refused = other.who(code)
    assert refused["errcode"] == 50001
    assert refused["errmsg"].startswith("redirect_uri unauthorized, hint: [")
    assert "agent 1000002" in app.reason()
    assert app.who(code)["errcode"] == 0


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"code": "nothing"}, 40029),
        ({"code": ""}, 41008),
        ({"access_token": ""}, 41001),
        ({"access_token": "90_nothing"}, 40014),
    ],
)
def test_a_bad_code_or_token_is_refused(app, changes, errcode):
    assert app.who(app.code(), **changes)["errcode"] == errcode


def test_a_code_of_an_official_account_is_none_here(app):
    code = app.world.issue_code(app.world.person("安"))
    assert app.who(code)["errcode"] == 40029


def test_a_token_of_an_official_account_is_none_here_nor_the_reverse(app):
    account = app.world.account
    theirs = app.world.credentials.token(account.appid, now=app.world.clock.now()).value
    assert app.call("user/get", access_token=theirs, userid="ann")["errcode"] == 40014


def test_an_expired_token_is_42001(app):
    token = app.token()
    app.world.clock.advance(hours=2)
    assert app.call("user/get", access_token=token, userid="ann")["errcode"] == 42001
    assert "expired 0 s ago" in app.reason()


def test_a_member_who_agreed_is_told_in_full(app):
    told = app.detail(app.who(app.code(scope=PRIVATE))["user_ticket"])
    fields = ["errcode", "errmsg", "userid", "gender", "avatar", "qr_code", "mobile", "email", "biz_mail", "address"]
    assert list(told) == fields
    assert (told["userid"], told["gender"], told["email"]) == ("ann", "2", "ann@example.com")
    assert re.fullmatch(r"1\d{10}", told["mobile"])
    assert told["avatar"].startswith("http://sandbox.test/mmopen/")


def test_only_what_the_administrator_enabled_is_told():
    app = settled(wecom_private_fields=("mobile",))
    assert list(app.detail(app.who(app.code(scope=PRIVATE))["user_ticket"]))[2:] == ["userid", "mobile"]


def test_a_user_ticket_lives_half_an_hour_and_belongs_to_one_app(app):
    ticket = app.who(app.code(scope=PRIVATE))["user_ticket"]
    assert len(ticket) <= 512
    assert App(app.worlds, agentid=OTHER.agentid).detail(ticket)["errcode"] == 84015
    app.world.clock.advance(seconds=1799)
    assert app.detail(ticket)["errcode"] == app.detail(ticket)["errcode"] == 0
    app.world.clock.advance(seconds=1)
    assert app.detail(ticket)["errcode"] == 84014
    assert app.detail("nothing")["errcode"] == app.detail("")["errcode"] == 84015


def test_outside_the_visible_range_there_is_no_ticket_and_no_detail(app):
    ann = app.world.person("安")
    ticket = app.who(app.code(scope=PRIVATE))["user_ticket"]
    app.world.corps.hide(ann, CORPID, app.agentid)
    assert app.detail(ticket)["errcode"] == 50002
    assert app.who(app.code(scope=PRIVATE)) == {"errcode": 0, "errmsg": "ok", "userid": "ann"}
    assert app.call("user/get", access_token=app.token(), userid="ann")["errcode"] == 60011
    app.world.corps.show(ann, CORPID, app.agentid)
    assert app.detail(ticket)["errcode"] == 0


def test_an_outsider_gets_no_ticket(app):
    assert "user_ticket" not in app.who(app.code("José", scope=PRIVATE))


def test_a_member_is_read_without_private_fields(app):
    told = app.call("user/get", access_token=app.token(), userid="XiaoMing")
    assert list(told) == ["errcode", "errmsg", "userid", "name", "department", "status"]
    assert (told["userid"], told["name"]) == ("xiaoming", "小明")
    assert app.call("user/get", access_token=app.token(), userid="nobody")["errcode"] == 60111
    with_all = settled(wecom_user_get_private_fields=True)
    assert "mobile" in with_all.call("user/get", access_token=with_all.token(), userid="ann")


def test_an_address_that_is_not_trusted_is_60020_once_there_is_a_token():
    app = settled(listed=("198.51.100.9",))
    refused = app.who(app.code())
    assert refused["errcode"] == 60020
    assert refused["errmsg"].startswith("not allow to access from your ip, hint: [1795000000")
    assert "from ip: 127.0.0.1, more info" in refused["errmsg"]
    app.request = {"client_ip": "::ffff:198.51.100.9"}
    assert app.who(app.code())["errcode"] == 0


def test_a_call_the_sandbox_does_not_have_is_40066(app):
    assert app.call("department/list", access_token=app.token())["errcode"] == 40066


def test_neither_secret_nor_code_nor_ticket_is_in_the_journal(app):
    """H1: nothing secret is kept."""
    code = app.code(scope=PRIVATE)
    ticket = app.who(code)["user_ticket"]
    app.detail(ticket)
    kept = repr(app.world.journal.entries())
    assert not [value for value in (app.secret, code, ticket, app.token()) if value in kept]


def test_the_same_seed_and_calls_give_the_same_values():
    first, second = settled(), settled()
    for app in (first, second):
        app.who(app.code(scope=PRIVATE))
    assert first.token() == second.token()
    assert first.code() == second.code()


def test_what_is_dead_is_forgotten(app):
    for _ in range(300):
        app.who(app.code(scope=PRIVATE))
    app.world.clock.advance(hours=4)
    app.who(app.code())
    assert len(app.world.corps) <= 3


def test_a_fault_hits_the_calls_of_a_corp_and_of_a_person(app):
    app.world.faults.once("qyapi/cgi-bin/auth/getuserinfo", 45009, person="安")
    assert app.who(app.code("波"))["errcode"] == 0
    code = app.code()
    assert app.who(code)["errcode"] == 45009
    assert app.who(code)["errcode"] == 0
    app.world.faults.once("qyapi/cgi-bin/gettoken", -1, appid=CORPID)
    assert app.gettoken()["errcode"] == -1
