"""The web login of WeCom without its pixels: one visit in, one outcome out, written into the journal.

https://developer.work.weixin.qq.com/document/path/98171. WeCom shows a QR code here; the sandbox asks who scans it.
"""

from __future__ import annotations

from dataclasses import dataclass

from wxauth.sandbox.accounts import Account, AccountKind, Agent
from wxauth.sandbox.next_visits import Decision
from wxauth.sandbox.wechat.callback import with_code
from wxauth.sandbox.wechat.corp_link import check_trusted, read_agent
from wxauth.sandbox.wechat.errorpages import APPID_EMPTY, UNREACHABLE, WRONG_APPID, ErrorPage, PageShown
from wxauth.sandbox.wechat.link import Query, check_state
from wxauth.sandbox.words import Words, tail
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

PATH = "/wwlogin/sso/login"
OLD_PATH = "/wwopen/sso/qrConnect"
OPERATION = "wwlogin"
SELF_BUILT = "CorpApp"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginLink:
    """A link of the web login that WeCom accepts.

    Attributes:
        world: where it leads.
        account: the corp.
        agent: the app that asks.
        redirect_uri: where the browser goes back to, decoded and checked.
        query: the whole of it.
    """

    world: World
    account: Account
    agent: Agent
    redirect_uri: str
    query: Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Somebody opens the web login.

    Attributes:
        query: of the link.
        old: whether it is the page of before, OLD_PATH.
        person: who scans, by any key of `World.find_person`; None when nobody has said.
        decision: what they do; None to ask.
    """

    query: Query
    old: bool = False
    person: str | None = None
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """An error page, and why."""

    page: ErrorPage
    reason: Words


@dataclass(frozen=True, slots=True)
class Asked:
    """Nobody has said who scans, or nobody here is called that."""

    link: LoginLink
    unknown: bool


@dataclass(frozen=True, slots=True)
class Cancelled:
    """They cancelled, and nothing is called back."""


@dataclass(frozen=True, slots=True)
class SentBack:
    """302 to the redirect_uri: with a code, or on the old page and after a refusal with the state alone."""

    location: str


Outcome = Shown | Asked | Cancelled | SentBack


def log_in(worlds: Worlds, login: Login) -> Outcome:
    """Answer one visit."""
    world = worlds.of_appid(login.query.value("appid")) or worlds.default
    try:
        return _answer(_read(worlds, world, login), login)
    except PageShown as shown:
        _record(world, login, f"error page {shown.page.text}", shown.reason, refused=True)
        return Shown(shown.page, shown.reason)


def _read(worlds: Worlds, world: World, login: Login) -> LoginLink:
    query = login.query
    account = _account(worlds, world, query.value("appid"))
    if not login.old and query.value("login_type") != SELF_BUILT:
        raise PageShown(
            UNREACHABLE, en=f"login_type has to be {SELF_BUILT} here", zh=f"这里的 login_type 只能是 {SELF_BUILT}"
        )
    if not query.value("agentid"):
        raise PageShown(UNREACHABLE, en="the link has no agentid", zh="链接里没有 agentid")
    agent, redirect_uri = read_agent(query, account), query.value("redirect_uri")
    check_trusted(redirect_uri, account, agent, strict=world.strict)
    check_state(query, world.switches)
    return LoginLink(world=world, account=account, agent=agent, redirect_uri=redirect_uri, query=query)


def _account(worlds: Worlds, world: World, appid: str) -> Account:
    if not appid:
        raise PageShown(APPID_EMPTY, en="the link has no appid", zh="链接里没有 appid")
    account = world.account_of(appid)
    if account is None or account.kind is not AccountKind.WECOM:
        near = worlds.nearest(appid)
        raise PageShown(
            WRONG_APPID,
            en="appid has to be that of a corp" + (f"; the nearest is {near}" if near else ""),
            zh="appid 必须是企业的 corpid" + (f"；最接近的是 {near}" if near else ""),
        )
    return account


def _answer(link: LoginLink, login: Login) -> Outcome:
    person = None if login.person is None else link.world.find_person(login.person)
    if person is None or login.decision is None:
        _record(link.world, login, "asks who scans", None)
        return Asked(link, unknown=login.person is not None and person is None)
    state = link.query.encoded("state")
    if login.decision is Decision.REFUSE:
        return _refused(link, login, state)
    code = link.world.corps.code(person, appid=link.account.appid, agentid=link.agent.agentid, on_phone=False)
    _record(link.world, login, f"302 with code {tail(code)}", None)
    told = link.account.appid if link.world.switches.wecom_login_callback_appid else None
    return SentBack(with_code(link.redirect_uri, code=code, state=state, appid=told))


def _refused(link: LoginLink, login: Login, state: str | None) -> SentBack | Cancelled:
    """The old page calls back without a code; that the new one does not call back at all is a guess."""
    words = Words(en=f"{login.person} cancelled", zh=f"{login.person} 取消了登录")
    if not login.old:
        _record(link.world, login, "cancelled", words)
        return Cancelled()
    _record(link.world, login, "302 without a code", words)
    return SentBack(with_code(link.redirect_uri, code=None, state=state))


def _record(world: World, login: Login, answer: str, reason: Words | None, *, refused: bool = False) -> None:
    said = [("person", login.person)] if login.person is not None else []
    parameters = (*login.query.pairs, *said)
    world.journal.record(OPERATION, parameters, at=world.clock.now(), answer=answer, refused=refused, reason=reason)
