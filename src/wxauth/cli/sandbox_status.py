"""`wxauth sandbox status`: who answers, and which worlds there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from wxauth.cli.sandbox_clock import shown_time
from wxauth.cli.sandbox_remote import Shown, remote

if TYPE_CHECKING:
    from wxauth.sandbox.control.client import SandboxClient
    from wxauth.sandbox.control.values import Status, World


@click.command("status")
@remote
def sandbox_status(client: SandboxClient) -> Shown:
    """Say who answers, and which worlds there are; fail when nobody answers.

    查看沙箱状态：版本、进程、各个世界与虚拟时间；无人应答时以错误结束。

    \b
    Examples:
      wxauth sandbox status
      wxauth sandbox status --url http://127.0.0.1:8911 --json
    """  # noqa: D301  click's mark for lines to keep
    status = client.status()
    return Shown(value=status, lines=_lines(client.url, status))


def _lines(url: str, status: Status) -> Iterator[str]:
    yield f"wxauth {status.version} answers at {url}   沙箱已启动"
    yield f"  build {status.build}, process {status.pid}, start {status.nonce}"
    yield from (f"  {_world(world)}" for world in status.worlds)


def _world(world: World) -> str:
    marks = [mark for mark, holds in (("default 默认", world.default), ("strict 严格", world.strict)) if holds]
    name = " ".join(world.appids) + (f" ({', '.join(marks)})" if marks else "")
    return f"{name}  {shown_time(world.clock)}  people 用户 {world.people}, exchanges 请求 {world.exchanges}"
