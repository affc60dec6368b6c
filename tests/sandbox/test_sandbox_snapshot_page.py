"""The snapshot page (快照页): who is shown one, what it says, and what 使用完整服务 does."""

import re
from dataclasses import replace
from urllib.parse import quote

import pytest

from wxauth.sandbox.switches import Switches

VIRTUAL = ("is_snapshotuser", 1)


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page.text)[1]


async def looked_at(visitor, **changes):
    """The page that a browser shows to whom it remembers as 波."""
    visitor.http.cookies.set("wxsandbox_person", quote("波"))
    return await visitor.open(**changes)


async def tapped(visitor, page, service, **changes):
    form = {name: hidden(page, name) for name in ("ticket", "person", "scene")}
    return await visitor.post(visitor.link(**changes), service=service, **form)


async def granted(visitor, location):
    return await visitor.exchange(location.partition("code=")[2].partition("&")[0])


@pytest.fixture
def snapshot_person(world):
    world.people = tuple(replace(person, snapshot=person.name == "波") for person in world.people)


async def test_a_browser_is_told_whom_the_site_will_see_and_that_there_is_a_full_service(visitor):
    page = await looked_at(visitor, forceSnapShot="true")
    assert page.status_code == 200
    for text in ("快照页", "使用完整服务", "沙箱公众号", "微信用户"):
        assert text in page.text
    assert visitor.world.openid(visitor.world.person("波"), virtual=True) in page.text
    assert visitor.world.remembered() == 0
    assert visitor.world.journal.entries()[-1].answer == "shows the snapshot page"


async def test_who_browses_the_snapshot_is_a_virtual_person_to_the_site(visitor):
    page = await looked_at(visitor, forceSnapShot="true")
    grant = await granted(visitor, (await tapped(visitor, page, "snapshot", forceSnapShot="true")).headers["location"])
    assert VIRTUAL in grant.items()
    bo = visitor.world.person("波")
    assert grant["openid"] == visitor.world.openid(bo, virtual=True) != visitor.world.openid(bo)
    assert grant["unionid"] == visitor.world.unionid(bo, virtual=True) != visitor.world.unionid(bo)


async def test_who_taps_the_full_service_is_asked_and_comes_back_as_themselves(visitor):
    changes = {"forceSnapShot": "true"}
    again = await tapped(visitor, await looked_at(visitor, **changes), "full", **changes)
    assert (again.status_code, again.headers["location"]) == (303, visitor.link(**changes))
    sheet = await visitor.get(again.headers["location"])
    assert "获取你的昵称、头像" in sheet.text
    form = {name: hidden(sheet, name) for name in ("ticket", "person", "scene", "service")}
    allowed = await visitor.post(visitor.link(**changes), decision="allow", **form)
    grant = await granted(visitor, allowed.headers["location"])
    assert "is_snapshotuser" not in grant
    assert grant["openid"] == visitor.world.openid(visitor.world.person("波"))


async def test_the_full_service_counts_for_one_visit(visitor):
    changes = {"forceSnapShot": "true"}
    again = await tapped(visitor, await looked_at(visitor, **changes), "full", **changes)
    await visitor.get(again.headers["location"])
    assert "快照页" in (await visitor.open(**changes)).text


async def test_a_form_of_the_page_counts_once_and_for_its_person_only(visitor):
    changes = {"forceSnapShot": "true"}
    page = await looked_at(visitor, **changes)
    form = {name: hidden(page, name) for name in ("ticket", "scene")}
    assert (await visitor.post(visitor.link(**changes), service="snapshot", person="安", **form)).status_code == 403
    assert (await tapped(visitor, page, "snapshot", **changes)).status_code == 302
    assert (await tapped(visitor, page, "snapshot", **changes)).status_code == 403


async def test_somebody_may_be_a_person_of_snapshots(visitor, snapshot_person):
    assert "快照页" in (await looked_at(visitor)).text
    assert VIRTUAL in (await visitor.granted(person="波")).items()
    assert "is_snapshotuser" not in await visitor.granted(person="安")


async def test_a_person_of_snapshots_is_real_for_base_scope_which_is_how_to_avoid_the_page(visitor, snapshot_person):
    assert "is_snapshotuser" not in await visitor.granted(person="波", scope="snsapi_base")


async def test_a_recent_sign_in_spares_the_snapshot_page_too(visitor, snapshot_person):
    visitor.world.signed_in(visitor.world.person("波"), visitor.world.account.appid)
    assert "is_snapshotuser" not in await visitor.granted(person="波")


@pytest.mark.parametrize(("service", "virtual"), [("snapshot", True), ("full", False)])
async def test_a_headless_caller_says_by_a_header_which_service_it_is(visitor, snapshot_person, service, virtual):
    answer = await visitor.open(person="波", headers={"X-Sandbox-Service": service})
    assert answer.status_code == 302
    assert ("is_snapshotuser" in await granted(visitor, answer.headers["location"])) is virtual


async def test_an_unknown_service_is_told_what_there_is(visitor):
    answer = await visitor.open(person="波", headers={"X-Sandbox-Service": "half"})
    assert answer.status_code == 400
    assert "X-Sandbox-Service has to be one of snapshot, full" in answer.text


@pytest.mark.parametrize("flagged", [True, False])
async def test_base_scope_from_within_a_snapshot_is_virtual_and_by_switch_it_is_not(visitor, flagged):
    visitor.world.switches = Switches(snapshot_flags_base_scope=flagged)
    answer = await visitor.open(person="波", scope="snsapi_base", headers={"X-Sandbox-Service": "snapshot"})
    grant = await granted(visitor, answer.headers["location"])
    assert (VIRTUAL in grant.items()) is flagged
    assert (grant["openid"] == visitor.world.openid(visitor.world.person("波"), virtual=True)) is flagged


async def test_the_page_is_in_english_too(visitor):
    visitor.headers["Accept-Language"] = "en"
    page = await looked_at(visitor, forceSnapShot="true")
    assert "Use full service" in page.text
    assert "a virtual person" in page.text


async def test_a_frame_shows_the_page_for_other_browsers_even_in_wechat(visitor):
    visitor.http.cookies.set("wxsandbox_person", quote("波"))
    page = await visitor.open(headers={"Sec-Fetch-Dest": "iframe"})
    assert "请在微信客户端打开链接" in page.text
    assert "frame-ancestors *" in page.headers["content-security-policy"]
    assert visitor.world.journal.entries()[-1].reason.en == "the link is opened in a frame"
