"""The corps of WeCom in a world: who is a member, and the codes, tokens and tickets of their apps."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import RLock
from typing import TYPE_CHECKING

from wxauth.sandbox.accounts import Account, Agent
from wxauth.sandbox.people import Person
from wxauth.sandbox.refusal import Refusal
from wxauth.sandbox.remembered import Remembered
from wxauth.sandbox.words import span, tail

if TYPE_CHECKING:
    from wxauth.sandbox.world import World

CODE_SECONDS = 300
"""https://developer.work.weixin.qq.com/document/path/96441"""
TOKEN_SECONDS = 7200
"""https://developer.work.weixin.qq.com/document/path/91039"""
TICKET_SECONDS = 1800
"""https://developer.work.weixin.qq.com/document/path/96442"""
REMEMBERED_SECONDS = 3600
"""How long what is used or expired is told from what is unknown."""
PRIVATE_SCOPE = "snsapi_privateinfo"


@dataclass(slots=True, kw_only=True)
class CorpCode:
    """What a person's sign-in gave to an app.

    Attributes:
        appid: of the corp.
        on_phone: whether they were in the app of WeCom, and not before the page of a browser.
    """

    value: str = field(repr=False)
    appid: str
    agentid: int
    person: Person
    scope: str
    on_phone: bool
    issued_at: float
    redeemed_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpToken:
    """With what an app calls the servers."""

    value: str = field(repr=False)
    appid: str
    agentid: int
    until: float


@dataclass(frozen=True, slots=True, kw_only=True)
class UserTicket:
    """With what an app asks for the private fields of a member who agreed."""

    value: str = field(repr=False)
    appid: str
    agentid: int
    person: Person
    until: float


class Corps:
    """The corps of a world. Everybody but an outsider is a member of each, and sees all its apps.

    Args:
        world: whose people, clock, mint and switches these are.
    """

    _outsiders: set[str]
    _customers: set[str]
    _hidden: set[tuple[str, int, str]]
    _codes: Remembered[CorpCode]
    _tokens: Remembered[CorpToken]
    _newest: Remembered[CorpToken]
    _tickets: Remembered[UserTicket]

    def __init__(self, world: World) -> None:
        self._world = world
        self._lock = RLock()
        self._outsiders = {person.name for person in world.people if person.outsider}
        self._customers = set()
        self._hidden = set()
        self._codes = Remembered()
        self._tokens = Remembered()
        self._newest = Remembered()
        self._tickets = Remembered()

    def __len__(self) -> int:
        """How many codes, tokens and tickets are remembered."""
        return len(self._codes) + len(self._tokens) + len(self._tickets)

    def join(self, person: Person) -> None:
        """Make somebody a member of the corps."""
        self._outsiders.discard(person.name)

    def leave(self, person: Person) -> None:
        """Make somebody an outsider."""
        self._outsiders.add(person.name)

    def win(self, person: Person) -> None:
        """Make an outsider a customer (外部联系人), who has an external_userid."""
        self._customers.add(person.name)

    def lose(self, person: Person) -> None:
        """Make somebody no customer."""
        self._customers.discard(person.name)

    def hide(self, person: Person, appid: str, agentid: int) -> None:
        """Take a member out of the visible range (可见范围) of an app."""
        self._hidden.add((appid, agentid, person.name))

    def show(self, person: Person, appid: str, agentid: int) -> None:
        """Take a member back into the visible range of an app."""
        self._hidden.discard((appid, agentid, person.name))

    def is_member(self, person: Person) -> bool:
        """Whether somebody belongs to the corps."""
        return person.name not in self._outsiders

    def sees(self, person: Person, appid: str, agentid: int) -> bool:
        """Whether somebody is a member in the visible range of an app."""
        return self.is_member(person) and (appid, agentid, person.name) not in self._hidden

    def userid(self, person: Person) -> str:
        """What the corps call a member."""
        return person.userid or self._world.mint.userid(person.name)

    def external_userid(self, person: Person, appid: str) -> str | None:
        """What a corp calls a customer, None for somebody who is none."""
        is_customer = person.name in self._customers and not self.is_member(person)
        return self._world.mint.external_userid(person.name, appid) if is_customer else None

    def member(self, userid: str) -> Person | None:
        """The member of a userid, which is not case-sensitive; None when there is none."""
        wanted = userid.lower()
        return next((p for p in self._world.people if self.is_member(p) and self.userid(p).lower() == wanted), None)

    def code(
        self, person: Person, *, appid: str, agentid: int, scope: str = "snsapi_base", on_phone: bool = True
    ) -> str:
        """The code of a new sign-in to an app."""
        now = self._now
        with self._lock:
            code = CorpCode(
                value=self._world.mint.code(appid),
                appid=appid,
                agentid=agentid,
                person=person,
                scope=scope,
                on_phone=on_phone,
                issued_at=now,
            )
            self._codes.put(code.value, code, until=now + REMEMBERED_SECONDS, now=now)
            self._tickets.sweep(now)
        return code.value

    def token(self, account: Account, agent: Agent) -> CorpToken:
        """The token of an app: the same for as long as it lives, unless a switch says otherwise."""
        now, key = self._now, f"{account.appid}/{agent.agentid}"
        with self._lock:
            token = self._newest.get(key)
            if token is None or now >= token.until or not self._world.switches.wecom_gettoken_same_token:
                value = self._world.mint.app_token(account.appid)
                token = CorpToken(value=value, appid=account.appid, agentid=agent.agentid, until=now + TOKEN_SECONDS)
                self._newest.put(key, token, until=token.until, now=now)
                self._tokens.put(value, token, until=token.until + REMEMBERED_SECONDS, now=now)
        return token

    def alive(self, access_token: str) -> CorpToken:
        """A living token; raises Refusal for one that is unknown (40014) or expired (42001)."""
        token, shown = self._tokens.get(access_token), tail(access_token)
        if token is None:
            raise Refusal(40014, en=f"access_token {shown} is unknown here", zh=f"这里没有 access_token {shown}")
        if self._now >= token.until:
            ago = span(self._now - token.until)
            raise Refusal(
                42001, en=f"access_token {shown} expired {ago.en} ago", zh=f"access_token {shown} 已过期 {ago.zh}"
            )
        return token

    def redeem(self, code: str, token: CorpToken) -> CorpCode:
        """Use a code up.

        Raises:
            Refusal: it is unknown, used, expired or another corp's (40029), or another app's (50001); nothing is used
                up.
        """
        with self._lock:
            found = self._codes.get(code)
            if found is None or found.appid != token.appid:
                raise Refusal(40029, en=f"code {tail(code)} is unknown here", zh=f"这里没有 code {tail(code)}")
            self._check(found, token)
            found.redeemed_at = self._now
        return found

    def user_ticket(self, code: CorpCode) -> UserTicket | None:
        """What a redeemed code gives beside the userid.

        Only for the scope snsapi_privateinfo and a member who sees the app:
        https://developer.work.weixin.qq.com/document/path/96442
        """
        if code.scope != PRIVATE_SCOPE or not self.sees(code.person, code.appid, code.agentid):
            return None
        now = self._now
        with self._lock:
            ticket = UserTicket(
                value=self._world.mint.ticket(),
                appid=code.appid,
                agentid=code.agentid,
                person=code.person,
                until=now + TICKET_SECONDS,
            )
            self._tickets.put(ticket.value, ticket, until=ticket.until + REMEMBERED_SECONDS, now=now)
        return ticket

    def agreed(self, user_ticket: str, token: CorpToken) -> Person:
        """The member behind a user_ticket.

        Raises:
            Refusal: it is unknown or another app's (84015) or expired (84014), or the member has left the visible
                range (50002).
        """
        ticket, shown = self._tickets.get(user_ticket), tail(user_ticket)
        if ticket is None or (ticket.appid, ticket.agentid) != (token.appid, token.agentid):
            raise Refusal(84015, en=f"this app has no user_ticket {shown}", zh=f"该应用没有 user_ticket {shown}")
        if self._now >= ticket.until:
            raise Refusal(
                84014, en=f"user_ticket {shown} lived 30 min", zh=f"user_ticket {shown} 有效期 30 分钟，已过期"
            )
        if not self.sees(ticket.person, ticket.appid, ticket.agentid):
            raise Refusal(
                50002,
                en=f"{ticket.person.name} is no longer in the visible range of agent {ticket.agentid}",
                zh=f"{ticket.person.name} 已不在应用 {ticket.agentid} 的可见范围内",
            )
        return self._world.as_now(ticket.person)

    def known(self, value: str) -> CorpCode | None:
        """A code that is remembered, used and expired ones included."""
        return self._codes.get(value)

    def known_token(self, value: str) -> CorpToken | None:
        """A token that is remembered, expired ones included."""
        return self._tokens.get(value)

    @property
    def _now(self) -> float:
        return self._world.clock.now()

    def _check(self, code: CorpCode, token: CorpToken) -> None:
        shown, now = tail(code.value), self._now
        if code.agentid != token.agentid:
            raise Refusal(
                50001,
                en=f"code {shown} belongs to agent {code.agentid}, the access_token to agent {token.agentid}",
                zh=f"code {shown} 属于应用 {code.agentid}，access_token 属于应用 {token.agentid}",
            )
        if code.redeemed_at is not None:
            ago = span(now - code.redeemed_at)
            raise Refusal(40029, en=f"code {shown} was used {ago.en} ago", zh=f"code {shown} 已在 {ago.zh}前使用过")
        if now >= code.issued_at + CODE_SECONDS:
            ago = span(now - code.issued_at)
            raise Refusal(
                40029,
                en=f"code {shown} was issued {ago.en} ago and lives 5 min",
                zh=f"code {shown} 于 {ago.zh}前签发，有效期 5 分钟，已过期",
            )
