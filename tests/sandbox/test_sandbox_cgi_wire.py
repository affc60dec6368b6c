"""The recorded examples of cgi-bin: the sandbox gives the same bodies, but for ids, tokens and rids."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cgi_calls import Caller

from wxauth.sandbox.accounts import numbered_account
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.people import default_people
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.wechat.operation import Answer
from wxauth.sandbox.world import World

WIRE = Path(__file__).parents[1] / "wire"
RECORDED_AT = 0x6AAC005A
MADE_UP = {
    r"rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}": "rid: RID",
    r"hint: \[[A-Za-z0-9]{14}\]": "hint: [HINT]",
    r'"access_token":"90_SBX[^"]+"': '"access_token":"TOKEN"',
    r'"ticket":"[^"]+"': '"ticket":"TICKET"',
    r'"o[A-Za-z0-9]{27}"': '"ID"',
}
EXAMPLES = [
    (path.stem, example)
    for path in sorted(WIRE.glob("cgi-bin-*.json"))
    if not path.stem.startswith("cgi-bin-component-")
    for example in json.loads(path.read_text(encoding="utf-8"))
]


def caller(*, bound: bool = True, listed: tuple[str, ...] = (), scopes: bool = True, **switches) -> Caller:
    account = replace(numbered_account(1, bound=bound), ip_whitelist=listed)
    account = account if scopes else replace(account, scopes=frozenset())
    people = [replace(person, follows=frozenset({account.appid})) for person in default_people(account.appid)[:2]]
    clock = Clock(at=RECORDED_AT, frozen=True)
    return Caller(World(accounts=[account], people=people, switches=Switches(**switches), clock=clock))


def token(changed: dict[str, str] | None = None, **options) -> Answer:
    anyone = caller(**options)
    return anyone.raw("cgi-bin/token", **anyone.credentials | (changed or {}))


def stable(*, later: float = 0, changed: dict[str, str] | None = None) -> Answer:
    anyone = caller()
    anyone.stable()
    anyone.world.clock.advance(seconds=later)
    return anyone.raw("cgi-bin/stable_token", body=anyone.credentials | (changed or {}))


def info(*, follows: bool = True, later: float = 0, changed: dict[str, str] | None = None, **options) -> Answer:
    anyone = caller(**options)
    person = anyone.world.people[0]
    if not follows:
        anyone.world.unfollow(person)
    given = {"access_token": anyone.token(), "openid": anyone.world.openid(person)} | (changed or {})
    anyone.world.clock.advance(seconds=later)
    return anyone.raw("cgi-bin/user/info", **given)


def batch(*, names: int) -> Answer:
    anyone = caller()
    anyone.world.unfollow(anyone.world.people[1])
    body = {"user_list": [{"openid": anyone.world.openid(person)} for person in anyone.world.people[:names]]}
    return anyone.raw("cgi-bin/user/info/batchget", body=body, access_token=anyone.token())


def page(*, after: bool = False) -> Answer:
    anyone = caller()
    given = {"next_openid": anyone.world.openid(anyone.world.people[1])} if after else {}
    return anyone.raw("cgi-bin/user/get", access_token=anyone.token(), **given)


def ticket() -> Answer:
    anyone = caller()
    return anyone.raw("cgi-bin/ticket/getticket", access_token=anyone.token(), type="jsapi")


def cleared(times: int) -> Answer:
    anyone = caller()
    given = {"body": {"appid": anyone.world.account.appid}, "access_token": anyone.token()}
    return [anyone.raw("cgi-bin/clear_quota", **given) for _ in range(times)][-1]


NOBODY, WRONG = "wx5a4db0ffffffffff", "0" * 32
OLD_40125 = {40125: "invalid appsecret, view more at http://t.cn/RAEkdVq"}
STORIES: dict[str, dict[str, Callable[[], Answer]]] = {
    "cgi-bin-token": {
        "granted": token,
        "invalid appid": lambda: token({"appid": NOBODY}),
        "appid missing": lambda: token({"appid": ""}),
        "invalid appsecret": lambda: token({"secret": WRONG}),
        "invalid appsecret, before the rid": lambda: token(
            {"secret": WRONG}, errmsg_suffix_style="older", errmsg_overrides=OLD_40125
        ),
        "address not in the whitelist": lambda: token(listed=("198.51.100.9",)),
    },
    "cgi-bin-stable_token": {
        "granted": stable,
        "granted before, asked again": lambda: stable(later=7200 - 345),
        "invalid appid": lambda: stable(changed={"appid": NOBODY}),
    },
    "cgi-bin-user-info": {
        "follower, account bound": info,
        "follower, account not bound": lambda: info(bound=False),
        "follower, keys absent": lambda: info(user_info_privacy_fields="absent"),
        "not a follower, account bound": lambda: info(follows=False),
        "not a follower, account not bound": lambda: info(follows=False, bound=False),
        "unknown token": lambda: info(changed={"access_token": "90_nothing"}),
        "token missing": lambda: info(changed={"access_token": ""}),
        "token expired": lambda: info(later=7200),
        "invalid openid": lambda: info(changed={"openid": "o"}),
        "account without the right": lambda: info(scopes=False),
    },
    "cgi-bin-user-info-batchget": {
        "a follower and another": lambda: batch(names=2),
        "list too long or empty": lambda: batch(names=0),
    },
    "cgi-bin-user-get": {"a page": page, "after the last page": lambda: page(after=True)},
    "cgi-bin-ticket-getticket": {"granted": ticket},
    "cgi-bin-clear_quota": {"ten times this month": lambda: cleared(11)},
}


def masked(body: str) -> str:
    for shape, name in MADE_UP.items():
        body = re.sub(shape, name, body)
    return body


@pytest.mark.parametrize(("operation", "example"), EXAMPLES, ids=[f"{op}: {e['name']}" for op, e in EXAMPLES])
def test_the_sandbox_answers_as_recorded(operation, example):
    answered, recorded = STORIES[operation][example["name"]](), example["response"]
    assert masked(answered.body.decode()) == masked(recorded["body"])
    assert answered.content_type == recorded["content_type"]
    assert f"/{'/'.join(operation.removeprefix('cgi-bin-').split('-'))}" in example["request"]["path"]


def test_every_story_is_that_of_a_recorded_example():
    recorded = {(operation, example["name"]) for operation, example in EXAMPLES}
    assert {(operation, name) for operation, stories in STORIES.items() for name in stories} == recorded
