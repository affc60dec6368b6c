"""What faults make of the authorize page and of the way back to the app."""

from urllib.parse import parse_qs, urlsplit

import pytest

from wxauth.sandbox.fault import ON_THE_WAY_BACK
from wxauth.sandbox.worlds import Worlds


async def came_back(visitor, **changes):
    return (await visitor.open(person="安", scope="snsapi_base", **changes)).headers["location"]


def query(location):
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


@pytest.mark.parametrize(
    ("what", "status", "text"),
    [("http-503", 503, "Service Unavailable"), ("html", 200, "系统维护中"), ("empty", 200, "")],
)
async def test_the_page_fails_as_a_server_call_does(visitor, what, status, text):
    visitor.world.faults.once("authorize", what)
    answer = await visitor.open(person="安")
    assert answer.status_code == status
    assert text in answer.text
    assert "location" not in answer.headers
    assert (await visitor.open(person="安")).status_code == 302


@pytest.mark.parametrize(("what", "codes"), [("reset", 0), ("lost-answer", 1)])
async def test_the_page_breaks_off_before_or_after_the_code_is_issued(visitor, what, codes):
    visitor.world.faults.once("authorize", what)
    with pytest.raises(ConnectionResetError):
        await visitor.open(person="安", scope="snsapi_base")
    assert visitor.world.remembered() == codes


async def test_the_page_comes_late_in_real_time(visitor):
    visitor.world.faults.once("authorize", "slow", seconds=0.01)
    before = visitor.world.clock.now()
    assert (await visitor.open(person="安")).status_code == 302
    assert visitor.world.clock.now() == before
    assert visitor.world.journal.entries()[-1].fault == "slow"


async def test_a_page_that_comes_late_is_whole_with_its_cookies(visitor):
    visitor.world.faults.once("authorize", "slow", seconds=0.01)
    page = await visitor.open()
    assert "你是谁" in page.text
    assert "wxsandbox_browser" in page.headers["set-cookie"]
    assert "content-security-policy" in page.headers


async def test_half_a_page_comes(visitor):
    whole = await visitor.open()
    visitor.world.faults.once("authorize", "truncated")
    half = await visitor.open()
    assert abs(len(half.content) - len(whole.content) / 2) < 10


async def test_a_changed_state_is_another_one_of_the_same_length(visitor):
    for state in ("SBXstate", "SBXstate0"):
        visitor.world.faults.preset("state-changed")
        back = query(await came_back(visitor, state=state))["state"]
        assert back != state
        assert len(back) == len(state)
    assert query(await came_back(visitor))["state"] == "SBXstate"


async def test_where_there_was_no_state_there_is_one(visitor):
    visitor.world.faults.preset("state-changed")
    assert query(await came_back(visitor, state=None))["state"]


async def test_a_browser_without_its_cookies_comes_by_the_other_name_of_the_loopback_host(visitor):
    visitor.world.faults.preset("cookie-lost")
    location = await came_back(visitor)
    assert location.startswith("http://localhost:8000/auth?code=")
    assert (await visitor.exchange(query(location)["code"]))["openid"]
    assert (await came_back(visitor)).startswith("http://127.0.0.1:8000/auth?code=")


async def test_a_spent_code_was_redeemed_by_somebody_else(visitor):
    visitor.world.faults.preset("code-spent")
    code = query(await came_back(visitor))["code"]
    assert (await visitor.exchange(code))["errcode"] == 40163


async def test_a_fault_of_the_way_back_may_wait_for_one_person_and_is_in_the_journal(visitor):
    visitor.world.faults.always("callback", "state-changed", person="波")
    assert query(await came_back(visitor))["state"] == "SBXstate"
    await visitor.open(person="波", scope="snsapi_base")
    entry = visitor.world.journal.entries()[-1]
    assert (entry.fault, entry.refused) == ("state-changed", False)
    assert "another state" in entry.reason.en


@pytest.mark.parametrize(
    ("operation", "what", "why"),
    [
        ("callback", "duplicat", "did you mean 'duplicate'"),
        ("callback", 40163, "no fault of the callback"),
        ("callback", "reset", "no fault of the callback"),
        ("userinfo", "state-changed", "goes wrong with the callback"),
        ("authorize", "duplicate", "goes wrong with the callback"),
        ("*", "code-spent", "goes wrong with the callback"),
    ],
)
def test_the_way_back_has_faults_of_its_own(world, operation, what, why):
    with pytest.raises(ValueError, match=why):
        world.faults.once(operation, what)


def test_a_fault_of_every_call_is_none_of_the_way_back(world):
    world.faults.always("*", "reset")
    assert world.faults.hit("callback", appid=world.account.appid, person=None) is None
    for what in ON_THE_WAY_BACK:
        assert Worlds(world).default.faults.once("callback", what).what == what
