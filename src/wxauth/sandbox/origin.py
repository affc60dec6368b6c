"""What the sandbox was asked as: the start of every address in its answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Scope

HOST = re.compile(rb"[A-Za-z0-9.-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:]+\](:[0-9]{1,5})?")


def origin(scope: Scope) -> str:
    """Scheme and host of a request; the loopback address when its Host header is none."""
    host = next((value for name, value in scope["headers"] if name == b"host"), b"")
    return f"{scope['scheme']}://{host.decode() if HOST.fullmatch(host) else '127.0.0.1'}"
