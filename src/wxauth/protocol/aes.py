"""AES in CBC mode with PKCS#7, as WeChat uses it for open data and for what it pushes."""

from __future__ import annotations

from wxauth.errors import UsageError


def decrypted(data: bytes, *, key: bytes, iv: bytes, block_bytes: int) -> bytes:
    """The text without its padding.

    It says nothing about who encrypted it: check a signature before, or a watermark after.

    Args:
        data: what was encrypted.
        key: 16 or 32 bytes.
        iv: 16 bytes.
        block_bytes: to how many bytes the text was padded: 16, or WeChat's own 32.

    Raises:
        ValueError: data, key, iv or the padding have a wrong shape.
        UsageError: the package ``cryptography`` is missing.
    """
    try:
        from cryptography.hazmat.primitives.ciphers import Cipher
        from cryptography.hazmat.primitives.ciphers.algorithms import AES
        from cryptography.hazmat.primitives.ciphers.modes import CBC
    except ImportError:
        raise UsageError("decryption needs the package cryptography: pip install 'wxauth[crypto]'") from None
    if not data:
        raise ValueError("there is nothing to decrypt")
    decryptor = Cipher(AES(key), CBC(iv)).decryptor()
    return _unpadded(decryptor.update(data) + decryptor.finalize(), block_bytes)


def _unpadded(text: bytes, block_bytes: int) -> bytes:
    count = text[-1]
    if not 1 <= count <= block_bytes or text[-count:] != bytes([count]) * count:
        raise ValueError("the padding is not PKCS#7")
    return text[:-count]
