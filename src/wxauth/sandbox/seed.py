"""The seed file of a world: its accounts, people, switches, faults and clock, as TOML that people write."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeGuard, TypeVar

from wxauth.sandbox import accounts
from wxauth.sandbox.accounts import Account, AccountKind
from wxauth.sandbox.clock import LATEST, Clock
from wxauth.sandbox.fault import unknown
from wxauth.sandbox.people import NEWCOMERS_AVATAR, Person
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.world import DEFAULT_SEED, World
from wxauth.sandbox.written import Book, Record, Unreadable, form_of, refuse_unknown

T = TypeVar("T")

EXAMPLE = Path(__file__).with_name("seed.toml")
"""A commented seed file, which works as it is."""
STANDARD: Mapping[AccountKind, tuple[int, Callable[[int], Account]]] = {
    AccountKind.SERVICE: (1, accounts.numbered_account),
    AccountKind.WEBSITE: (2, accounts.numbered_website),
    AccountKind.MINIPROGRAM: (3, accounts.numbered_mini_program),
    AccountKind.TEST: (4, accounts.numbered_test_account),
    AccountKind.THIRD_PARTY: (5, accounts.numbered_platform),
    AccountKind.WECOM: (6, accounts.numbered_corp),
}
"""The number of the account of each kind that every sandbox has, and what such an account is like."""
TABLES = ("seed", "salt", "strict", "clock", "accounts", "people", "switches", "faults")


class BadSeed(ValueError):
    """A seed file that cannot be used; the text names the file, the key and, where there is one, what was meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedClock:
    """Where the time of a world begins.

    Attributes:
        at: seconds since 1970, in the file also a time with a zone; None for the real time.
        frozen: whether it stands still.
    """

    at: float | None = None
    frozen: bool = False

    def __post_init__(self) -> None:
        if self.at is not None and not 0 <= self.at < LATEST:
            raise ValueError("a time is one of the years 1970 to 9998, in seconds since 1970")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedFault:
    """What shall go wrong: a preset, or an operation and what; for the rest see `wxauth.sandbox.fault.Fault`."""

    preset: str | None = None
    operation: str | None = None
    what: int | str | None = None
    always: bool = False
    times: int = 1
    chance: float = 1.0
    seed: int = 0
    nth: int = 1
    appid: str | None = None
    person: str | None = None
    seconds: float = 0.0
    jitter_seconds: float = 0.0


def seeded(file: Path, *, strict: bool = False, salt: str = "") -> World:
    """A new world as a file describes it; a reset leads back there.

    Args:
        file: what it does not say is as in every sandbox.
        strict: whether the world is strict though the file does not say so.
        salt: of codes and tokens, unless the file says another.

    Raises:
        BadSeed: the file cannot be read, or holds what is unknown or cannot be.
    """
    try:
        return _world(tomllib.loads(file.read_text(encoding="utf-8")), strict=strict, salt=salt)
    except OSError as error:
        raise BadSeed(f"cannot read {file}: {error.strerror}") from None
    except RecursionError:
        raise BadSeed(f"{file}: what is in it is nested too deeply") from None
    except ValueError as error:
        raise BadSeed(f"{file}: {error}") from None


def _world(said: Mapping[str, Any], *, strict: bool, salt: str) -> World:
    refuse_unknown(said, TABLES, "")
    ours = tuple(_each(said, "accounts", _account)) or accounts.default_accounts()
    appids = [account.appid for account in ours]
    for index, appid in enumerate(appids):
        if appid in appids[:index]:
            raise Unreadable(f"accounts[{index}]", f"{appid} is there twice; give this one an appid of its own")
    people = tuple(_each(said, "people", lambda raw, place: _person(raw, place, appids)))
    clock = _read(SeedClock, _with_time(said.get("clock", {})), "clock")
    strict = strict or _read(bool, said.get("strict", False), "strict")
    best = {"authorize_strict_order": strict, "state_charset_strict": strict}
    world = World(
        accounts=ours,
        people=people,
        clock=Clock(at=clock.at, frozen=clock.frozen),
        switches=_read(Switches, best | _table(said, "switches"), "switches"),
        strict=strict,
        seed=_read(str, said.get("seed", DEFAULT_SEED), "seed"),
        salt=_read(str, said.get("salt", salt), "salt"),
    )
    for _ in _each(said, "faults", lambda raw, place: _arm(world, raw, place)):
        continue
    world.keep_faults()
    return world


def _account(raw: dict[str, Any], place: str) -> Account:
    """An account: what is not said is as accounts of its kind have it."""
    kind = _read(AccountKind, raw.get("kind", AccountKind.SERVICE.value), f"{place}.kind")
    number, made = STANDARD[kind]
    appid = _read(str, raw.get("appid", made(number).appid), f"{place}.appid")
    standard = made(int(appid[-10:], 16)) if accounts.APPID.fullmatch(appid) else made(number)
    return _read(Account, {**Record(Account).write(standard, Book(), ""), **raw}, place)


def _person(raw: dict[str, Any], place: str, appids: list[str]) -> Person:
    """A person; an avatar that is an empty text is none, which TOML has no word for."""
    given = {"nickname": raw.get("name"), "avatar": NEWCOMERS_AVATAR, **raw}
    person = _read(Person, given | {"avatar": given["avatar"] or None}, place)
    for appid in person.follows:
        if appid not in appids:
            raise Unreadable(f"{place}.follows", unknown("account", appid, appids))
    return person


def _arm(world: World, raw: dict[str, Any], place: str) -> None:
    fault = _read(SeedFault, raw, place)
    if (fault.preset is None) == (fault.operation is None or fault.what is None):
        raise Unreadable(place, "a fault is a preset, or an operation and what goes wrong with it")
    try:
        if fault.preset is not None:
            world.faults.preset(fault.preset)
        elif fault.operation is not None and fault.what is not None:
            world.faults.add(
                fault.operation,
                fault.what,
                times=None if fault.always else fault.times,
                chance=fault.chance,
                seed=fault.seed,
                nth=fault.nth,
                appid=fault.appid,
                person=fault.person,
                seconds=fault.seconds,
                jitter_seconds=fault.jitter_seconds,
            )
    except ValueError as error:
        raise Unreadable(place, str(error)) from None


def _with_time(raw: Any) -> Any:
    """The same with seconds in place of a time."""
    at = raw.get("at") if _is_table(raw) else None
    if not isinstance(at, datetime):
        return raw
    if at.tzinfo is None:
        raise Unreadable("clock.at", f"{at.isoformat()} names no time zone; {at.isoformat()}Z is UTC")
    return {**raw, "at": at.timestamp()}


def _table(said: Mapping[str, Any], name: str) -> dict[str, Any]:
    table = said.get(name, {})
    if not _is_table(table):
        raise Unreadable(name, f"this is a table: write [{name}]")
    return table


def _is_table(raw: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(raw, dict)


def _is_list(raw: Any) -> TypeGuard[list[Any]]:
    return isinstance(raw, list)


def _each(said: Mapping[str, Any], name: str, made: Callable[[dict[str, Any], str], T]) -> list[T]:
    tables = said.get(name, [])
    if not _is_list(tables) or not all(_is_table(table) for table in tables):
        raise Unreadable(name, f"these are tables: write [[{name}]] above each")
    return [made(table, f"{name}[{index}]") for index, table in enumerate(tables)]


def _read(kind: type[T], raw: Any, place: str) -> T:
    hint: Any = kind
    value: T = form_of(hint).read(raw, Book(), place)
    return value
