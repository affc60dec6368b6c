"""`crowd`: 64 pairs of calls under way at once, for a server that signs many people in at the same time."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import repeat
from statistics import median

from bench.report import Row, Target
from bench.rounds import CALLS_PER_PAIR
from bench.server import NICKNAME

CROWD = 64
"""So many at once: tasks, or threads of those that block."""
OURS = "AsyncWeChat over aiohttp"
Pair = Callable[[], str]
AsyncPair = Callable[[], Awaitable[str]]
Work = Callable[[int], set[str]]
"""Makes so many pairs, 64 at once; returns the nicknames that were read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A way to make many pairs at once.

    Args:
        name: as in the table.
        work: the pairs.
        part: how many of a turn's pairs it makes, for one that would take minutes.
        least_ratio: how many times the calls a second of this peer wxauth's must be, at least.
        most_cpu_ratio: the most that wxauth's CPU time may be, as a multiple of this peer's.
    """

    name: str
    work: Work
    part: float = 1.0
    least_ratio: float | None = None
    most_cpu_ratio: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one turn took for each call."""

    calls_a_second: float
    cpu_us: float


@contextmanager
def threads() -> Generator[Callable[[Sequence[Pair]], Work]]:
    """Work by threads that stay; each has a way of its own to make a pair."""
    with ThreadPoolExecutor(CROWD) as pool:

        def crowd(pairs: Sequence[Pair]) -> Work:
            def work(count: int) -> set[str]:
                tickets = repeat(None, count)

                def some(pair: Pair) -> set[str]:
                    return {pair() for _ in tickets}

                return set[str]().union(*pool.map(some, pairs))

            return work

        yield crowd


def tasks(runner: asyncio.Runner, pair: AsyncPair) -> Work:
    """Work by tasks of one event loop, which share what makes a pair."""

    async def some(tickets: Iterator[None]) -> set[str]:
        return {await pair() for _ in tickets}

    async def all_of(count: int) -> set[str]:
        tickets = repeat(None, count)
        return set[str]().union(*await asyncio.gather(*(some(tickets) for _ in range(CROWD))))

    return lambda count: runner.run(all_of(count))


def measured(peers: Sequence[Peer], *, rounds: int, pairs: int) -> dict[str, list[Turn]]:
    """Each peer's turns; the order rotates, so that what slows the machine slows them all."""
    for peer in peers:
        _check(peer)
    turns: dict[str, list[Turn]] = {peer.name: [] for peer in peers}
    for number in range(rounds):
        first = number % len(peers)
        for peer in (*peers[first:], *peers[:first]):
            turns[peer.name].append(_turn(peer, pairs))
    return turns


def _turn(peer: Peer, pairs: int) -> Turn:
    count = max(1, round(pairs * peer.part))
    gc.collect()
    started, cpu = time.perf_counter(), time.process_time()
    peer.work(count)
    calls = count * CALLS_PER_PAIR
    return Turn(
        calls_a_second=calls / (time.perf_counter() - started), cpu_us=(time.process_time() - cpu) / calls * 1e6
    )


def _check(peer: Peer) -> None:
    """Open the connections, and see that the peer does what it is measured for."""
    nicknames = peer.work(round(CROWD * peer.part))
    if nicknames != {NICKNAME}:
        raise SystemExit(f"{peer.name} read {sorted(nicknames)} instead of {NICKNAME!r}")


def rows(peers: Sequence[Peer], turns: dict[str, list[Turn]]) -> list[Row]:
    """Calls a second and CPU time of every peer, beside ours over aiohttp."""
    return [
        *(_rate(peer, turns[OURS], turns[peer.name]) for peer in peers),
        *(_cpu(peer, turns[OURS], turns[peer.name]) for peer in peers),
    ]


def _rate(peer: Peer, ours: Sequence[Turn], theirs: Sequence[Turn]) -> Row:
    return Row(
        name="crowd",
        peer=peer.name,
        value=median(turn.calls_a_second for turn in theirs),
        unit="calls/s",
        ratio=median(own.calls_a_second / their.calls_a_second for own, their in zip(ours, theirs, strict=True)),
        target=None if peer.least_ratio is None else Target(of="ratio", least=peer.least_ratio),
    )


def _cpu(peer: Peer, ours: Sequence[Turn], theirs: Sequence[Turn]) -> Row:
    return Row(
        name="crowd CPU",
        peer=peer.name,
        value=median(turn.cpu_us for turn in theirs),
        unit="µs CPU a call",
        ratio=median(own.cpu_us / their.cpu_us for own, their in zip(ours, theirs, strict=True)),
        target=None if peer.most_cpu_ratio is None else Target(of="ratio", most=peer.most_cpu_ratio),
    )
