"""The authorize page without its pixels: one visit in, one outcome out, written into the journal."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from wxauth.sandbox.accounts import CORP_MARK, AccountKind
from wxauth.sandbox.fault import AUTHORIZE, CALLBACK, Fault, Kind
from wxauth.sandbox.next_visits import Decision
from wxauth.sandbox.wechat.callback import elsewhere, with_code
from wxauth.sandbox.wechat.consent import Asking, Opening, asking, is_virtual
from wxauth.sandbox.wechat.corp_link import read_corp_link
from wxauth.sandbox.wechat.echoes import CLIENT, CRAWLER, SECOND_HOP, Echo
from wxauth.sandbox.wechat.errorpages import ERROR_PAGES, MUST_FOLLOW, OF_UNKNOWN_MEANING, PageShown
from wxauth.sandbox.wechat.link import Link, Query, read_link
from wxauth.sandbox.wechat.spoiled import Failed
from wxauth.sandbox.wechat.traits import link_traits
from wxauth.sandbox.wechat.visits import (
    Nobody,
    Outcome,
    Outside,
    Reached,
    Refused,
    SentBack,
    SentOn,
    Sheet,
    Shown,
    SnapshotPage,
    Spoiled,
    Visit,
    WhoAreYou,
)
from wxauth.sandbox.words import Words, tail
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

PATH = "/connect/oauth2/authorize"


def visit(worlds: Worlds, visitor: Visit) -> Outcome:
    """Answer one visit."""
    query = visitor.query
    world = worlds.of_appid(query.value("appid")) or worlds.default
    if "connect_redirect" not in query:
        text = quote(query.text, safe="%!$&'()*+,/:;=?@[]~")
        _record(world, visitor, "301 to the same link with connect_redirect=1", None)
        location = f"{PATH}?{text}{'&' if text else ''}connect_redirect=1"
        return SentOn(location, world.switches.webview_caches_301)
    visitor = _as_said(world, visitor)
    if not visitor.inside or visitor.framed:
        return _outside(world, visitor)
    try:
        link = _read(worlds, world, query)
        fault = _fault(link, visitor) if link.world.faults else None
        if fault is not None and not fault.does_the_work:
            return _fail(link, visitor, fault)
        outcome = _answer(link, visitor, fault)
    except PageShown as shown:
        _record(world, visitor, f"error page {shown.page.text}", shown.reason, shown=shown)
        return Shown(shown.page, shown.reason)
    return outcome if fault is None else Spoiled(outcome, fault)


def _as_said(world: World, visitor: Visit) -> Visit:
    """The visit with what was said of it in advance."""
    if visitor.decision is not None:
        return visitor
    coming = world.next.take_person() if visitor.person is None else None
    if coming is not None:
        visitor = replace(
            visitor,
            inside=True,
            person=coming.name,
            scene=coming.scene,
            service=coming.service,
            nickname=coming.nickname,
            agrees=True,
            looks=False,
        )
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
    """The page for other browsers, which frames see too, even in WeChat.

    https://developers.weixin.qq.com/community/personal/oCJUswxO6YFj-hIy6NYQof26sD3c/follow
    """
    corp = visitor.query.value("appid").startswith(CORP_MARK)
    client, whose, mark = ("企业微信", "WeCom", "wxwork") if corp else ("微信", "WeChat", "MicroMessenger")
    words = Words(en=f"the user agent is not {whose}'s ({mark})", zh=f"User-Agent 不是{client}（{mark}）")
    if visitor.inside:
        words = Words(en="the link is opened in a frame", zh="链接是在 iframe 中打开的")
    _record(world, visitor, f"page 请在{client}客户端打开链接", words)
    return Outside()


def _fault(link: Link, visitor: Visit) -> Fault | None:
    """What goes wrong with this visit; raises PageShown for an error page."""
    person = None if visitor.person is None else link.world.find_person(visitor.person)
    platform = None if link.platform is None else link.platform.appid
    fault = link.world.faults.hit(AUTHORIZE, appid=link.account.appid, person=person, platform=platform)
    if fault is not None and fault.kind is Kind.ERRCODE:
        page = next(page for page in (*ERROR_PAGES, OF_UNKNOWN_MEANING) if page.code == fault.code)
        raise PageShown(page, en="a fault was set", zh="已设置故障", fault=fault.what)
    return fault


def _fail(link: Link, visitor: Visit, fault: Fault) -> Failed:
    failed = Failed(fault)
    _record(link.world, visitor, failed.told, None, fault=fault)
    return failed


def _answer(link: Link, visitor: Visit, fault: Fault | None) -> Reached:
    if visitor.person is None:
        _record(link.world, visitor, "asks who the person is", link.odd, fault=fault)
        return WhoAreYou(link)
    person = link.world.find_person(visitor.person)
    if person is None:
        words = Words(en="nobody here is called that", zh="沙箱里没有这个人")
        _record(link.world, visitor, "asks who the person is", words, fault=fault)
        return Nobody(link)
    if link.account.kind is AccountKind.TEST and not link.world.follows(person, link.account.appid):
        raise PageShown(
            MUST_FOLLOW,
            en=f"{person.name} does not follow {link.account.appid}",
            zh=f"{person.name} 未关注测试号 {link.account.appid}",
        )
    opening = Opening(link=link, person=person, scene=visitor.scene, service=visitor.service, device=visitor.device)
    asked, rule = asking(opening)
    if visitor.decision is Decision.REFUSE and link.scope != "snsapi_base":
        return _refuse(link, visitor, fault)
    if asked is Asking.SHEET and visitor.decision is None:
        _record(link.world, visitor, "shows the consent sheet", rule, fault=fault)
        return Sheet(link, person, visitor.scene, visitor.service)
    if asked is Asking.SNAPSHOT and visitor.looks:
        _record(link.world, visitor, "shows the snapshot page", rule, fault=fault)
        return SnapshotPage(link, person, visitor.scene)
    return _send_back(opening, visitor, asked, rule, fault)


def _refuse(link: Link, visitor: Visit, fault: Fault | None) -> Reached:
    switches = link.world.switches
    calls_back = switches.component_denial_callback if link.platform else switches.official_denial == "callback"
    if calls_back and link.agent is None:
        words = Words(en="the person refused; only the state is called back", zh="用户拒绝；回调只带 state")
        _record(link.world, visitor, "302 without a code", words, fault=fault)
        return SentBack(with_code(link.redirect_uri, code=None, state=link.state), link.world)
    words = Words(en="the person refused; WeChat calls nothing back", zh="用户拒绝；微信不会回调")
    _record(link.world, visitor, "refused", words, fault=fault)
    return Refused(goes_back=switches.official_denial == "page_before")


def _send_back(opening: Opening, visitor: Visit, asked: Asking, rule: Words, late: Fault | None) -> SentBack:
    link, world = opening.link, opening.link.world
    fault = world.faults.hit(CALLBACK, appid=link.account.appid, person=opening.person) if world.faults else None
    code = _code(opening, asked)
    if link.scope == "snsapi_userinfo" and asked is not Asking.SNAPSHOT:
        world.signed_in(opening.person, link.account.appid, device=opening.device)
        if visitor.nickname is not None and asked is Asking.SHEET and world.switches.consent_profile_choice:
            world.profiles.choose(opening.person, link.account.appid, visitor.nickname)
    how = rule if link.odd is None else Words(en=f"{rule.en}; {link.odd.en}", zh=f"{rule.zh}；{link.odd.zh}")
    _record(world, visitor, f"302 with code {tail(code)}", how, fault=fault or late)
    return SentBack(_callback(link, code, fault), world, _echoes(link, visitor, code, fault))


def _code(opening: Opening, asked: Asking) -> str:
    link, appid = opening.link, opening.link.account.appid
    if link.agent is not None:
        return link.world.corps.code(opening.person, appid=appid, agentid=link.agent.agentid, scope=link.scope)
    key, snapshot = f"{link.redirect_uri}\0{link.state}", is_virtual(opening, asked)
    return link.world.code_for_link(key, opening.person, appid=appid, scope=link.scope, snapshot=snapshot)


def _callback(link: Link, code: str, fault: Fault | None) -> str:
    """Where the person is sent, and what a fault makes of it."""
    kind = None if fault is None else fault.kind
    if kind is Kind.CODE_SPENT and link.agent is None:
        link.world.redeem(appid=link.account.appid, code=code)
    state = _another(link.state) if kind is Kind.STATE_CHANGED else link.state
    uri = elsewhere(link.redirect_uri) if kind is Kind.COOKIE_LOST else link.redirect_uri
    return with_code(uri, code=code, state=state, appid=link.account.appid if link.platform else None)


def _another(state: str | None) -> str:
    """A state that is not this one."""
    kept = (state or "")[:-1]
    return f"{kept}1" if state == f"{kept}0" else f"{kept}0"


def _echoes(link: Link, visitor: Visit, code: str, fault: Fault | None) -> tuple[Echo, ...]:
    """Who calls back beside the person; WeChat's own client has come a second time for that."""
    switches, found = link.world.switches, list[Echo]()
    twice = switches.double_request or (fault is not None and fault.kind is Kind.DUPLICATE)
    if twice and "pass_ticket" not in visitor.query:
        second = replace(visitor, query=Query(f"{visitor.query.text}&{SECOND_HOP}"))
        words = Words(en="WeChat's client asks a second time", zh="微信客户端的第二次请求")
        _record(link.world, second, f"302 with code {tail(code)}, the same", words)
        found.append(CLIENT)
    if switches.link_crawler:
        found.append(CRAWLER)
    return tuple(found)


def _record(
    world: World,
    visitor: Visit,
    answer: str,
    reason: Words | None,
    *,
    shown: PageShown | None = None,
    fault: Fault | None = None,
) -> None:
    said = [("person", visitor.person)] if visitor.person is not None else []
    parameters = (*visitor.query.pairs, *said, ("scene", visitor.scene.value))
    if fault is not None:
        reason = (
            fault.reason
            if reason is None
            else Words(en=f"{reason.en}; {fault.reason.en}", zh=f"{reason.zh}；{fault.reason.zh}")
        )
    world.journal.record(
        AUTHORIZE,
        parameters,
        at=world.clock.now(),
        answer=answer,
        refused=shown is not None,
        errcode=None if shown is None else shown.page.code,
        reason=reason,
        fault=fault.what if fault is not None else None if shown is None else shown.fault,
        traits=link_traits(visitor.query),
    )
