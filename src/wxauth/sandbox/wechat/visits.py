"""A visit to the authorize page: what somebody brings, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from wxauth.sandbox.fault import Fault
from wxauth.sandbox.next_visits import Decision, Scene, Service
from wxauth.sandbox.people import Person
from wxauth.sandbox.wechat.echoes import Echo
from wxauth.sandbox.wechat.errorpages import ErrorPage
from wxauth.sandbox.wechat.link import Link, Query
from wxauth.sandbox.wechat.spoiled import Failed
from wxauth.sandbox.words import Words
from wxauth.sandbox.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Somebody opens the authorize page.

    Attributes:
        query: of the link.
        inside: whether they are inside WeChat.
        person: who they are, by any key of `World.find_person`; None when nobody has said.
        scene: where they opened the link.
        decision: what they do when asked; None to show them the sheet. A refusal brings the sheet up
            where a silent rule would have spared it, so that it can be tried at any time.
        agrees: whether they allow it by themselves when nothing else was said.
        service: whether WeChat shows them a snapshot page; None: as the link and the person have it.
        nickname: what they choose to be called on the sheet; counts under ``consent_profile_choice``.
        device: what tells their phone from others they have.
        looks: whether somebody looks at a screen, who sees the snapshot page and not only where it leads.
        framed: whether the link is opened in a frame of another page.
    """

    query: Query
    inside: bool
    person: str | None = None
    scene: Scene = Scene.LINK
    decision: Decision | None = None
    agrees: bool = False
    service: Service | None = None
    nickname: str | None = None
    device: str = ""
    looks: bool = False
    framed: bool = False


@dataclass(frozen=True, slots=True)
class SentOn:
    """301 to the same link with ``connect_redirect=1``.

    https://developers.weixin.qq.com/community/personal/oCJUsw7X5WxF5-Zgo6GnAXL7cND4/question

    Attributes:
        location: the link.
        kept: whether the webview keeps the answer.
    """

    location: str
    kept: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Outside:
    """The page for every other browser: 请在微信客户端打开链接, of a corp 请在企业微信客户端打开链接."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An error page, and why."""

    page: ErrorPage
    reason: Words


@dataclass(frozen=True, slots=True)
class WhoAreYou:
    """Nobody has said who they are."""

    link: Link


@dataclass(frozen=True, slots=True)
class Nobody:
    """They said who they are, and nobody here is called that."""

    link: Link


@dataclass(frozen=True, slots=True)
class Sheet:
    """The consent sheet.

    Attributes:
        link: whose.
        person: who is asked.
        scene: where they opened it.
        service: whether they tapped 使用完整服务 before.
    """

    link: Link
    person: Person
    scene: Scene
    service: Service | None = None


@dataclass(frozen=True, slots=True)
class SnapshotPage:
    """The snapshot page (快照页): the site may be looked at as a virtual person, or used by 使用完整服务.

    https://developers.weixin.qq.com/community/develop/doc/000c2c34068880629ced91a2f56001

    Attributes:
        link: whose.
        person: who they really are.
        scene: where they opened it.
    """

    link: Link
    person: Person
    scene: Scene


@dataclass(frozen=True, slots=True)
class Refused:
    """The person refused. Nothing is called back.

    https://developers.weixin.qq.com/community/develop/doc/000c8c095d07204ec0844330461000

    Attributes:
        goes_back: whether the page before comes up again.
    """

    goes_back: bool = False


@dataclass(frozen=True, slots=True)
class SentBack:
    """302 to the redirect_uri with a code.

    Attributes:
        location: the callback.
        world: whose.
        echoes: who calls the same address too.
    """

    location: str
    world: World = field(repr=False, compare=False)
    echoes: tuple[Echo, ...] = field(default=(), compare=False)


Reached = SentOn | Outside | Shown | WhoAreYou | Nobody | Sheet | SnapshotPage | Refused | SentBack


@dataclass(frozen=True, slots=True)
class Spoiled:
    """What a fault lets come late, broken or not at all.

    Attributes:
        outcome: of the visit.
        fault: what becomes of the answer.
    """

    outcome: Reached
    fault: Fault


Outcome = Reached | Spoiled | Failed
