"""The recorded examples: the sandbox answers as they do."""

import json
import re
from pathlib import Path

import pytest
from server_calls import asked

from wxauth.sandbox.accounts import numbered_account
from wxauth.sandbox.refusal import STEMS
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.wechat.errorpages import ERROR_PAGES
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

WIRE = Path(__file__).parents[1] / "wire"
RID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}")
BODIES = [
    (operation, example)
    for operation in ("sns-oauth2-access_token", "sns-oauth2-refresh_token", "sns-userinfo", "sns-auth")
    for example in json.loads((WIRE / f"{operation}.json").read_text(encoding="utf-8"))
]
PAGES = json.loads((WIRE / "authorize-pages.json").read_text(encoding="utf-8"))


def named(pair):
    return f"{pair[0]}: {pair[1]['name']}"


REFUSALS = [
    pair for pair in BODIES if pair[1]["means"].get("errcode") and ", rid: " in pair[1]["response"].get("body", "")
]


@pytest.mark.parametrize("pair", REFUSALS, ids=named)
def test_the_errmsg_of_every_recorded_refusal_is_the_sandboxs(pair):
    means = pair[1]["means"]
    assert STEMS[means["errcode"]] == means["errmsg"]


def refused(errcode):
    """A body of the sandbox that refuses with this errcode."""
    world = World(switches=Switches(refresh_unknown_errcode=40029))
    world.clock.set(0x64993D2C)
    worlds, account = Worlds(world), world.account
    base = world.redeem(appid=account.appid, code=world.issue_code(world.people[0]))
    code = {"appid": account.appid, "secret": account.secret, "code": "x", "grant_type": "authorization_code"}
    if errcode == 40029:
        return asked(worlds, "/sns/oauth2/access_token", code)
    token = {"access_token": base.access_token, "openid": base.openid}
    assert errcode == 48001
    return asked(worlds, "/sns/userinfo", token)


@pytest.mark.parametrize(("operation", "errcode"), [("sns-oauth2-access_token", 40029), ("sns-userinfo", 48001)])
def test_a_refusal_is_the_recorded_one_byte_for_byte_but_for_the_rid(operation, errcode):
    recorded = next(
        e for op, e in BODIES if op == operation and e["means"].get("errcode") == errcode and "rid" in e["means"]
    )
    got = refused(errcode)
    assert got.content_type == recorded["response"]["content_type"]
    assert RID.sub("RID", got.body.decode()) == RID.sub("RID", recorded["response"]["body"])
    assert b"64993d2c-" in got.body


def keys_of(operation, name):
    return next(e["means"]["keys"] for op, e in BODIES if op == operation and e["name"] == name)


def exchanged(*, scope="snsapi_userinfo", bound=True, snapshot=False, **switches):
    world = World(accounts=[numbered_account(1, bound=bound)], switches=Switches(**switches))
    worlds, account = Worlds(world), world.account
    code = world.issue_code(world.people[0], scope=scope, snapshot=snapshot)
    given = {"appid": account.appid, "secret": account.secret, "code": code, "grant_type": "authorization_code"}
    return worlds, json.loads(asked(worlds, "/sns/oauth2/access_token", given).body)


@pytest.mark.parametrize(
    ("name", "story"),
    [
        ("granted, consent given", {"bound": False}),
        ("granted, consent given, account bound", {}),
        ("granted silently", {"scope": "snsapi_base"}),
        ("granted silently, account bound", {"scope": "snsapi_base", "base_scope_unionid": True}),
        ("snapshot person", {"bound": False, "snapshot": True}),
        ("snapshot person, flag before the unionid", {"snapshot": True}),
    ],
)
def test_an_exchange_has_the_recorded_fields_in_the_recorded_order(name, story):
    _, fields = exchanged(**story)
    assert list(fields) == keys_of("sns-oauth2-access_token", name)


@pytest.mark.parametrize(
    ("name", "scope"), [("refreshed", "snsapi_userinfo"), ("refreshed, silent grant", "snsapi_base")]
)
def test_a_refresh_has_the_recorded_fields_in_the_recorded_order(name, scope):
    worlds, grant = exchanged(scope=scope)
    given = {
        "appid": worlds.default.account.appid,
        "grant_type": "refresh_token",
        "refresh_token": grant["refresh_token"],
    }
    fields = json.loads(asked(worlds, "/sns/oauth2/refresh_token", given).body)
    assert list(fields) == keys_of("sns-oauth2-refresh_token", name)


def test_a_profile_has_the_recorded_fields_in_the_recorded_order():
    worlds, grant = exchanged(bound=False)
    given = {"access_token": grant["access_token"], "openid": grant["openid"]}
    body = asked(worlds, "/sns/userinfo", given).body
    assert list(json.loads(body)) == keys_of("sns-userinfo", "profile with emoji")


def test_a_living_token_is_answered_with_the_recorded_body():
    worlds, grant = exchanged()
    given = {"access_token": grant["access_token"], "openid": grant["openid"]}
    recorded = next(e for op, e in BODIES if op == "sns-auth" and e["name"] == "alive")
    assert asked(worlds, "/sns/auth", given).body.decode() == recorded["response"]["body"]


@pytest.mark.parametrize("shown", ERROR_PAGES, ids=lambda page: page.text)
def test_an_error_page_has_the_recorded_text(shown):
    recorded = {
        example["means"]["errcode"]: example["means"]["text"] for example in PAGES if "errcode" in example["means"]
    }
    if shown.code is not None:
        assert recorded[shown.code] == shown.text
