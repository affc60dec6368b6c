"""`wxauth login`: the command line as the application that somebody signs in to."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from secrets import token_hex
from typing import TYPE_CHECKING

import click

from wxauth.cli.account_options import Acting, acts
from wxauth.cli.exit_status import Refused, Unfinished
from wxauth.cli.sandbox_remote import Shown
from wxauth.errors import UsageError
from wxauth.identity import Grant, Identity, Profile, Scope

if TYPE_CHECKING:
    from wxauth import Authorized, Denied
    from wxauth.cli.account_client import Granting


@click.command("login")
@click.option(
    "--scope",
    type=click.Choice([scope.value for scope in Scope]),
    default="snsapi_userinfo",
    show_default=True,
    help="授权作用域",
)
@click.option("--redirect-uri", help="Leads to this machine, through a tunnel for example. 转发到本机的回调地址")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Of the callback page here; 0: any free. 端口")
@click.option("--browser/--no-browser", default=None, help="Open the link; by default at a terminal. 打开浏览器")
@click.option("--qr", "shows_qr", is_flag=True, help="Show the link as a QR code too. 显示二维码")
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), default=300.0, help="Seconds. 等待秒数")
@acts("official_account", "website")
def login(
    acting: Acting,
    *,
    scope: str,
    redirect_uri: str | None,
    port: int,
    browser: bool | None,
    shows_qr: bool,
    timeout: float,
) -> Shown:
    """Sign yourself in, and see what an application would get.

    亲自走一遍登录：打开链接，在本机接收回调，显示得到的身份。

    The callback page is on this machine, at http://127.0.0.1. A sandbox leads there; the real WeChat leads to a
    registered domain only, so let one lead to this machine and say --redirect-uri with --port. The link, and what has
    to be done, stand on the standard error. Status 4 when nobody comes in time.

    \b
    Examples:
      wxauth login --sandbox http://127.0.0.1:8911
      wxauth login --kind website --json
      wxauth login --qr --redirect-uri https://dev.example.com/callback --port 8000
    """  # noqa: D301  click's mark for lines to keep
    from wxauth.cli.account_client import granting_client
    from wxauth.cli.login_callback import Callbacks, listening

    state = token_hex(16)
    callbacks = Callbacks(state)
    with granting_client(acting) as wechat, listening(callbacks, port) as own:
        _show(_link(wechat, redirect_uri or own, scope, state), shows_qr=shows_qr, opens=browser)
        grant = wechat.exchange_code(_code(callbacks.wait(timeout)))
        identity = wechat.identify(grant, _profile(wechat, grant))
    return Shown(value=identity, lines=_lines(identity, is_virtual=grant.is_snapshot_user))


def _link(wechat: Granting, redirect_uri: str, scope: str, state: str) -> str:
    from wxauth import WebsiteClient, WeChat

    match wechat:
        case WeChat():
            return wechat.authorize_url(redirect_uri, scope=scope, state=state)
        case WebsiteClient():
            return wechat.qr_url(redirect_uri, state=state)
        case _:
            raise UsageError("a mobile app has no link: WeChat's SDK on the phone asks the person")


def _show(link: str, *, shows_qr: bool, opens: bool | None) -> None:
    click.echo(f"Open this link  请打开此链接\n\n  {link}\n", err=True)
    if shows_qr:
        from wxauth.cli.qr import blocks

        click.echo("\n".join(blocks(link, coloured=sys.stderr.isatty())), err=True)
    if opens or (opens is None and sys.stderr.isatty() and not shows_qr):
        click.launch(link)
    click.echo("Waiting for you to come back; Ctrl-C gives up  等待回调……", err=True)


def _code(callback: Authorized | Denied | None) -> str:
    """The code that came back."""
    from wxauth import Authorized

    if callback is None:
        raise Unfinished("nobody came back in time; the link can be asked for again   等待超时")
    if not isinstance(callback, Authorized):
        raise Refused("the person refused   用户拒绝了授权")
    return callback.code


def _profile(wechat: Granting, grant: Grant) -> Profile | None:
    asks = grant.allows(Scope.SNSAPI_USERINFO) or grant.allows("snsapi_login")
    return wechat.fetch_profile(grant) if asks else None


def _lines(identity: Identity, *, is_virtual: bool) -> Iterator[str]:
    yield f"openid      {identity.openid}"
    yield f"unionid     {identity.unionid or '-'}"
    yield f"appid       {identity.appid}"
    if identity.profile is not None:
        yield f"nickname    {identity.profile.nickname}"
        yield f"headimgurl  {identity.profile.headimgurl or '-'}"
    if is_virtual:
        yield "a virtual person of a snapshot page: keep no account for them   快照页的虚拟用户，请勿建号"
