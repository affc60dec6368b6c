"""A world that runs for weeks does not grow: whatever is used up or expired is dropped, of every kind."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

import pytest

from wxauth.sandbox.accounts import AccountKind
from wxauth.sandbox.bell import Bell
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.fault import Fault
from wxauth.sandbox.journal import Journal
from wxauth.sandbox.next_visits import Decision
from wxauth.sandbox.scans import Step
from wxauth.sandbox.session_keys import signed
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.wechat.authorize import Visit, visit
from wxauth.sandbox.wechat.link import Query
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

NOON = 1_795_000_000.0
MANY = 10_000
FEW = 1_000
APART_SECONDS = 90
"""A thousand turns are a day: longer than what anything but a grant lives."""
SWITCHES = Switches(
    double_request=True,
    wecom_gettoken_same_token=False,
    refresh_rotates_token=True,
    consent_waiver_per_device=True,
    consent_waiver_seconds=3600,
    sns_exchange_rate_per_minute=0,
)
CONTAINERS = (dict, list, set, frozenset, tuple, deque)
NOT_OF_A_WORLD = (str, bytes, int, float, type, Callable, Clock, Bell, Switches, Fault, Journal)


def weight(world: World) -> int:
    """How many things a world holds on to, but for its journal, which is limited by number."""
    seen, waiting, count = set(), [world], 0
    while waiting:
        thing = waiting.pop()
        if thing is None or id(thing) in seen or isinstance(thing, NOT_OF_A_WORLD):
            continue
        seen.add(id(thing))
        count += 1
        if isinstance(thing, dict):
            count += len(thing)
            waiting += thing.values()
        elif isinstance(thing, CONTAINERS):
            count += len(thing)
            waiting += thing
        else:
            names = [*getattr(thing, "__dict__", ()), *getattr(thing, "__slots__", ())]
            waiting += [getattr(thing, name) for name in names if name != "__dict__"]
    return count + len(world.clock._due)


def new_world() -> World:
    return World(clock=Clock(at=NOON, frozen=True), switches=SWITCHES)


def of_kind(world: World, kind: AccountKind):
    return next(account for account in world.accounts if account.kind is kind)


def used_codes(world: World, turn: int) -> None:
    grant = world.redeem(appid=world.account.appid, code=world.issue_code(world.people[turn % 4]))
    world.refresh(appid=world.account.appid, refresh_token=grant.refresh_token)


def expired_codes(world: World, turn: int) -> None:
    world.issue_code(world.people[0], snapshot=turn % 2 == 0)


def used_scans(world: World, turn: int) -> None:
    website = of_kind(world, AccountKind.WEBSITE)
    scan = world.scans.show(account=website, redirect_uri="http://127.0.0.1/", state=None, link="/")
    for step in (Step.SCAN, Step.ALLOW):
        world.scans.step(scan, step, world.people[0])
    world.redeem(appid=website.appid, code=scan.code)


def expired_scans(world: World, turn: int) -> None:
    website = of_kind(world, AccountKind.WEBSITE)
    world.scans.show(account=website, redirect_uri="http://127.0.0.1/", state=f"{turn}", link="/")


def used_js_codes(world: World, turn: int) -> None:
    program = of_kind(world, AccountKind.MINIPROGRAM).appid
    login = world.mini_programs.log_in(appid=program, js_code=world.js_code(world.people[turn % 4]))
    world.mini_programs.reset_key(appid=program, openid=login.openid, signature=signed(login.session_key))
    world.mini_programs.phone_info(appid=program, code=world.mini_programs.phone_code(world.people[0]))


def expired_js_codes(world: World, turn: int) -> None:
    world.js_code(world.people[0])
    world.mini_programs.phone_code(world.people[0])


def tokens_of_accounts(world: World, turn: int) -> None:
    appid, now = world.account.appid, world.clock.now()
    world.credentials.token(appid, now=now)
    world.credentials.force(appid, now=now)
    world.credentials.stable_token(appid, now=now)
    world.credentials.ticket(appid, now=now)


def authorizations(world: World, turn: int) -> None:
    platforms, platform = world.platforms, world.platforms.named()
    platforms.pre_auth_code()
    code = platforms.authorize(world.account, pre_auth_code=platforms.pre_auth_code())
    if turn % 2:
        platforms.redeem(platform, code)
        world.credentials.platform_token(world.account.appid, now=world.clock.now(), platform=platform.appid)
        platforms.revoke(world.account)
    platforms.ticket_message()


def signs_in_to_apps(world: World, turn: int) -> None:
    corp = of_kind(world, AccountKind.WECOM)
    token = world.corps.token(corp, corp.agents[0])
    whose = {"appid": corp.appid, "agentid": token.agentid, "scope": "snsapi_privateinfo"}
    code = world.corps.code(world.people[0], **whose)
    if turn % 2:
        world.corps.user_ticket(world.corps.redeem(code, token))


def visits(world: World, turn: int) -> None:
    callback = quote("http://127.0.0.1:8000/auth", safe="")
    link = (
        f"appid={world.account.appid}&redirect_uri={callback}&response_type=code&scope=snsapi_userinfo"
        f"&state=turn{turn}&connect_redirect=1"
    )
    opened = Visit(query=Query(link), inside=True, person="安", decision=Decision.ALLOW)
    visit(Worlds(world), replace(opened, **({"device": f"phone {turn}"} if hasattr(opened, "device") else {})))


KINDS = [
    used_codes,
    expired_codes,
    used_scans,
    expired_scans,
    used_js_codes,
    expired_js_codes,
    tokens_of_accounts,
    authorizations,
    signs_in_to_apps,
    visits,
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_ten_thousand_are_no_more_than_one_thousand(kind):
    world = new_world()
    for turn in range(FEW):
        kind(world, turn)
        world.clock.advance(seconds=APART_SECONDS)
    before = weight(world)
    for turn in range(FEW, MANY):
        kind(world, turn)
        world.clock.advance(seconds=APART_SECONDS)
    assert weight(world) <= 2 * before + 500


def test_the_weight_of_a_world_counts_what_it_remembers():
    world = new_world()
    before = weight(world)
    for turn in range(100):
        expired_codes(world, turn)
    assert weight(world) >= before + 100


def test_the_kinds_are_all_that_a_world_remembers():
    """Each part that can forget is put to the test above: what `World.remembered` counts grows by it at first."""
    for part in ("_codes", "_grants", "credentials", "mini_programs", "platforms", "scans", "corps"):
        grown = []
        for kind in KINDS:
            world = new_world()
            kind(world, 1)
            grown.append(len(getattr(world, part)))
        assert max(grown) > 0, part
