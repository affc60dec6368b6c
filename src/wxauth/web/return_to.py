"""Where a sign-in may send the browser afterwards: a path of our own origin, or a URL that was listed."""

from __future__ import annotations

import re
from collections.abc import Collection

MAX_CHARACTERS = 2048

_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")
"""A slash that does not begin ``//`` or ``/\\``, then printable ASCII without space and backslash. What a browser would
change before it reads a URL (tabs, line ends, backslashes, full-width letters) is therefore not in it."""


def safe_return_to(wanted: str | None, *, home: str, allowed: Collection[str]) -> str:
    """The wanted target if it is safe, else ``home``.

    Args:
        wanted: a path with query and fragment, as decoded once from where it was found; or a whole URL.
        home: where to go otherwise.
        allowed: whole URLs that are taken, compared character by character.
    """
    if wanted is None or len(wanted) > MAX_CHARACTERS:
        return home
    return wanted if wanted in allowed or is_own_path(wanted) else home


def is_own_path(target: str) -> bool:
    """Whether a browser that reads this target stays at our origin, however it resolves it.

    Empty and dot segments are refused in the path: ``/..//x`` and ``/.//x`` stay at the origin, but turn into ``//x``
    in the hands of whoever normalises the path and uses it again.
    """
    if not _PATH.fullmatch(target):
        return False
    path = re.split(r"[?#]", target, maxsplit=1)[0]
    segments = path.lower().replace("%2e", ".").replace("%2f", "/").replace("%5c", "/").split("/")[1:]
    return not any(segment in (".", "..") for segment in segments) and "" not in segments[:-1]
