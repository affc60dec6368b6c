"""Who opens the authorize page next, and what they decide: for tests without a browser that could say so."""

from __future__ import annotations

from collections import deque
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wxauth.sandbox.world import World


class Decision(StrEnum):
    """What a person does with the consent sheet."""

    ALLOW = "allow"
    REFUSE = "refuse"


class NextVisits:
    """What is said in advance, in the order it will count.

    A visit of which nobody says who it is gets the next person, counts as inside WeChat, and is answered by redirects
    only. A visit of somebody known gets the next decision, unless it brings its own.
    """

    _people: deque[str]
    _decisions: deque[Decision]

    def __init__(self, world: World) -> None:
        self._world = world
        self._people = deque()
        self._decisions = deque()

    def person(self, key: str) -> None:
        """Let the next visit be this person's; raises LookupError naming the people there are."""
        self._people.append(self._world.person(key).name)

    def decision(self, decision: Decision | str) -> None:
        """Let the next person allow or refuse; raises ValueError for another word."""
        self._decisions.append(Decision(decision))

    def people(self) -> tuple[str, ...]:
        """The names of those to come."""
        return tuple(self._people)

    def decisions(self) -> tuple[Decision, ...]:
        """What they will decide."""
        return tuple(self._decisions)

    def take_person(self) -> str | None:
        """The name of the next person, whose turn this was; None when nobody was said to come."""
        return self._people.popleft() if self._people else None

    def take_decision(self) -> Decision | None:
        """The next decision, whose turn this was; None when nothing was said."""
        return self._decisions.popleft() if self._decisions else None
