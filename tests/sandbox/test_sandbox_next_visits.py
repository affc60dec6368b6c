"""Visits of which is said in advance who comes and what they decide."""

import pytest

from wxauth.sandbox.next_visits import Decision

CURL = {"User-Agent": "curl/8"}


async def callback(visitor, **changes):
    return (await visitor.open(headers=CURL, **changes)).headers.get("location", "")


async def test_the_next_visit_is_the_person_s_without_header_cookie_or_user_agent(visitor):
    visitor.world.next.person("Bo")
    location = await callback(visitor)
    code = location.partition("code=")[2].partition("&")[0]
    granted = await visitor.exchange(code)
    assert granted["openid"] == visitor.world.openid(visitor.world.person("波"))


async def test_each_person_comes_once_in_the_order_that_was_said(visitor):
    for name in ("安", "小明"):
        visitor.world.next.person(name)
    assert visitor.world.next.people() == ("安", "小明")
    for _ in range(2):
        await callback(visitor)
    said = [dict(entry.parameters).get("person") for entry in visitor.world.journal.entries()]
    assert said == ["安", "小明"]
    assert "请在微信客户端打开链接" in (await visitor.open(headers=CURL)).text


async def test_the_first_of_the_two_hops_uses_nothing_up(visitor):
    visitor.world.next.person("安")
    first = await visitor.open(headers=CURL, connect_redirect=None)
    assert first.status_code == 301
    assert visitor.world.next.people() == ("安",)


async def test_somebody_who_says_who_they_are_stays_who_they_are(visitor):
    visitor.world.next.person("安")
    await visitor.open(person="Bo")
    assert visitor.world.next.people() == ("安",)


async def test_the_next_decision_is_that_of_the_next_person_and_of_no_other(visitor):
    visitor.world.next.decision("refuse")
    assert not await callback(visitor)
    assert visitor.world.next.decisions() == (Decision.REFUSE,), "nobody came yet"
    refused = await visitor.open(person="Bo")
    assert refused.status_code == 200
    assert (await visitor.open(person="Bo")).status_code == 302


async def test_a_visit_that_brings_its_own_decision_keeps_it(visitor):
    visitor.world.next.decision("refuse")
    answer = await visitor.open(person="Bo", headers={"X-Sandbox-Decision": "allow"})
    assert answer.status_code == 302
    assert visitor.world.next.decisions() == (Decision.REFUSE,)


def test_nobody_and_nothing_else_can_be_said(world):
    with pytest.raises(LookupError, match="安"):
        world.next.person("nobody")
    with pytest.raises(ValueError, match="wait"):
        world.next.decision("wait")


async def test_the_next_person_comes_from_where_it_was_said(visitor):
    visitor.world.next.person("安", scene="menu")
    assert await callback(visitor)
    assert "menu or conversation" in visitor.world.journal.entries()[-1].reason.en


async def test_the_next_person_may_see_a_snapshot_page_and_is_sent_back_as_a_virtual_one(visitor):
    visitor.world.next.person("Bo", service="snapshot")
    code = (await callback(visitor)).partition("code=")[2].partition("&")[0]
    assert (await visitor.exchange(code))["is_snapshotuser"] == 1


def test_a_scene_and_a_service_that_there_are_not_are_refused(world):
    for wish in ({"scene": "shop"}, {"service": "half"}):
        with pytest.raises(ValueError, match=r"shop|half"):
            world.next.person("安", **wish)
    assert world.next.people() == ()
