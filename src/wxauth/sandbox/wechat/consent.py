"""Whether a person is asked: the silent rules, as a table.

https://developers.weixin.qq.com/doc/service/guide/h5/auth.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from wxauth.sandbox.next_visits import Scene, Service
from wxauth.sandbox.people import Person
from wxauth.sandbox.wechat.link import Link
from wxauth.sandbox.words import Words

__all__ = ["RULES", "Asking", "Opening", "Scene", "asking", "is_virtual"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Somebody opens a link.

    Attributes:
        link: which.
        person: who.
        scene: where.
        service: whether WeChat shows a snapshot page; None: as link and person have it.
        device: what tells this phone from the person's others.
    """

    link: Link
    person: Person
    scene: Scene = Scene.LINK
    service: Service | None = None
    device: str = ""


class Asking(StrEnum):
    """What happens to the person."""

    SILENT = "silent"
    """Nothing is shown."""
    SHEET = "sheet"
    """The consent sheet."""
    SNAPSHOT = "snapshot"
    """The snapshot page (快照页): no sheet, and a virtual person goes back."""


Rule = Callable[[Opening], bool]


def _base(opening: Opening) -> bool:
    return opening.link.scope == "snsapi_base"


def _follower_at_home(opening: Opening) -> bool:
    at_home = opening.scene in (Scene.MENU, Scene.CONVERSATION)
    return at_home and opening.link.world.follows(opening.person, opening.link.account.appid)


def _recent(opening: Opening) -> bool:
    link = opening.link
    return not link.force_popup and link.world.signed_in_recently(
        opening.person, link.account.appid, device=opening.device
    )


def _forced_snapshot(opening: Opening) -> bool:
    return opening.link.force_snapshot and opening.service is not Service.FULL


def _shown_snapshot(opening: Opening) -> bool:
    return opening.service is Service.SNAPSHOT or (opening.person.snapshot and opening.service is None)


def _otherwise(opening: Opening) -> bool:
    return True


RULES: tuple[tuple[Rule, Asking, Words], ...] = (
    (_base, Asking.SILENT, Words(en="snsapi_base is silent", zh="snsapi_base 静默授权")),
    (
        _follower_at_home,
        Asking.SILENT,
        Words(en="a follower from the menu or conversation is not asked", zh="已关注者从菜单或会话进入，静默授权"),
    ),
    (_recent, Asking.SILENT, Words(en="a recent sign-in spares the sheet", zh="近期登录过，免授权")),
    (_forced_snapshot, Asking.SNAPSHOT, Words(en="forceSnapShot: a virtual person", zh="forceSnapShot：虚拟用户")),
    (_shown_snapshot, Asking.SNAPSHOT, Words(en="a snapshot page: a virtual person", zh="快照页：虚拟用户")),
    (_otherwise, Asking.SHEET, Words(en="the consent sheet", zh="授权页")),
)
"""The first rule that holds decides."""


def asking(opening: Opening) -> tuple[Asking, Words]:
    """What happens to the person, and by which rule."""
    return next((asked, words) for rule, asked, words in RULES if rule(opening))


def is_virtual(opening: Opening, asked: Asking) -> bool:
    """Whether a virtual person goes back: from a snapshot page always, for snsapi_base from within one by switch."""
    within = _base(opening) and (_forced_snapshot(opening) or opening.service is Service.SNAPSHOT)
    return asked is Asking.SNAPSHOT or (within and opening.link.world.switches.snapshot_flags_base_scope)
