"""What is under way in this process, by name, so that all who want the same thing at once wait for one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")


class Flights:
    """Flights of threads. ``AsyncFlights`` is its twin."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._under_way: dict[str, Future[Any]] = {}

    def share(self, key: str, run: Callable[[], T]) -> T:
        """Run ``run`` once for all threads that ask for ``key`` while it runs; they get its result or its error.

        A thread that is interrupted (Ctrl-C) hands the flight over to the next one that waits.
        """
        while True:
            flight, is_mine = self._join(key)
            if is_mine:
                return self._fly(key, flight, run)
            try:
                shared: T = flight.result()
            except CancelledError:
                continue
            return shared

    def _join(self, key: str) -> tuple[Future[Any], bool]:
        with self._lock:
            flight = self._under_way.get(key)
            if flight is not None:
                return flight, False
            flight = self._under_way[key] = Future()
            return flight, True

    def _fly(self, key: str, flight: Future[Any], run: Callable[[], T]) -> T:
        try:
            result = run()
        except Exception as error:
            self._land(key)
            flight.set_exception(error)
            raise
        except BaseException:
            self._land(key)
            flight.cancel()
            raise
        self._land(key)
        flight.set_result(result)
        return result

    def _land(self, key: str) -> None:
        with self._lock:
            del self._under_way[key]


class AsyncFlights:
    """Flights of tasks, each in its own event loop. ``Flights`` is its twin."""

    def __init__(self) -> None:
        self._under_way: dict[tuple[asyncio.AbstractEventLoop, str], asyncio.Task[Any]] = {}

    async def share(self, key: str, run: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run ``run`` once for all tasks of this loop that ask for ``key`` while it runs.

        It is a task of its own: whoever is cancelled while waiting takes nobody else along.
        """
        slot = (asyncio.get_running_loop(), key)
        flight = self._under_way.get(slot)
        if flight is None:
            flight = self._under_way[slot] = asyncio.create_task(run())
            flight.add_done_callback(lambda landed: self._land(slot, landed))
        shared: T = await asyncio.shield(flight)
        return shared

    def _land(self, slot: tuple[asyncio.AbstractEventLoop, str], flight: asyncio.Task[Any]) -> None:
        del self._under_way[slot]
        if not flight.cancelled():
            flight.exception()  # seen, even when everybody who waited for it was cancelled
