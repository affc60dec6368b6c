"""Where an export goes, and what is kept there so that it can go on after any interruption."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from wxauth.cli.followers_row import Row, Tally
from wxauth.errors import UsageError

BATCH = 100
"""How many people are asked about at once."""
SQLITE = "sqlite:///"
POSTGRES = ("postgresql://", "postgres://")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of the list of all followers, kept whole: asked for again, it could have moved.

    Attributes:
        openids: who is on it.
        next_openid: what the page after it is asked for with.
        total: how many people follow the account, as WeChat said then.
    """

    openids: tuple[str, ...]
    next_openid: str
    total: int

    def batches(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Its people, by the hundred, numbered."""
        for number, start in enumerate(range(0, len(self.openids), BATCH)):
            yield number, self.openids[start : start + BATCH]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """How far an export has come.

    Attributes:
        page: the page in work; None before the first.
        done: numbers of its batches that are in the export.
        tally: how many people are in the export.
    """

    page: Page | None = None
    done: frozenset[int] = field(default_factory=frozenset[int])
    tally: Tally = field(default_factory=Tally)


class Place(Protocol):
    """Where rows go. Every step is there as a whole or not at all, whatever is killed meanwhile."""

    def open(self, appid: str) -> Checkpoint | None:
        """Begin, or go on: how far an earlier export of this account came here; None when there is none to go on."""
        ...

    def turn_to(self, page: Page, tally: Tally) -> None:
        """Note the page that is worked on from now on."""
        ...

    def keep(self, batch: int, rows: Sequence[Row], tally: Tally) -> None:
        """Write the rows of a batch, and note that it is done."""
        ...

    def finish(self) -> None:
        """The export is complete: forget how far it has come."""
        ...

    def close(self) -> None:
        """Let go of the place."""
        ...


def place_at(to: str) -> Place:
    """The place that ``--to`` names.

    Raises:
        UsageError: there is no such kind of place. Only the scheme is quoted: the rest may hold a password.
    """
    if to.startswith(SQLITE) and to != SQLITE:
        from wxauth.cli.followers_sql import sqlite_place

        return sqlite_place(Path(to.removeprefix(SQLITE)))
    if to.startswith(POSTGRES):
        from wxauth.cli.followers_sql import postgres_place

        return postgres_place(to)
    if "://" in to or not Path(to).name or to.endswith((".db", ".sqlite", ".csv")):
        raise UsageError("--to is a file such as users.jsonl, sqlite:///users.db, or postgresql://host/database")
    from wxauth.cli.followers_jsonl import JsonLines

    return JsonLines(Path(to))
