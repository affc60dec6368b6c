"""The grants of a world: what codes were exchanged for, with their access and refresh tokens."""

from __future__ import annotations

from dataclasses import dataclass, field

from wxauth.sandbox.mint import Mint
from wxauth.sandbox.people import Person
from wxauth.sandbox.refusal import Refusal
from wxauth.sandbox.remembered import Remembered
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.words import Words, span, tail

ACCESS_TOKEN_SECONDS = 7200
"""https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsaccesstoken"""
REFRESH_TOKEN_SECONDS = 30 * 86400
"""https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsrefreshtoken"""
REMEMBERED_SECONDS = 3600
"""How long a dead grant is told from an unknown one."""


@dataclass(slots=True, kw_only=True)
class Grant:
    """What one account may ask about one person, and until when."""

    appid: str
    person: Person
    openid: str
    unionid: str | None
    scope: str
    snapshot: bool
    access_token: str = field(repr=False)
    access_until: float
    refresh_token: str = field(repr=False)
    refresh_until: float
    replaced_at: float | None = None


class Grants:
    """Opens, refreshes and finds grants."""

    _by_access_token: Remembered[Grant]
    _by_refresh_token: Remembered[Grant]
    _newest: Remembered[Grant]

    def __init__(self, *, mint: Mint, switches: Switches) -> None:
        self._mint = mint
        self._switches = switches
        self._by_access_token = Remembered()
        self._by_refresh_token = Remembered()
        self._newest = Remembered()

    def __len__(self) -> int:
        """How many tokens are remembered."""
        return len(self._by_access_token) + len(self._by_refresh_token)

    def obey(self, switches: Switches) -> None:
        """Go by these switches from now on."""
        self._switches = switches

    def open(
        self, *, appid: str, person: Person, openid: str, unionid: str | None, scope: str, snapshot: bool, now: float
    ) -> Grant:
        """A new grant; what it does to the person's earlier one is a matter of switches."""
        grant = Grant(
            appid=appid,
            person=person,
            openid=openid,
            unionid=unionid,
            scope=scope,
            snapshot=snapshot,
            access_token=self._mint.token(appid),
            access_until=now + ACCESS_TOKEN_SECONDS,
            refresh_token=self._mint.token(appid),
            refresh_until=now + REFRESH_TOKEN_SECONDS,
        )
        earlier = self._newest.get(openid)
        if earlier is not None:
            self._replace(earlier, now)
        self._newest.put(openid, grant, until=grant.refresh_until, now=now)
        self._remember(grant, now)
        return grant

    def alive(self, access_token: str, *, now: float) -> Grant:
        """The grant of an access_token; raises Refusal 40001 for an unknown, 42001 for an expired one."""
        grant = self._by_access_token.get(access_token)
        if grant is None:
            shown, other = tail(access_token), self._by_refresh_token.get(access_token)
            en, zh = ("", "") if other is None else ("; it is a refresh_token", "；它是 refresh_token")
            raise Refusal(
                40001, en=f"access_token {shown} is unknown here{en}", zh=f"这里没有 access_token {shown}{zh}"
            )
        if now >= grant.access_until:
            self._refuse_access(grant, now)
        return grant

    def known(self, token: str) -> Grant | None:
        """The grant of an access or refresh token that is remembered, dead ones included."""
        return self._by_access_token.get(token) or self._by_refresh_token.get(token)

    def refresh(self, *, appid: str, refresh_token: str, now: float) -> Grant:
        """Extend a living access_token, or replace an expired one.

        Raises:
            Refusal: the refresh_token is unknown or another account's (40030), expired or voided (42002).
        """
        grant = self._refreshable(appid, refresh_token, now)
        if now >= grant.access_until:
            self._by_access_token.take(grant.access_token)
            grant.access_token = self._mint.token(appid)
        if self._switches.refresh_rotates_token:
            self._by_refresh_token.take(grant.refresh_token)
            grant.refresh_token = self._mint.token(appid)
        grant.access_until = now + ACCESS_TOKEN_SECONDS
        self._remember(grant, now)
        return grant

    def _refreshable(self, appid: str, refresh_token: str, now: float) -> Grant:
        grant = self._by_refresh_token.get(refresh_token)
        shown = tail(refresh_token)
        if grant is None or grant.appid != appid:
            near = self._near_refresh_token(grant, refresh_token)
            raise Refusal(
                self._switches.refresh_unknown_errcode,
                en=f"{appid} has no refresh_token {shown}{near.en}",
                zh=f"{appid} 没有 refresh_token {shown}{near.zh}",
            )
        if now < grant.refresh_until:
            return grant
        errcode = self._switches.refresh_expired_errcode
        if grant.replaced_at is not None:
            ago = span(now - grant.replaced_at)
            raise Refusal(
                errcode,
                en=f"refresh_token {shown} was voided by a new authorization {ago.en} ago",
                zh=f"refresh_token {shown} 已在 {ago.zh}前因重新授权而失效",
            )
        raise Refusal(
            errcode,
            en=f"refresh_token {shown} has lived its 30 days",
            zh=f"refresh_token {shown} 的 30 天有效期已过",
        )

    def _near_refresh_token(self, found: Grant | None, given: str) -> Words:
        """What the wrong one is: another account's, or an access_token."""
        if found is not None:
            return Words(en=f"; it is one of {found.appid}", zh=f"；它属于 {found.appid}")
        if self._by_access_token.get(given) is not None:
            return Words(en="; it is an access_token", zh="；它是 access_token")
        return Words(en="", zh="")

    def _refuse_access(self, grant: Grant, now: float) -> None:
        shown, ago = tail(grant.access_token), span(now - grant.access_until)
        if self._switches.new_auth_voids_access_token and grant.replaced_at is not None:
            raise Refusal(
                40001,
                en=f"access_token {shown} was voided by a new authorization",
                zh=f"access_token {shown} 已因重新授权而失效",
            )
        raise Refusal(
            42001,
            en=f"access_token {shown} expired {ago.en} ago",
            zh=f"access_token {shown} 已过期 {ago.zh}",
        )

    def _replace(self, grant: Grant, now: float) -> None:
        until = now + self._switches.voided_token_overlap_seconds
        grant.replaced_at = now
        if self._switches.new_auth_voids_refresh_token:
            grant.refresh_until = min(grant.refresh_until, until)
        if self._switches.new_auth_voids_access_token:
            grant.access_until = min(grant.access_until, until)
        self._remember(grant, now)

    def _remember(self, grant: Grant, now: float) -> None:
        refresh_end = grant.refresh_until + REMEMBERED_SECONDS
        access_end = max(grant.access_until + REMEMBERED_SECONDS, refresh_end)
        self._by_access_token.put(grant.access_token, grant, until=access_end, now=now)
        self._by_refresh_token.put(grant.refresh_token, grant, until=refresh_end, now=now)
