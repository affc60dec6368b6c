"""`wxauth url`: the links that ask a person, for every kind of account. No secret is needed, and nobody is asked."""

from __future__ import annotations

from secrets import token_hex

import click

from wxauth.account import OfficialAccount, ThirdPartyPlatform, WebsiteApp, WeComApp
from wxauth.cli.account_options import Acting, acts
from wxauth.cli.sandbox_remote import Shown

SCOPE = click.option("--scope", default="snsapi_base", show_default=True, help="What is asked for. 授权作用域")
STATE = click.option("--state", help="Comes back unchanged; a random one by default. 防伪随机值")


@click.group("url")
def url() -> None:
    """Build the link that asks a person to sign in.

    生成授权链接：公众号、网站、企业微信、第三方平台。不需要密钥，也不联网。

    \b
    Examples:
      wxauth url authorize https://www.example.com/auth --scope snsapi_userinfo
      wxauth url qrconnect https://www.example.com/auth --appid wx0123456789abcdef
      wxauth url wecom https://www.example.com/auth --agentid 1000002
      wxauth url platform https://www.example.com/auth --for wx0123456789abcdef
    """  # noqa: D301  click's mark for lines to keep


@url.command("authorize")
@click.argument("redirect_uri")
@SCOPE
@STATE
@click.option("--popup", is_flag=True, help="Ask even who agreed lately. 强制弹出授权页")
@click.option("--snapshot", is_flag=True, help="Show a snapshot page, for tests. 强制快照页")
@acts("official_account")
def _authorize(
    acting: Acting, *, redirect_uri: str, scope: str, state: str | None, popup: bool, snapshot: bool
) -> Shown:
    """Build the link of an official account, for WeChat's own browser (公众号网页授权)."""
    from wxauth.protocol.authorize import authorize_url

    state = state or token_hex(16)
    link = authorize_url(
        acting.endpoints,
        acting.named(OfficialAccount),
        redirect_uri,
        scope=scope,
        state=state,
        force_popup=popup,
        force_snapshot=snapshot,
    )
    return _shown(link, state)


@url.command("qrconnect")
@click.argument("redirect_uri")
@STATE
@acts("website")
def _qrconnect(acting: Acting, *, redirect_uri: str, state: str | None) -> Shown:
    """Build the link of a website app, for desktop browsers: a page with a QR code (网站扫码登录)."""
    from wxauth.protocol.qrconnect import qr_url

    state = state or token_hex(16)
    return _shown(qr_url(acting.endpoints, acting.named(WebsiteApp), redirect_uri, state=state), state)


@url.command("wecom")
@click.argument("redirect_uri")
@SCOPE
@STATE
@click.option("--desktop", is_flag=True, help="A page with a QR code for desktop browsers. 网页扫码登录")
@acts("wecom")
def _wecom(acting: Acting, *, redirect_uri: str, scope: str, state: str | None, desktop: bool) -> Shown:
    """Build the link of an app of WeCom, for its own browser (企业微信网页授权)."""
    from wxauth.protocol import wecom

    app, state = acting.named(WeComApp), state or token_hex(16)
    if desktop:
        return _shown(wecom.login_url(acting.endpoints, app, redirect_uri, state=state), state)
    return _shown(wecom.authorize_url(acting.endpoints, app, redirect_uri, scope=scope, state=state), state)


@url.command("platform")
@click.argument("redirect_uri")
@click.option("--for", "appid_of_account", required=True, metavar="APPID", help="Whom it acts for. 被代理的公众号")
@SCOPE
@STATE
@acts("third_party_platform")
def _platform(acting: Acting, *, redirect_uri: str, appid_of_account: str, scope: str, state: str | None) -> Shown:
    """Build the link of an account that a third-party platform acts for (第三方平台代网页授权)."""
    from wxauth.protocol.component_login import authorize_url

    platform, state = acting.named(ThirdPartyPlatform), state or token_hex(16)
    link = authorize_url(acting.endpoints, platform, redirect_uri, appid=appid_of_account, scope=scope, state=state)
    return _shown(link, state)


def _shown(link: str, state: str) -> Shown:
    return Shown(value={"url": link, "state": state}, lines=[link])
