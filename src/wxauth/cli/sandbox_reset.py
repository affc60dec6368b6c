"""`wxauth sandbox reset`: a world as it was first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from wxauth.cli.sandbox_remote import Shown, remote

if TYPE_CHECKING:
    from wxauth.sandbox.control.client import SandboxClient


@click.command("reset")
@remote
def sandbox_reset(client: SandboxClient) -> Shown:
    """Lead a world back to its first state: accounts, people, time; nothing has happened yet.

    将一个世界恢复到最初状态：公众号、用户、时间，日志清空。

    \b
    Examples:
      wxauth sandbox reset
      wxauth sandbox reset --world wx5a4db00000000100
    """  # noqa: D301  click's mark for lines to keep
    world = client.reset()
    return Shown(value=world, lines=[f"The world of {world.appids[0]} is as it was first.   已恢复到最初状态"])
