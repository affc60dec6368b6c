"""Whether WeChat takes the account: its secret, the address it is called from, its binding to an open platform."""

from __future__ import annotations

from collections.abc import Iterator

from wxauth.account import AnyAccount, MiniProgram, MobileApp, OfficialAccount, ThirdPartyPlatform, WebsiteApp, WeComApp
from wxauth.cli.doctor_finding import Finding, fail, ok, skipped, warn
from wxauth.errors import AccountRefused, CodeRefused, WeChatError, WxAuthError
from wxauth.protocol.message import Endpoints

FOREIGN_ADDRESS = frozenset({40164, 61004, 60020, 89501, 89503, 89506, 89507})
NO_RIGHT = 48001
NO_CODE = "0doctor00000000000000000000000000"
"""A code that nobody was given: to be told that it is none takes a secret that is right."""
BIND = (
    "to know the same people in several accounts, bind it at open.weixin.qq.com; wxauth followers export fills them in",
    "如需在多个账号间识别同一用户，请到 open.weixin.qq.com 绑定，再用 wxauth followers export 补全",
)
KINDS: dict[type[AnyAccount], tuple[str, str]] = {
    OfficialAccount: ("an official account", "公众号"),
    WebsiteApp: ("a website app", "网站应用"),
    MobileApp: ("a mobile app", "移动应用"),
    MiniProgram: ("a mini program", "小程序"),
    ThirdPartyPlatform: ("a third-party platform", "第三方平台"),
    WeComApp: ("an app of WeCom", "企业微信应用"),
}


def check_account(account: AnyAccount, endpoints: Endpoints) -> Iterator[Finding]:
    """Ask WeChat what it thinks of the account, by calls that change and spend nothing."""
    wecom = isinstance(account, WeComApp)
    endpoints.demand_home_of(account.appid, wecom=wecom)
    (en, zh), here = KINDS[type(account)], ("", "") if endpoints.is_wechat else (" of a sandbox", "（沙箱）")
    yield ok("account", f"{account.appid} can be {en}{here[0]}", f"{account.appid} 可以是{zh}{here[1]}")
    refusal = _refusal(account, endpoints)
    yield _secret(account, refusal)
    yield _address(account, refusal)
    yield _unionid(account, endpoints) if refusal is None else _unasked("unionid")


def _refusal(account: AnyAccount, endpoints: Endpoints) -> WxAuthError | None:
    """What WeChat says to a harmless call with the secret; None when it takes it."""
    try:
        _call(account, endpoints)
    except CodeRefused:
        return None
    except WxAuthError as error:
        return error
    return None


def _call(account: AnyAccount, endpoints: Endpoints) -> None:
    from wxauth import MiniProgramClient, MobileClient, WebsiteClient, WeChat, WeComClient

    match account:
        case OfficialAccount():
            with WeChat(account, endpoints=endpoints) as wechat:
                wechat.fetch_credential()
        case MiniProgram():
            with MiniProgramClient(account, endpoints=endpoints) as mini_program:
                mini_program.fetch_credential()
        case WebsiteApp():
            with WebsiteClient(account, endpoints=endpoints) as website:
                website.exchange_code(NO_CODE)
        case MobileApp():
            with MobileClient(account, endpoints=endpoints) as mobile:
                mobile.exchange_code(NO_CODE)
        case WeComApp():
            with WeComClient(account, endpoints=endpoints) as wecom:
                wecom.fetch_credential()
        case ThirdPartyPlatform():
            """Its secret counts only together with the ticket that WeChat pushes."""


def _secret(account: AnyAccount, refusal: WxAuthError | None) -> Finding:
    if isinstance(account, ThirdPartyPlatform):
        reason = "a platform's secret is asked for with the ticket that WeChat pushes to it"
        return skipped("secret", reason, "第三方平台的密钥须与推送的 ticket 一起验证")
    if refusal is None:
        return ok("secret", "WeChat takes it", "微信接受此密钥")
    if not isinstance(refusal, WeChatError):
        return _unasked("secret")
    if refusal.errcode in FOREIGN_ADDRESS:
        return skipped("secret", "WeChat looks at the address first, and refuses it", "微信先拒绝了出口 IP，未验证密钥")
    said = f"{refusal.errcode} {refusal.errmsg}"
    told = (refusal.hint.en, refusal.hint.zh)
    if isinstance(refusal, AccountRefused):
        return fail("secret", f"WeChat refuses it: {said}", f"微信拒绝：{said}", next=told)
    return warn("secret", f"WeChat does not say: {said}", f"微信没有明说：{said}", next=told)


def _address(account: AnyAccount, refusal: WxAuthError | None) -> Finding:
    if isinstance(account, WebsiteApp | MobileApp | ThirdPartyPlatform):
        return skipped("address", "no list of addresses applies to what was asked", "所调用的接口不受 IP 白名单限制")
    if refusal is None:
        en = "WeChat lets this address in; which one it is, WeChat tells only when it refuses"
        return ok("address", en, "微信接受本机的出口 IP；只有拒绝时才会告知具体地址")
    if not isinstance(refusal, WeChatError) or refusal.errcode not in FOREIGN_ADDRESS:
        return _unasked("address")
    address = refusal.egress_ip or "?"
    en = f"WeChat sees {address}, which is not on the white list ({refusal.errcode})"
    steps = (f"{address}: {refusal.hint.en}", f"{address}：{refusal.hint.zh}")
    return fail("address", en, f"出口 IP 为 {address}，不在白名单中（{refusal.errcode}）", next=steps)


def _unionid(account: AnyAccount, endpoints: Endpoints) -> Finding:
    if not isinstance(account, OfficialAccount):
        reason = "only the followers of an official account can be asked about without a sign-in"
        return skipped(
            "unionid", reason, "只有公众号可以不经登录查询", next=("wxauth login shows it", "可用 wxauth login 查看")
        )
    from wxauth import WeChat

    try:
        with WeChat(account, endpoints=endpoints) as wechat:
            openids = wechat.list_followers().openids
            follower = wechat.fetch_follower(openids[0]) if openids else None
    except WeChatError as error:
        why = "the account is not verified" if error.errcode == NO_RIGHT else f"{error.errcode} {error.errmsg}"
        return skipped("unionid", f"WeChat does not say: {why}", f"微信没有给出：{error.errcode} {error.errmsg}")
    except WxAuthError:
        return _unasked("unionid")
    if follower is None:
        return skipped("unionid", "nobody follows the account", "还没有人关注")
    if follower.unionid is None:
        return warn(
            "unionid",
            "WeChat tells no unionid: the account is bound to no open-platform account",
            "没有 unionid：公众号未绑定微信开放平台账号",
            next=BIND,
        )
    return ok("unionid", "followers have a unionid", "关注者带有 unionid")


def _unasked(check: str) -> Finding:
    return skipped(check, "WeChat could not be asked", "未能向微信查询")
