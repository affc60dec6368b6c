"""The links of an app of WeCom: of the authorize page and of the web login. Read once, refused with error pages.

https://developer.work.weixin.qq.com/document/path/96441. But for a domain that is not trusted, what WeCom shows for a
wrong link is not known; the sandbox shows 该链接无法访问.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from wxauth.sandbox.accounts import CORP_SCOPES, Account, Agent
from wxauth.sandbox.corps import PRIVATE_SCOPE
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.wechat.callback import check_redirect_uri
from wxauth.sandbox.wechat.errorpages import REDIRECT_URI_EMPTY, UNREACHABLE, UNTRUSTED_DOMAIN, PageShown
from wxauth.sandbox.wechat.link import Link, Query, check_response_type, check_state
from wxauth.sandbox.world import World


def read_corp_link(world: World, account: Account, query: Query) -> Link:
    """Read a link of the authorize page; raises PageShown."""
    check_response_type(query)
    agent, redirect_uri = read_agent(query, account), query.value("redirect_uri")
    check_trusted(redirect_uri, account, agent, strict=world.strict)
    scope = _scope(query, world.switches)
    check_state(query, world.switches)
    return Link(
        world=world,
        account=account,
        agent=agent,
        redirect_uri=redirect_uri,
        scope=scope,
        state=query.encoded("state"),
        force_popup=False,
        force_snapshot=False,
        odd=None,
        query=query,
    )


def read_agent(query: Query, account: Account) -> Agent:
    """The app a link is for: that of its agentid, without one that whose trusted domain it leads to, else the first."""
    agentid = query.value("agentid")
    if not agentid:
        host = _netloc(query.value("redirect_uri"))
        return next((agent for agent in account.agents if host in agent.trusted_domains), account.agents[0])
    for agent in account.agents:
        if agentid == str(agent.agentid):
            return agent
    known = ", ".join(str(agent.agentid) for agent in account.agents)
    raise PageShown(
        UNREACHABLE,
        en=f"{account.appid} has no app of this agentid; there are {known}",
        zh=f"{account.appid} 没有这个 agentid 的应用；已有：{known}",
    )


def check_trusted(uri: str, account: Account, agent: Agent, *, strict: bool) -> None:
    """Hold a redirect_uri against the trusted domains of an app, host and port; raises PageShown.

    https://www.cnblogs.com/snail90/p/10044824.html
    """
    try:
        check_redirect_uri(uri, replace(account, callback_domains=agent.trusted_domains), strict=strict)
    except PageShown as shown:
        page = shown.page if shown.page is REDIRECT_URI_EMPTY else UNTRUSTED_DOMAIN
        raise PageShown(page, en=shown.reason.en, zh=shown.reason.zh) from None


def _netloc(uri: str) -> str:
    try:
        return urlsplit(uri).netloc.lower()
    except ValueError:
        return ""


def _scope(query: Query, switches: Switches) -> str:
    scope = query.value("scope")
    if scope not in CORP_SCOPES:
        raise PageShown(
            UNREACHABLE,
            en=f"the scopes of WeCom are snsapi_base and {PRIVATE_SCOPE}; snsapi_userinfo is gone",
            zh=f"企业微信的 scope 只有 snsapi_base 和 {PRIVATE_SCOPE}；snsapi_userinfo 已下线",
        )
    if scope != PRIVATE_SCOPE or query.value("agentid"):
        return scope
    if switches.wecom_agentid_missing == "error_page":
        raise PageShown(UNREACHABLE, en=f"{PRIVATE_SCOPE} needs an agentid", zh=f"{PRIVATE_SCOPE} 必须带 agentid")
    return "snsapi_base"
