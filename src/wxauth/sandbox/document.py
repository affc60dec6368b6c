"""A whole world as one document: everything in it, its time included."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from wxauth.sandbox.clock import LATEST
from wxauth.sandbox.written import Book, Form, Unreadable, Values, fill, form_of

if TYPE_CHECKING:
    from wxauth.sandbox.world import World

FORMAT = "wxauth sandbox world"
VERSION = 1
KEYS = ("format", "version", "world")
WANTED = (
    *("seed", "salt", "strict", "first_accounts", "first_people", "first_switches"),
    *("accounts", "people", "switches", "clock"),
)
"""What has to be in every document; a part that is missing is as in a new world."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole world, written down. The secrets and tokens of the sandbox stand in it as they are.

    Attributes:
        format: tells such a document from any other.
        version: of the format.
        world: everything in it, by parts.
    """

    format: str
    version: int
    world: Mapping[str, Any] = field(repr=False)

    @classmethod
    def parse(cls, text: str | bytes) -> Document:
        """What `text` gave; raises Unreadable."""
        try:
            sent: object = msgspec.json.decode(text)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise Unreadable("", f"an exported world is JSON, and this is not: {error}") from None
        if not isinstance(sent, dict) or set(sent) != set(KEYS):  # pyright: ignore[reportUnknownArgumentType] - JSON
            raise Unreadable("", f"an exported world is an object of {', '.join(KEYS)}, and this is not")
        try:
            return msgspec.convert(sent, cls)
        except msgspec.ValidationError as error:
            raise Unreadable("", f"this is no exported world: {error}") from None

    @property
    def text(self) -> str:
        """The document as readable JSON, the same for the same world."""
        return json.dumps(msgspec.to_builtins(self), ensure_ascii=False, indent=1) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read of a document: nothing has changed yet, and nothing can go wrong any more.

    Attributes:
        values: by attribute of the world.
    """

    values: Values

    @property
    def appids(self) -> tuple[str, ...]:
        """The appids of the accounts of the world to be, and of those that a reset will bring back."""
        accounts = (*self.values["accounts"], *self.values["_first_accounts"])
        return tuple(dict.fromkeys(account.appid for account in accounts))

    def begin(self, world: World) -> None:
        """Let a world know whatever is no part of it, which its parts are made from."""
        fill(world, {n: v for n, v in self.values.items() if n != "clock" and not isinstance(v, Values)})

    def finish(self, world: World) -> None:
        """Let its parts, the clock among them, hold what they held."""
        fill(world, self.values)


def written(world: World) -> Document:
    """A world as a document; what is being pushed, and who listens, are not in it."""
    return Document(format=FORMAT, version=VERSION, world=_form(world).write(world, Book(), ""))


def read(document: Document, world: World) -> Reading:
    """What a document says, for a world to become it; raises Unreadable."""
    if document.format != FORMAT:
        raise Unreadable("format", f"{FORMAT!r} is wanted here, not {document.format[:40]!r}")
    if document.version != VERSION:
        raise Unreadable("version", f"this wxauth reads version {VERSION}, not {document.version}")
    missing = [name for name in WANTED if name not in document.world]
    if missing:
        raise Unreadable("world", f"{missing[0]} is missing")
    values: Values = _form(world).read(document.world, Book(), "")
    _check(values, world)
    return Reading(values=values)


def _check_times(values: Values) -> None:
    clock = values["clock"]
    times = [("clock.unix", clock.unix), ("clock.first_at", clock.first_at or 0)]
    entries = values.get("journal", {}).get("_entries", ())
    times += [(f"journal.entries[{i}].at", each.at) for i, each in enumerate(entries)]
    times += [(f"journal.entries[{i}].real_at", each.real_at) for i, each in enumerate(entries)]
    for place, unix in times:
        if not 0 <= unix < LATEST:
            raise Unreadable(place, "a time is one of the years 1970 to 9998, in seconds since 1970")


def _form(world: World) -> Form:
    kind: Any = type(world)
    return form_of(kind)


def _check(values: Values, world: World) -> None:
    """What makes a world impossible though each of its values is not."""
    for name, key in (
        ("accounts", "appid"),
        ("people", "name"),
        ("_first_accounts", "appid"),
        ("_first_people", "name"),
    ):
        keys = [getattr(each, key) for each in values[name]]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise Unreadable(name.lstrip("_"), f"{twice} is there twice")
        if not keys and key == "appid":
            raise Unreadable(name.lstrip("_"), "a world has at least one account")
    _check_times(values)
    for due in values["clock"].due:
        if due.what not in world.clock.named:
            raise Unreadable("clock.due", f"nothing here is called {due.what[:80]!r}")
