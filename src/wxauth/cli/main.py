"""The command `wxauth`: a table of sub-commands, each imported only when it is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wxauth import __version__
from wxauth.errors import WxAuthError

try:
    import click

    from wxauth.cli.exit_status import failure
    from wxauth.cli.lazy_commands import LazyCommands
except ModuleNotFoundError as missing:
    if missing.name != "click":
        raise
    raise SystemExit('The command line of wxauth is an extra. Please install it: pip install "wxauth[cli]"') from None

COMMANDS: Mapping[str, str] = {
    "demo": "Sign somebody in, end to end, on this machine. 演示登录全过程",
    "sandbox": "Run a local WeChat to build and test against. 本地微信沙箱",
    "doctor": "Check an account and its settings. 体检账号与配置",
    "url": "Build the link that asks a person. 生成授权链接",
    "qr": "Show a link as a QR code, in the terminal or a file. 终端二维码",
    "login": "Sign yourself in, and see who you are. 亲自登录一次",
    "token": "Exchange a code; refresh, check and fetch tokens. 换取、刷新、检验 token",
    "userinfo": "Ask for the profile of a grant's person. 拉取用户信息",
    "followers": "Export all followers, with their unionids. 导出关注者与 unionid",
    "explain": "Say what an errcode means and what to do. 查询错误码",
}
"""Name -> what `wxauth --help` says about it. The command itself is `wxauth.cli.<name>:<name>`."""

EXTRAS: Mapping[str, str] = {
    "fastapi": "wxauth[all]",
    "starlette": "wxauth[sandbox]",
    "jinja2": "wxauth[sandbox]",
    "uvicorn": "wxauth[sandbox]",
    "segno": "wxauth[cli]",
    "cryptography": "wxauth[crypto]",
    "psycopg": "wxauth[postgres]",
}
"""What some commands need beyond the command line -> what installs it."""

SETTINGS = {"help_option_names": ["-h", "--help"]}


class Commands(LazyCommands):
    """The group of all commands."""

    table = COMMANDS

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what goes wrong becomes one line and an exit status."""
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as missing:
            package = (missing.name or "").partition(".")[0]
            if package not in EXTRAS:
                raise
            command = f'pip install "{EXTRAS[package]}"'
            raise click.ClickException(f"{package} is not installed. Please run: {command}") from None
        except WxAuthError as error:
            raise failure(error) from None


@click.group(cls=Commands, context_settings=SETTINGS)
@click.version_option(__version__, prog_name="wxauth", message="%(prog)s %(version)s")
def main() -> None:
    """Sign in with WeChat, for Python.

    用 Python 接入微信登录。

    \b
    Examples:
      wxauth demo             sign somebody in and look around
      wxauth sandbox          a local WeChat, no account needed
      wxauth doctor           what is wrong with my account
      wxauth explain 40163    why that code was refused
    """  # noqa: D301  click's mark for lines to keep
