"""One start of a sandbox: what tells it from every other one."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from pathlib import Path
from secrets import token_hex

ROOM = Path(__file__).parents[1]


@cache
def build() -> str:
    """A fingerprint of the sandbox's source files, as they were when it was first asked for."""
    digest = blake2b(digest_size=8)
    for path in sorted(ROOM.rglob("*.py")):
        digest.update(f"{path.relative_to(ROOM)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Made once for each sandbox.

    Attributes:
        build: see `build`.
        pid: of the process.
        nonce: another one at every start.
    """

    build: str = field(default_factory=build)
    pid: int = field(default_factory=os.getpid)
    nonce: str = field(default_factory=lambda: token_hex(8))
