"""`wxauth token`: the tokens of a person's grant, and the account's own."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import IO

import click

from wxauth.cli.account_options import Acting, acts
from wxauth.cli.grant_file import GRANT, masked, read_grant
from wxauth.cli.sandbox_remote import Shown
from wxauth.identity import Grant


@click.group("token")
def token() -> None:
    """Exchange a code for a grant, refresh and check it; fetch the account's own token.

    用 code 换取 access_token，刷新、检验它；获取账号自身的 access_token。

    What is printed for people shows the beginning of a token only; with --json it is whole, so send that to a file
    that you alone can read. A GRANT is such a file, or the standard input.

    \b
    Examples:
      wxauth token exchange CODE --json > grant.json
      wxauth token check grant.json
      wxauth token refresh grant.json --json
      wxauth token app
    """  # noqa: D301  click's mark for lines to keep


@token.command("exchange")
@click.argument("code", default="-")
@acts("official_account", "website", "mobile")
def _exchange(acting: Acting, *, code: str) -> Shown:
    """Exchange the CODE of a callback, or of the standard input, for a grant; it works once (换取)."""
    from wxauth.cli.account_client import granting_client

    code = sys.stdin.readline().strip() if code == "-" else code
    with granting_client(acting) as wechat:
        return _shown(wechat.exchange_code(code))


@token.command("refresh")
@GRANT
@acts("official_account", "website", "mobile")
def _refresh(acting: Acting, *, grant: IO[bytes]) -> Shown:
    """Renew the access_token of a grant; keep what comes back, and forget GRANT (刷新)."""
    from wxauth.cli.account_client import granting_client

    with granting_client(acting) as wechat:
        return _shown(wechat.refresh(read_grant(grant)))


@token.command("check")
@GRANT
@acts("official_account", "website", "mobile")
def _check(acting: Acting, *, grant: IO[bytes]) -> Shown:
    """Say whether WeChat still takes the access_token of a grant; status 1 when it does not (检验)."""
    from wxauth.cli.account_client import granting_client

    with granting_client(acting) as wechat:
        is_alive = wechat.check(read_grant(grant))
    return Shown(
        value={"valid": is_alive},
        lines=["valid 有效" if is_alive else "dead 已失效"],
        refusal=None if is_alive else "WeChat no longer takes the access_token: wxauth token refresh   请刷新 token",
    )


@token.command("app")
@click.option("--plain", is_flag=True, help="Of cgi-bin/token, which ends the one before. 改用普通接口")
@click.option("--force-refresh", is_flag=True, help="End the stable one and make another; 20 times a day. 强制刷新")
@acts("official_account", "mini_program")
def _app(acting: Acting, *, plain: bool, force_refresh: bool) -> Shown:
    """Fetch the account's own access_token, the stable one (账号自身的 access_token)."""
    from wxauth import TokenKind
    from wxauth.cli.account_client import credentialed_client

    kind = TokenKind.PLAIN if plain else TokenKind.STABLE
    with credentialed_client(acting) as wechat:
        credential = wechat.fetch_credential(kind=kind, force_refresh=force_refresh)
    return Shown(
        value=credential,
        lines=[
            f"appid         {credential.appid}",
            f"access_token  {masked(credential.access_token)}",
            f"expires       {_shown_time(credential.expires_at)}",
            f"kind          {credential.kind}",
        ],
    )


def _shown(grant: Grant) -> Shown:
    lines = [
        f"openid         {grant.openid}",
        f"unionid        {grant.unionid or '-'}",
        f"scope          {grant.scope}",
        f"access_token   {masked(grant.access_token)}",
        f"refresh_token  {masked(grant.refresh_token)}",
        f"expires        {_shown_time(grant.expires_at)}",
    ]
    if grant.is_snapshot_user:
        lines.append("a virtual person of a snapshot page 快照页的虚拟用户：keep no account for them")
    return Shown(value=grant, lines=lines)


def _shown_time(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
