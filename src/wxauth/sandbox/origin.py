"""What the sandbox was asked as: the start of every address in its answers."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Scope

HOST = re.compile(rb"[A-Za-z0-9.-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:]+\](:[0-9]{1,5})?")


def origin(scope: Scope) -> str:
    """Scheme and host of a request; the loopback address when its Host header is none."""
    for name, value in scope["headers"]:
        if name == b"host":
            return f"{scope['scheme']}://{_host(value)}"
    return f"{scope['scheme']}://127.0.0.1"


@lru_cache(maxsize=64)
def _host(header: bytes) -> str:
    return header.decode() if HOST.fullmatch(header) else "127.0.0.1"
