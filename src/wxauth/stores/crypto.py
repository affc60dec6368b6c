"""Values encrypted at rest: a store around another one, which then holds nothing that a thief of its data can read.

AES-256-GCM. A sealed value is a byte for the version, 8 bytes that name the key, 12 random bytes, and the ciphertext
with its tag: 37 bytes more than the value. The version, the name of the key and the key of the *entry* are
authenticated with it, so a value that somebody copied to another entry is refused, as is one that was changed or cut.

What is not hidden: the names of the entries (a sign-in stores keyed hashes there), how long the values are, and when
they end. And whoever can write to the store can put an older sealed value back under its own name.

Random nonces are safe for 2**32 values under one key (NIST SP 800-38D, 8.3): a hundred writes a second for more than a
year. Rotate before.
"""

from __future__ import annotations

import os
from typing import Any, ClassVar

from wxauth.errors import StoreError, UsageError
from wxauth.flow.effects import Add, Get, Put, StoreCommand, Swap
from wxauth.stores.base import MAX_VALUE_BYTES, AsyncStore, Store
from wxauth.stores.extras import Needs

with Needs("crypto"):
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"\x01"
KEY_BYTES = 32
NAME_BYTES = 8
NONCE_BYTES = 12
TAG_BYTES = 16
HEAD_BYTES = len(VERSION) + NAME_BYTES
SEALING_BYTES = HEAD_BYTES + NONCE_BYTES + TAG_BYTES
"""How much longer a sealed value is."""
MOST_BYTES = MAX_VALUE_BYTES - SEALING_BYTES
"""The longest value that can be sealed, since the store inside takes 64 KiB."""
LEAST_SECRET_BYTES = 32
SWAP_ATTEMPTS = 64


class Keyring:
    """The keys of encrypted stores: the first encrypts, all of them decrypt.

    To rotate, add a new secret at the end, in all processes; then put it in front; drop the old one when what it
    encrypted has ended, at the latest when the longest time to live has passed since.

    Args:
        secrets: newest first. A str is a secret of at least 32 bytes, such as ``WXAUTH_SECRET_KEY``; the key is derived
            from it with HKDF, for this purpose alone. Bytes are a key itself, 32 of them.

    Raises:
        UsageError: there is no secret, one is too short, or one is there twice.
    """

    def __init__(self, *secrets: str | bytes) -> None:
        keys = [_key(secret) for secret in secrets]
        self._ciphers = {_derived(key, purpose="name", length=NAME_BYTES): AESGCM(key) for key in keys}
        if not secrets:
            raise UsageError("a key ring holds one secret at least; `secrets.token_hex(32)` makes one")
        if len(self._ciphers) < len(secrets):
            raise UsageError("a key ring holds each secret once; this one has one of them twice")
        self._newest = next(iter(self._ciphers))

    def __repr__(self) -> str:
        return f"<Keyring of {len(self._ciphers)}>"

    def seal(self, key: str, value: bytes) -> bytes:
        """The value, encrypted for the entry ``key`` with the newest key.

        Raises:
            UsageError: the value is too long.
        """
        if len(value) > MOST_BYTES:
            raise UsageError(f"an encrypted value has at most {MOST_BYTES} bytes, this one has {len(value)}")
        head, nonce = VERSION + self._newest, os.urandom(NONCE_BYTES)
        return head + nonce + self._ciphers[self._newest].encrypt(nonce, value, head + key.encode())

    def open(self, key: str, sealed: bytes) -> bytes:
        """The value that was sealed for the entry ``key``.

        Raises:
            StoreError: it was not sealed by this ring for this entry. Neither the entry nor the value is quoted.
        """
        head, nonce = sealed[:HEAD_BYTES], sealed[HEAD_BYTES : HEAD_BYTES + NONCE_BYTES]
        if len(sealed) < SEALING_BYTES or head[:1] != VERSION:
            raise StoreError(
                "a stored value is not encrypted, or cut off: has this store been used without a key ring? "
                "Begin with an empty one, or under another prefix"
            )
        cipher = self._ciphers.get(head[1:])
        if cipher is None:
            raise StoreError(
                f"a stored value is encrypted with the key {head[1:].hex()}, which is not on this key ring: "
                "give all processes the same ring, and keep old secrets on it until their values have ended"
            )
        try:
            return cipher.decrypt(nonce, sealed[HEAD_BYTES + NONCE_BYTES :], head + key.encode())
        except InvalidTag:
            raise StoreError(
                "a stored value was changed, or moved here from another entry; find out who can write to this store"
            ) from None


class EncryptedStore(Store):
    """A store that encrypts the values of another one.

    Args:
        store: where the encrypted values go; it is closed together with this one.
        keyring: what they are encrypted with.
    """

    HIDES_VALUES: ClassVar = True

    def __init__(self, store: Store, keyring: Keyring) -> None:
        self._store, self._keyring = store, keyring

    def _perform(self, command: StoreCommand) -> Any:
        if isinstance(command, Swap):
            return self._swap(command)
        answer = self._store.perform(sealed(command, self._keyring))
        return self._keyring.open(command.key, answer) if isinstance(answer, bytes) else answer

    def _swap(self, command: Swap) -> bool:
        for _ in range(SWAP_ATTEMPTS):
            held: bytes | None = self._store.perform(Get(command.key))
            if held is None or self._keyring.open(command.key, held) != command.expected:
                return False
            if self._store.perform(_resealed(command, held, self._keyring)):
                return True
        raise StoreError(KEEPS_CHANGING)

    def _close(self) -> None:
        self._store.close()


class AsyncEncryptedStore(AsyncStore):
    """A store that encrypts the values of another one.

    Args:
        store: where the encrypted values go; it is closed together with this one.
        keyring: what they are encrypted with.
    """

    HIDES_VALUES: ClassVar = True

    def __init__(self, store: AsyncStore, keyring: Keyring) -> None:
        self._store, self._keyring = store, keyring

    async def _perform(self, command: StoreCommand) -> Any:
        if isinstance(command, Swap):
            return await self._swap(command)
        answer = await self._store.perform(sealed(command, self._keyring))
        return self._keyring.open(command.key, answer) if isinstance(answer, bytes) else answer

    async def _swap(self, command: Swap) -> bool:
        for _ in range(SWAP_ATTEMPTS):
            held: bytes | None = await self._store.perform(Get(command.key))
            if held is None or self._keyring.open(command.key, held) != command.expected:
                return False
            if await self._store.perform(_resealed(command, held, self._keyring)):
                return True
        raise StoreError(KEEPS_CHANGING)

    async def _close(self) -> None:
        await self._store.close()


KEEPS_CHANGING = f"a stored value was written anew {SWAP_ATTEMPTS} times while it was compared; who writes it?"
"""A swap compares what is inside, since no two ciphertexts are alike: it reads, opens, and swaps what it has read. That
fails only if somebody else has written in between. Then it looks again, which ends as soon as there is something else
inside; so it could go on only for as long as somebody keeps writing the *same* value."""


def sealed(command: StoreCommand, keyring: Keyring) -> StoreCommand:
    """The command for the store inside."""
    match command:
        case Put(key, value, ttl_seconds):
            return Put(key, keyring.seal(key, value), ttl_seconds)
        case Add(key, value, ttl_seconds):
            return Add(key, keyring.seal(key, value), ttl_seconds)
        case _:
            return command


def _resealed(command: Swap, held: bytes, keyring: Keyring) -> Swap:
    return Swap(command.key, held, keyring.seal(command.key, command.value), command.ttl_seconds)


def _key(secret: str | bytes) -> bytes:
    if isinstance(secret, bytes):
        if len(secret) != KEY_BYTES:
            raise UsageError(f"a key given as bytes has {KEY_BYTES} of them, this one has {len(secret)}")
        return secret
    if len(secret.encode()) < LEAST_SECRET_BYTES:
        raise UsageError(f"a secret has {LEAST_SECRET_BYTES} bytes at least; `secrets.token_hex(32)` makes one")
    return _derived(secret.encode(), purpose="key", length=KEY_BYTES)


def _derived(secret: bytes, *, purpose: str, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=None, info=f"wxauth store {purpose}".encode()).derive(secret)
