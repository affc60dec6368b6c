"""The contract of a store: six atomic commands over keys that end.

1.  A key is a str of 1 to 512 characters that UTF-8 can encode, a value is bytes of at most 64 KiB, 37 bytes less where
    it is encrypted. Anything else is a UsageError and changes nothing.
2.  Every value has a time to live in seconds, greater than 0 and finite. When it has passed the key is absent, to every
    command, at that very moment and not when somebody sweeps.
3.  ``get(key)`` answers the value or None, and changes nothing.
4.  ``put(key, value)`` sets, whatever was there, and starts the time to live anew.
5.  ``add(key, value)`` sets only an absent key. Of any number of simultaneous adders one is answered True.
6.  ``take(key)`` reads and deletes in one step. Of any number of simultaneous takers one gets the value.
7.  ``swap(key, expected, value)`` sets only a key that holds ``expected`` byte for byte, and starts the time to live
    anew. Of any number of simultaneous swappers with the same ``expected`` one is answered True.
8.  ``delete(key)`` forgets; an absent key is no error.
9.  Every command is one step: no other command of any thread, task or process sees half of it.
10. Keys are compared as exact strings, case included. Nothing is ever looked up by a part of a key.
11. When the back end cannot do its work the command raises StoreError. It is then unknown whether it was done. A store
    that was closed refuses every command with a UsageError; closing it again is no error.
12. What a back end promises on a crash is written at the top of its file.

``tests/stores/conformance.py`` proves the contract for each back end, in both colours.

A command is a value of ``wxauth.flow.effects``, and ``perform`` is the one door it enters by: the rules about keys,
values and times to live are checked there, once for all back ends. A back end says how to ``_perform`` and ``_close``.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Any, ClassVar, Self

from wxauth.errors import UsageError
from wxauth.flow.effects import Add, Delete, Get, Put, StoreCommand, Swap, Take

MAX_KEY_CHARACTERS = 512
MAX_VALUE_BYTES = 64 * 1024


class Store(ABC):
    """The contract above, for callers that block. AsyncStore is its twin."""

    HIDES_VALUES: ClassVar[bool] = False
    """Whether nobody outside this process can read the values; clients keep no token in a store that does not."""
    _closed = False

    def get(self, key: str) -> bytes | None:
        """The value under ``key``, None when there is none (rule 3)."""
        answer: bytes | None = self.perform(Get(key))
        return answer

    def put(self, key: str, value: bytes, *, ttl_seconds: float) -> None:
        """Set ``key``, whatever was there (rule 4)."""
        self.perform(Put(key, value, ttl_seconds))

    def add(self, key: str, value: bytes, *, ttl_seconds: float) -> bool:
        """Set ``key`` only if absent; True when this call set it (rule 5)."""
        answer: bool = self.perform(Add(key, value, ttl_seconds))
        return answer

    def take(self, key: str) -> bytes | None:
        """Read and delete in one step (rule 6)."""
        answer: bytes | None = self.perform(Take(key))
        return answer

    def swap(self, key: str, *, expected: bytes, value: bytes, ttl_seconds: float) -> bool:
        """Set ``key`` only if it holds ``expected``; True when this call set it (rule 7)."""
        answer: bool = self.perform(Swap(key, expected, value, ttl_seconds))
        return answer

    def delete(self, key: str) -> None:
        """Forget ``key`` (rule 8)."""
        self.perform(Delete(key))

    def perform(self, command: StoreCommand) -> Any:
        """Perform a command that is given as an effect of a flow; the six methods above are short for it.

        Raises:
            UsageError: not a store command, a key, value or time to live outside the rules, or the store was closed.
            StoreError: the back end could not do its work.
        """
        return self._perform(checked(command, closed=self._closed))

    def close(self) -> None:
        """Give back what the store holds; it cannot be used afterwards."""
        if not self._closed:
            self._closed = True
            self._close()

    @abstractmethod
    def _perform(self, command: StoreCommand) -> Any:
        """Perform a command that is within the rules."""

    @abstractmethod
    def _close(self) -> None:
        """Give back what this back end holds; called once."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncStore(ABC):
    """The contract above, for callers that await. Store is its twin."""

    HIDES_VALUES: ClassVar[bool] = False
    """Whether nobody outside this process can read the values; clients keep no token in a store that does not."""
    _closed = False

    async def get(self, key: str) -> bytes | None:
        """The value under ``key``, None when there is none (rule 3)."""
        answer: bytes | None = await self.perform(Get(key))
        return answer

    async def put(self, key: str, value: bytes, *, ttl_seconds: float) -> None:
        """Set ``key``, whatever was there (rule 4)."""
        await self.perform(Put(key, value, ttl_seconds))

    async def add(self, key: str, value: bytes, *, ttl_seconds: float) -> bool:
        """Set ``key`` only if absent; True when this call set it (rule 5)."""
        answer: bool = await self.perform(Add(key, value, ttl_seconds))
        return answer

    async def take(self, key: str) -> bytes | None:
        """Read and delete in one step (rule 6)."""
        answer: bytes | None = await self.perform(Take(key))
        return answer

    async def swap(self, key: str, *, expected: bytes, value: bytes, ttl_seconds: float) -> bool:
        """Set ``key`` only if it holds ``expected``; True when this call set it (rule 7)."""
        answer: bool = await self.perform(Swap(key, expected, value, ttl_seconds))
        return answer

    async def delete(self, key: str) -> None:
        """Forget ``key`` (rule 8)."""
        await self.perform(Delete(key))

    async def perform(self, command: StoreCommand) -> Any:
        """Perform a command that is given as an effect of a flow; the six methods above are short for it.

        A task cancelled while it waits does not know whether its command was done.

        Raises:
            UsageError: not a store command, a key, value or time to live outside the rules, or the store was closed.
            StoreError: the back end could not do its work.
        """
        return await self._perform(checked(command, closed=self._closed))

    async def close(self) -> None:
        """Give back what the store holds; it cannot be used afterwards."""
        if not self._closed:
            self._closed = True
            await self._close()

    @abstractmethod
    async def _perform(self, command: StoreCommand) -> Any:
        """Perform a command that is within the rules."""

    @abstractmethod
    async def _close(self) -> None:
        """Give back what this back end holds; called once."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def checked(command: object, *, closed: bool) -> StoreCommand:
    """The command, if the rules allow it on a store that is ``closed`` or open.

    No text quotes a key or a value, since either may be a secret.

    Raises:
        UsageError: the rules do not allow it.
    """
    if not isinstance(command, Get | Put | Add | Take | Swap | Delete):
        raise UsageError(f"a store performs Get, Put, Add, Take, Swap and Delete, not {type(command).__name__}")
    if closed:
        raise UsageError(f"this store was closed and performs no {type(command).__name__} any more; open a new one")
    _check_key(command.key)
    if isinstance(command, Put | Add | Swap):
        _check_value(command.value)
        _check_ttl(command.ttl_seconds)
    if isinstance(command, Swap):
        _check_value(command.expected)
    return command


def _check_key(key: object) -> None:
    if not isinstance(key, str):
        raise UsageError(f"a key is a str, not {type(key).__name__}")
    if not 1 <= len(key) <= MAX_KEY_CHARACTERS:
        raise UsageError(f"a key has 1 to {MAX_KEY_CHARACTERS} characters, this one has {len(key)}")
    try:
        key.encode()
    except UnicodeEncodeError as error:
        problem = f"a key is text that UTF-8 can encode; this one has half a surrogate pair at {error.start}"
        raise UsageError(problem) from None


def _check_value(value: object) -> None:
    if not isinstance(value, bytes):
        raise UsageError(f"a value is bytes, not {type(value).__name__}")
    if len(value) > MAX_VALUE_BYTES:
        raise UsageError(f"a value has at most {MAX_VALUE_BYTES} bytes, this one has {len(value)}")


def _check_ttl(ttl_seconds: object) -> None:
    if not isinstance(ttl_seconds, int | float):
        raise UsageError(f"ttl_seconds is a number of seconds, not {type(ttl_seconds).__name__}")
    if not 0 < ttl_seconds <= sys.float_info.max:
        raise UsageError("ttl_seconds is greater than 0 and finite")
