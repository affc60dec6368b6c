"""`wxauth sandbox code`: what a person's sign-in gives to an account, without a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from wxauth.cli.sandbox_remote import Shown, remote

if TYPE_CHECKING:
    from wxauth.sandbox.control.client import SandboxClient


@click.command("code")
@click.argument("person")
@click.option("--account", metavar="APPID", help="By default the first account of the world. 账号")
@click.option("--scope", help="By default snsapi_base, or snsapi_login for a website. 授权作用域")
@click.option("--snapshot", is_flag=True, help="It comes from a snapshot page. 来自快照页")
@click.option("--agentid", type=int, help="Of the app, for a corp of WeCom. 企业微信应用")
@click.option("--phone", is_flag=True, help="The code of a phone number, for a mini program. 手机号 code")
@remote
def sandbox_code(
    client: SandboxClient,
    *,
    person: str,
    account: str | None,
    scope: str | None,
    snapshot: bool,
    agentid: int | None,
    phone: bool,
) -> Shown:
    """Give out the code of a sign-in of PERSON's: of the link, the QR code, or wx.login, as the account has it.

    直接签发一个登录 code：网页授权、扫码登录或 wx.login，由账号类型决定。

    \b
    Examples:
      wxauth sandbox code 安 --scope snsapi_userinfo
      wxauth sandbox code 安 --account wx5a4db00000000003
      wxauth sandbox code 安 --account wx5a4db00000000003 --phone
    """  # noqa: D301  click's mark for lines to keep
    from wxauth.sandbox.control.code_values import NewCode, NewPhoneCode

    if phone:
        given = client.issue_phone_code(NewPhoneCode(person=person, appid=account))
    else:
        wished = NewCode(person=person, appid=account, scope=scope, snapshot=snapshot, agentid=agentid)
        given = client.issue_code(wished)
    return Shown(value=given, lines=[given.code])
