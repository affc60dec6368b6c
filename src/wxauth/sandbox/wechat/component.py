"""The calls of a third-party platform: its own token, the accounts it acts for, and people who sign in to them.

https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/Official_Accounts/official_account_website_authorization.html
"""

from __future__ import annotations

from wxauth.sandbox.accounts import Account
from wxauth.sandbox.credentials import TOKEN_SECONDS
from wxauth.sandbox.platforms import WEB_RIGHT, Authorization
from wxauth.sandbox.refusal import Refusal
from wxauth.sandbox.wechat.miniprogram import session_fields
from wxauth.sandbox.wechat.operation import POST, Call, Fields, Operation, Reads
from wxauth.sandbox.wechat.sns import redeemed_fields, token_fields
from wxauth.sandbox.words import tail


def component_token(call: Call) -> Fields:
    """``cgi-bin/component/api_component_token``.

    https://developers.weixin.qq.com/doc/oplatform/en/Third-party_Platforms/api/component_access_token.html
    """
    platform = _platform(call)
    call.require_secret(platform, "component_appsecret")
    _check_address(call, platform)
    call.world.platforms.check_ticket(platform, call.value("component_verify_ticket"))
    token = call.world.credentials.platform_token(platform.appid, now=call.world.clock.now())
    return {"component_access_token": token.value, "expires_in": TOKEN_SECONDS}


def pre_auth_code(call: Call) -> Fields:
    """``cgi-bin/component/api_create_preauthcode``.

    https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/ThirdParty/token/pre_auth_code.html
    """
    platform = _trusted(call)
    code = call.world.platforms.pre_auth_code(platform.appid)
    return {"pre_auth_code": code, "expires_in": int(call.world.switches.pre_auth_code_seconds)}


def query_auth(call: Call) -> Fields:
    """``cgi-bin/component/api_query_auth``: an auth_code, once, for the tokens of the account whose admin agreed."""
    platform = _trusted(call)
    granted = call.world.platforms.redeem(platform, call.value("authorization_code"))
    return {
        "authorization_info": {
            "authorizer_appid": granted.appid,
            **_authorizer_tokens(call, granted),
            "func_info": [{"funcscope_category": {"id": right}} for right in granted.rights],
        }
    }


def authorizer_token(call: Call) -> Fields:
    """``cgi-bin/component/api_authorizer_token``: another token of an account, by its lasting refresh token."""
    platform = _trusted(call)
    granted = call.world.platforms.authorization(platform, call.account("authorizer_appid").appid)
    shown = tail(given := call.value("authorizer_refresh_token"))
    if given != granted.refresh_token:
        raise Refusal(
            61023,
            en=f"authorizer_refresh_token {shown} is not that of the last authorization of {granted.appid}",
            zh=f"authorizer_refresh_token {shown} 不是 {granted.appid} 最近一次授权的",
        )
    return _authorizer_tokens(call, granted)


def exchange(call: Call) -> Fields:
    """``sns/oauth2/component/access_token``: what `sns/oauth2/access_token` answers, for a platform.

    A code counts whichever link it came from; whether WeChat tells the platform's from the account's is not known.
    """
    platform, account = _trusted(call), call.account()
    _check_web_right(call, platform, account)
    call.require("code", 41008)
    call.require_grant_type("authorization_code")
    return redeemed_fields(call, account, flags_snapshot=call.world.switches.component_snapshot_flag)


def refresh(call: Call) -> Fields:
    """``sns/oauth2/component/refresh_token``."""
    platform, account = _trusted(call), call.account()
    if call.world.switches.component_refresh_ip_whitelist:
        _check_address(call, platform)
    _check_web_right(call, platform, account)
    call.require_grant_type("refresh_token")
    call.require("refresh_token", 41003)
    return token_fields(call, call.world.refresh(appid=account.appid, refresh_token=call.value("refresh_token")))


def code_to_session(call: Call) -> Fields:
    """``sns/component/jscode2session``.

    https://developers.weixin.qq.com/doc/oplatform/openApi/miniprogram-management/login/api_thirdpartycode2session.html
    """
    platform, account = _trusted(call), call.account()
    call.world.platforms.authorization(platform, account.appid)
    return session_fields(call, account)


def _platform(call: Call) -> Account:
    """The platform that calls: 41018 for none, 61011 for what is no platform of this world."""
    appid = call.require("component_appid", 41018)
    platform = call.world.platforms.find(appid)
    if platform is None:
        raise Refusal(61011, en=f"{appid[:40]} is no third-party platform", zh=f"{appid[:40]} 不是第三方平台")
    return platform


def _trusted(call: Call) -> Account:
    """The platform that calls, with its token.

    The token of an account is another thing (https://cnblogs.com/psyco/p/13386118.html).

    Raises:
        Refusal: besides those of the platform, the token is missing (41001), unknown (40001), expired (42001),
            or an account's (48001).
    """
    platform = _platform(call)
    value = call.require("component_access_token", 41001)
    token = call.world.credentials.known(value)
    if token is not None and token.appid != platform.appid:
        raise Refusal(
            48001,
            en=f"{tail(value)} is a token of {token.appid}; this call takes the component_access_token of the platform",
            zh=f"{tail(value)} 是 {token.appid} 的 token；这个接口要用第三方平台自己的 component_access_token",
        )
    call.world.credentials.alive(value, now=call.world.clock.now())
    return platform


def _check_web_right(call: Call, platform: Account, account: Account) -> None:
    """Refuse with 61003 without an authorization, with 61007 where it does not cover web pages."""
    if WEB_RIGHT not in call.world.platforms.authorization(platform, account.appid).rights:
        raise Refusal(
            61007,
            en=f"{account.appid} did not grant {platform.appid} right {WEB_RIGHT}, web pages",
            zh=f"{account.appid} 未将权限集 {WEB_RIGHT}（网页服务）授权给 {platform.appid}",
        )


def _check_address(call: Call, platform: Account) -> None:
    """Refuse with 61004 a caller whose address is not in the IP whitelist of a platform that has one."""
    address, listed = call.client_ip.removeprefix("::ffff:"), platform.ip_whitelist
    if listed and address not in listed:
        raise Refusal(
            61004,
            en=f"{platform.appid} may be used from {', '.join(listed)}, not from {address}",
            zh=f"{platform.appid} 的 IP 白名单是 {', '.join(listed)}，不含 {address}",
        )


def _authorizer_tokens(call: Call, granted: Authorization) -> Fields:
    now = call.world.clock.now()
    token = call.world.credentials.platform_token(granted.appid, now=now, platform=granted.platform)
    return {
        "authorizer_access_token": token.value,
        "expires_in": TOKEN_SECONDS,
        "authorizer_refresh_token": granted.refresh_token,
    }


COMPONENT = "cgi-bin/component/api_"

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        name=f"{COMPONENT}component_token",
        handler=component_token,
        methods=POST,
        reads=Reads.JSON,
    ),
    Operation(
        name=f"{COMPONENT}create_preauthcode",
        handler=pre_auth_code,
        methods=POST,
        reads=Reads.JSON,
    ),
    Operation(
        name=f"{COMPONENT}query_auth",
        handler=query_auth,
        methods=POST,
        reads=Reads.JSON,
    ),
    Operation(
        name=f"{COMPONENT}authorizer_token",
        handler=authorizer_token,
        methods=POST,
        reads=Reads.JSON,
    ),
    Operation(
        name="sns/oauth2/component/access_token",
        handler=exchange,
        reads=Reads.FORM,
    ),
    Operation(
        name="sns/oauth2/component/refresh_token",
        handler=refresh,
        reads=Reads.FORM,
    ),
    Operation(
        name="sns/component/jscode2session",
        handler=code_to_session,
    ),
)
