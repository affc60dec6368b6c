"""What a command of a store costs above the bare driver, on Redis and PostgreSQL, in both colours."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import psycopg
import redis
import redis.asyncio

from bench.report import Row, Target
from bench.rounds import OURS
from bench.store_servers import postgres_server, program, redis_server
from wxauth.stores.postgres import GET, TAKE, AsyncPostgresStore, PostgresStore
from wxauth.stores.redis import SWAP, AsyncRedisStore, RedisStore

RATIO = 1.3
"""The most that a command may cost, as a multiple of the bare driver's."""
TTL = 600
VALUE = b"v" * 200
COMMANDS = ("get", "put", "take", "swap")

PUT_TEXT = """INSERT INTO wxauth_store (key, value, expires_at)
    VALUES (%s, %s, extract(epoch FROM clock_timestamp()) + %s)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at"""
SWAP_TEXT = """UPDATE wxauth_store SET value = %s, expires_at = extract(epoch FROM clock_timestamp()) + %s
    WHERE key = %s AND value = %s AND expires_at > extract(epoch FROM clock_timestamp())"""
"""As an application would write them."""

Turn = Callable[[Any], Any]
"""One command on one key; awaitable in the async colour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """A store and the bare driver underneath.

    Args:
        name: of the rows.
        peer: the driver's name.
        ours: the command of the store.
        theirs: the same work, done with the driver.
        fill: sets a key, before the time is taken.
        closes: what to call at the end.
    """

    name: str
    peer: str
    ours: Mapping[str, Turn]
    theirs: Mapping[str, Turn]
    fill: Turn
    closes: Sequence[Callable[[], Any]]


def store_rows(*, rounds: int, commands: int) -> list[Row]:
    """The rows of all stores; those of a server that is not installed are left out."""
    found: list[Row] = []
    with asyncio.Runner() as loop:

        def wait(turn: Turn, keys: Sequence[Any]) -> float:
            return loop.run(_await(turn, keys))

        if program("redis-server") is not None:
            with redis_server() as url:
                found += _rows(_redis(url), rounds, commands, _call)
                found += _rows(_async_redis(url), rounds, commands, wait)
        if program("initdb") is not None:
            with postgres_server() as url:
                found += _rows(_postgres(url), rounds, commands, _call)
                found += _rows(loop.run(_async_postgres(url)), rounds, commands, wait)
    return found


def _call(turn: Turn, keys: Sequence[Any]) -> float:
    started = time.process_time()
    for key in keys:
        turn(key)
    return time.process_time() - started


async def _await(turn: Callable[[Any], Awaitable[Any]], keys: Sequence[Any]) -> float:
    started = time.process_time()
    for key in keys:
        await turn(key)
    return time.process_time() - started


def _rows(driver: Driver, rounds: int, commands: int, run: Callable[[Turn, Sequence[Any]], float]) -> Iterator[Row]:
    keys = [f"key{number}" for number in range(commands)]
    for command in COMMANDS:
        times: dict[str, list[float]] = {OURS: [], driver.peer: []}
        peers = [(OURS, driver.ours[command]), (driver.peer, driver.theirs[command])]
        for turn in range(rounds + 1):
            for peer, work in peers if turn % 2 else reversed(peers):
                run(driver.fill, keys)
                gc.collect()
                spent = run(work, keys) / commands * 1e6
                if turn:  # the first is a warm-up
                    times[peer].append(spent)
        ratio = median(own / theirs for own, theirs in zip(times[OURS], times[driver.peer], strict=True))
        name = f"{driver.name} {command}"
        yield Row(name=name, peer=OURS, value=median(times[OURS]), unit="µs CPU", ratio=1.0)
        yield Row(
            name=name,
            peer=driver.peer,
            value=median(times[driver.peer]),
            unit="µs CPU",
            ratio=ratio,
            target=Target(of="ratio", most=RATIO),
        )
    run(lambda close: close(), driver.closes)


def _ours(store: Any) -> dict[str, Turn]:
    return {
        "get": store.get,
        "put": lambda key: store.put(key, VALUE, ttl_seconds=TTL),
        "take": store.take,
        "swap": lambda key: store.swap(key, expected=VALUE, value=VALUE, ttl_seconds=TTL),
    }


def _redis(url: str) -> Driver:
    client: Any = redis.Redis(unix_socket_path=_path(url))
    return _of_redis("store redis", "redis-py", RedisStore(url), client, client.close, client.script_load(SWAP))


def _async_redis(url: str) -> Driver:
    with redis.Redis(unix_socket_path=_path(url)) as loading:
        digest: Any = loading.script_load(SWAP)
    client: Any = redis.asyncio.Redis(unix_socket_path=_path(url))
    return _of_redis("store async redis", "redis-py asyncio", AsyncRedisStore(url), client, client.aclose, digest)


def _path(url: str) -> str:
    return url.removeprefix("unix://")


def _of_redis(name: str, peer: str, store: Any, client: Any, close: Callable[[], Any], digest: Any) -> Driver:
    theirs: dict[str, Turn] = {
        "get": lambda key: client.get(f"wxauth:{key}"),
        "put": lambda key: client.set(f"wxauth:{key}", VALUE, px=TTL * 1000),
        "take": lambda key: client.getdel(f"wxauth:{key}"),
        "swap": lambda key: client.evalsha(digest, 1, f"wxauth:{key}", VALUE, VALUE, TTL * 1000),
    }
    ours = _ours(store)
    closes = (store.close, close)
    return Driver(name=name, peer=peer, ours=ours, theirs=theirs, fill=ours["put"], closes=closes)


def _postgres(url: str) -> Driver:
    store = PostgresStore(url)
    connection: Any = psycopg.connect(url, autocommit=True)
    theirs: dict[str, Turn] = {
        "get": lambda key: connection.execute(_text(GET), (key.encode(),)).fetchone(),
        "put": lambda key: connection.execute(PUT_TEXT, (key.encode(), VALUE, TTL)),
        "take": lambda key: connection.execute(_text(TAKE), (key.encode(),)).fetchone(),
        "swap": lambda key: connection.execute(SWAP_TEXT, (VALUE, TTL, key.encode(), VALUE)),
    }
    ours = _ours(store)
    name, peer, closes = "store postgres", "psycopg connection", (store.close, connection.close)
    return Driver(name=name, peer=peer, ours=ours, theirs=theirs, fill=ours["put"], closes=closes)


async def _async_postgres(url: str) -> Driver:
    store = AsyncPostgresStore(url)
    connection: Any = await psycopg.AsyncConnection.connect(url, autocommit=True)

    async def fetch(text: str, key: str) -> Any:
        return await (await connection.execute(text, (key.encode(),))).fetchone()

    theirs: dict[str, Turn] = {
        "get": lambda key: fetch(_text(GET), key),
        "put": lambda key: connection.execute(PUT_TEXT, (key.encode(), VALUE, TTL)),
        "take": lambda key: fetch(_text(TAKE), key),
        "swap": lambda key: connection.execute(SWAP_TEXT, (VALUE, TTL, key.encode(), VALUE)),
    }
    ours = _ours(store)
    name, peer, closes = "store async postgres", "psycopg AsyncConnection", (store.close, connection.close)
    return Driver(name=name, peer=peer, ours=ours, theirs=theirs, fill=ours["put"], closes=closes)


_TEXTS = {GET: GET.replace("$1", "%s"), TAKE: TAKE.replace("$1", "%s")}
_text = _TEXTS.__getitem__
