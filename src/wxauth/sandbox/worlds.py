"""Worlds: all of one sandbox, found by the appids of their accounts and by the tokens that were made in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from itertools import count
from typing import TYPE_CHECKING

from wxauth.sandbox.accounts import Account, numbered_account
from wxauth.sandbox.domains import check_domain_limit
from wxauth.sandbox.mint import marker, marker_of
from wxauth.sandbox.world import World

if TYPE_CHECKING:
    from wxauth.sandbox.document import Document

FIRST_FREE_NUMBER = 0x100
"""Lower numbers are for the accounts that every sandbox has."""


class Worlds:
    """Worlds by the appids of their accounts. What names no known appid or token is the default world's business.

    Args:
        default: by default a new World.
    """

    def __init__(self, default: World | None = None) -> None:
        self.default = default or World()
        self._by_appid: dict[str, World] = {}
        self._by_marker: dict[str, World] = {}
        self._numbers = count(FIRST_FREE_NUMBER)
        self.add(self.default)

    def __iter__(self) -> Iterator[World]:
        return iter(dict.fromkeys(self._by_appid.values()))

    def add(self, world: World) -> World:
        """Take a world in; raises ValueError when one of its appids is taken."""
        for account in world.accounts:
            if account.appid in self._by_appid:
                raise ValueError(f"{account.appid} is already an account of a world")
        for account in world.accounts:
            self._enter(account, world)
        return world

    def remove(self, world: World) -> None:
        """Forget a world; the default world stays."""
        if world is self.default:
            raise ValueError("the default world stays")
        self._forget(world.accounts)

    def reset(self, world: World) -> None:
        """Lead a world back to its first state: its accounts, people, switches, time; nothing has happened yet."""
        self._renew(world, world.reset)

    def load(self, world: World, document: Document) -> None:
        """Let a world become that of a document.

        Raises:
            Unreadable: as `World.load`.
            ValueError: one of its appids is another world's. Nothing has changed.
        """
        from wxauth.sandbox.document import read

        for appid in read(document, world).appids:
            if self._by_appid.get(appid, world) is not world:
                raise ValueError(f"{appid} is an account of another world here")
        self._renew(world, lambda: world.load(document))

    def settle(self, account: Account, world: World) -> None:
        """Let a world have one more account; raises ValueError when its appid is taken or it has too many domains."""
        check_domain_limit(account, world.switches)
        self._enter(account, world)
        world.accounts = (*world.accounts, account)

    def free_number(self) -> int:
        """A number for `numbered_account` that was given to nobody yet, and whose account no world has."""
        return next(number for number in self._numbers if numbered_account(number).appid not in self._by_appid)

    def _renew(self, world: World, change: Callable[[], None]) -> None:
        before = world.accounts
        change()
        self._forget(before)
        for account in world.accounts:
            self._enter(account, world)

    def _enter(self, account: Account, world: World) -> None:
        if account.appid in self._by_appid:
            raise ValueError(f"{account.appid} is already an account of a world")
        self._by_appid[account.appid] = world
        self._by_marker[marker(account.appid)] = world

    def _forget(self, accounts: Iterable[Account]) -> None:
        for account in accounts:
            del self._by_appid[account.appid]
            del self._by_marker[marker(account.appid)]

    def of_appid(self, appid: str) -> World | None:
        """The world of an appid."""
        return self._by_appid.get(appid)

    def of_token(self, token: str) -> World | None:
        """The world a token was made in."""
        return self._by_marker.get(marker_of(token))

    def nearest(self, appid: str) -> str | None:
        """The known appid that looks most like one that is not known."""
        return next(iter(get_close_matches(appid, list(self._by_appid), n=1, cutoff=0.8)), None)
