"""`wxauth userinfo`: nickname and picture of the person of a grant."""

from __future__ import annotations

from dataclasses import asdict
from typing import IO

import click

from wxauth.cli.account_options import Acting, acts
from wxauth.cli.grant_file import GRANT, read_grant
from wxauth.cli.sandbox_remote import Shown


@click.command("userinfo")
@GRANT
@click.option("--lang", type=click.Choice(["zh_CN", "zh_TW", "en"]), default="zh_CN", show_default=True, help="语言")
@acts("official_account", "website", "mobile")
def userinfo(acting: Acting, *, grant: IO[bytes], lang: str) -> Shown:
    """Ask WeChat for the profile of the person of a GRANT: a file, or the standard input.

    拉取用户信息：昵称、头像、unionid。GRANT 为 wxauth token exchange --json 的输出。

    \b
    Examples:
      wxauth userinfo grant.json
      wxauth token exchange CODE --json | wxauth userinfo --json
    """  # noqa: D301  click's mark for lines to keep
    from wxauth.cli.account_client import granting_client

    with granting_client(acting) as wechat:
        profile = wechat.fetch_profile(read_grant(grant), lang=lang)
    told = [(name, value) for name, value in asdict(profile).items() if value not in (None, "", (), 0)]
    return Shown(value=profile, lines=[f"{name:<10}  {value}" for name, value in told])
