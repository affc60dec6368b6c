"""The codes about codes, tokens and people: what a sign-in meets every day."""

from __future__ import annotations

from wxauth.errors import Hint
from wxauth.protocol.errcode.entry import (
    EXCHANGE_PAGE,
    GENERAL_PAGE,
    GLOBAL_TABLE,
    REFRESH_PAGE,
    USERINFO_PAGE,
    Errcode,
    Retry,
)

EXCHANGE = "sns/oauth2/access_token"
REFRESH = "sns/oauth2/refresh_token"

GRANT: tuple[Errcode, ...] = (
    Errcode(
        code=40001,
        name="INVALID_CREDENTIAL",
        says="invalid credential, access_token is invalid or not latest",
        where="sns/userinfo, sns/auth",
        meaning=Hint(
            en="WeChat does not know this access_token: it is made up, replaced by a newer one, or of the other family "
            "(the app's own token of cgi-bin/token does not work here, nor this one there).",
            zh="微信不认识这个 access_token：它可能是错的、已被新的取代，或者两种 token 用混了"
            "（cgi-bin/token 的 access_token 不能用在这里，网页授权的也不能用在那边）。",
        ),
        remedy=Hint(
            en="Refresh the grant and ask once more; if that fails too, let the person authorize again.",
            zh="先用 refresh_token 刷新，再请求一次；仍然失败就让用户重新授权。",
        ),
        retry=Retry.NEW_TOKEN,
        source=GENERAL_PAGE,
    ),
    Errcode(
        code=40003,
        name="INVALID_OPENID",
        says="invalid openid",
        where="sns/userinfo, sns/auth",
        meaning=Hint(
            en="The openid is not the one this access_token was given for; sns/auth says so of dead tokens too. "
            "Every account has its own openid for the same person.",
            zh="openid 与这个 access_token 不是同一个人的；sns/auth 对失效的 token 也会这样回答。"
            "同一个人在不同公众号下的 openid 不同。",
        ),
        remedy=Hint(
            en="Send the openid that came together with the access_token, letter by letter: upper and lower case "
            "differ.",
            zh="请使用与 access_token 一起返回的那个 openid，逐字一致，区分大小写。",
        ),
        retry=Retry.NO,
        source=USERINFO_PAGE,
    ),
    Errcode(
        code=40014,
        name="INVALID_ACCESS_TOKEN",
        says="invalid access_token",
        where="sns/*",
        meaning=Hint(
            en="The access_token is not one WeChat gave out, or not for this account.",
            zh="access_token 不是微信签发的，或者不属于这个公众号。",
        ),
        remedy=Hint(
            en="Refresh the grant and ask once more. Check that the whole token was stored: keep room for 512 "
            "characters.",
            zh="请刷新后再请求一次；并检查 token 是否被截断，存储时至少预留 512 个字符。",
        ),
        retry=Retry.NEW_TOKEN,
        source=GLOBAL_TABLE,
    ),
    Errcode(
        code=40029,
        name="INVALID_CODE",
        says="invalid code",
        where=EXCHANGE,
        meaning=Hint(
            en="WeChat does not know this code: it is older than five minutes, cut short, or was given for another "
            "appid.",
            zh="微信不认识这个 code：超过五分钟已过期、被截断，或者是给另一个 appid 的。",
        ),
        remedy=Hint(
            en="Start a new authorization. If it happens every time, check that the appid in the authorize link and "
            "the appid of the exchange are the same, and that the code is exchanged as soon as it arrives.",
            zh="请重新发起授权。如果每次都这样，请检查授权链接与换取 token 时用的是不是同一个 appid，"
            "并在收到 code 后立即换取。",
        ),
        retry=Retry.NEW_CODE,
        source=EXCHANGE_PAGE,
    ),
    Errcode(
        code=40030,
        name="INVALID_REFRESH_TOKEN",
        says="invalid refresh_token",
        where=REFRESH,
        meaning=Hint(
            en="WeChat does not know this refresh_token, or a newer authorization of the same person has replaced it.",
            zh="微信不认识这个 refresh_token，或者同一用户后来又授权过，旧的已被取代。",
        ),
        remedy=Hint(
            en="Let the person authorize again, and keep only the newest pair of tokens of each person.",
            zh="请让用户重新授权；每个用户只保留最新的一对 token。",
        ),
        retry=Retry.NEW_AUTHORIZATION,
        source=GLOBAL_TABLE,
    ),
    Errcode(
        code=40163,
        name="CODE_BEEN_USED",
        says="code been used",
        where=EXCHANGE,
        meaning=Hint(
            en="This code was exchanged before. Usually the callback was opened twice: WeChat on some phones "
            "requests it twice within milliseconds, or the person reloaded, went back, or shared the page with "
            "?code= in its address.",
            zh="这个 code 已经换取过一次。最常见的原因是回调被打开了两次：有的手机微信会在几毫秒内重复请求，"
            "或者用户刷新、后退、转发了带 ?code= 的页面。",
        ),
        remedy=Hint(
            en="Exchange each code once and give the second request the first one's result; redirect to an address "
            "without code right after the exchange. If the result is lost, start a new authorization.",
            zh="每个 code 只换取一次，重复的请求直接使用第一次的结果；换取之后立即跳转到不带 code 的地址。"
            "结果已经丢失的，请重新发起授权。",
        ),
        retry=Retry.NEW_CODE,
        source=EXCHANGE_PAGE,
    ),
    Errcode(
        code=42001,
        name="ACCESS_TOKEN_EXPIRED",
        says="access_token expired",
        where="sns/userinfo, sns/auth",
        meaning=Hint(
            en="The access_token is older than two hours (expires_in, 7200 seconds).",
            zh="access_token 已超过有效期（expires_in，7200 秒即两小时）。",
        ),
        remedy=Hint(
            en="Refresh the grant and ask once more; a refresh_token lives 30 days.",
            zh="请用 refresh_token 刷新后再请求一次；refresh_token 的有效期是 30 天。",
        ),
        retry=Retry.NEW_TOKEN,
        source=GENERAL_PAGE,
    ),
    Errcode(
        code=42002,
        name="REFRESH_TOKEN_EXPIRED",
        says="refresh_token expired",
        where=REFRESH,
        meaning=Hint(
            en="The refresh_token is older than 30 days; refreshing does not prolong its own life.",
            zh="refresh_token 已超过 30 天；刷新 access_token 并不会延长它自己的有效期。",
        ),
        remedy=Hint(
            en="Let the person authorize again; with snsapi_base they will not even notice.",
            zh="请让用户重新授权；使用 snsapi_base 时用户不会有任何感觉。",
        ),
        retry=Retry.NEW_AUTHORIZATION,
        source=GLOBAL_TABLE,
    ),
    Errcode(
        code=42003,
        name="OAUTH_CODE_EXPIRED",
        says="oauth_code expired",
        where=EXCHANGE,
        meaning=Hint(
            en="The code is older than five minutes. WeChat's tables list this number; in practice it answers 40029.",
            zh="code 已超过五分钟。这个编号列在微信的错误码表里，实际遇到的多是 40029。",
        ),
        remedy=Hint(
            en="Start a new authorization, and exchange a code as soon as it arrives.",
            zh="请重新发起授权，并在收到 code 后立即换取。",
        ),
        retry=Retry.NEW_CODE,
        source=GLOBAL_TABLE,
    ),
    Errcode(
        code=42007,
        name="PASSWORD_CHANGED",
        says="user changed password, tokens dead",
        where="sns/*",
        meaning=Hint(
            en="The person changed the WeChat password; access_token and refresh_token died with the old one.",
            zh="用户修改了微信密码，原来的 access_token 和 refresh_token 随之失效。",
        ),
        remedy=Hint(en="Let the person authorize again.", zh="请让用户重新授权。"),
        retry=Retry.NEW_AUTHORIZATION,
        source=GLOBAL_TABLE,
    ),
    Errcode(
        code=48001,
        name="API_UNAUTHORIZED",
        says="api unauthorized",
        where="sns/userinfo",
        meaning=Hint(
            en="This token does not include the call. At sns/userinfo it means that the grant is of snsapi_base, "
            "which gives the openid and nothing else.",
            zh="这个 token 没有调用该接口的权限。在 sns/userinfo 上，说明授权作用域是 snsapi_base，它只能得到 openid。",
        ),
        remedy=Hint(
            en="Let the person authorize with scope=snsapi_userinfo before you ask for the profile. If the grant has "
            "that scope, look at 接口权限 → 网页授权 in the account's console.",
            zh="需要用户资料时，请改用 scope=snsapi_userinfo 重新授权；如果本来就是，"
            "请到公众号后台「接口权限 → 网页授权」检查权限。",
        ),
        retry=Retry.NO,
        source=USERINFO_PAGE,
    ),
    Errcode(
        code=50001,
        name="USER_UNAUTHORIZED",
        says="user unauthorized",
        where="sns/*",
        meaning=Hint(
            en="The person has not granted this call to the account, or has taken the grant back.",
            zh="用户没有把该接口授权给公众号，或者已经取消授权。",
        ),
        remedy=Hint(en="Let the person authorize again.", zh="请让用户重新授权。"),
        retry=Retry.NEW_AUTHORIZATION,
        source=GENERAL_PAGE,
    ),
)

# The same number means something else where no access_token or no code is sent.
ELSEWHERE: tuple[Errcode, ...] = (
    Errcode(
        code=40001,
        name="INVALID_CREDENTIAL",
        says="invalid credential",
        where=EXCHANGE,
        meaning=Hint(
            en="At the exchange the credential is the AppSecret: it is not the secret of this appid.",
            zh="换取 code 时所说的凭证就是 AppSecret：它与这个 appid 不匹配。",
        ),
        remedy=Hint(
            en="Compare appid and AppSecret with 微信开发者平台 → 我的业务 → the account → 基础信息 → 开发密钥.",
            zh="请到「微信开发者平台 → 我的业务 → 对应账号 → 基础信息 → 开发密钥」核对 appid 与 AppSecret。",
        ),
        retry=Retry.HUMAN,
        source=EXCHANGE_PAGE,
    ),
    Errcode(
        code=40001,
        name="INVALID_CREDENTIAL",
        says="invalid credential",
        where=REFRESH,
        meaning=Hint(
            en="The one credential of a refresh is the refresh_token, so it must be this that WeChat does not accept; "
            "no page of WeChat says it of this call.",
            zh="刷新接口用到的凭证只有 refresh_token，所以应是它不被接受；微信文档没有专门说明这种情况。",
        ),
        remedy=Hint(en="Let the person authorize again.", zh="请让用户重新授权。"),
        retry=Retry.NEW_AUTHORIZATION,
        source=GLOBAL_TABLE,
    ),
    Errcode(
        code=40029,
        name="INVALID_CODE",
        says="invalid code",
        where=REFRESH,
        meaning=Hint(
            en="The page of the refresh lists this number: the refresh_token is not accepted.",
            zh="刷新接口的文档列有这个编号：refresh_token 不被接受。",
        ),
        remedy=Hint(en="Let the person authorize again.", zh="请让用户重新授权。"),
        retry=Retry.NEW_AUTHORIZATION,
        source=REFRESH_PAGE,
    ),
)
