"""The long poll of the QR page: what it is told, when, and how soon."""

import json
import time
from asyncio import create_task
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from qr_login import Devices, opened, with_errcode

from wxauth.sandbox.app import SandboxApp
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.scans import Step
from wxauth.sandbox.serve import running
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.wechat.qr_poll import body
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

WIRE = json.loads((Path(__file__).parents[1] / "wire" / "connect-l-qrconnect.json").read_text(encoding="utf-8"))
LONG_SECONDS = 5
NOON = 1_795_000_000.0


@pytest.fixture
async def devices() -> AsyncIterator[Devices]:
    """A desktop whose polls are not held, and a phone."""
    world = World(clock=Clock(at=NOON, frozen=True), switches=Switches(qr_poll_hold_seconds=0))
    transport = httpx2.ASGITransport(app=SandboxApp(Worlds(world)))
    async with httpx2.AsyncClient(transport=transport, base_url="http://sandbox.test") as http:
        yield await opened(http, world)


def by_name(example):
    return example["name"]


@pytest.mark.parametrize("example", WIRE, ids=by_name)
def test_a_poll_is_answered_as_recorded(example):
    means = example["means"]
    assert body(means["errcode"], means.get("code")) == example["response"]["body"]


async def test_a_poll_says_408_while_nobody_scans(devices):
    assert await devices.poll() == with_errcode(408)


async def test_a_poll_says_404_after_the_scan_and_not_again_to_who_knows(devices):
    await devices.phone(decision="scan")
    assert await devices.poll() == await devices.poll("408") == with_errcode(404)
    assert await devices.poll("404") == with_errcode(408)


async def test_a_poll_says_403_after_the_refusal_and_not_again_to_who_knows(devices):
    await devices.phone(decision="refuse")
    assert await devices.poll("404") == with_errcode(403)
    assert await devices.poll("403") == with_errcode(408)


async def test_a_poll_says_404_when_a_cancelled_code_is_scanned_again(devices):
    await devices.phone(decision="refuse")
    await devices.phone(decision="scan")
    assert await devices.poll("403") == with_errcode(404)


@pytest.mark.parametrize("last", ["", "404", "405"])
async def test_a_poll_says_405_and_the_code_after_the_confirmation_as_often_as_it_is_asked(devices, last):
    await devices.phone(decision="allow")
    code = devices.world.scans.latest().code
    assert await devices.poll(last) == await devices.poll(last) == with_errcode(405, code)


@pytest.mark.parametrize("decision", [None, "scan", "refuse"])
async def test_a_poll_says_402_once_the_clock_has_moved_on(devices, decision):
    if decision:
        await devices.phone(decision=decision)
    devices.world.clock.advance(minutes=5)
    assert await devices.poll("404") == with_errcode(402)
    assert devices.world.journal.entries()[-1].errcode == 402
    assert "expired 0 s ago" in str(devices.world.journal.entries()[-1].reason)


async def test_a_poll_says_402_to_a_forgotten_uuid_and_500_to_what_is_none(devices):
    answers = [await devices.desktop(f"/connect/l/qrconnect?uuid={uuid}") for uuid in ("081fNLs3OTjRKaOo", "", "<>")]
    assert [answer.text for answer in answers] == [with_errcode(402), with_errcode(500), with_errcode(500)]


async def test_a_poll_is_a_script_that_nobody_caches(devices):
    answer = await devices.desktop("/connect/l/qrconnect?uuid=081fNLs3OTjRKaOo")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-store"


async def test_another_browsers_poll_hears_nothing_of_this_ones_code(devices):
    theirs = await opened(devices.http, devices.world)
    await devices.phone(decision="allow")
    assert await theirs.poll() == with_errcode(408)


@pytest.mark.parametrize(
    ("happens", "errcode"),
    [
        (lambda world, scan: world.scans.step(scan, Step.SCAN, world.people[0]), 404),
        (lambda world, scan: world.clock.advance(minutes=5), 402),
    ],
    ids=["a scan", "time goes by"],
)
async def test_a_held_poll_is_answered_as_soon_as_something_happens(visitor, happens, errcode):
    devices = await opened(visitor.http, visitor.world)
    began = time.monotonic()
    poll = create_task(devices.poll())
    await devices.desktop("/sandbox/style.css")
    assert not poll.done()
    happens(visitor.world, visitor.world.scans.latest())
    assert await poll == with_errcode(errcode)
    assert time.monotonic() - began < LONG_SECONDS < visitor.world.switches.qr_poll_hold_seconds


async def test_the_journal_names_a_poll_without_its_uuid_or_code(devices):
    await devices.phone(decision="allow")
    await devices.poll("404")
    entry = devices.world.journal.entries(operation="qr.poll")[-1]
    assert (entry.answer, entry.refused) == ("wx_errcode=405", False)
    assert entry.parameters == (("uuid", f"…{devices.uuid[-4:]}"), ("last", "404"))


def test_a_held_poll_does_not_keep_the_sandbox_from_stopping():
    with running(Worlds(World(clock=Clock(at=NOON, frozen=True)))) as sandbox:
        world = sandbox.world
        account = world.account_of("wx5a4db00000000002")
        scan = world.scans.show(account=account, redirect_uri="http://127.0.0.1/", state=None, link="")
        with httpx2.Client(base_url=sandbox.url) as http, pytest.raises(httpx2.ReadTimeout):
            http.get(f"/connect/l/qrconnect?uuid={scan.uuid}", timeout=0.2)
        began = time.monotonic()
    assert time.monotonic() - began < 1
