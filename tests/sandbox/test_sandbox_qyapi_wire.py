"""The recorded examples of WeCom: the sandbox gives the same bodies, but for ids, tokens and hints."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from corp_calls import CORPID, PRIVATE, App

from wxauth.sandbox.accounts import Agent, default_accounts
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.wechat.operation import Answer
from wxauth.sandbox.wechat.server import OPERATIONS
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

WIRE = Path(__file__).parents[1] / "wire"
RECORDED_AT = 1_709_402_398
OTHER = Agent(agentid=1000003, secret="5a4db0" + "7" * 26, name="报销", trusted_domains=())
HINT = r"hint: \[17094\d{20}\]"
MADE_UP = (
    "access_token|userid|UserId|DeviceId|openid|external_userid|user_ticket|email|biz_mail|mobile|avatar|qr_code|gender"
)
EXAMPLES = [
    (path.stem, example)
    for path in sorted(WIRE.glob("qyapi-*.json"))
    for example in json.loads(path.read_text(encoding="utf-8"))
]


def settled(*, listed: tuple[str, ...] = ()) -> App:
    accounts = [
        replace(account, more_agents=(OTHER,), ip_whitelist=listed) if account.appid == CORPID else account
        for account in default_accounts()
    ]
    world = World(accounts=accounts, clock=Clock(at=RECORDED_AT, frozen=True))
    return App(Worlds(world), request={"client_ip": "203.0.113.7"})


def gettoken(**changes: str) -> Answer:
    app = settled()
    return app.raw("gettoken", **{"corpid": CORPID, "corpsecret": app.secret} | changes)


def who(
    name: str = "安",
    *,
    path: str = "auth/getuserinfo",
    customer: bool = False,
    later: float = 0,
    code: str | None = None,
    listed: tuple[str, ...] = (),
    agentid: int = 1000002,
    **given,
) -> Answer:
    app = settled(listed=listed)
    if customer:
        app.world.corps.win(app.world.person(name))
    token = app.token()
    code = code or app.code(name, agentid=agentid, **given)
    app.world.clock.advance(seconds=later)
    return app.raw(path, access_token=token, code=code)


def detail() -> Answer:
    app = settled()
    ticket = app.who(app.code(scope=PRIVATE))["user_ticket"]
    return app.raw("auth/getuserdetail", {"user_ticket": ticket}, access_token=app.token())


def member(userid: str) -> Answer:
    app = settled()
    return app.raw("user/get", access_token=app.token(), userid=userid)


STORIES: dict[str, dict[str, Callable[[], Answer]]] = {
    "qyapi-gettoken": {
        "granted": gettoken,
        "invalid corpid": lambda: gettoken(corpid="ww5a4db0ffffffffff"),
        "invalid corpsecret": lambda: gettoken(corpsecret="0" * 32),
    },
    "qyapi-auth-getuserinfo": {
        "a member, snsapi_base": who,
        "a member, snsapi_privateinfo": lambda: who(scope=PRIVATE),
        "an outsider": lambda: who("José"),
        "an outsider who is a customer": lambda: who("José", customer=True),
        "invalid code": lambda: who(code="nothing"),
        "code of another app": lambda: who(agentid=OTHER.agentid),
        "token expired": lambda: who(later=7200),
        "address not trusted": lambda: who(listed=("198.51.100.9",)),
    },
    "qyapi-user-getuserinfo": {"a member": lambda: who(path="user/getuserinfo")},
    "qyapi-auth-getuserdetail": {"a member who agreed": detail},
    "qyapi-user-get": {"no such member": lambda: member("nobody")},
}


def masked(body: str) -> str:
    return re.sub(rf'"({MADE_UP})":"[^"]+"', r'"\1":"…"', re.sub(HINT, "hint: [HINT]", body))


@pytest.mark.parametrize(("operation", "example"), EXAMPLES, ids=[f"{op}: {e['name']}" for op, e in EXAMPLES])
def test_the_sandbox_answers_as_recorded(operation, example):
    answered, recorded = STORIES[operation][example["name"]](), example["response"]
    assert masked(answered.body.decode()) == masked(recorded["body"])
    assert answered.content_type == recorded["content_type"]
    assert f"/qyapi{example['request']['path']}" in OPERATIONS


def test_every_story_is_that_of_a_recorded_example():
    recorded = {(operation, example["name"]) for operation, example in EXAMPLES}
    assert {(operation, name) for operation, stories in STORIES.items() for name in stories} == recorded
