"""Encrypted stores: the contract, and what somebody who can read or write the store inside cannot do."""

import pytest
from conformance import StoreConformance
from hypothesis import given
from hypothesis import strategies as st

from wxauth.errors import StoreError, UsageError
from wxauth.stores.crypto import MOST_BYTES, SEALING_BYTES, SWAP_ATTEMPTS, AsyncEncryptedStore, EncryptedStore, Keyring
from wxauth.stores.memory import AsyncMemoryStore, MemoryStore
from wxauth.stores.url import open_async_store, open_store

TTL = 600.0
OLD = "an old secret that has 32 bytes and more"
NEW = "a new secret that has 32 bytes and more"
RING = Keyring(NEW)
COLOURS = pytest.mark.parametrize("colour", ["sync", "async"])


class TestEncryptedStore(StoreConformance):
    MOST_BYTES = MOST_BYTES
    THREAD_KEYS = 20
    TASK_KEYS = 50

    def open(self, colour, clock):
        if colour == "sync":
            return EncryptedStore(MemoryStore(now=clock), RING)
        return AsyncEncryptedStore(AsyncMemoryStore(now=clock), RING)


@pytest.fixture
def inside(clock) -> MemoryStore:
    return MemoryStore(now=clock)


async def ask(inside, colour, what, key, ring=RING, **options):
    """The answer of an encrypted store around ``inside``."""
    if colour == "sync":
        return getattr(EncryptedStore(inside, ring), what)(key, **options)
    return await getattr(AsyncEncryptedStore(AsyncMemoryStore(inside), ring), what)(key, **options)


@COLOURS
async def test_what_is_inside_tells_nothing_and_is_never_twice_the_same(inside, colour) -> None:  # G1
    seen = set()
    for _ in range(50):
        await ask(inside, colour, "put", "k", value=b"canary" * 10, ttl_seconds=TTL)
        seen.add(inside.get("k"))
    assert len(seen) == 50
    assert not any(b"canary" in sealed for sealed in seen)
    assert {len(sealed) for sealed in seen} == {60 + SEALING_BYTES}


@COLOURS
@pytest.mark.parametrize("command", ["get", "take"])
async def test_a_value_that_was_moved_to_another_key_is_refused(inside, colour, command) -> None:  # G2
    await ask(inside, colour, "put", "mine", value=b"canary", ttl_seconds=TTL)
    inside.put("yours", inside.get("mine"), ttl_seconds=TTL)
    with pytest.raises(StoreError, match="moved here from another entry; find out who can write") as caught:
        await ask(inside, colour, command, "yours")
    assert "canary" not in f"{caught.value}"
    assert "yours" not in f"{caught.value}"
    assert await ask(inside, colour, "get", "mine") == b"canary"


@COLOURS
async def test_swap_refuses_a_value_that_was_moved_too(inside, colour) -> None:  # G2
    await ask(inside, colour, "put", "mine", value=b"v", ttl_seconds=TTL)
    inside.put("yours", inside.get("mine"), ttl_seconds=TTL)
    with pytest.raises(StoreError, match="another entry"):
        await ask(inside, colour, "swap", "yours", expected=b"v", value=b"w", ttl_seconds=TTL)


@given(st.data())
def test_a_value_that_was_changed_or_cut_anywhere_is_refused(data) -> None:
    sealed = RING.seal("k", b"value")
    at = data.draw(st.integers(0, len(sealed) - 1))
    bit = data.draw(st.integers(0, 7))
    changed = sealed[:at] + bytes([sealed[at] ^ 1 << bit]) + sealed[at + 1 :]
    for broken in (changed, sealed[:at], sealed[at + 1 :], sealed + b"\0"):
        with pytest.raises(StoreError):
            RING.open("k", broken)
    assert RING.open("k", sealed) == b"value"


@pytest.mark.parametrize("plain", [b"", b"{}", b"\x01", b"v" * 100])
def test_a_value_that_was_never_encrypted_says_what_to_do(inside, plain) -> None:
    inside.put("k", plain, ttl_seconds=TTL)
    with pytest.raises(StoreError, match=r"not encrypted, or cut off.*Begin with an empty one"):
        EncryptedStore(inside, RING).get("k")


@COLOURS
async def test_rotation_loses_nothing(inside, colour) -> None:
    await ask(inside, colour, "put", "k", Keyring(OLD), value=b"1", ttl_seconds=TTL)
    both = Keyring(NEW, OLD)
    assert await ask(inside, colour, "get", "k", both) == b"1"
    assert await ask(inside, colour, "swap", "k", both, expected=b"1", value=b"2", ttl_seconds=TTL)
    assert await ask(inside, colour, "take", "k", Keyring(NEW)) == b"2"


def test_a_value_of_a_dropped_key_says_what_to_do(inside) -> None:
    EncryptedStore(inside, Keyring(OLD)).put("k", b"canary", ttl_seconds=TTL)
    with pytest.raises(StoreError, match=r"with the key [0-9a-f]{16}, which is not on this key ring: .*same ring"):
        EncryptedStore(inside, RING).get("k")


def test_a_secret_makes_the_same_key_everywhere_and_no_other_does() -> None:
    assert Keyring(NEW).open("k", RING.seal("k", b"v")) == b"v"
    raw = bytes(range(32))
    assert Keyring(OLD, raw).open("k", Keyring(raw).seal("k", b"v")) == b"v"
    with pytest.raises(StoreError):
        Keyring(raw.hex()).open("k", Keyring(raw).seal("k", b"v"))


def test_a_value_that_was_sealed_by_this_version_is_read_for_ever() -> None:
    kept = "014bf731b0dbc1dc8d581a29adc10a8054aaa9b80fd6c62fc977cf497cafc9a5e7d884bca6a2"
    assert RING.open("k", bytes.fromhex(kept)) == b"v"


def test_a_value_too_long_to_be_sealed_says_so(inside) -> None:
    with pytest.raises(UsageError, match="an encrypted value has at most 65499 bytes, this one has 65500"):
        EncryptedStore(inside, RING).put("k", bytes(MOST_BYTES + 1), ttl_seconds=TTL)


@pytest.mark.parametrize(
    ("secrets", "problem"),
    [
        ((), "one secret at least"),
        (("hidden",), "32 bytes at least"),
        ((b"hidden",), "32 of them, this one has 6"),
        ((NEW, OLD, NEW), "each secret once"),
    ],
)
def test_a_ring_that_cannot_serve_is_refused_without_its_secrets(secrets, problem) -> None:
    with pytest.raises(UsageError, match=problem) as caught:
        Keyring(*secrets)
    assert "hidden" not in str(caught.value)


def test_a_ring_hides_its_keys() -> None:
    assert repr(Keyring(NEW, OLD)) == "<Keyring of 2>"
    assert NEW not in f"{vars(Keyring(NEW))}"


class Restless(MemoryStore):
    """A store in which somebody writes the same value anew whenever it is read."""

    left = 0

    def _perform(self, command):
        answer = super()._perform(command)
        if self.left and type(command).__name__ == "Get":
            self.left -= 1
            self.put(command.key, RING.seal(command.key, b"v"), ttl_seconds=TTL)
        return answer


@COLOURS
@pytest.mark.parametrize(("left", "ends"), [(SWAP_ATTEMPTS - 1, True), (SWAP_ATTEMPTS, False)])
async def test_a_swap_looks_again_a_bounded_number_of_times(colour, left, ends) -> None:
    inside = Restless()
    await ask(inside, colour, "put", "k", value=b"v", ttl_seconds=TTL)
    inside.left = left
    if ends:
        assert await ask(inside, colour, "swap", "k", expected=b"v", value=b"w", ttl_seconds=TTL)
    else:
        with pytest.raises(StoreError, match="written anew 64 times"):
            await ask(inside, colour, "swap", "k", expected=b"v", value=b"w", ttl_seconds=TTL)


async def test_a_url_and_a_ring_make_an_encrypted_store(tmp_path) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    with open_store(url, keyring=RING) as store:
        store.put("k", b"canary", ttl_seconds=TTL)
    assert b"canary" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    async with open_async_store(url, keyring=RING) as other:
        assert await other.take("k") == b"canary"


async def test_closing_closes_the_store_inside(inside) -> None:
    EncryptedStore(inside, RING).close()
    with pytest.raises(UsageError, match="was closed"):
        inside.get("k")
    other = AsyncMemoryStore()
    await AsyncEncryptedStore(other, RING).close()
    with pytest.raises(UsageError, match="was closed"):
        await other.get("k")
