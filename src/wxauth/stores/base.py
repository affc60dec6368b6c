"""The contract of a store: six atomic commands over keys that end.

1.  A key is a str of 1 to 512 characters, a value is bytes of at most 64 KiB. Anything else is a UsageError and
    changes nothing.
2.  Every value has a time to live in seconds, greater than 0. When it has passed the key is absent, to every command,
    at that very moment and not when somebody sweeps.
3.  ``get(key)`` answers the value or None, and changes nothing.
4.  ``put(key, value)`` sets, whatever was there, and starts the time to live anew.
5.  ``add(key, value)`` sets only an absent key. Of any number of simultaneous adders one is answered True.
6.  ``take(key)`` reads and deletes in one step. Of any number of simultaneous takers one gets the value.
7.  ``swap(key, expected, value)`` sets only a key that holds ``expected`` byte for byte, and starts the time to live
    anew. Of any number of simultaneous swappers with the same ``expected`` one is answered True.
8.  ``delete(key)`` forgets; an absent key is no error.
9.  Every command is one step: no other command of any thread, task or process sees half of it.
10. Keys are compared as exact strings, case included. Nothing is ever looked up by a part of a key.
11. When the back end cannot do its work the command raises StoreError. It is then unknown whether it was done.
12. What a back end promises on a crash is written at the top of its file.

``tests/stores/conformance.py`` proves the contract for each back end, in both colours.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, assert_never

from wxauth.flow.effects import Add, Delete, Get, Put, StoreCommand, Swap, Take

MAX_KEY_CHARACTERS = 512
MAX_VALUE_BYTES = 64 * 1024


class Store(ABC):
    """The contract above, for callers that block. AsyncStore is its twin."""

    @abstractmethod
    def get(self, key: str) -> bytes | None:
        """The value under ``key``, None when there is none (rule 3)."""

    @abstractmethod
    def put(self, key: str, value: bytes, *, ttl_seconds: float) -> None:
        """Set ``key``, whatever was there (rule 4)."""

    @abstractmethod
    def add(self, key: str, value: bytes, *, ttl_seconds: float) -> bool:
        """Set ``key`` only if absent; True when this call set it (rule 5)."""

    @abstractmethod
    def take(self, key: str) -> bytes | None:
        """Read and delete in one step (rule 6)."""

    @abstractmethod
    def swap(self, key: str, *, expected: bytes, value: bytes, ttl_seconds: float) -> bool:
        """Set ``key`` only if it holds ``expected``; True when this call set it (rule 7)."""

    @abstractmethod
    def delete(self, key: str) -> None:
        """Forget ``key`` (rule 8)."""

    @abstractmethod
    def close(self) -> None:
        """Give back what the store holds; it cannot be used afterwards."""

    def perform(self, command: StoreCommand) -> Any:
        """Perform a command that is given as an effect of a flow."""
        return _perform(self, command)


class AsyncStore(ABC):
    """The contract above, for callers that await. Store is its twin."""

    @abstractmethod
    async def get(self, key: str) -> bytes | None:
        """The value under ``key``, None when there is none (rule 3)."""

    @abstractmethod
    async def put(self, key: str, value: bytes, *, ttl_seconds: float) -> None:
        """Set ``key``, whatever was there (rule 4)."""

    @abstractmethod
    async def add(self, key: str, value: bytes, *, ttl_seconds: float) -> bool:
        """Set ``key`` only if absent; True when this call set it (rule 5)."""

    @abstractmethod
    async def take(self, key: str) -> bytes | None:
        """Read and delete in one step (rule 6)."""

    @abstractmethod
    async def swap(self, key: str, *, expected: bytes, value: bytes, ttl_seconds: float) -> bool:
        """Set ``key`` only if it holds ``expected``; True when this call set it (rule 7)."""

    @abstractmethod
    async def delete(self, key: str) -> None:
        """Forget ``key`` (rule 8)."""

    @abstractmethod
    async def close(self) -> None:
        """Give back what the store holds; it cannot be used afterwards."""

    async def perform(self, command: StoreCommand) -> Any:
        """Perform a command that is given as an effect of a flow."""
        return await _perform(self, command)


def _perform(store: Store | AsyncStore, command: StoreCommand) -> Any:
    match command:
        case Get(key):
            return store.get(key)
        case Put(key, value, ttl_seconds):
            return store.put(key, value, ttl_seconds=ttl_seconds)
        case Add(key, value, ttl_seconds):
            return store.add(key, value, ttl_seconds=ttl_seconds)
        case Take(key):
            return store.take(key)
        case Swap(key, expected, value, ttl_seconds):
            return store.swap(key, expected=expected, value=value, ttl_seconds=ttl_seconds)
        case Delete(key):
            return store.delete(key)
        case _:
            assert_never(command)
