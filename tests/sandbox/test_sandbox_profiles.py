"""What people call themselves to an account, when the consent sheet lets them choose."""

from urllib.parse import quote

import pytest

from wxauth.sandbox.switches import Switches
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds


@pytest.fixture
def world() -> World:
    return World(switches=Switches(consent_profile_choice=True))


async def profile(visitor, **changes):
    granted = await visitor.granted(**changes)
    return await visitor.sns("userinfo", access_token=granted["access_token"], openid=granted["openid"])


async def allow_as(visitor, nickname, *, person="安"):
    return await visitor.open(person=person, headers={"X-Sandbox-Nickname": quote(nickname)}, forcePopup="true")


async def test_who_chose_a_nickname_is_called_so_by_this_account_from_then_on(visitor):
    assert (await allow_as(visitor, " 路人 ")).status_code == 302
    for _ in range(2):
        shown = await profile(visitor)
        assert (shown["nickname"], shown["headimgurl"]) == ("路人", "")
    assert (await profile(visitor, person="小明"))["nickname"] == "小明🎉"


async def test_an_empty_nickname_is_their_own_again(visitor):
    await allow_as(visitor, "路人")
    await allow_as(visitor, " ")
    shown = await profile(visitor)
    assert shown["nickname"] == "安 Ann"
    assert shown["headimgurl"]


async def test_without_the_switch_nobody_chooses_anything(visitor):
    visitor.world.switches = Switches()
    await allow_as(visitor, "路人")
    assert (await profile(visitor))["nickname"] == "安 Ann"


async def test_where_no_sheet_is_shown_nothing_is_chosen(visitor):
    visitor.world.signed_in(visitor.world.person("安"), visitor.world.account.appid)
    headers = {"X-Sandbox-Nickname": "x"}
    assert (await visitor.open(person="安", headers=headers)).status_code == 302
    assert (await profile(visitor))["nickname"] == "安 Ann"


async def test_a_snapshot_shows_nothing_of_what_was_chosen(visitor):
    await allow_as(visitor, "路人")
    shown = await profile(visitor, forceSnapShot="true", forcePopup="true")
    assert shown["nickname"] == "微信用户"


async def test_the_next_person_may_choose_too(visitor):
    visitor.world.next.person("Bo", nickname="路人")
    await visitor.open(headers={"User-Agent": "curl/8"})
    assert (await profile(visitor, person="Bo"))["nickname"] == "路人"


def test_a_nickname_counts_for_one_account_and_has_32_characters_at_most(world):
    Worlds(world)
    person = world.person("安")
    world.profiles.choose(person, world.accounts[0].appid, "长" * 40)
    assert world.profiles.chosen(person, world.accounts[0].appid) == "长" * 32
    assert world.profiles.chosen(person, world.accounts[1].appid) is None
