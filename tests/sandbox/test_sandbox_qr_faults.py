"""Faults of the QR login: of the desktop's page, and of its long poll."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from qr_login import WEBSITE, Devices, opened, qr_link, with_errcode

from wxauth.sandbox import wire
from wxauth.sandbox.app import SandboxApp
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

NOON = 1_795_000_000.0
OFFICIAL = "wx5a4db00000000001"


@pytest.fixture
async def devices() -> AsyncIterator[Devices]:
    """A desktop whose polls are not held, and a phone."""
    world = World(clock=Clock(at=NOON, frozen=True), switches=Switches(qr_poll_hold_seconds=0))
    transport = httpx2.ASGITransport(app=SandboxApp(Worlds(world)))
    async with httpx2.AsyncClient(transport=transport, base_url="http://sandbox.test") as http:
        yield await opened(http, world)


@pytest.fixture
def pauses(monkeypatch) -> list[float]:
    """How long answers were held, without the wait."""
    held: list[float] = []

    async def at_once(seconds, *, unless):
        held.append(seconds)
        unless.close()
        return True

    monkeypatch.setattr(wire, "pause", at_once)
    return held


def last(devices):
    return devices.world.journal.entries()[-1]


@pytest.mark.parametrize("errcode", [402, 403, 404, 405, 408, 500])
async def test_a_poll_is_told_any_number_whatever_the_phone_does(devices, errcode):
    devices.world.faults.once("qr.poll", errcode)
    assert await devices.poll() == with_errcode(errcode)
    assert last(devices).fault == str(errcode)
    assert await devices.poll() == with_errcode(408)


async def test_a_poll_that_is_told_405_gets_no_code_before_there_is_one(devices):
    devices.world.faults.always("qr.poll", 405)
    assert await devices.poll() == with_errcode(405)
    await devices.phone()
    assert await devices.poll() == with_errcode(405, devices.world.scans.latest().code)


@pytest.mark.parametrize(
    ("what", "status", "text"), [("http-502", 502, "502 Bad Gateway"), ("html", 200, "系统维护中"), ("empty", 200, "")]
)
async def test_a_poll_gets_something_else_instead(devices, what, status, text):
    devices.world.faults.once("qr.poll", what)
    answer = await devices.desktop(f"/connect/l/qrconnect?uuid={devices.uuid}")
    assert answer.status_code == status
    assert text in answer.text
    assert "wx_errcode" not in answer.text
    assert (last(devices).fault, last(devices).answer) == (what, "no wx_errcode")


async def test_a_slow_poll_comes_late_and_whole(devices, pauses):
    devices.world.faults.once("qr.poll", "slow", seconds=3)
    assert await devices.poll() == with_errcode(408)
    assert pauses == [3]


@pytest.mark.parametrize("operation", ["qr.poll", "qrconnect"])
@pytest.mark.parametrize("what", ["reset", "lost-answer"])
async def test_a_connection_breaks_off(devices, operation, what):
    devices.world.faults.once(operation, what)
    asked = qr_link() if operation == "qrconnect" else f"/connect/l/qrconnect?uuid={devices.uuid}"
    with pytest.raises(ConnectionResetError):
        await devices.desktop(asked)
    assert last(devices).fault == what


async def test_a_fault_of_a_poll_finds_the_application_and_the_person_who_scanned(devices):
    devices.world.faults.once("qr.poll", 500, person="波")
    devices.world.faults.once("qr.poll", 500, appid=OFFICIAL)
    await devices.phone("安", "scan")
    assert await devices.poll() == with_errcode(404)
    await devices.phone("波", "scan")
    assert await devices.poll() == with_errcode(500)
    devices.world.faults.once("qr.poll", 402, appid=WEBSITE)
    assert await devices.poll() == with_errcode(402)


@pytest.mark.parametrize(("number", "title"), [(10003, "redirect_uri 参数错误"), (10012, "AppID 参数错误")])
async def test_the_page_is_an_error_page_under_its_title_and_shows_no_qr_code(devices, number, title):
    shown = len(devices.world.scans)
    devices.world.faults.once("qrconnect", number)
    page = await devices.desktop(qr_link())
    assert title in page.text
    assert "/connect/qrcode/" not in page.text
    assert len(devices.world.scans) == shown
    assert (last(devices).refused, last(devices).fault) == (True, str(number))


@pytest.mark.parametrize(("what", "status"), [("http-503", 503), ("html", 200), ("empty", 200)])
async def test_a_page_that_something_else_comes_instead_of_shows_no_qr_code(devices, what, status):
    shown = len(devices.world.scans)
    devices.world.faults.once("qrconnect", what, appid=WEBSITE)
    page = await devices.desktop(qr_link())
    assert (page.status_code, "qrcode" in page.text, len(devices.world.scans)) == (status, False, shown)


async def test_a_slow_page_keeps_its_headers(devices, pauses):
    usual = await devices.desktop(qr_link())
    devices.world.faults.once("qrconnect", "slow", seconds=2)
    late = await devices.desktop(qr_link())
    assert pauses == [2]
    assert late.headers["content-security-policy"] == usual.headers["content-security-policy"]
    assert "/connect/qrcode/" in late.text


async def test_a_fault_of_every_call_spares_the_page_and_its_poll(devices):
    devices.world.faults.always("*", -1)
    assert (await devices.desktop(qr_link())).status_code == 200
    assert await devices.poll() == with_errcode(408)
