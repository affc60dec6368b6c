"""What a mini program gets beside its code: data in plain text, signed, and data encrypted with the session_key.

https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/signature.html
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha1

BLOCK_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """Encrypted data.

    Attributes:
        encrypted_data: what ``encryptedData`` holds, base64.
        iv: what ``iv`` holds, base64.
    """

    encrypted_data: str = field(repr=False)
    iv: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenData:
    """What ``wx.getUserProfile`` gives.

    Attributes:
        raw_data: what ``rawData`` holds: JSON without openid and unionid.
        signature: of raw_data.
        sealed: the same with openid, unionid and watermark.
    """

    raw_data: str
    signature: str
    sealed: Sealed


def written(fields: Mapping[str, object]) -> str:
    """JSON as a mini program writes it."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def signature(raw_data: str, session_key: str) -> str:
    """The hex SHA-1 of the text and the key, which counts as text."""
    return sha1(f"{raw_data}{session_key}".encode(), usedforsecurity=False).hexdigest()


def sealed(fields: Mapping[str, object], *, session_key: str, iv: str) -> Sealed:
    """The fields under AES-128-CBC with PKCS#7; key and iv are 16 bytes in base64."""
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    encryptor = Cipher(AES(b64decode(session_key)), CBC(b64decode(iv))).encryptor()
    encrypted = encryptor.update(_padded(written(fields).encode())) + encryptor.finalize()
    return Sealed(encrypted_data=b64encode(encrypted).decode(), iv=iv)


def _padded(text: bytes) -> bytes:
    missing = BLOCK_BYTES - len(text) % BLOCK_BYTES
    return text + bytes([missing]) * missing
