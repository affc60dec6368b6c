"""Renewal once, among the tasks of one process and among processes, which here are ports of their own on one store."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
import pytest

from wxauth.client.flights import AsyncFlights
from wxauth.errors import DeadlineExceeded, StoreError, UpstreamUnavailable
from wxauth.flow.drive import adrive
from wxauth.flow.effects import Get, Put, Sleep
from wxauth.flow.ports import AsyncPorts
from wxauth.flow.renewal import Shelf, read, renewed, replace_older
from wxauth.stores.memory import AsyncMemoryStore, MemoryStore

WITHIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    number: int
    ends_at: float

    def is_due(self, now: float) -> bool:
        return now >= self.ends_at - 100

    def works(self, now: float) -> bool:
        return now < self.ends_at


def decode(stored: bytes) -> Ticket:
    try:
        return msgspec.json.decode(stored, type=Ticket)
    except msgspec.MsgspecError:
        raise StoreError("not a ticket") from None


SHELF: Shelf[Ticket] = Shelf(
    place="ticket", encode=msgspec.json.encode, decode=decode, ttl_seconds=lambda ticket, now: ticket.ends_at - now + 50
)


@dataclass
class World:
    """Virtual time that passes while somebody sleeps, one store, and the renewals that were made."""

    now: float = 1000.0
    made: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = MemoryStore(now=lambda: self.now)
        self.begun = asyncio.Event()

    def process(self) -> AsyncPorts:
        transport: Any = None
        return AsyncPorts(
            transport=transport,
            sleep=self.sleep,
            store=AsyncMemoryStore(self.store),
            share=AsyncFlights().share,
            now=lambda: self.now,
            ticks=lambda: self.now,
        )

    async def sleep(self, seconds: float) -> None:
        until = self.now + seconds
        await asyncio.sleep(0)
        self.now = max(self.now, until)

    async def renew(self, held: Ticket | None) -> Ticket:
        del held
        self.made.append(len(self.made) + 1)
        number = self.made[-1]
        self.begun.set()
        await Sleep(0.2)
        return Ticket(number=number, ends_at=self.now + 7200)

    async def keep(self, ticket: Ticket) -> None:
        async def put() -> None:
            await Put(SHELF.place, SHELF.encode(ticket), 9999)

        await adrive(put(), self.process())


Renew = Callable[[Ticket | None], Awaitable[Ticket]]


async def ask(renew: Renew, *, refused: Ticket | None = None) -> Ticket:
    held = await read(SHELF)
    return await renewed(SHELF, held, renew, refused=refused, within_seconds=WITHIN_SECONDS)


async def together(*flows: tuple[Coroutine[Any, Any, Any], AsyncPorts]) -> list[Any]:
    return await asyncio.gather(*(adrive(flow, ports) for flow, ports in flows), return_exceptions=True)


async def test_what_is_not_due_is_not_renewed() -> None:
    world = World()
    kept = Ticket(number=9, ends_at=world.now + 101)
    await world.keep(kept)
    assert await adrive(ask(world.renew), world.process()) == kept
    assert world.made == []


@pytest.mark.parametrize("left", [None, 100, 0], ids=["nothing kept", "due", "dead"])
async def test_a_thousand_askers_in_four_processes_make_one_renewal(left: int | None) -> None:  # T22, T23
    world = World()
    if left is not None:
        await world.keep(Ticket(number=9, ends_at=world.now + left))
    processes = [world.process() for _ in range(4)]
    answers = await together(*((ask(world.renew), processes[number % 4]) for number in range(1000)))
    assert world.made == [1]
    numbers = {answer.number for answer in answers}
    # While the old one still works, whoever does not hold the lease goes on with it.
    assert numbers == ({1, 9} if left == 100 else {1})


async def test_a_refused_record_is_renewed_once_by_all_who_hold_it() -> None:
    world = World()
    kept = Ticket(number=9, ends_at=world.now + 7200)
    await world.keep(kept)
    processes = [world.process() for _ in range(4)]
    answers = await together(*((ask(world.renew, refused=kept), processes[number % 4]) for number in range(100)))
    assert {answer.number for answer in answers} == {1}
    assert world.made == [1]


async def test_a_refused_record_that_was_replaced_meanwhile_is_not_renewed() -> None:
    world = World()
    newer = Ticket(number=10, ends_at=world.now + 7200)
    await world.keep(newer)
    refused = Ticket(number=9, ends_at=world.now + 7200)
    assert await adrive(ask(world.renew, refused=refused), world.process()) == newer
    assert world.made == []


async def test_a_stopped_holder_costs_one_more_renewal_and_overwrites_nothing() -> None:  # T23
    world, go_on = World(), asyncio.Event()

    async def stopped(held: Ticket | None) -> Ticket:
        ticket = await world.renew(held)
        await Stop(go_on)
        return ticket

    holder = asyncio.create_task(adrive(ask(stopped), stopping(world.process())))
    await world.begun.wait()
    assert (await adrive(ask(world.renew), world.process())).number == 2
    go_on.set()
    assert (await holder).number == 2, "the one that was stopped takes what is there by now"
    assert world.made == [1, 2]
    kept = await adrive(read(SHELF), world.process())
    assert kept is not None
    assert kept.number == 2


class Stop(Sleep):
    """A sleep that ends when somebody says so: a process that gets SIGSTOP."""

    def __init__(self, go_on: asyncio.Event) -> None:
        object.__setattr__(self, "seconds", go_on)


def stopping(ports: AsyncPorts) -> AsyncPorts:
    sleep = ports.sleep

    async def sleep_or_stop(seconds: Any) -> None:
        await (seconds.wait() if isinstance(seconds, asyncio.Event) else sleep(seconds))

    object.__setattr__(ports, "sleep", sleep_or_stop)
    return ports


async def test_waiting_for_others_ends() -> None:
    world = World()
    held_forever = world.process()

    async def hold() -> None:
        await Put(f"{SHELF.place}:lease", b"somebody", 3600)

    await adrive(hold(), held_forever)
    began = world.now
    with pytest.raises(DeadlineExceeded):
        await adrive(ask(world.renew), world.process())
    assert world.now - began == pytest.approx(11, abs=0.1)
    assert world.made == []


async def test_an_error_gives_the_lease_back_and_reaches_everybody_who_waits() -> None:
    world = World()

    async def fail(held: Ticket | None) -> Ticket:
        del held
        await Sleep(0.1)
        raise UpstreamUnavailable("cgi-bin/token", "connection refused", sent=False)

    process = world.process()
    answers = await together(*((ask(fail), process) for _ in range(10)))
    assert [type(answer) for answer in answers] == [UpstreamUnavailable] * 10
    began = world.now
    assert (await adrive(ask(world.renew), process)).number == 1
    assert world.now - began < 1, "nobody had to wait for the lease to end"


async def test_what_still_works_hides_that_it_could_not_be_renewed() -> None:  # T23: 0 caller errors
    world = World()
    kept = Ticket(number=9, ends_at=world.now + 50)
    await world.keep(kept)

    async def fail(held: Ticket | None) -> Ticket:
        raise UpstreamUnavailable("cgi-bin/token", "connection refused", sent=False)

    assert await adrive(ask(fail), world.process()) == kept
    with pytest.raises(UpstreamUnavailable):
        await adrive(ask(fail, refused=kept), world.process())


async def test_a_programming_error_is_not_hidden_and_gives_the_lease_back() -> None:
    world = World()
    await world.keep(Ticket(number=9, ends_at=world.now + 50))

    async def fail(held: Ticket | None) -> Ticket:
        raise KeyError("wrong")

    for _ in range(2):
        with pytest.raises(KeyError):
            await adrive(ask(fail), world.process())
        world.now += 0.001


async def test_an_asker_who_is_cancelled_takes_nobody_along() -> None:  # T24
    world = World()
    process = world.process()
    first = asyncio.create_task(adrive(ask(world.renew), process))
    await world.begun.wait()
    second = asyncio.create_task(adrive(ask(world.renew), process))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).number == 1
    assert world.made == [1]


async def test_a_newer_record_is_left_alone() -> None:
    world = World()
    await world.keep(Ticket(number=9, ends_at=world.now + 500))
    older = Ticket(number=8, ends_at=world.now + 500)

    async def keep(ticket: Ticket) -> bool:
        return await replace_older(SHELF, ticket, lambda held: held.number > ticket.number)

    assert await adrive(keep(older), world.process()) is False
    assert await adrive(keep(Ticket(number=10, ends_at=world.now + 500)), world.process()) is True
    kept = await adrive(read(SHELF), world.process())
    assert kept is not None
    assert kept.number == 10


async def test_a_place_that_changes_all_the_time_is_given_up() -> None:
    world = World()
    calls = 0

    class Busy(MemoryStore):
        def _perform(self, command: Any) -> Any:
            nonlocal calls
            calls += 1
            return None if isinstance(command, Get) else False

    ports = replace(world.process(), store=AsyncMemoryStore(Busy()))
    with pytest.raises(StoreError, match="faster"):
        await adrive(replace_older(SHELF, Ticket(number=1, ends_at=5000), lambda held: False), ports)
    assert calls < 20
