"""The authorize page without its pixels: one visit in, one outcome out, written into the journal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote

from wxauth.sandbox.accounts import CORP_MARK, AccountKind
from wxauth.sandbox.fault import AUTHORIZE
from wxauth.sandbox.next_visits import Decision
from wxauth.sandbox.people import Person
from wxauth.sandbox.wechat.callback import with_code
from wxauth.sandbox.wechat.consent import Asking, Scene, asking
from wxauth.sandbox.wechat.corp_link import read_corp_link
from wxauth.sandbox.wechat.errorpages import ERROR_PAGES, MUST_FOLLOW, ErrorPage, PageShown
from wxauth.sandbox.wechat.link import Link, Query, read_link
from wxauth.sandbox.wechat.traits import link_traits
from wxauth.sandbox.words import Words, tail
from wxauth.sandbox.world import World, Worlds

PATH = "/connect/oauth2/authorize"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Somebody opens the authorize page.

    Attributes:
        query: of the link.
        inside: whether they are inside WeChat.
        person: who they are, by any key of `World.find_person`; None when nobody has said.
        scene: where they opened the link.
        decision: what they do when asked; None to show them the sheet. A refusal brings the sheet up
            where a silent rule would have spared it, so that it can be tried at any time.
        agrees: whether they allow it by themselves when nothing else was said.
    """

    query: Query
    inside: bool
    person: str | None = None
    scene: Scene = Scene.LINK
    decision: Decision | None = None
    agrees: bool = False


@dataclass(frozen=True, slots=True)
class SentOn:
    """301 to the same link with ``connect_redirect=1``.

    https://developers.weixin.qq.com/community/personal/oCJUsw7X5WxF5-Zgo6GnAXL7cND4/question
    """

    location: str


@dataclass(frozen=True, slots=True)
class Outside:
    """The page for every other browser: 请在微信客户端打开链接, of a corp 请在企业微信客户端打开链接."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An error page, and why."""

    page: ErrorPage
    reason: Words


@dataclass(frozen=True, slots=True)
class WhoAreYou:
    """Nobody has said who they are."""

    link: Link


@dataclass(frozen=True, slots=True)
class Nobody:
    """They said who they are, and nobody here is called that."""

    link: Link


@dataclass(frozen=True, slots=True)
class Sheet:
    """The consent sheet."""

    link: Link
    person: Person
    scene: Scene


@dataclass(frozen=True, slots=True)
class Refused:
    """The person refused. Nothing is called back.

    https://developers.weixin.qq.com/community/develop/doc/000c8c095d07204ec0844330461000
    """


@dataclass(frozen=True, slots=True)
class SentBack:
    """302 to the redirect_uri with a code."""

    location: str


Outcome = SentOn | Outside | Shown | WhoAreYou | Nobody | Sheet | Refused | SentBack


def visit(worlds: Worlds, visitor: Visit) -> Outcome:
    """Answer one visit."""
    query = visitor.query
    world = worlds.of_appid(query.value("appid")) or worlds.default
    if "connect_redirect" not in query:
        text = quote(query.text, safe="%!$&'()*+,/:;=?@[]~")
        _record(world, visitor, "301 to the same link with connect_redirect=1", None)
        return SentOn(f"{PATH}?{text}{'&' if text else ''}connect_redirect=1")
    visitor = _as_said(world, visitor)
    if not visitor.inside:
        return _outside(world, visitor)
    try:
        return _answer(_read(worlds, world, query), visitor)
    except PageShown as shown:
        _record(world, visitor, f"error page {shown.page.text}", shown.reason, shown=shown)
        return Shown(shown.page, shown.reason)


def _as_said(world: World, visitor: Visit) -> Visit:
    """The visit with what was said of it in advance."""
    if visitor.decision is not None:
        return visitor
    name = world.next.take_person() if visitor.person is None else None
    if name is not None:
        visitor = replace(visitor, inside=True, person=name, agrees=True)
    if visitor.person is None or not visitor.inside:
        return visitor
    decision = world.next.take_decision() or (Decision.ALLOW if visitor.agrees else None)
    return replace(visitor, decision=decision)


def _read(worlds: Worlds, world: World, query: Query) -> Link:
    account = world.account_of(query.value("appid"))
    if account is not None and account.kind is AccountKind.WECOM:
        return read_corp_link(world, account, query)
    return read_link(worlds, query)


def _outside(world: World, visitor: Visit) -> Outside:
    if visitor.query.value("appid").startswith(CORP_MARK):
        words = Words(en="the user agent is not WeCom's (wxwork)", zh="User-Agent 不是企业微信（wxwork）")
        _record(world, visitor, "page 请在企业微信客户端打开链接", words)
        return Outside()
    words = Words(en="the user agent is not WeChat's (MicroMessenger)", zh="User-Agent 不是微信（MicroMessenger）")
    _record(world, visitor, "page 请在微信客户端打开链接", words)
    return Outside()


def _check_fault(link: Link, visitor: Visit) -> None:
    person = None if visitor.person is None else link.world.find_person(visitor.person)
    fault = link.world.faults.hit(AUTHORIZE, appid=link.account.appid, person=person)
    if fault is not None:
        page = next(page for page in ERROR_PAGES if page.code == fault.code)
        raise PageShown(page, en="a fault was set", zh="已设置故障", fault=fault.what)


def _answer(link: Link, visitor: Visit) -> Outcome:
    if link.world.faults:
        _check_fault(link, visitor)
    if visitor.person is None:
        _record(link.world, visitor, "asks who the person is", link.odd)
        return WhoAreYou(link)
    person = link.world.find_person(visitor.person)
    if person is None:
        words = Words(en="nobody here is called that", zh="沙箱里没有这个人")
        _record(link.world, visitor, "asks who the person is", words)
        return Nobody(link)
    if link.account.kind is AccountKind.TEST and not link.world.follows(person, link.account.appid):
        raise PageShown(
            MUST_FOLLOW, en=f"{person.name} does not follow {link.account.appid}", zh=f"{person.name} 未关注此测试号"
        )
    asked, rule = asking(link, person, visitor.scene)
    if visitor.decision is Decision.REFUSE and link.scope != "snsapi_base":
        return _refuse(link, visitor)
    if asked is Asking.SHEET and visitor.decision is None:
        _record(link.world, visitor, "shows the consent sheet", rule)
        return Sheet(link, person, visitor.scene)
    return _send_back(link, visitor, person, asked, rule)


def _refuse(link: Link, visitor: Visit) -> Outcome:
    if link.platform is None or not link.world.switches.component_denial_callback:
        words = Words(en="the person refused; WeChat calls nothing back", zh="用户拒绝；微信不会回调")
        _record(link.world, visitor, "refused", words)
        return Refused()
    words = Words(en="the person refused; the platform gets the state", zh="用户拒绝；只把 state 带回第三方平台")
    _record(link.world, visitor, "302 without a code", words)
    return SentBack(with_code(link.redirect_uri, code=None, state=link.state))


def _send_back(link: Link, visitor: Visit, person: Person, asked: Asking, rule: Words) -> SentBack:
    snapshot, appid = asked is Asking.SNAPSHOT, link.account.appid
    key = f"{link.redirect_uri}\0{link.state}"
    if link.agent is not None:
        code = link.world.corps.code(person, appid=appid, agentid=link.agent.agentid, scope=link.scope)
    else:
        code = link.world.code_for_link(key, person, appid=appid, scope=link.scope, snapshot=snapshot)
    if link.scope == "snsapi_userinfo" and not snapshot:
        link.world.signed_in(person, appid)
    how = Words(en=f"{rule.en}; {link.odd.en}", zh=f"{rule.zh}；{link.odd.zh}") if link.odd else rule
    _record(link.world, visitor, f"302 with code {tail(code)}", how)
    told = appid if link.platform else None
    return SentBack(with_code(link.redirect_uri, code=code, state=link.state, appid=told))


def _record(world: World, visitor: Visit, answer: str, reason: Words | None, *, shown: PageShown | None = None) -> None:
    said = [("person", visitor.person)] if visitor.person is not None else []
    parameters = (*visitor.query.pairs, *said, ("scene", visitor.scene.value))
    world.journal.record(
        AUTHORIZE,
        parameters,
        at=world.clock.now(),
        answer=answer,
        refused=shown is not None,
        errcode=None if shown is None else shown.page.code,
        reason=reason,
        fault=None if shown is None else shown.fault,
        traits=link_traits(visitor.query),
    )
