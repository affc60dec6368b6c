"""A store in the memory of one process.

Only the threads and tasks of one process share it: with several worker processes each has its own, and a sign-in that
begins in one cannot finish in another; use SQLite there. On a crash, and at exit, everything is gone.

There is no background thread. Every command looks at the few entries that were looked at longest ago and drops the
dead ones among them, so that the dead never outnumber the living for long, and no command ever waits for a big sweep.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any, ClassVar, NamedTuple, assert_never

from wxauth.flow.effects import Add, Delete, Get, Put, StoreCommand, Swap, Take
from wxauth.stores.base import AsyncStore, Store

LOOKED_AT_PER_COMMAND = 4


class _Entry(NamedTuple):
    value: bytes
    expires_at: float


class MemoryStore(Store):
    """A store in the memory of this process, for any number of its threads; gone at exit.

    Args:
        now: unix time in seconds.
    """

    HIDES_VALUES: ClassVar = True

    def __init__(self, *, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._lock = Lock()
        self._entries: OrderedDict[str, _Entry] = OrderedDict()

    def _perform(self, command: StoreCommand) -> Any:
        with self._lock:
            now = self._now()
            self._look_for_dead(now)
            return self._answer(command, now)

    def _close(self) -> None:
        with self._lock:
            self._entries.clear()

    def _answer(self, command: StoreCommand, now: float) -> Any:
        match command:
            case Get(key):
                return self._living(key, now)
            case Put(key, value, ttl_seconds):
                return self._set(key, value, now + ttl_seconds)
            case Add(key, value, ttl_seconds):
                absent = self._living(key, now) is None
                if absent:
                    self._set(key, value, now + ttl_seconds)
                return absent
            case Take(key):
                taken = self._living(key, now)
                self._entries.pop(key, None)
                return taken
            case Swap(key, expected, value, ttl_seconds):
                matches = self._living(key, now) == expected
                if matches:
                    self._set(key, value, now + ttl_seconds)
                return matches
            case Delete(key):
                self._entries.pop(key, None)
                return None
            case _:
                assert_never(command)

    def _living(self, key: str, now: float) -> bytes | None:
        entry = self._entries.get(key)
        return entry.value if entry is not None and entry.expires_at > now else None

    def _set(self, key: str, value: bytes, expires_at: float) -> None:
        self._entries[key] = _Entry(value, expires_at)

    def _look_for_dead(self, now: float) -> None:
        for _ in range(min(LOOKED_AT_PER_COMMAND, len(self._entries))):
            key = next(iter(self._entries))
            if self._entries[key].expires_at > now:
                self._entries.move_to_end(key)
            else:
                del self._entries[key]


class AsyncMemoryStore(AsyncStore):
    """A store in the memory of this process, for its tasks; gone at exit. No command waits for anything.

    Args:
        store: the store to share with callers that block; its owner closes it. None makes one of its own.
        now: unix time in seconds, for a store of its own.
    """

    HIDES_VALUES: ClassVar = True

    def __init__(self, store: MemoryStore | None = None, *, now: Callable[[], float] = time.time) -> None:
        self._shared = store is not None
        self._store = MemoryStore(now=now) if store is None else store

    async def _perform(self, command: StoreCommand) -> Any:
        return self._store.perform(command)

    async def _close(self) -> None:
        if not self._shared:
            self._store.close()
