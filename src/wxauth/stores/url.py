"""Which store a setting means: ``memory:``, ``sqlite:///sign-in.db``, ``redis://host/0``, ``postgresql://host/database``."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal, assert_never

from wxauth.errors import UsageError
from wxauth.stores.base import AsyncStore, Store
from wxauth.stores.memory import AsyncMemoryStore, MemoryStore
from wxauth.stores.sqlite import AsyncSQLiteStore, SQLiteStore

if TYPE_CHECKING:
    from wxauth.stores.crypto import Keyring

BackEnd = Literal["memory", "sqlite", "redis", "postgres"]

SCHEME = re.compile(r"[a-z][a-z0-9+.-]*(?=:)", re.IGNORECASE)
SCHEMES: dict[str, BackEnd] = {
    "memory": "memory",
    "sqlite": "sqlite",
    "postgresql": "postgres",
    "postgres": "postgres",
    "unix": "redis",
    **{
        f"{name}{kind}": "redis"
        for kind in ("", "+cluster", "+sentinel")
        for name in ("redis", "rediss", "valkey", "valkeys")
    },
}
MEMORY_URLS = ("memory:", "memory://")
SQLITE_PREFIX = "sqlite:///"
FORMS = (
    "memory: (one process), sqlite:///relative.db or sqlite:////absolute.db (all processes of one machine), "
    "postgresql://user:password@host/database or redis://host:6379/0 (many machines)"
)


def open_store(url: str, *, keyring: Keyring | None = None) -> Store:
    """The store that ``url`` names, for callers that block.

    Args:
        url: one of the forms above.
        keyring: encrypts the values; None leaves them as they are.

    Raises:
        UsageError: no store of this package is named so, or its driver is not installed. Only the scheme is quoted: the
            rest may hold a password.
        StoreError: the file it names cannot serve.
    """
    store = _store(url)
    if keyring is None:
        return store
    from wxauth.stores.crypto import EncryptedStore

    return EncryptedStore(store, keyring)


def open_async_store(url: str, *, keyring: Keyring | None = None) -> AsyncStore:
    """The store that ``url`` names, for callers that await; otherwise as ``open_store``."""
    store = _async_store(url)
    if keyring is None:
        return store
    from wxauth.stores.crypto import AsyncEncryptedStore

    return AsyncEncryptedStore(store, keyring)


def _store(url: str) -> Store:
    match back_end := _back_end(url):
        case "memory":
            return MemoryStore()
        case "sqlite":
            return SQLiteStore(url.removeprefix(SQLITE_PREFIX))
        case "redis":
            from wxauth.stores.redis import RedisStore

            return RedisStore(url)
        case "postgres":
            from wxauth.stores.postgres import PostgresStore

            return PostgresStore(url)
        case _:
            assert_never(back_end)


def _async_store(url: str) -> AsyncStore:
    match back_end := _back_end(url):
        case "memory":
            return AsyncMemoryStore()
        case "sqlite":
            return AsyncSQLiteStore(url.removeprefix(SQLITE_PREFIX))
        case "redis":
            from wxauth.stores.redis import AsyncRedisStore

            return AsyncRedisStore(url)
        case "postgres":
            from wxauth.stores.postgres import AsyncPostgresStore

            return AsyncPostgresStore(url)
        case _:
            assert_never(back_end)


def _back_end(url: str) -> BackEnd:
    found = SCHEME.match(url)
    scheme = found.group().lower() if found else ""
    back_end = SCHEMES.get(scheme)
    misspelt = (back_end == "memory" and url not in MEMORY_URLS) or (
        back_end == "sqlite" and not url.startswith(SQLITE_PREFIX)
    )
    if back_end is None or misspelt:
        raise UsageError(f"{_complaint(scheme)}; a store is one of: {FORMS}")
    return back_end


def _complaint(scheme: str) -> str:
    if not scheme:
        return "the url of a store begins with its kind"
    if scheme in SCHEMES:
        return f"this is not how a {scheme} store is written"
    near = get_close_matches(scheme, SCHEMES, n=1)
    return f"there is no {scheme[:32]} store" + (f", did you mean {near[0]}?" if near else "")
