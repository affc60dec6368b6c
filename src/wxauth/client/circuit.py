"""A circuit breaker: when WeChat does not answer any more, calls fail at once, and single calls feel for its return."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from enum import Enum, auto
from threading import Lock

from wxauth.errors import CircuitOpen

FAILURES_TO_OPEN = 10
"""So many calls in a row without an answer open the circuit."""
SHORTEST_REST_SECONDS = 0.5
LONGEST_REST_SECONDS = 5.0
"""A circuit rests this long at most before the next probe, so that service is back within seconds of WeChat's."""


class State(Enum):
    """Where a circuit stands."""

    CLOSED = auto()
    """Calls go through."""
    OPEN = auto()
    """Calls fail at once, until the rest is over."""
    PROBING = auto()
    """One call is on its way to see whether WeChat is back; the others fail at once."""


class Event(Enum):
    """What moves it."""

    TOO_MANY_FAILURES = auto()
    REST_IS_OVER = auto()
    PROBE_ANSWERED = auto()
    PROBE_FAILED = auto()


MOVES: dict[tuple[State, Event], State] = {
    (State.CLOSED, Event.TOO_MANY_FAILURES): State.OPEN,
    (State.OPEN, Event.REST_IS_OVER): State.PROBING,
    (State.PROBING, Event.PROBE_ANSWERED): State.CLOSED,
    (State.PROBING, Event.PROBE_FAILED): State.OPEN,
}


class Circuit:
    """The circuit to one server; safe to share between threads.

    Args:
        ticks: seconds of a clock that never steps back.
        chance: a random number from 0 to 1, so that many processes do not probe in step.
    """

    def __init__(
        self, *, ticks: Callable[[], float] = time.monotonic, chance: Callable[[], float] = random.random
    ) -> None:
        self._ticks = ticks
        self._chance = chance
        self._lock = Lock()
        self._state = State.CLOSED
        self._failures = 0
        self._rests = 0
        self._rest_ends_at = 0.0

    @property
    def state(self) -> State:
        """Where it stands."""
        return self._state

    def admit(self, operation: str) -> None:
        """Let a call through, or raise CircuitOpen."""
        if self._state is not State.CLOSED:
            with self._lock:
                self._admit_one(operation)

    def _admit_one(self, operation: str) -> None:
        rest_seconds = self._rest_ends_at - self._ticks()
        match self._state:
            case State.CLOSED:
                return
            case State.OPEN if rest_seconds <= 0:
                self._move(Event.REST_IS_OVER)
            case State.OPEN | State.PROBING:
                raise CircuitOpen(operation, max(rest_seconds, SHORTEST_REST_SECONDS))

    def answered(self) -> None:
        """WeChat answered the call that was let through, whatever it said."""
        if self._failures == 0 and self._state is State.CLOSED:
            return
        with self._lock:
            self._failures = 0
            if self._state is State.PROBING:
                self._rests = 0
                self._move(Event.PROBE_ANSWERED)

    def failed(self) -> None:
        """No answer came to the call that was let through."""
        with self._lock:
            self._failures += 1
            if self._state is State.PROBING:
                self._rest()
                self._move(Event.PROBE_FAILED)
            elif self._state is State.CLOSED and self._failures >= FAILURES_TO_OPEN:
                self._rest()
                self._move(Event.TOO_MANY_FAILURES)

    def given_up(self) -> None:
        """Whoever made the call did not wait for its end, so nothing was learnt; the next one may probe at once."""
        with self._lock:
            if self._state is State.PROBING:
                self._rest_ends_at = self._ticks()
                self._move(Event.PROBE_FAILED)

    def _rest(self) -> None:
        longest = min(SHORTEST_REST_SECONDS * 2**self._rests, LONGEST_REST_SECONDS)
        self._rest_ends_at = self._ticks() + longest * (0.5 + self._chance() / 2)
        self._rests = min(self._rests + 1, 10)

    def _move(self, event: Event) -> None:
        self._state = MOVES[self._state, event]
