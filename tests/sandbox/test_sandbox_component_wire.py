"""The recorded examples of third-party platforms: the sandbox gives the same bodies, but for tokens, ids and rids."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from platform_calls import Platform

from wxauth.sandbox.accounts import default_accounts
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.wechat.operation import Answer
from wxauth.sandbox.world import World

WIRE = Path(__file__).parents[1] / "wire"
RECORDED_AT = 0x6AAC005A
LISTED, ELSEWHERE = ("203.0.113.7",), "198.51.100.9"
MADE_UP = {
    r"rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}": "rid: RID",
    r'"90_SBX[^"]+"': '"TOKEN"',
    r'"(preauthcode|refreshtoken)@@@[^"]+"': r'"\1"',
    r'"o[A-Za-z0-9]{27}"': '"ID"',
}
EXAMPLES = [
    (path.stem, example)
    for pattern in ("cgi-bin-component-*.json", "sns-*component-*.json")
    for path in sorted(WIRE.glob(pattern))
    for example in json.loads(path.read_text(encoding="utf-8"))
]


def platform(*, rights: tuple[int, ...] = (1, 4), listed: tuple[str, ...] = (), **switches) -> Platform:
    accounts = [replace(a, ip_whitelist=listed, bound=False) for a in default_accounts() if a.kind != "wecom"]
    world = World(accounts=accounts, clock=Clock(at=RECORDED_AT, frozen=True), switches=Switches(**switches))
    if rights:
        world.platforms.authorize(world.account, rights=rights)
    return Platform(world)


def token(*, later: float = 0, **changes: str) -> Answer:
    ours = platform()
    changes = {"component_verify_ticket": ours.world.platforms.ticket()} | changes
    ours.world.clock.advance(seconds=later)
    return ours.raw_token(**changes)


def foreign_token() -> Answer:
    ours = platform(listed=LISTED)
    ours.client_ip = ELSEWHERE
    return ours.raw_token()


def query_auth(*, later: float = 0, code: str | None = None) -> Answer:
    ours = platform()
    given = code or ours.world.platforms.authorize(ours.world.account, rights=(1, 4))
    ours.world.clock.advance(seconds=later)
    return ours.raw_call("query_auth", authorization_code=given)


def authorizer_token(*, agreed: bool = True, again: bool = False) -> Answer:
    ours = platform(rights=(1, 4) if agreed else ())
    account, given = ours.world.account, "x"
    if agreed:
        given = ours.world.platforms.authorization(ours.account, account.appid).refresh_token
    if again:
        ours.world.platforms.authorize(account)
    return ours.raw_call("authorizer_token", authorizer_appid=account.appid, authorizer_refresh_token=given)


def mixed_up() -> Answer:
    ours = platform()
    code = ours.world.platforms.authorize(ours.world.account)
    info = ours.call("query_auth", authorization_code=code)["authorization_info"]
    return ours.raw_exchange(component_access_token=info["authorizer_access_token"])


def refreshed(*, ip: str = LISTED[0]) -> Answer:
    ours = platform(listed=LISTED)
    given = {"grant_type": "refresh_token", "refresh_token": ours.exchange()["refresh_token"]}
    given["component_access_token"] = ours.token()
    ours.client_ip = ip
    appids = {"appid": ours.world.account.appid, "component_appid": ours.account.appid}
    return ours.raw("sns/oauth2/component/refresh_token", **appids | given)


def session() -> Answer:
    ours = platform()
    program = ours.world.accounts[2]
    given = {"js_code": ours.world.js_code(ours.world.people[0]), "grant_type": "authorization_code"}
    return ours.raw_sns("component/jscode2session", appid=program.appid, **given)


STORIES: dict[str, dict[str, Callable[[], Answer]]] = {
    "cgi-bin-component-api_component_token": {
        "granted": token,
        "component_appid missing": lambda: token(component_appid=""),
        "invalid component": lambda: token(component_appid="wx5a4db0ffffffffff"),
        "secret missing": lambda: token(component_appsecret=""),
        "invalid appsecret": lambda: token(component_appsecret="0" * 32),
        "address not in the whitelist": foreign_token,
        "ticket older than 12 hours": lambda: token(later=43200),
        "ticket unknown": lambda: token(component_verify_ticket="ticket@@@nothing"),
    },
    "cgi-bin-component-api_create_preauthcode": {
        "granted": lambda: platform().raw_call("create_preauthcode"),
        "granted, as in the sample": lambda: platform(pre_auth_code_seconds=600).raw_call("create_preauthcode"),
    },
    "cgi-bin-component-api_query_auth": {
        "granted": query_auth,
        "auth_code invalid": lambda: query_auth(code="queryauthcode@@@nothing"),
        "auth_code expired": lambda: query_auth(later=3600),
    },
    "cgi-bin-component-api_authorizer_token": {
        "granted": authorizer_token,
        "refresh token of an earlier authorization": lambda: authorizer_token(again=True),
        "account did not agree": lambda: authorizer_token(agreed=False),
    },
    "sns-oauth2-component-access_token": {
        "granted": lambda: platform().raw_exchange(),
        "token of the account instead of the platform's": mixed_up,
        "account did not agree": lambda: platform(rights=()).raw_exchange(),
        "without the right to web pages": lambda: platform(rights=(1,)).raw_exchange(),
    },
    "sns-oauth2-component-refresh_token": {
        "refreshed": refreshed,
        "address not in the whitelist": lambda: refreshed(ip=ELSEWHERE),
    },
    "sns-component-jscode2session": {"account did not agree": session},
}


def masked(body: str) -> str:
    for shape, name in MADE_UP.items():
        body = re.sub(shape, name, body)
    return body


@pytest.mark.parametrize(("operation", "example"), EXAMPLES, ids=[f"{op}: {e['name']}" for op, e in EXAMPLES])
def test_the_sandbox_answers_a_platform_as_recorded(operation, example):
    answered, recorded = STORIES[operation][example["name"]](), example["response"]
    assert masked(answered.body.decode()) == masked(recorded["body"])
    assert answered.content_type == recorded["content_type"]


def test_every_story_of_a_platform_is_that_of_a_recorded_example():
    recorded = {(operation, example["name"]) for operation, example in EXAMPLES}
    assert {(operation, name) for operation, stories in STORIES.items() for name in stories} == recorded
