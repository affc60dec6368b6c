"""The control API, route by route: what it does, what it refuses, and that a refusal changes nothing."""

import json
from collections.abc import AsyncIterator

import anyio
import httpx2
import msgspec
import pytest

from wxauth.sandbox.accounts import (
    AccountKind,
    numbered_account,
    numbered_corp,
    numbered_mini_program,
    numbered_platform,
    numbered_test_account,
    numbered_website,
)
from wxauth.sandbox.app import SandboxApp
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.control.route import LIMIT_BYTES
from wxauth.sandbox.control.table import ROUTES
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

FIRST, SECOND = "wx5a4db000000000a1", "wx5a4db000000000a2"
PLATFORM, THIRD = "wx5a4db000000000b5", "wx5a4db000000000b6"
PROGRAM, CORP = "wx5a4db000000000b7", "ww5a4db000000000b8"

EXPORT = json.loads(World(accounts=[numbered_account(0xA9)], clock=Clock(at=1_795_000_000, frozen=True)).export().text)
TAKEN = json.loads(json.dumps(EXPORT["world"]).replace("wx5a4db000000000a9", FIRST))

HAPPY = {
    "status": ("GET", "/status", None),
    "reset": ("POST", "/reset", None),
    "remove_world": ("DELETE", f"/worlds/{SECOND}", None),
    "people": ("GET", "/people", None),
    "add_person": ("POST", "/people", {"name": "小红", "nickname": "👨‍👩‍👧", "follows": [FIRST]}),
    "crowd": ("POST", "/crowd", {"count": 3}),
    "change_person": (
        "POST",
        "/people/Ann",
        {"nickname": "安安", "phone": "13900000001", "blocked": True, "member": False},
    ),
    "remove_person": ("DELETE", "/people/Bo", None),
    "follow": ("POST", "/people/%E6%B3%A2/follow", {"appid": FIRST}),
    "unfollow": ("POST", "/people/Ann/unfollow", None),
    "accounts": ("GET", "/accounts", None),
    "add_account": (
        "POST",
        "/accounts",
        {"kind": "test", "callback_domains": ["192.0.2.1:80"], "ip_whitelist": ["::1"]},
    ),
    "register_domains": ("POST", f"/accounts/{FIRST}/domains", {"callback_domains": ["a.example", "b.example"]}),
    "bind": ("POST", f"/accounts/{FIRST}/bind", None),
    "unbind": ("POST", f"/accounts/{FIRST}/unbind", None),
    "issue_code": ("POST", "/codes", {"person": "Ann", "scope": "snsapi_userinfo", "snapshot": True}),
    "issue_phone_code": ("POST", f"/codes/phone?world={PROGRAM}", {"person": "Ann"}),
    "clock": ("GET", "/clock", None),
    "freeze": ("POST", "/clock/freeze", None),
    "resume": ("POST", "/clock/resume", None),
    "advance": ("POST", "/clock/advance", {"minutes": 6, "seconds": 1.5}),
    "set_clock": ("POST", "/clock/set", {"unix": 0}),
    "journal": ("GET", "/journal?operation=authorize&person=Ann&refused=false&after=0&limit=5", None),
    "count": ("GET", "/journal/count?refused=true", None),
    "wait_for": ("GET", "/journal/wait?count=1&timeout_seconds=0", None),
    "lint": ("GET", "/lint", None),
    "faults": ("GET", "/faults", None),
    "add_fault": ("POST", "/faults", {"operation": "userinfo", "what": 40001, "times": None, "person": "Ann"}),
    "clear_faults": ("DELETE", "/faults", None),
    "clear_fault": ("DELETE", "/faults/1", None),
    "presets": ("GET", "/presets", None),
    "add_preset": ("POST", "/presets/code-replayed", None),
    "switches": ("GET", "/switches", None),
    "flip": ("POST", "/switches/expired_code_errcode", {"value": 42003}),
    "next_visits": ("GET", "/next", None),
    "next_person": ("POST", "/next/person", {"person": "Bo", "scene": "scan", "service": "full", "nickname": "x"}),
    "next_decision": ("POST", "/next/decision", {"decision": "refuse"}),
    "platform": ("GET", f"/platform?world={PLATFORM}", None),
    "push_tickets": ("POST", f"/platform/push?world={PLATFORM}", {"url": None}),
    "authorize_platform": ("POST", f"/platform/authorize?world={PLATFORM}", {"appid": PLATFORM}),
    "revoke_platform": ("POST", f"/platform/revoke?world={PLATFORM}", {"appid": THIRD}),
    "snapshots": ("GET", "/snapshots", None),
    "snapshot": ("POST", "/snapshots/%E4%B8%80", None),
    "restore": ("POST", "/snapshots/kept/restore", None),
    "forget_snapshot": ("DELETE", "/snapshots/kept", None),
    "export": ("GET", "/export", None),
    "load": ("POST", f"/import?world={SECOND}", EXPORT),
}
"""One request for each route that it answers with success."""

UNFIT = [
    ("GET", "/people?worlds=x", None, 400, "did you mean world?"),
    ("GET", "/people?world=x&world=y", None, 400, "send it once"),
    ("GET", "/people?world=wx5a4db000000000a3", None, 404, "did you mean wx5a4db0"),
    ("GET", "/people?world=nothing", None, 404, "/_sandbox/accounts"),
    ("POST", "/people", None, 400, "openapi.json"),
    ("POST", "/people", {"name": "x", "nicknames": "y"}, 400, "did you mean nickname?"),
    ("POST", "/people", {"name": 1}, 400, "openapi.json"),
    ("POST", "/people", {"name": " "}, 400, "openapi.json"),
    ("POST", "/people", {"name": "x" * 65}, 400, "openapi.json"),
    ("POST", "/crowd", {"count": 0}, 400, "openapi.json"),
    ("POST", "/crowd", {"count": 1_000_001}, 400, "openapi.json"),
    ("POST", "/crowd", {"count": 1, "appid": "wx5a4db0000000ffff"}, 404, "accounts"),
    ("POST", "/people", {"name": "a\nb"}, 400, "openapi.json"),
    ("POST", "/people", {"name": "x", "avatar": "red"}, 400, "openapi.json"),
    ("POST", "/people", {"name": "x", "follows": [SECOND]}, 404, "/_sandbox/accounts"),
    ("POST", "/people", {"name": "安"}, 409, "another name"),
    ("POST", "/people", {"name": "x", "phone": "110"}, 400, "openapi.json"),
    ("POST", "/people", {"name": "x", "userid": "小红"}, 400, "openapi.json"),
    ("POST", "/people/nobody", {"blocked": True}, 404, "安, 波, 小明, José"),
    ("POST", "/people/Ann", {"phone": "110"}, 400, "openapi.json"),
    ("POST", "/people/Ann", {"nickname": ""}, 400, "openapi.json"),
    ("POST", "/people/Ann", {"name": "x"}, 400, "did you mean nickname?"),
    ("POST", "/accounts/nothing/bind", None, 404, "/_sandbox/accounts"),
    ("POST", "/codes", None, 400, "openapi.json"),
    ("POST", "/codes", {"person": "nobody"}, 404, "安, 波, 小明, José"),
    ("POST", "/codes", {"person": "Ann", "appid": SECOND}, 404, "/_sandbox/accounts"),
    ("POST", "/codes", {"person": "Ann", "scope": "snsapi_login"}, 409, "snsapi_base, snsapi_userinfo"),
    ("POST", f"/codes?world={PLATFORM}", {"person": "Ann"}, 409, "/_sandbox/platform/authorize"),
    ("POST", f"/codes?world={CORP}", {"person": "Ann", "appid": CORP, "agentid": 1}, 404, "1000002"),
    ("POST", "/codes/phone", {"person": "Ann"}, 404, "/_sandbox/accounts"),
    ("POST", f"/codes/phone?world={PROGRAM}", {"person": "Ann", "appid": FIRST}, 404, PROGRAM),
    ("POST", "/accounts/nothing/unbind", None, 404, "/_sandbox/accounts"),
    ("POST", "/people", ["x"], 400, "one JSON object"),
    ("DELETE", "/people/nobody", None, 404, "安, 波, 小明, José"),
    ("POST", "/people/nobody/follow", None, 404, "安, 波, 小明, José"),
    ("POST", "/people/Ann/unfollow", {"appid": SECOND}, 404, "/_sandbox/accounts"),
    ("POST", "/accounts", {"kind": "bank"}, 400, "openapi.json"),
    ("POST", "/accounts", {"callback_domains": ["https://x.example/"]}, 400, "openapi.json"),
    ("POST", "/accounts", {"callback_domains": ["x.example:80"]}, 400, "openapi.json"),
    ("POST", "/accounts", {"ip_whitelist": ["here"]}, 400, "openapi.json"),
    ("POST", "/accounts", {"callback_domains": ["a.example", "b.example", "c.example"]}, 400, "openapi.json"),
    ("POST", "/accounts?world=nothing", {}, 404, "/_sandbox/accounts"),
    ("POST", "/accounts/nothing/domains", {"callback_domains": []}, 404, "/_sandbox/accounts"),
    ("POST", f"/accounts/{FIRST}/domains", {"callback_domains": ["192.0.2.1"]}, 400, "openapi.json"),
    ("POST", f"/accounts/{FIRST}/domains", {}, 400, "openapi.json"),
    ("DELETE", f"/worlds/{FIRST}", None, 409, "reset it"),
    ("DELETE", "/worlds/nothing", None, 404, "/_sandbox/accounts"),
    ("POST", "/reset?world=nothing", None, 404, "/_sandbox/accounts"),
    ("POST", "/clock/advance", {"minutes": -1}, 400, "openapi.json"),
    ("POST", "/clock/advance", {"days": 1e300}, 400, "not milliseconds"),
    ("POST", "/clock/set", {"unix": 1_767_225_600_000}, 400, "not milliseconds"),
    ("POST", "/clock/set", {"unix": -1}, 400, "not milliseconds"),
    ("POST", "/clock/set", {"unix": "now"}, 400, "openapi.json"),
    ("POST", "/clock/set", {}, 400, "openapi.json"),
    ("GET", "/journal?limit=0", None, 400, "openapi.json"),
    ("GET", "/journal?refused=perhaps", None, 400, "openapi.json"),
    ("GET", "/journal?refused=null", None, 400, "leave it out"),
    ("GET", "/journal?person=nobody", None, 404, "安, 波, 小明, José"),
    ("GET", "/journal/wait?timeout_seconds=61", None, 400, "openapi.json"),
    ("GET", "/journal/wait?timeout_seconds=nan", None, 400, "openapi.json"),
    ("GET", "/journal/wait?count=0", None, 400, "openapi.json"),
    ("GET", "/journal/wait?count=9&timeout_seconds=0", None, 504, "the journal has: authorize"),
    ("POST", "/faults", {"operation": "userinf", "what": 40001}, 400, "did you mean 'userinfo'?"),
    ("POST", "/faults", {"operation": "userinfo", "what": "resett"}, 400, "did you mean 'reset'?"),
    ("POST", "/faults", {"operation": "userinfo", "what": "reset", "chance": 2}, 400, "openapi.json"),
    ("POST", "/faults", {"operation": "userinfo", "what": "reset", "times": 0}, 400, "openapi.json"),
    ("POST", "/faults", {"operation": "userinfo", "what": "reset", "person": "nobody"}, 400, "安"),
    ("POST", "/faults", {"operation": "userinfo", "what": "reset", "appid": SECOND}, 400, "did you mean"),
    ("POST", "/faults", {"what": "reset"}, 400, "openapi.json"),
    ("DELETE", "/faults/9", None, 404, "/_sandbox/faults"),
    ("DELETE", "/faults/one", None, 404, "/_sandbox/faults"),
    ("POST", "/presets/code-replay", None, 400, "did you mean 'code-replayed'?"),
    ("POST", "/next/person", {"person": "nobody"}, 404, "安, 波, 小明, José"),
    ("POST", "/next/person", {"person": "Bo", "scene": "shop"}, 400, "openapi.json"),
    ("POST", "/next/decision", {"decision": "wait"}, 400, "openapi.json"),
    ("GET", "/platform", None, 404, "third-party"),
    ("POST", "/platform/push", {"url": None}, 404, "third-party"),
    ("POST", "/platform/authorize", None, 404, "third-party"),
    ("POST", f"/platform/authorize?world={PLATFORM}", {"appid": FIRST}, 404, "/_sandbox/accounts"),
    ("POST", f"/platform/revoke?world={PLATFORM}", {"appid": PLATFORM}, 409, "/_sandbox/platform/authorize"),
    ("POST", f"/platform/push?world={PLATFORM}", {"url": "nowhere"}, 400, "a whole address"),
    ("POST", "/snapshots/a%2Fb", None, 409, "/_sandbox/snapshots"),
    ("POST", "/snapshots/full/restore", None, 404, "there are: kept"),
    ("DELETE", "/snapshots/full", None, 404, "there are: kept"),
    ("POST", "/import", {}, 400, "openapi.json"),
    ("POST", "/import", EXPORT | {"versions": 1}, 400, "did you mean version?"),
    ("POST", "/import", EXPORT | {"version": 99}, 400, "/_sandbox/export"),
    ("POST", "/import", EXPORT | {"world": {}}, 400, "/_sandbox/export"),
    ("POST", f"/import?world={PLATFORM}", EXPORT | {"world": TAKEN}, 409, "DELETE /_sandbox/worlds"),
    ("GET", "/statuss", None, 404, "/_sandbox/status?"),
    ("GET", "/zzzzzzzzzzz", None, 404, "openapi.json"),
    ("GET", "", None, 404, "openapi.json"),
    ("DELETE", "/people/a%0Ab", None, 404, "安, 波, 小明, José"),
    ("PUT", "/people", None, 405, "use GET or POST"),
    ("OPTIONS", "/reset", None, 405, "use POST"),
    ("GET", "/clock/freeze", None, 405, "use POST"),
]


@pytest.fixture
def worlds() -> Worlds:
    worlds = Worlds(
        World(
            accounts=[numbered_account(0xA1)],
            clock=Clock(at=1_795_000_000, frozen=True),
            seed="s",
            salt="salt",
            strict=True,
        )
    )
    worlds.add(World(accounts=[numbered_account(0xA2)]))
    with_platform = worlds.add(World(accounts=[numbered_platform(0xB5), numbered_account(0xB6)]))
    with_platform.platforms.authorize(with_platform.accounts[1])
    worlds.add(World(accounts=[numbered_mini_program(0xB7), numbered_corp(0xB8)]))
    worlds.default.faults.once("authorize", 10003)
    worlds.default.snapshot("kept")
    worlds.default.journal.record("authorize", [("person", "Ann")], at=1_795_000_000, answer="302")
    return worlds


@pytest.fixture
async def http(worlds: Worlds) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=SandboxApp(worlds))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8911") as http:
        yield http


async def ask(http: httpx2.AsyncClient, method: str, path: str, body: object, **headers: str) -> httpx2.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is None:
        return await http.request(method, f"/_sandbox{path}", headers=named)
    return await http.request(method, f"/_sandbox{path}", json=body, headers=named)


def state(worlds: Worlds) -> object:
    """All that a request could change."""
    return [
        (
            {part: kept for part, kept in world.export().world.items() if part != "clock"},
            world.clock.frozen and world.clock.now(),
            [*world.snapshots],
        )
        for world in worlds
    ]


def test_every_route_has_its_happy_case() -> None:
    assert [route.name for route in ROUTES] == list(HAPPY)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
async def test_every_route_answers_what_it_promises(http, route):
    answer = await ask(http, *HAPPY[route.name])
    assert answer.status_code == route.status, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in answer.headers
    msgspec.json.decode(answer.content, type=route.answer)


@pytest.mark.parametrize(("method", "path", "body", "status", "next_step"), UNFIT)
async def test_what_is_unfit_is_refused_with_a_next_step_and_changes_nothing(
    http, worlds, method, path, body, status, next_step
):
    before = state(worlds)
    answer = await ask(http, method, path, body)
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert error.keys() == {"what", "next"}
    assert error["what"]
    assert next_step in error["next"]
    assert state(worlds) == before


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:8000"},
        {"Origin": "http://localhost:8911"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Host": "evil.example:8911"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "192.0.2.1:8911"},
        {"Host": ""},
        {"Host": "["},
    ],
    ids=str,
)
async def test_a_foreign_origin_or_host_reaches_no_route(http, worlds, route, headers):
    # J2: DNS rebinding, and pages of other sites
    before = state(worlds)
    answer = await ask(http, *HAPPY[route.name], **headers)
    assert answer.status_code == 403, answer.text
    assert answer.json()["error"]["next"]
    assert state(worlds) == before


@pytest.mark.parametrize("path", ["/openapi.json", "/nothing"])
async def test_a_foreign_host_does_not_learn_what_there_is(http, path):
    assert (await ask(http, "GET", path, None, Host="evil.example")).status_code == 403


@pytest.mark.parametrize("host", ["127.0.0.1:8911", "localhost:1", "LOCALHOST", "[::1]:8911"])
async def test_a_loopback_host_and_its_own_origin_are_welcome(http, host):
    answer = await ask(http, "GET", "/status", None, Host=host, Origin=f"http://{host}")
    assert answer.status_code == 200


async def test_the_address_it_listens_on_is_a_welcome_host(worlds):
    transport = httpx2.ASGITransport(app=SandboxApp(worlds))
    async with httpx2.AsyncClient(transport=transport, base_url="http://192.0.2.7:8911") as http:
        assert (await ask(http, "GET", "/status", None)).status_code == 200


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b'{"minutes": 1}', "text/plain", 415),
        (b"minutes=1", "application/x-www-form-urlencoded", 415),
        (b'{"minutes": 1}', "", 415),
        (b'{"minutes": 1', "application/json", 400),
        (b'{"minutes": 1e999}', "application/json", 400),
        (b'{"minutes": NaN}', "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[" * 60_000, "application/json", 400),
        (b'{"minutes": 1}' + b" " * LIMIT_BYTES, "application/json", 413),
    ],
)
async def test_a_body_that_is_not_a_small_json_object_is_refused(http, worlds, body, content_type, status):
    before = state(worlds)
    headers = {"Content-Type": content_type} if content_type else {}
    answer = await http.post("/_sandbox/clock/advance", content=body, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]["next"]
    assert state(worlds) == before


async def test_json_with_a_charset_is_json(http):
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    answer = await http.post("/_sandbox/clock/advance", content=b'{"minutes": 1}', headers=headers)
    assert answer.status_code == 200


async def test_the_nonce_is_that_of_one_start(http):
    first, again = [(await ask(http, "GET", "/status", None)).json() for _ in range(2)]
    other = httpx2.ASGITransport(app=SandboxApp())
    async with httpx2.AsyncClient(transport=other, base_url="http://127.0.0.1") as elsewhere:
        another = (await ask(elsewhere, "GET", "/status", None)).json()
    assert first["nonce"] == again["nonce"] != another["nonce"]
    assert first["build"] == another["build"]
    assert [world["appids"] for world in first["worlds"]] == [[FIRST], [SECOND], [PLATFORM, THIRD], [PROGRAM, CORP]]


async def test_an_added_person_can_be_found_follows_and_has_an_openid_of_each_account(http, worlds):
    added = (await ask(http, *HAPPY["add_person"])).json()
    world = worlds.default
    person = world.person("小红")
    assert added["openids"] == {FIRST: world.openid(person)}
    assert added["unionid"] == world.unionid(person)
    assert world.follows(person, FIRST)


async def test_a_removed_person_is_nobody_and_follows_nothing_when_they_come_back(http, worlds):
    await ask(http, "DELETE", "/people/Ann", None)
    assert worlds.default.find_person("Ann") is None
    back = (await ask(http, "POST", "/people", {"name": "安"})).json()
    assert back["follows"] == []


async def test_a_name_may_hold_a_slash_and_a_question_mark(http, worlds):
    await ask(http, "POST", "/people", {"name": "a/b?c"})
    assert (await ask(http, "DELETE", "/people/a%2Fb%3Fc", None)).status_code == 200


async def test_a_fresh_account_is_a_fresh_world_like_the_first_one(http, worlds):
    one, two = [(await ask(http, "POST", "/accounts", {})).json() for _ in range(2)]
    assert one["appid"] != two["appid"]
    world = worlds.of_appid(one["appid"])
    assert world not in (None, worlds.default, worlds.of_appid(two["appid"]))
    assert one["secret"] == world.account.secret
    assert [person.name for person in world.people] == [person.name for person in worlds.default.people]
    first = worlds.default
    assert (world.seed, world.salt, world.strict) == (first.seed, first.salt, first.strict) == ("s", "salt", True)
    await ask(http, "POST", f"/clock/set?world={one['appid']}", {"unix": 5})
    assert worlds.default.clock.now() == 1_795_000_000


@pytest.mark.parametrize("kind", AccountKind)
async def test_an_account_of_any_kind_is_as_its_kind_is(http, kind):
    answer = await ask(http, "POST", "/accounts", {"kind": kind})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    standard = {
        "wecom": numbered_corp,
        "website": numbered_website,
        "miniprogram": numbered_mini_program,
        "test": numbered_test_account,
        "third-party": numbered_platform,
    }
    like = standard.get(kind, numbered_account)(0x100)
    assert (made["appid"], made["secret"], made["bound"]) == (like.appid, like.secret, like.bound)
    assert (made["callback_domains"], made["scopes"]) == (list(like.callback_domains), sorted(like.scopes))


async def test_an_account_can_join_a_world(http, worlds):
    joined = (await ask(http, "POST", f"/accounts?world={SECOND}", {"name": "同"})).json()
    world = worlds.of_appid(SECOND)
    assert worlds.of_appid(joined["appid"]) is world
    assert joined["world"] == SECOND
    shown = (await ask(http, "GET", f"/accounts?world={SECOND}", None)).json()["accounts"]
    assert [account["appid"] for account in shown] == [SECOND, joined["appid"]]


async def test_a_removed_world_is_gone_with_all_its_accounts(http, worlds):
    joined = (await ask(http, "POST", f"/accounts?world={SECOND}", {})).json()
    await ask(http, "DELETE", f"/worlds/{joined['appid']}", None)
    assert worlds.of_appid(SECOND) is worlds.of_appid(joined["appid"]) is None


async def test_a_reset_world_is_as_it_was_first(http, worlds):
    await ask(http, "POST", "/clock/advance", {"days": 1})
    await ask(http, "POST", "/clock/resume", None)
    await ask(http, "DELETE", "/people/Ann", None)
    shown = (await ask(http, "POST", "/reset", None)).json()
    assert shown["clock"] == {"unix": 1_795_000_000, "utc": "2026-11-18T11:06:40Z", "frozen": True}
    assert (shown["people"], shown["exchanges"]) == (4, 0)


async def test_the_journal_is_filtered_by_operation_person_refusal_and_number(http, worlds):
    world = worlds.default
    bo = world.openid(world.person("波"))
    virtual = world.openid(world.person("小明"), virtual=True)
    world.journal.record("sns/userinfo", [("openid", bo)], at=1, answer="ok")
    world.journal.record("sns/userinfo", [("openid", "o")], at=1, answer="40003", refused=True, errcode=40003)

    world.journal.record("sns/auth", [("openid", virtual)], at=1, answer="ok")

    async def numbers(query: str) -> list[int]:
        found = (await ask(http, "GET", f"/journal?{query}", None)).json()["entries"]
        assert (await ask(http, "GET", f"/journal/count?{query}", None)).json() == {"count": len(found)}
        return [entry["number"] for entry in found]

    assert await numbers("") == [1, 2, 3, 4]
    assert await numbers("operation=sns/userinfo") == [2, 3]
    assert await numbers("person=Bo") == [2]
    assert await numbers("person=安") == [1]
    assert await numbers("person=小明") == [4]
    assert await numbers("refused=true") == [3]
    assert await numbers("refused=false&after=1") == [2, 4]
    latest = (await ask(http, "GET", "/journal?limit=1", None)).json()["entries"]
    assert [entry["number"] for entry in latest] == [4]


async def test_waiting_ends_as_soon_as_it_has_happened(http, worlds):
    async def happen() -> None:
        worlds.default.journal.record("sns/auth", [], at=1, answer="ok")

    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(happen)
            answer = await ask(http, "GET", "/journal/wait?operation=sns/auth&timeout_seconds=60", None)
    assert answer.status_code == 200
    assert [entry["operation"] for entry in answer.json()["entries"]] == ["sns/auth"]


async def test_no_secret_code_or_token_is_in_the_journal_over_http(http, worlds):
    world = worlds.default
    code = world.issue_code(world.person("Ann"))
    query = f"appid={FIRST}&secret={world.account.secret}&code={code}&grant_type=authorization_code"
    granted = (await http.get(f"/sns/oauth2/access_token?{query}")).json()
    text = (await ask(http, "GET", "/journal", None)).text
    for secret in (world.account.secret, code, granted["access_token"], granted["refresh_token"]):
        assert secret not in text
    assert json.loads(text)["entries"][-1]["operation"] == "sns/oauth2/access_token"


async def test_a_fault_that_is_set_hits_and_the_journal_names_it(http, worlds):
    await ask(http, "DELETE", "/faults", None)
    added = (await ask(http, "POST", "/faults", {"operation": "userinfo", "what": 45011, "times": 2})).json()
    assert (added["operation"], added["what"], added["times"]) == ("sns/userinfo", "45011", 2)
    assert (await http.get("/sns/userinfo?access_token=x&openid=o")).json()["errcode"] == 45011
    (left,) = (await ask(http, "GET", "/faults", None)).json()["faults"]
    assert left == added | {"times": 1}
    assert (await ask(http, "GET", "/journal", None)).json()["entries"][-1]["fault"] == "45011"
    assert (await ask(http, "DELETE", f"/faults/{added['number']}", None)).json() == left
    assert (await http.get("/sns/userinfo?access_token=x&openid=o")).json()["errcode"] == 40001


async def test_a_reset_clears_the_faults(http, worlds):
    await ask(http, "POST", "/reset", None)
    assert (await ask(http, "GET", "/faults", None)).json() == {"faults": []}
