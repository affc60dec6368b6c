"""The long poll of the QR page: what it is told, and when there is something to tell.

The form is that of two captured pages, one of 2018 and one without a date.
"""

from __future__ import annotations

import re

from wxauth.sandbox.fault import QR_POLL, Fault
from wxauth.sandbox.scans import Scan, Stage
from wxauth.sandbox.wechat.qr import Displayed
from wxauth.sandbox.words import Words, span, tail
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

PATH = "/connect/l/qrconnect"
NOTHING_NEW, CONFIRMED, EXPIRED, SERVER_ERROR = 408, 405, 402, 500
WX_ERRCODES = {
    Stage.WAITING: NOTHING_NEW,
    Stage.SCANNED: 404,
    Stage.CONFIRMED: CONFIRMED,
    Stage.CANCELLED: 403,
    Stage.EXPIRED: EXPIRED,
}
LEGACY_HOST = "long.open.weixin.qq.com"
"""Where pages of 2018 asked."""
UUID = re.compile(r"[0-9A-Za-z]{16}")


def news(world: World, scan: Scan, last: str) -> int | None:
    """The wx_errcode to answer now, None to hold the poll.

    Args:
        world: of the QR code.
        scan: the QR code.
        last: the wx_errcode the page knows already; it is not told the same again.
    """
    errcode = WX_ERRCODES[world.scans.stage(scan)]
    if errcode in (CONFIRMED, EXPIRED):
        return errcode
    return None if errcode == NOTHING_NEW or str(errcode) == last else errcode


def unknown(uuid: str) -> int:
    """The answer for a uuid that names no QR code: a forgotten one has expired, what is no uuid is an error.

    What WeChat answers is not known; its page loads a new QR code for either.
    """
    return EXPIRED if UUID.fullmatch(uuid) else SERVER_ERROR


def answers_at(found: Displayed, host: str) -> bool:
    """Whether a poll is answered under the name it was asked by."""
    return host != LEGACY_HOST or found.world.switches.qr_poll_legacy_host


def fault(found: Displayed) -> Fault | None:
    """The fault that hits a poll of this QR code."""
    scan = found.scan
    return found.world.faults.hit(QR_POLL, appid=scan.account.appid, person=scan.person)


def body(errcode: int, code: str | None) -> str:
    """The script that is the answer."""
    return f"window.wx_errcode={errcode};window.wx_code='{code or '' if errcode == CONFIRMED else ''}';"


def record(
    worlds: Worlds, found: Displayed | None, *, uuid: str, last: str, errcode: int | None, hit: Fault | None = None
) -> None:
    """Write a poll into the journal: what it was told, None where a fault kept it from being told anything."""
    world = worlds.default if found is None else found.world
    refused = errcode in (EXPIRED, SERVER_ERROR)
    why = None if hit is None else hit.reason
    world.journal.record(
        QR_POLL,
        [("uuid", uuid), *([("last", last)] if last else [])],
        at=world.clock.now(),
        answer="no wx_errcode" if errcode is None else f"wx_errcode={errcode}",
        refused=refused,
        errcode=errcode if refused else None,
        reason=_why(found, uuid) if refused and why is None else why,
        fault=None if hit is None else hit.what,
    )


def _why(found: Displayed | None, uuid: str) -> Words:
    if found is None:
        return Words(en=f"there is no QR code {tail(uuid)}", zh=f"没有二维码 {tail(uuid)}")
    ago = span(found.world.clock.now() - found.scan.expires_at)
    return Words(en=f"QR code {tail(uuid)} expired {ago.en} ago", zh=f"二维码 {tail(uuid)} 已于 {ago.zh}前过期")
