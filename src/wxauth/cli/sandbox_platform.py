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
    """Show the third-party platform with its newest ticket; say where that is pushed to, and whom it may act for.

    第三方平台：查看最新的 component_verify_ticket，设置授权事件接收 URL，授权与取消授权。

    \b
    Examples:
      wxauth sandbox platform
      wxauth sandbox platform push http://127.0.0.1:8000/events
      wxauth sandbox platform silence
      wxauth sandbox platform authorize
      wxauth sandbox platform revoke --account wx5a4db00000000003
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


@sandbox_platform.command("authorize")
@click.option("--account", metavar="APPID", help="By default the first account of the world. 授权方")
@remote
def _authorize(client: SandboxClient, *, account: str | None) -> Shown:
    """Let the platform act for an account, as its admin does on the page (授权)."""
    given = client.authorize_platform(appid=account)
    return Shown(value=given, lines=[given.appid, f"  auth_code                {given.auth_code}"])


@sandbox_platform.command("revoke")
@click.option("--account", metavar="APPID", help="By default the first account of the world. 授权方")
@remote
def _revoke(client: SandboxClient, *, account: str | None) -> Shown:
    """Take back what an account let the platform do (取消授权)."""
    return _shown(client.revoke_platform(appid=account))


def _shown(platform: Platform) -> Shown:
    lines = [
        platform.appid,
        f"  component_verify_ticket  {platform.ticket}",
        f"  token                    {platform.push_token}",
        f"  EncodingAESKey           {platform.encoding_aes_key}",
        f"  pushed to 推送到         {platform.push_url or '-'}",
        f"  acts for 授权方          {', '.join(platform.acts_for) or '-'}",
    ]
    return Shown(value=platform, lines=lines)
