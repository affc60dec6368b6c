"""Our cookies, read from the raw header and written with every attribute they need.

Frameworks strip Unicode spaces from cookie names, so that a sibling domain can set U+2000 + ``__Host-x`` and be read as
``__Host-x``. We therefore look for our names in the bytes, exactly, and believe no cookie of ours when the header holds
anything that could be taken for a second one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

SESSION = "wxauth-session"
ATTEMPT = "wxauth-attempt-"
RESTARTED = "wxauth-restarted"
RETURN_TO = "wxauth-return"
_HOST = "__Host-"
_SPACE = b" \t"
_LIKE_OURS = re.compile(rb"[^!-~]*(?:__host-)?wxauth-", re.IGNORECASE)
"""The beginning of a name that some reader could take for ours: in any case, after anything invisible."""
_NAME = re.compile(r"wxauth-(?:session|restarted|return|attempt-[0-9a-f]{16})")
_VALUE = re.compile(r"[0-9A-Za-z._~%/-]*")


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
        secure: whether our cookies carry the ``__Host-`` prefix (https). Those of the other kind are not looked at: a
            browser sends both kinds to a loopback host that served http and https.
    """
    prefix, other = (_HOST, "") if secure else ("", _HOST)
    values: dict[str, str] = {}
    for pair in b";".join(headers).split(b";"):
        name, _, value = pair.strip(_SPACE).decode("latin-1").partition("=")
        if not _LIKE_OURS.match(pair) or _is_ours(name, other):
            continue
        if not _is_ours(name, prefix) or not _VALUE.fullmatch(value) or name in values:
            return Cookies(doubtful=True)
        values[name] = value
    return Cookies(values={name.removeprefix(prefix): value for name, value in values.items()})


def _is_ours(name: str, prefix: str) -> bool:
    return name.startswith(prefix) and _NAME.fullmatch(name, len(prefix)) is not None


def write_cookie(name: str, value: str, *, secure: bool, max_age_seconds: int) -> tuple[str, str]:
    """The Set-Cookie header of one cookie. Lax, because Strict would be withheld on the way back from WeChat."""
    attributes = f"Path=/; Max-Age={max_age_seconds}; HttpOnly; SameSite=Lax"
    if secure:
        return ("set-cookie", f"{_HOST}{name}={value}; {attributes}; Secure")
    return ("set-cookie", f"{name}={value}; {attributes}")


def drop_cookie(name: str, *, secure: bool) -> tuple[str, str]:
    """The Set-Cookie header that makes the browser forget one cookie."""
    return write_cookie(name, "", secure=secure, max_age_seconds=0)
