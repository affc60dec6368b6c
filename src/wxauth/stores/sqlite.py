"""A store in one SQLite file, for all threads and processes of one machine.

On a crash: what a command answered is on the disk, also when the process is killed or the power fails (write-ahead log,
``synchronous=FULL``), as far as the disk keeps what it says it wrote. The file opens again by itself.

The file needs a local disk: SQLite's locks cannot be trusted on network file systems. Every command is one statement,
and it reads the clock while it holds the lock, so that a key cannot outlive its time by waiting.

SQLite must not be carried across a fork: what parent and child then write can be lost, even when the child opens a
connection of its own (https://www.sqlite.org/howtocorrupt.html, 2.6). So a fork finds every store at rest, its
connection closed, and whoever needs it afterwards opens it anew.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, assert_never
from weakref import WeakValueDictionary

from wxauth.errors import StoreError, UsageError
from wxauth.flow.effects import Add, Delete, Get, Put, StoreCommand, Swap, Take
from wxauth.stores.base import AsyncStore, Store, checked

T = TypeVar("T")
Clock = Callable[[], float]

BUSY_SECONDS = 5.0
"""How long a command waits for other processes before it is a StoreError."""
PAUSE_SECONDS = 0.002
WRITES_PER_SWEEP = 100
DEAD_PER_SWEEP = 200
OLDEST_SQLITE = (3, 37, 0)
"""The first with STRICT tables."""

APPLICATION_ID = 0x77786175
"""Marks the file as ours (``wxau``), whatever other programs number their schemas."""
SCHEMA_VERSION = 1
SCHEMA = (
    """CREATE TABLE entry (
        key TEXT NOT NULL COLLATE BINARY PRIMARY KEY,
        value BLOB NOT NULL,
        expires_at REAL NOT NULL
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX entry_expires_at ON entry (expires_at)",
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {SCHEMA_VERSION}",
)

GET = "SELECT value FROM entry WHERE key = ? AND expires_at > now()"
PUT = """INSERT INTO entry (key, value, expires_at) VALUES (?, ?, now() + ?)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at"""
ADD = f"{PUT} WHERE entry.expires_at <= now() RETURNING 1"
TAKE = "DELETE FROM entry WHERE key = ? AND expires_at > now() RETURNING value"
SWAP = """UPDATE entry SET value = ?, expires_at = now() + ?
    WHERE key = ? AND value = ? AND expires_at > now() RETURNING 1"""
DELETE = "DELETE FROM entry WHERE key = ?"
SWEEP = """DELETE FROM entry WHERE key IN
    (SELECT key FROM entry WHERE expires_at <= now() ORDER BY expires_at LIMIT ?)"""

PROBLEMS = {
    sqlite3.SQLITE_BUSY: f"another process has kept it locked for over {BUSY_SECONDS:g} s; find out which one",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; it must be a file, and this process must be allowed to write to it",
    sqlite3.SQLITE_CORRUPT: "it is damaged; move it away to start with an empty one, or restore a copy",
    sqlite3.SQLITE_FULL: "the disk is full; free some space",
    sqlite3.SQLITE_IOERR: "the disk could not be read or written; look at the system's log",
    sqlite3.SQLITE_NOTADB: "it is not a SQLite database; choose another path, or move the file away",
    sqlite3.SQLITE_PERM: "this process may not use it; change its owner or mode",
    sqlite3.SQLITE_READONLY: "it is read-only for this process; change its owner or mode, or choose another path",
}


class SQLiteStore(Store):
    """A store in one SQLite file, for any number of threads and processes.

    The file is opened, or created with mode 0600, when the store is made, and opened anew after a fork.

    Args:
        path: a file on a local disk, in a folder that exists.
        now: unix time in seconds; all processes that share the file must agree on it.

    Raises:
        UsageError: the path is empty or ``:memory:``.
        StoreError: the file cannot serve: no folder, read-only, not a database, another program's, a newer schema.
    """

    def __init__(self, path: str | os.PathLike[str], *, now: Clock = time.time) -> None:
        self._path = _real_path(path)
        self._now = now
        self._lock = threading.Lock()
        self._writes_to_sweep = 0
        self._connection: sqlite3.Connection | None = _open(self._path, now)
        self._pid = os.getpid()
        _stores[id(self)] = self

    def rest(self) -> None:
        """Close the connection and let no command begin until ``wake``: what a fork needs around it."""
        self._lock.acquire()
        self._disconnect()

    def wake(self) -> None:
        """Let commands begin again; the next one opens the file anew."""
        self._lock.release()

    def _perform(self, command: StoreCommand) -> Any:
        sql, parameters = _statement(command)
        with self._lock:
            connection = self._connected(command)
            try:
                if not isinstance(command, Get):
                    self._sweep(connection)
                rows = _patiently(lambda: connection.execute(sql, parameters).fetchall())
            except sqlite3.Error as error:
                raise _problem(self._path, error) from error
        if isinstance(command, Add | Swap):
            return bool(rows)
        return rows[0][0] if rows else None

    def _close(self) -> None:
        with self._lock:
            self._disconnect()

    def _connected(self, command: StoreCommand) -> sqlite3.Connection:
        if self._connection is None:
            checked(command, closed=self._closed)  # it may have been closed while the command waited for its turn
            self._connection, self._pid = _open(self._path, self._now), os.getpid()
        if self._pid != os.getpid():
            raise StoreError(
                f"{self._path}: this process was forked in a way Python was not told of, with the file open; "
                "make the store after the fork (uWSGI: lazy-apps = true)"
            )
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _sweep(self, connection: sqlite3.Connection) -> None:
        # Before the command, so that a failing sweep cannot cost a value that was already taken.
        if self._writes_to_sweep == 0:
            _patiently(lambda: connection.execute(SWEEP, (DEAD_PER_SWEEP,)))
            self._writes_to_sweep = WRITES_PER_SWEEP
        self._writes_to_sweep -= 1


class AsyncSQLiteStore(AsyncStore):
    """A store in one SQLite file, for tasks: a SQLiteStore in a single thread of its own, so the loop never waits.

    Only making it blocks, for as long as opening the file takes: make it before the loop serves anybody.

    Args:
        path: a file on a local disk, in a folder that exists.
        now: unix time in seconds; all processes that share the file must agree on it.

    Raises:
        UsageError, StoreError: as SQLiteStore.
    """

    def __init__(self, path: str | os.PathLike[str], *, now: Clock = time.time) -> None:
        self._store = SQLiteStore(path, now=now)
        self._new_worker()

    async def _perform(self, command: StoreCommand) -> Any:
        return await self._in_worker(lambda: self._store.perform(command))

    async def _close(self) -> None:
        await self._in_worker(self._store.close)
        self._worker.shutdown(wait=False)

    async def _in_worker(self, work: Callable[[], T]) -> T:
        if self._pid != os.getpid():  # the thread stayed behind in the parent
            self._new_worker()
        return await asyncio.get_running_loop().run_in_executor(self._worker, work)

    def _new_worker(self) -> None:
        self._worker, self._pid = ThreadPoolExecutor(1, "wxauth-sqlite"), os.getpid()


def _statement(command: StoreCommand) -> tuple[str, tuple[str | bytes | float, ...]]:
    match command:
        case Get(key):
            return GET, (key,)
        case Put(key, value, ttl_seconds):
            return PUT, (key, value, float(ttl_seconds))
        case Add(key, value, ttl_seconds):
            return ADD, (key, value, float(ttl_seconds))
        case Take(key):
            return TAKE, (key,)
        case Swap(key, expected, value, ttl_seconds):
            return SWAP, (value, float(ttl_seconds), key, expected)
        case Delete(key):
            return DELETE, (key,)
        case _:
            assert_never(command)


def _real_path(path: str | os.PathLike[str]) -> str:
    name = os.fspath(path)
    if not name or "\0" in name:
        raise UsageError("the path of a SQLite store is the name of a file, for example sign-in.db")
    if name.startswith((":memory:", "file:")):
        raise UsageError(
            "a SQLite store is a file on disk, given by its path; for the memory of one process use MemoryStore"
        )
    return os.path.realpath(name)


def _open(path: str, now: Clock) -> sqlite3.Connection:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StoreError(f"this Python has SQLite {sqlite3.sqlite_version}; 3.37 or newer is needed, so update Python")
    try:
        _create_file(path)
        return _patiently(lambda: _connect(path, now))
    except FileNotFoundError as error:
        raise StoreError(f"{path}: its folder does not exist; create it, or choose another path") from error
    except OSError as error:
        raise StoreError(f"{path}: it cannot be created ({error.strerror}); choose another path") from error
    except sqlite3.Error as error:
        raise _problem(path, error) from error


def _create_file(path: str) -> None:
    """Create an empty file that nobody else may read, unless there is one.

    Its descriptor is closed before it gets its name: closing any descriptor of a database takes away the locks that
    this process holds on it (https://www.sqlite.org/howtocorrupt.html, 2.2).
    """
    if Path(path).exists():
        return
    draft = Path(f"{path}.{secrets.token_hex(8)}")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with suppress(FileExistsError):  # another process was quicker
            os.link(draft, path)
    finally:
        draft.unlink()


def _patiently(work: Callable[[], T]) -> T:
    """Do what another process's lock may refuse, again and again for BUSY_SECONDS; what was refused has done nothing.

    SQLite could wait by itself, but it pauses for up to 0.1 s, so that a process can starve beside one that writes
    without a pause; and it does not wait at all when several processes turn a new file to write-ahead logging at once.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            return work()
        except sqlite3.OperationalError as error:
            if _primary_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                raise
        time.sleep(PAUSE_SECONDS)


def _connect(path: str, now: Clock) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("BEGIN IMMEDIATE")
        _settle_schema(connection, path)
        connection.execute(DELETE, ("",))  # no key is empty; but a read-only file is refused now, not in mid sign-in
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.create_function("now", 0, now)
    except BaseException:
        connection.close()
        raise
    return connection


def _settle_schema(connection: sqlite3.Connection, path: str) -> None:
    query = """SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)
        FROM pragma_application_id, pragma_user_version"""
    application_id, version, tables = connection.execute(query).fetchone()
    if (application_id, version, tables) == (0, 0, 0):
        for statement in SCHEMA:
            connection.execute(statement)
    elif application_id != APPLICATION_ID:
        raise StoreError(f"{path}: it is the database of another program; choose another path")
    elif version != SCHEMA_VERSION:
        raise StoreError(
            f"{path}: its schema has version {version}, this wxauth knows version {SCHEMA_VERSION}; "
            "update wxauth, or choose another path"
        )


def _problem(path: str, error: sqlite3.Error) -> StoreError:
    code = _primary_code(error)
    fallback = f"SQLite reports {getattr(error, 'sqlite_errorname', type(error).__name__)}"
    return StoreError(f"{path}: {PROBLEMS.get(code, fallback)}")


def _primary_code(error: sqlite3.Error) -> int:
    extended: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return extended & 0xFF


class _AtRest(threading.local):
    """The stores that a fork of this thread has put to rest."""

    stores: tuple[SQLiteStore, ...] = ()


_stores: WeakValueDictionary[int, SQLiteStore] = WeakValueDictionary()
_at_rest = _AtRest()


def _before_fork() -> None:
    _at_rest.stores = tuple(store for store in [reference() for reference in _stores.valuerefs()] if store is not None)
    for store in _at_rest.stores:
        store.rest()


def _after_fork() -> None:
    for store in _at_rest.stores:
        store.wake()
    _at_rest.stores = ()


if hasattr(os, "register_at_fork"):  # pragma: no branch  (Windows has no fork)
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork)
