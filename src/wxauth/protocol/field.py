"""Reads one field of an answer, or refuses it; refuses or encodes one value of ours before it is sent."""

from __future__ import annotations

import re
from urllib.parse import quote

from wxauth.errors import UpstreamProtocolError, UsageError

LONGEST_TOKEN = 512
LONGEST_OPENID = 128
LONGEST_LIFE_SECONDS = 86_400

_PRINTABLE = re.compile(r"[!-~]+")
_UNRESERVED = re.compile(r"[A-Za-z0-9_.~-]+")
_SECONDS = re.compile(r"[0-9]{1,5}")


def encoded(value: str) -> str:
    """A value as it stands in a query. Codes and tokens mostly need nothing, and that is seen at once."""
    return value if _UNRESERVED.fullmatch(value) else quote(value, safe="")


def printable(operation: str, name: str, value: str | None, longest: int = LONGEST_TOKEN) -> str:
    """A token or an id that an answer has to hold."""
    if not value:
        raise UpstreamProtocolError(operation, f"it has no {name}")
    if len(value) > longest or not _PRINTABLE.fullmatch(value):
        raise UpstreamProtocolError(operation, f"its {name} is not 1 to {longest} printable ASCII characters")
    return value


def unionid(operation: str, value: str | None) -> str | None:
    """The unionid of an answer; None when it is missing or empty."""
    return printable(operation, "unionid", value, LONGEST_OPENID) if value else None


def lifetime_seconds(operation: str, value: int | str | None) -> int:
    """The ``expires_in`` of an answer, a numeric string included."""
    if isinstance(value, str) and _SECONDS.fullmatch(value):
        value = int(value)
    if isinstance(value, int) and 1 <= value <= LONGEST_LIFE_SECONDS:
        return value
    raise UpstreamProtocolError(operation, f"its expires_in is not 1 to {LONGEST_LIFE_SECONDS} seconds")


def demand_printable(name: str, value: str, *, missing: str, wrong: str) -> None:
    """Refuse a value that WeChat cannot have made; the words say what it would have answered."""
    if not value:
        raise UsageError(f"the {name} is empty; WeChat would have answered {missing}")
    if len(value) > LONGEST_TOKEN or not _PRINTABLE.fullmatch(value):
        raise UsageError(
            f"the {name} is not 1 to {LONGEST_TOKEN} printable ASCII characters; WeChat would have answered {wrong}"
        )


def demand_code(code: str) -> None:
    """Refuse a code that WeChat cannot have made."""
    demand_printable("code", code, missing="41008 (missing code)", wrong="40029 (invalid code)")


def demand_refresh_token(refresh_token: str) -> None:
    """Refuse a refresh_token that WeChat cannot have made."""
    demand_printable(
        "refresh_token", refresh_token, missing="41003 (refresh_token missing)", wrong="40030 (invalid refresh_token)"
    )


def demand_openid(openid: str) -> None:
    """Refuse an openid that WeChat cannot have made."""
    demand_printable("openid", openid, missing="41009 (missing openid)", wrong="40003 (invalid openid)")
