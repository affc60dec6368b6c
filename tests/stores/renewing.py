"""What other processes do in the tests of tokens that they share: all find them dead at once, or stop half-way."""

import asyncio
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from wxauth import (
    AppCredential,
    AsyncMiniProgramClient,
    AsyncWeChat,
    Endpoints,
    Grant,
    MiniProgram,
    MiniProgramClient,
    OfficialAccount,
    WeChat,
)
from wxauth.flow.effects import Add, StoreCommand, Swap
from wxauth.stores.base import AsyncStore, Store
from wxauth.stores.crypto import Keyring
from wxauth.stores.postgres import AsyncPostgresStore, PostgresStore
from wxauth.stores.redis import AsyncRedisStore, RedisStore
from wxauth.stores.url import open_async_store, open_store

OFFICIAL = OfficialAccount(appid="wx5a4db00000000001", secret="5a4db000000000000000000000000001")
PROGRAM = MiniProgram(appid="wx5a4db00000000003", secret="5a4db000000000000000000000000003")
KEYRING = Keyring("of the tests, at least 32 characters")
PATIENCE_SECONDS = 60.0
"""For each call: hundreds of callers share few cores."""
HASTE_SECONDS = 0.5
"""For each call of a holder whose lease has to end: it lasts twice as long and a second more."""


def all_at_once(number: int, url: str, sandbox: str, callers: int, ended: str, dead: str) -> set[str]:
    """Use grants and credentials that have just died, with so many callers; the tokens they went on with.

    Every second process blocks, the others await.

    Args:
        number: of the process.
        url: of the store.
        sandbox: where WeChat is.
        callers: how many.
        ended: the openid of a grant whose access_token has ended by the clock.
        dead: the openid of a grant that WeChat calls dead although it should live.
    """
    options: dict[str, Any] = {
        "endpoints": Endpoints.sandbox(sandbox),
        "keyring": KEYRING,
        "deadline_seconds": PATIENCE_SECONDS,
    }
    colour = number % 2
    store = patient_store(url, colour)
    if colour:
        return asyncio.run(_awaiting(options | {"store": store}, callers, ended, dead))
    return _blocking(options | {"store": store}, callers, ended, dead)


def patient_store(url: str, colour: int) -> Any:
    """The store of a URL, blocking or awaiting. A crowd on few cores needs more time than a server is given usually."""
    match urlsplit(url).scheme:
        case "redis":
            return (RedisStore, AsyncRedisStore)[colour](url, timeout_seconds=PATIENCE_SECONDS)
        case "postgresql":
            return (PostgresStore, AsyncPostgresStore)[colour](url, timeout_seconds=PATIENCE_SECONDS)
        case _:
            return (open_store, open_async_store)[colour](url)


def _blocking(options: dict[str, Any], callers: int, ended: str, dead: str) -> set[str]:
    store: Store = options["store"]
    with store, WeChat(OFFICIAL, **options) as official, MiniProgramClient(PROGRAM, **options) as program:

        def use(_caller: int) -> tuple[str, ...]:
            official.grants.fetch_profile(dead)
            official.list_followers()
            return (
                official.grants.current(ended).access_token,
                official.grants.current(dead).access_token,
                official.credential().access_token,
                program.credential().access_token,
            )

        with ThreadPoolExecutor(callers) as threads:
            return {token for tokens in threads.map(use, range(callers)) for token in tokens}


async def _awaiting(options: dict[str, Any], callers: int, ended: str, dead: str) -> set[str]:
    store: AsyncStore = options["store"]
    async with (
        store,
        AsyncWeChat(OFFICIAL, **options) as official,
        AsyncMiniProgramClient(PROGRAM, **options) as program,
    ):

        async def use() -> tuple[str, ...]:
            await official.grants.fetch_profile(dead)
            await official.list_followers()
            return (
                (await official.grants.current(ended)).access_token,
                (await official.grants.current(dead)).access_token,
                (await official.credential()).access_token,
                (await program.credential()).access_token,
            )

        found = await asyncio.gather(*(use() for _ in range(callers)))
        return {token for tokens in found for token in tokens}


class StoppedBeforeItWrites(Store):
    """A store whose process stops itself, once, just before a renewed token is written."""

    HIDES_VALUES = True

    def __init__(self, inner: Store) -> None:
        self._inner, self._stops = inner, True

    def _perform(self, command: StoreCommand) -> Any:
        if self._stops and isinstance(command, Add | Swap) and not command.key.endswith(":lease"):
            self._stops = False
            os.kill(os.getpid(), signal.SIGSTOP)
        return self._inner.perform(command)

    def _close(self) -> None:
        self._inner.close()


USES: dict[str, Callable[[WeChat, str], Grant | AppCredential]] = {
    "grant": lambda official, openid: official.grants.current(openid),
    "credential": lambda official, openid: official.credential(),
}


def renew_and_be_stopped(answers: Any, url: str, sandbox: str, use: str, openid: str) -> None:
    """Renew a token that has ended, and stop before it is written; the token this process goes on with."""
    with (
        open_store(url, keyring=KEYRING) as store,
        WeChat(
            OFFICIAL,
            endpoints=Endpoints.sandbox(sandbox),
            store=StoppedBeforeItWrites(store),
            deadline_seconds=HASTE_SECONDS,
        ) as official,
    ):
        answers.put(USES[use](official, openid))
