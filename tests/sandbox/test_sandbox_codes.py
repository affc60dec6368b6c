"""Codes: five minutes, one use, one account."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from wxauth.sandbox.accounts import numbered_account
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.refusal import Refusal
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.world import World


def refused(world, code, appid=None):
    with pytest.raises(Refusal) as refusal:
        world.redeem(appid=appid or world.account.appid, code=code)
    return refusal.value


def test_a_code_has_wechats_shape(world):
    for _ in range(50):
        assert re.fullmatch(r"0[0-9]1[0-9A-Za-z]{29}", world.issue_code(world.person("安")))


def test_whatever_is_issued_bears_the_mark_of_the_sandbox(world):
    grant = world.redeem(appid=world.account.appid, code=world.issue_code(world.person("安")))
    issued = [
        grant.openid,
        grant.unionid,
        world.issue_code(world.person("安")),
        world.js_code(world.person("安")),
        grant.access_token,
        grant.refresh_token,
        world.platforms.ticket(),
        world.platforms.pre_auth_code(),
        world.platforms.authorize(world.account),
    ]
    assert not [value for value in issued if "SBX" not in value]


def test_a_code_is_redeemed_only_once(world):
    code = world.issue_code(world.person("安"))
    world.redeem(appid=world.account.appid, code=code)
    assert refused(world, code).errcode == 40163


def test_of_many_that_redeem_a_code_at_once_one_gets_the_grant(world):
    code = world.issue_code(world.person("安"))

    def attempt(_):
        try:
            return world.redeem(appid=world.account.appid, code=code)
        except Refusal as refusal:
            return refusal.errcode

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(attempt, range(64)))
    assert results.count(40163) == 63


def test_a_code_lives_five_minutes(world):
    early, late = world.issue_code(world.person("安")), world.issue_code(world.person("安"))
    world.clock.advance(seconds=299)
    world.redeem(appid=world.account.appid, code=early)
    world.clock.advance(seconds=1)
    assert refused(world, late).errcode == 40029


def test_a_code_of_another_account_is_refused_and_not_used_up():
    one, two = numbered_account(1), numbered_account(2)
    world = World(accounts=[one, two])
    code = world.issue_code(world.person("安"), appid=one.appid)
    foreign = refused(world, code, two.appid)
    assert foreign.errcode == 40029
    assert f"belongs to {one.appid}" in str(foreign.reason)
    assert world.redeem(appid=one.appid, code=code).person.name == "安"


def test_a_used_code_is_told_from_an_unknown_one_for_ten_minutes(world):
    code = world.issue_code(world.person("安"))
    world.redeem(appid=world.account.appid, code=code)
    world.clock.advance(minutes=9)
    world.issue_code(world.person("安"))
    assert refused(world, code).errcode == 40163
    world.clock.advance(minutes=1)
    world.issue_code(world.person("安"))
    assert refused(world, code).errcode == 40029


def test_the_reason_names_the_end_of_the_code_the_time_and_the_account(world):
    code = world.issue_code(world.person("安"))
    world.redeem(appid=world.account.appid, code=code)
    world.clock.advance(seconds=3)
    reason = refused(world, code).reason
    assert reason.en == f"code …{code[-4:]} was redeemed 3 s ago by {world.account.appid}; WeChat answers 40163"
    assert reason.zh == f"code …{code[-4:]} 已在 3 秒前由 {world.account.appid} 换取过；微信返回 40163"


def test_the_errcodes_of_used_and_expired_codes_are_switches():
    world = World(switches=Switches(reused_code_errcode=40029, expired_code_errcode=42003), clock=Clock(frozen=True))
    used, old = world.issue_code(world.person("安")), world.issue_code(world.person("安"))
    world.redeem(appid=world.account.appid, code=used)
    assert refused(world, used).errcode == 40029
    world.clock.advance(minutes=5)
    assert refused(world, old).errcode == 42003


def test_an_appid_of_no_account_redeems_nothing(world):
    assert refused(world, world.issue_code(world.person("安")), "wx5a4db0ffffffffff").errcode == 40013
