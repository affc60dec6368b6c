"""An export as a table of SQLite or PostgreSQL: rows and checkpoint change in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

import msgspec

from wxauth.cli.followers_place import Checkpoint, Page
from wxauth.cli.followers_row import Row, Tally
from wxauth.errors import StoreError, UsageError

SCHEMA = (
    """CREATE TABLE IF NOT EXISTS wxauth_followers (
        appid TEXT NOT NULL, openid TEXT NOT NULL, unionid TEXT, subscribed BOOLEAN NOT NULL, subscribe_time BIGINT,
        remark TEXT NOT NULL, tag_ids TEXT NOT NULL, language TEXT NOT NULL, scene TEXT NOT NULL,
        exported_at BIGINT NOT NULL, PRIMARY KEY (appid, openid))""",
    """CREATE TABLE IF NOT EXISTS wxauth_followers_checkpoint (
        appid TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (appid, name))""",
)
"""tag_ids is JSON. A checkpoint has two rows, since a page is long and changes a hundred times less often."""
UPSERT = """INSERT INTO wxauth_followers
    (appid, openid, unionid, subscribed, subscribe_time, remark, tag_ids, language, scene, exported_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (appid, openid) DO UPDATE SET unionid = excluded.unionid, subscribed = excluded.subscribed,
    subscribe_time = excluded.subscribe_time, remark = excluded.remark, tag_ids = excluded.tag_ids,
    language = excluded.language, scene = excluded.scene, exported_at = excluded.exported_at"""
NOTE = """INSERT INTO wxauth_followers_checkpoint (appid, name, value) VALUES (?, ?, ?)
    ON CONFLICT (appid, name) DO UPDATE SET value = excluded.value"""
READ = "SELECT name, value FROM wxauth_followers_checkpoint WHERE appid = ?"
FORGET = "DELETE FROM wxauth_followers_checkpoint WHERE appid = ?"


class _Done(msgspec.Struct, frozen=True):
    """What is noted about the batches of the page in work."""

    done: frozenset[int]
    tally: Tally


class Cursor(Protocol):
    """As the drivers have it."""

    def execute(self, query: Any, parameters: Sequence[object] = ..., /) -> Any:
        """Run a statement."""
        ...

    def executemany(self, query: Any, rows: Iterable[Sequence[object]], /) -> Any:
        """Run a statement for each row."""
        ...

    def fetchall(self) -> Sequence[Any]:
        """What a query found."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class Connection(Protocol):
    """As the drivers have it."""

    def cursor(self) -> Any:
        """Something to run statements with."""
        ...

    def commit(self) -> None:
        """End a transaction; what it did is there from now on."""
        ...

    def close(self) -> None:
        """Close it; a transaction that is open is undone."""
        ...


class Table:
    """The table ``wxauth_followers``, and beside it ``wxauth_followers_checkpoint``.

    Args:
        connection: to the database.
        mark: what stands for a parameter in its statements.
        trouble: what its driver raises.
    """

    def __init__(self, connection: Connection, *, mark: str, trouble: type[Exception]) -> None:
        self._connection = connection
        self._mark = mark
        self._trouble = trouble
        self._appid = ""
        self._done: frozenset[int] = frozenset()

    def open(self, appid: str) -> Checkpoint | None:
        """Make the tables if there are none, and read how far an export has come."""
        self._appid = appid
        for statement in SCHEMA:
            self._change((statement, [()]))
        notes = self._notes()
        if "page" not in notes:
            return None
        try:
            page = msgspec.json.decode(notes["page"], type=Page)
            done = msgspec.json.decode(notes["done"], type=_Done)
        except (KeyError, msgspec.MsgspecError):
            raise UsageError(
                f"the checkpoint of {appid} cannot be read; to begin anew, delete it from wxauth_followers_checkpoint"
            ) from None
        self._done = done.done
        return Checkpoint(page=page, done=done.done, tally=done.tally)

    def turn_to(self, page: Page, tally: Tally) -> None:
        """Note the page, and that none of its batches is done."""
        self._done = frozenset()
        self._change((NOTE, [self._note("page", page), self._note("done", _Done(self._done, tally))]))

    def keep(self, batch: int, rows: Sequence[Row], tally: Tally) -> None:
        """Write the rows and the note in one transaction."""
        done = self._done | {batch}
        self._change((UPSERT, [self._values(row) for row in rows]), (NOTE, [self._note("done", _Done(done, tally))]))
        self._done = done

    def finish(self) -> None:
        """Delete the checkpoint."""
        self._change((FORGET, [(self._appid,)]))

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _notes(self) -> dict[str, str]:
        try:
            with closing(self._connection.cursor()) as cursor:
                cursor.execute(self._own(READ), (self._appid,))
                return dict(cursor.fetchall())
        except self._trouble as error:
            raise _failed(error) from None

    def _change(self, *steps: tuple[str, list[tuple[object, ...]]]) -> None:
        try:
            with closing(self._connection.cursor()) as cursor:
                for statement, rows in steps:
                    cursor.executemany(self._own(statement), rows)
            self._connection.commit()
        except self._trouble as error:
            raise _failed(error) from None

    def _own(self, statement: str) -> str:
        return statement.replace("?", self._mark)

    def _note(self, name: str, value: object) -> tuple[object, ...]:
        return self._appid, name, msgspec.json.encode(value).decode()

    def _values(self, row: Row) -> tuple[object, ...]:
        return (
            self._appid,
            row.openid,
            row.unionid,
            row.subscribed,
            row.subscribe_time,
            row.remark.replace("\0", ""),  # which PostgreSQL's text cannot hold
            msgspec.json.encode(row.tag_ids).decode(),
            row.language,
            row.scene,
            row.exported_at,
        )


def sqlite_place(path: Path) -> Table:
    """A file of SQLite. A commit is on the disk, as SQLite does it by default."""
    import sqlite3

    try:
        return Table(sqlite3.connect(path), mark="?", trouble=sqlite3.Error)
    except sqlite3.Error as error:
        raise UsageError(f"{path.name} cannot be opened: {error}") from None


def postgres_place(url: str) -> Table:
    """A database of PostgreSQL; libpq finds the password in PGPASSWORD or ~/.pgpass, where it is in no process list."""
    from wxauth.stores.extras import Needs

    with Needs("postgres"):
        import psycopg

    try:
        return Table(psycopg.connect(url), mark="%s", trouble=psycopg.Error)
    except psycopg.Error as error:
        raise UsageError(f"the database of --to does not let us in ({type(error).__name__}); check its url") from None


def _failed(error: Exception) -> StoreError:
    # The words of a driver may quote a row.
    return StoreError(f"the database could not keep the export ({type(error).__name__}); the same command goes on")
