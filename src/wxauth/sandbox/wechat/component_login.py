"""The page on which the admin of an account lets a third-party platform act for it, without its pixels.

https://developers.weixin.qq.com/doc/oplatform/developers/basic_func/domain.md; the parameters as wechatpy
(wechatpy/component.py) and silenceper/wechat (openplatform/context/accessToken.go) send them, the callback from
general knowledge. What WeChat shows instead of the page is not known, but for the address of the callback.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from wxauth.sandbox.accounts import Account, AccountKind
from wxauth.sandbox.next_visits import Decision
from wxauth.sandbox.platforms import AUTH_CODE_SECONDS
from wxauth.sandbox.wechat.callback import check_redirect_uri, with_pairs
from wxauth.sandbox.wechat.errorpages import UNREACHABLE, ErrorPage, PageShown
from wxauth.sandbox.wechat.link import Query
from wxauth.sandbox.words import Words, tail
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

PATH = "/cgi-bin/componentloginpage"
MOBILE_PATH = "/safe/bindcomponent"
"""The form of the link that phones open; it leads to the same page."""
NAME = "componentloginpage"
"""What the journal calls the page."""

OFFICIAL = frozenset({AccountKind.SERVICE})
PROGRAMS = frozenset({AccountKind.MINIPROGRAM})
AUTH_TYPES = {"1": OFFICIAL, "2": PROGRAMS, "3": OFFICIAL | PROGRAMS, "": OFFICIAL | PROGRAMS}
"""auth_type -> the accounts that are offered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A platform asks the admins of these accounts.

    Attributes:
        world: where.
        platform: who asks.
        pre_auth_code: with what.
        redirect_uri: where the admin goes back to.
        accounts: whom.
    """

    world: World
    platform: Account
    pre_auth_code: str
    redirect_uri: str
    accounts: tuple[Account, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """An error page, and why."""

    page: ErrorPage
    reason: Words


@dataclass(frozen=True, slots=True)
class Refused:
    """The admin refused, or left the page. Nothing is called back."""


@dataclass(frozen=True, slots=True)
class SentBack:
    """302 to the redirect_uri with an auth_code."""

    location: str


Outcome = Asked | Shown | Refused | SentBack


def visit(worlds: Worlds, query: Query, *, decision: Decision | None = None, appid: str | None = None) -> Outcome:
    """Answer one visit.

    Args:
        worlds: all worlds.
        query: of the link.
        decision: what the admin does; None to show the page.
        appid: of the account whose admin they are; None for the first that is asked.
    """
    world = worlds.of_appid(query.value("component_appid")) or worlds.default
    try:
        asked = _read(world, query)
        if decision is Decision.ALLOW:
            return _send_back(asked, query, _chosen(asked, appid))
    except PageShown as shown:
        _record(world, query, f"error page {shown.page.text}", shown.reason, refused=True)
        return Shown(shown.page, shown.reason)
    if decision is Decision.REFUSE:
        _record(world, query, "refused", Words(en="the admin refused", zh="管理员拒绝"))
        return Refused()
    _record(world, query, "shows the accounts", None)
    return asked


def _read(world: World, query: Query) -> Asked:
    platform, code = world.platforms.find(query.value("component_appid")), query.value("pre_auth_code")
    if platform is None:
        raise PageShown(UNREACHABLE, en="component_appid is no platform", zh="component_appid 不是第三方平台")
    wrong = world.platforms.asked_by(code, platform)
    if wrong is not None:
        raise PageShown(UNREACHABLE, en=wrong.en, zh=wrong.zh)
    redirect_uri = query.value("redirect_uri")
    check_redirect_uri(redirect_uri, platform, strict=world.strict)
    return Asked(
        world=world,
        platform=platform,
        pre_auth_code=code,
        redirect_uri=redirect_uri,
        accounts=_accounts(world, query),
    )


def _accounts(world: World, query: Query) -> tuple[Account, ...]:
    kinds, wanted = AUTH_TYPES.get(query.value("auth_type")), query.value("biz_appid")
    if kinds is None:
        raise PageShown(UNREACHABLE, en="auth_type has to be 1, 2 or 3", zh="auth_type 必须是 1、2 或 3")
    found = tuple(account for account in world.accounts if account.kind in kinds and wanted in ("", account.appid))
    if not found:
        raise PageShown(UNREACHABLE, en="no account here can be asked", zh="没有可授权的账号")
    return found


def _chosen(asked: Asked, appid: str | None) -> Account:
    for account in asked.accounts:
        if appid in (None, account.appid):
            return account
    raise PageShown(UNREACHABLE, en=f"{appid} is not asked", zh=f"{appid} 不在可授权的账号之中")


def _send_back(asked: Asked, query: Query, account: Account) -> SentBack:
    platform = asked.platform.appid
    auth_code = asked.world.platforms.authorize(account, platform=platform, pre_auth_code=asked.pre_auth_code)
    pairs = {"auth_code": quote(auth_code, safe="")}
    if asked.world.switches.component_login_expires_in:
        pairs["expires_in"] = str(AUTH_CODE_SECONDS)
    words = Words(en=f"{account.appid} let {platform} act for it", zh=f"{account.appid} 授权给 {platform}")
    _record(asked.world, query, f"302 with auth_code {tail(auth_code)}", words)
    return SentBack(with_pairs(asked.redirect_uri, pairs))


def _record(world: World, query: Query, answer: str, reason: Words | None, *, refused: bool = False) -> None:
    world.journal.record(NAME, query.pairs, at=world.clock.now(), answer=answer, refused=refused, reason=reason)
