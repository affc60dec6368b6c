"""Sign in with WeChat, for Python.

Importing this package is cheap: the HTTP client is imported with the first WeChat or AsyncWeChat.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wxauth.account import MiniProgram, MobileApp, OfficialAccount, ThirdPartyPlatform, WebsiteApp, WeComApp
from wxauth.errors import (
    AccountRefused,
    CircuitOpen,
    CodeRefused,
    DeadlineExceeded,
    Hint,
    NotFromWeChat,
    SignInAgain,
    StoreError,
    TokenDead,
    UpstreamProtocolError,
    UpstreamUnavailable,
    UsageError,
    WeChatBusy,
    WeChatError,
    WxAuthError,
)
from wxauth.identity import Grant, Identity, Lang, Profile, Scope
from wxauth.protocol.authorize import Authorized, Denied, Malformed, read_callback
from wxauth.protocol.message import Endpoints
from wxauth.settings import Settings

if TYPE_CHECKING:
    from wxauth.client.aio.official import AsyncWeChat
    from wxauth.client.sync.official import WeChat

__version__ = "0.1.0"

__all__ = [
    "AccountRefused",
    "AsyncWeChat",
    "Authorized",
    "CircuitOpen",
    "CodeRefused",
    "DeadlineExceeded",
    "Denied",
    "Endpoints",
    "Grant",
    "Hint",
    "Identity",
    "Lang",
    "Malformed",
    "MiniProgram",
    "MobileApp",
    "NotFromWeChat",
    "OfficialAccount",
    "Profile",
    "Scope",
    "Settings",
    "SignInAgain",
    "StoreError",
    "ThirdPartyPlatform",
    "TokenDead",
    "UpstreamProtocolError",
    "UpstreamUnavailable",
    "UsageError",
    "WeChat",
    "WeChatBusy",
    "WeChatError",
    "WeComApp",
    "WebsiteApp",
    "WxAuthError",
    "read_callback",
]

if not TYPE_CHECKING:

    def __getattr__(name):  # noqa: ANN001, ANN202  a type here would let checkers take any name
        if name == "WeChat":
            from wxauth.client.sync.official import WeChat

            return WeChat
        if name == "AsyncWeChat":
            from wxauth.client.aio.official import AsyncWeChat

            return AsyncWeChat
        raise AttributeError(f"module 'wxauth' has no attribute {name!r}")

    def __dir__():  # noqa: ANN202
        return sorted({*globals(), *__all__})
