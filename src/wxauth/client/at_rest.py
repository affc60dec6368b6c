"""Tokens at rest: they are kept only where nobody outside this process can read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wxauth.errors import UsageError
from wxauth.stores.base import AsyncStore, Store

if TYPE_CHECKING:
    from wxauth.stores.crypto import Keyring

_IN_MEMORY = "memory:"


def demand_hidden(store: str | Store | AsyncStore | None, keyring: Keyring | None) -> None:
    """Refuse a store that others can read, unless its values are encrypted.

    Args:
        store: its URL, itself, or None for the memory of this process.
        keyring: what will encrypt the values.

    Raises:
        UsageError: there is no keyring, and the store does not hide its values.
    """
    if keyring is not None or store is None:
        return
    if not (store.startswith(_IN_MEMORY) if isinstance(store, str) else store.HIDES_VALUES):
        raise UsageError(
            "this store would hold tokens that others can read: pass keyring=Keyring(secret) of wxauth.stores.crypto, "
            "where secret is 32 random characters or more that all processes share and nobody else knows "
            "(`openssl rand -hex 32` makes one)"
        )
