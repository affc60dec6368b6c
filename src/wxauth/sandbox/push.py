"""What WeChat pushes to a third-party platform: where to, and as which encrypted, signed XML.

https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/component_verify_ticket.html;
the encryption as wechatpy reads it: wechatpy/crypto/base.py.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha1
from urllib.parse import urlencode, urlsplit

TOKEN = re.compile(r"[A-Za-z0-9]{3,32}")
AES_KEY = re.compile(r"[A-Za-z0-9]{43}")
BLOCK_BYTES = 32
PREFIX_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """Where and how a platform wants its events.

    Args:
        token: 消息校验Token, 3 to 32 letters and digits.
        encoding_aes_key: 消息加解密Key, 43 letters and digits.
        url: 授权事件接收URL, http or https; None: nothing is pushed.

    Raises:
        ValueError: a value has another shape.
    """

    token: str = field(default="SBXpushToken", repr=False)
    encoding_aes_key: str = field(default=f"SBX5a4db0{'0' * 34}", repr=False)
    url: str | None = None

    def __post_init__(self) -> None:
        if not TOKEN.fullmatch(self.token):
            raise ValueError("the token of a push has 3 to 32 letters and digits")
        if not AES_KEY.fullmatch(self.encoding_aes_key):
            raise ValueError("an EncodingAESKey has 43 letters and digits")
        if self.url is not None and not _is_address(self.url):
            raise ValueError(f"{self.url[:80]!r} is not an http:// or https:// address")

    @property
    def key(self) -> bytes:
        """The 32 bytes of the AES key."""
        return b64decode(f"{self.encoding_aes_key}=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as it is posted.

    Attributes:
        query: what is added to the address: timestamp, nonce and both signatures.
        body: the outer XML, with the encrypted one in it.
    """

    query: str = field(repr=False)
    body: bytes = field(repr=False)


def event(appid: str, info_type: str, fields: Mapping[str, str | int], *, at: float) -> str:
    """The XML of an event.

    Args:
        appid: of the platform.
        info_type: what has happened, ``component_verify_ticket`` for one.
        fields: what else is told, in its order.
        at: the time it is sent.
    """
    inner = "".join(
        f"<{name}>{value}</{name}>" if isinstance(value, int) else f"<{name}><![CDATA[{value}]]></{name}>"
        for name, value in {"AppId": appid, "CreateTime": int(at), "InfoType": info_type, **fields}.items()
    )
    return f"<xml>{inner}</xml>"


def sealed_message(text: str, *, appid: str, push: Push, at: float, chance: bytes) -> Message:
    """An event, encrypted and signed.

    Args:
        text: its XML.
        appid: of the platform.
        push: its token and key.
        at: the time it is sent.
        chance: 24 bytes that nobody can guess: the start of what is encrypted, and the nonce.
    """
    encrypted = b64encode(_encrypted(text, appid, push.key, chance[:PREFIX_BYTES])).decode()
    timestamp, nonce = str(int(at)), str(int.from_bytes(chance[PREFIX_BYTES:]) % 10**9)
    query = {
        "signature": _signature(push.token, timestamp, nonce),
        "timestamp": timestamp,
        "nonce": nonce,
        "encrypt_type": "aes",
        "msg_signature": _signature(push.token, timestamp, nonce, encrypted),
    }
    outer = f"<xml><AppId><![CDATA[{appid}]]></AppId><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    return Message(query=urlencode(query), body=outer.encode())


def _signature(*parts: str) -> str:
    return sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def _encrypted(text: str, appid: str, key: bytes, prefix: bytes) -> bytes:
    """AES-256-CBC; the initial vector is the beginning of the key, and a block of the padding has 32 bytes."""
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    content = text.encode()
    plain = prefix + len(content).to_bytes(4) + content + appid.encode()
    missing = BLOCK_BYTES - len(plain) % BLOCK_BYTES
    encryptor = Cipher(AES(key), CBC(key[:16])).encryptor()
    return encryptor.update(plain + bytes([missing]) * missing) + encryptor.finalize()


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and url.isprintable()
    except ValueError:
        return False
