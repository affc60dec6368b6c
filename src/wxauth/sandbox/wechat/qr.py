"""The QR login of website applications without its pixels: the page of the desktop, and the phone that scans.

https://developers.weixin.qq.com/doc/oplatform/developers/dev/auth/web.md
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wxauth.sandbox.people import Person
from wxauth.sandbox.scans import Scan, Stage, Step, Unscannable
from wxauth.sandbox.wechat.authorize import Outside, Shown
from wxauth.sandbox.wechat.callback import with_code
from wxauth.sandbox.wechat.errorpages import UNREACHABLE, PageShown
from wxauth.sandbox.wechat.link import Query
from wxauth.sandbox.wechat.qr_link import read_qr_link
from wxauth.sandbox.words import Words, tail
from wxauth.sandbox.world import World, Worlds

PATH, PICTURE, CONFIRM = "/connect/qrconnect", "/connect/qrcode", "/connect/confirm"
QRCONNECT, PHONE = "qrconnect", "qr.confirm"
"""What the journal calls the page of the desktop and that of the phone."""


@dataclass(frozen=True, slots=True)
class Displayed:
    """The desktop shows a QR code."""

    world: World
    scan: Scan


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanning:
    """Somebody opens with a phone what the QR code encodes, or answers there.

    Attributes:
        uuid: of the QR code.
        inside: whether they are inside WeChat.
        person: who they are, by any key of `World.find_person`; None when nobody has said.
        steps: what they do, one after the other.
    """

    uuid: str
    inside: bool
    person: str | None = None
    steps: tuple[Step, ...] = (Step.SCAN,)


@dataclass(frozen=True, slots=True)
class WhoScans:
    """Nobody has said who they are, or nobody here is called that."""

    world: World
    scan: Scan


@dataclass(frozen=True, slots=True)
class LoginSheet:
    """The phone asks whether to sign in."""

    world: World
    scan: Scan
    person: Person


@dataclass(frozen=True, slots=True)
class Decided:
    """The person confirmed or cancelled."""

    world: World
    scan: Scan


PhoneOutcome = Outside | Shown | WhoScans | LoginSheet | Decided


def display(worlds: Worlds, query: Query) -> Displayed | Shown:
    """Answer the link of the QR page with a new QR code."""
    world = worlds.of_appid(query.value("appid")) or worlds.default
    try:
        link = read_qr_link(worlds, query)
    except PageShown as shown:
        _record(world, QRCONNECT, query.pairs, f"error page {shown.page.text}", shown.reason, refused=True)
        return Shown(shown.page, shown.reason)
    scan = link.world.scans.show(
        account=link.account, redirect_uri=link.redirect_uri, state=link.state, link=f"{PATH}?{query.text}"
    )
    _record(world, QRCONNECT, query.pairs, f"QR code {tail(scan.uuid)}", None)
    return Displayed(link.world, scan)


def find(worlds: Worlds, uuid: str) -> Displayed | None:
    """The QR code of a uuid and its world, dead ones included."""
    for world in worlds:
        scan = world.scans.known(uuid)
        if scan is not None:
            return Displayed(world, scan)
    return None


def way_on(world: World, scan: Scan) -> str | None:
    """Where the desktop goes now; None while it stays.

    A refusal leads nowhere but under ``website_denial_callback``.
    """
    stage = world.scans.stage(scan)
    refused = stage is Stage.CANCELLED and world.switches.website_denial_callback
    if stage is not Stage.CONFIRMED and not refused:
        return None
    return with_code(scan.redirect_uri, code=None if refused else scan.code, state=scan.state)


def phone(worlds: Worlds, scanning: Scanning) -> PhoneOutcome:
    """Answer the phone."""
    found = find(worlds, scanning.uuid)
    world = worlds.default if found is None else found.world
    said = [("uuid", scanning.uuid), *([] if scanning.person is None else [("person", scanning.person)])]
    if not scanning.inside:
        _record(world, PHONE, said, "page 请在微信客户端打开链接", None)
        return Outside()
    if found is None:
        return _unusable(world, said, Words(en="there is no QR code of this uuid", zh="没有这个 uuid 的二维码"))
    person = None if scanning.person is None else world.find_person(scanning.person)
    if person is None:
        _record(world, PHONE, said, "asks who the person is", None)
        return WhoScans(world, found.scan)
    try:
        for step in scanning.steps:
            stage = world.scans.step(found.scan, step, person)
            _record(world, PHONE, said, f"{step}: QR code {tail(scanning.uuid)} is {stage}", None)
    except Unscannable as unscannable:
        return _unusable(world, said, unscannable.why)
    if found.scan.stage is Stage.SCANNED:
        return LoginSheet(world, found.scan, person)
    return Decided(world, found.scan)


def _unusable(world: World, said: Iterable[tuple[str, str]], why: Words) -> Shown:
    """What WeChat shows here is not known; its page for links that lead nowhere is the nearest."""
    _record(world, PHONE, said, f"error page {UNREACHABLE.text}", why, refused=True)
    return Shown(UNREACHABLE, why)


def _record(
    world: World,
    operation: str,
    parameters: Iterable[tuple[str, str]],
    answer: str,
    reason: Words | None,
    *,
    refused: bool = False,
) -> None:
    world.journal.record(operation, parameters, at=world.clock.now(), answer=answer, refused=refused, reason=reason)
