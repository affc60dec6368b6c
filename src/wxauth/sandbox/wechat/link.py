"""The authorize link: read once, refused with WeChat's error pages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote_plus, urlsplit

from wxauth.sandbox.accounts import IPV4, OFFICIAL_SCOPES, Account, AccountKind, Agent
from wxauth.sandbox.refusal import Refusal
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.wechat.callback import check_redirect_uri, without_openid
from wxauth.sandbox.wechat.errorpages import (
    APPID_EMPTY,
    NO_SCOPE_RIGHT,
    NOT_AUTHORIZED,
    OPEN_PLATFORM_APPID,
    SCOPE_EMPTY,
    STATE_EMPTY,
    UNREACHABLE,
    WRONG_APPID,
    WRONG_DOMAIN,
    PageShown,
)
from wxauth.sandbox.words import Words
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

TEMPLATE = ("appid", "redirect_uri", "response_type", "scope", "state", "component_appid")
"""The order of the parameters (https://developers.weixin.qq.com/doc/service/guide/h5/auth.html); the last one is in
the links of third-party platforms only."""
KNOWN = frozenset({*TEMPLATE, "forcePopup", "forceSnapShot", "connect_redirect", "uin", "key", "pass_ticket"})
STATE_BYTES = 128
STATE_CHARACTERS = re.compile(r"[A-Za-z0-9]*")


class Query:
    """A query string as it came: pairs in order, and each value encoded and decoded. The first of a name counts."""

    def __init__(self, raw: str) -> None:
        split = [pair.partition("=") for pair in raw.split("&") if pair]
        self.pairs = tuple((unquote_plus(name), unquote_plus(value)) for name, _, value in split)
        self._raw = {unquote_plus(name): value for name, _, value in reversed(split)}
        self._first = dict(reversed(self.pairs))
        self.text = raw

    def __contains__(self, name: str) -> bool:
        return name in self._first

    def value(self, name: str) -> str:
        """A decoded value, empty when it is missing."""
        return self._first.get(name, "")

    def encoded(self, name: str) -> str | None:
        """A value as it stood in the link, None when it is missing."""
        return self._raw.get(name)

    def in_template_order(self) -> bool:
        """Whether the template's parameters stand in its order."""
        names = [name for name, _ in self.pairs if name in TEMPLATE]
        return names == [name for name in TEMPLATE if name in names]

    def whole_redirect_uri(self) -> str:
        """The redirect_uri of a link that forgot to encode it: everything up to the next parameter of WeChat's own."""
        raw = self.encoded("redirect_uri") or ""
        if "://" not in raw:
            return self.value("redirect_uri")
        rest = self.text.partition(f"redirect_uri={raw}")[2].split("&")[1:]
        for pair in rest:
            if pair.partition("=")[0] in KNOWN:
                break
            raw += f"&{pair}"
        return unquote_plus(raw)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An authorize link that WeChat accepts.

    Attributes:
        world: where it leads.
        account: who asks.
        platform: the third-party platform that asks for it; None when the account itself does.
        redirect_uri: where the person goes back to, decoded and checked.
        scope: snsapi_base or snsapi_userinfo.
        state: as it stood in the link, still percent-encoded; None when there was none.
        force_popup: ask even a person who signed in recently.
        force_snapshot: open the snapshot page.
        odd: what is odd about the link though it was accepted.
        query: the whole of it.
        agent: the app of a corp that asks; None when no corp does.
    """

    world: World
    account: Account
    platform: Account | None = None
    redirect_uri: str
    scope: str
    state: str | None = field(repr=False)
    force_popup: bool
    force_snapshot: bool
    odd: Words | None
    query: Query = field(repr=False)
    agent: Agent | None = None


def read_link(worlds: Worlds, query: Query) -> Link:
    """Read an authorize link; raises PageShown."""
    appid = query.value("appid")
    world = worlds.of_appid(appid) or worlds.default
    odd = _order(query, world.switches)
    account = _account(worlds, world, appid)
    platform = _platform(world, account, query) if "component_appid" in query else None
    check_response_type(query)
    redirect_uri = read_redirect_uri(query, world.switches, account)
    check_redirect_uri(redirect_uri, platform or account, strict=world.strict)
    if account.kind is AccountKind.TEST:
        _check_by_switches(redirect_uri, world.switches)
    scope = _scope(query.value("scope"), account, several=platform is not None)
    check_state(query, world.switches)
    return Link(
        world=world,
        account=account,
        platform=platform,
        redirect_uri=without_openid(redirect_uri) if world.switches.drop_openid_query else redirect_uri,
        scope=scope,
        state=query.encoded("state"),
        force_popup=query.value("forcePopup") == "true",
        force_snapshot=query.value("forceSnapShot") == "true",
        odd=odd,
        query=query,
    )


def _order(query: Query, switches: Switches) -> Words | None:
    if query.in_template_order():
        return None
    order = ", ".join(TEMPLATE)
    words = Words(en=f"the parameters are not in the order {order}", zh=f"参数顺序不是 {order}")
    if switches.authorize_strict_order:
        raise PageShown(UNREACHABLE, en=words.en, zh=words.zh)
    return words


def named_account(worlds: Worlds, world: World, appid: str) -> Account:
    """The account a link names; raises PageShown."""
    if not appid:
        raise PageShown(APPID_EMPTY, en="the link has no appid", zh="链接里没有 appid")
    account = world.account_of(appid)
    if account is None:
        near = worlds.nearest(appid)
        raise PageShown(
            WRONG_APPID,
            en="no world has this appid" + (f"; the nearest is {near}" if near else ""),
            zh="没有哪个世界有这个 appid" + (f"；最接近的是 {near}" if near else ""),
        )
    return account


def _account(worlds: Worlds, world: World, appid: str) -> Account:
    account = named_account(worlds, world, appid)
    if account.kind is AccountKind.WEBSITE:
        raise PageShown(OPEN_PLATFORM_APPID, en=f"{appid} is a website application", zh=f"{appid} 是开放平台的网站应用")
    if account.kind is AccountKind.THIRD_PARTY:
        raise PageShown(
            OPEN_PLATFORM_APPID,
            en=f"{appid} is a third-party platform: it goes into component_appid, appid is the account it acts for",
            zh=f"{appid} 是第三方平台：应放在 component_appid，appid 填被代理的公众号",
        )
    if account.kind is AccountKind.MINIPROGRAM:
        raise PageShown(
            OPEN_PLATFORM_APPID,
            en=f"{appid} is a mini program: there people sign in by wx.login, not by a link",
            zh=f"{appid} 是小程序：小程序用 wx.login 登录，不能使用网页授权链接",
        )
    return account


def _platform(world: World, account: Account, query: Query) -> Account:
    """The third-party platform of a link.

    https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/Official_Accounts/official_account_website_authorization.html;
    what WeChat shows for a component_appid that is no platform is not known.
    """
    platform = world.platforms.find(query.value("component_appid"))
    if platform is None:
        raise PageShown(UNREACHABLE, en="component_appid is no platform", zh="component_appid 不是第三方平台")
    try:
        world.platforms.authorization(platform, account.appid)
    except Refusal as refusal:
        raise PageShown(NOT_AUTHORIZED, en=refusal.why.en, zh=refusal.why.zh) from None
    return platform


def check_response_type(query: Query) -> None:
    """Refuse another response_type than code; raises PageShown."""
    if query.value("response_type") != "code":
        given = query.value("response_type")[:20] or "-"
        raise PageShown(
            UNREACHABLE,
            en=f"response_type has to be code, not {given}",
            zh=f"response_type 必须是 code，而不是 {given}",
        )


def read_redirect_uri(query: Query, switches: Switches, account: Account) -> str:
    """The redirect_uri of a link; of one that is not percent-encoded, what the switches let remain."""
    if switches.redirect_uri_unencoded == "accepted" or account.kind is AccountKind.TEST:
        return query.whole_redirect_uri()
    return query.value("redirect_uri")


def _check_by_switches(uri: str, switches: Switches) -> None:
    """Hold a checked redirect_uri of a test account against what may or may not be asked of it too."""
    parts = urlsplit(uri)
    if switches.test_account_require_https and parts.scheme != "https":
        raise PageShown(
            UNREACHABLE,
            en="test_account_require_https is on, and redirect_uri begins with http://",
            zh="已开启 test_account_require_https，而 redirect_uri 以 http:// 开头",
        )
    if switches.test_account_domain_checks and (IPV4.fullmatch(parts.hostname or "") or parts.port is not None):
        raise PageShown(
            WRONG_DOMAIN,
            en="test_account_domain_checks is on: no ICP filing or verify file is for an IP address or a port",
            zh="已开启 test_account_domain_checks：IP 地址和端口既无法备案，也无法放置校验文件",
        )


def _scope(given: str, account: Account, *, several: bool) -> str:
    """The scope that counts: of several, divided by commas as a platform may send them, the widest."""
    if not given:
        raise PageShown(SCOPE_EMPTY, en="the link has no scope", zh="链接里没有 scope")
    scopes = given.split(",") if several else [given]
    for scope in scopes:
        _one_scope(scope, account)
    return max(scopes, key=["snsapi_base", "snsapi_userinfo"].index)


def _one_scope(scope: str, account: Account) -> None:
    if scope not in OFFICIAL_SCOPES:
        hint = " (upper and lower case count)" if scope.lower() in OFFICIAL_SCOPES else ""
        raise PageShown(
            NO_SCOPE_RIGHT,
            en=f"scope has to be snsapi_base or snsapi_userinfo{hint}",
            zh=f"scope 必须是 snsapi_base 或 snsapi_userinfo{'（区分大小写）' if hint else ''}",
        )
    if scope not in account.scopes:
        raise PageShown(
            NO_SCOPE_RIGHT, en=f"{account.appid} has no right to {scope}", zh=f"{account.appid} 没有 {scope} 权限"
        )


def check_state(query: Query, switches: Switches) -> None:
    """Refuse a state that is too long, and by switch a missing or strange one; raises PageShown."""
    state = query.value("state")
    size = len(state.encode())
    if switches.state_required and not state:
        raise PageShown(STATE_EMPTY, en="the link has no state", zh="链接里没有 state")
    if size > STATE_BYTES and switches.state_too_long == "error_page":
        raise PageShown(
            UNREACHABLE,
            en=f"state has {size} bytes, at most {STATE_BYTES} are allowed",
            zh=f"state 有 {size} 字节，最多 {STATE_BYTES} 字节",
        )
    if switches.state_charset_strict and not STATE_CHARACTERS.fullmatch(state):
        raise PageShown(
            UNREACHABLE,
            en="state holds other characters than a-z, A-Z and 0-9",
            zh="state 含有 a-z、A-Z、0-9 以外的字符",
        )
