"""The ways to a Redis: connections to one server, or a cluster. None sends a command twice.

redis-py repeats by itself what got no answer, ten times as it comes. Here that is switched off, since nobody knows
whether a command without an answer was done: a ``take`` that is repeated would find nothing, and the value would be
lost. What *is* done again is to connect, before anything was sent: a connection that the server has closed meanwhile
is noticed when it is taken from the pool.
"""

from __future__ import annotations

import threading
from typing import Any, Protocol

from redis import BlockingConnectionPool, Connection, SSLConnection, UnixDomainSocketConnection
from redis import asyncio as aio
from redis.asyncio import cluster as aio_cluster
from redis.asyncio import retry as aio_retry
from redis.asyncio import sentinel as aio_sentinel
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode, RedisCluster
from redis.retry import Retry
from redis.sentinel import Sentinel

from wxauth.stores.redis_url import RedisAddress

_new_sentinel: Any = Sentinel
_new_async_sentinel: Any = aio_sentinel.Sentinel
_new_pool: Any = BlockingConnectionPool
_new_cluster_node: Any = ClusterNode
"""Constructors that redis-py gives no types, or too narrow ones."""

CONNECTIONS = 16
"""The most that one store keeps open to one server; further commands wait their turn."""
CONNECT_SECONDS = 1.0
HEALTH_CHECK_SECONDS = 30
"""A connection that was idle for so long is asked for a sign of life before a command is trusted to it."""

Words = tuple[str | bytes | int, ...]
"""A command as it is sent."""


class Line(Protocol):
    """A way to ask a Redis."""

    def ask(self, words: Words) -> Any:
        """The answer to one command, sent once."""
        ...

    def close(self) -> None:
        """Hang up."""
        ...


class AsyncLine(Protocol):
    """The same for callers that await."""

    async def ask(self, words: Words) -> Any:
        """The answer to one command, sent once."""
        ...

    async def close(self) -> None:
        """Hang up."""
        ...


def line(address: RedisAddress, *, timeout_seconds: float) -> Line:
    """The way to an address, for callers that block. Nothing is sent yet."""
    quick = {"retry": Retry(NoBackoff(), 0), **_timeouts(timeout_seconds)}
    options = _options(address) | quick
    if address.kind == "cluster":
        return _Cluster(address, options)
    if address.kind == "sentinel":
        sentinel = _new_sentinel(address.nodes, sentinel_kwargs=quick)
        return _Pool(sentinel.master_for(address.service, **options).connection_pool, sentinel.sentinels)
    kind = _connection(address, UnixDomainSocketConnection, SSLConnection, Connection)
    return _Pool(_new_pool(CONNECTIONS, timeout_seconds, kind, **_plain(options)))


def async_line(address: RedisAddress, *, timeout_seconds: float) -> AsyncLine:
    """The way to an address, for callers that await. Nothing is sent yet."""
    quick = {"retry": aio_retry.Retry(NoBackoff(), 0), **_timeouts(timeout_seconds)}
    options = _options(address) | quick
    if address.kind == "cluster":
        return _AsyncCluster(address, options)
    if address.kind == "sentinel":
        sentinel = _new_async_sentinel(address.nodes, sentinel_kwargs=quick)
        return _AsyncPool(sentinel.master_for(address.service, **options).connection_pool, sentinel.sentinels)
    kind = _connection(address, aio.UnixDomainSocketConnection, aio.SSLConnection, aio.Connection)
    return _AsyncPool(aio.BlockingConnectionPool(CONNECTIONS, timeout_seconds, kind, **_plain(options)))


class _Pool:
    """Connections to one server, used by hand: that is what a client does, without repeating."""

    def __init__(self, pool: Any, sentinels: Any = ()) -> None:
        self._pool, self._sentinels = pool, sentinels

    def ask(self, words: Words) -> Any:
        connection = self._pool.get_connection()
        try:
            connection.send_command(*words)
            return connection.read_response(disconnect_on_error=True)
        finally:
            self._pool.release(connection)

    def close(self) -> None:
        self._pool.disconnect()
        for sentinel in self._sentinels:
            sentinel.close()


class _AsyncPool:
    """Connections to one server, used by hand: that is what a client does, without repeating."""

    def __init__(self, pool: Any, sentinels: Any = ()) -> None:
        self._pool, self._sentinels = pool, sentinels

    async def ask(self, words: Words) -> Any:
        connection = await self._pool.get_connection()
        try:
            await connection.send_command(*words)
            return await connection.read_response(disconnect_on_error=True)
        finally:
            await self._pool.release(connection)

    async def close(self) -> None:
        await self._pool.disconnect()
        for sentinel in self._sentinels:
            await sentinel.aclose()


class _Cluster:
    """A cluster. Its client asks for the map of the slots when it is made, which is at the first command."""

    def __init__(self, address: RedisAddress, options: dict[str, Any]) -> None:
        self._address = address
        self._options = options
        self._making = threading.Lock()
        self._client: Any = None

    def ask(self, words: Words) -> Any:
        return self._connected().execute_command(*words)

    def _connected(self) -> Any:
        with self._making:
            if self._client is None:
                nodes = [_new_cluster_node(host, port) for host, port in self._address.nodes]
                self._client = RedisCluster(startup_nodes=nodes, max_connections=CONNECTIONS, **self._options)
            return self._client

    def close(self) -> None:
        if self._client is not None:
            self._client.close()


class _AsyncCluster:
    """A cluster. Its client asks for the map of the slots at the first command."""

    def __init__(self, address: RedisAddress, options: dict[str, Any]) -> None:
        nodes = [aio_cluster.ClusterNode(host, port, **options) for host, port in address.nodes]
        self._client: Any = aio_cluster.RedisCluster(startup_nodes=nodes, max_connections=CONNECTIONS, **options)

    async def ask(self, words: Words) -> Any:
        return await self._client.execute_command(*words)

    async def close(self) -> None:
        await self._client.aclose()


def _options(address: RedisAddress) -> dict[str, Any]:
    place: dict[str, Any] = {}
    if address.kind == "server" and address.path is not None:
        place = {"path": address.path}
    elif address.kind == "server":
        place = {"host": address.nodes[0][0], "port": address.nodes[0][1]}
    if address.kind != "cluster":
        place["db"] = address.db
    tls = {} if address.tls is None else {"ssl": True, **address.tls}
    # Protocol 2 says all that is needed, and lets no server push anything between the answers.
    always = {"protocol": 2, "health_check_interval": HEALTH_CHECK_SECONDS}
    return {**place, **address.login, **tls, **always}


def _timeouts(timeout_seconds: float) -> dict[str, Any]:
    return {"socket_timeout": timeout_seconds, "socket_connect_timeout": min(CONNECT_SECONDS, timeout_seconds)}


def _connection(address: RedisAddress, unix: Any, tls: Any, plain: Any) -> Any:
    return unix if address.path is not None else plain if address.tls is None else tls


def _plain(options: dict[str, Any]) -> dict[str, Any]:
    """For a pool, whose kind of connection says whether there is TLS."""
    return {name: value for name, value in options.items() if name != "ssl"}
