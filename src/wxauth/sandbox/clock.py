"""The clock of a world: it runs beside real time, and can be stopped and moved. The only reader of real time here."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from threading import Lock

LOOK_EVERY_SECONDS = 0.02
LATEST = 253_370_764_800.0
"""The end of the year 9998, as unix time; later ones cannot be shown everywhere."""
Action = Callable[[float], None]
"""What falls due; it is told when it was due, which may be long ago."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Something that falls due.

    Attributes:
        at: when, in virtual time.
        what: the name of an action, see `Clock.name`.
    """

    at: float
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockState:
    """A clock at one moment.

    Attributes:
        unix: what it shows.
        frozen: whether it stands still.
        first_at: where a reset leads, None for the real time.
        first_frozen: whether it stands still after a reset.
        due: what is to come, in the order it will be done.
    """

    unix: float
    frozen: bool
    first_at: float | None = None
    first_frozen: bool = False
    due: tuple[Due, ...] = ()


async def pause(seconds: float, *, unless: Awaitable[object]) -> bool:
    """Wait in real time, whatever the clock of a world shows: who waits for an answer lives in real time.

    Args:
        seconds: how long.
        unless: ends the wait earlier.

    Returns:
        Whether the whole time went by.
    """
    from asyncio import timeout

    try:
        async with timeout(seconds):
            await unless
    except TimeoutError:
        return True
    return False


async def within(seconds: float, holds: Callable[[], bool]) -> bool:
    """Whether something comes to hold within ``seconds`` of real time; it is looked at fifty times a second."""
    from asyncio import sleep, timeout

    try:
        async with timeout(seconds):
            while not holds():  # noqa: ASYNC110  threads outside the loop may make it hold
                await sleep(LOOK_EVERY_SECONDS)
    except TimeoutError:
        return holds()
    return True


def afterwards(seconds: float, action: Callable[[], None]) -> None:
    """Let something be done after a span of real time, beside everything else; the end does not wait for it."""
    from threading import Timer

    timer = Timer(seconds, action)
    timer.daemon = True
    timer.start()


class Clock:
    """Virtual unix time, in seconds.

    Args:
        at: where it begins, None for the real time.
        frozen: whether it stands still until it is moved or resumed.
        real: what real time is read from.

    Attributes:
        named: actions by the names of `name`.
    """

    def __init__(self, *, at: float | None = None, frozen: bool = False, real: Callable[[], float] = time.time) -> None:
        self._real = real
        self._first_at = at
        self._first_frozen = frozen
        self._running = Lock()
        self.named: dict[str, Action] = {}
        self._numbers = count()
        self.reset()

    def reset(self) -> None:
        """Begin again, where and how it began; nothing is due."""
        self._due: list[tuple[float, int, Action]] = []
        self._set(self._real() if self._first_at is None else self._first_at)
        self._stands_at: float | None = None
        if self._first_frozen:
            self._stands_at = self.now() if self._first_at is None else self._first_at

    def now(self) -> float:
        """The virtual time; what fell due before it is done first."""
        unix = self._set_to + (self._real() - self._set_at) if self._stands_at is None else self._stands_at
        if self._due and self._due[0][0] <= unix:
            self._run_due(unix)
        return unix

    def register(self, at: float, action: Action) -> None:
        """Let something be done once a time is reached, be it by waiting or by moving the clock; in the order of times.

        It is done by whoever looks at the clock or moves it next, so it has to be quick.
        """
        heappush(self._due, (at, next(self._numbers), action))

    def real(self) -> float:
        """The real time, whatever this clock shows."""
        return self._real()

    def name(self, what: str, action: Action) -> None:
        """Call an action something, so that the clock can be written down while it is due."""
        self.named[what] = action

    def state(self) -> ClockState:
        """What it is like at this moment; raises LookupError while something is due that has no name."""
        now = self.now()
        due = tuple(
            Due(at=at, what=self._name_of(action)) for at, _, action in sorted(self._due, key=lambda due: due[:2])
        )
        return ClockState(
            unix=now, frozen=self.frozen, first_at=self._first_at, first_frozen=self._first_frozen, due=due
        )

    def _name_of(self, action: Action) -> str:
        for what, named in self.named.items():
            if named == action:
                return what
        raise LookupError(f"{action} is due and has no name")

    def restore(self, state: ClockState) -> None:
        """Go on from a moment: time that went by since does not count; raises LookupError for what has no such name."""
        self._first_at, self._first_frozen = state.first_at, state.first_frozen
        self._due = []
        for due in state.due:
            self.register(due.at, self.named[due.what])
        self._set(state.unix)
        self._stands_at = state.unix if state.frozen else None

    @property
    def frozen(self) -> bool:
        """Whether it stands still."""
        return self._stands_at is not None

    def freeze(self) -> None:
        """Stand still from now on."""
        self._stands_at = self.now()

    def resume(self) -> None:
        """Run again, from where it stands."""
        self.set(self.now())
        self._stands_at = None

    def set(self, unix: float) -> None:
        """Move to a time, forwards or backwards; a frozen clock stays frozen.

        Forwards, what falls due is done; backwards, what was to come is as far away as before.
        """
        back = self.now() - unix
        self._set(unix)
        if self._stands_at is not None:
            self._stands_at = unix
        if back > 0:
            self._due = [(at - back, number, action) for at, number, action in self._due]
        self.now()

    def advance(self, *, seconds: float = 0, minutes: float = 0, hours: float = 0, days: float = 0) -> None:
        """Move forwards by the sum of what is given."""
        span_seconds = seconds + 60 * minutes + 3600 * hours + 86400 * days
        if span_seconds < 0:
            raise ValueError(f"advance goes forwards, not by {span_seconds:g} s; use set(unix) to go back")
        self.set(self.now() + span_seconds)

    def _set(self, unix: float) -> None:
        self._set_to, self._set_at = unix, self._real()

    def _run_due(self, unix: float) -> None:
        # An action may look at the clock itself, and so may other threads meanwhile: only one runs what is due.
        if not self._running.acquire(blocking=False):
            return
        try:
            while self._due and self._due[0][0] <= unix:
                at, _, action = heappop(self._due)
                action(at)
        finally:
            self._running.release()
