"""One attempt to sign in, as it is remembered between leaving for WeChat and coming back: a small state machine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import msgspec

from wxauth.errors import StoreError
from wxauth.flow.keys import SecretKey, same
from wxauth.identity import Identity


class Phase(StrEnum):
    """Where an attempt stands."""

    PENDING = "pending"
    """The person is at WeChat."""
    CLAIMED = "claimed"
    """A callback has won the attempt and is redeeming its code."""
    DONE = "done"
    """The person is signed in."""
    STOPPED = "stopped"
    """It ended without a sign-in; ``problem`` says why."""


MOVES: dict[Phase, frozenset[Phase]] = {
    Phase.PENDING: frozenset({Phase.CLAIMED, Phase.STOPPED}),
    Phase.CLAIMED: frozenset({Phase.DONE, Phase.STOPPED}),
    Phase.DONE: frozenset(),
    Phase.STOPPED: frozenset(),
}
"""The moves an attempt can make. Nothing leads back: a state works once."""


class Problem(StrEnum):
    """Why nobody was signed in. The value is the last part of the page's address."""

    CANCELLED = "cancelled"
    """The person refused."""
    ELSEWHERE = "elsewhere"
    """The callback belongs to another browser; nothing was consumed."""
    EXPIRED = "expired"
    """The state is unknown: finished, over ten minutes old, or made up."""
    SPENT = "spent"
    """WeChat does not take the code (any more), or nobody knows whether it was spent."""
    BUSY = "busy"
    """WeChat is busy or out of reach; nothing was spent."""
    SNAPSHOT = "snapshot"
    """The callback is about the virtual person of a snapshot page."""
    MISCONFIGURED = "misconfigured"
    """The account's appid, secret or rights are wrong."""
    MALFORMED = "malformed"
    """The callback is not one of WeChat's."""
    OUTSIDE = "outside"
    """The page was opened outside WeChat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What is remembered of one attempt.

    Attributes:
        phase: where it stands.
        binding: keyed hash of the secret that only the starting browser holds, in a cookie.
        return_to: where the person wanted to go.
        code: keyed hash of the code that claimed it.
        identity, user: who came, once DONE.
        problem: why it ended, once STOPPED.
        ended_at: unix time of DONE or STOPPED, in seconds.
        replays: how many duplicates of the callback were answered since.
    """

    phase: Phase
    binding: str
    return_to: str
    code: str | None = None
    identity: Identity | None = None
    user: str | None = None
    problem: Problem | None = None
    ended_at: float = 0.0
    replays: int = 0

    def move(self, phase: Phase, **changes: Any) -> Attempt:
        """The attempt one step on; a step that MOVES does not know is a mistake of ours."""
        if phase not in MOVES[self.phase]:
            raise AssertionError(f"an attempt cannot go from {self.phase} to {phase}")
        return replace(self, phase=phase, **changes)

    def belongs_to(self, key: SecretKey, secret: str) -> bool:
        """Whether the browser that holds this secret started the attempt."""
        return same(self.binding, key.name("binding", secret))


_decoder = msgspec.json.Decoder(Attempt)


def encode(attempt: Attempt) -> bytes:
    """The attempt as the store keeps it."""
    return msgspec.json.encode(attempt)


def decode(stored: bytes) -> Attempt:
    """The attempt as the store kept it; StoreError when the store holds something else."""
    try:
        return _decoder.decode(stored)
    except msgspec.MsgspecError:
        raise StoreError("the store holds something that is not an attempt under an attempt's key") from None
