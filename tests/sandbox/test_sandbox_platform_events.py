"""What a third-party platform is told when an account lets it act, changes that, or takes it back."""

import json
from collections.abc import Iterator

import pytest
from platform_app import App, listening
from platform_calls import Platform

from wxauth.sandbox.accounts import numbered_account, numbered_platform
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.next_visits import Decision
from wxauth.sandbox.refusal import Refusal
from wxauth.sandbox.wechat.component_login import visit
from wxauth.sandbox.wechat.link import Query
from wxauth.sandbox.world import World

NOON = 1_795_000_200.0


@pytest.fixture
def ours() -> Platform:
    return Platform(World(clock=Clock(at=NOON, frozen=True)))


@pytest.fixture
def app(ours: Platform) -> Iterator[App]:
    with listening(ours.account) as app:
        ours.world.platforms.push_to(app.url)
        app.next_ticket()
        yield app


def revoked(ours: Platform) -> str:
    """The refresh token of an authorization that was taken back."""
    code = ours.world.platforms.authorize(ours.world.account)
    told = ours.call("query_auth", authorization_code=code)["authorization_info"]
    ours.world.platforms.revoke(ours.world.account)
    return told["authorizer_refresh_token"]


def test_an_authorization_is_told_with_its_code_as_documented(ours, app):
    asked = ours.world.platforms.pre_auth_code()
    code = ours.world.platforms.authorize(ours.world.account, pre_auth_code=asked)
    assert list(app.next_event().items()) == [
        ("AppId", ours.account.appid),
        ("CreateTime", str(int(NOON))),
        ("InfoType", "authorized"),
        ("AuthorizerAppid", ours.world.account.appid),
        ("AuthorizationCode", code),
        ("AuthorizationCodeExpiredTime", str(int(NOON) + 3600)),
        ("PreAuthCode", asked),
    ]


def test_the_code_of_the_event_is_that_of_the_callback_and_can_be_used_once(ours, app):
    asked = ours.world.platforms.pre_auth_code()
    link = f"component_appid={ours.account.appid}&pre_auth_code={asked}&redirect_uri=http%3A%2F%2F127.0.0.1%2Fback"
    back = visit(ours.worlds, Query(link), decision=Decision.ALLOW)
    told = app.next_event()["AuthorizationCode"]
    assert told.replace("@", "%40") in back.location
    info = ours.call("query_auth", authorization_code=told)["authorization_info"]
    assert info["authorizer_appid"] == ours.world.account.appid
    assert ours.call("query_auth", authorization_code=told)["errcode"] == 61009


def test_a_second_authorization_is_an_update_and_after_a_revocation_a_first_one(ours, app):
    ours.world.platforms.authorize(ours.world.account)
    ours.world.platforms.authorize(ours.world.account, rights=(4,))
    ours.world.platforms.authorize(ours.world.accounts[2])
    ours.world.platforms.revoke(ours.world.account)
    ours.world.platforms.authorize(ours.world.account)
    told = [app.next_event() for _ in range(5)]
    first, program = ours.world.account.appid, ours.world.accounts[2].appid
    assert [(event["InfoType"], event["AuthorizerAppid"]) for event in told] == [
        ("authorized", first),
        ("updateauthorized", first),
        ("authorized", program),
        ("unauthorized", first),
        ("authorized", first),
    ]
    assert list(told[3]) == ["AppId", "CreateTime", "InfoType", "AuthorizerAppid"]


def test_who_gets_no_tickets_gets_no_events(ours):
    with listening(ours.account) as app:
        ours.world.platforms.authorize(ours.world.account)
        ours.world.platforms.revoke(ours.world.account)
        ours.world.platforms.push_to(app.url)
        app.next_ticket()
        assert app.events.empty()


def test_the_journal_says_how_an_event_was_taken_and_keeps_its_codes_to_itself(ours, app):
    app.answer = (200, b"no")
    code = ours.world.platforms.authorize(ours.world.account)
    app.next_event()
    ours.world.platforms.authorize(ours.world.account)
    app.next_event()
    (entry, *_) = ours.world.journal.entries(operation="push/authorized")
    assert (entry.answer, "success" in str(entry.reason)) == ("another text", True)
    assert ("authorizer_appid", ours.world.account.appid) in entry.parameters
    assert code not in repr(entry)


def test_after_a_revocation_every_call_for_the_account_is_61003(ours):
    refresh = revoked(ours)
    asked = {"authorizer_appid": ours.world.account.appid, "authorizer_refresh_token": refresh}
    assert ours.call("authorizer_token", **asked)["errcode"] == 61003
    assert ours.exchange()["errcode"] == 61003


def test_a_code_that_was_not_used_before_the_revocation_is_61003(ours):
    code = ours.world.platforms.authorize(ours.world.account)
    ours.world.platforms.revoke(ours.world.account)
    assert ours.call("query_auth", authorization_code=code)["errcode"] == 61003


def test_the_tokens_a_platform_acted_with_end_and_no_others(ours):
    world, (first, _, program, *_) = ours.world, ours.world.accounts
    tokens = {}
    for account in (first, program):
        code = world.platforms.authorize(account)
        info = ours.call("query_auth", authorization_code=code)["authorization_info"]
        tokens[account.appid] = info["authorizer_access_token"]
    own = world.credentials.token(first.appid, now=NOON).value
    world.platforms.revoke(first)
    world.clock.advance(seconds=5)

    def errcode(token):
        return json.loads(ours.raw("cgi-bin/getcallbackip", access_token=token).body).get("errcode", 0)

    assert [errcode(token) for token in (tokens[first.appid], tokens[program.appid], own)] == [40001, 0, 0]
    with pytest.raises(Refusal, match="took back") as refusal:
        world.credentials.alive(tokens[first.appid], now=NOON + 5)
    assert "5 s ago" in str(refusal.value.why)
    assert ours.call("create_preauthcode")["pre_auth_code"]


def test_what_was_not_granted_cannot_be_taken_back(ours):
    with pytest.raises(LookupError, match="did not let"):
        ours.world.platforms.revoke(ours.world.account)


def test_a_revocation_is_that_of_one_platform():
    world = World(accounts=[numbered_account(1), numbered_platform(5), numbered_platform(9)])
    for platform in world.accounts[1:]:
        world.platforms.authorize(world.account, platform=platform.appid)
    world.platforms.revoke(world.account, platform=world.accounts[2].appid)
    assert world.platforms.authorization(world.accounts[1], world.account.appid)
    with pytest.raises(Refusal):
        world.platforms.authorization(world.accounts[2], world.account.appid)
