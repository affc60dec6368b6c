"""Sign in with WeChat, for Python.

Importing this package is cheap: what needs the HTTP client or the JSON reader is imported when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wxauth.account import MiniProgram, MobileApp, OfficialAccount, ThirdPartyPlatform, WebsiteApp, WeComApp
from wxauth.accounts import Accounts
from wxauth.credential import AppCredential, AuthorizerCredential, ComponentCredential, CorpCredential, TokenKind
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
from wxauth.protocol.component_login import Agreed, read_agreement
from wxauth.protocol.message import Endpoints
from wxauth.protocol.qrconnect import QrLook
from wxauth.settings import Settings

if TYPE_CHECKING:
    from wxauth.client.aio.kept_grants import AsyncKeptGrants
    from wxauth.client.aio.mini_program import AsyncMiniProgramClient
    from wxauth.client.aio.mobile import AsyncMobileClient
    from wxauth.client.aio.official import AsyncWeChat
    from wxauth.client.aio.on_behalf import AsyncOnBehalfClient
    from wxauth.client.aio.platform import AsyncPlatformClient
    from wxauth.client.aio.registry import AsyncClients
    from wxauth.client.aio.website import AsyncWebsiteClient
    from wxauth.client.aio.wecom import AsyncWeComClient
    from wxauth.client.sync.kept_grants import KeptGrants
    from wxauth.client.sync.mini_program import MiniProgramClient
    from wxauth.client.sync.mobile import MobileClient
    from wxauth.client.sync.official import WeChat
    from wxauth.client.sync.on_behalf import OnBehalfClient
    from wxauth.client.sync.platform import PlatformClient
    from wxauth.client.sync.registry import Clients
    from wxauth.client.sync.website import WebsiteClient
    from wxauth.client.sync.wecom import WeComClient
    from wxauth.protocol.component import Authorization, PreAuthCode
    from wxauth.protocol.followers import Follower, FollowerPage
    from wxauth.protocol.jssdk import JsapiTicket, JsConfig
    from wxauth.protocol.miniprogram import MiniProgramSession, PhoneNumber
    from wxauth.protocol.open_data import OpenData
    from wxauth.protocol.push import AccountAuthorized, AccountUnauthorized, OtherPush, TicketPushed
    from wxauth.protocol.wecom import CorpScope, Member, MemberDetail, Outsider

__version__ = "0.1.0"

__all__ = [
    "AccountAuthorized",
    "AccountRefused",
    "AccountUnauthorized",
    "Accounts",
    "Agreed",
    "AppCredential",
    "AsyncClients",
    "AsyncKeptGrants",
    "AsyncMiniProgramClient",
    "AsyncMobileClient",
    "AsyncOnBehalfClient",
    "AsyncPlatformClient",
    "AsyncWeChat",
    "AsyncWeComClient",
    "AsyncWebsiteClient",
    "Authorization",
    "Authorized",
    "AuthorizerCredential",
    "CircuitOpen",
    "Clients",
    "CodeRefused",
    "ComponentCredential",
    "CorpCredential",
    "CorpScope",
    "DeadlineExceeded",
    "Denied",
    "Endpoints",
    "Follower",
    "FollowerPage",
    "Grant",
    "Hint",
    "Identity",
    "JsConfig",
    "JsapiTicket",
    "KeptGrants",
    "Lang",
    "Malformed",
    "Member",
    "MemberDetail",
    "MiniProgram",
    "MiniProgramClient",
    "MiniProgramSession",
    "MobileApp",
    "MobileClient",
    "NotFromWeChat",
    "OfficialAccount",
    "OnBehalfClient",
    "OpenData",
    "OtherPush",
    "Outsider",
    "PhoneNumber",
    "PlatformClient",
    "PreAuthCode",
    "Profile",
    "QrLook",
    "Scope",
    "Settings",
    "SignInAgain",
    "StoreError",
    "ThirdPartyPlatform",
    "TicketPushed",
    "TokenDead",
    "TokenKind",
    "UpstreamProtocolError",
    "UpstreamUnavailable",
    "UsageError",
    "WeChat",
    "WeChatBusy",
    "WeChatError",
    "WeComApp",
    "WeComClient",
    "WebsiteApp",
    "WebsiteClient",
    "WxAuthError",
    "read_agreement",
    "read_callback",
]

if not TYPE_CHECKING:
    _LATER = {
        "AccountAuthorized": "protocol.push",
        "AccountUnauthorized": "protocol.push",
        "AsyncClients": "client.aio.registry",
        "AsyncKeptGrants": "client.aio.kept_grants",
        "AsyncMiniProgramClient": "client.aio.mini_program",
        "AsyncMobileClient": "client.aio.mobile",
        "AsyncOnBehalfClient": "client.aio.on_behalf",
        "AsyncPlatformClient": "client.aio.platform",
        "AsyncWeChat": "client.aio.official",
        "AsyncWeComClient": "client.aio.wecom",
        "AsyncWebsiteClient": "client.aio.website",
        "Authorization": "protocol.component",
        "Clients": "client.sync.registry",
        "CorpScope": "protocol.wecom",
        "Follower": "protocol.followers",
        "FollowerPage": "protocol.followers",
        "JsConfig": "protocol.jssdk",
        "JsapiTicket": "protocol.jssdk",
        "KeptGrants": "client.sync.kept_grants",
        "Member": "protocol.wecom",
        "MemberDetail": "protocol.wecom",
        "MiniProgramClient": "client.sync.mini_program",
        "MiniProgramSession": "protocol.miniprogram",
        "MobileClient": "client.sync.mobile",
        "OnBehalfClient": "client.sync.on_behalf",
        "OpenData": "protocol.open_data",
        "OtherPush": "protocol.push",
        "Outsider": "protocol.wecom",
        "PhoneNumber": "protocol.miniprogram",
        "PlatformClient": "client.sync.platform",
        "PreAuthCode": "protocol.component",
        "TicketPushed": "protocol.push",
        "WeChat": "client.sync.official",
        "WeComClient": "client.sync.wecom",
        "WebsiteClient": "client.sync.website",
    }

    def __getattr__(name):  # noqa: ANN001, ANN202  a type here would let checkers take any name
        if name not in _LATER:
            raise AttributeError(f"module 'wxauth' has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(f"wxauth.{_LATER[name]}"), name)

    def __dir__():  # noqa: ANN202
        return sorted({*globals(), *__all__})
