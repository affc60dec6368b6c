"""What stands between a client that awaits and the world: one transport, one store, and what all calls share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from wxauth.client.at_rest import demand_hidden
from wxauth.client.flights import AsyncFlights
from wxauth.client.guarded import AsyncGuardedTransport
from wxauth.client.transport import AsyncHttpTransport
from wxauth.flow.ports import AsyncPorts, AsyncStorePort, AsyncTransport, admit_everybody
from wxauth.identity import Identity
from wxauth.stores.base import AsyncStore
from wxauth.stores.memory import AsyncMemoryStore

if TYPE_CHECKING:
    from wxauth.stores.crypto import Keyring


def async_guarded_ports(
    transport: AsyncTransport,
    store: AsyncStorePort,
    *,
    admit: Callable[[Identity], str | Awaitable[str | None] | None] = admit_everybody,
) -> AsyncPorts:
    """Ports whose calls share a circuit breaker, a budget of retries, and what is under way."""
    guarded = AsyncGuardedTransport(transport)
    return AsyncPorts(
        transport=guarded,
        sleep=asyncio.sleep,
        store=store,
        admit=admit,
        may_retry=guarded.retries.spend,
        share=AsyncFlights().share,
    )


class AsyncOutside:
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
        self,
        *,
        transport: AsyncTransport | None = None,
        store: str | AsyncStore | None = None,
        keyring: Keyring | None = None,
    ) -> None:
        self._store = _opened(store, keyring)
        self._closes_store = not isinstance(store, AsyncStore)
        self.ports = async_guarded_ports(transport or AsyncHttpTransport(), self._store)

    async def close(self) -> None:
        """Close the connections to WeChat, and the store if it was opened here."""
        await self.ports.transport.close()
        if self._closes_store:
            await self._store.close()


def _opened(store: str | AsyncStore | None, keyring: Keyring | None) -> AsyncStore:
    demand_hidden(store, keyring)
    if isinstance(store, str):
        from wxauth.stores.url import open_async_store

        return open_async_store(store, keyring=keyring)
    inside = store or AsyncMemoryStore()
    if keyring is None:
        return inside
    from wxauth.stores.crypto import AsyncEncryptedStore

    return AsyncEncryptedStore(inside, keyring)
