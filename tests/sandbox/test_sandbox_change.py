"""People and accounts that become other than they were, while codes and tokens of theirs are about."""

from dataclasses import replace

import pytest

from wxauth.sandbox.accounts import AccountKind
from wxauth.sandbox.people import Person
from wxauth.sandbox.refusal import Refusal
from wxauth.sandbox.scans import Stage, Step
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds


@pytest.fixture
def ann(world: World) -> Person:
    return world.person("安")


def test_a_person_who_is_blocked_cannot_use_the_js_code_they_had(world, ann):
    appid = next(account.appid for account in world.accounts if account.kind is AccountKind.MINIPROGRAM)
    before, after = world.js_code(ann), world.js_code(ann)
    world.change(replace(ann, blocked=True))
    with pytest.raises(Refusal) as blocked:
        world.mini_programs.log_in(appid=appid, js_code=before)
    assert blocked.value.errcode == 40226
    world.change(ann)
    assert world.mini_programs.log_in(appid=appid, js_code=after).openid == world.openid(ann, appid)


def test_a_new_phone_number_is_told_for_a_code_of_before(world, ann):
    appid = next(account.appid for account in world.accounts if account.kind is AccountKind.MINIPROGRAM)
    code = world.mini_programs.phone_code(ann)
    world.change(replace(ann, phone="13900000001"))
    assert world.mini_programs.phone_info(appid=appid, code=code)["phoneNumber"] == "13900000001"
    assert world.phone(ann) == "13900000001"


async def test_a_new_nickname_is_told_for_a_token_of_before(world, ann, visitor):
    grant = await visitor.granted()
    world.change(replace(ann, nickname="安安"))
    profile = await visitor.sns("userinfo", access_token=grant["access_token"], openid=grant["openid"])
    assert profile["nickname"] == "安安"


def test_who_changes_between_scanning_and_confirming_is_still_the_same(world, ann):
    site = next(account for account in world.accounts if account.kind is AccountKind.WEBSITE)
    scan = world.scans.show(account=site, redirect_uri="https://www.example.com/", state=None, link="")
    world.scans.step(scan, Step.SCAN, ann)
    changed = replace(ann, nickname="安安")
    world.change(changed)
    assert world.scans.step(scan, Step.ALLOW, changed) is Stage.CONFIRMED


def test_who_has_moved_out_is_as_they_were(world, ann):
    world.people = world.people[1:]
    assert world.as_now(ann) is ann
    with pytest.raises(LookupError, match="安"):
        world.change(ann)


def test_a_change_leaves_the_order_of_the_people_and_a_reset_undoes_it(world, ann):
    names = [person.name for person in world.people]
    world.change(replace(ann, nickname="安安"))
    assert [person.name for person in world.people] == names
    world.reset()
    assert world.person("安") == ann


def test_an_account_that_is_unbound_tells_no_unionid_until_it_is_bound_again(world, ann):
    appid = world.account.appid
    bound = world.unionid(ann)
    assert not world.bind(appid, bound=False).bound
    assert world.redeem(appid=appid, code=world.issue_code(ann)).unionid is None
    assert world.bind(appid).bound
    assert world.redeem(appid=appid, code=world.issue_code(ann)).unionid == bound is not None
    with pytest.raises(LookupError, match="not an account"):
        world.bind("wx5a4db0ffffffffff")


def test_a_reset_keeps_the_accounts_that_have_changed():
    worlds = Worlds()
    world = worlds.default
    world.bind(world.account.appid, bound=False)
    worlds.reset(world)
    assert world.account.bound
    assert worlds.of_appid(world.account.appid) is world
