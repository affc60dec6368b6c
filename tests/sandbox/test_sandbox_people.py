"""People, and what they are called by whom."""

import re

import pytest

from wxauth.sandbox.accounts import numbered_account
from wxauth.sandbox.people import Person
from wxauth.sandbox.world import World

ID = re.compile(r"o[0-9A-Za-z_-]{27}")


def test_the_default_world_has_a_follower_somebody_without_avatar_and_an_emoji(world):
    ann, bo, ming, jose = world.people
    assert world.follows(ann, world.account.appid)
    assert not world.follows(bo, world.account.appid)
    assert (ann.name, bo.avatar, ming.nickname) == ("安", None, "小明🎉")
    assert not jose.nickname.isascii()


def test_an_openid_has_28_characters_and_belongs_to_one_person_and_one_account():
    world = World(accounts=[numbered_account(1), numbered_account(2)])
    openids = {world.openid(person, account.appid) for person in world.people for account in world.accounts}
    assert len(openids) == 8
    assert all(ID.fullmatch(openid) for openid in openids)


def test_a_unionid_is_the_same_in_all_bound_accounts_of_a_world():
    one, two, unbound = numbered_account(1), numbered_account(2), numbered_account(3, bound=False)
    world = World(accounts=[one, two, unbound])
    ann = world.person("安")
    assert world.unionid(ann, one) == world.unionid(ann, two)
    assert ID.fullmatch(world.unionid(ann, one))
    assert world.unionid(ann, unbound) is None


@pytest.mark.parametrize("key", ["安", "安 Ann", "Ann"])
def test_a_person_is_found_by_name_nickname_or_a_word_of_it(world, key):
    assert world.person(key).name == "安"


def test_a_person_is_found_by_the_openid_of_any_account():
    world = World(accounts=[numbered_account(1), numbered_account(2)])
    bo = world.person("波")
    assert world.person(world.openid(bo, numbered_account(2).appid)) is bo


def test_an_unknown_person_is_answered_with_the_people_there_are(world):
    with pytest.raises(LookupError, match="安, 波, 小明, José"):
        world.person("nobody")


def test_two_people_of_one_name_are_refused():
    twin = Person(name="a", nickname="b", avatar=None)
    with pytest.raises(ValueError, match="same name"):
        World(people=[twin, twin])


def test_a_person_needs_a_name():
    with pytest.raises(ValueError, match="name"):
        Person(name=" ", nickname="b", avatar=None)


def test_following_can_change(world):
    bo = world.person("波")
    world.follow(bo)
    assert world.follows(bo, world.account.appid)
    world.unfollow(bo)
    assert not world.follows(bo, world.account.appid)
