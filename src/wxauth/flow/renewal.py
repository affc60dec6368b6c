"""Renewing what is kept under a place of the store: once, whoever and however many find it dead at the same moment.

In one process all who ask wait for one flight (``Share``). Among processes one wins a lease, looks again whether the
others were quicker, and renews; the rest wait for what it writes, or go on with what they have while that still works.
The lease only spares calls to WeChat. What keeps the store right is that the writer replaces exactly the value it has
read: somebody who was stopped for a minute in between changes nothing any more.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Generic, Protocol, TypeVar

from wxauth.errors import DeadlineExceeded, StoreError, UpstreamProtocolError, UpstreamUnavailable, WeChatBusy
from wxauth.flow.effects import Add, Get, Now, Share, Sleep, Swap, Ticks
from wxauth.flow.lease import Lease, end, lease

LOOK_AGAIN_SECONDS = 0.05
"""How often somebody who waits for another process looks into the store."""
LEASE_MARGIN_SECONDS = 1.0
"""How much longer a lease lasts than the one call it is for."""
_ATTEMPTS_TO_WRITE = 8


class Kept(Protocol):
    """A record that can be renewed."""

    def is_due(self, now: float) -> bool:
        """Whether it should be renewed, even if it still works."""
        ...

    def works(self, now: float) -> bool:
        """Whether WeChat should still take it."""
        ...


K = TypeVar("K", bound=Kept)
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf(Generic[R]):
    """One place of the store, and how a record is written there.

    Attributes:
        place: the key.
        encode, decode: between the record and bytes; ``decode`` raises StoreError for anything else.
        ttl_seconds: how long a record is worth keeping at a time.
    """

    place: str
    encode: Callable[[R], bytes]
    decode: Callable[[bytes], R]
    ttl_seconds: Callable[[R, float], float]


async def read(shelf: Shelf[R]) -> R | None:
    """The record that is kept, None without one."""
    stored = await Get(shelf.place)
    return None if stored is None else shelf.decode(stored)


async def renewed(
    shelf: Shelf[K],
    held: K | None,
    renew: Callable[[K | None], Awaitable[K]],
    *,
    refused: K | None = None,
    within_seconds: float,
) -> K:
    """The record ``held``, renewed first if it is due or is the very one that WeChat has ``refused``.

    Args:
        shelf: where it is kept.
        held: what was read there.
        renew: makes the new record out of the one that is kept (None: there is none). Its errors reach everybody in
            this process who waits for it. Only when WeChat is busy, silent or talks nonsense while the old record still
            works, the old record is the answer.
        refused: the record that WeChat has just called dead, although it should still work.
        within_seconds: what one renewal may take. Somebody who waits for a process that was stopped in the middle
            waits until its lease has ended, and renews then: about twice as long altogether.

    Raises:
        DeadlineExceeded: others held the lease all the time.
    """
    if held is not None and held != refused and not held.is_due(await Now()):
        return held
    flight = partial(_renewed_alone, shelf, renew, refused, within_seconds)
    record: K = await Share(f"{shelf.place}:renewal", flight)
    return record


async def _renewed_alone(
    shelf: Shelf[K], renew: Callable[[K | None], Awaitable[K]], refused: K | None, within_seconds: float
) -> K:
    lease_seconds = within_seconds + LEASE_MARGIN_SECONDS
    until = await Ticks() + lease_seconds + within_seconds
    while True:
        won = await lease(shelf.place, seconds=lease_seconds)
        if won is not None:
            return await _renewed_by_holder(shelf, renew, refused, won)
        held, now = await read(shelf), await Now()
        if held is not None and held != refused and held.works(now):
            return held
        if await Ticks() >= until:
            raise DeadlineExceeded("renewal", within_seconds, sent=False)
        await Sleep(LOOK_AGAIN_SECONDS)


async def _renewed_by_holder(
    shelf: Shelf[K], renew: Callable[[K | None], Awaitable[K]], refused: K | None, won: Lease
) -> K:
    try:
        record = await _renewed_unless_others_were_quicker(shelf, renew, refused)
    except Exception:  # not finally: a flow that is closed may await nothing any more, and its lease ends by itself
        await end(won)
        raise
    await end(won)
    return record


async def _renewed_unless_others_were_quicker(
    shelf: Shelf[K], renew: Callable[[K | None], Awaitable[K]], refused: K | None
) -> K:
    stored = await Get(shelf.place)
    held = None if stored is None else shelf.decode(stored)
    usable = held if held != refused else None
    if usable is not None and not usable.is_due(await Now()):
        return usable
    try:
        fresh = await renew(held)
    except (WeChatBusy, UpstreamUnavailable, UpstreamProtocolError, DeadlineExceeded):
        if usable is not None and usable.works(await Now()):
            return usable
        raise
    return fresh if await _replaced(shelf, stored, fresh) else await read(shelf) or fresh


async def _replaced(shelf: Shelf[R], stored: bytes | None, record: R) -> bool:
    """Write the record in the place of exactly the bytes that were read; False when something else is there by now."""
    ttl_seconds = shelf.ttl_seconds(record, await Now())
    if stored is None:
        return await Add(shelf.place, shelf.encode(record), ttl_seconds)
    return await Swap(shelf.place, stored, shelf.encode(record), ttl_seconds)


async def replace_older(shelf: Shelf[R], record: R, is_newer: Callable[[R], bool]) -> bool:
    """Keep a record unless what is there is newer; True when it was written.

    Raises:
        StoreError: others changed the place each time in between.
    """
    for _ in range(_ATTEMPTS_TO_WRITE):
        stored = await Get(shelf.place)
        if stored is not None and is_newer(shelf.decode(stored)):
            return False
        if await _replaced(shelf, stored, record):
            return True
    raise StoreError("what is kept in one place of the store changes faster than it can be written")
