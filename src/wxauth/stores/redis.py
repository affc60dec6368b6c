"""A store in Redis 6.2 or newer, or in Valkey: one server, a cluster, or a master behind sentinels.

Every command is one step of the server: GET, SET PX, SET NX PX, GETDEL, UNLINK, and for ``swap`` a script of one
comparison. None is ever sent twice: when an answer does not come, the command raises StoreError, and whether it was
done is unknown.

On a crash: Redis answers before anything is on a disk. What a restart brings back is what the server was told to keep:
with ``appendonly yes`` and ``appendfsync always`` everything that was acknowledged, with ``appendfsync everysec`` all
but about the last second, with snapshots all since the last one is lost, and without either, everything. FLUSHALL, and
eviction under a ``maxmemory-policy`` other than ``noeviction``, forget keys that were acknowledged.

On a failover, of a cluster or by sentinels, whatever the old master had not yet copied is lost, since replicas are
written to afterwards. A value that was put is then absent. And a value that was *taken or deleted* just before may be
there again: it can be taken a second time. Where that must not happen, use PostgreSQL or SQLite.

Time is the server's, in whole milliseconds, and never longer than asked for: a key ends up to 2 ms early, and not
before 1 ms. When a replica becomes master, its clock counts.
"""

from __future__ import annotations

import re
from hashlib import sha1
from typing import Any, assert_never

from wxauth.errors import StoreError, UsageError
from wxauth.flow.effects import Add, Delete, Get, Put, StoreCommand, Swap, Take
from wxauth.stores.base import AsyncStore, Store
from wxauth.stores.extras import Needs
from wxauth.stores.redis_url import RedisAddress, read_redis_url

with Needs("redis"):
    from redis import exceptions

    from wxauth.stores.redis_lines import AsyncLine, Line, Words, async_line, line

LONGEST_SECONDS = 1e12
"""Some 30 000 years: the end of a longer time to live would be beyond the numbers of Redis."""
ROUNDING = 0.001
"""In milliseconds: so that 1.001 s, which is a little less as a float, is 1001 ms."""
LONGEST_PREFIX = 64

SWAP = """if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1"""
SWAP_DIGEST = sha1(SWAP.encode(), usedforsecurity=False).hexdigest()

FAILURES = (exceptions.RedisError, exceptions.RedisClusterException, OSError)
PROBLEMS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (exceptions.AuthenticationError, "it refuses this user or password; correct them in the url"),
    (exceptions.AuthorizationError, "it refuses this user; look at its ACL"),
    (exceptions.NoPermissionError, "this user may not do what a store does; look at its ACL"),
    (exceptions.BusyLoadingError, "it is still loading its data; wait a moment"),
    (exceptions.ReadOnlyError, "it is a read-only replica; name the master, or its sentinels, in the url"),
    (exceptions.OutOfMemoryError, "its memory is full; raise maxmemory"),
    (exceptions.TimeoutError, "it did not answer in time; whether the command was done is unknown"),
    ((exceptions.ConnectionError, OSError), "there is no connection to it, or it broke; is the server running?"),
    (exceptions.ClusterDownError, "the cluster has no master for this key; wait for its failover"),
    (exceptions.RedisClusterException, "the cluster cannot be reached; are its nodes running?"),
)


class RedisStore(Store):
    """A store in Redis, for any number of threads, processes and machines.

    Nothing is sent before the first command. After a fork, parent and child have connections of their own.

    Args:
        url: as ``wxauth.stores.redis_url`` describes.
        prefix: begins the name of every key, so that programs can share one database.
        timeout_seconds: how long to wait for an answer, and for a free connection.

    Raises:
        UsageError: the url or the prefix cannot work.
    """

    def __init__(self, url: str, *, prefix: str = "wxauth:", timeout_seconds: float = 2.0) -> None:
        self._address = read_redis_url(url)
        self._prefix = checked_prefix(prefix)
        self._line: Line = line(self._address, timeout_seconds=timeout_seconds)

    def _perform(self, command: StoreCommand) -> Any:
        words = _words(command, self._prefix)
        try:
            return _answer(command, self._line.ask(words))
        except exceptions.NoScriptError:
            return self._send_script(words)
        except FAILURES as error:
            raise _problem(self._address, error) from None

    def _send_script(self, words: Words) -> bool:
        try:
            return bool(self._line.ask(_with_script(words)))
        except FAILURES as error:
            raise _problem(self._address, error) from None

    def _close(self) -> None:
        self._line.close()


class AsyncRedisStore(AsyncStore):
    """A store in Redis, for tasks. Its connections belong to the event loop of its first command.

    Nothing is sent before the first command. Make it after a fork.

    Args:
        url: as ``wxauth.stores.redis_url`` describes.
        prefix: begins the name of every key, so that programs can share one database.
        timeout_seconds: how long to wait for an answer, and for a free connection.

    Raises:
        UsageError: the url or the prefix cannot work.
    """

    def __init__(self, url: str, *, prefix: str = "wxauth:", timeout_seconds: float = 2.0) -> None:
        self._address = read_redis_url(url)
        self._prefix = checked_prefix(prefix)
        self._line: AsyncLine = async_line(self._address, timeout_seconds=timeout_seconds)

    async def _perform(self, command: StoreCommand) -> Any:
        words = _words(command, self._prefix)
        try:
            return _answer(command, await self._line.ask(words))
        except exceptions.NoScriptError:
            return await self._send_script(words)
        except FAILURES as error:
            raise _problem(self._address, error) from None

    async def _send_script(self, words: Words) -> bool:
        try:
            return bool(await self._line.ask(_with_script(words)))
        except FAILURES as error:
            raise _problem(self._address, error) from None

    async def _close(self) -> None:
        await self._line.close()


def _words(command: StoreCommand, prefix: str) -> Words:
    """A command as it is sent."""
    match command:
        case Get(key):
            return ("GET", prefix + key)
        case Put(key, value, ttl_seconds):
            return ("SET", prefix + key, value, "PX", milliseconds(ttl_seconds))
        case Add(key, value, ttl_seconds):
            return ("SET", prefix + key, value, "PX", milliseconds(ttl_seconds), "NX")
        case Take(key):
            return ("GETDEL", prefix + key)
        case Swap(key, expected, value, ttl_seconds):
            return ("EVALSHA", SWAP_DIGEST, 1, prefix + key, expected, value, milliseconds(ttl_seconds))
        case Delete(key):
            return ("UNLINK", prefix + key)
        case _:
            assert_never(command)


def _with_script(words: Words) -> Words:
    """The same, for a server that has not seen the script since it started."""
    return ("EVAL", SWAP, *words[2:])


def _answer(command: StoreCommand, answer: Any) -> Any:
    if isinstance(command, Get | Take):
        return answer
    if isinstance(command, Add):
        return answer is not None
    return answer == 1 if isinstance(command, Swap) else None


def milliseconds(ttl_seconds: float) -> int:
    """The number that makes a key end when its time has passed, and not later.

    Redis counts whole milliseconds, and lets a key live until the millisecond *after* the one it ends in.
    """
    return max(1, int(min(ttl_seconds, LONGEST_SECONDS) * 1000 + ROUNDING) - 1)


def checked_prefix(prefix: str) -> str:
    """The prefix, if it is one.

    Raises:
        UsageError: it is empty, too long or no text.
    """
    if not 1 <= len(prefix) <= LONGEST_PREFIX or not prefix.isprintable():
        raise UsageError(f"a prefix is 1 to {LONGEST_PREFIX} printable characters, for example wxauth:")
    return prefix


def _problem(address: RedisAddress, error: Exception) -> StoreError:
    for kind, problem in PROBLEMS:
        if isinstance(error, kind):
            return StoreError(f"Redis at {address.where}: {problem}")
    # Only the first word of its answer: the rest may quote a key.
    word = re.match("[A-Z]+", str(error))
    if isinstance(error, exceptions.ResponseError) and "unknown command" in str(error):
        return StoreError(f"Redis at {address.where}: it is too old; 6.2 is needed, or any Valkey")
    return StoreError(f"Redis at {address.where}: it answers {word.group() if word else type(error).__name__}")
