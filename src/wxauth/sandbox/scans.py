"""The QR codes of a world's website applications: shown on a desktop, scanned and decided by a phone."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from threading import RLock
from typing import TYPE_CHECKING

from wxauth.sandbox.accounts import WEBSITE_SCOPE, Account
from wxauth.sandbox.people import Person
from wxauth.sandbox.remembered import Remembered
from wxauth.sandbox.words import Words

if TYPE_CHECKING:
    from wxauth.sandbox.world import World

REMEMBERED_SECONDS = 600
"""How long a dead QR code is told from an unknown one: as long as the code of a confirmed one lives."""


class Stage(StrEnum):
    """How far a QR code has come."""

    WAITING = "waiting"
    SCANNED = "scanned"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Step(StrEnum):
    """What a person does with the phone."""

    SCAN = "scan"
    ALLOW = "allow"
    REFUSE = "refuse"


MOVES = {
    (Stage.WAITING, Step.SCAN): Stage.SCANNED,
    (Stage.SCANNED, Step.SCAN): Stage.SCANNED,
    (Stage.SCANNED, Step.ALLOW): Stage.CONFIRMED,
    (Stage.SCANNED, Step.REFUSE): Stage.CANCELLED,
    (Stage.CANCELLED, Step.SCAN): Stage.SCANNED,
}
"""What each step leads to; what is not here cannot be. After 您已取消此次登录 one may scan again, says the page.

Who scanned last decides; what WeChat does when a second phone scans is not known.
"""
EXPIRES = frozenset({Stage.WAITING, Stage.SCANNED, Stage.CANCELLED})
"""A confirmed one no longer expires: its code does."""


@dataclass(slots=True, kw_only=True)
class Scan:
    """One QR code.

    Attributes:
        uuid: 16 characters, in the address of the picture and in what it encodes.
        account: the website application.
        redirect_uri: where the desktop goes back to, checked.
        state: as it stood in the link, still percent-encoded; None when there was none.
        link: path and query of the page that shows it, to show a fresh one.
        expires_at: in virtual time.
        stage: the last one it was led to by a step; `Scans.stage` knows about time.
        person: who scanned it last.
        code: of a confirmed one.
    """

    uuid: str
    account: Account
    redirect_uri: str
    state: str | None = field(repr=False)
    link: str = field(repr=False)
    expires_at: float
    stage: Stage = Stage.WAITING
    person: Person | None = None
    code: str | None = field(default=None, repr=False)


class Unscannable(Exception):
    """A step that cannot be taken; the words say why."""

    def __init__(self, *, en: str, zh: str) -> None:
        self.why = Words(en=en, zh=zh)
        super().__init__(en)


class Scans:
    """Shows QR codes and leads them from stage to stage, from any thread.

    Args:
        world: whose clock, mint, switches and codes these are.
    """

    _scans: Remembered[Scan]

    def __init__(self, world: World) -> None:
        self._world = world
        self._scans = Remembered()
        self._lock = RLock()

    def __len__(self) -> int:
        return len(self._scans)

    def show(self, *, account: Account, redirect_uri: str, state: str | None, link: str) -> Scan:
        """A new QR code."""
        with self._lock:
            now = self._world.clock.now()
            expires_at = now + self._world.switches.qr_expire_seconds
            scan = Scan(
                uuid=self._world.mint.scan_uuid(account.appid),
                account=account,
                redirect_uri=redirect_uri,
                state=state,
                link=link,
                expires_at=expires_at,
            )
            self._scans.put(scan.uuid, scan, until=expires_at + REMEMBERED_SECONDS, now=now)
        return scan

    def known(self, uuid: str) -> Scan | None:
        """A QR code that is remembered, dead ones included."""
        return self._scans.get(uuid)

    def latest(self, appid: str | None = None) -> Scan:
        """The QR code that was shown last, by one application or by any; raises LookupError when there is none."""
        with self._lock:
            shown = [scan for scan in self._scans if appid in (None, scan.account.appid)]
        if not shown:
            raise LookupError("no QR code is shown: open /connect/qrconnect first")
        return shown[-1]

    def stage(self, scan: Scan) -> Stage:
        """How far it has come by now."""
        late = self._world.clock.now() >= scan.expires_at
        return Stage.EXPIRED if late and scan.stage in EXPIRES else scan.stage

    def step(self, scan: Scan, step: Step, person: Person) -> Stage:
        """Let a person do something with the phone; raises Unscannable."""
        with self._lock:
            before = self.stage(scan)
            after = MOVES.get((before, step))
            if after is None:
                raise _impossible(before, step)
            if step is not Step.SCAN and (scan.person is None or scan.person.name != person.name):
                raise Unscannable(en="somebody else has scanned it since", zh="二维码已被其他人重新扫描")
            scan.person = person
            if after is Stage.CONFIRMED:
                scan.code = self._world.issue_code(person, appid=scan.account.appid, scope=WEBSITE_SCOPE)
            scan.stage = after
        return after


def _impossible(stage: Stage, step: Step) -> Unscannable:
    match stage:
        case Stage.EXPIRED:
            return Unscannable(en="the QR code has expired", zh="二维码已过期")
        case Stage.CONFIRMED:
            return Unscannable(en="the sign-in is confirmed already", zh="此次登录已确认过")
        case _:
            return Unscannable(en=f"a {stage} QR code cannot take the step {step}", zh="请先扫描二维码")
