"""The codes of the authorize page: a person sees them, the redirect_uri never learns of them."""

from __future__ import annotations

from wxauth.errors import Hint
from wxauth.protocol.errcode.entry import GUIDE_PAGE, TROUBLE_PAGE, Errcode, Retry

WHERE = "authorize page"

PAGES: tuple[Errcode, ...] = (
    Errcode(
        code=10003,
        name="REDIRECT_URI_DOMAIN_MISMATCH",
        says="redirect_uri域名与后台配置不一致",
        where=WHERE,
        meaning=Hint(
            en="The host of redirect_uri is not the registered web authorization domain, letter by letter; "
            "a port in redirect_uri is a mismatch too.",
            zh="redirect_uri 的域名与后台登记的网页授权域名不是逐字相同；redirect_uri 里带端口也算不一致。",
        ),
        remedy=Hint(
            en="In the account's console open 设置与开发 → 公众号设置 → 功能设置 → 网页授权域名 and enter the bare "
            "host (no https://, no port, no wildcard; www.example.com does not cover example.com). Then check "
            "that the link carries the appid of that very account.",
            zh="打开公众号后台「设置与开发 → 公众号设置 → 功能设置 → 网页授权域名」，"
            "只填域名本身：不带 https://、不带端口、"
            "不支持通配符，www.example.com 与 example.com 是两个域名。再确认链接里的 appid 就是这个公众号的。",
        ),
        retry=Retry.HUMAN,
        source=TROUBLE_PAGE,
    ),
    Errcode(
        code=10004,
        name="ACCOUNT_BANNED",
        says="此公众号被封禁",
        where=WHERE,
        meaning=Hint(
            en="The account is banned, or the appid is the old one of an account that was migrated.",
            zh="公众号已被封禁，或者公众号迁移之后仍在使用旧的 appid。",
        ),
        remedy=Hint(
            en="After a migration replace the old appid everywhere; otherwise read the notices in the account's "
            "console.",
            zh="若做过账号迁移，请把所有地方的旧 appid 换成新的；否则请到公众号后台查看站内通知中的封禁原因。",
        ),
        retry=Retry.HUMAN,
        source=GUIDE_PAGE,
    ),
    Errcode(
        code=10005,
        name="NO_SCOPE_PERMISSION",
        says="此公众号并没有这些scope的权限",
        where=WHERE,
        meaning=Hint(
            en="The account may not ask for this scope: it is not a verified service account, its verification has "
            "expired, or the scope is misspelt.",
            zh="公众号没有申请该 scope 的权限：不是已认证的服务号、认证已过期，或者 scope 拼写有误。",
        ),
        remedy=Hint(
            en="Use a verified service account (look at 接口权限 → 网页授权 in its console), renew its verification, "
            "and write the scope exactly: snsapi_base or snsapi_userinfo.",
            zh="请使用已认证的服务号（在后台「接口权限 → 网页授权」可查看是否已获得），认证过期的请重新认证；"
            "scope 只能写 snsapi_base 或 snsapi_userinfo，区分大小写。",
        ),
        retry=Retry.HUMAN,
        source=TROUBLE_PAGE,
    ),
    Errcode(
        code=10006,
        name="MUST_FOLLOW_TEST_ACCOUNT",
        says="必须关注此测试号",
        where=WHERE,
        meaning=Hint(
            en="This is a test account (测试号), and the person does not follow it.",
            zh="这是测试号，而当前微信用户还没有关注它。",
        ),
        remedy=Hint(
            en="Scan the QR code of the test account's page (mp.weixin.qq.com/debug/cgi-bin/sandboxinfo) with this "
            "WeChat, follow the account, and open the link again.",
            zh="用这个微信扫描测试号管理页（mp.weixin.qq.com/debug/cgi-bin/sandboxinfo）上的二维码，"
            "关注之后再打开链接。",
        ),
        retry=Retry.HUMAN,
        source=GUIDE_PAGE,
    ),
    Errcode(
        code=10009,
        name="TOO_FREQUENT",
        says="操作太频繁了，请稍后重试",
        where=WHERE,
        meaning=Hint(
            en="This person opened the authorize page too often in a short time.",
            zh="该用户在短时间内打开授权页的次数太多。",
        ),
        remedy=Hint(
            en="Wait a little. If it happens to many people, look for a redirect loop: a page that sends everybody who "
            "just signed in to sign in again.",
            zh="请稍等片刻再试。如果很多用户都遇到，请检查是否存在重定向死循环，例如刚登录成功又被送去授权。",
        ),
        retry=Retry.LATER,
        source=GUIDE_PAGE,
    ),
    Errcode(
        code=10010,
        name="SCOPE_EMPTY",
        says="scope不能为空",
        where=WHERE,
        meaning=Hint(en="The link has no scope.", zh="授权链接里没有 scope。"),
        remedy=Hint(
            en="Add scope=snsapi_base (silent, openid only) or scope=snsapi_userinfo (asks for consent, gives the "
            "profile).",
            zh="请加上 scope=snsapi_base（静默，只得到 openid）或 scope=snsapi_userinfo（需用户同意，可得到资料）。",
        ),
        retry=Retry.NO,
        source=GUIDE_PAGE,
    ),
    Errcode(
        code=10011,
        name="REDIRECT_URI_EMPTY",
        says="redirect_uri不能为空",
        where=WHERE,
        meaning=Hint(en="The link has no redirect_uri.", zh="授权链接里没有 redirect_uri。"),
        remedy=Hint(
            en="Add the whole address of the callback page, https:// included, percent-encoded exactly once.",
            zh="请加上回调页的完整地址（含 https://），并且只做一次 URL 编码。",
        ),
        retry=Retry.NO,
        source=GUIDE_PAGE,
    ),
    Errcode(
        code=10012,
        name="APPID_EMPTY",
        says="appid不能为空",
        where=WHERE,
        meaning=Hint(en="The link has no appid.", zh="授权链接里没有 appid。"),
        remedy=Hint(
            en="Configure the appid of the account: 'wx' and 16 hex digits, not the original id that starts with gh_.",
            zh="请配置公众号的 appid：以 wx 开头、后接 16 位十六进制字符，不是 gh_ 开头的原始 ID。",
        ),
        retry=Retry.NO,
        source=GUIDE_PAGE,
    ),
    Errcode(
        code=10013,
        name="STATE_EMPTY",
        says="state不能为空",
        where=WHERE,
        meaning=Hint(en="The link has no state.", zh="授权链接里没有 state。"),
        remedy=Hint(
            en="Send a fresh random state with every authorization, for example secrets.token_hex(16), "
            "and compare it when the person comes back.",
            zh="每次授权都带上一个新的随机 state，例如 secrets.token_hex(16)，用户回来时再比对。",
        ),
        retry=Retry.NO,
        source=GUIDE_PAGE,
    ),
    Errcode(
        code=10015,
        name="COMPONENT_NOT_AUTHORIZED",
        says="公众号未授权第三方平台，请检查授权状态",
        where=WHERE,
        meaning=Hint(
            en="The link names a third-party platform, and the account has not authorized it.",
            zh="链接里带了第三方平台的 component_appid，但公众号没有授权给该平台。",
        ),
        remedy=Hint(
            en="Let the account's administrator authorize the platform again, with the right to web authorization "
            "included; an account that stands alone drops component_appid from the link.",
            zh="请公众号管理员重新授权该第三方平台，并勾选网页授权权限；如果不是代公众号调用，"
            "请从链接中去掉 component_appid。",
        ),
        retry=Retry.HUMAN,
        source=GUIDE_PAGE,
    ),
    Errcode(
        code=10016,
        name="OPEN_PLATFORM_APPID",
        says="不支持微信开放平台的Appid，请使用公众号Appid",
        where=WHERE,
        meaning=Hint(
            en="The appid belongs to a website or mobile app of the open platform, not to an official account.",
            zh="该 appid 属于微信开放平台的网站应用或移动应用，不是公众号的。",
        ),
        remedy=Hint(
            en="Use the appid of the official account here; the appid of a website app is for its QR sign-in "
            "(qrconnect) only.",
            zh="这里请改用公众号的 appid；网站应用的 appid 只能用于网页扫码登录（qrconnect）。",
        ),
        retry=Retry.HUMAN,
        source=GUIDE_PAGE,
    ),
)
