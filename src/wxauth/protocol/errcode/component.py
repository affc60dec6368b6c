"""The codes of third-party platforms (第三方平台)."""

from __future__ import annotations

from wxauth.protocol.errcode.entry import REFRESH_PAGE, Errcode, Retry, entry

PLATFORM = "https://developers.weixin.qq.com/doc/oplatform"
TICKET_PAGE = f"{PLATFORM}/Third-party_Platforms/2.0/api/Before_Develop/component_verify_ticket.html"
TOKEN_PAGE = f"{PLATFORM}/en/Third-party_Platforms/api/component_access_token.html"
BEHALF_PAGE = (
    f"{PLATFORM}/Third-party_Platforms/2.0/api/Before_Develop/Official_Accounts/"
    "official_account_website_authorization.html"
)
WHERE = "cgi-bin/component/*"

COMPONENT: tuple[Errcode, ...] = (
    entry(
        41018,
        "COMPONENT_APPID_MISSING",
        "missing component_appid",
        where=WHERE,
        meaning=("The request has no component_appid.", "请求里缺少 component_appid。"),
        remedy=("Send the platform's appid as component_appid.", "请以 component_appid 带上第三方平台的 appid。"),
        retry=Retry.NO,
        source=TOKEN_PAGE,
    ),
    entry(
        61003,
        "NOT_AUTHORIZED_BY_ACCOUNT",
        "component is not authorized by this account",
        where=WHERE,
        meaning=(
            "The account does not let this platform act for it, or took that back.",
            "该账号没有授权给这个第三方平台，或者已取消授权。",
        ),
        remedy=(
            "Forget the account's credential, and let its administrator authorize the platform again.",
            "请清除该账号的凭证，并请其管理员重新授权第三方平台。",
        ),
        retry=Retry.HUMAN,
        source=BEHALF_PAGE,
    ),
    entry(
        61004,
        "CLIENT_IP_NOT_REGISTERED",
        "access clientip is not registered",
        where=WHERE,
        meaning=(
            "The address your server calls from is not on the platform's white list.",
            "服务器出口 IP 不在第三方平台的 IP 白名单里。",
        ),
        remedy=(
            "Add the address to 白名单IP地址列表 in the platform's console (open.weixin.qq.com).",
            "请到微信开放平台（open.weixin.qq.com）第三方平台的开发资料中，把该 IP 加入「白名单IP地址列表」。",
        ),
        retry=Retry.HUMAN,
        source=TOKEN_PAGE,
    ),
    entry(
        61005,
        "COMPONENT_TICKET_EXPIRED",
        "component ticket is expired",
        where=WHERE,
        meaning=(
            "The component_verify_ticket is older than twelve hours: newer pushes did not arrive or were not kept.",
            "component_verify_ticket 已超过 12 小时：说明之后的推送没有收到，或者没有保存。",
        ),
        remedy=(
            "Wait for the next push (at most ten minutes) and keep its ticket; check that your server answers success.",
            "请等待下一次推送（最多 10 分钟）并保存其中的 ticket；同时检查服务器是否返回了 success。",
        ),
        retry=Retry.LATER,
        source=TICKET_PAGE,
    ),
    entry(
        61006,
        "COMPONENT_TICKET_INVALID",
        "component ticket is invalid",
        where=WHERE,
        meaning=(
            "WeChat never pushed this component_verify_ticket to this platform.",
            "微信没有向这个第三方平台推送过这个 component_verify_ticket。",
        ),
        remedy=(
            "Keep the ticket of the newest push, under the appid of its platform, and use that.",
            "请按平台 appid 保存最近一次推送的 ticket，并使用它。",
        ),
        retry=Retry.LATER,
        source=TICKET_PAGE,
    ),
    entry(
        61007,
        "API_UNAUTHORIZED_TO_COMPONENT",
        "api is unauthorized to component",
        where=WHERE,
        meaning=(
            "The account lets the platform act for it, but did not grant the right this call needs.",
            "该账号已授权给第三方平台，但没有授予这个接口所需的权限集。",
        ),
        remedy=(
            "Let the account's administrator authorize again with that right; to sign people in it is 网页服务权限.",
            "请其管理员重新授权并勾选相应权限集；网页授权需要「网页服务权限」。",
        ),
        retry=Retry.HUMAN,
        source=BEHALF_PAGE,
    ),
    entry(
        61009,
        "AUTH_CODE_INVALID",
        "code is invalid",
        where=WHERE,
        meaning=("The auth_code is used or unknown.", "auth_code 已被使用，或者不存在。"),
        remedy=(
            "Ask the administrator again, with a new pre_auth_code; exchange an auth_code once only.",
            "请用新的 pre_auth_code 让管理员重新授权；每个 auth_code 只能换取一次。",
        ),
        retry=Retry.NEW_CODE,
        source=BEHALF_PAGE,
    ),
    entry(
        61010,
        "AUTH_CODE_EXPIRED",
        "code expired",
        where=WHERE,
        meaning=("The auth_code is over.", "auth_code 已经超过有效期。"),
        remedy=("Ask the administrator again, with a new pre_auth_code.", "请用新的 pre_auth_code 让管理员重新授权。"),
        retry=Retry.NEW_CODE,
        source=BEHALF_PAGE,
    ),
    entry(
        61011,
        "INVALID_COMPONENT",
        "invalid component",
        where=WHERE,
        meaning=("WeChat knows no third-party platform with this appid.", "微信没有这个 appid 对应的第三方平台。"),
        remedy=(
            "Copy the platform's appid again from open.weixin.qq.com; that of an official account is something else.",
            "请到微信开放平台（open.weixin.qq.com）重新复制第三方平台的 appid；公众号的 appid 不能用在这里。",
        ),
        retry=Retry.HUMAN,
        source=TOKEN_PAGE,
    ),
    entry(
        61023,
        "AUTHORIZER_REFRESH_TOKEN_INVALID",
        "refresh_token is invalid",
        where=WHERE,
        meaning=(
            "The authorizer_refresh_token is not that of the account's last authorization.",
            "authorizer_refresh_token 不是该账号最近一次授权得到的那个。",
        ),
        remedy=(
            "Use the refresh_token that came last; if it is lost, the account's administrator has to authorize again.",
            "请使用最近一次得到的 refresh_token；若已丢失，只能请管理员重新授权。",
        ),
        retry=Retry.NEW_AUTHORIZATION,
        source=BEHALF_PAGE,
    ),
)

_UNAUTHORIZED = tuple(
    entry(
        48001,
        "API_UNAUTHORIZED",
        "api unauthorized",
        where=where,
        meaning=(
            "This call takes the platform's own token, and was sent an account's.",
            "这个接口要用第三方平台自己的 component_access_token，而请求里是某个账号的 token。",
        ),
        remedy=(
            "Send component_access_token, not authorizer_access_token.",
            "请传 component_access_token，不要传 authorizer_access_token。",
        ),
        retry=Retry.NO,
        source=BEHALF_PAGE,
    )
    for where in (
        "sns/oauth2/component/access_token",
        "sns/oauth2/component/refresh_token",
        "sns/component/jscode2session",
    )
)

COMPONENT_ELSEWHERE: tuple[Errcode, ...] = (
    *_UNAUTHORIZED,
    entry(
        40029,
        "INVALID_CODE",
        "invalid code",
        where="sns/oauth2/component/refresh_token",
        meaning=(
            "As at sns/oauth2/refresh_token: no code is sent here, so it is the refresh_token that is not accepted.",
            "与 sns/oauth2/refresh_token 相同：这个接口不传 code，不被接受的是 refresh_token。",
        ),
        remedy=("Let the person authorize again.", "请让用户重新授权。"),
        retry=Retry.NEW_AUTHORIZATION,
        source=REFRESH_PAGE,
    ),
)
