"""The names under which secrets are remembered: keyed hashes, so that a stolen store opens nothing."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

from wxauth.errors import UsageError

MIN_SECRET_KEY_CHARACTERS = 32
_MIN_DISTINCT_CHARACTERS = 10
_OF_THE_DOCUMENTATION = "the-output-of-openssl-rand-hex-32"
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_FAIR = 256 - 256 % len(_ALPHABET)
TOKEN_CHARACTERS = 43
"""Length of every random name we make: 43 letters and digits carry 256 bits."""
TOKEN_BYTES = 96
"""Random bytes drawn for one token. About 3 of them are dropped as unfair; more than 53 never are (p < 1e-50)."""


@dataclass(frozen=True, slots=True)
class SecretKey:
    """The application's own secret, from which the names of states, codes and sessions are derived.

    Args:
        value: at least 32 characters, random; ``python -c "import secrets; print(secrets.token_hex(32))"`` makes one.
            All processes of one application share it. Changing it ends every session and pending sign-in.

    Raises:
        UsageError: it is too short or plainly not random.
    """

    value: str = field(repr=False)

    def __post_init__(self) -> None:
        weakness = _weakness(self.value)
        if weakness is not None:
            raise UsageError(
                f"the secret_key {weakness}: it takes {MIN_SECRET_KEY_CHARACTERS} random characters. Make one with: "
                'python -c "import secrets; print(secrets.token_hex(32))"'
            )

    def name(self, kind: str, secret: str) -> str:
        """The store key of a secret of this kind; the secret cannot be found from it."""
        digest = hmac.digest(_bytes(self.value), _bytes(f"{kind}:{secret}"), "sha256")
        return f"wxauth:{kind}:{digest.hex()}"


def _weakness(value: str) -> str | None:
    """What is wrong with a key, without quoting it; None when nothing is seen to be wrong."""
    if value == _OF_THE_DOCUMENTATION:
        return "is the documentation's"
    if len(value) < MIN_SECRET_KEY_CHARACTERS or len(set(value)) < _MIN_DISTINCT_CHARACTERS:
        return f"is too weak ({len(value)} characters, {len(set(value))} different ones)"
    return None


def token(random: bytes) -> str:
    """Turn random bytes into 43 letters and digits, each equally likely."""
    letters = [_ALPHABET[byte % len(_ALPHABET)] for byte in random if byte < _FAIR]
    return "".join(letters[:TOKEN_CHARACTERS])


def _bytes(text: str) -> bytes:
    """The text as bytes, whatever a browser or an environment has put into it: half surrogates have bytes too."""
    return text.encode("utf-8", "surrogatepass")


def same(left: str, right: str) -> bool:
    """Compare two secrets in a time that does not depend on where they differ."""
    return hmac.compare_digest(_bytes(left), _bytes(right))
