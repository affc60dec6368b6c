"""The session_keys of mini programs: one that is valid for each person in each mini program."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field

from wxauth.sandbox.mint import Mint
from wxauth.sandbox.refusal import Refusal
from wxauth.sandbox.remembered import Remembered
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.words import span


@dataclass(slots=True, kw_only=True)
class SessionKey:
    """The key of one person in one mini program.

    Attributes:
        value: 16 bytes in base64.
        made_at: virtual time.
        until: when it expires.
        earlier: the value it replaced.
    """

    value: str = field(repr=False)
    made_at: float
    until: float
    earlier: str | None = field(default=None, repr=False)


class SessionKeys:
    """Makes, replaces and checks keys, by their holders: a person in a program.

    https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_checksessionkey
    """

    _keys: Remembered[SessionKey]

    def __init__(self, *, mint: Mint, switches: Switches) -> None:
        self._mint = mint
        self._switches = switches
        self._keys = Remembered()

    def __len__(self) -> int:
        return len(self._keys)

    def obey(self, switches: Switches) -> None:
        """Go by these switches from now on."""
        self._switches = switches

    def alive(self, holder: str, *, now: float) -> SessionKey | None:
        """The valid key of a person, None when there is none or it has expired."""
        key = self._keys.get(holder)
        return key if key is not None and now < key.until else None

    def log_in(self, holder: str, *, now: float) -> SessionKey:
        """What a login does to the key: a new one takes its place, unless the last is as young as a switch says."""
        key = self.alive(holder, now=now)
        until = now + self._switches.session_key_seconds
        if key is not None and now < key.made_at + self._switches.login_keeps_session_key_seconds:
            key.until = until
            self._keys.put(holder, key, until=until, now=now)
            return key
        return self._make(holder, until=until, earlier=key, now=now)

    def reset(self, holder: str, signature: str, *, now: float) -> SessionKey:
        """A new key in place of the one that signs; it expires when that would have.

        https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_resetusersessionkey

        Raises:
            Refusal: there is no key (87007, by switch), or another one signed (87009).
        """
        key = self.alive(holder, now=now)
        if key is None:
            raise _gone(self._switches.session_key_gone_errcode)
        self.check(holder, signature, now=now)
        return self._make(holder, until=key.until, earlier=key, now=now)

    def check(self, holder: str, signature: str, *, now: float) -> None:
        """Raise Refusal 87009 unless the valid key made the signature."""
        key = self.alive(holder, now=now)
        if key is None:
            raise _gone(87009)
        if hmac.compare_digest(signed(key.value).encode(), signature.encode("utf-8", "replace")):
            return
        if key.earlier is not None and signature == signed(key.earlier):
            ago = span(now - key.made_at)
            raise Refusal(
                87009,
                en=f"it is signed with the session_key that was replaced {ago.en} ago",
                zh=f"签名用的 session_key 已在 {ago.zh}前被替换",
            )
        raise Refusal(
            87009,
            en="the session_key of this openid makes another signature: HMAC-SHA256 of the empty text, "
            "the key as text, not decoded from base64",
            zh="与该 openid 的 session_key 算出的签名不同：应对空字符串做 HMAC-SHA256，"
            "密钥为 session_key 原文，不做 base64 解码",
        )

    def _make(self, holder: str, *, until: float, earlier: SessionKey | None, now: float) -> SessionKey:
        key = SessionKey(
            value=self._mint.session_key(), made_at=now, until=until, earlier=None if earlier is None else earlier.value
        )
        self._keys.put(holder, key, until=until, now=now)
        return key


def signed(session_key: str, message: str = "") -> str:
    """The hex HMAC-SHA256 that proves who holds a key; the key counts as text."""
    return hmac.new(session_key.encode(), message.encode(), hashlib.sha256).hexdigest()


def _gone(errcode: int) -> Refusal:
    return Refusal(errcode, en="this openid has no valid session_key", zh="该 openid 没有有效的 session_key")
