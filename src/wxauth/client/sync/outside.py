"""What stands between a client that blocks and the world: one transport, one store, and what all calls share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wxauth.client.at_rest import demand_hidden
from wxauth.client.flights import Flights
from wxauth.client.guarded import GuardedTransport
from wxauth.client.transport import HttpTransport
from wxauth.flow.ports import Ports, StorePort, Transport, admit_everybody
from wxauth.identity import Identity
from wxauth.stores.base import Store
from wxauth.stores.memory import MemoryStore

if TYPE_CHECKING:
    from wxauth.stores.crypto import Keyring


def guarded_ports(
    transport: Transport, store: StorePort, *, admit: Callable[[Identity], str | None] = admit_everybody
) -> Ports:
    """Ports whose calls share a circuit breaker, a budget of retries, and what is under way."""
    guarded = GuardedTransport(transport)
    return Ports(transport=guarded, store=store, admit=admit, may_retry=guarded.retries.spend, share=Flights().share)


class Outside:
    """A transport and a store, for one client or for several that share them.

    Args:
        transport: the HTTP client, when it shall be another than the built-in one. It is closed with this.
        store: where tokens are kept: a URL such as ``redis://host/0``, whose store is closed with this, or a store,
            which stays open. None keeps them in the memory of this object.
        keyring: encrypts the tokens in the store. A store that others can read is refused without it.

    Raises:
        UsageError: the store would hold tokens that others can read.
    """

    def __init__(
        self, *, transport: Transport | None = None, store: str | Store | None = None, keyring: Keyring | None = None
    ) -> None:
        self._store = _opened(store, keyring)
        self._closes_store = not isinstance(store, Store)
        self.ports = guarded_ports(transport or HttpTransport(), self._store)

    def close(self) -> None:
        """Close the connections to WeChat, and the store if it was opened here."""
        self.ports.transport.close()
        if self._closes_store:
            self._store.close()


def _opened(store: str | Store | None, keyring: Keyring | None) -> Store:
    demand_hidden(store, keyring)
    if isinstance(store, str):
        from wxauth.stores.url import open_store

        return open_store(store, keyring=keyring)
    inside = store or MemoryStore()
    if keyring is None:
        return inside
    from wxauth.stores.crypto import EncryptedStore

    return EncryptedStore(inside, keyring)
