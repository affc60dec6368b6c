"""Callbacks that arrive at the same time: one exchange, one arrival, and an answer for every copy (T19)."""

import asyncio
import multiprocessing
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from copies import deliver
from site_in_memory import ASKING, EXCHANGE, AwaitedStandIn, Jar, Site, afinish, awaited

from wxauth.flow.attempt import Problem
from wxauth.flow.drive import adrive, drive
from wxauth.flow.session import read_session
from wxauth.flow.signin import SignedIn, Stopped, finish
from wxauth.identity import Identity
from wxauth.protocol.message import Request, Response
from wxauth.stores.base import AsyncStore, Store
from wxauth.stores.memory import AsyncMemoryStore, MemoryStore
from wxauth.stores.sqlite import AsyncSQLiteStore, SQLiteStore

CALLBACKS = 1_000
COPIES = 2
PROCESSES = 4
CALLBACKS_PER_PROCESS = 250


def begun(site: Site, store: Store, number: int) -> list[tuple[dict[str, str], str]]:
    """So many attempts, each in a browser of its own: its cookies, and its callback."""
    site.store = store
    callbacks = []
    for index in range(number):
        jar = Jar()
        callbacks.append((jar.attempts, f"code={index}&state={site.begin(jar)}"))
    return callbacks


Opened = tuple[Store, AsyncStore]


@pytest.fixture(params=["memory", "sqlite"])
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Opened]:
    """The same store in both colours."""
    blocking: Store = MemoryStore() if request.param == "memory" else SQLiteStore(tmp_path / "sign-in.db")
    awaiting: AsyncStore = (
        AsyncMemoryStore(blocking) if isinstance(blocking, MemoryStore) else AsyncSQLiteStore(tmp_path / "sign-in.db")
    )
    yield blocking, awaiting
    await awaiting.close()
    blocking.close()


async def test_a_thousand_callbacks_each_delivered_twice_at_once(stores: Opened) -> None:  # T19
    site = Site(ASKING)
    callbacks = begun(site, stores[0], CALLBACKS)
    ports = replace(awaited(site, stores[1]), now=time.time)
    outcomes = await asyncio.gather(
        *(afinish(site, ports, Jar(attempts), query) for attempts, query in callbacks for _ in range(COPIES))
    )
    assert Counter(type(outcome).__name__ for outcome in outcomes) == {"SignedIn": CALLBACKS * COPIES}
    assert sorted(site.wechat.exchanged) == sorted(str(index) for index in range(CALLBACKS))
    assert site.wechat.sent.count(EXCHANGE) == CALLBACKS
    assert len({identity.openid for identity in site.admitted}) == len(site.admitted) == CALLBACKS
    for index in range(CALLBACKS):
        copies = outcomes[index * COPIES : (index + 1) * COPIES]
        assert {outcome.identity.openid for outcome in copies if isinstance(outcome, SignedIn)} == {f"o{index}"}
    sessions = {outcome.session for outcome in outcomes if isinstance(outcome, SignedIn)}
    assert len(sessions) == CALLBACKS * COPIES
    assert all([await adrive(read_session(site.rules.key, name), ports) for name in list(sessions)[:50]])


async def test_five_copies_at_once_are_all_answered(stores: Opened) -> None:  # T19: 2 to 5 copies
    site = Site()
    callbacks = begun(site, stores[0], 20)
    ports = replace(awaited(site, stores[1]), now=time.time)
    outcomes = await asyncio.gather(
        *(afinish(site, ports, Jar(attempts), query) for _ in range(5) for attempts, query in callbacks)
    )
    assert Counter(type(outcome).__name__ for outcome in outcomes) == {"SignedIn": 100}
    assert len(site.wechat.exchanged) == len(site.admitted) == 20


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_threads_with_copies_of_one_callback_exchange_it_once(kind: str, tmp_path: Path) -> None:  # A3
    site = Site()
    store: Store = MemoryStore() if kind == "memory" else SQLiteStore(tmp_path / "sign-in.db")
    callbacks = begun(site, store, 50)
    ports = replace(site.ports, now=time.time, ticks=time.monotonic, sleep=time.sleep)
    outcomes: list[str] = []
    start = Barrier(4)

    def run() -> None:
        start.wait()
        for attempts, query in callbacks:
            outcomes.append(type(drive(finish(site.rules, Jar(attempts).shown(), query=query), ports)).__name__)

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.close()
    assert Counter(outcomes) == {"SignedIn": 200}
    assert len(site.wechat.sent) == len(site.admitted) == 50


def test_processes_with_copies_of_one_callback_exchange_it_once(tmp_path: Path) -> None:
    # T19: 4 processes with a copy each. Here 250 callbacks (1,000 copies); in full, by hand, 1,000.
    path = tmp_path / "sign-in.db"
    site, store = Site(), SQLiteStore(path)
    site.clock.now = time.time()
    callbacks = begun(site, store, CALLBACKS_PER_PROCESS)
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        results = pool.starmap(deliver, [(str(path), callbacks)] * PROCESSES, chunksize=1)
    store.close()
    exchanged = [code for codes, _, _ in results for code in codes]
    outcomes = Counter(kind for _, _, kinds in results for kind in kinds)
    assert sorted(exchanged) == sorted(str(index) for index in range(CALLBACKS_PER_PROCESS))
    assert sum(admitted for _, admitted, _ in results) == CALLBACKS_PER_PROCESS
    assert outcomes == {"SignedIn": CALLBACKS_PER_PROCESS * PROCESSES}


class Held(AwaitedStandIn):
    """A WeChat that answers when it is told to."""

    def __init__(self, site: Site) -> None:
        super().__init__(site.wechat)
        self.asked = asyncio.Event()
        self.answer = asyncio.Event()

    async def send(self, request: Request, *, within_seconds: float) -> Response:
        self.asked.set()
        await self.answer.wait()
        return await super().send(request, within_seconds=within_seconds)


def held_site() -> tuple[Site, Jar, str, Held, Any]:
    site, jar = Site(), Jar()
    query = f"code=ANN&state={site.begin(jar)}"
    wechat = Held(site)
    return site, jar, query, wechat, replace(awaited(site, AsyncMemoryStore(site.store)), transport=wechat)


async def test_a_duplicate_waits_for_the_first_and_gets_its_result() -> None:  # T19
    site, jar, query, wechat, ports = held_site()
    first = asyncio.create_task(afinish(site, ports, jar, query))
    await wechat.asked.wait()
    second = asyncio.create_task(afinish(site, ports, jar, query))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not second.done()
    wechat.answer.set()
    assert isinstance(await first, SignedIn)
    assert isinstance(await second, SignedIn)
    assert (site.wechat.exchanged, len(site.admitted)) == (["ANN"], 1)


async def test_a_twin_waits_for_the_first_and_gets_its_result() -> None:  # A6: 1 exchange, 2 good redirects
    site, jar, query, wechat, ports = held_site()
    other = f"code=ANN&state={site.begin(jar)}"
    first = asyncio.create_task(afinish(site, ports, jar, query))
    await wechat.asked.wait()
    second = asyncio.create_task(afinish(site, ports, jar, other))
    for _ in range(20):
        await asyncio.sleep(0)
    wechat.answer.set()
    assert isinstance(await first, SignedIn)
    assert isinstance(await second, SignedIn)
    assert site.wechat.exchanged == ["ANN"]


async def test_whoever_waits_for_an_application_that_fails_is_told_at_once() -> None:
    site, jar, query, wechat, ports = held_site()
    waits: list[float] = []
    waiting = asyncio.Event()

    async def give_way(seconds: float) -> None:
        waits.append(seconds)
        waiting.set()
        await asyncio.sleep(0)

    def fail(identity: Identity) -> str | None:
        raise RuntimeError("the application's database is gone")

    site.admit = fail
    ports = replace(ports, sleep=give_way)
    first = asyncio.create_task(afinish(site, ports, jar, query))
    await wechat.asked.wait()
    second = asyncio.create_task(afinish(site, ports, jar, query))
    await waiting.wait()
    wechat.answer.set()
    with pytest.raises(RuntimeError, match="database"):
        await first
    outcome = await second
    assert isinstance(outcome, Stopped)
    assert outcome.problem is Problem.BUSY
    assert len(waits) < 100, "it did not wait until its patience ended"


async def test_a_redemption_that_is_cancelled_is_not_done_by_the_duplicate_either() -> None:
    # Nobody knows whether the code is spent; the duplicate is told so when its five seconds are over.
    site, jar, query, wechat, ports = held_site()
    first = asyncio.create_task(afinish(site, ports, jar, query))
    await wechat.asked.wait()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    outcome = await afinish(site, ports, jar, query)
    assert isinstance(outcome, Stopped)
    assert outcome.problem is Problem.BUSY
    assert site.wechat.sent == []


async def test_a_duplicate_that_is_cancelled_disturbs_nobody() -> None:
    site, jar, query, wechat, ports = held_site()
    first = asyncio.create_task(afinish(site, ports, jar, query))
    await wechat.asked.wait()
    second = asyncio.create_task(afinish(site, ports, jar, query))
    await asyncio.sleep(0)
    second.cancel()
    wechat.answer.set()
    assert isinstance(await first, SignedIn)
    assert isinstance(await afinish(site, ports, jar, query), SignedIn)
    assert site.wechat.exchanged == ["ANN"]


async def test_an_application_may_await_while_it_admits_somebody() -> None:
    site, jar, query, wechat, ports = held_site()

    async def admit(identity: Identity) -> str:
        await asyncio.sleep(0)
        return f"awaited {identity.openid}"

    wechat.answer.set()
    admits: Callable[[Identity], Any] = admit
    outcome = await afinish(site, replace(ports, admit=admits), jar, query)
    assert isinstance(outcome, SignedIn)
    assert outcome.user == "awaited oANN"
