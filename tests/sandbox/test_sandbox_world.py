"""Worlds: isolated, deterministic, and no larger after a year than after a day."""

import pytest

from wxauth.sandbox.accounts import numbered_account
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.refusal import Refusal
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds


def story(world):
    codes = [world.issue_code(world.person(name), scope="snsapi_userinfo") for name in ("安", "波", "安")]
    grants = [world.redeem(appid=world.account.appid, code=code) for code in codes]
    return codes, [(grant.openid, grant.access_token, grant.refresh_token) for grant in grants]


def test_same_seed_same_calls_same_codes_and_tokens():
    assert story(World(seed="a")) == story(World(seed="a"))


def test_another_seed_gives_other_openids_codes_and_tokens():
    one, two = World(seed="a"), World(seed="b")
    assert one.openid(one.people[0]) != two.openid(two.people[0])
    assert story(one)[0] != story(two)[0]


def test_a_salt_changes_codes_and_tokens_and_keeps_the_people():
    one, two = World(salt="monday"), World(salt="tuesday")
    assert one.openid(one.people[0]) == two.openid(two.people[0])
    assert not {*story(one)[0]} & {*story(two)[0]}


def test_two_hundred_worlds_do_not_see_each_other():
    worlds = Worlds()
    others = [worlds.add(World(accounts=[numbered_account(number)])) for number in range(1000, 1200)]
    codes = {world: world.issue_code(world.people[0], scope="snsapi_userinfo") for world in others}
    grants = {world: world.redeem(appid=world.account.appid, code=code) for world, code in codes.items()}
    assert len(set(codes.values())) == 200
    assert len({grant.openid for grant in grants.values()}) == 200
    for number, world in enumerate(others):
        neighbour = others[number - 1]
        assert worlds.of_appid(world.account.appid) is world
        assert worlds.of_token(grants[world].access_token) is world
        with pytest.raises(Refusal):
            neighbour.grant(grants[world].access_token)
        with pytest.raises(Refusal):
            neighbour.redeem(appid=neighbour.account.appid, code=codes[world])
    others[0].clock.advance(hours=3)
    with pytest.raises(Refusal):
        others[0].grant(grants[others[0]].access_token)
    assert others[1].grant(grants[others[1]].access_token)


def test_two_worlds_of_one_appid_are_refused():
    with pytest.raises(ValueError, match="already"):
        Worlds().add(World())


def test_a_removed_world_is_gone_and_the_default_world_stays():
    worlds = Worlds()
    other = worlds.add(World(accounts=[numbered_account(0x22)]))
    assert set(worlds) == {worlds.default, other}
    worlds.remove(other)
    assert worlds.of_appid(other.account.appid) is None
    with pytest.raises(ValueError, match="stays"):
        worlds.remove(worlds.default)


def test_dead_codes_and_tokens_are_forgotten(world):
    appid, ann = world.account.appid, world.person("安")
    for _ in range(2000):
        world.redeem(appid=appid, code=world.issue_code(ann))
        world.issue_code(ann)
        world.clock.advance(minutes=5)
    assert world.remembered() < 100


def test_refreshing_for_ever_needs_no_more_memory(world):
    grant = world.redeem(appid=world.account.appid, code=world.issue_code(world.person("安")))
    for _ in range(300):
        world.refresh(appid=world.account.appid, refresh_token=grant.refresh_token)
        world.clock.advance(hours=2)
    assert world.remembered() <= 3


def test_strict_turns_on_the_order_and_the_characters_of_the_state():
    strict = World(strict=True, clock=Clock(frozen=True))
    assert strict.switches.authorize_strict_order
    assert strict.switches.state_charset_strict
    assert not World().switches.authorize_strict_order


def test_a_reset_world_is_as_it_was_first(world):
    ann = world.person("安")
    began, first = world.clock.now(), world.issue_code(ann)
    world.clock.advance(days=1)
    world.clock.resume()
    world.unfollow(ann)
    world.people = world.people[:1]
    world.reset()
    assert (world.clock.now(), world.clock.frozen) == (began, True)
    assert world.follows(ann, world.account.appid)
    assert len(world.people) == 4
    assert world.issue_code(ann) == first


def test_a_reset_forgets_the_accounts_that_came_later(worlds):
    late = numbered_account(worlds.free_number())
    worlds.settle(late, worlds.default)
    assert worlds.of_appid(late.appid) is worlds.default
    worlds.reset(worlds.default)
    assert worlds.of_appid(late.appid) is None
    assert worlds.default.account_of(late.appid) is None
    assert worlds.of_appid(worlds.default.account.appid) is worlds.default


def test_a_free_number_is_given_once_and_is_nobodys(worlds):
    taken = numbered_account(0x101)
    worlds.settle(taken, worlds.default)
    assert [worlds.free_number(), worlds.free_number()] == [0x100, 0x102]
    with pytest.raises(ValueError, match="already"):
        worlds.settle(taken, worlds.default)
