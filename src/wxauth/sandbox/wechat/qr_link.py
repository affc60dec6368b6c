"""The link of the QR page: read once, refused with WeChat's error pages.

https://developers.weixin.qq.com/doc/oplatform/developers/dev/auth/web.md
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from wxauth.sandbox.accounts import WEBSITE_SCOPE, Account, AccountKind
from wxauth.sandbox.wechat.callback import check_redirect_uri
from wxauth.sandbox.wechat.errorpages import (
    NO_SCOPE_RIGHT,
    SCOPE_EMPTY,
    UNREACHABLE,
    ErrorPage,
    PageShown,
)
from wxauth.sandbox.wechat.link import Query, named_account, read_redirect_uri
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

STYLESHEET = re.compile(r"data:text/css[A-Za-z0-9+/=;,%._-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class QrLink:
    """A link of the QR page that WeChat accepts.

    Attributes:
        world: where it leads.
        account: the website application that asks.
        redirect_uri: where the desktop goes back to, decoded and checked.
        state: as it stood in the link, still percent-encoded; None when there was none.
        query: the whole of it.
    """

    world: World
    account: Account
    redirect_uri: str
    state: str | None = field(repr=False)
    query: Query = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What ``wxLogin.js`` asks of the look of the page, as far as the sandbox's page has it.

    Attributes:
        lite: ``stylelite=1``, nothing but the QR code.
        href: the site's own stylesheet; none under ``stylelite``.
        self_redirect: go back inside the frame, not in the whole window.
        language: ``lang``, cn or en; empty for that of the browser.
    """

    lite: bool
    href: str
    self_redirect: bool
    language: str


def read_qr_link(worlds: Worlds, query: Query) -> QrLink:
    """Read a link of the QR page; raises PageShown."""
    try:
        return _read(worlds, query)
    except PageShown as shown:
        raise PageShown(as_titled(shown.page), en=shown.reason.en, zh=shown.reason.zh) from None


def read_look(query: Query) -> Look:
    """Read how the page shall look. ``style``, ``color_scheme``, ``styletype``, ``sizetype``, ``bgcolor`` and ``rst``
    change nothing here, the page has its own colours; nor does ``fast_login``, there is no desktop WeChat to be fast.
    """
    lite, href = query.value("stylelite") == "1", query.value("href")
    return Look(
        lite=lite,
        href="" if lite or not _is_stylesheet(href) else href,
        self_redirect=query.value("self_redirect") == "true",
        language=query.value("lang"),
    )


def _read(worlds: Worlds, query: Query) -> QrLink:
    appid = query.value("appid")
    world = worlds.of_appid(appid) or worlds.default
    account = named_account(worlds, world, appid)
    if query.value("response_type") not in ("", "code"):
        raise PageShown(UNREACHABLE, en="response_type has to be code", zh="response_type 必须是 code")
    _check_scope(query.value("scope"), account)
    redirect_uri = read_redirect_uri(query, world.switches, account)
    check_redirect_uri(redirect_uri, account, strict=world.strict)
    return QrLink(world=world, account=account, redirect_uri=redirect_uri, state=query.encoded("state"), query=query)


def as_titled(page: ErrorPage) -> ErrorPage:
    """The page without number, of which this channel shows the title alone."""
    return ErrorPage(code=None, text=page.title, en=page.en, title=page.title)


def _check_scope(scope: str, account: Account) -> None:
    if not scope:
        raise PageShown(SCOPE_EMPTY, en="the link has no scope", zh="链接里没有 scope")
    if scope != WEBSITE_SCOPE:
        raise PageShown(NO_SCOPE_RIGHT, en=f"scope has to be {WEBSITE_SCOPE}", zh=f"scope 必须是 {WEBSITE_SCOPE}")
    if account.kind is not AccountKind.WEBSITE or scope not in account.scopes:
        raise PageShown(
            NO_SCOPE_RIGHT,
            en=f"{account.appid} ({account.kind}) is no website application with the right to {scope}",
            zh=f"{account.appid}（{account.kind}）不是有 {scope} 权限的网站应用",
        )


def _is_stylesheet(href: str) -> bool:
    if href.startswith("data:"):
        return STYLESHEET.fullmatch(href) is not None
    try:
        parts = urlsplit(href)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and re.fullmatch(r"[A-Za-z0-9.-]+(:[0-9]+)?", parts.netloc) is not None
