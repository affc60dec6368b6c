"""What is open about WeChat's servers: each switch, off and on."""

import json
import re
from dataclasses import replace

import httpx2
import pytest
from cgi_calls import CLIENT_IP, Caller
from platform_calls import Platform
from qr_login import WEBSITE, opened, with_errcode

from wxauth.sandbox.accounts import AccountKind, default_accounts, numbered_account
from wxauth.sandbox.app import SandboxApp
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.softbank import with_softbank_emoji
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.wechat.spoiled import DIRT
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

NOON = 1_795_000_000.0
OFFICIAL, PROGRAM = "wx5a4db00000000001", "wx5a4db00000000003"
ELSEWHERE = "198.51.100.9"


def caller(*, listed: tuple[str, ...] = (), **switches) -> Caller:
    accounts = [replace(account, ip_whitelist=listed) for account in default_accounts()]
    return Caller(World(accounts=accounts, clock=Clock(at=NOON, frozen=True), switches=Switches(**switches)))


def person_of(anyone: Caller, name: str = "安"):
    return anyone.world.person(name)


def exchanged(anyone: Caller, code: str, appid: str = OFFICIAL) -> dict:
    account = anyone.world.account_of(appid)
    given = {"appid": appid, "secret": account.secret, "code": code, "grant_type": "authorization_code"}
    return anyone.get("sns/oauth2/access_token", **given)


def granted(anyone: Caller, name: str = "安", **how) -> dict:
    return exchanged(anyone, anyone.world.issue_code(person_of(anyone, name), **{"scope": "snsapi_userinfo"} | how))


def profile(anyone: Caller, **how) -> dict:
    grant = granted(anyone, **how)
    return anyone.get("sns/userinfo", access_token=grant["access_token"], openid=grant["openid"])


# Replies


@pytest.mark.parametrize(("on", "scope"), [(False, "snsapi_userinfo"), (True, "snsapi_userinfo,snsapi_base")])
def test_the_scope_is_answered_alone_or_as_a_list(on, scope):
    anyone = caller(scope_reply_list=on)
    grant = granted(anyone)
    given = {"appid": OFFICIAL, "grant_type": "refresh_token", "refresh_token": grant["refresh_token"]}
    assert grant["scope"] == anyone.get("sns/oauth2/refresh_token", **given)["scope"] == scope
    assert granted(anyone, scope="snsapi_base")["scope"] == "snsapi_base"


@pytest.mark.parametrize(("on", "alike"), [(False, False), (True, True)])
def test_a_rid_may_tell_why_a_code_was_refused(on, alike):
    anyone = caller(rid_groups_by_cause=on)

    def middles(*codes):
        said = [exchanged(anyone, code)["errmsg"] for code in codes]
        return [re.search(r"rid: [0-9a-f]{8}-([0-9a-f]{8})-", errmsg)[1] for errmsg in said]

    used, expired = anyone.world.issue_code(person_of(anyone)), anyone.world.issue_code(person_of(anyone))
    exchanged(anyone, used)
    of_used = middles(used, used)
    anyone.world.clock.advance(minutes=5)
    of_expired, of_wrong = middles(expired, expired), middles("x" * 32, "y" * 32)
    for pair in (of_used, of_expired, of_wrong):
        assert (pair[0] == pair[1]) is alike
    assert len({of_used[0], of_expired[0], of_wrong[0]}) == 3


@pytest.mark.parametrize("path", ["sns/oauth2/access_token", "cgi-bin/token"])
def test_a_placeholder_for_an_appid_may_be_answered_with_nothing(path):
    usual, odd = caller().raw(path, appid="APPID"), caller(placeholder_empty_body=True)
    assert json.loads(usual.body)["errcode"] == 40013
    assert odd.raw(path, appid="APPID")[:2] == ("text/html; charset=gbk", b"")
    assert odd.world.journal.entries()[-1].errcode == 40013
    assert json.loads(odd.raw(path, appid="wx5a4db0ffffffffff").body)["errcode"] == 40013


# Nicknames


def test_a_nickname_may_hold_what_no_strict_parser_takes():
    anyone = caller(dirty_nicknames=True)
    grant = granted(anyone)
    body = anyone.raw("sns/userinfo", access_token=grant["access_token"], openid=grant["openid"]).body
    assert b'"nickname":"' + DIRT + "安 Ann".encode() in body
    with pytest.raises(UnicodeDecodeError):
        body.decode()
    with pytest.raises(ValueError, match="control character"):
        json.loads(body.decode(errors="ignore"))
    lenient = json.loads(body.decode(errors="ignore"), strict=False)
    assert lenient["nickname"].endswith("安 Ann")
    assert profile(caller())["nickname"] == "安 Ann"


def test_emoji_may_come_as_they_did_in_2016():
    assert profile(caller(softbank_emoji=True), name="小明")["nickname"] == "小明\ue312"
    assert profile(caller(), name="小明")["nickname"] == "小明🎉"


def test_softbank_had_one_form_of_an_emoji_and_not_all_of_them():
    assert with_softbank_emoji("❤️💤🌈🫠小") == "\ue022\ue13c\ue44c🫠小"


# Who may see a profile


@pytest.mark.parametrize("familiar", ["follower", "signed in", "stranger", "signed in long ago"])
def test_a_base_token_may_show_the_profile_of_somebody_familiar(familiar):
    name = "安" if familiar == "follower" else "波"
    for on in (False, True):
        anyone = caller(base_token_profile=on)
        if "signed in" in familiar:
            anyone.world.signed_in(person_of(anyone, name), OFFICIAL)
        if "long ago" in familiar:
            anyone.world.clock.advance(days=30)
        told = profile(anyone, name=name, scope="snsapi_base")
        shown = on and familiar in ("follower", "signed in")
        assert told.get("errcode", 0) == (0 if shown else 48001)
        assert ("nickname" in told) is shown


def test_a_snapshot_shows_a_virtual_profile_or_none():
    shown = profile(caller(), snapshot=True)
    assert (shown["nickname"], shown["headimgurl"].startswith("http://sandbox.test/mmopen/")) == ("微信用户", True)
    refused = caller(snapshot_userinfo_reply="48001")
    assert profile(refused, snapshot=True)["errcode"] == 48001
    assert "snapshot page" in refused.reason()
    assert profile(refused)["nickname"] == "安 Ann"


@pytest.mark.parametrize("address", ["https://example.com/grey/132", ""])
def test_the_avatar_of_a_snapshot_may_be_another(address):
    anyone = caller(snapshot_headimgurl=address)
    assert profile(anyone, snapshot=True)["headimgurl"] == address
    assert profile(anyone)["headimgurl"].startswith("http://sandbox.test/mmopen/")


def test_the_virtual_person_of_a_snapshot_may_be_called_otherwise_and_nobody_else_is():
    anyone = caller(snapshot_nickname="游客💤", softbank_emoji=True)
    assert profile(anyone, snapshot=True)["nickname"] == "游客\ue13c"
    assert profile(anyone)["nickname"] == "安 Ann"


@pytest.mark.parametrize("on", [False, True])
def test_a_platform_may_be_told_of_a_snapshot(on):
    world = World(clock=Clock(at=NOON, frozen=True), switches=Switches(component_snapshot_flag=on))
    world.platforms.authorize(world.account)
    code = world.issue_code(world.people[0], scope="snsapi_userinfo", snapshot=True)
    told = Platform(world).exchange(code=code)
    assert told.get("is_snapshotuser") == (1 if on else None)
    assert told["openid"] == world.openid(world.people[0], virtual=True)


def test_an_account_is_always_told_of_a_snapshot():
    assert granted(caller(), snapshot=True)["is_snapshotuser"] == 1


# How often


def test_an_account_exchanges_so_many_codes_a_minute():
    anyone = caller(sns_exchange_rate_per_minute=2)
    assert [granted(anyone).get("errcode") for _ in range(3)] == [None, None, 45011]
    anyone.world.clock.advance(minutes=1)
    assert "errcode" not in granted(anyone)


def test_a_code_that_came_too_soon_is_not_spent():
    anyone = caller(sns_exchange_rate_per_minute=1)
    granted(anyone)
    code = anyone.world.issue_code(person_of(anyone))
    assert exchanged(anyone, code)["errcode"] == 45011
    anyone.world.clock.advance(minutes=1)
    assert "errcode" not in exchanged(anyone, code)


@pytest.mark.parametrize(("appid", "limit"), [(OFFICIAL, 50_000), (WEBSITE, 10_000)])
def test_the_documented_rate_is_that_of_the_kind_of_account(appid, limit):
    for used, errcode in ((limit - 1, 40029), (limit, 45011)):
        anyone = caller()
        count_exchanges(anyone, appid, used)
        assert exchanged(anyone, "x" * 32, appid)["errcode"] == errcode


def test_without_a_limit_nobody_counts_exchanges():
    anyone = caller(sns_exchange_rate_per_minute=0)
    count_exchanges(anyone, OFFICIAL, 1_000_000)
    assert exchanged(anyone, "x" * 32)["errcode"] == 40029


def count_exchanges(anyone: Caller, appid: str, number: int) -> None:
    """As if so many codes had been exchanged this minute."""
    exchanged(anyone, "x" * 32, appid)
    used = anyone.world.credentials.quotas._used
    for (who, name, per), (began, _) in tuple(used.items()):
        if who == appid:
            used[who, name, per] = (began, number)


def test_every_call_has_a_daily_quota_if_the_switch_gives_one():
    anyone = caller(api_daily_quota=2)
    token, (ann, bo) = anyone.token(), (anyone.web_token("安"), anyone.web_token("波"))
    errcodes = [anyone.get("cgi-bin/user/get", access_token=token).get("errcode", 0) for _ in range(3)]
    assert errcodes == [0, 0, 45009]
    assert anyone.get("cgi-bin/getcallbackip", access_token=token)["ip_list"]
    assert [anyone.get("sns/userinfo", **who).get("errcode", 0) for who in (ann, bo, ann)] == [0, 0, 45009]
    anyone.world.clock.advance(days=1)
    token = anyone.token()
    assert "errcode" not in anyone.get("cgi-bin/user/get", access_token=token)


def test_the_daily_quota_begins_anew_when_it_is_cleared_and_knows_no_call_of_its_own():
    anyone = caller(api_daily_quota=1)
    tokens = [anyone.token() for _ in range(3)]
    asked = ("cgi-bin/user/get", {"access_token": tokens[-1]})
    assert [anyone.get(asked[0], **asked[1]).get("errcode", 0) for _ in range(2)] == [0, 45009]
    for _ in range(2):
        assert anyone.post("cgi-bin/clear_quota", {"appid": OFFICIAL}, access_token=tokens[-1])["errcode"] == 0
    assert "errcode" not in anyone.get(asked[0], **asked[1])


def test_nobody_pays_for_calls_with_a_token_that_is_unknown():
    anyone = caller(api_daily_quota=1)
    assert [anyone.errcode("nonsense") for _ in range(3)] == [40001] * 3


def test_by_default_no_call_has_a_daily_quota_but_the_documented_ones():
    anyone = caller()
    token = anyone.token()
    assert {anyone.errcode(token) for _ in range(50)} == {0}
    assert len(anyone.world.credentials.quotas._used) == 1


# From where


def sns_calls(anyone: Caller) -> dict[str, dict]:
    """Every sns call, as it should be, from an address that is not listed."""
    person = person_of(anyone)
    anyone.client_ip = CLIENT_IP
    grant = granted(anyone)
    anyone.client_ip = ELSEWHERE
    pair = {"access_token": grant["access_token"], "openid": grant["openid"]}
    program = anyone.world.account_of(PROGRAM)
    login = {"appid": PROGRAM, "secret": program.secret, "grant_type": "authorization_code"}
    refresh = {"appid": OFFICIAL, "grant_type": "refresh_token", "refresh_token": grant["refresh_token"]}
    return {
        "exchange": exchanged(anyone, anyone.world.issue_code(person_of(anyone, "波"))),
        "refresh": anyone.get("sns/oauth2/refresh_token", **refresh),
        "userinfo": anyone.get("sns/userinfo", **pair),
        "jscode2session": anyone.get("sns/jscode2session", **login, js_code=anyone.world.js_code(person)),
    }


@pytest.mark.parametrize(
    ("switches", "refused"),
    [
        ({}, set()),
        ({"refresh_ip_whitelist": True}, {"refresh"}),
        ({"sns_ip_whitelist": True}, {"exchange", "refresh", "userinfo", "jscode2session"}),
    ],
)
def test_the_sns_calls_know_the_ip_whitelist_by_switch(switches, refused):
    told = sns_calls(caller(listed=(CLIENT_IP,), **switches))
    assert {name for name, fields in told.items() if fields.get("errcode") == 40164} == refused
    assert all("errcode" not in fields for name, fields in told.items() if name not in refused)
    for name in refused:
        assert told[name]["errmsg"].startswith(
            f"invalid ip {ELSEWHERE} ipv6 ::ffff:{ELSEWHERE}, not in whitelist, rid: "
        )


def test_an_account_without_a_whitelist_is_asked_from_anywhere():
    told = sns_calls(caller(sns_ip_whitelist=True, refresh_ip_whitelist=True))
    assert not any("errcode" in fields for fields in told.values())


# Test accounts


def crowd(limit: int) -> World:
    account = replace(numbered_account(4), kind=AccountKind.TEST)
    return World(accounts=[account], people=everybody(), switches=Switches(test_account_follower_limit=limit))


def everybody():
    return [replace(person, follows=frozenset()) for person in World().people]


def test_a_test_account_may_be_full():
    world = crowd(2)
    ann, bo, ming = world.people[:3]
    world.follow(ann)
    world.follow(bo)
    with pytest.raises(ValueError, match="at most 2 people"):
        world.follow(ming)
    world.follow(bo)
    world.unfollow(ann)
    world.follow(ming)
    assert [world.follows(person, world.account.appid) for person in (ann, bo, ming)] == [False, True, True]


def test_by_default_everybody_can_follow_a_test_account_and_any_account_that_is_none():
    for world in (crowd(0), World(people=everybody(), switches=Switches(test_account_follower_limit=1))):
        for person in world.people:
            world.follow(person)
        assert all(world.follows(person, world.account.appid) for person in world.people)


async def test_over_http_a_full_test_account_is_a_conflict_and_nothing_has_changed():
    world = crowd(1)
    world.follow(world.people[0])
    transport, appid = httpx2.ASGITransport(app=SandboxApp(Worlds(world))), world.account.appid
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1/_sandbox") as http:
        answers = [
            await http.post("/people", json={"name": "Zoe", "follows": [appid]}),
            await http.post(f"/people/{world.people[1].name}/follow", json={"appid": appid}),
        ]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert "unfollow" in answers[0].text
    assert world.find_person("Zoe") is None
    assert [name for name, _ in world._followers] == [world.people[0].name]


# The QR poll


@pytest.mark.parametrize("on", [False, True])
async def test_the_poll_is_answered_under_its_older_name_by_switch(on):
    switches = Switches(qr_poll_legacy_host=on, qr_poll_hold_seconds=0)
    world = World(clock=Clock(at=NOON, frozen=True), switches=switches)
    transport = httpx2.ASGITransport(app=SandboxApp(Worlds(world)))
    async with httpx2.AsyncClient(transport=transport, base_url="https://open.weixin.qq.com") as http:
        devices = await opened(http, world)
        path = f"/connect/l/qrconnect?uuid={devices.uuid}"
        today = await http.get(f"https://lp.open.weixin.qq.com{path}")
        older = await http.get(f"https://long.open.weixin.qq.com{path}")
    assert today.text == with_errcode(408)
    assert older.status_code == (200 if on else 404)
    assert (older.text == with_errcode(408)) is on


# Limits of the switches


@pytest.mark.parametrize("name", ["api_daily_quota", "sns_exchange_rate_per_minute", "test_account_follower_limit"])
def test_a_limit_cannot_be_negative(name):
    with pytest.raises(ValueError, match="negative"):
        Switches(**{name: -1})
