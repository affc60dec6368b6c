"""Which store a setting means: ``memory:``, ``sqlite:///relative.db``, ``sqlite:////absolute.db``."""

from __future__ import annotations

import re
from difflib import get_close_matches

from wxauth.errors import UsageError
from wxauth.stores.base import AsyncStore, Store
from wxauth.stores.memory import AsyncMemoryStore, MemoryStore
from wxauth.stores.sqlite import AsyncSQLiteStore, SQLiteStore

SCHEME = re.compile(r"[a-z][a-z0-9+.-]*(?=:)", re.IGNORECASE)
MEMORY_URLS = ("memory:", "memory://")
SQLITE_PREFIX = "sqlite:///"
KNOWN = ("memory", "sqlite")
NOT_THERE_YET = ("postgres", "postgresql", "redis", "rediss", "valkey")
FORMS = "memory: (one process), sqlite:///relative.db or sqlite:////absolute.db (all processes of one machine)"


def open_store(url: str) -> Store:
    """The store that ``url`` names, for callers that block.

    Raises:
        UsageError: no store of this package is named so. Only the scheme is quoted: the rest may hold a password.
        StoreError: the file it names cannot serve.
    """
    path = _sqlite_path(url)
    return MemoryStore() if path is None else SQLiteStore(path)


def open_async_store(url: str) -> AsyncStore:
    """The store that ``url`` names, for callers that await; otherwise as ``open_store``."""
    path = _sqlite_path(url)
    return AsyncMemoryStore() if path is None else AsyncSQLiteStore(path)


def _sqlite_path(url: str) -> str | None:
    """The path in a url of SQLite, None for a url of memory."""
    if url in MEMORY_URLS:
        return None
    if url.startswith(SQLITE_PREFIX):
        return url.removeprefix(SQLITE_PREFIX)
    found = SCHEME.match(url)
    raise UsageError(f"{_complaint(found.group().lower() if found else '')}; a store is one of: {FORMS}")


def _complaint(scheme: str) -> str:
    if not scheme:
        return "the url of a store begins with its kind"
    if scheme in KNOWN:
        return f"this is not how a {scheme} store is written"
    if scheme in NOT_THERE_YET:
        return f"there is no {scheme} store yet"
    near = get_close_matches(scheme, KNOWN, n=1)
    return f"there is no {scheme[:32]} store" + (f", did you mean {near[0]}?" if near else "")
