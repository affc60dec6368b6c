"""Our cookies, read from the raw header and written with every attribute they need.

Frameworks strip Unicode spaces from cookie names, so that a sibling domain can set U+2000 + ``__Host-x`` and be read as
``__Host-x``. We therefore look for our names in the bytes, exactly, and believe no cookie of ours when the header holds
anything that could be taken for a second one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

SESSION = "wxauth-session"
ATTEMPT = "wxauth-attempt-"
RESTARTED = "wxauth-restarted"
RETURN_TO = "wxauth-return"
_OURS = b"wxauth-"
_HOST = "__Host-"
_SPACE = b" \t"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookies:
    """The cookies of ours that a browser sent.

    Args:
        values: name -> value; names without the ``__Host-`` prefix.
        doubtful: whether the header held something that only looks like ours; then ``values`` is empty.
    """

    values: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    doubtful: bool = False

    def get(self, name: str) -> str | None:
        """The value of one cookie, None when it was not sent."""
        return self.values.get(name)

    def attempts(self) -> dict[str, str]:
        """The attempt cookies, label -> value."""
        return {name[len(ATTEMPT) :]: value for name, value in self.values.items() if name.startswith(ATTEMPT)}


def read_cookies(headers: Iterable[bytes], *, secure: bool) -> Cookies:
    """Read our cookies from the raw Cookie headers.

    Args:
        headers: the values of all Cookie headers of the request.
        secure: whether our cookies carry the ``__Host-`` prefix (https).
    """
    prefix = _HOST.encode() if secure else b""
    values: dict[str, str] = {}
    for pair in b";".join(headers).split(b";"):
        name, _, value = pair.strip(_SPACE).partition(b"=")
        if _OURS not in name:
            continue
        text = _ours(name, value, prefix)
        if text is None or text[0] in values:
            return Cookies(doubtful=True)
        values[text[0]] = text[1]
    return Cookies(values=values)


def _ours(name: bytes, value: bytes, prefix: bytes) -> tuple[str, str] | None:
    """Name and value when both are exactly of the form we write, None otherwise."""
    if not name.startswith(prefix + _OURS) or not name.isascii() or not value.isascii():
        return None
    return name[len(prefix) :].decode(), value.decode()


def write_cookie(name: str, value: str, *, secure: bool, max_age_seconds: int) -> tuple[str, str]:
    """The Set-Cookie header of one cookie. Lax, because Strict would be withheld on the way back from WeChat."""
    attributes = f"Path=/; Max-Age={max_age_seconds}; HttpOnly; SameSite=Lax"
    if secure:
        return ("set-cookie", f"{_HOST}{name}={value}; {attributes}; Secure")
    return ("set-cookie", f"{name}={value}; {attributes}")


def drop_cookie(name: str, *, secure: bool) -> tuple[str, str]:
    """The Set-Cookie header that makes the browser forget one cookie."""
    return write_cookie(name, "", secure=secure, max_age_seconds=0)
