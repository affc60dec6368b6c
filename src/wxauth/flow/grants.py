"""Grants that look after themselves: one per (appid, openid), the newest, renewed before it dies."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import msgspec

from wxauth.errors import SignInAgain, StoreError, TokenDead, UsageError
from wxauth.flow.effects import Delete, Now
from wxauth.flow.renewal import Shelf, read, renewed, replace_older
from wxauth.identity import Grant
from wxauth.protocol import errcode

T = TypeVar("T")

MARGIN_SECONDS = 300
"""A grant is renewed this long before its access_token ends; meanwhile the old one still works."""
REFRESH_TOKEN_SECONDS = 30 * 24 * 60 * 60
"""From the authorization; a renewal does not prolong it
(https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsrefreshtoken)."""
REFRESH_TOKEN_EXPIRED = 42002
_SHORTEST_LIFE_SECONDS = 1.0

Refresh = Callable[[Grant], Awaitable[Grant]]
"""How the grants of one account are renewed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptGrant:
    """What is kept of one grant.

    Attributes:
        grant: as WeChat gave or last renewed it.
        authorized_at: when the person authorized, in seconds of unix time.
        over: the errcode that ended it for good; WeChat is not asked again then.
    """

    grant: Grant
    authorized_at: float
    over: int | None = None

    def is_due(self, now: float) -> bool:
        """Whether it should be renewed."""
        return self.over is None and now >= self.grant.expires_at - MARGIN_SECONDS

    def works(self, now: float) -> bool:
        """Whether there is nothing to wait for: its access_token lives, or never will again."""
        return self.over is not None or now < self.grant.expires_at


_decoder = msgspec.json.Decoder(KeptGrant)


def _decode(stored: bytes) -> KeptGrant:
    try:
        return _decoder.decode(stored)
    except msgspec.MsgspecError:
        raise StoreError("the store holds something that is not a grant under a grant's key") from None


def _ttl_seconds(kept: KeptGrant, now: float) -> float:
    return max(kept.authorized_at + REFRESH_TOKEN_SECONDS - now, _SHORTEST_LIFE_SECONDS)


def _shelf(appid: str, openid: str) -> Shelf[KeptGrant]:
    return Shelf(
        place=f"wxauth:grant:{appid}:{openid}", encode=msgspec.json.encode, decode=_decode, ttl_seconds=_ttl_seconds
    )


async def keep(grant: Grant) -> bool:
    """Keep the grant of a code that was just exchanged, in the place of an older one; True when it was written.

    WeChat ends a person's older refresh_tokens with each new authorization, so only the newest is worth keeping. When
    two authorizations arrive in the wrong order, the one that was kept later in time wins.

    Raises:
        UsageError: the grant is a snapshot page's: that person does not exist.
    """
    if grant.is_snapshot_user:
        raise UsageError("the grant of a snapshot page is not kept: its person does not exist")
    kept = KeptGrant(grant=grant, authorized_at=await Now())
    return await replace_older(
        _shelf(grant.appid, grant.openid), kept, lambda held: held.authorized_at > kept.authorized_at
    )


async def forget(appid: str, openid: str) -> None:
    """Forget a person's grant."""
    await Delete(_shelf(appid, openid).place)


async def current(appid: str, openid: str, refresh: Refresh, *, within_seconds: float) -> Grant:
    """A person's grant, renewed if need be.

    Raises:
        SignInAgain: none is kept, or its 30 days are over, or the person or WeChat has ended it.
    """
    return (await _current(appid, openid, refresh, within_seconds=within_seconds)).grant


async def using(
    appid: str, openid: str, refresh: Refresh, ask: Callable[[Grant], Awaitable[T]], *, within_seconds: float
) -> T:
    """What WeChat answers to ``ask`` with a person's grant; one it calls dead is renewed once, and asked with again."""
    kept = await _current(appid, openid, refresh, within_seconds=within_seconds)
    try:
        return await ask(kept.grant)
    except TokenDead:
        fresh = await _current(appid, openid, refresh, refused=kept, within_seconds=within_seconds)
    return await ask(fresh.grant)


async def _current(
    appid: str, openid: str, refresh: Refresh, *, refused: KeptGrant | None = None, within_seconds: float
) -> KeptGrant:
    async def renew(held: KeptGrant | None) -> KeptGrant:
        return await _refreshed(_demand(held), refresh)

    shelf = _shelf(appid, openid)
    kept = await read(shelf)
    held = _demand(kept)
    kept = await renewed(shelf, held, renew, refused=refused, within_seconds=within_seconds)
    if kept.over is not None:
        raise errcode.error("grants", kept.over, "the grant is over; WeChat was not asked again")
    return kept


async def _refreshed(held: KeptGrant, refresh: Refresh) -> KeptGrant:
    """The grant renewed, or marked as over when WeChat says so: then nobody asks again."""
    if held.over is not None:
        return held
    try:
        return replace(held, grant=await refresh(held.grant))
    except SignInAgain as error:
        return replace(held, over=error.errcode)


def _demand(held: KeptGrant | None) -> KeptGrant:
    if held is None:
        raise errcode.error("grants", REFRESH_TOKEN_EXPIRED, "no grant of this person is kept; WeChat was not asked")
    return held
