"""Third-party platforms: the ticket that comes each ten minutes, and what becomes of it."""

from collections.abc import Iterator
from dataclasses import replace
from threading import Event

import pytest
from platform_app import App, listening

from wxauth.sandbox import serve
from wxauth.sandbox.accounts import numbered_account, numbered_platform
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.control.client import SandboxClient
from wxauth.sandbox.platforms import PUSHED
from wxauth.sandbox.refusal import Refusal
from wxauth.sandbox.serve import running
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

NOON = 1_795_000_200.0
"""Just when a ticket comes."""


@pytest.fixture
def world() -> World:
    return World(clock=Clock(at=NOON, frozen=True))


@pytest.fixture
def app(world) -> Iterator[App]:
    with listening(world.platforms.named()) as app:
        yield app


def pushes(world, count):
    """The journal's entries about pushes, once there are so many."""
    never = Event()
    for _ in range(1000):
        entries = world.journal.entries(operation=PUSHED)
        if len(entries) >= count:
            return entries
        never.wait(0.01)
    raise AssertionError(f"no {count} pushes came")


def test_every_sandbox_has_the_platform_number_5():
    account = World().platforms.named()
    assert (account.appid, account.secret) == ("wx5a4db00000000005", "5a4db0" + "0" * 25 + "5")
    assert (len(account.push.encoding_aes_key), account.push.url) == (43, None)


def test_a_new_ticket_comes_each_ten_minutes_of_world_time(world):
    first = world.platforms.ticket()
    world.clock.advance(minutes=9, seconds=59)
    assert world.platforms.ticket() == first
    world.clock.advance(seconds=1)
    assert world.platforms.ticket() != first


def test_a_ticket_lives_12_hours(world):
    platform, ticket = world.platforms.named(), world.platforms.ticket()
    world.clock.advance(hours=11, minutes=59)
    world.platforms.check_ticket(platform, ticket)
    world.clock.advance(minutes=1)
    with pytest.raises(Refusal) as expired:
        world.platforms.check_ticket(platform, ticket)
    world.clock.advance(hours=2)
    with pytest.raises(Refusal) as forgotten:
        world.platforms.check_ticket(platform, ticket)
    assert (expired.value.errcode, forgotten.value.errcode) == (61005, 61006)


def test_tickets_differ_by_platform_and_seed_and_are_the_same_again():
    def tickets(seed):
        world = World(accounts=[numbered_platform(5), numbered_platform(9)], seed=seed, clock=Clock(at=NOON))
        return [world.platforms.ticket(account.appid) for account in world.accounts]

    assert tickets("a") == tickets("a")
    assert len({*tickets("a"), *tickets("b")}) == 4


def test_a_ticket_going_by_changes_no_later_code(world):
    other = World(clock=Clock(at=NOON, frozen=True))
    for _ in range(3):
        other.platforms.ticket_message()
    assert other.issue_code(other.people[0]) == world.issue_code(world.people[0])


def test_the_ticket_is_pushed_at_once_and_then_each_ten_minutes(world, app):
    world.platforms.push_to(app.url)
    assert app.next_ticket() == world.platforms.ticket()
    world.clock.advance(minutes=9, seconds=59)
    assert app.silent()
    world.clock.advance(seconds=1)
    assert app.next_ticket() == world.platforms.ticket()


def test_a_jump_of_the_clock_pushes_every_ticket_on_the_way_in_order(world, app):
    world.platforms.push_to(app.url)
    app.next_ticket()
    expected = []
    twin = World(clock=Clock(at=NOON, frozen=True))
    for _ in range(6):
        twin.clock.advance(minutes=10)
        expected.append(twin.platforms.ticket())
    world.clock.advance(hours=1)
    assert [app.next_ticket() for _ in range(6)] == expected
    assert app.silent()


def test_a_jump_of_years_pushes_no_ticket_that_has_lived_its_time(world, app):
    world.platforms.push_to(app.url)
    app.next_ticket()
    world.clock.advance(days=3650)
    platform, newest = world.platforms.named(), world.platforms.ticket()
    got: list[str] = []
    while newest not in got:
        got.append(app.next_ticket())
        world.platforms.check_ticket(platform, got[-1])
    assert (len(got), app.silent()) == (72, True)


def test_nothing_is_pushed_to_an_address_that_was_taken_back(world, app):
    world.platforms.push_to(app.url)
    app.next_ticket()
    world.platforms.push_to(None)
    world.clock.advance(hours=1)
    assert app.silent()


def test_a_platform_made_with_an_address_is_pushed_to_from_the_start(app):
    account = numbered_platform(5)
    account = replace(account, push=replace(account.push, url=app.url))
    world = World(accounts=[numbered_account(1), account], clock=Clock(at=NOON, frozen=True))
    world.clock.advance(minutes=10)
    assert app.next_ticket() == world.platforms.ticket()
    world.reset()
    world.clock.advance(minutes=20)
    assert app.next_ticket() != app.next_ticket() == world.platforms.ticket()


@pytest.mark.parametrize(
    ("answered", "told"),
    [((200, b"success"), "success"), ((500, b"success"), "HTTP 500"), ((200, b"ok"), "another text")],
)
def test_the_journal_says_what_the_app_answered(world, app, answered, told):
    app.answer = answered
    world.platforms.push_to(app.url)
    entry = pushes(world, 1)[0]
    assert (entry.answer, entry.reason is None) == (told, told == "success")
    assert world.platforms.ticket() not in repr(entry)


def test_an_app_that_is_not_there_stops_nothing(world, app):
    app.server.server_close()
    world.platforms.push_to("http://127.0.0.1:9/events")
    assert pushes(world, 1)[0].answer == "no answer (ConnectionRefusedError)"
    assert world.platforms.ticket()


def test_what_is_no_address_is_refused_and_changes_nothing(world):
    with pytest.raises(ValueError, match="not an http"):
        world.platforms.push_to("nowhere")
    world.clock.advance(hours=1)
    assert not world.journal.entries()


def test_who_names_no_platform_is_told_the_ones_there_are():
    world = World(accounts=[numbered_account(1), numbered_platform(7)])
    with pytest.raises(LookupError, match="wx5a4db00000000007"):
        world.platforms.ticket("wx5a4db00000000001")


def test_the_control_api_tells_the_ticket_and_where_it_is_pushed_to(world, app):
    with running(Worlds(world)) as sandbox:
        client = SandboxClient(sandbox.url)
        told = client.platform()
        assert (told.ticket, told.push_url) == (world.platforms.ticket(), None)
        assert client.push_tickets(app.url).push_url == app.url
        assert app.next_ticket() == told.ticket
        client.advance(minutes=10)
        assert app.next_ticket() == client.platform().ticket != told.ticket


def test_a_server_that_nobody_asks_pushes_too(app, monkeypatch):
    """The server looks at the clocks by itself."""
    monkeypatch.setattr(serve, "TICK_SECONDS", 0.02)
    world = World(clock=Clock(at=NOON - 0.01, frozen=True))
    with running(Worlds(world)):
        world.platforms.push_to(app.url)
        first = app.next_ticket()
        world.clock.resume()
        assert app.next_ticket() != first


def test_dead_codes_of_platforms_are_dropped(world):
    for _ in range(100):
        world.platforms.pre_auth_code()
        world.platforms.authorize(world.account)
        world.clock.advance(hours=1)
    assert len(world.platforms) < 10
    assert world.remembered() < 20


def test_worlds_do_not_share_platforms_of_another_world():
    one, other = World(), World(accounts=[numbered_platform(0x105)])
    worlds = Worlds(one)
    worlds.add(other)
    assert one.platforms.find("wx5a4db00000000105") is None
    assert other.platforms.ticket() != one.platforms.ticket()
