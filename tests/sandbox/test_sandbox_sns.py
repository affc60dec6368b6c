"""The sns calls: bodies, refusals, and the order in which they are noticed."""

import json
import re

import pytest
from server_calls import ORIGIN, asked

from wxauth.sandbox.accounts import numbered_account
from wxauth.sandbox.app import SandboxApp
from wxauth.sandbox.people import Person
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

RID = re.compile(r", rid: ([0-9a-f]{8})-[0-9a-f]{8}-[0-9a-f]{8}$")
GOOD = {
    "appid": "wx5a4db00000000001",
    "secret": "5a4db000000000000000000000000001",
    "grant_type": "authorization_code",
}


def call(worlds, path, **parameters):
    return json.loads(asked(worlds, f"/sns/{path}", parameters).body)


def token_for(world, name="安", scope="snsapi_userinfo", **kwargs):
    code = world.issue_code(world.person(name), scope=scope, **kwargs)
    return world.redeem(appid=world.account.appid, code=code)


def test_an_exchange_answers_in_wechats_order(worlds, world):
    fields = call(
        worlds, "oauth2/access_token", **GOOD, code=world.issue_code(world.people[0], scope="snsapi_userinfo")
    )
    assert list(fields) == ["access_token", "expires_in", "refresh_token", "openid", "scope", "unionid"]
    assert (fields["expires_in"], fields["scope"]) == (7200, "snsapi_userinfo")
    assert fields["openid"] == world.openid(world.people[0])


def test_a_parameter_that_the_call_does_not_know_changes_nothing(worlds, world):
    fields = call(worlds, "oauth2/access_token", nonsense="1", **GOOD, code=world.issue_code(world.people[0]), lang="x")
    assert list(fields) == ["access_token", "expires_in", "refresh_token", "openid", "scope"]


def test_a_base_exchange_has_no_unionid_unless_the_switch_says_so(worlds, world):
    fields = call(worlds, "oauth2/access_token", **GOOD, code=world.issue_code(world.people[0]))
    assert list(fields) == ["access_token", "expires_in", "refresh_token", "openid", "scope"]
    generous = World(switches=Switches(base_scope_unionid=True))
    code = generous.issue_code(generous.people[0])
    assert "unionid" in call(Worlds(generous), "oauth2/access_token", **GOOD, code=code)


def test_an_unbound_account_learns_no_unionid():
    world = World(accounts=[numbered_account(1, bound=False)])
    code = world.issue_code(world.people[0], scope="snsapi_userinfo")
    assert "unionid" not in call(Worlds(world), "oauth2/access_token", **GOOD, code=code)


@pytest.mark.parametrize(
    ("changes", "errcode", "errmsg"),
    [
        ({"appid": ""}, 41002, "appid missing"),
        ({"appid": "wx5a4db000000000ff"}, 40013, "invalid appid"),
        ({"secret": ""}, 41004, "appsecret missing"),
        ({"secret": "0" * 32}, 40125, "invalid appsecret"),
        ({"code": ""}, 41008, "missing code"),
        ({"grant_type": ""}, 40002, "invalid grant_type"),
        ({"grant_type": "password"}, 40002, "invalid grant_type"),
        ({"code": "011SBXnotACodeSBXnotACodeSBXnotA"}, 40029, "invalid code"),
    ],
)
def test_a_wrong_exchange_is_refused_and_uses_nothing_up(worlds, world, changes, errcode, errmsg):
    code = world.issue_code(world.people[0])
    fields = call(worlds, "oauth2/access_token", **GOOD | {"code": code} | changes)
    assert list(fields) == ["errcode", "errmsg"]
    assert (fields["errcode"], RID.sub("", fields["errmsg"])) == (errcode, errmsg)
    assert "openid" in call(worlds, "oauth2/access_token", **GOOD, code=code)


def test_mistakes_of_an_exchange_are_noticed_in_one_order(worlds):
    steps = [
        ({}, 41002),
        ({"appid": "wx5a4db00000000009"}, 40013),
        ({"appid": GOOD["appid"]}, 41004),
        ({"secret": "wrong"}, 40125),
        ({"secret": GOOD["secret"]}, 41008),
        ({"code": "x"}, 40002),
        ({"grant_type": "authorization_code"}, 40029),
    ]
    given: dict[str, str] = {}
    for more, errcode in steps:
        given |= more
        assert call(worlds, "oauth2/access_token", **given)["errcode"] == errcode


def test_a_rid_begins_with_the_virtual_time(worlds, world):
    world.clock.set(0x64993D2C)
    errmsg = call(worlds, "userinfo")["errmsg"]
    assert RID.search(errmsg)[1] == "64993d2c"


def test_an_unknown_appid_is_answered_with_the_nearest_one_in_the_journal(worlds, world):
    call(worlds, "oauth2/access_token", **GOOD | {"appid": "wx5a4db00000000011"})
    assert "the nearest is wx5a4db00000000001" in world.journal.refusals()[-1].reason.en


def test_userinfo_answers_in_wechats_order_with_the_emptiness_of_2021(worlds, world):
    grant = token_for(world)
    fields = call(worlds, "userinfo", access_token=grant.access_token, openid=grant.openid, lang="zh_CN")
    assert fields == {
        "openid": grant.openid,
        "nickname": "安 Ann",
        "sex": 0,
        "language": "",
        "city": "",
        "province": "",
        "country": "",
        "headimgurl": f"{ORIGIN}/mmopen/vi_32/{grant.appid}{grant.openid}/132",
        "privilege": [],
        "unionid": grant.unionid,
    }
    assert next(iter(fields)) == "openid"
    assert list(fields)[-2:] == ["privilege", "unionid"]


def test_a_body_is_raw_utf8_with_escaped_slashes(worlds, world):
    grant = token_for(world, "小明")
    parameters = {"access_token": grant.access_token, "openid": grant.openid}
    body = asked(worlds, "/sns/userinfo", parameters).body
    assert "小明🎉".encode() in body
    assert rb"http:\/\/sandbox.test\/mmopen\/vi_32\/" in body
    assert b"/" not in body.replace(rb"\/", b"")
    assert b": " not in body


def test_a_person_without_avatar_has_an_empty_headimgurl(worlds, world):
    grant = token_for(world, "波")
    assert call(worlds, "userinfo", access_token=grant.access_token, openid=grant.openid)["headimgurl"] == ""


def test_switches_change_the_language_the_avatar_scheme_and_the_content_type():
    world = World(
        switches=Switches(userinfo_language_value="zh_CN", headimgurl_scheme="https", sns_content_type="text/json")
    )
    grant = token_for(world)
    parameters = {"access_token": grant.access_token, "openid": grant.openid}
    got = asked(Worlds(world), "/sns/userinfo", parameters)
    fields = json.loads(got.body)
    assert (fields["language"], got.content_type) == ("zh_CN", "text/json")
    assert fields["headimgurl"].startswith("https://sandbox.test/")


def test_userinfo_refuses_what_is_missing_unknown_expired_foreign_or_base(worlds, world):
    grant, base = token_for(world), token_for(world, "波", scope="snsapi_base")
    ok = {"access_token": grant.access_token, "openid": grant.openid}
    assert call(worlds, "userinfo", openid="x")["errcode"] == 41001
    assert call(worlds, "userinfo", access_token="x")["errcode"] == 41009
    assert call(worlds, "userinfo", **ok | {"access_token": "90_nothing"})["errcode"] == 40001
    assert call(worlds, "userinfo", **ok | {"openid": base.openid})["errcode"] == 40003
    assert call(worlds, "userinfo", access_token=base.access_token, openid=base.openid)["errcode"] == 48001
    world.clock.advance(hours=2)
    assert call(worlds, "userinfo", **ok)["errcode"] == 42001


def test_check_says_ok_for_a_living_token_of_any_scope(worlds, world):
    for grant in (token_for(world), token_for(world, "波", scope="snsapi_base")):
        fields = call(worlds, "auth", access_token=grant.access_token, openid=grant.openid)
        assert fields == {"errcode": 0, "errmsg": "ok"}


def test_check_answers_40003_to_whatever_is_wrong_with_a_pair(worlds, world):
    grant = token_for(world)
    ok = {"access_token": grant.access_token, "openid": grant.openid}
    assert call(worlds, "auth", **ok | {"openid": "oNobody"})["errcode"] == 40003
    assert call(worlds, "auth", **ok | {"access_token": "90_nothing"})["errcode"] == 40003
    world.clock.advance(hours=2)
    assert call(worlds, "auth", **ok)["errcode"] == 40003
    assert world.journal.refusals()[-1].reason.en.endswith("expired 0 s ago; WeChat answers 40003")


def test_check_notices_what_is_missing(worlds):
    assert call(worlds, "auth", openid="x")["errcode"] == 41001
    assert call(worlds, "auth", access_token="x")["errcode"] == 41009


def test_refresh_needs_no_secret_and_tells_no_unionid(worlds, world):
    grant = token_for(world)
    fields = call(
        worlds,
        "oauth2/refresh_token",
        appid=grant.appid,
        grant_type="refresh_token",
        refresh_token=grant.refresh_token,
    )
    assert list(fields) == ["access_token", "expires_in", "refresh_token", "openid", "scope"]
    assert fields["refresh_token"] == grant.refresh_token


def test_a_wrong_refresh_is_refused(worlds, world):
    appid = world.account.appid
    wrong = [
        ({}, 41002),
        ({"appid": "wx5a4db00000000009"}, 40013),
        ({"appid": appid}, 40002),
        ({"appid": appid, "grant_type": "refresh_token"}, 41003),
        ({"appid": appid, "grant_type": "refresh_token", "refresh_token": "x"}, 40030),
    ]
    assert [call(worlds, "oauth2/refresh_token", **given)["errcode"] for given, _ in wrong] == [e for _, e in wrong]


def test_a_snapshot_person_is_virtual_and_flagged(worlds, world):
    ann = world.person("安")
    code = world.issue_code(ann, scope="snsapi_userinfo", snapshot=True)
    fields = call(worlds, "oauth2/access_token", **GOOD, code=code)
    assert list(fields)[-2:] == ["is_snapshotuser", "unionid"]
    assert fields["is_snapshotuser"] == 1
    assert fields["openid"] != world.openid(ann)
    assert fields["unionid"] != world.unionid(ann)
    profile = call(worlds, "userinfo", access_token=fields["access_token"], openid=fields["openid"])
    assert profile["nickname"] == "微信用户"
    assert profile["headimgurl"].endswith("/132")


def test_a_path_that_is_no_call_is_40066(worlds):
    assert call(worlds, "oauth2/nothing")["errcode"] == 40066


async def test_http_is_always_200_text_plain_without_charset(visitor):
    for path in ("/sns/userinfo", "/sns/auth", "/sns/oauth2/access_token", "/sns/nothing"):
        got = await visitor.http.get(path)
        assert (got.status_code, got.headers["content-type"]) == (200, "text/plain")
        assert int(got.headers["content-length"]) == len(got.content)


async def test_an_exchange_is_taken_by_post_with_a_query(visitor):
    code = await visitor.code()
    got = await visitor.http.post("/sns/oauth2/access_token", params=GOOD | {"code": code})
    assert got.json()["openid"] == visitor.world.openid(visitor.world.person("安"))


async def test_avatar_addresses_carry_the_name_the_sandbox_was_asked_by(visitor):
    grant = await visitor.granted()
    profile = await visitor.sns("userinfo", access_token=grant["access_token"], openid=grant["openid"])
    picture = await visitor.http.get(profile["headimgurl"])
    assert picture.headers["content-type"] == "image/svg+xml"
    assert "安" in picture.text
    assert (await visitor.http.get(profile["headimgurl"].replace("/132", "/131"))).status_code == 404


async def test_a_host_header_that_is_none_does_not_get_into_an_answer(world):
    grant, sent = token_for(world), []
    scope = {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "path": "/sns/userinfo",
        "query_string": f"access_token={grant.access_token}&openid={grant.openid}".encode(),
        "headers": [(b"host", b'evil.example/"><')],
    }

    async def send(message):
        sent.append(message)

    await SandboxApp(Worlds(world))(scope, None, send)
    assert json.loads(sent[1]["body"])["headimgurl"].startswith("http://127.0.0.1/mmopen/")


def test_half_a_surrogate_pair_in_a_nickname_becomes_a_question_mark():
    world = World(people=[Person(name="Zoe", nickname="Zoe \ud83c/é", avatar=None)])
    grant = token_for(world, "Zoe")
    told = asked(Worlds(world), "/sns/userinfo", {"access_token": grant.access_token, "openid": grant.openid})
    assert '"nickname":"Zoe ?\\/é"'.encode() in told.body
