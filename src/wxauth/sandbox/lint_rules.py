"""The rules of the lint report: what each is about, how bad it is, who says so, and which exchanges break it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from urllib.parse import urlsplit

from wxauth.sandbox.journal import Entry
from wxauth.sandbox.origin import LOOPBACK_HOSTS
from wxauth.sandbox.wechat import traits
from wxauth.sandbox.wechat.link import KNOWN, TEMPLATE
from wxauth.sandbox.words import Words

GUIDE = "https://developers.weixin.qq.com/doc/service/guide/h5/auth.html"
OWN_TOKENS = "https://developers.weixin.qq.com/doc/oplatform/developers/dev/AccessToken.html"
EXCHANGE = "https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsaccesstoken"
REFRESH = "https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsrefreshtoken"
ERRCODES = "https://developers.weixin.qq.com/doc/channels/API/basics/commErrCode.html"
TROUBLES = "https://developers.weixin.qq.com/doc/oplatform/developers/troubleshooting/auth.html"
UNENCODED = "https://www.cnblogs.com/root429/p/9251363.html"
MIXED_UP = "https://developers.weixin.qq.com/community/develop/doc/0008ea3fb908e80c70f7a685d51400"
BEHIND_THE_HASH = "https://developers.weixin.qq.com/community/personal/oCJUsw6lUZ1SqR7hUQzJA8qKxRFs/question"
CSRF = "https://www.rfc-editor.org/rfc/rfc6749#section-10.12"

AUTHORIZE = "authorize"
TOKEN_CALL, PROFILE_CALL, REFRESH_CALL = "sns/oauth2/access_token", "sns/userinfo", "sns/oauth2/refresh_token"
ASKS_ABOUT_PEOPLE = (PROFILE_CALL, "sns/auth")
REFRESHES = (REFRESH_CALL, "sns/oauth2/component/refresh_token")
MINTS_TOKENS = ("cgi-bin/token", "qyapi/cgi-bin/gettoken")
TOKEN_IS_KEPT_SECONDS = 7200 - 300
NOT_OF_THE_LINK = frozenset({"connect_redirect", "person", "scene", "uin", "key", "pass_ticket"})
"""What browser and journal add to the parameters of a link."""
FORGOTTEN = frozenset({40002, 41001, 41002, 41003, 41004, 41008, 41009, 41018, 43001, 43002, 44002, 47001, 40066})
CREDENTIALS = frozenset({40013, 40091, 40125, 61011})
IN_THE_COURSE_OF_THINGS = frozenset({-1, 42001, 42002, 42007})
"""Errcodes that a client without fault meets too: WeChat is busy, or something has lived its life."""


class Severity(StrEnum):
    """How bad it is, the worst first."""

    REFUSED = "refused"
    """WeChat refuses it."""
    RISKY = "risky"
    """WeChat may refuse it, or somebody may abuse it."""
    NOTE = "note"
    """Good to know."""


class Seen(tuple[Entry, ...]):
    """The exchanges of one client."""

    @cached_property
    def links(self) -> list[Entry]:
        """Each link to the authorize page once, however many steps a visit took."""
        first: dict[tuple[tuple[str, str], ...], Entry] = {}
        for entry in self:
            if entry.operation == AUTHORIZE:
                first.setdefault(tuple([pair for pair in entry.parameters if pair[0] not in NOT_OF_THE_LINK]), entry)
        return list(first.values())


Check = Callable[[Seen], Iterable[Entry]]
"""The exchanges of one client that break a rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is looked for; the attributes are those of `Finding`."""

    name: str
    severity: Severity
    words: Words
    source: str
    broken_by: Check


def _link_with(trait: str) -> Check:
    return lambda seen: [link for link in seen.links if trait in link.traits]


def _link_that(holds: Callable[[Sequence[str]], object]) -> Check:
    """Links whose names of parameters, in their order, have something to them."""
    return lambda seen: [
        link
        for link in seen.links
        if holds([name for name, value in link.parameters if value and name not in NOT_OF_THE_LINK])
    ]


def _redirecting(holds: Callable[[str, bool], bool]) -> Check:
    """Links by the scheme of their redirect_uri, and whether its host is a loopback one."""

    def check(seen: Seen) -> list[Entry]:
        return [link for link in seen.links if holds(*_scheme_and_loopback(link))]

    return check


def _scheme_and_loopback(link: Entry) -> tuple[str, bool]:
    try:
        parts = urlsplit(dict(link.parameters).get("redirect_uri", ""))
    except ValueError:
        return "", False
    return parts.scheme, parts.hostname in LOOPBACK_HOSTS


def _refused(errcodes: Iterable[int | None], *operations: str) -> Check:
    wanted = frozenset(errcodes)
    return lambda seen: [
        entry
        for entry in seen
        if entry.refused and entry.errcode in wanted and (not operations or entry.operation in operations)
    ]


def _with(trait: str) -> Check:
    return lambda seen: [entry for entry in seen if trait in entry.traits]


def _same_state(seen: Seen) -> list[Entry]:
    """Sign-ins beyond the first with the same state."""
    times: Counter[str] = Counter()
    again: list[Entry] = []
    for entry in seen:
        state = dict(entry.parameters).get("state")
        if state and entry.operation == AUTHORIZE and entry.answer.startswith("302 with code"):
            times[state] += 1
            if times[state] > 1:
                again.append(entry)
    return again


def _unseen_fragments(seen: Seen) -> list[Entry]:
    links = seen.links
    return [] if any(entry.operation == traits.FRAGMENT for entry in seen) else links


def _never_refreshed(seen: Seen) -> list[Entry]:
    if any(entry.operation in REFRESHES for entry in seen):
        return []
    return list(_refused([42001], *ASKS_ABOUT_PEOPLE)(seen))


def _not_kept(seen: Seen) -> list[Entry]:
    """New tokens of an account that were asked for while the one before was good."""
    last: dict[str, float] = {}
    early: list[Entry] = []
    for entry in seen:
        if entry.operation in MINTS_TOKENS and not entry.refused:
            if 0 <= entry.at - last.get(entry.operation, -TOKEN_IS_KEPT_SECONDS) < TOKEN_IS_KEPT_SECONDS:
                early.append(entry)
            last[entry.operation] = entry.at
    return early


def _from_a_browser(seen: Seen) -> list[Entry]:
    return [
        entry
        for entry in seen
        if entry.client == traits.BROWSER and any(name.endswith("secret") for name, _ in entry.parameters)
    ]


def _refused_otherwise(seen: Seen) -> list[Entry]:
    return [entry for entry in seen if entry.refused and entry.errcode not in IN_THE_COURSE_OF_THINGS]


def _out_of_order(names: Sequence[str]) -> bool:
    given = [name for name in dict.fromkeys(names) if name in TEMPLATE]
    return given != [name for name in TEMPLATE if name in given]


def _wrong_case(names: Sequence[str]) -> bool:
    lower = {name.lower() for name in KNOWN}
    return any(name not in KNOWN and name.lower() in lower for name in names)


def _unknown(names: Sequence[str]) -> bool:
    lower = {name.lower() for name in KNOWN}
    return any(name.lower() not in lower and not _is_secret(name) for name in names)


def _is_secret(name: str) -> bool:
    return name.endswith(("secret", "access_token"))


def _rule(name: str, severity: Severity, broken_by: Check, en: str, zh: str, source: str = GUIDE) -> Rule:
    return Rule(name=name, severity=severity, words=Words(en=en, zh=zh), source=source, broken_by=broken_by)


REFUSED, RISKY, NOTE = Severity.REFUSED, Severity.RISKY, Severity.NOTE

RULES = (
    _rule(
        traits.TWICE_ENCODED, REFUSED, _link_with(traits.TWICE_ENCODED),
        "redirect_uri is percent-encoded twice: encode it once",
        "redirect_uri 被编码了两次：只应编码一次",
    ),
    _rule(
        "redirect-uri-domain", REFUSED, _refused([10003]),
        "the host of redirect_uri is not a registered one: they have to be the same, www. and port included",
        "redirect_uri 的域名与后台登记的不一致：必须完全相同，包括 www. 和端口",
        TROUBLES,
    ),
    _rule(
        "scope-not-granted", REFUSED, _refused([10005]),
        "the account has no right to this scope, or its kind has no such scope",
        "该账号没有这个 scope 的权限，或此类账号不支持这个 scope",
    ),
    _rule(
        traits.LONG_STATE, REFUSED, _link_with(traits.LONG_STATE),
        "state is longer than 128 bytes: keep what it stands for on the server",
        "state 超过 128 字节：内容应保存在服务器端，state 只放一个标识",
    ),
    _rule(
        "secret-in-link", RISKY, _link_that(lambda names: any(map(_is_secret, names))),
        "a secret or token stands in a link that browsers open: it belongs on the server",
        "浏览器打开的链接中带有 secret 或 token：它们只能留在服务器端",
        EXCHANGE,
    ),
    _rule(
        traits.UNENCODED, RISKY, _link_with(traits.UNENCODED),
        "redirect_uri is not percent-encoded: whatever follows its first & is lost",
        "redirect_uri 没有编码：第一个 & 之后的内容会丢失",
        UNENCODED,
    ),
    _rule(
        "redirect-uri-http", RISKY, _redirecting(lambda scheme, loopback: scheme == "http" and not loopback),
        "redirect_uri is an http:// address: on its way the code can be read",
        "redirect_uri 使用 http://：code 可能在传输途中泄露，应改用 https",
    ),
    _rule(
        "redirect-uri-loopback", NOTE, _redirecting(lambda scheme, loopback: loopback),
        "redirect_uri leads to this machine: the sandbox takes it, WeChat takes registered domains only",
        "redirect_uri 指向本机：沙箱允许，而微信只接受已登记的域名",
        TROUBLES,
    ),
    _rule(
        "parameter-order", RISKY, _link_that(_out_of_order),
        f"the parameters do not stand in the order {', '.join(TEMPLATE[:5])}",
        f"参数顺序不是 {'、'.join(TEMPLATE[:5])}",
    ),
    _rule(
        "parameter-case", RISKY, _link_that(_wrong_case),
        "the name of a parameter is written with other capitals than WeChat's",
        "参数名的大小写与微信的不一致",
    ),
    _rule(
        "parameter-repeated", RISKY, _link_that(lambda names: len(set(names)) < len(names)),
        "a parameter stands in the link twice: only the first counts",
        "链接中有重复的参数：只有第一个生效",
    ),
    _rule(
        "parameter-unknown", NOTE, _link_that(_unknown),
        "the link has a parameter that WeChat does not know and ignores; what the app needs belongs into redirect_uri",
        "链接中有微信不认识的参数，会被忽略；应用自己的参数应放进 redirect_uri",
    ),
    _rule(
        "state-missing", RISKY, _link_that(lambda names: "state" not in names),
        "the link has no state: nothing tells the app's own sign-ins from those that somebody slips in",
        "链接没有 state：无法区分自己发起的登录和他人伪造的登录",
        CSRF,
    ),
    _rule(
        "state-reused", RISKY, _same_state,
        "the same state brought more than one code: make a new one for each sign-in (a link that was opened again "
        "counts too)",
        "同一个 state 换来了多个 code：每次登录都应生成新的 state（重复打开同一链接也会计入）",
        CSRF,
    ),
    _rule(
        traits.SHORT_STATE, RISKY, _link_with(traits.SHORT_STATE),
        f"state has fewer than {traits.SHORTEST_STATE} characters, which can be guessed",
        f"state 不足 {traits.SHORTEST_STATE} 个字符，容易被猜中",
        CSRF,
    ),
    _rule(
        traits.STRANGE_STATE, NOTE, _link_with(traits.STRANGE_STATE),
        "state holds other characters than a-z, A-Z and 0-9: WeChat promises to return those only",
        "state 含有 a-z、A-Z、0-9 以外的字符：微信只保证原样返回这些字符",
    ),
    _rule(
        traits.FULL_FRAGMENT, RISKY, _with(traits.FULL_FRAGMENT),
        "parameters stand behind #, where WeChat does not see them: put them before #wechat_redirect",
        "参数写在了 # 之后，微信读不到：应放在 #wechat_redirect 之前",
        BEHIND_THE_HASH,
    ),
    _rule(
        traits.NO_FRAGMENT, RISKY, _with(traits.NO_FRAGMENT),
        "the link does not end in #wechat_redirect",
        "链接末尾缺少 #wechat_redirect",
    ),
    _rule(
        "fragment-unknown", NOTE, _unseen_fragments,
        "whether the link ends in #wechat_redirect is not known: no browser that runs scripts has opened it",
        "不知道链接末尾是否有 #wechat_redirect：还没有启用脚本的浏览器打开过它",
    ),
    _rule(
        "link-refused", REFUSED, _refused([10006, 10010, 10011, 10012, 10013, 10015, 10016, None], *traits.LINKS),
        "WeChat shows an error page instead of opening the link",
        "微信不打开该链接，而是显示错误页",
    ),
    _rule(
        "code-redeemed-twice", REFUSED, _refused([40163], TOKEN_CALL),
        "a code is exchanged more than once: callbacks may come twice, and only one of them may redeem the code",
        "同一个 code 被多次换取：回调可能触发两次，只能有一次去换取",
        EXCHANGE,
    ),
    _rule(
        "profile-with-base-token", REFUSED, _refused([48001], PROFILE_CALL),
        "the profile is asked for with a token of snsapi_base: ask for snsapi_userinfo, or do without the profile",
        "用 snsapi_base 的 token 获取用户资料：应申请 snsapi_userinfo，或不获取资料",
    ),
    _rule(
        traits.OTHER_FAMILY, REFUSED, _with(traits.OTHER_FAMILY),
        "a person's token (sns) is used where the account's own (cgi-bin) belongs, or the reverse",
        "混用了网页授权的 token（sns）与账号自己的 token（cgi-bin）",
        MIXED_UP,
    ),
    _rule(
        "credentials-refused", REFUSED, _refused(CREDENTIALS),
        "appid and secret are not those of an account",
        "appid 或 secret 不正确",
        ERRCODES,
    ),
    _rule(
        "call-malformed", REFUSED, _refused(FORGOTTEN),
        "a call lacks a parameter, takes another method or body, or does not exist",
        "调用缺少参数、请求方法或请求体不对，或接口不存在",
        ERRCODES,
    ),
    _rule(
        "secret-from-browser", RISKY, _from_a_browser,
        "a browser sends the AppSecret: whoever looks into the page has it",
        "浏览器直接发送了 AppSecret：任何人查看页面即可获得",
        EXCHANGE,
    ),
    _rule(
        "token-not-kept", RISKY, _not_kept,
        "the account gets a new token while the last one is good: each ends the one before, and the quota is small",
        "账号的 token 尚未过期就重新获取：新的会使旧的失效，而且每日次数有限，应缓存",
        OWN_TOKENS,
    ),
    _rule(
        "refresh-never-used", NOTE, _never_refreshed,
        "the access_token expired and was never refreshed: a refresh_token serves for 30 days",
        "access_token 过期后从未刷新：refresh_token 在 30 天内有效",
        REFRESH,
    ),
    _rule(
        "call-refused", REFUSED, _refused_otherwise,
        "WeChat refuses the call; the example says why",
        "微信拒绝了该调用，原因见示例",
        ERRCODES,
    ),
)  # fmt: skip
"""In this order: of those that WeChat refuses, a refusal counts for the first."""
