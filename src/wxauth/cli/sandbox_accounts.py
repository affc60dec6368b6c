"""`wxauth sandbox accounts`: appids and secrets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from wxauth.cli.lazy_commands import Defaulting
from wxauth.cli.sandbox_remote import Shown, remote
from wxauth.sandbox.accounts import AccountKind

if TYPE_CHECKING:
    from wxauth.sandbox.control.client import SandboxClient
    from wxauth.sandbox.control.values import Account

KINDS = tuple(kind.value for kind in AccountKind)


@click.group("accounts", cls=Defaulting)
def sandbox_accounts() -> None:
    """List accounts; add one with an appid of its own, change one, or remove the world of one.

    公众号：列出；添加一个全新 appid；修改；删除其所在的世界。

    An added account has a fresh world to itself, unless --world names one.

    \b
    Examples:
      wxauth sandbox accounts
      wxauth sandbox accounts add
      wxauth sandbox accounts add --name 测试号 --kind test --domain 192.0.2.1:8000
      wxauth sandbox accounts domains wx5a4db00000000001 www.example.com
      wxauth sandbox accounts unbind wx5a4db00000000001
      wxauth sandbox accounts remove wx5a4db00000000100
    """  # noqa: D301  click's mark for lines to keep


@sandbox_accounts.command("list")
@remote
def _list(client: SandboxClient) -> Shown:
    """List the accounts of all worlds, or of one (列出)."""
    accounts = client.accounts()
    return Shown(value=accounts, lines=[line for account in accounts for line in _lines(account)])


@sandbox_accounts.command("add")
@click.option("--name", help="What people see. 名称")
@click.option("--kind", type=click.Choice(KINDS), default="service", show_default=True, help="类型")
@click.option("--domain", "domains", multiple=True, help="A registered callback domain; may be repeated. 网页授权域名")
@click.option("--unbound", is_flag=True, help="Bound to no open-platform account: no unionid. 未绑定开放平台")
@click.option("--allow-ip", "ips", multiple=True, help="Only from here it may get its tokens; repeatable. IP 白名单")
@remote
def _add(
    client: SandboxClient, *, name: str | None, kind: str, domains: tuple[str, ...], unbound: bool, ips: tuple[str, ...]
) -> Shown:
    """Make an account with an appid of its own (添加)."""
    from wxauth.sandbox.control.values import NewAccount

    new = NewAccount(
        kind=AccountKind(kind),
        name=name,
        bound=False if unbound else None,
        callback_domains=domains or None,
        ip_whitelist=ips,
    )
    return _one(client.add_account(new))


@sandbox_accounts.command("domains")
@click.argument("appid")
@click.argument("domains", nargs=-1)
@remote
def _domains(client: SandboxClient, *, appid: str, domains: tuple[str, ...]) -> Shown:
    """Let an account have these callback DOMAINS and no others (网页授权域名)."""
    return _one(client.register_domains(appid, domains))


@sandbox_accounts.command("bind")
@click.argument("appid")
@remote
def _bind(client: SandboxClient, *, appid: str) -> Shown:
    """Bind an account to the open-platform account of its world: people have a unionid (绑定开放平台)."""
    return _one(client.bind(appid))


@sandbox_accounts.command("unbind")
@click.argument("appid")
@remote
def _unbind(client: SandboxClient, *, appid: str) -> Shown:
    """Unbind an account: people have no unionid there any more (解除绑定)."""
    return _one(client.unbind(appid))


@sandbox_accounts.command("remove")
@click.argument("appid")
@remote
def _remove(client: SandboxClient, *, appid: str) -> Shown:
    """Remove the world of an account, with everything in it (删除)."""
    world = client.remove_world(appid)
    return Shown(value=world, lines=[f"{' '.join(world.appids)} and everything in that world is gone.   已删除"])


def _one(account: Account) -> Shown:
    return Shown(value=account, lines=_lines(account))


def _lines(account: Account) -> Iterator[str]:
    union = "unionid" if account.bound else "no unionid 无 unionid"
    yield f"{account.appid}  {account.secret}  {account.name} ({account.kind}, {union})"
    yield f"  callbacks 回调域名 {', '.join(account.callback_domains) or '-'}"
    if account.world != account.appid:
        yield f"  in the world of 所在世界 {account.world}"
