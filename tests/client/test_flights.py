"""One flight for all who ask for the same thing at once."""

import asyncio
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from wxauth.client.flights import AsyncFlights, Flights
from wxauth.errors import WxAuthError


class Gate:
    """Counts how often it is passed, and holds everybody until it opens."""

    def __init__(self) -> None:
        self.passed = 0
        self.entered = threading.Event()
        self.open = threading.Event()

    def run(self) -> int:
        self.passed += 1
        self.entered.set()
        assert self.open.wait(10)
        return self.passed


class Watched(Flights):
    """Tells when somebody joins a flight that is under way."""

    def __init__(self) -> None:
        super().__init__()
        self.joined = threading.Semaphore(0)

    def _join(self, key: str) -> tuple[Future[Any], bool]:
        flight, is_mine = super()._join(key)
        if not is_mine:
            self.joined.release()
        return flight, is_mine

    def wait_for(self, joined: int) -> None:
        for _ in range(joined):
            assert self.joined.acquire(timeout=10)


def test_threads_that_ask_while_it_runs_share_one_flight() -> None:  # T22
    flights, gate = Watched(), Gate()
    with ThreadPoolExecutor(20) as threads:
        asking = [threads.submit(flights.share, "key", gate.run) for _ in range(20)]
        flights.wait_for(19)
        gate.open.set()
        assert [asked.result(10) for asked in asking] == [1] * 20
    assert gate.passed == 1


def test_another_key_is_another_flight() -> None:
    flights = Flights()
    assert flights.share("one", lambda: flights.share("other", lambda: 2) + 1) == 3


def test_a_flight_that_has_landed_is_over() -> None:
    flights = Flights()
    assert [flights.share("key", lambda number=number: number) for number in range(3)] == [0, 1, 2]


def test_an_error_is_shared_too() -> None:
    flights, gate = Watched(), Gate()

    def fail() -> None:
        gate.run()
        raise WxAuthError("the tower is closed")

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(flights.share, "key", fail)
        assert gate.entered.wait(10)
        second = threads.submit(flights.share, "key", lambda: None)
        flights.wait_for(1)
        gate.open.set()
        for asked in (first, second):
            with pytest.raises(WxAuthError, match="closed"):
                asked.result(10)
    assert flights.share("key", lambda: "clear") == "clear"


def test_an_interrupted_leader_hands_over() -> None:
    flights, gate = Watched(), Gate()

    def interrupted() -> str:
        gate.run()
        raise KeyboardInterrupt

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(flights.share, "key", interrupted)
        assert gate.entered.wait(10)
        second = threads.submit(flights.share, "key", lambda: "second")
        flights.wait_for(1)
        gate.open.set()
        with pytest.raises(KeyboardInterrupt):
            first.result(10)
        assert second.result(10) == "second"


async def test_tasks_that_ask_while_it_runs_share_one_flight() -> None:  # T22
    flights, flown, opened = AsyncFlights(), [], asyncio.Event()

    async def fly() -> int:
        flown.append(1)
        await opened.wait()
        return 7

    waiting = [asyncio.create_task(flights.share("key", fly)) for _ in range(1000)]
    await asyncio.sleep(0)
    opened.set()
    assert await asyncio.gather(*waiting) == [7] * 1000
    assert len(flown) == 1


async def test_whoever_is_cancelled_takes_nobody_along() -> None:  # T24
    flights, opened = AsyncFlights(), asyncio.Event()

    async def fly() -> str:
        await opened.wait()
        return "landed"

    first = asyncio.create_task(flights.share("key", fly))
    second = asyncio.create_task(flights.share("key", fly))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    opened.set()
    assert await second == "landed"
    assert first.cancelled()


async def test_an_error_that_nobody_waits_for_any_more_makes_no_noise(caplog: pytest.LogCaptureFixture) -> None:
    flights, opened = AsyncFlights(), asyncio.Event()

    async def fail() -> None:
        await opened.wait()
        raise WxAuthError("the tower is closed")

    only = asyncio.create_task(flights.share("key", fail))
    await asyncio.sleep(0)
    only.cancel()
    opened.set()
    for _ in range(5):
        await asyncio.sleep(0)
    assert only.cancelled()
    assert not caplog.records
    assert await flights.share("key", landed) == "landed"


async def landed() -> str:
    return "landed"


def test_loops_do_not_share_flights() -> None:
    flights = AsyncFlights()
    assert [asyncio.run(flights.share("key", landed)) for _ in range(2)] == ["landed", "landed"]
