"""A lease: the right to do something alone, among all processes that share a store. It ends by itself."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

from wxauth.errors import StoreError
from wxauth.flow.effects import Add, Random, Swap

_MARK_BYTES = 16
_ENDED = b"ended"
_AT_ONCE_SECONDS = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A lease that was won. A holder who is stopped longer than it lasts has lost it without being told."""

    place: str
    mark: bytes = field(repr=False)


async def lease(place: str, *, seconds: float) -> Lease | None:
    """Take the lease of ``place`` for so many seconds; None when somebody has it."""
    won = Lease(place=f"{place}:lease", mark=await Random(_MARK_BYTES))
    return won if await Add(won.place, won.mark, seconds) else None


async def end(held: Lease) -> None:
    """Give the lease back; nothing happens when it has ended and is somebody else's by now.

    A store that fails here hides neither what was done under the lease nor why that failed: the lease ends by itself.
    """
    with suppress(StoreError):
        await Swap(held.place, held.mark, _ENDED, _AT_ONCE_SECONDS)
