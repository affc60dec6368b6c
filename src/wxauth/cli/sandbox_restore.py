"""`wxauth sandbox restore`: a world as it was when a snapshot was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from wxauth.cli.sandbox_clock import shown_time
from wxauth.cli.sandbox_remote import Shown, remote

if TYPE_CHECKING:
    from wxauth.sandbox.control.client import SandboxClient


@click.command("restore")
@click.argument("name")
@remote
def sandbox_restore(client: SandboxClient, *, name: str) -> Shown:
    """Go back to the snapshot NAME: people, codes, tokens, journal, and the time.

    恢复到快照 NAME：用户、code、token、日志与时间。

    \b
    Examples:
      wxauth sandbox restore before
    """  # noqa: D301  click's mark for lines to keep
    world = client.restore(name)
    return Shown(value=world, lines=[f"The world is as it was at {shown_time(world.clock)}   已恢复"])
