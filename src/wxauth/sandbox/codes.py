"""The codes of a world: a few minutes, one use, one account."""

from __future__ import annotations

from dataclasses import dataclass, field

from wxauth.sandbox.accounts import WEBSITE_SCOPE
from wxauth.sandbox.mint import Mint
from wxauth.sandbox.people import Person
from wxauth.sandbox.refusal import Refusal
from wxauth.sandbox.remembered import Remembered
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.words import span, tail

CODE_SECONDS = 300
"""https://developers.weixin.qq.com/doc/service/guide/h5/auth.html"""
WEBSITE_CODE_SECONDS = 600
"""https://developers.weixin.qq.com/doc/oplatform/developers/dev/auth/web.md"""
REMEMBERED_LIVES = 2
"""For how many of its lifetimes a used or expired code is told from an unknown one."""


@dataclass(slots=True, kw_only=True)
class Code:
    """A code and what it stands for."""

    value: str = field(repr=False)
    appid: str
    person: Person
    scope: str
    snapshot: bool
    issued_at: float
    redeemed_at: float | None = None

    @property
    def lives_seconds(self) -> float:
        """How long it can be redeemed."""
        return WEBSITE_CODE_SECONDS if self.scope == WEBSITE_SCOPE else CODE_SECONDS


class Codes:
    """Issues codes and redeems each of them once."""

    _codes: Remembered[Code]

    def __init__(self, *, mint: Mint, switches: Switches) -> None:
        self._mint = mint
        self._switches = switches
        self._codes = Remembered()

    def __len__(self) -> int:
        return len(self._codes)

    def obey(self, switches: Switches) -> None:
        """Go by these switches from now on."""
        self._switches = switches

    def issue(self, *, appid: str, person: Person, scope: str, snapshot: bool, now: float) -> Code:
        """A new code."""
        code = Code(
            value=self._mint.code(appid), appid=appid, person=person, scope=scope, snapshot=snapshot, issued_at=now
        )
        self._codes.put(code.value, code, until=now + REMEMBERED_LIVES * code.lives_seconds, now=now)
        return code

    def known(self, value: str) -> Code | None:
        """A code that is remembered, used and expired ones included."""
        return self._codes.get(value)

    def redeem(self, *, appid: str, value: str, now: float) -> Code:
        """Use a code up.

        Raises:
            Refusal: it is used (40163), unknown, expired or another account's (40029); nothing is used up.
        """
        code = self._codes.get(value)
        if code is None:
            shown = tail(value)
            raise Refusal(40029, en=f"code {shown} is unknown here", zh=f"这里没有 code {shown}", cause="wrong")
        self._check(code, appid, now)
        code.redeemed_at = now
        return code

    def _check(self, code: Code, appid: str, now: float) -> None:
        shown = tail(code.value)
        if code.appid != appid:
            raise Refusal(
                40029,
                en=f"code {shown} belongs to {code.appid}, not to {appid}",
                zh=f"code {shown} 属于 {code.appid}，不属于 {appid}",
                cause="wrong",
            )
        if code.redeemed_at is not None:
            ago = span(now - code.redeemed_at)
            raise Refusal(
                self._switches.reused_code_errcode,
                en=f"code {shown} was redeemed {ago.en} ago by {code.appid}",
                zh=f"code {shown} 已在 {ago.zh}前由 {code.appid} 换取过",
                cause="used",
            )
        if now >= code.issued_at + code.lives_seconds:
            ago, lives = span(now - code.issued_at), span(code.lives_seconds)
            raise Refusal(
                self._switches.expired_code_errcode,
                en=f"code {shown} was issued {ago.en} ago and lives {lives.en}",
                zh=f"code {shown} 于 {ago.zh}前签发，有效期 {lives.zh}，已过期",
                cause="expired",
            )
