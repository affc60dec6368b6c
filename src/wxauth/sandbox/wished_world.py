"""The world that the markers of a test wish for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from difflib import get_close_matches
from hashlib import blake2b
from typing import Any

from wxauth.sandbox.accounts import APPID, Account, numbered_account
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.people import Person, default_people
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.world import World

WISHES = ("appid", "people", "at", "frozen", "switches")
AVATAR = "#5b6f8f"


def wished_world(test: str, wishes: Mapping[str, Any]) -> World:
    """A new world.

    Args:
        test: the id of the test. What the world issues is derived from it, and the appid, unless one is wished for.
        wishes: by the names in WISHES.

    Raises:
        ValueError: a wish is unknown (with the one that was probably meant) or cannot be.
    """
    _refuse_unknown(wishes, WISHES, "wish")
    account = _account(test, wishes.get("appid"))
    return World(
        accounts=[account],
        people=_people(wishes.get("people", ()), account.appid),
        clock=Clock(at=_unix(wishes.get("at")), frozen=wishes.get("frozen", False)),
        switches=_switches(wishes.get("switches", {})),
        salt=test,
    )


def _account(test: str, appid: str | None) -> Account:
    if appid is None:
        return numbered_account(int.from_bytes(blake2b(test.encode(), digest_size=5).digest()))
    if not APPID.fullmatch(appid):
        raise ValueError(f"{appid!r} is not a sandbox appid: wx5a4db0 and ten hex digits in lower case")
    return numbered_account(int(appid.removeprefix("wx5a4db0"), 16))


def _people(wished: Iterable[Person | str], appid: str) -> list[Person]:
    if isinstance(wished, str):
        raise ValueError(f"people is a list, such as people=[{wished!r}]")
    return [person if isinstance(person, Person) else _named(person, appid) for person in wished]


def _named(name: str, appid: str) -> Person:
    """The one of the people of every world who is called that, else somebody new."""
    known = (person for person in default_people(appid) if person.answers_to(name))
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
    _refuse_unknown(wished, [field.name for field in fields(Switches)], "switch")
    return Switches(**wished)


def _refuse_unknown(given: Iterable[str], known: Iterable[str], what: str) -> None:
    names = sorted(known)
    for name in given:
        if name not in names:
            near = get_close_matches(name, names, n=1)
            raise ValueError(
                f"{name} is no {what}; " + (f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}")
            )
