"""The world that the markers of a test wish for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from hashlib import blake2b
from typing import Any

from wxauth.sandbox.accounts import APPID, Account, followed
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.fault import unknown
from wxauth.sandbox.faults import Faults
from wxauth.sandbox.people import Person, default_people
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.world import World

WISHES = ("appid", "people", "at", "frozen", "switches", "faults")
AVATAR = "#5b6f8f"


def wished_world(test: str, wishes: Mapping[str, Any]) -> World:
    """A new world.

    Args:
        test: the id of the test, from which all appids, codes and tokens are derived.
        wishes: by the names in WISHES.

    Raises:
        ValueError: a wish is unknown (with the one that was probably meant) or cannot be.
    """
    _refuse_unknown("wish", wishes, WISHES)
    accounts = _accounts(test, wishes.get("appid"))
    world = World(
        accounts=accounts,
        people=_people(wishes.get("people", ()), followed(tuple(accounts))),
        clock=Clock(at=_unix(wishes.get("at")), frozen=wishes.get("frozen", False)),
        switches=_switches(wishes.get("switches", {})),
        salt=test,
    )
    _arm(world.faults, wishes.get("faults", ()))
    return world


def _accounts(test: str, appid: str | None) -> list[Account]:
    """The accounts of every sandbox, under appids of this test's own; the first under the wished one."""
    if appid is not None and not APPID.fullmatch(appid):
        raise ValueError(f"{appid!r} is not a sandbox appid: wx5a4db0 and ten hex digits in lower case")
    own = [
        _numbered(account, blake2b(f"{test}\0{place}".encode(), digest_size=5).hexdigest())
        for place, account in enumerate(World().accounts)
    ]
    return own if appid is None else [_numbered(own[0], appid[-10:]), *own[1:]]


def _numbered(account: Account, digits: str) -> Account:
    return replace(account, appid=account.appid[:-10] + digits, secret=account.secret[:-10] + digits)


def _people(wished: Iterable[Person | str], appids: list[str]) -> list[Person]:
    _demand_list("people", wished)
    return [person if isinstance(person, Person) else _named(person, appids) for person in wished]


def _named(name: str, appids: list[str]) -> Person:
    """The one of the people of every world who is called that, else somebody new."""
    known = (person for person in default_people(*appids) if person.answers_to(name))
    return next(known, Person(name=name, nickname=name, avatar=AVATAR))


def _unix(at: str | float | None) -> float | None:
    if at is None or isinstance(at, (int, float)):
        return at
    try:
        moment = datetime.fromisoformat(at)
    except (ValueError, TypeError):
        raise ValueError(f"at has to be like 2026-01-01T00:00:00Z, not {at!r}") from None
    if moment.tzinfo is None:
        raise ValueError(f"at={at!r} names no time zone; {at}Z is UTC")
    return moment.timestamp()


def _switches(wished: Mapping[str, Any]) -> Switches:
    _refuse_unknown("switch", wished, [field.name for field in fields(Switches)])
    return Switches(**wished)


def _arm(faults: Faults, wished: Iterable[str | tuple[str, int | str]]) -> None:
    _demand_list("faults", wished)
    for fault in wished:
        if isinstance(fault, str):
            faults.preset(fault)
        elif len(fault) == 2:
            faults.once(*fault)
        else:
            raise ValueError(f"a fault is the name of a preset, or what it hits and how: ('token', 40163), not {fault}")


def _demand_list(wish: str, given: object) -> None:
    """A text is a list of its characters to Python, and never what was meant."""
    if isinstance(given, str):
        raise ValueError(f"{wish} is a list, such as {wish}=[{given!r}]")


def _refuse_unknown(what: str, given: Iterable[str], known: Iterable[str]) -> None:
    names = list(known)
    for name in given:
        if name not in names:
            raise ValueError(unknown(what, name, names))
