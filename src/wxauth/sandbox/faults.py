"""The faults of a world: what shall go wrong next, and what hits a call."""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, TypedDict, Unpack

from wxauth.sandbox.fault import (
    ANY_CALL,
    AUTHORIZE,
    CALLBACK,
    ERRCODES,
    LONGEST_SECONDS,
    OF_JSON,
    ON_THE_WAY_BACK,
    QR_POLL,
    QRCONNECT,
    WX_ERRCODES,
    Fault,
    Kind,
    read_what,
    unknown,
)
from wxauth.sandbox.numbers import Numbers
from wxauth.sandbox.people import Person
from wxauth.sandbox.presets import PRESETS
from wxauth.sandbox.wechat.errorpages import ERROR_PAGES

if TYPE_CHECKING:
    from wxauth.sandbox.world import World

What = int | str

_PAGES = {str(page.code): page.code for page in ERROR_PAGES if page.code is not None}
NUMBERS = {AUTHORIZE: _PAGES, QRCONNECT: _PAGES, QR_POLL: {str(errcode): errcode for errcode in WX_ERRCODES}}
"""What each page can be refused with: the number of an error page, or what the poll is told."""


class Options(TypedDict, total=False):
    """Which calls a fault can hit, and how late a slow answer is; see `Fault`."""

    nth: int
    appid: str | None
    person: str | None
    seconds: float
    jitter_seconds: float


@dataclass(slots=True)
class Armed:
    """A fault that waits, and how often it was passed by."""

    fault: Fault
    seen: int = 0


class Faults:
    """What goes wrong in a world. The earliest set fault that can hit a call does; one call, one fault.

    Every method that sets a fault takes the name of a call (``sns/userinfo``; of the four calls of a sign-in also
    ``token``, ``refresh``, ``userinfo`` and ``check``), of a page (``authorize``, ``qrconnect``, ``qr.poll``), or ``*``
    for every server call; and what goes wrong: an errcode by number or name, ``http-502``, or the name of a `Kind`.
    A page has numbers of its own, those of its error pages, and the poll its wx_errcodes; the way back to the app,
    ``callback``, has kinds of its own, see `wxauth.sandbox.fault.ON_THE_WAY_BACK`. All raise ValueError, with a
    suggestion, for what is unknown.
    """

    _armed: tuple[Armed, ...]
    _numbers: Numbers

    def __init__(self, world: World, *, first: tuple[Fault, ...] = ()) -> None:
        self._world = world
        self._armed = tuple(Armed(fault) for fault in first)
        self._numbers = Numbers(1 + max((fault.number for fault in first), default=0))
        self._lock = Lock()

    def __bool__(self) -> bool:
        """Whether anything waits."""
        return bool(self._armed)

    def add(
        self,
        operation: str,
        what: What,
        *,
        times: int | None = 1,
        chance: float = 1.0,
        seed: int = 0,
        nth: int = 1,
        appid: str | None = None,
        person: str | None = None,
        seconds: float = 0.0,
        jitter_seconds: float = 0.0,
    ) -> Fault:
        """Set a fault; for the arguments see `Fault`. ``person`` may be any key of `World.find_person`."""
        name = _operation(operation)
        kind, code = self._what(name, what)
        fault = Fault(
            number=0,
            operation=name,
            kind=kind,
            code=code,
            times=times,
            chance=chance,
            seed=seed,
            nth=nth,
            appid=None if appid is None else self._appid(appid),
            person=None if person is None else self._person(person),
            seconds=seconds,
            jitter_seconds=jitter_seconds,
        )
        with self._lock:
            fault = replace(fault, number=next(self._numbers))
            self._armed += (Armed(fault),)
        return fault

    def once(self, operation: str, what: What, **options: Unpack[Options]) -> Fault:
        """Let one call go wrong: the next, or the ``nth`` from now."""
        return self.add(operation, what, **options)

    def times(self, times: int, operation: str, what: What, **options: Unpack[Options]) -> Fault:
        """Let so many calls in a row go wrong."""
        return self.add(operation, what, times=times, **options)

    def always(self, operation: str, what: What, **options: Unpack[Options]) -> Fault:
        """Let every call go wrong until the fault is cleared."""
        return self.add(operation, what, times=None, **options)

    def chance(self, chance: float, operation: str, what: What, *, seed: int = 0, **options: Unpack[Options]) -> Fault:
        """Let calls go wrong by chance; in worlds of the same seed, with the same ``seed`` here, the same ones."""
        return self.add(operation, what, times=None, chance=chance, seed=seed, **options)

    def preset(self, name: str) -> Fault:
        """Set what a name of PRESETS stands for."""
        if name not in PRESETS:
            raise ValueError(unknown("preset", name, PRESETS))
        preset = PRESETS[name]
        return self.add(preset.operation, preset.what, times=1 if preset.once else None, seconds=preset.seconds)

    def active(self) -> tuple[Fault, ...]:
        """The faults that can still hit, in the order they were set; their ``times`` are what is left."""
        return tuple(armed.fault for armed in self._armed)

    def clear(self, number: int | None = None) -> None:
        """Forget one fault, or all of them."""
        with self._lock:
            self._armed = tuple(armed for armed in self._armed if number not in (None, armed.fault.number))

    def hit(
        self, operation: str, *, appid: str | None, person: Person | None, platform: str | None = None
    ) -> Fault | None:
        """The fault that hits this call, its ``seconds`` decided; this uses up one of its times.

        Args:
            operation: the full name of the call or page.
            appid: of the account it is about, as far as that is known.
            person: whom it is about, as far as that is known.
            platform: appid of the third-party platform that calls for the account.
        """
        name, appids = None if person is None else person.name, (None, appid, platform)
        struck: Fault | None = None
        with self._lock:
            for armed in self._armed:
                if not _concerns(armed.fault, operation, appids, name):
                    continue
                armed.seen += 1
                if struck is None and self._strikes(armed):
                    struck = self._decided(armed)
                    self._use(armed)
        return struck

    def _what(self, operation: str, what: What) -> tuple[Kind, int | None]:
        numbers = NUMBERS.get(operation, ERRCODES)
        if operation == AUTHORIZE and self._world.switches.error_page_10038:
            numbers = {**numbers, "10038": 10038}
        if operation == CALLBACK and what not in ON_THE_WAY_BACK:
            raise ValueError(unknown("fault of the callback", str(what), sorted(ON_THE_WAY_BACK)))
        kind, code = read_what(what, numbers)
        if operation != CALLBACK and kind in ON_THE_WAY_BACK:
            raise ValueError(f"{kind} goes wrong with the {CALLBACK}, not with {operation}")
        if operation in NUMBERS and kind in OF_JSON:
            raise ValueError(f"{kind} goes wrong with server calls, not with {operation}")
        return kind, code

    def _strikes(self, armed: Armed) -> bool:
        fault = armed.fault
        if armed.seen < fault.nth:
            return False
        return fault.chance == 1 or self._world.mint.fraction("chance", fault.seed, armed.seen) < fault.chance

    def _decided(self, armed: Armed) -> Fault:
        fault = armed.fault
        if not fault.jitter_seconds:
            return fault
        more = fault.jitter_seconds * self._world.mint.fraction("jitter", fault.seed, armed.seen)
        return replace(fault, seconds=min(fault.seconds + more, LONGEST_SECONDS), jitter_seconds=0)

    def _use(self, armed: Armed) -> None:
        left = armed.fault.times
        if left == 1:
            self._armed = tuple(other for other in self._armed if other is not armed)
        elif left is not None:
            armed.fault = replace(armed.fault, times=left - 1)

    def _appid(self, appid: str) -> str:
        if self._world.account_of(appid) is None:
            raise ValueError(unknown("account", appid, (account.appid for account in self._world.accounts)))
        return appid

    def _person(self, key: str) -> str:
        person = self._world.find_person(key)
        if person is None:
            raise ValueError(unknown("person", key, (person.name for person in self._world.people)))
        return person.name


def _concerns(fault: Fault, operation: str, appids: tuple[str | None, ...], person: str | None) -> bool:
    named = fault.operation == operation or (fault.operation == ANY_CALL and operation not in (*NUMBERS, CALLBACK))
    return named and fault.appid in appids and fault.person in (None, person)


def _operation(name: str) -> str:
    # The table of calls stands upon the world, which stands upon this.
    from wxauth.sandbox.wechat.server import OPERATIONS

    names = {operation.name: operation.name for operation in OPERATIONS.values()}
    aliases = {operation.alias: operation.name for operation in OPERATIONS.values() if operation.alias}
    known = {page: page for page in (*NUMBERS, CALLBACK, ANY_CALL)} | aliases | names
    if name not in known:
        raise ValueError(unknown("operation", name, known))
    return known[name]
