"""Whether a person is asked: the silent rules, as a table.

https://developers.weixin.qq.com/doc/service/guide/h5/auth.html
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from wxauth.sandbox.people import Person
from wxauth.sandbox.wechat.link import Link
from wxauth.sandbox.words import Words


class Scene(StrEnum):
    """Where a person opens the link."""

    LINK = "link"
    MENU = "menu"
    CONVERSATION = "conversation"


class Asking(StrEnum):
    """What happens to the person."""

    SILENT = "silent"
    """Nothing is shown."""
    SHEET = "sheet"
    """The consent sheet."""
    SNAPSHOT = "snapshot"
    """The snapshot page (快照页): no sheet, and a virtual person goes back."""


Rule = Callable[[Link, Person, Scene], bool]


def _base(link: Link, person: Person, scene: Scene) -> bool:
    return link.scope == "snsapi_base"


def _follower_at_home(link: Link, person: Person, scene: Scene) -> bool:
    return scene is not Scene.LINK and link.world.follows(person, link.account.appid)


def _recent(link: Link, person: Person, scene: Scene) -> bool:
    return not link.force_popup and link.world.signed_in_recently(person, link.account.appid)


def _forced_snapshot(link: Link, person: Person, scene: Scene) -> bool:
    return link.force_snapshot


def _otherwise(link: Link, person: Person, scene: Scene) -> bool:
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
    (_otherwise, Asking.SHEET, Words(en="the consent sheet", zh="授权页")),
)
"""The first rule that holds decides."""


def asking(link: Link, person: Person, scene: Scene) -> tuple[Asking, Words]:
    """What happens to the person, and by which rule."""
    return next((asked, words) for rule, asked, words in RULES if rule(link, person, scene))
