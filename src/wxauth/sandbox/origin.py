"""What the sandbox was asked as: the start of every address in its answers."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.types import Scope

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
HOST = re.compile(rb"[A-Za-z0-9.-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:]+\](:[0-9]{1,5})?")
ORIGIN = re.compile(rf"https?://({HOST.pattern.decode()})")
PUBLIC_URL = "wxauth.public_url"
"""The key of a scope under which the app notes what it shall be called, whatever it was asked as."""


def read_public_url(text: str) -> str:
    """The start of all addresses as somebody wrote it, without a slash at the end; raises ValueError."""
    url = text.removesuffix("/")
    try:
        parts = urlsplit(url)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
    if not whole or not ORIGIN.fullmatch(url):
        raise ValueError(f"{text[:60]!r} is no origin: write scheme, host and port alone, as https://wechat.test:8911")
    return url


def origin(scope: Scope) -> str:
    """The public url; without one scheme and host of a request, the loopback address when its Host header is none."""
    if PUBLIC_URL in scope:
        url: str = scope[PUBLIC_URL]
        return url
    for name, value in scope["headers"]:
        if name == b"host":
            return f"{scope['scheme']}://{_host(value)}"
    return f"{scope['scheme']}://127.0.0.1"


@lru_cache(maxsize=64)
def _host(header: bytes) -> str:
    return header.decode() if HOST.fullmatch(header) else "127.0.0.1"
