"""The codes of calls with an account's own access_token, and of mini programs."""

from __future__ import annotations

from wxauth.protocol.errcode.entry import CONSOLE_PAGE, GENERAL_PAGE, GLOBAL_TABLE, Errcode, Retry, entry

TOKEN_PAGE = "https://developers.weixin.qq.com/doc/oplatform/developers/dev/AccessToken.html"  # noqa: S105
QUOTA_PAGE = "https://developers.weixin.qq.com/doc/oplatform/openApi/openapi/api_clearquota.md"
LOGIN_PAGE = "https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_code2session"
KEY_PAGE = "https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_checksessionkey"

APP: tuple[Errcode, ...] = (
    entry(
        -1000,
        "INTERNAL_ERROR",
        "system error",
        where="cgi-bin/*",
        meaning=("Something broke inside WeChat; your request was not wrong.", "微信内部出错，请求本身没有问题。"),
        remedy=("Send the same request again after a moment.", "稍等片刻再发送同样的请求。"),
        retry=Retry.LATER,
        source=GENERAL_PAGE,
    ),
    entry(
        40032,
        "INVALID_OPENID_LIST_SIZE",
        "invalid openid list size",
        where="cgi-bin/user/info/batchget",
        meaning=("The list of openids is empty or longer than 100.", "openid 列表为空，或者超过了 100 个。"),
        remedy=("Ask about 1 to 100 people at once.", "每次请传 1 到 100 个 openid。"),
        retry=Retry.NO,
        source=GLOBAL_TABLE,
    ),
    entry(
        40226,
        "CODE_BLOCKED",
        "code blocked",
        where="sns/jscode2session",
        meaning=(
            "WeChat holds this person for a high risk and does not let them log in to mini programs.",
            "微信判定该用户为高风险用户，拦截了小程序登录。",
        ),
        remedy=(
            "Do not try again: tell the person that WeChat refuses, and that only WeChat can help.",
            "重试没有用；请告诉用户这是微信的风控拦截，只能由用户自己联系微信处理。",
        ),
        retry=Retry.NO,
        source=LOGIN_PAGE,
    ),
    entry(
        44002,
        "EMPTY_POST_DATA",
        "empty post data",
        where="cgi-bin/*",
        meaning=("The call takes a JSON body, and there was none.", "这个接口需要 JSON 请求体，而请求体是空的。"),
        remedy=("Send the fields as JSON in the body of a POST.", "请用 POST 把参数以 JSON 放在请求体里。"),
        retry=Retry.NO,
        source=GENERAL_PAGE,
    ),
    entry(
        47001,
        "DATA_FORMAT_ERROR",
        "data format error",
        where="cgi-bin/*",
        meaning=("The body of the request is not JSON.", "请求体不是合法的 JSON。"),
        remedy=(
            "Send UTF-8 JSON, with Chinese as it is and not as a form.",
            "请发送 UTF-8 编码的 JSON，不要用表单格式，中文不必转义。",
        ),
        retry=Retry.NO,
        source=GENERAL_PAGE,
    ),
    entry(
        48006,
        "CLEAR_QUOTA_LIMIT",
        "forbid to clear quota because of reaching the limit",
        where="cgi-bin/clear_quota",
        meaning=(
            "The quotas of the account were cleared ten times this month already.",
            "该账号本月的调用次数已经清零满 10 次。",
        ),
        remedy=(
            "Wait for the next day or the next month; look for what uses the quota up.",
            "请等到次日额度恢复，或下个月再清零；同时查明是什么耗尽了额度。",
        ),
        retry=Retry.LATER,
        source=QUOTA_PAGE,
    ),
    entry(
        50005,
        "USER_NOT_FOLLOWING",
        "user not following",
        where="cgi-bin/*",
        meaning=("The person does not follow the official account.", "该用户没有关注这个公众号。"),
        remedy=(
            "Ask the person to follow the account, or do without what only followers have.",
            "请引导用户关注公众号，或者不要依赖只有关注者才有的数据。",
        ),
        retry=Retry.NO,
        source=GLOBAL_TABLE,
    ),
    entry(
        87007,
        "SESSION_KEY_GONE",
        "session_key not exist or expired",
        where="wxa/*",
        meaning=(
            "WeChat holds no session_key of this person any more.",
            "该用户的 session_key 已不存在，或者已过期。",
        ),
        remedy=("Let the mini program call wx.login again.", "请让小程序重新调用 wx.login。"),
        retry=Retry.NEW_AUTHORIZATION,
        source=KEY_PAGE,
    ),
    entry(
        87008,
        "INVALID_SIG_METHOD",
        "invalid sig_method",
        where="wxa/*",
        meaning=("sig_method is missing, or is another than hmac_sha256.", "缺少 sig_method，或者不是 hmac_sha256。"),
        remedy=("Send sig_method=hmac_sha256.", "请求里请带上 sig_method=hmac_sha256。"),
        retry=Retry.NO,
        source=KEY_PAGE,
    ),
    entry(
        87009,
        "INVALID_SIGNATURE",
        "invalid signature",
        where="wxa/*",
        meaning=(
            "The signature was not made with the person's present session_key: a wx.login has replaced it.",
            "签名用的不是该用户当前的 session_key，它已被新的 wx.login 替换。",
        ),
        remedy=(
            "Let the mini program call wx.login again, and sign with the new session_key as it stands, in base64.",
            "请让小程序重新调用 wx.login，并用新的 session_key 原文（不做 base64 解码）签名。",
        ),
        retry=Retry.NEW_AUTHORIZATION,
        source=KEY_PAGE,
    ),
    entry(
        89501,
        "IP_PENDING",
        "ip pending for confirmation",
        where="cgi-bin/token",
        meaning=(
            "The account's administrator was asked whether this address may call, and has not answered yet.",
            "已向管理员发出该 IP 的调用确认，管理员尚未处理。",
        ),
        remedy=(
            "Let the administrator confirm the address in the message that WeChat sent, then ask again.",
            "请管理员在微信收到的消息里确认该 IP，然后再调用。",
        ),
        retry=Retry.LATER,
        source=CONSOLE_PAGE,
    ),
    entry(
        89503,
        "IP_NEEDS_CONFIRMATION",
        "ip needs the confirmation of the administrator",
        where="cgi-bin/token",
        meaning=(
            "This address may call only after the account's administrator has confirmed it.",
            "此次调用的 IP 需要管理员确认。",
        ),
        remedy=(
            "Let the administrator confirm the address in the message that WeChat sent, then ask again.",
            "请管理员在微信收到的消息里确认该 IP，然后再调用。",
        ),
        retry=Retry.LATER,
        source=CONSOLE_PAGE,
    ),
    entry(
        89506,
        "IP_REFUSED_FOR_A_DAY",
        "ip refused by the administrator, 24 hours",
        where="cgi-bin/token",
        meaning=(
            "The administrator refused this address twice: it is locked out for 24 hours.",
            "管理员两次拒绝了该 IP，24 小时内不能再用它调用。",
        ),
        remedy=(
            "Speak with the administrator, and list the address in API IP 白名单 instead.",
            "请与管理员沟通，并改为把该 IP 加入「API IP 白名单」。",
        ),
        retry=Retry.LATER,
        source=CONSOLE_PAGE,
    ),
    entry(
        89507,
        "IP_REFUSED_FOR_AN_HOUR",
        "ip refused by the administrator, 1 hour",
        where="cgi-bin/token",
        meaning=(
            "The administrator refused this address: it is locked out for an hour.",
            "管理员拒绝了该 IP，1 小时内不能再用它调用。",
        ),
        remedy=(
            "Speak with the administrator, and list the address in API IP 白名单 instead.",
            "请与管理员沟通，并改为把该 IP 加入「API IP 白名单」。",
        ),
        retry=Retry.LATER,
        source=CONSOLE_PAGE,
    ),
)


def _wrong_secret(where: str, source: str) -> Errcode:
    return entry(
        40001,
        "INVALID_CREDENTIAL",
        "invalid credential",
        where=where,
        meaning=(
            "The credential of this call is the AppSecret: it is not the secret of this appid.",
            "这个接口所说的凭证就是 AppSecret：它与这个 appid 不匹配。",
        ),
        remedy=(
            "Compare appid and AppSecret with 微信开发者平台 → 我的业务 → the account → 基础信息 → 开发密钥.",
            "请到「微信开发者平台 → 我的业务 → 对应账号 → 基础信息 → 开发密钥」核对 appid 与 AppSecret。",
        ),
        retry=Retry.HUMAN,
        source=source,
    )


APP_ELSEWHERE: tuple[Errcode, ...] = (
    _wrong_secret("cgi-bin/token", TOKEN_PAGE),
    _wrong_secret("cgi-bin/stable_token", TOKEN_PAGE),
    _wrong_secret("cgi-bin/clear_quota/v2", QUOTA_PAGE),
    _wrong_secret("cgi-bin/component/api_component_token", TOKEN_PAGE),
    _wrong_secret("sns/jscode2session", LOGIN_PAGE),
    entry(
        40001,
        "INVALID_CREDENTIAL",
        "invalid credential, access_token is invalid or not latest",
        where="cgi-bin/*",
        meaning=(
            "The access_token is unknown, was replaced, or is that of a person's grant, which is of another family.",
            "access_token 无效，或已被其他程序换新；误用网页授权得到的用户 access_token 也会这样，二者并不通用。",
        ),
        remedy=(
            "Get the account's credential again, once. If this keeps coming back, programs replace each other's token.",
            "请重新获取一次账号自己的 access_token 再试；如果反复出现，多半是几个程序在互相顶掉，请改用 stable_token。",
        ),
        retry=Retry.NEW_TOKEN,
        source=TOKEN_PAGE,
    ),
    entry(
        42001,
        "ACCESS_TOKEN_EXPIRED",
        "access_token expired",
        where="cgi-bin/*",
        meaning=("The account's access_token is over.", "账号的 access_token 已过期。"),
        remedy=("Get the account's credential again, and ask with that.", "请重新获取账号的 access_token 再试。"),
        retry=Retry.NEW_TOKEN,
        source=TOKEN_PAGE,
    ),
    entry(
        48001,
        "API_UNAUTHORIZED",
        "api unauthorized",
        where="cgi-bin/*",
        meaning=("The account has no right to this call.", "该账号没有这个接口的权限。"),
        remedy=(
            "Look at 接口权限 in the account's console: most calls need a verified service account.",
            "请到后台「接口权限」查看；多数接口需要已认证的服务号。",
        ),
        retry=Retry.HUMAN,
        source=GENERAL_PAGE,
    ),
)
