"""What a mini program's phone hands over: data signed or encrypted with the person's session_key.

https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/signature.html

Decryption needs the package ``cryptography`` (``pip install 'wxauth[crypto]'``).
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha1
from hmac import compare_digest
from types import MappingProxyType

import msgspec

from wxauth.errors import NotFromWeChat, UsageError
from wxauth.protocol.aes import decrypted
from wxauth.protocol.miniprogram import MiniProgramSession
from wxauth.protocol.repeated import decode_once

OLDEST_SECONDS = 300
LONGEST_DATA = 64 * 1024
BLOCK_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenData:
    """What was encrypted, after every check.

    Attributes:
        appid: the mini program, from the watermark.
        sealed_at: when WeChat encrypted it, from the watermark, in seconds of unix time.
        fields: everything else, under WeChat's names (``openId``, ``unionId``, ``purePhoneNumber``, ``openGId``...).
            Hidden in ``repr``, as it is personal.
    """

    appid: str
    sealed_at: int
    fields: Mapping[str, object] = field(repr=False)

    @property
    def unionid(self) -> str | None:
        """The person across one open-platform account, when it is told."""
        return self._text("unionId")

    @property
    def phone_number(self) -> str | None:
        """The phone number without country code, when this is about one."""
        return self._text("purePhoneNumber")

    def _text(self, name: str) -> str | None:
        value = self.fields.get(name)
        return value if isinstance(value, str) and value else None


def decrypt_open_data(
    session: MiniProgramSession,
    *,
    encrypted_data: str,
    iv: str,
    now: float,
    oldest_seconds: float = OLDEST_SECONDS,
) -> OpenData:
    """Decrypt ``encryptedData`` and check that it is of this mini program, of this person, and new.

    Args:
        session: whose session_key it is encrypted with. A ``wx.login`` since then may have replaced the key.
        encrypted_data, iv: what the phone sent, base64.
        now: unix time in seconds.
        oldest_seconds: how old it may be, and how far ahead WeChat's clock may be.

    Raises:
        NotFromWeChat: it was not encrypted with this key, or is another's, or too old.
        UsageError: the package ``cryptography`` is missing.
    """
    body, fields = _opened(session, encrypted_data, iv)
    if body.watermark.appid != session.appid:
        raise NotFromWeChat("encryptedData", "it was made for another mini program")
    if abs(now - body.watermark.timestamp) > oldest_seconds:
        raise NotFromWeChat("encryptedData", f"its watermark is more than {oldest_seconds:g} s off")
    if body.openId not in (None, session.openid):
        raise NotFromWeChat("encryptedData", "it is about another person")
    return OpenData(appid=session.appid, sealed_at=body.watermark.timestamp, fields=fields)


def demand_signed(session: MiniProgramSession, *, raw_data: str, signature: str) -> None:
    """Refuse ``rawData`` that the phone of this person did not sign.

    Args:
        session: whose session_key it is signed with.
        raw_data: the text as it came; parse it only afterwards.
        signature: 40 hex digits.

    Raises:
        NotFromWeChat: the signature is not that of the text.
    """
    expected = sha1(f"{raw_data}{session.session_key}".encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
    if not compare_digest(expected.encode(), signature.encode("utf-8", "replace")):
        raise NotFromWeChat("rawData", "its signature is another one")


class _Watermark(msgspec.Struct):
    appid: str
    timestamp: int


class _Sealed(msgspec.Struct):
    watermark: _Watermark
    openId: str | None = None  # noqa: N815 - WeChat's name


_SEALED = msgspec.json.Decoder(_Sealed)
_FIELDS = msgspec.json.Decoder(dict[str, object])


def _opened(session: MiniProgramSession, encrypted_data: str, iv: str) -> tuple[_Sealed, Mapping[str, object]]:
    """One sentence for whatever is wrong: who tries out texts shall not learn how far each came."""
    try:
        plain = _decrypt(session, encrypted_data, iv)
        sealed, fields = decode_once(_SEALED, plain), _FIELDS.decode(plain)
    except UsageError:  # a ValueError too, and about us
        raise
    except (ValueError, binascii.Error, msgspec.DecodeError, RecursionError):
        raise NotFromWeChat("encryptedData", "it was not encrypted with this session_key") from None
    return sealed, MappingProxyType({name: value for name, value in fields.items() if name != "watermark"})


def _decrypt(session: MiniProgramSession, encrypted_data: str, iv: str) -> bytes:
    if len(encrypted_data) > LONGEST_DATA:
        raise ValueError
    return decrypted(
        b64decode(encrypted_data, validate=True),
        key=b64decode(session.session_key),
        iv=b64decode(iv, validate=True),
        block_bytes=BLOCK_BYTES,
    )
