"""Who opens the authorize page next, how they come, and what they decide: for tests without a browser to say so."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wxauth.sandbox.world import World


class Decision(StrEnum):
    """What a person does with the consent sheet."""

    ALLOW = "allow"
    REFUSE = "refuse"


class Scene(StrEnum):
    """Where a person opens the link."""

    LINK = "link"
    MENU = "menu"
    CONVERSATION = "conversation"
    SCAN = "scan"
    """By scanning a QR code with WeChat, which counts as a link does."""


class Service(StrEnum):
    """How much of a page WeChat lets a person use.

    https://developers.weixin.qq.com/community/develop/doc/000c2c34068880629ced91a2f56001
    """

    SNAPSHOT = "snapshot"
    """It shows a snapshot page (快照页) to a virtual person."""
    FULL = "full"
    """The person has tapped 使用完整服务 on the snapshot page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """Somebody who was said to come.

    Attributes:
        name: what the sandbox calls them.
        scene: where they open the link.
        service: whether WeChat shows them a snapshot page; None: as the link and the person have it.
        nickname: what they call themselves to this account, see the switch ``consent_profile_choice``.
    """

    name: str
    scene: Scene = Scene.LINK
    service: Service | None = None
    nickname: str | None = None


class NextVisits:
    """What is said in advance, in the order it will count.

    A visit of which nobody says who it is gets the next person, counts as inside WeChat, and is answered by redirects
    only. A visit of somebody known gets the next decision, unless it brings its own.
    """

    _people: deque[Coming]
    _decisions: deque[Decision]

    def __init__(self, world: World) -> None:
        self._world = world
        self._people = deque()
        self._decisions = deque()

    def person(
        self,
        key: str,
        *,
        scene: Scene | str = Scene.LINK,
        service: Service | str | None = None,
        nickname: str | None = None,
    ) -> None:
        """Let the next visit be this person's; for the options see `Coming`.

        Raises:
            LookupError: nobody here is called that; it names the people there are.
            ValueError: there is no such scene or service.
        """
        name = self._world.person(key).name
        wished = None if service is None else Service(service)
        self._people.append(Coming(name=name, scene=Scene(scene), service=wished, nickname=nickname))

    def decision(self, decision: Decision | str) -> None:
        """Let the next person allow or refuse; raises ValueError for another word."""
        self._decisions.append(Decision(decision))

    def people(self) -> tuple[str, ...]:
        """The names of those to come."""
        return tuple(coming.name for coming in self._people)

    def decisions(self) -> tuple[Decision, ...]:
        """What they will decide."""
        return tuple(self._decisions)

    def take_person(self) -> Coming | None:
        """The next person, whose turn this was; None when nobody was said to come."""
        return self._people.popleft() if self._people else None

    def take_decision(self) -> Decision | None:
        """The next decision, whose turn this was; None when nothing was said."""
        return self._decisions.popleft() if self._decisions else None
