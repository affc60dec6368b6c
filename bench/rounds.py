"""How peers are compared: in rounds, each peer once a round, so that what slows the machine slows them all."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from bench.report import Row, Target
from bench.server import NICKNAME

OURS = "wxauth"
OWN_COST_US = 25.0
"""The most CPU time per call that wxauth may add to the HTTP client underneath."""
CALLS_PER_PAIR = 2
WARM_UP_PAIRS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A way to make the pair of calls: exchange a code, fetch the profile.

    Args:
        name: as in the table.
        pairs: makes so many pairs, one after the other; returns the last nickname.
        ratio_target: the most that wxauth's CPU time may be, as a multiple of this peer's.
        cost_target_us: the most CPU time per call that wxauth may add to this peer's.
    """

    name: str
    pairs: Callable[[int], str]
    ratio_target: float | None = None
    cost_target_us: float | None = None


Times = Mapping[str, Sequence[float]]
"""Peer name -> CPU µs per pair, one number a round."""


def cpu_us_per_pair(peers: Sequence[Peer], *, rounds: int, pairs: int) -> Times:
    """CPU time, user and system, that this process takes for a pair of calls."""
    for peer in peers:
        _check(peer)
    times: dict[str, list[float]] = {peer.name: [] for peer in peers}
    for turn in range(rounds):
        first = turn % len(peers)
        for peer in (*peers[first:], *peers[:first]):
            gc.collect()
            started = time.process_time()
            peer.pairs(pairs)
            times[peer.name].append((time.process_time() - started) / pairs * 1e6)
    return times


def _check(peer: Peer) -> None:
    """Warm up, and see that the peer does what it is measured for."""
    nickname = peer.pairs(WARM_UP_PAIRS)
    if nickname != NICKNAME:
        raise SystemExit(f"{peer.name} read the nickname {nickname!r} instead of {NICKNAME!r}")


def rows(name: str, peers: Sequence[Peer], times: Times) -> list[Row]:
    """The table of one comparison; the first peer is wxauth itself."""
    ours = times[OURS]
    pairs = [
        Row(
            name=name,
            peer=peer.name,
            value=median(times[peer.name]),
            unit="µs CPU a pair",
            ratio=_ratio(ours, times[peer.name]),
            target=None if peer.ratio_target is None else Target(of="ratio", most=peer.ratio_target),
        )
        for peer in peers
    ]
    costs = [
        Row(
            name=f"{name} own cost",
            peer=peer.name,
            value=_difference(ours, times[peer.name]) / CALLS_PER_PAIR,
            unit="µs CPU a call",
            target=Target(of="value", most=peer.cost_target_us),
        )
        for peer in peers
        if peer.cost_target_us is not None
    ]
    return pairs + costs


def _ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    return median(own / their for own, their in zip(ours, theirs, strict=True))


def _difference(ours: Sequence[float], theirs: Sequence[float]) -> float:
    return median(own - their for own, their in zip(ours, theirs, strict=True))
