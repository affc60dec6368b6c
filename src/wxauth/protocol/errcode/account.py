"""The codes about the account and the platform: settings, rights, quotas, load."""

from __future__ import annotations

from wxauth.errors import Hint
from wxauth.protocol.errcode.entry import CONSOLE_PAGE, EXCHANGE_PAGE, GENERAL_PAGE, Errcode, Retry

ACCOUNT: tuple[Errcode, ...] = (
    Errcode(
        code=-1,
        name="SYSTEM_ERROR",
        says="system error",
        where="sns/*",
        meaning=Hint(
            en="WeChat is busy. It comes in bursts, sometimes for half an hour; your request was not wrong.",
            zh="微信系统繁忙，往往集中出现，有时持续半小时；请求本身没有问题。",
        ),
        remedy=Hint(
            en="Send the same request again after a moment, with growing pauses.",
            zh="稍等片刻再发送同样的请求，并逐次拉长间隔。",
        ),
        retry=Retry.LATER,
        source=GENERAL_PAGE,
    ),
    Errcode(
        code=40013,
        name="INVALID_APPID",
        says="invalid appid",
        where="sns/*",
        meaning=Hint(
            en="WeChat knows no account with this appid.",
            zh="微信没有这个 appid 对应的账号。",
        ),
        remedy=Hint(
            en="Copy the appid again from 微信开发者平台 → 我的业务 → the account → 基础信息: 'wx' and 16 hex digits "
            "in lower case, no spaces. The original id that starts with gh_ is something else.",
            zh="请到「微信开发者平台 → 我的业务 → 对应账号 → 基础信息」重新复制 appid：wx 加 16 位小写十六进制字符，"
            "前后没有空格。gh_ 开头的是原始 ID，不是 appid。",
        ),
        retry=Retry.HUMAN,
        source=EXCHANGE_PAGE,
    ),
    Errcode(
        code=40125,
        name="INVALID_APPSECRET",
        says="invalid appsecret",
        where="sns/oauth2/access_token",
        meaning=Hint(
            en="The AppSecret is not that of this appid; it may have been reset since you stored it.",
            zh="AppSecret 与这个 appid 不匹配；也可能在你保存之后被重置过。",
        ),
        remedy=Hint(
            en="Compare it with 微信开发者平台 → 我的业务 → the account → 基础信息 → 开发密钥. WeChat shows a secret "
            "only once: if it is lost, reset it there and replace it in every program that uses it.",
            zh="请到「微信开发者平台 → 我的业务 → 对应账号 → 基础信息 → 开发密钥」核对。AppSecret 只显示一次，"
            "遗失了只能重置，重置后所有用到它的程序都要更新。",
        ),
        retry=Retry.HUMAN,
        source=EXCHANGE_PAGE,
    ),
    Errcode(
        code=40164,
        name="IP_NOT_IN_WHITELIST",
        says="invalid ip, not in whitelist",
        where="cgi-bin/token",
        meaning=Hint(
            en="The address your server calls from is not on the account's IP white list; the answer names that "
            "address.",
            zh="你的服务器出口 IP 不在该账号的 API IP 白名单里；返回内容里写明了这个 IP。",
        ),
        remedy=Hint(
            en="Add the address named in the answer to API IP 白名单, on the same page of 微信开发者平台 as the "
            "AppSecret.",
            zh="请把返回内容里的 IP 加入「API IP 白名单」，它与 AppSecret 在微信开发者平台的同一页上。",
        ),
        retry=Retry.HUMAN,
        source=CONSOLE_PAGE,
    ),
    Errcode(
        code=40243,
        name="APPSECRET_FROZEN",
        says="AppSecret frozen",
        where="cgi-bin/token",
        meaning=Hint(
            en="The AppSecret was frozen in the console, so nothing that needs it works.",
            zh="AppSecret 已在后台被冻结，凡是需要它的接口都无法调用。",
        ),
        remedy=Hint(
            en="Unfreeze it under 微信开发者平台 → 我的业务 → the account → 基础信息 → 开发密钥; it takes ten "
            "minutes to act.",
            zh="请到「微信开发者平台 → 我的业务 → 对应账号 → 基础信息 → 开发密钥」解冻，约十分钟后生效。",
        ),
        retry=Retry.HUMAN,
        source=CONSOLE_PAGE,
    ),
    Errcode(
        code=45009,
        name="DAILY_QUOTA_REACHED",
        says="reach max api daily quota limit",
        where="sns/*",
        meaning=Hint(
            en="The account has used up its calls of this kind for today.",
            zh="该账号今天调用这个接口的次数已用完。",
        ),
        remedy=Hint(
            en="Wait for tomorrow, or let the administrator clear the quota in the console (ten times a month). "
            "Look for a loop that signs the same people in again and again.",
            zh="等到明天，或请管理员在后台清零（每月 10 次）；并检查是否有循环在让同一批用户反复登录。",
        ),
        retry=Retry.LATER,
        source=GENERAL_PAGE,
    ),
    Errcode(
        code=45011,
        name="MINUTE_QUOTA_REACHED",
        says="api minute-quota reach limit, must slower, retry next minute",
        where="sns/*",
        meaning=Hint(
            en="Too many calls of this kind within one minute.",
            zh="这个接口一分钟内的调用次数超过了上限。",
        ),
        remedy=Hint(en="Wait a minute, then go on more slowly.", zh="等一分钟，再放慢速度继续。"),
        retry=Retry.LATER,
        source=GENERAL_PAGE,
    ),
    Errcode(
        code=48004,
        name="API_FORBIDDEN",
        says="api forbidden for irregularities",
        where="sns/*",
        meaning=Hint(
            en="WeChat has taken this call away from the account because of a violation.",
            zh="因违规，该账号的这个接口已被微信封禁。",
        ),
        remedy=Hint(
            en="Read the notice in the account's console (mp.weixin.qq.com) and appeal there.",
            zh="请登录公众号后台 mp.weixin.qq.com 查看站内通知，并在那里申诉。",
        ),
        retry=Retry.HUMAN,
        source=GENERAL_PAGE,
    ),
    Errcode(
        code=50002,
        name="USER_LIMITED",
        says="user limited",
        where="sns/*",
        meaning=Hint(
            en="The account is limited: frozen, closed, or deregistered.",
            zh="账号受限：可能已被冻结、停用或注销。",
        ),
        remedy=Hint(
            en="Look for the reason in the notices of the account's console (mp.weixin.qq.com).",
            zh="请登录公众号后台 mp.weixin.qq.com，在站内通知里查看受限原因。",
        ),
        retry=Retry.HUMAN,
        source=GENERAL_PAGE,
    ),
)
