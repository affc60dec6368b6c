"""`wxauth sandbox snapshot`: everything in a world, kept by a name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from wxauth.cli.sandbox_remote import Shown, remote

if TYPE_CHECKING:
    from wxauth.sandbox.control.client import SandboxClient


@click.command("snapshot")
@click.argument("name", required=False)
@click.option("--forget", is_flag=True, help="Forget the snapshot of this name. 删除该快照")
@remote
def sandbox_snapshot(client: SandboxClient, *, name: str | None, forget: bool) -> Shown:
    """Keep everything in a world as it is now, under NAME; without NAME, list the snapshots.

    为一个世界保存状态快照；不带 NAME 则列出已有快照。

    The sandbox keeps them for as long as it runs; `wxauth sandbox export` writes a file.

    \b
    Examples:
      wxauth sandbox snapshot before
      wxauth sandbox restore before
      wxauth sandbox snapshot
      wxauth sandbox snapshot before --forget
    """  # noqa: D301  click's mark for lines to keep
    if name is None and forget:
        raise click.UsageError("--forget wants the name of a snapshot")
    names = _names(client, name, forget=forget)
    return Shown(value=names, lines=_lines(names))


def _names(client: SandboxClient, name: str | None, *, forget: bool) -> tuple[str, ...]:
    if name is None:
        return client.snapshots()
    return client.forget_snapshot(name) if forget else client.snapshot(name)


def _lines(names: tuple[str, ...]) -> Iterator[str]:
    yield from names or ("There are no snapshots.   尚无快照",)
