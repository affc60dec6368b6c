"""Grants: access tokens of two hours, refresh tokens of thirty days."""

import re

import pytest

from wxauth.sandbox.accounts import numbered_account
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.refusal import Refusal
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.world import World

TOKEN = re.compile(r"[0-9]+_[A-Za-z0-9_-]{86,107}")


def granted(world, name="安", scope="snsapi_userinfo"):
    """The tokens as they are now: the grant itself changes when it is refreshed."""
    code = world.issue_code(world.person(name), scope=scope)
    grant = world.redeem(appid=world.account.appid, code=code)
    return grant.access_token, grant.refresh_token


def refresh(world, refresh_token, appid=None):
    return world.refresh(appid=appid or world.account.appid, refresh_token=refresh_token)


def errcode(call, *args, **kwargs):
    with pytest.raises(Refusal) as refusal:
        call(*args, **kwargs)
    return refusal.value.errcode


def switched(**switches) -> World:
    return World(switches=Switches(**switches), clock=Clock(at=1_795_000_000, frozen=True))


def test_tokens_have_wechats_shape(world):
    access, second = granted(world)
    assert TOKEN.fullmatch(access)
    assert TOKEN.fullmatch(second)
    assert access != second


def test_an_access_token_lives_two_hours(world):
    access, _ = granted(world)
    world.clock.advance(seconds=7199)
    assert world.grant(access).person.name == "安"
    world.clock.advance(seconds=1)
    assert errcode(world.grant, access) == 42001


def test_an_unknown_access_token_is_40001(world):
    assert errcode(world.grant, "90_nothing") == 40001


def test_refreshing_a_living_token_keeps_and_extends_it(world):
    access, renewal = granted(world)
    world.clock.advance(minutes=100)
    grant = refresh(world, renewal)
    assert (grant.access_token, grant.refresh_token) == (access, renewal)
    world.clock.advance(minutes=100)
    assert world.grant(access) is grant


def test_refreshing_a_dead_token_gives_another_and_the_old_one_is_unknown(world):
    access, renewal = granted(world)
    world.clock.advance(hours=3)
    fresh = refresh(world, renewal).access_token
    assert fresh != access
    assert world.grant(fresh)
    assert errcode(world.grant, access) == 40001


def test_a_refresh_token_lives_thirty_days_and_is_not_renewed_by_use(world):
    _, renewal = granted(world)
    world.clock.advance(days=29, hours=23)
    refresh(world, renewal)
    world.clock.advance(hours=1)
    assert errcode(refresh, world, renewal) == 42002


def test_a_dead_refresh_token_is_unknown_at_last(world):
    _, renewal = granted(world)
    world.clock.advance(days=31)
    granted(world, "波")
    assert errcode(refresh, world, renewal) == 40030


def test_a_refresh_token_belongs_to_one_account():
    world = World(accounts=[numbered_account(1), numbered_account(2)])
    _, renewal = granted(world)
    assert errcode(refresh, world, renewal, numbered_account(2).appid) == 40030
    assert errcode(refresh, world, renewal, "wx5a4db0ffffffffff") == 40013
    assert refresh(world, renewal)


def test_a_new_authorization_voids_the_earlier_refresh_token_of_that_person_only(world):
    access, renewal = granted(world)
    _, of_bo = granted(world, "波")
    granted(world, scope="snsapi_base")
    assert errcode(refresh, world, renewal) == 42002
    assert refresh(world, of_bo)
    assert world.grant(access)


def test_what_a_new_authorization_voids_is_a_matter_of_switches():
    world = switched(new_auth_voids_refresh_token=False, new_auth_voids_access_token=True)
    access, renewal = granted(world)
    granted(world)
    assert errcode(world.grant, access) == 40001
    assert refresh(world, renewal)


def test_voided_tokens_may_overlap():
    world = switched(voided_token_overlap_seconds=60)
    _, renewal = granted(world)
    granted(world)
    world.clock.advance(seconds=59)
    assert refresh(world, renewal)
    world.clock.advance(seconds=1)
    assert errcode(refresh, world, renewal) == 42002


def test_a_refresh_token_may_rotate():
    world = switched(refresh_rotates_token=True)
    _, renewal = granted(world)
    fresh = refresh(world, renewal).refresh_token
    assert fresh != renewal
    assert refresh(world, fresh)
    assert errcode(refresh, world, renewal) == 40030


def test_the_errcodes_of_a_refused_refresh_are_switches():
    world = switched(refresh_unknown_errcode=40029, refresh_expired_errcode=40030)
    _, renewal = granted(world)
    assert errcode(refresh, world, "90_nothing") == 40029
    world.clock.advance(days=30)
    assert errcode(refresh, world, renewal) == 40030


def test_repr_hides_tokens(world):
    access, renewal = granted(world)
    assert access not in repr(world.grant(access))
    assert renewal not in repr(world.grant(access))
