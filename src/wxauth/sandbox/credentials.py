"""The credentials of the accounts themselves: tokens of cgi-bin, plain and stable, and tickets of the JS-SDK."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

from wxauth.sandbox.mint import Mint
from wxauth.sandbox.quotas import Period, Quotas
from wxauth.sandbox.refusal import Refusal
from wxauth.sandbox.remembered import Remembered
from wxauth.sandbox.words import Words, span, tail

TOKEN_SECONDS = 7200
"""https://developers.weixin.qq.com/doc/oplatform/developers/dev/AccessToken.html"""
TICKET_SECONDS = 7200
"""https://developer.work.weixin.qq.com/document/path/96909"""
OVERLAP_SECONDS = 300
"""How long a plain token outlives its successor, and how long before its end a stable token gets one.

https://developers.weixin.qq.com/doc/oplatform/developers/dev/AccessToken.html,
https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken
"""
FORCED_PER_DAY = 20
FORCED_APART_SECONDS = 30
"""How often force_refresh does anything: https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken"""
FORCED = "force_refresh"
"""What they are counted as."""
REMEMBERED_SECONDS = 3600
"""How long a dead token is told from an unknown one."""


@dataclass(slots=True, kw_only=True)
class AppToken:
    """A token with which an account calls the servers in its own name.

    Attributes:
        stable: of ``cgi-bin/stable_token``, which knows nothing of the tokens of ``cgi-bin/token``.
        until: when it ends.
        replaced_at: when a newer one cut its life short, or the account took its authorization back.
        platform: appid of the third-party platform that acts for the account with it.
    """

    value: str = field(repr=False)
    appid: str
    stable: bool
    until: float
    replaced_at: float | None = None
    platform: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What an account signs its pages with, for the JS-SDK."""

    value: str = field(repr=False)
    until: float


class Credentials:
    """Issues and finds the tokens and tickets of all accounts of a world.

    Attributes:
        quotas: what the accounts used of what WeChat limits.
    """

    quotas: Quotas
    _tokens: Remembered[AppToken]
    _plain: Remembered[AppToken]
    _stable: Remembered[AppToken]
    _tickets: Remembered[Ticket]
    _forced_at: dict[str, float]

    def __init__(self, *, mint: Mint) -> None:
        self.quotas = Quotas()
        self._mint = mint
        self._tokens = Remembered()
        self._plain = Remembered()
        self._stable = Remembered()
        self._tickets = Remembered()
        self._forced_at = {}
        self._lock = Lock()

    def __len__(self) -> int:
        """How many tokens are remembered."""
        return len(self._tokens)

    def token(self, appid: str, *, now: float) -> AppToken:
        """A new plain token; the one before works five minutes more."""
        with self._lock:
            before = self._plain.get(appid)
            if before is not None and now < before.until:
                self._replace(before, until=min(before.until, now + OVERLAP_SECONDS), now=now)
            return self._issue(appid, stable=False, now=now)

    def stable_token(self, appid: str, *, now: float) -> AppToken:
        """The stable token; within its last five minutes a new one, beside which it lives on to its end."""
        with self._lock:
            current = self._stable.get(appid)
            if current is not None and current.until - now >= OVERLAP_SECONDS:
                return current
            return self._issue(appid, stable=True, now=now)

    def platform_token(self, appid: str, *, now: float, platform: str | None = None) -> AppToken:
        """A token beside the plain and the stable one: a platform's own, or one a platform acts with for an account.

        It ends no other; whether an earlier one of its kind lives on is not told.
        """
        with self._lock:
            value, until = self._mint.app_token(appid), now + TOKEN_SECONDS
            token = AppToken(value=value, appid=appid, stable=False, until=until, platform=platform)
            self._remember(token, now)
            return token

    def end_platform_tokens(self, appid: str, platform: str, *, now: float) -> None:
        """End the tokens with which a platform acts for an account."""
        with self._lock:
            for token in self._tokens:
                if (token.appid, token.platform) == (appid, platform) and now < token.until:
                    self._replace(token, until=now, now=now)

    def force(self, appid: str, *, now: float) -> Words | None:
        """End the stable token, so that the next call issues another; or say why that does nothing."""
        with self._lock:
            current, last = self._stable.get(appid), self._forced_at.get(appid)
            if current is None or now >= current.until:
                return None
            if last is not None and 0 <= now - last < FORCED_APART_SECONDS:
                return Words(
                    en=f"force_refresh did nothing: the last one was {now - last:.0f} s ago, 30 s have to pass",
                    zh=f"force_refresh 未生效：距上一次只有 {now - last:.0f} 秒，至少要间隔 30 秒",
                )
            if not self.quotas.take(appid, FORCED, limit=FORCED_PER_DAY, per=Period.DAY, now=now):
                return Words(
                    en=f"force_refresh did nothing: {FORCED_PER_DAY} times a day are used up",
                    zh=f"force_refresh 未生效：每天 {FORCED_PER_DAY} 次已用完",
                )
            self._forced_at[appid] = now
            self._replace(current, until=now, now=now)
            return None

    def ticket(self, appid: str, *, now: float) -> Ticket:
        """The ticket of an account, a new one when the last has ended.

        That WeChat hands out one ticket as long as it lives is a guess; its quota is said to be small.
        """
        with self._lock:
            current = self._tickets.get(appid)
            if current is None or now >= current.until:
                current = Ticket(value=self._mint.ticket(), until=now + TICKET_SECONDS)
                self._tickets.put(appid, current, until=current.until, now=now)
            return current

    def known(self, token: str) -> AppToken | None:
        """A token that is remembered, dead ones included."""
        return self._tokens.get(token)

    def alive(self, access_token: str, *, now: float) -> AppToken:
        """A living token.

        Raises:
            Refusal: it is unknown, or dead because another replaced it (40001), or has lived its time (42001).
        """
        token, shown = self._tokens.get(access_token), tail(access_token)
        if token is None:
            raise Refusal(40001, en=f"access_token {shown} is unknown here", zh=f"这里没有 access_token {shown}")
        if now >= token.until:
            raise _dead(token, now)
        return token

    def _issue(self, appid: str, *, stable: bool, now: float) -> AppToken:
        token = AppToken(value=self._mint.app_token(appid), appid=appid, stable=stable, until=now + TOKEN_SECONDS)
        newest = self._stable if stable else self._plain
        newest.put(appid, token, until=token.until, now=now)
        self._remember(token, now)
        return token

    def _replace(self, token: AppToken, *, until: float, now: float) -> None:
        token.until, token.replaced_at = until, now
        self._remember(token, now)

    def _remember(self, token: AppToken, now: float) -> None:
        self._tokens.put(token.value, token, until=token.until + REMEMBERED_SECONDS, now=now)


def _dead(token: AppToken, now: float) -> Refusal:
    shown = tail(token.value)
    if token.replaced_at is None:
        ago = span(now - token.until)
        return Refusal(
            42001, en=f"access_token {shown} expired {ago.en} ago", zh=f"access_token {shown} 已过期 {ago.zh}"
        )
    ago = span(now - token.replaced_at)
    if token.platform is not None:
        return Refusal(
            40001,
            en=f"access_token {shown} ended {ago.en} ago, when {token.appid} took back what it had let "
            f"{token.platform} do",
            zh=f"access_token {shown} 已在 {ago.zh}前失效：{token.appid} 取消了对第三方平台 {token.platform} 的授权",
        )
    if token.stable:
        return Refusal(
            40001,
            en=f"access_token {shown} was ended {ago.en} ago by a call of cgi-bin/stable_token with force_refresh",
            zh=f"access_token {shown} 已在 {ago.zh}前因 cgi-bin/stable_token 的 force_refresh 而失效",
        )
    return Refusal(
        40001,
        en=f"access_token {shown} was replaced {ago.en} ago: another call of cgi-bin/token got a new one, "
        "and the old one works only 5 min more",
        zh=f"access_token {shown} 已在 {ago.zh}前被新的 cgi-bin/token 调用取代，旧的只能再用 5 分钟",
    )
