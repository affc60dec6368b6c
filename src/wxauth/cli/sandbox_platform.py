"""`wxauth sandbox platform`: the third-party platform of a world, its ticket, and where that is pushed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from wxauth.cli.lazy_commands import Defaulting
from wxauth.cli.sandbox_remote import Shown, remote

if TYPE_CHECKING:
    from wxauth.sandbox.control.client import SandboxClient
    from wxauth.sandbox.control.values import Platform


@click.group("platform", cls=Defaulting)
def sandbox_platform() -> None:
    """Show the third-party platform with its newest ticket, and say where tickets and events are pushed to.

    第三方平台：查看最新的 component_verify_ticket，设置授权事件接收 URL。

    \b
    Examples:
      wxauth sandbox platform
      wxauth sandbox platform push http://127.0.0.1:8000/events
      wxauth sandbox platform silence
    """  # noqa: D301  click's mark for lines to keep


@sandbox_platform.command("show")
@remote
def _show(client: SandboxClient) -> Shown:
    """Show the platform with its newest ticket (查看)."""
    return _shown(client.platform())


@sandbox_platform.command("push")
@click.argument("address")
@remote
def _push(client: SandboxClient, *, address: str) -> Shown:
    """Push tickets and events to ADDRESS, the newest ticket at once (推送到该地址)."""
    return _shown(client.push_tickets(address))


@sandbox_platform.command("silence")
@remote
def _silence(client: SandboxClient) -> Shown:
    """Push nothing any more (停止推送)."""
    return _shown(client.push_tickets(None))


def _shown(platform: Platform) -> Shown:
    lines = [
        platform.appid,
        f"  component_verify_ticket  {platform.ticket}",
        f"  token                    {platform.push_token}",
        f"  EncodingAESKey           {platform.encoding_aes_key}",
        f"  pushed to 推送到         {platform.push_url or '-'}",
    ]
    return Shown(value=platform, lines=lines)
