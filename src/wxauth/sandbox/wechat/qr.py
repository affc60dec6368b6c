"""The QR login of website applications without its pixels: the page of the desktop, and the phone that scans.

https://developers.weixin.qq.com/doc/oplatform/developers/dev/auth/web.md
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wxauth.sandbox.fault import QRCONNECT, Fault, Kind
from wxauth.sandbox.people import Person
from wxauth.sandbox.scans import Scan, Stage, Step, Unscannable
from wxauth.sandbox.wechat.callback import with_code
from wxauth.sandbox.wechat.errorpages import ERROR_PAGES, UNREACHABLE, PageShown
from wxauth.sandbox.wechat.link import Query
from wxauth.sandbox.wechat.qr_link import QrLink, as_titled, read_qr_link
from wxauth.sandbox.wechat.spoiled import Failed
from wxauth.sandbox.wechat.visits import Outside, Shown
from wxauth.sandbox.words import Words, tail
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

PATH, PICTURE, CONFIRM = "/connect/qrconnect", "/connect/qrcode", "/connect/confirm"
PHONE = "qr.confirm"
"""What the journal calls the page of the phone."""


@dataclass(frozen=True, slots=True)
class Displayed:
    """The desktop shows a QR code.

    Attributes:
        world: where.
        scan: the QR code.
        fault: what becomes of the page.
    """

    world: World
    scan: Scan
    fault: Fault | None = None


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


def display(worlds: Worlds, query: Query) -> Displayed | Shown | Failed:
    """Answer the link of the QR page with a new QR code."""
    world = worlds.of_appid(query.value("appid")) or worlds.default
    try:
        link = read_qr_link(worlds, query)
        fault = _fault(link)
    except PageShown as shown:
        said = f"error page {shown.page.text}"
        _record(world, QRCONNECT, query.pairs, said, shown.reason, refused=True, fault=shown.fault)
        return Shown(shown.page, shown.reason)
    if fault is not None and not fault.does_the_work:
        failed = Failed(fault)
        _record(world, QRCONNECT, query.pairs, failed.told, fault.reason, fault=fault.what)
        return failed
    scan = link.world.scans.show(
        account=link.account, redirect_uri=link.redirect_uri, state=link.state, link=f"{PATH}?{query.text}"
    )
    words, what = (None, None) if fault is None else (fault.reason, fault.what)
    _record(world, QRCONNECT, query.pairs, f"QR code {tail(scan.uuid)}", words, fault=what)
    return Displayed(link.world, scan, fault)


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


def _fault(link: QrLink) -> Fault | None:
    """The fault that hits the page; raises PageShown for one with a number."""
    fault = link.world.faults.hit(QRCONNECT, appid=link.account.appid, person=None)
    if fault is not None and fault.kind is Kind.ERRCODE:
        page = next(page for page in ERROR_PAGES if page.code == fault.code)
        raise PageShown(as_titled(page), en="a fault was set", zh="已设置故障", fault=fault.what)
    return fault


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
    fault: str | None = None,
) -> None:
    now = world.clock.now()
    world.journal.record(operation, parameters, at=now, answer=answer, refused=refused, reason=reason, fault=fault)
