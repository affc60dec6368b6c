"""Whatever happened in a world: exported, imported and exported it is the same to the byte, and so is what follows."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wxauth.sandbox.accounts import AccountKind, numbered_account
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.deliveries import Deliveries
from wxauth.sandbox.document import Document
from wxauth.sandbox.people import Person
from wxauth.sandbox.refusal import Refusal
from wxauth.sandbox.scans import Step, Unscannable
from wxauth.sandbox.session_keys import signed
from wxauth.sandbox.wechat.operation import Request
from wxauth.sandbox.wechat.server import answer
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds
from wxauth.sandbox.written import Part, Unreadable, form_of

NOON = 1_795_000_000.0


class Real:
    """Real time, that stands still in one example."""

    def __call__(self) -> float:
        return NOON


def new_world() -> World:
    return World(clock=Clock(at=NOON, real=Real()), salt="a")


@pytest.fixture(autouse=True)
def nothing_leaves_the_machine(monkeypatch):
    monkeypatch.setattr(Deliveries, "add", lambda _self, _delivery: None)


def person(world, number):
    return world.people[number % len(world.people)]


def of_kind(world, kind):
    return next(account for account in world.accounts if account.kind is kind)


def remembered_codes(world):
    return [code for _, _, code in world._codes._codes.items()]


def nth(things, number):
    return things[number % len(things)] if things else None


def authorize(world, number):
    account = nth(world.accounts, number // 7)
    return world.issue_code(
        person(world, number), appid=account.appid, scope="snsapi_userinfo", snapshot=number % 5 == 0
    )


def authorize_twice(world, number):
    world.obey(replace(world.switches, double_request=True))
    return world.code_for_link(
        f"/{number}", person(world, number), appid=world.account.appid, scope="snsapi_base", snapshot=False
    )


def redeem(world, number):
    code = nth(remembered_codes(world), number)
    return None if code is None else world.redeem(appid=code.appid, code=code.value)


def refresh(world, number):
    grant = nth([grant for _, _, grant in world._grants._by_refresh_token.items()], number)
    return None if grant is None else world.refresh(appid=grant.appid, refresh_token=grant.refresh_token)


def userinfo(world, number):
    grant = nth([grant for _, _, grant in world._grants._by_access_token.items()], number)
    token, openid = ("none", "none") if grant is None else (grant.access_token, grant.openid)
    return call(world, "/sns/userinfo", f"access_token={token}&openid={openid}")


def call(world, path, query):
    request = Request(
        path=path, method="GET", query=query, body=b"", origin="http://sandbox.test", client_ip="127.0.0.1"
    )
    return answer(Worlds(world), request)


def own_token(world, number):
    account = world.account
    path = "/cgi-bin/token"
    return call(world, path, f"grant_type=client_credential&appid={account.appid}&secret={account.secret}&n={number}")


def stable_token(world, number):
    appid, now = world.account.appid, world.clock.now()
    token = world.credentials.stable_token(appid, now=now)
    return token, world.credentials.force(appid, now=now) if number % 2 else None


def ticket(world, _):
    return world.credentials.ticket(world.account.appid, now=world.clock.now())


def mini_login(world, number):
    program, somebody = of_kind(world, AccountKind.MINIPROGRAM), person(world, number)
    login = world.mini_programs.log_in(appid=program.appid, js_code=world.js_code(somebody))
    if number % 3 == 0:
        signature = signed(login.session_key)
        world.mini_programs.reset_key(appid=program.appid, openid=login.openid, signature=signature)
    return login, world.mini_programs.sealed_phone(somebody)


def phone(world, number):
    program = of_kind(world, AccountKind.MINIPROGRAM)
    code = world.mini_programs.phone_code(person(world, number))
    return code if number % 2 else world.mini_programs.phone_info(appid=program.appid, code=code)


def scan(world, number):
    website = of_kind(world, AccountKind.WEBSITE)
    if number % 2:
        return world.scans.show(account=website, redirect_uri="https://www.example.com/", state="s", link="/")
    return world.scans.step(world.scans.latest(), list(Step)[number // 2 % 3], person(world, number // 6))


def follow(world, number):
    (world.follow if number % 2 else world.unfollow)(person(world, number // 2), nth(world.accounts, number // 8).appid)


def sign_in(world, number):
    world.signed_in(person(world, number), world.account.appid)


def member(world, number):
    corp, somebody = of_kind(world, AccountKind.WECOM), person(world, number // 6)
    steps = (world.corps.join, world.corps.leave, world.corps.win, world.corps.lose)
    if number % 6 < 4:
        return steps[number % 6](somebody)
    hide = world.corps.hide if number % 6 == 4 else world.corps.show
    return hide(somebody, corp.appid, corp.agents[0].agentid)


def corp_login(world, number):
    corp = of_kind(world, AccountKind.WECOM)
    agent = corp.agents[0]
    token = world.corps.token(corp, agent)
    code = world.corps.code(person(world, number), appid=corp.appid, agentid=agent.agentid, scope="snsapi_privateinfo")
    return code if number % 2 else world.corps.user_ticket(world.corps.redeem(code, token))


def platform(world, number):
    match number % 4:
        case 0:
            return world.platforms.push_to("http://127.0.0.1:9/events" if number % 8 else None)
        case 1:
            return world.platforms.pre_auth_code()
        case 2:
            return world.platforms.authorize(world.account, pre_auth_code=world.platforms.pre_auth_code())
        case _:
            code = world.platforms.authorize(world.account)
            return world.platforms.redeem(of_kind(world, AccountKind.THIRD_PARTY), code)


def fault(world, number):
    match number % 4:
        case 0:
            return world.faults.times(number // 4 + 1, "userinfo", 40001, person=person(world, number).name)
        case 1:
            return world.faults.chance(0.5, "*", "http-502", seed=number)
        case 2:
            return world.faults.always("cgi-bin/token", "slow", seconds=0.5, jitter_seconds=1, nth=2)
        case _:
            return world.faults.clear(number // 4)


def visits(world, number):
    match number % 4:
        case 0:
            return world.next.person(person(world, number // 4).name)
        case 1:
            return world.next.decision(("allow", "refuse")[number // 4 % 2])
        case 2:
            return world.next.take_decision()
        case _:
            return repr(world.next.take_person())


def time(world, number):
    match number % 6:
        case 0:
            world.clock.freeze()
        case 1:
            world.clock.resume()
        case 2:
            world.clock.set(NOON + 997.25 * number)
        case _:
            world.clock.advance(seconds=number * 61.7)


def move(world, number):
    if number % 3 == 0 and len(world.people) > 2:
        world.people = tuple(somebody for somebody in world.people if somebody is not person(world, number))
    elif number % 3 == 1:
        name = f"新{world.mint.hint(6)}"
        world.people = (*world.people, Person(name=name, nickname=f"{name} 🎉", avatar=None, blocked=number % 2 == 0))
    else:
        changed = person(world, number)
        world.people = tuple(replace(p, phone="13900000000") if p is changed else p for p in world.people)


def settle(world, number):
    account = numbered_account(0x500 + number)
    if world.account_of(account.appid) is None:
        world.accounts = (*world.accounts, account)


def switch(world, number):
    errmsgs = {40001: f"number {number}"}
    world.obey(replace(world.switches, refresh_rotates_token=number % 2 == 0, errmsg_overrides=errmsgs))


def nickname(world, number):
    world.profiles.choose(person(world, number), world.account.appid, "昵称" if number % 3 else "")


def domains(world, number):
    return world.domains.register(world.account.appid, [f"n{number}.example.com"])


def back(world, number):
    if number % 3 == 0:
        world.snapshot("one")
    elif number % 3 == 1 and "one" in world.snapshots:
        world.restore("one")
    elif number % 9 == 8:
        world.reset()


DEEDS = (
    *(authorize, authorize_twice, redeem, refresh, userinfo, own_token, stable_token, ticket, mini_login, phone, scan),
    *(
        follow,
        sign_in,
        member,
        corp_login,
        platform,
        fault,
        visits,
        time,
        move,
        settle,
        switch,
        back,
        nickname,
        domains,
    ),
)


def done(world, deeds):
    """What came of each deed, as text."""
    outcomes = []
    for deed, number in deeds:
        try:
            outcomes.append(repr(deed(world, number)))
        except (Refusal, Unscannable, LookupError, ValueError) as error:
            outcomes.append(repr(error))
    return outcomes


many = st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 60)), max_size=25)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=many, after=many)
def test_an_imported_world_is_the_same_and_goes_on_the_same(before, after):
    world, other = new_world(), World(clock=Clock(real=Real()), salt="b")
    done(world, before)
    document = world.export()
    other.load(Document.parse(document.text))
    assert other.export().text == document.text
    for kept in world.snapshots:
        other.snapshots.put(kept, world.snapshots.get(kept))
    assert done(other, after) == done(world, after)
    assert other.export().text == world.export().text


def kept(world):
    """What is written of each part of a world, by its place."""

    def below(part, written, place):
        for name, (_, form) in part.forms.items():
            if isinstance(form, Part):
                yield from below(form, written[name], f"{place}{name}.")
            else:
                yield f"{place}{name}", written[name]

    return dict(below(form_of(World), world.export().world, ""))


def test_the_deeds_change_whatever_a_world_keeps():
    """Else the property above would prove nothing about it: whoever adds to a world adds a deed."""
    changed = set()
    for deed in DEEDS:
        for number in range(8):
            world = new_world()
            done(world, [(authorize, 1), (redeem, 0), (scan, 1), (back, 0), (authorize, 2)])
            world.clock.advance(seconds=9)
            before = kept(world)
            done(world, [(deed, number)])
            changed |= {place for place, value in kept(world).items() if before[place] != value}
    given = {"seed", "salt", "strict", "first_accounts", "first_people", "first_switches", "first_faults"}
    assert {*kept(new_world())} - changed == given


def lived_in() -> World:
    """A world in which every deed was done."""
    world = new_world()
    done(world, [(deed, number) for deed in DEEDS for number in range(4) if deed not in (back, platform)])
    return world


TEXT = lived_in().export()
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(["安", "wx5a4db00000000001", "codes.codes[0]", [], {}, [1], {"same_as": "codes.codes[0]"}]),
)


def spoil(written, choose, value):
    """Put a value somewhere into a document, or take something out of it."""
    while isinstance(written, (dict, list)) and written:
        keys = sorted(written) if isinstance(written, dict) else range(len(written))
        key = keys[choose(len(keys))]
        if not isinstance(written[key], (dict, list)) or choose(4) == 0:
            if choose(5):
                written[key] = value
            else:
                del written[key]
            return
        written = written[key]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(choices=st.randoms(use_true_random=False), value=values)
def test_a_spoiled_document_is_refused_and_changes_nothing_or_is_a_world_like_any_other(choices, value):
    written = json.loads(TEXT.text)
    spoil(written, choices.randrange, value)
    world = new_world()
    before = world.export()
    try:
        world.load(Document.parse(json.dumps(written)))
    except Unreadable:
        assert world.export() == before
        return
    again = World(clock=Clock(real=Real()))
    again.load(Document.parse(world.export().text))
    assert again.export() == world.export()
