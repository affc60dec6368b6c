"""A grant as a file: what `wxauth token exchange --json` writes, and other commands read."""

from __future__ import annotations

from typing import IO

import click
import msgspec

from wxauth.errors import UsageError
from wxauth.identity import Grant

LONGEST = 64 * 1024
GRANT = click.argument("grant", type=click.File("rb"), default="-", metavar="[GRANT]")
"""The file; the standard input by default."""


def read_grant(file: IO[bytes]) -> Grant:
    """Read a grant; nothing of the file is quoted when it is none."""
    try:
        return msgspec.json.decode(file.read(LONGEST), type=Grant)
    except msgspec.MsgspecError:
        raise UsageError(
            "this is not a grant: give the file, or the output, of `wxauth token exchange CODE --json`"
        ) from None


def masked(token: str) -> str:
    """The beginning of a token, for people."""
    return f"{token[:8]}… ({len(token)} characters)"
