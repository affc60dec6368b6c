"""What WeChat pushes to a third-party platform: checked, decrypted, and read as one of a few events.

Every ten minutes a ticket comes, without which a platform can do nothing; and news of the accounts it acts for. Answer
the plain text ``success``. Decryption needs the package ``cryptography`` (``pip install 'wxauth[crypto]'``).

https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/component_verify_ticket.html
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha1
from hmac import compare_digest
from urllib.parse import parse_qsl

from wxauth.account import APPID, ThirdPartyPlatform
from wxauth.errors import NotFromWeChat, UsageError
from wxauth.protocol.aes import decrypted
from wxauth.protocol.flat_xml import read_flat_xml

WINDOW_SECONDS = 300
LONGEST_BODY = 64 * 1024
LONGEST_QUERY = 8 * 1024
RANDOM_BYTES, LENGTH_BYTES, BLOCK_BYTES = 16, 4, 32
ANSWER = b"success"
"""What to answer to a push that was read."""

_SECONDS = re.compile(r"[0-9]{1,12}")
_PRINTABLE = re.compile(r"[!-~]{1,512}")
_PUSH = "push"


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPushed:
    """The platform's new ``component_verify_ticket``; it lives twelve hours.

    Attributes:
        ticket: keep it where all processes find it. Hidden in ``repr``.
        created_at: seconds of unix time.
    """

    ticket: str = field(repr=False)
    created_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountAuthorized:
    """An account let the platform act for it, or changed what it may do.

    Attributes:
        appid: the account.
        auth_code: as if the administrator had brought it back; exchange it by `query_auth`. Hidden in ``repr``.
        is_update: whether it had let the platform act before (``updateauthorized``).
        created_at: seconds of unix time.
    """

    appid: str
    auth_code: str = field(repr=False)
    is_update: bool
    created_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountUnauthorized:
    """An account no longer lets the platform act: forget its credential.

    Attributes:
        appid: the account.
        created_at: seconds of unix time.
    """

    appid: str
    created_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPush:
    """Something else: answer it all the same, or WeChat repeats it.

    Attributes:
        kind: its ``InfoType``.
        created_at: seconds of unix time.
    """

    kind: str
    created_at: int


PlatformPush = TicketPushed | AccountAuthorized | AccountUnauthorized | OtherPush


def read_push(
    platform: ThirdPartyPlatform, *, query: str, body: bytes, now: float, window_seconds: float = WINDOW_SECONDS
) -> PlatformPush:
    """Read one push, after checking its signature, its age, and whom it is for, in this order.

    A push can be repeated within the window, by WeChat itself too: make what you do with an event repeatable.

    Args:
        platform: to whom it was pushed.
        query: the query string of the request, without its question mark.
        body: the body of the request.
        now: unix time in seconds.
        window_seconds: how far the push's time may be from ours.

    Raises:
        NotFromWeChat: it is not WeChat's, not for this platform, or not now. Answer 403, and nothing of this text.
        UsageError: the package ``cryptography`` is missing.
    """
    encrypted = _encrypted(body)
    _check_signature(platform, _parameters(query), encrypted, now=now, window_seconds=window_seconds)
    return _event(platform, _fields(_decrypt(platform, encrypted)))


def _encrypted(body: bytes) -> str:
    if len(body) > LONGEST_BODY:
        raise NotFromWeChat(_PUSH, f"it is over {LONGEST_BODY // 1024} KiB")
    encrypted = _fields(body).get("Encrypt", "")
    if not encrypted:
        raise NotFromWeChat(_PUSH, "it is not encrypted")
    return encrypted


def _fields(xml: bytes) -> Mapping[str, str]:
    try:
        return read_flat_xml(xml)
    except ValueError as wrong:
        raise NotFromWeChat(_PUSH, str(wrong)) from None


def _parameters(query: str) -> Mapping[str, str]:
    pairs = parse_qsl(query, keep_blank_values=True) if len(query) <= LONGEST_QUERY else []
    names = [name for name, _ in pairs]
    for name in ("timestamp", "nonce", "msg_signature"):
        if names.count(name) != 1:
            raise NotFromWeChat(_PUSH, f"its query has not one {name}")
    return dict(pairs)


def _check_signature(
    platform: ThirdPartyPlatform, given: Mapping[str, str], encrypted: str, *, now: float, window_seconds: float
) -> None:
    timestamp = given["timestamp"]
    signed = "".join(sorted([platform.token, timestamp, given["nonce"], encrypted]))
    expected = sha1(signed.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
    if not compare_digest(expected.encode(), given["msg_signature"].encode("utf-8", "replace")):
        raise NotFromWeChat(_PUSH, "its msg_signature is another one")
    if not _SECONDS.fullmatch(timestamp) or abs(now - int(timestamp)) > window_seconds:
        raise NotFromWeChat(_PUSH, f"its timestamp is more than {window_seconds:g} s off")


def _decrypt(platform: ThirdPartyPlatform, encrypted: str) -> bytes:
    """16 random bytes, the length of the text in 4, the text, and the appid it is for."""
    # 43 characters hold two bits more than 32 bytes; decoders that insist would refuse most keys.
    key = b64decode(f"{platform.encoding_aes_key}=")
    try:
        plain = decrypted(b64decode(encrypted, validate=True), key=key, iv=key[:16], block_bytes=BLOCK_BYTES)
    except UsageError:  # a ValueError too, and about us
        raise
    except ValueError:
        raise NotFromWeChat(_PUSH, "it does not decrypt with the encoding_aes_key") from None
    start = RANDOM_BYTES + LENGTH_BYTES
    end = start + int.from_bytes(plain[RANDOM_BYTES:start])
    if plain[end:] != platform.appid.encode():
        raise NotFromWeChat(_PUSH, "it was made for another platform")
    return plain[start:end]


def _event(platform: ThirdPartyPlatform, fields: Mapping[str, str]) -> PlatformPush:
    if fields.get("AppId") != platform.appid:
        raise NotFromWeChat(_PUSH, "its AppId is that of another platform")
    created = fields.get("CreateTime", "")
    if not _SECONDS.fullmatch(created):
        raise NotFromWeChat(_PUSH, "it has no CreateTime")
    match fields.get("InfoType", ""):
        case "component_verify_ticket":
            return TicketPushed(ticket=_text(fields, "ComponentVerifyTicket"), created_at=int(created))
        case "authorized" | "updateauthorized" as kind:
            return AccountAuthorized(
                appid=_appid(fields),
                auth_code=_text(fields, "AuthorizationCode"),
                is_update=kind == "updateauthorized",
                created_at=int(created),
            )
        case "unauthorized":
            return AccountUnauthorized(appid=_appid(fields), created_at=int(created))
        case kind:
            return OtherPush(kind=kind[:64], created_at=int(created))


def _text(fields: Mapping[str, str], name: str) -> str:
    value = fields.get(name, "")
    if not _PRINTABLE.fullmatch(value):
        raise NotFromWeChat(_PUSH, f"it has no {name}")
    return value


def _appid(fields: Mapping[str, str]) -> str:
    value = fields.get("AuthorizerAppid", "")
    if not APPID.fullmatch(value):
        raise NotFromWeChat(_PUSH, "its AuthorizerAppid is no appid")
    return value
