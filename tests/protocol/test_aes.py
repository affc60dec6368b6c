import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from wxauth.protocol.aes import decrypted

KEY, IV = bytes(range(32)), bytes(16)


def sealed(plain: bytes) -> bytes:
    encryptor = Cipher(AES(KEY), CBC(IV)).encryptor()
    return encryptor.update(plain) + encryptor.finalize()


@pytest.mark.parametrize(
    ("block_bytes", "text"), [(16, b"fifteen bytes.."), (32, b"x" * 31), (32, b""), (16, b"x" * 16)]
)
def test_the_padding_is_taken_off(block_bytes: int, text: bytes) -> None:
    missing = block_bytes - len(text) % block_bytes
    padded = text + bytes([missing]) * missing
    assert decrypted(sealed(padded), key=KEY, iv=IV, block_bytes=block_bytes) == text


@pytest.mark.parametrize(
    ("plain", "block_bytes"),
    [
        (b"x" * 15 + b"\x00", 16),
        (b"x" * 15 + b"\x11", 16),
        (b"x" * 14 + b"\x01\x02", 16),
        (b"x" * 31 + b"\x21", 32),
        (bytes([17]) * 32, 16),
    ],
)
def test_a_padding_that_is_none_is_refused(plain: bytes, block_bytes: int) -> None:
    with pytest.raises(ValueError, match="PKCS#7"):
        decrypted(sealed(plain), key=KEY, iv=IV, block_bytes=block_bytes)


@pytest.mark.parametrize(
    ("data", "key", "iv"), [(b"", KEY, IV), (bytes(15), KEY, IV), (bytes(16), KEY[:5], IV), (bytes(16), KEY, IV[:5])]
)
def test_what_has_a_wrong_length_is_refused(data: bytes, key: bytes, iv: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        decrypted(data, key=key, iv=iv, block_bytes=16)
