"""The codes of WeCom (企业微信): its own, and those of WeChat that mean something else there."""

from __future__ import annotations

from wxauth.protocol.errcode.entry import Errcode, Retry, entry

WORK = "https://developer.work.weixin.qq.com/document/path"
TABLE = f"{WORK}/90313"
WHO_PAGE = f"{WORK}/91023"
DETAIL_PAGE = f"{WORK}/95833"
TOKEN_PAGE = f"{WORK}/91039"
WHERE = "qyapi/*"

WECOM: tuple[Errcode, ...] = (
    entry(
        40078,
        "INVALID_AUTH_CODE",
        "invalid auth_code",
        where=WHERE,
        meaning=("The auth_code is used, expired or another's.", "auth_code 已使用、已过期，或不属于这个服务商应用。"),
        remedy=("Begin a new authorization.", "请重新发起授权。"),
        retry=Retry.NEW_CODE,
        source=TABLE,
    ),
    entry(
        40082,
        "INVALID_SUITE_TOKEN",
        "invalid suite_token",
        where=WHERE,
        meaning=("The suite_access_token is unknown or over.", "suite_access_token 无效或已过期。"),
        remedy=("Get another suite_access_token, and ask with that.", "请重新获取 suite_access_token 再试。"),
        retry=Retry.NEW_TOKEN,
        source=TABLE,
    ),
    entry(
        40091,
        "SECRET_INVALID",
        "secret is invalid",
        where=WHERE,
        meaning=("The Secret is that of no app of this corp.", "Secret 不属于这个企业的任何应用。"),
        remedy=(
            "Copy corpid and the app's own Secret again from the console (work.weixin.qq.com).",
            "请到企业微信管理后台（work.weixin.qq.com）重新复制企业 ID 和该应用的 Secret。",
        ),
        retry=Retry.HUMAN,
        source=TABLE,
    ),
    entry(
        45033,
        "CONCURRENCY_LIMIT",
        "concurrency limit",
        where=WHERE,
        meaning=("Too many calls of this kind at once.", "同一时间调用这个接口的请求太多。"),
        remedy=("Send fewer at once, and this one again later.", "请降低并发，稍后再试。"),
        retry=Retry.LATER,
        source=TABLE,
    ),
    entry(
        48002,
        "NO_API_PERMISSION",
        "no API permission",
        where=WHERE,
        meaning=("The app has no right to this call.", "该应用没有调用这个接口的权限。"),
        remedy=(
            "Let the corp's administrator give the app this right in the console.",
            "请企业管理员在管理后台为该应用开通这个接口的权限。",
        ),
        retry=Retry.HUMAN,
        source=TABLE,
    ),
    entry(
        50003,
        "APP_DISABLED",
        "app disabled",
        where=WHERE,
        meaning=("The app is switched off in the corp's console.", "该应用已在管理后台停用。"),
        remedy=("Let the corp's administrator switch it on.", "请企业管理员启用该应用。"),
        retry=Retry.HUMAN,
        source=TABLE,
    ),
    entry(
        60011,
        "NO_PRIVILEGE",
        "no privilege to access",
        where=WHERE,
        meaning=(
            "The app may not see this member: they are outside its visible range.",
            "该应用无权查看这个成员：成员不在应用的可见范围内。",
        ),
        remedy=(
            "Let the corp's administrator add the member to the app's 可见范围.",
            "请企业管理员把该成员加入应用的「可见范围」。",
        ),
        retry=Retry.HUMAN,
        source=TABLE,
    ),
    entry(
        60020,
        "IP_NOT_TRUSTED",
        "not allow to access from your ip",
        where=WHERE,
        meaning=(
            "The address your server calls from is not among the app's trusted addresses.",
            "服务器出口 IP 不在该应用的企业可信 IP 里。",
        ),
        remedy=(
            "Add the address to 企业可信IP on the app's page of the console; a trusted domain has to be set first.",
            "请在管理后台该应用的页面把 IP 加入「企业可信IP」；需要先设置好可信域名或接收消息服务器。",
        ),
        retry=Retry.HUMAN,
        source=TABLE,
    ),
    entry(
        60111,
        "USERID_NOT_FOUND",
        "userid not found",
        where=WHERE,
        meaning=("The corp has no member of this userid.", "企业里没有这个 userid 的成员。"),
        remedy=(
            "Compare the userid with the corp's directory; the member may have left.",
            "请对照通讯录检查 userid；该成员也可能已离职。",
        ),
        retry=Retry.HUMAN,
        source=TABLE,
    ),
    entry(
        81013,
        "ALL_RECEIVERS_INVALID",
        "user & party & tag all invalid",
        where=WHERE,
        meaning=("None of the members named is visible to the app.", "所列的成员、部门、标签全都无效或不可见。"),
        remedy=(
            "Check the ids, and the app's visible range in the console.",
            "请检查这些 id，以及应用在管理后台的「可见范围」。",
        ),
        retry=Retry.HUMAN,
        source=TABLE,
    ),
    entry(
        84014,
        "USER_TICKET_INVALID",
        "invalid user_ticket",
        where="qyapi/cgi-bin/auth/getuserdetail",
        meaning=(
            "The user_ticket is unknown or over; it lives half an hour.",
            "user_ticket 无效或已过期，有效期半小时。",
        ),
        remedy=("Let the member sign in again by snsapi_privateinfo.", "请让成员以 snsapi_privateinfo 重新授权。"),
        retry=Retry.NEW_CODE,
        source=DETAIL_PAGE,
    ),
    entry(
        84015,
        "USER_TICKET_EMPTY",
        "empty user_ticket",
        where="qyapi/cgi-bin/auth/getuserdetail",
        meaning=("The request has no user_ticket.", "请求里没有 user_ticket。"),
        remedy=(
            "Send the user_ticket of getuserinfo in the JSON body.",
            "请在 JSON 请求体里带上 getuserinfo 返回的 user_ticket。",
        ),
        retry=Retry.NO,
        source=DETAIL_PAGE,
    ),
)

WECOM_ELSEWHERE: tuple[Errcode, ...] = (
    entry(
        40001,
        "INVALID_CREDENTIAL",
        "invalid credential",
        where="qyapi/cgi-bin/gettoken",
        meaning=("The Secret is not that of an app of this corp.", "Secret 与这个企业的应用不匹配。"),
        remedy=(
            "Copy corpid and the app's own Secret again from the console (work.weixin.qq.com).",
            "请到企业微信管理后台（work.weixin.qq.com）重新复制企业 ID 和该应用的 Secret。",
        ),
        retry=Retry.HUMAN,
        source=TOKEN_PAGE,
    ),
    entry(
        40013,
        "INVALID_CORPID",
        "invalid corpid",
        where=WHERE,
        meaning=("WeCom knows no corp of this corpid.", "企业微信没有这个 corpid 对应的企业。"),
        remedy=(
            "Copy it again from 我的企业 → 企业信息 in the console (work.weixin.qq.com): 'ww' and 16 hex digits.",
            "请到企业微信管理后台「我的企业 → 企业信息」重新复制企业 ID：ww 加 16 位十六进制字符。",
        ),
        retry=Retry.HUMAN,
        source=TOKEN_PAGE,
    ),
    entry(
        40029,
        "INVALID_CODE",
        "invalid code",
        where=WHERE,
        meaning=(
            "The code is used, expired or unknown; WeCom has one number for all three.",
            "code 已使用、已过期或不存在；企业微信对这三种情况都返回这个编号。",
        ),
        remedy=("Begin a new authorization, and exchange its code once.", "请重新发起授权，并且每个 code 只换取一次。"),
        retry=Retry.NEW_CODE,
        source=WHO_PAGE,
    ),
    entry(
        42007,
        "PRE_AUTH_CODE_EXPIRED",
        "pre_auth_code expired",
        where=WHERE,
        meaning=("The pre_auth_code of a service provider is over.", "服务商的 pre_auth_code 已过期。"),
        remedy=("Make another pre_auth_code, and begin again.", "请重新获取 pre_auth_code，再次发起授权。"),
        retry=Retry.NEW_CODE,
        source=TABLE,
    ),
    entry(
        50001,
        "REDIRECT_URI_UNAUTHORIZED",
        "redirect_uri unauthorized",
        where=WHERE,
        meaning=(
            "The code was made for the trusted domain of another app than the token is of.",
            "code 来自另一个应用的可信域名，与当前 token 所属的应用不一致。",
        ),
        remedy=(
            "Use corpid, agentid, Secret and 可信域名 of one and the same app.",
            "请确认授权链接、agentid、Secret 与「可信域名」都属于同一个应用。",
        ),
        retry=Retry.HUMAN,
        source=TABLE,
    ),
    entry(
        50002,
        "MEMBER_OUTSIDE_SCOPE",
        "user out of scope",
        where=WHERE,
        meaning=("The member is outside the app's visible range.", "该成员不在应用的可见范围内。"),
        remedy=(
            "Let the corp's administrator add the member to the app's 可见范围.",
            "请企业管理员把该成员加入应用的「可见范围」。",
        ),
        retry=Retry.HUMAN,
        source=TABLE,
    ),
)
