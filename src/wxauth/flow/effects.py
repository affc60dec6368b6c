"""The closed union of effects: everything a flow may ask of the outside world.

An effect is a frozen value whose type parameter is its answer; awaiting it hands it to the driver and returns what the
driver sends in. A flow that awaits anything else is refused by the driver.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from wxauth.identity import Identity
from wxauth.protocol.message import Call

T = TypeVar("T")


class Effect(Generic[T]):
    """A question to the outside world; ``T`` is the type of its answer."""

    __slots__ = ()

    def __await__(self) -> Generator[Effect[T], T, T]:
        return (yield self)


@dataclass(frozen=True, slots=True)
class Send(Effect[T]):
    """Send a call and read its answer, within so many seconds of wall-clock time."""

    call: Call[T]
    within_seconds: float


@dataclass(frozen=True, slots=True)
class Now(Effect[float]):
    """Unix time in seconds: for what expires."""


@dataclass(frozen=True, slots=True)
class Ticks(Effect[float]):
    """Seconds of a clock that never steps back: for how long something took."""


@dataclass(frozen=True, slots=True)
class Random(Effect[bytes]):
    """So many bytes that nobody can guess."""

    count: int


@dataclass(frozen=True, slots=True)
class Sleep(Effect[None]):
    """Wait so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Retry(Effect[bool]):
    """Whether a call may be repeated now: all callers of one client share a budget of retries."""


@dataclass(frozen=True, slots=True)
class Admit(Effect[str | None]):
    """Tell the application who has arrived; it may answer with its own name for that person."""

    identity: Identity


@dataclass(frozen=True, slots=True)
class Share(Effect[T]):
    """Run ``flow`` once for all who ask for ``key`` in this process while it runs; they all get its result or error.

    The flow belongs to nobody who waits for it: it goes on when the one who asked first is cancelled.
    """

    key: str
    flow: Callable[[], Coroutine[Any, Any, T]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Get(Effect[bytes | None]):
    """The value under ``key``, None when there is none."""

    key: str


@dataclass(frozen=True, slots=True)
class Put(Effect[None]):
    """Set ``key`` to ``value`` for so many seconds, whatever was there."""

    key: str
    value: bytes = field(repr=False)
    ttl_seconds: float


@dataclass(frozen=True, slots=True)
class Add(Effect[bool]):
    """Set ``key`` only if it is absent; True when this call set it."""

    key: str
    value: bytes = field(repr=False)
    ttl_seconds: float


@dataclass(frozen=True, slots=True)
class Take(Effect[bytes | None]):
    """Read and delete in one step: of any number of takers, one gets the value."""

    key: str


@dataclass(frozen=True, slots=True)
class Swap(Effect[bool]):
    """Set ``key`` to ``value`` only if it holds ``expected``; True when this call set it."""

    key: str
    expected: bytes = field(repr=False)
    value: bytes = field(repr=False)
    ttl_seconds: float


@dataclass(frozen=True, slots=True)
class Delete(Effect[None]):
    """Forget ``key``."""

    key: str


StoreCommand = Get | Put | Add | Take | Swap | Delete
AnyEffect = Send[Any] | Now | Ticks | Random | Retry | Sleep | Admit | Share[Any] | StoreCommand
