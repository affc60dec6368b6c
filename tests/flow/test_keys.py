"""Random names, and the keyed hashes under which secrets are remembered."""

import re
import secrets
from collections import Counter
from itertools import pairwise

import pytest

from wxauth.errors import UsageError
from wxauth.flow.keys import TOKEN_BYTES, SecretKey, same, token

TOKEN = re.compile(r"[A-Za-z0-9]{43}")
SAMPLES = 100_000
KEY = SecretKey("0123456789abcdefghijklmnopqrstuvwxyz")

# The value that a chi-square of 61 degrees of freedom exceeds once in a thousand times.
CHI_SQUARE_61_P_001 = 100.888


@pytest.fixture(scope="module")
def tokens() -> list[str]:
    return [token(secrets.token_bytes(TOKEN_BYTES)) for _ in range(SAMPLES)]


def test_a_token_is_43_letters_and_digits(tokens: list[str]) -> None:  # A4
    assert all(TOKEN.fullmatch(text) for text in tokens)


def test_no_token_comes_twice(tokens: list[str]) -> None:  # A4
    assert len(set(tokens)) == SAMPLES


def test_every_byte_that_counts_has_one_letter_and_every_letter_four_bytes() -> None:  # A4
    counts = Counter("".join(token(bytes([byte])) for byte in range(256)))
    assert len(counts) == 62
    assert set(counts.values()) == {4}


def test_the_characters_of_random_tokens_are_spread_evenly(tokens: list[str]) -> None:  # A4: p > 0.001
    def chi_square(sample: list[str]) -> float:
        counts = Counter("".join(sample))
        expected = sum(counts.values()) / 62
        assert len(counts) == 62
        return sum((count - expected) ** 2 / expected for count in counts.values())

    # True randomness fails such a test once in a thousand runs; twice in a row is once in a million.
    again = [token(secrets.token_bytes(TOKEN_BYTES)) for _ in range(SAMPLES)]
    assert min(chi_square(tokens), chi_square(again)) < CHI_SQUARE_61_P_001


def test_bytes_that_would_favour_a_letter_are_dropped() -> None:
    assert token(bytes(range(248, 256)) * 12) == ""
    assert token(b"\xff" * 53 + bytes(43)) == "A" * 43


def test_a_name_is_the_same_for_the_same_secret_and_kind_only() -> None:
    names = {
        KEY.name("state", "secret"),
        KEY.name("state", "secret2"),
        KEY.name("code", "secret"),
        SecretKey(KEY.value + "!").name("state", "secret"),
    }
    assert len({name.rsplit(":", 1)[1] for name in names}) == 4, "the hash itself differs, not only what stands before"
    assert KEY.name("state", "secret") == SecretKey(KEY.value).name("state", "secret")


def test_a_name_does_not_contain_the_secret_and_looks_random() -> None:  # G1
    names = [KEY.name("state", f"secret{number}") for number in range(2000)]
    assert all(re.fullmatch(r"wxauth:state:[0-9a-f]{64}", name) for name in names)
    bits = [int(name.rsplit(":", 1)[1], 16) for name in names]
    flipped = [(left ^ right).bit_count() for left, right in pairwise(bits)]
    assert 126 < sum(flipped) / len(flipped) < 130, "secrets that differ a little have names that differ by half"


def test_any_text_has_a_name() -> None:  # G4: what a browser sends is no error of ours
    texts = ["", "安", "\0", "\ud800", "\udcff", "x" * 100_000]
    assert len({KEY.name("binding", text) for text in texts}) == len(texts)


WEAK = [
    "",
    "secret",
    "changeme",
    "password" * 3,
    "x" * 31,
    "abcdefghijklmnopqrstuvwxyz01234",
    "0" * 64,
    "ab" * 32,
    "secret" * 10,
    "changeme" * 8,
    "password" * 8,
    "your-secret" * 2,
    "abc123" * 12,
    "012345678" * 8,
    "deadbeef" * 8,
    " " * 64,
    "安" * 40,
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "test" * 16,
    "aaaaaaaabbbbbbbbccccccccdddddddd",
]


def test_the_key_of_the_documentation_is_refused() -> None:  # G3
    with pytest.raises(UsageError, match="is the documentation's"):
        SecretKey("the-output-of-openssl-rand-hex-32")


@pytest.mark.parametrize("weak", WEAK)
def test_a_weak_key_is_refused(weak: str) -> None:  # G3: 20 of 20
    with pytest.raises(UsageError, match="too weak") as caught:
        SecretKey(weak)
    assert len(weak) < 8 or weak not in str(caught.value), "not even a weak key is shown"


def test_the_key_that_stands_in_the_documentation_is_refused() -> None:  # G3
    with pytest.raises(UsageError, match="is the documentation's"):
        SecretKey("the-output-of-openssl-rand-hex-32")


def test_a_made_up_key_is_taken() -> None:
    for _ in range(200):
        SecretKey(secrets.token_hex(32))
        SecretKey(secrets.token_urlsafe(32))


def test_a_key_hides_itself() -> None:  # G3
    assert KEY.value not in repr(KEY)


@pytest.mark.parametrize(
    ("left", "right", "equal"), [("a", "a", True), ("a", "b", False), ("安", "安", True), ("a", "", False)]
)
def test_secrets_are_compared_whatever_they_hold(left: str, right: str, equal: bool) -> None:  # G4
    assert same(left, right) is equal
