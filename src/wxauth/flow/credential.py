"""Credentials that look after themselves: the app's own tokens, one per account, shared by all its processes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from wxauth.errors import StoreError, TokenDead
from wxauth.flow.effects import Delete, Now
from wxauth.flow.renewal import Shelf, read, renewed, replace_older

MARGIN_SECONDS = 240
"""A credential is renewed this long before it ends: within the five minutes in which stable_token gives out the next
one, and in which the old one still works."""
FORCED_APART_SECONDS = 30
FORCED_A_DAY = 20
"""WeChat silently ignores a forced refresh sooner after the last, or more often in a day
(https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken)."""
_DAY_SECONDS = 24 * 60 * 60
_SHORTEST_LIFE_SECONDS = 1.0


class Ending(Protocol):
    """What all of them have, the ticket of the JS-SDK too."""

    @property
    def expires_at(self) -> float:
        """When it ends, in seconds of unix time."""
        ...


class Credential(Ending, Protocol):
    """What calls are made with."""

    @property
    def access_token(self) -> str:
        """The token."""
        ...


E = TypeVar("E", bound=Ending)
C = TypeVar("C", bound=Credential)
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCredential(Generic[E]):
    """What is kept of one credential.

    Attributes:
        credential: as WeChat gave it.
        forced_at: when its refresh was forced, in seconds of unix time, in the last 24 hours.
        is_last: WeChat gave it out so close to its end that asking again before yields nothing new. WeCom gives out the
            same one until it ends, and punishes those who ask often
            (https://developer.work.weixin.qq.com/document/path/91039).
    """

    credential: E
    forced_at: tuple[float, ...] = ()
    is_last: bool = False

    def is_due(self, now: float) -> bool:
        """Whether it should be renewed."""
        return now >= self.credential.expires_at - (0 if self.is_last else MARGIN_SECONDS)

    def works(self, now: float) -> bool:
        """Whether WeChat should still take it."""
        return now < self.credential.expires_at

    def may_be_forced(self, now: float) -> bool:
        """Whether WeChat would take a forced refresh seriously."""
        lately = self._lately(now)
        return len(lately) < FORCED_A_DAY and (not lately or now - lately[-1] >= FORCED_APART_SECONDS)

    def forced(self, now: float) -> tuple[float, ...]:
        """Its forced refreshes of the last 24 hours, and one more."""
        return (*self._lately(now), now)

    def _lately(self, now: float) -> tuple[float, ...]:
        return tuple(moment for moment in self.forced_at if now - moment < _DAY_SECONDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer(Generic[E]):
    """Where the credential of one account comes from, and where it is kept.

    Attributes:
        place: the key of the store.
        kind: the type of the credential, to read it back.
        issue: asks WeChat for it, given the one that is kept. With True, for another one than it would give out by
            itself.
        within_seconds: what asking may take.
        can_force: whether WeChat can be made to give out another one than by itself.
        worth_seconds: how long the record is worth keeping although its token has ended.
    """

    place: str
    kind: type[E]
    issue: Callable[[E | None, bool], Awaitable[E]]
    within_seconds: float
    can_force: bool = False
    worth_seconds: float = _SHORTEST_LIFE_SECONDS


async def current(issuer: Issuer[E]) -> E:
    """The account's credential, renewed if need be."""
    return (await _current(issuer)).credential


async def using(issuer: Issuer[C], ask: Callable[[C], Awaitable[T]]) -> T:
    """What WeChat answers to ``ask`` with the credential; one it calls dead is replaced once, and asked with again.

    Raises:
        TokenDead: WeChat refuses the next one too, or gives out no other one: a forced refresh was made less than 30
            seconds ago, or twenty of them today.
    """
    kept = await _current(issuer)
    try:
        return await ask(kept.credential)
    except TokenDead:
        fresh = await _another(issuer, kept)
        if fresh.credential.access_token == kept.credential.access_token:
            raise
    return await ask(fresh.credential)


async def answer(issuer: Issuer[C], given: C | None, ask: Callable[[C], Awaitable[T]]) -> T:
    """What WeChat answers to ``ask`` with the credential that was given; without one, as ``using``."""
    return await (using(issuer, ask) if given is None else ask(given))


async def keep(issuer: Issuer[E], credential: E) -> None:
    """Keep a credential that came in another way, whatever was kept before."""
    await replace_older(_shelf(issuer), KeptCredential(credential=credential), lambda held: False)


async def forget(issuer: Issuer[E]) -> None:
    """Forget the account's credential."""
    await Delete(issuer.place)


async def _current(issuer: Issuer[E]) -> KeptCredential[E]:
    shelf = _shelf(issuer)
    held = await read(shelf)
    return await renewed(shelf, held, partial(_renewed, issuer), within_seconds=issuer.within_seconds)


async def _another(issuer: Issuer[C], refused: KeptCredential[C]) -> KeptCredential[C]:
    async def renew(held: KeptCredential[C] | None) -> KeptCredential[C]:
        if held is not None and held == refused:
            return await _forced(issuer, held)
        return await _renewed(issuer, held)

    shelf = _shelf(issuer)
    held = await read(shelf)
    return await renewed(shelf, held, renew, refused=refused, within_seconds=issuer.within_seconds)


async def _renewed(issuer: Issuer[E], held: KeptCredential[E] | None) -> KeptCredential[E]:
    credential = await issuer.issue(None if held is None else held.credential, False)
    return _given_out(credential, await Now(), () if held is None else held.forced_at)


def _given_out(credential: E, now: float, forced_at: tuple[float, ...]) -> KeptCredential[E]:
    is_last = now >= credential.expires_at - MARGIN_SECONDS
    return KeptCredential(credential=credential, forced_at=forced_at, is_last=is_last)


async def _forced(issuer: Issuer[C], held: KeptCredential[C]) -> KeptCredential[C]:
    """A credential after one that WeChat has refused.

    Somebody who does not share our store may have forced a refresh, so the first question is what WeChat gives out by
    itself; only when that is the refused one again, a refresh is forced.
    """
    fresh = await _renewed(issuer, held)
    now = await Now()
    is_another = fresh.credential.access_token != held.credential.access_token
    if is_another or not issuer.can_force or not fresh.may_be_forced(now):
        return fresh
    forced = await issuer.issue(fresh.credential, True)
    return _given_out(forced, await Now(), fresh.forced(now))


def _shelf(issuer: Issuer[E]) -> Shelf[KeptCredential[E]]:
    return Shelf(
        place=issuer.place,
        encode=msgspec.json.encode,
        decode=lambda stored: _decode(issuer.kind, stored),
        ttl_seconds=lambda kept, now: _ttl_seconds(kept, now, issuer.worth_seconds),
    )


def _ttl_seconds(kept: KeptCredential[E], now: float, worth_seconds: float) -> float:
    """As long as the token lives, as forced refreshes are counted, and as the record is of use beyond that."""
    counted = _DAY_SECONDS if kept.forced_at else _SHORTEST_LIFE_SECONDS
    return max(kept.credential.expires_at - now, counted, worth_seconds)


def _decode(kind: type[E], stored: bytes) -> KeptCredential[E]:
    target: Any = KeptCredential[kind]  # type: ignore[valid-type]  # a type made at run time
    try:
        kept: KeptCredential[E] = msgspec.json.decode(stored, type=target)
    except msgspec.MsgspecError:
        raise StoreError("the store holds something that is not a credential under a credential's key") from None
    return kept
