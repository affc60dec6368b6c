"""What people call themselves to an account, where that is not their own nickname."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wxauth.sandbox.people import Person

if TYPE_CHECKING:
    from wxauth.sandbox.world import World

LONGEST_NICKNAME = 32
"""Characters. WeChat's own limit is not told."""


class Profiles:
    """Nicknames that were chosen on a consent sheet, each for one account; who chose one shows no picture there.

    https://developers.weixin.qq.com/community/personal/oCJUsw8FZ8lAiSEO01f6ue-1pByY/follow
    """

    _chosen: dict[str, str]

    def __init__(self, world: World) -> None:
        self._world = world
        self._chosen = {}

    def choose(self, person: Person, appid: str, nickname: str) -> None:
        """Let the person be called so by this account from now on; an empty nickname is their own again."""
        openid, chosen = self._world.openid(person, appid), nickname.strip()[:LONGEST_NICKNAME]
        if chosen:
            self._chosen[openid] = chosen
        else:
            self._chosen.pop(openid, None)

    def chosen(self, person: Person, appid: str) -> str | None:
        """What the person chose to be called by the account; None: they are there as they are."""
        return self._chosen.get(self._world.openid(person, appid)) if self._chosen else None
