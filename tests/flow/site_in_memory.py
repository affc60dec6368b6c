"""A site with a sign-in, its browsers, its clock, and the WeChat it talks to: in one process, without a network."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from wxauth.account import OfficialAccount
from wxauth.flow.drive import adrive, drive
from wxauth.flow.keys import SecretKey
from wxauth.flow.ports import AsyncPorts, Ports
from wxauth.flow.session import Session, read_session
from wxauth.flow.signin import Browser, Outcome, Rules, SignedIn, begin, finish
from wxauth.identity import Identity, Scope
from wxauth.protocol.message import Endpoints, Request, Response
from wxauth.stores.memory import MemoryStore

ACCOUNT = OfficialAccount(appid="wx0000000000000001", secret="0123456789abcdef0123456789abcdef")
KEY = SecretKey("only for tests: 0123456789abcdefghijklmnop")
RULES = Rules(account=ACCOUNT, key=KEY, endpoints=Endpoints.sandbox("http://127.0.0.1:8911"))
ASKING = replace(RULES, scope=Scope.SNSAPI_USERINFO)
REDIRECT_URI = "https://example.com/auth"

EXCHANGE = "sns/oauth2/access_token"
USERINFO = "sns/userinfo"


def refusal(errcode: int) -> Response:
    return Response(status=200, body=json.dumps({"errcode": errcode, "errmsg": "no"}).encode())


class StandIn:
    """What a flow needs of WeChat: it gives a code one grant, and refuses it afterwards with 40163.

    ``instead[operation]`` is answered, raised or called instead.
    """

    def __init__(self, scope: str = "snsapi_base", **more: Any) -> None:
        self.scope = scope
        self.more = more
        self.sent: list[str] = []
        self.spans: list[float] = []
        self.exchanged: list[str] = []
        self.instead: dict[str, Any] = {}
        self.lock = Lock()

    def send(self, request: Request, *, within_seconds: float) -> Response:
        query = {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}
        with self.lock:
            self.sent.append(request.operation)
            self.spans.append(within_seconds)
            instead = self.instead.get(request.operation)
        if isinstance(instead, Exception):
            raise instead
        if isinstance(instead, Response):
            return instead
        if callable(instead):
            instead()
        return self._exchange(query["code"]) if request.operation == EXCHANGE else self._profile(query["openid"])

    def close(self) -> None:
        """Nothing to close."""

    def _exchange(self, code: str) -> Response:
        with self.lock:
            if code in self.exchanged:
                return refusal(40163)
            self.exchanged.append(code)
        grant = {
            "access_token": f"ACCESS{code}",
            "expires_in": 7200,
            "refresh_token": f"REFRESH{code}",
            "openid": f"o{code}",
            "scope": self.scope,
            **self.more,
        }
        return Response(status=200, body=json.dumps(grant).encode())

    def _profile(self, openid: str) -> Response:
        return Response(status=200, body=json.dumps({"openid": openid, "nickname": "安", "unionid": "oU"}).encode())


class AwaitedStandIn:
    """The same for callers that await; everybody else has a turn before it answers."""

    def __init__(self, wechat: StandIn, turns: int = 3) -> None:
        self.wechat = wechat
        self.turns = turns

    async def send(self, request: Request, *, within_seconds: float) -> Response:
        for _ in range(self.turns):
            await asyncio.sleep(0)
        return self.wechat.send(request, within_seconds=within_seconds)

    async def close(self) -> None:
        """Nothing to close."""


class Clock:
    """A clock that goes on only when somebody waits."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Jar:
    """A browser: its cookies."""

    attempts: dict[str, str] = field(default_factory=dict)
    session: str | None = None
    restarted: bool = False

    def shown(self) -> Browser:
        return Browser(attempts=dict(self.attempts), session=self.session, restarted=self.restarted)


class Site:
    """A site that signs people in."""

    def __init__(self, rules: Rules = RULES, *, wechat: StandIn | None = None, store: Any = None) -> None:
        self.clock = Clock()
        self.rules = rules
        self.wechat = wechat or StandIn(rules.scope)
        self.store = store or MemoryStore(now=self.clock)
        self.admitted: list[Identity] = []
        self.admit: Callable[[Identity], str | None] = self.keep

    def keep(self, identity: Identity) -> str | None:
        self.admitted.append(identity)
        return f"user of {identity.openid}"

    @property
    def ports(self) -> Ports:
        return Ports(
            transport=self.wechat,
            store=self.store,
            admit=lambda identity: self.admit(identity),
            now=self.clock,
            ticks=self.clock,
            sleep=self.clock.wait,
        )

    def begin(self, jar: Jar, return_to: str = "/me") -> str:
        """Begin a sign-in in this browser; the state that WeChat will bring back."""
        begun = drive(begin(self.rules, jar.shown(), redirect_uri=REDIRECT_URI, return_to=return_to), self.ports)
        for label in begun.give_up:
            del jar.attempts[label]
        jar.attempts[begun.label] = begun.secret
        return dict(parse_qsl(urlsplit(begun.url).query))["state"]

    def finish(self, jar: Jar, query: str) -> Outcome:
        """Bring a callback back to this browser."""
        return self.keep_cookie(jar, drive(finish(self.rules, jar.shown(), query=query), self.ports))

    def keep_cookie(self, jar: Jar, outcome: Outcome) -> Outcome:
        if isinstance(outcome, SignedIn):
            jar.session = outcome.session
        return outcome

    def session(self, jar: Jar) -> Session | None:
        return drive(read_session(self.rules.key, jar.session or ""), self.ports)


def awaited(site: Site, store: Any, *, turns: int = 3) -> AsyncPorts:
    """The site's ports for `adrive`; waiting gives everybody else a turn, and time stands still."""

    async def give_way(_seconds: float) -> None:
        await asyncio.sleep(0)

    return AsyncPorts(
        transport=AwaitedStandIn(site.wechat, turns),
        store=store,
        admit=lambda identity: site.admit(identity),
        now=site.clock,
        ticks=site.clock,
        sleep=give_way,
    )


async def afinish(site: Site, ports: AsyncPorts, jar: Jar, query: str) -> Outcome:
    return await adrive(finish(site.rules, jar.shown(), query=query), ports)


class Interrupted:
    """A store that does something first, once, before a command of one kind: what a race looks like, on purpose."""

    def __init__(self, store: Any, kind: type, first: Callable[[], object]) -> None:
        self.store, self.kind, self.first = store, kind, first

    def perform(self, command: Any) -> Any:
        if isinstance(command, self.kind):
            self.kind, first = type(None), self.first
            first()
        return self.store.perform(command)
