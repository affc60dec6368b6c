"""Connections to one PostgreSQL: a bounded number, each lent to one caller at a time, none trusted after an error.

psycopg's own pool connects in threads behind the scenes, so that a wrong password shows as "no connection in time";
it pauses longer and longer before it tries again, does not survive a fork, and adds much to what a short statement
costs. A store needs less: lend a connection, look whether the server has hung up meanwhile, take it back.
"""

from __future__ import annotations

import asyncio
import select
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import psycopg
from psycopg import waiting
from psycopg.abc import PQGen
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import TupleRow

CONNECTIONS = 8
"""The most that one store keeps open; further commands wait their turn. PostgreSQL takes 100 in all as it comes."""
CONNECT_SECONDS = 2
"""The least that libpq can wait; ``connect_timeout`` in the url says otherwise."""
READ_COMMITTED = psycopg.IsolationLevel.READ_COMMITTED
"""For the transaction that creates the table: it has to see what was created while it waited for its lock."""

Answer = tuple[int, TupleRow | None]
"""How many rows a statement touched, and the first that it returned."""


class NotConnected(psycopg.OperationalError):
    """No connection could be made, so nothing was sent."""


class NoneFree(psycopg.OperationalError):
    """Every connection was lent out for too long, so nothing was sent."""


class _Connection(psycopg.Connection[TupleRow]):
    """A connection on which no answer is awaited for ever, as when the server has been stopped or cut off."""

    seconds: float

    def wait(self, gen: PQGen[Any], interval: float = 0.1, timeout: float | None = None) -> Any:
        return waiting.wait(gen, self.pgconn.socket, interval, self.seconds if timeout is None else timeout)


class _AsyncConnection(psycopg.AsyncConnection[TupleRow]):
    """The same for tasks. One that is cancelled is gone at once, without asking the server to cancel as well."""

    seconds: float

    async def wait(self, gen: PQGen[Any], interval: float = 0.1, timeout: float | None = None) -> Any:  # noqa: ASYNC109  psycopg's
        seconds = self.seconds if timeout is None else timeout
        return await waiting.wait_async(gen, self.pgconn.socket, interval, seconds)


class _Lent:
    """One connection of a pool, with its cursor, and a way to see whether the server has said something unasked."""

    __slots__ = ("connection", "cursor", "is_readable")

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.cursor: Any = connection.cursor()
        self.is_readable = _readable(connection.pgconn.socket)

    def answer(self) -> tuple[int, bool]:
        """How many rows the statement touched, and whether there is one to fetch."""
        touched: int = self.cursor.rowcount
        return touched, touched > 0 and self.cursor.rownumber is not None


class Pool:
    """Connections for threads.

    Args:
        url: as libpq reads it.
        timeout_seconds: how long to wait for an answer, and for a free connection.
        prepare: False never prepares a statement, None does once it has come five times.
    """

    def __init__(self, url: str, *, timeout_seconds: float, prepare: bool | None) -> None:
        self._url, self._seconds, self._prepare = url, timeout_seconds, prepare
        self._free = threading.Semaphore(CONNECTIONS)
        self._idle: list[_Lent] = []
        self._closed = False

    def ask(self, sql: str, parameters: tuple[bytes | float, ...]) -> Answer:
        """The answer to one statement, sent once."""
        lent = self._lend()
        try:
            lent.cursor.execute(sql, parameters, prepare=self._prepare)
            touched, has_row = lent.answer()
            row: TupleRow | None = lent.cursor.fetchone() if has_row else None
        except BaseException:
            self._drop(lent)
            raise
        self._take_back(lent)
        return touched, row

    @contextmanager
    def connection(self) -> Generator[psycopg.Connection[TupleRow], None]:
        """A connection for several statements."""
        lent = self._lend()
        try:
            yield lent.connection
        except BaseException:
            self._drop(lent)
            raise
        self._take_back(lent)

    def close(self) -> None:
        """Close what is idle now, and what is lent out when it comes back."""
        self._closed = True
        while self._idle:
            self._idle.pop().connection.close()

    def _lend(self) -> _Lent:
        if not self._free.acquire(timeout=self._seconds):
            raise NoneFree
        try:
            while self._idle:
                lent = self._idle.pop()
                if not lent.is_readable():
                    return lent
                lent.connection.close()  # the server has hung up
            return _Lent(self._connect())
        except BaseException:
            self._free.release()
            raise

    def _connect(self) -> _Connection:
        try:
            connection = _Connection.connect(self._url, **_options(self._url, psycopg.RawCursor))
        except psycopg.OperationalError as error:
            raise NotConnected(str(error)) from None
        connection.seconds = self._seconds
        connection.isolation_level = READ_COMMITTED
        return connection

    def _drop(self, lent: _Lent) -> None:
        lent.connection.close()
        self._free.release()

    def _take_back(self, lent: _Lent) -> None:
        if self._closed:
            lent.connection.close()
        else:
            self._idle.append(lent)
        self._free.release()


class AsyncPool:
    """Connections for the tasks of one event loop.

    Args:
        url: as libpq reads it.
        timeout_seconds: how long to wait for an answer, and for a free connection.
        prepare: False never prepares a statement, None does once it has come five times.
    """

    def __init__(self, url: str, *, timeout_seconds: float, prepare: bool | None) -> None:
        self._url, self._seconds, self._prepare = url, timeout_seconds, prepare
        self._free = asyncio.Semaphore(CONNECTIONS)
        self._idle: list[_Lent] = []
        self._closed = False

    async def ask(self, sql: str, parameters: tuple[bytes | float, ...]) -> Answer:
        """The answer to one statement, sent once."""
        lent = await self._lend()
        try:
            await lent.cursor.execute(sql, parameters, prepare=self._prepare)
            touched, has_row = lent.answer()
            row: TupleRow | None = await lent.cursor.fetchone() if has_row else None
        except BaseException:
            await self._drop(lent)
            raise
        await self._take_back(lent)
        return touched, row

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[psycopg.AsyncConnection[TupleRow]]:
        """A connection for several statements."""
        lent = await self._lend()
        try:
            yield lent.connection
        except BaseException:
            await self._drop(lent)
            raise
        await self._take_back(lent)

    async def close(self) -> None:
        """Close what is idle now, and what is lent out when it comes back."""
        self._closed = True
        while self._idle:
            await self._idle.pop().connection.close()

    async def _lend(self) -> _Lent:
        try:
            async with asyncio.timeout(self._seconds if self._free.locked() else None):
                await self._free.acquire()
        except TimeoutError:
            raise NoneFree from None
        try:
            while self._idle:
                lent = self._idle.pop()
                if not lent.is_readable():
                    return lent
                await lent.connection.close()  # the server has hung up
            return _Lent(await self._connect())
        except BaseException:
            self._free.release()
            raise

    async def _connect(self) -> _AsyncConnection:
        try:
            connection = await _AsyncConnection.connect(self._url, **_options(self._url, psycopg.AsyncRawCursor))
        except psycopg.OperationalError as error:
            raise NotConnected(str(error)) from None
        connection.seconds = self._seconds
        await connection.set_isolation_level(READ_COMMITTED)
        return connection

    async def _drop(self, lent: _Lent) -> None:
        self._free.release()
        await lent.connection.close()

    async def _take_back(self, lent: _Lent) -> None:
        self._free.release()
        if self._closed:
            await lent.connection.close()
        else:
            self._idle.append(lent)


def _options(url: str, cursor: Any) -> dict[str, Any]:
    given = conninfo_to_dict(url)
    timeout = {} if "connect_timeout" in given else {"connect_timeout": CONNECT_SECONDS}
    return {
        "autocommit": True,
        "cursor_factory": cursor,
        "fallback_application_name": "wxauth",
        **timeout,
    }


def _readable(socket: int) -> Callable[[], bool]:
    """Whether something can be read from an idle connection: its end, or the server's last words."""
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(socket, select.POLLIN)
        return lambda: bool(poll.poll(0))
    return lambda: bool(select.select([socket], [], [], 0)[0])  # pragma: no cover  (Windows)
