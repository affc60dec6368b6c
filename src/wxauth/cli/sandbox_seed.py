"""The world that a sandbox starts with: that of a seed file, or the one of every sandbox."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from wxauth.sandbox.world import World

FILE = Path("wxauth.sandbox.toml")
"""What is looked for in the directory that a command is called in."""


def seed_file(named: Path | None) -> Path | None:
    """The file that is named, else the one in this directory, None when there is none."""
    return named or (FILE if FILE.is_file() else None)


def first_world(file: Path | None, *, strict: bool) -> World:
    """A new world, whose codes and tokens differ from those of every earlier start unless the file says otherwise."""
    from wxauth.sandbox.world import World

    salt = token_hex(8)
    if file is None:
        return World(strict=strict, salt=salt)
    from wxauth.sandbox.seed import BadSeed, seeded

    try:
        return seeded(file, strict=strict, salt=salt)
    except BadSeed as error:
        raise click.UsageError(str(error)) from None
