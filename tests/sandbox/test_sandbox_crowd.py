"""A crowd moves in at once, so that an account with many followers can be tried."""

from __future__ import annotations

import pytest

from wxauth.sandbox.people import Person
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.world import World


def test_a_crowd_follows_the_account_and_nobody_in_it_is_there_twice() -> None:
    world = World()
    came = world.crowd(1000)
    assert len({person.name for person in world.people}) == len(world.people) == 1004
    assert all(world.follows(person, world.account.appid) for person in came)
    assert not any(world.follows(person, world.accounts[1].appid) for person in came)


def test_a_second_crowd_has_other_names() -> None:
    world = World()
    first, second = world.crowd(3), world.crowd(3)
    assert not {person.name for person in first} & {person.name for person in second}


def test_a_test_account_has_no_room_for_a_crowd_and_then_nobody_has_come() -> None:
    world = World(switches=Switches(test_account_follower_limit=100))
    appid = world.accounts[3].appid
    with pytest.raises(ValueError, match="at most 100 people"):
        world.crowd(100, appid)
    assert len(world.people) == 4
    assert len(world.crowd(99, appid)) == 99


def test_who_moves_in_or_out_is_found_by_openid_or_no_longer() -> None:
    world = World()
    appid, new = world.account.appid, Person(name="新", nickname="新", avatar=None)
    assert world.openid(new) not in world.by_openid(appid)
    world.people = (*world.people, new)
    assert world.by_openid(appid)[world.openid(new)] is new
    world.people = world.people[:-1]
    assert world.openid(new) not in world.by_openid(appid)


def test_each_account_knows_people_by_openids_of_its_own() -> None:
    world = World()
    here, there = (world.by_openid(account.appid) for account in world.accounts[:2])
    assert list(here.values()) == list(there.values()) == list(world.people)
    assert not here.keys() & there.keys()
