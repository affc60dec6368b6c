"""The client of the account that a command acts for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wxauth.account import MiniProgram, MobileApp, OfficialAccount, WebsiteApp
from wxauth.cli.account_options import Acting
from wxauth.errors import UsageError

if TYPE_CHECKING:
    from wxauth.client.sync.mini_program import MiniProgramClient
    from wxauth.client.sync.mobile import MobileClient
    from wxauth.client.sync.official import WeChat
    from wxauth.client.sync.website import WebsiteClient

    Granting = WeChat | WebsiteClient | MobileClient


def granting_client(acting: Acting) -> Granting:
    """Of an account whose codes are exchanged for a grant."""
    from wxauth import MobileClient, WebsiteClient, WeChat

    match account := acting.any_account():
        case OfficialAccount():
            return WeChat(account, endpoints=acting.endpoints)
        case WebsiteApp():
            return WebsiteClient(account, endpoints=acting.endpoints)
        case MobileApp():
            return MobileClient(account, endpoints=acting.endpoints)
        case _:
            raise UsageError(f"{acting.kind} has no grants")


def credentialed_client(acting: Acting) -> WeChat | MiniProgramClient:
    """Of an account with an access_token of its own."""
    from wxauth import MiniProgramClient, WeChat

    match account := acting.any_account():
        case OfficialAccount():
            return WeChat(account, endpoints=acting.endpoints)
        case MiniProgram():
            return MiniProgramClient(account, endpoints=acting.endpoints)
        case _:
            raise UsageError(f"{acting.kind} has no access_token of its own here")
