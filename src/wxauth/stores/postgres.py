"""A store in PostgreSQL 12 or newer, for any number of machines.

Every command is one statement in a transaction of its own. None is ever sent twice: when an answer does not come, the
command raises StoreError, and whether it was done is unknown.

On a crash: what a command answered is in the write-ahead log, and is there after the server was killed or its machine
lost power, with the server's usual ``fsync = on`` and ``synchronous_commit = on``. The table is an ordinary, logged one
for that reason: an unlogged one would be quicker, and empty after every crash and on every standby, so that an ended
session could begin to count again from a copy, and everybody would have to sign in anew.

On a failover to a standby: what was acknowledged is there if ``synchronous_standby_names`` makes the server wait for
that standby; otherwise the last moments are lost, and a value taken in them can be taken again.

Time is the server's, ``clock_timestamp()``, read when a statement looks at a row, and not when its transaction began:
a key cannot outlive its time by waiting for a lock, and the machines that share a store need not agree on the time.

Nothing is set for a session, so PgBouncer may stand in between. In its transaction mode it knows prepared statements
from version 1.21 on, with ``max_prepared_statements`` set; before that, say ``prepare=False``.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Mapping
from typing import Any, assert_never

from wxauth.errors import StoreError, UsageError
from wxauth.flow.effects import Add, Delete, Get, Put, StoreCommand, Swap, Take
from wxauth.stores.base import AsyncStore, Store
from wxauth.stores.extras import Needs

with Needs("postgres"):
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    from wxauth.stores.postgres_pool import AsyncPool, NoneFree, NotConnected, Pool

WRITES_PER_SWEEP = 100
DEAD_PER_SWEEP = 200

TABLE_MARK = "wxauth store, schema "
"""What the comment on our table begins with; its version follows."""
SCHEMA_VERSION = "1"
SCHEMA = (
    """CREATE TABLE wxauth_store (
        key bytea PRIMARY KEY,
        value bytea NOT NULL,
        expires_at double precision NOT NULL
    )""",
    "CREATE INDEX wxauth_store_expires_at ON wxauth_store (expires_at)",
    f"COMMENT ON TABLE wxauth_store IS '{TABLE_MARK}{SCHEMA_VERSION}'",
)
"""Keys are the bytes of their UTF-8: text of PostgreSQL can hold no zero character, and depends on the encoding and the
collation of the database. A time is unix time in seconds, since a timestamp would end in the year 294276."""
SCHEMA_LOCK = 0x777861757468
"""Whoever creates the table holds this advisory lock, until the transaction ends."""

GET = "SELECT value FROM wxauth_store WHERE key = $1 AND expires_at > extract(epoch FROM clock_timestamp())"
PUT = """INSERT INTO wxauth_store AS held (key, value, expires_at)
    VALUES ($1, $2, extract(epoch FROM clock_timestamp()) + $3::float8)
    ON CONFLICT (key) DO UPDATE
    SET value = excluded.value, expires_at = extract(epoch FROM clock_timestamp()) + $3::float8"""
ADD = f"{PUT} WHERE held.expires_at <= extract(epoch FROM clock_timestamp())"
TAKE = """DELETE FROM wxauth_store WHERE key = $1 AND expires_at > extract(epoch FROM clock_timestamp())
    RETURNING value"""
SWAP = """UPDATE wxauth_store SET value = $3, expires_at = extract(epoch FROM clock_timestamp()) + $4::float8
    WHERE key = $1 AND value = $2 AND expires_at > extract(epoch FROM clock_timestamp())"""
DELETE = "DELETE FROM wxauth_store WHERE key = $1"
# The clock stands in a query of its own, which is asked once: so the index finds the dead, however many live.
SWEEP = """DELETE FROM wxauth_store WHERE key = ANY (ARRAY(
    SELECT key FROM wxauth_store WHERE expires_at <= (SELECT extract(epoch FROM clock_timestamp())::float8)
    ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED))"""
# Not to_regclass: it may answer from a cache that a lock of this kind does not refresh.
SCHEMA_OF = """SELECT obj_description(c.oid, 'pg_class') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relname = 'wxauth_store' AND n.nspname = ANY (current_schemas(false))
    ORDER BY array_position(current_schemas(false), n.nspname) LIMIT 1"""
LOCK = "SELECT pg_advisory_xact_lock($1)"

Question = tuple[str, tuple[bytes | float, ...]]
"""A statement and its parameters."""

PROBLEMS = {
    "28": "it refuses this user or password; correct them in the url",
    "3D": "it has no such database; create it, or correct the url",
    "3F": "the user has no schema to put a table in; create one, or give the right to use it",
    "42501": "this user may not do what a store does; grant it, or let another user create the table",
    "42P01": "the table of the store has gone; make the store anew, which creates it",
    "25006": "it is read-only, a standby perhaps; name the primary in the url",
    "40": "the command collided with another one and was not done; try again",
    "53100": "its disk is full; free some space",
    "53300": "it takes no more connections; raise max_connections, or put PgBouncer in between",
    "57014": "it gave the command up; look for a lock in pg_locks, and at its statement_timeout",
    "55P03": "another transaction has kept a lock; look at pg_locks",
    "57P": "it is stopping or starting; wait a moment",
}
"""SQLSTATE, or what it begins with, and what to do."""
REFUSALS = {
    "password authentication failed": PROBLEMS["28"],
    "no password supplied": PROBLEMS["28"],
    "does not exist": "it has no such database or user; create it, or correct the url",
    "no pg_hba.conf entry": "it does not take this user from here; look at its pg_hba.conf",
    "too many clients": PROBLEMS["53300"],
    "system is": PROBLEMS["57P"],
    "certificate": "its certificate cannot be trusted; look at sslmode and sslrootcert in the url",
    "SSL": "it does not speak TLS; look at sslmode in the url",
}
"""What a failed attempt to connect says in passing, since it has no SQLSTATE, and what to do."""


class PostgresStore(Store):
    """A store in PostgreSQL, for any number of threads, processes and machines.

    Nothing is sent before the first command, which creates the table ``wxauth_store`` if there is none. After a fork,
    parent and child have connections of their own.

    Args:
        url: ``postgresql://user:password@host:5432/database``, with the parameters of libpq.
        timeout_seconds: how long to wait for an answer, and for a free connection.
        prepare: whether statements may be prepared, which saves the server work.

    Raises:
        UsageError: the url cannot work.
    """

    def __init__(self, url: str, *, timeout_seconds: float = 2.0, prepare: bool = True) -> None:
        self._url, self._timeout_seconds = checked_url(url), timeout_seconds
        self._prepare = None if prepare else False  # None: psycopg prepares what comes often
        self._where = _where(self._url)
        self._opening = threading.Lock()
        self._sweeping = Sweeping()
        self._pools: list[object] = []
        self._forget()

    def _forget(self) -> None:
        """Begin without connections; after a fork those of the parent are kept open, and left alone."""
        self._pool = Pool(self._url, timeout_seconds=self._timeout_seconds, prepare=self._prepare)
        self._settled, self._pid = False, os.getpid()
        self._pools.append(self._pool)

    def _perform(self, command: StoreCommand) -> Any:
        if not self._settled or self._pid != os.getpid():
            self._settle()
        try:
            if self._sweeping.is_due(command):
                self._pool.ask(SWEEP, (DEAD_PER_SWEEP,))
            return _answer(command, *self._pool.ask(*_question(command)))
        except psycopg.Error as error:
            raise _problem(self._where, error) from None

    def _settle(self) -> None:
        with self._opening:
            if self._pid != os.getpid():
                self._forget()
            if self._settled:
                return
            try:
                with self._pool.connection() as connection:
                    self._create_if_missing(connection)
            except psycopg.Error as error:
                raise _problem(self._where, error) from None
            self._settled = True

    def _create_if_missing(self, connection: psycopg.Connection[Any]) -> None:
        if not _is_missing(self._where, connection.execute(SCHEMA_OF).fetchone()):
            return
        with connection.transaction():
            connection.execute(LOCK, (SCHEMA_LOCK,))
            if _is_missing(self._where, connection.execute(SCHEMA_OF).fetchone()):
                for statement in SCHEMA:
                    connection.execute(statement.encode())

    def _close(self) -> None:
        self._pool.close()


class AsyncPostgresStore(AsyncStore):
    """A store in PostgreSQL, for tasks. Its connections belong to the event loop of its first command.

    Nothing is sent before the first command, which creates the table ``wxauth_store`` if there is none. On Windows,
    psycopg needs ``asyncio.SelectorEventLoop``.

    Args:
        url: ``postgresql://user:password@host:5432/database``, with the parameters of libpq.
        timeout_seconds: how long to wait for an answer, and for a free connection.
        prepare: whether statements may be prepared, which saves the server work.

    Raises:
        UsageError: the url cannot work.
    """

    def __init__(self, url: str, *, timeout_seconds: float = 2.0, prepare: bool = True) -> None:
        self._url, self._timeout_seconds = checked_url(url), timeout_seconds
        self._prepare = None if prepare else False  # None: psycopg prepares what comes often
        self._where = _where(self._url)
        self._sweeping = Sweeping()
        self._pools: list[object] = []
        self._forget()

    def _forget(self) -> None:
        """Begin without connections; after a fork those of the parent are kept open, and left alone."""
        self._pool = AsyncPool(self._url, timeout_seconds=self._timeout_seconds, prepare=self._prepare)
        self._opening, self._settled, self._pid = asyncio.Lock(), False, os.getpid()
        self._pools.append(self._pool)

    async def _perform(self, command: StoreCommand) -> Any:
        if not self._settled or self._pid != os.getpid():
            await self._settle()
        try:
            if self._sweeping.is_due(command):
                await self._pool.ask(SWEEP, (DEAD_PER_SWEEP,))
            return _answer(command, *await self._pool.ask(*_question(command)))
        except psycopg.Error as error:
            raise _problem(self._where, error) from None

    async def _settle(self) -> None:
        if self._pid != os.getpid():
            self._forget()
        async with self._opening:
            if self._settled:
                return
            try:
                async with self._pool.connection() as connection:
                    await self._create_if_missing(connection)
            except psycopg.Error as error:
                raise _problem(self._where, error) from None
            self._settled = True

    async def _create_if_missing(self, connection: psycopg.AsyncConnection[Any]) -> None:
        if not _is_missing(self._where, await (await connection.execute(SCHEMA_OF)).fetchone()):
            return
        async with connection.transaction():
            await connection.execute(LOCK, (SCHEMA_LOCK,))
            if _is_missing(self._where, await (await connection.execute(SCHEMA_OF)).fetchone()):
                for statement in SCHEMA:
                    await connection.execute(statement.encode())

    async def _close(self) -> None:
        await self._pool.close()


class Sweeping:
    """When to delete dead rows: before the first write, and before each hundredth.

    Before a command and not after it, so that a sweep that fails cannot cost a value that was already taken.
    """

    def __init__(self) -> None:
        self._writes_left = 0

    def is_due(self, command: StoreCommand) -> bool:
        """Whether to sweep before this command."""
        if isinstance(command, Get):
            return False
        self._writes_left -= 1
        if self._writes_left >= 0:
            return False
        self._writes_left = WRITES_PER_SWEEP - 1
        return True


def _question(command: StoreCommand) -> Question:
    match command:
        case Get(key):
            return GET, (key.encode(),)
        case Put(key, value, ttl_seconds):
            return PUT, (key.encode(), value, float(ttl_seconds))
        case Add(key, value, ttl_seconds):
            return ADD, (key.encode(), value, float(ttl_seconds))
        case Take(key):
            return TAKE, (key.encode(),)
        case Swap(key, expected, value, ttl_seconds):
            return SWAP, (key.encode(), expected, value, float(ttl_seconds))
        case Delete(key):
            return DELETE, (key.encode(),)
        case _:
            assert_never(command)


def _answer(command: StoreCommand, touched: int, row: tuple[Any, ...] | None) -> Any:
    if isinstance(command, Add | Swap):
        return touched == 1
    return None if row is None else row[0]


def checked_url(url: str) -> str:
    """The url, if libpq can read it.

    Raises:
        UsageError: it cannot. Nothing of it is quoted: any part may hold a password.
    """
    try:
        if url.startswith(("postgres://", "postgresql://")) and _is_whole(conninfo_to_dict(url)):
            return url
    except psycopg.Error:
        pass
    raise UsageError(
        "the url of this PostgreSQL cannot be read; it is postgresql://user:password@host:5432/database, "
        "with special characters %-encoded"
    )


def _is_whole(parts: Mapping[str, object]) -> bool:
    """Whether no piece of a password has become part of the host, the port or the database, by an ``@`` or ``/``."""
    ports = str(parts.get("port") or "").split(",")
    places = f"{parts.get('host') or ''}{parts.get('dbname') or ''}"
    return "@" not in places and all(port.isdigit() or not port for port in ports)


def _where(url: str) -> str:
    """For people: never with user or password."""
    parts = conninfo_to_dict(url)
    return f"{parts.get('host') or 'its socket'}, database {parts.get('dbname') or 'of the user'}"


def _is_missing(where: str, found: tuple[Any, ...] | None) -> bool:
    """Whether there is no table yet; a table of somebody else is a StoreError."""
    if found is None:
        return True
    comment = found[0]
    if not str(comment).startswith(TABLE_MARK):
        raise StoreError(f"PostgreSQL at {where}: its table wxauth_store is another program's; use another schema")
    version = str(comment).removeprefix(TABLE_MARK)
    if version != SCHEMA_VERSION:
        raise StoreError(
            f"PostgreSQL at {where}: the schema of its store has version {version}, this wxauth knows "
            f"version {SCHEMA_VERSION}; update wxauth, or use another schema"
        )
    return False


def _problem(where: str, error: psycopg.Error) -> StoreError:
    """What to say: by the number of the error, since its text may quote a key."""
    return StoreError(f"PostgreSQL at {where}: {_advice(error)}")


def _advice(error: psycopg.Error) -> str:
    if isinstance(error, NoneFree):
        return "all its connections were busy for too long; nothing was sent"
    if isinstance(error, NotConnected):
        advice = [advice for words, advice in REFUSALS.items() if words in str(error)]
        return advice[0] if advice else "it cannot be reached; is it running, and is the address right?"
    if error.sqlstate is None:
        return "there was no answer, or the connection broke; whether the command was done is unknown"
    for length in (5, 3, 2):
        if error.sqlstate[:length] in PROBLEMS:
            return PROBLEMS[error.sqlstate[:length]]
    return f"it answers SQLSTATE {error.sqlstate}"
