"""The world of one test, as the test sees it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import blake2b
from urllib.parse import urlsplit

from wxauth.sandbox.accounts import Account
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.fault import AUTHORIZE, Kind, unknown
from wxauth.sandbox.faults import Faults
from wxauth.sandbox.journal import Journal
from wxauth.sandbox.journal_text import journal_text
from wxauth.sandbox.next_visits import Decision, Scene, Service
from wxauth.sandbox.people import Person
from wxauth.sandbox.serve import Running
from wxauth.sandbox.wechat.authorize import PATH, visit
from wxauth.sandbox.wechat.link import Query
from wxauth.sandbox.wechat.server import OPERATIONS
from wxauth.sandbox.wechat.visits import SentBack, SentOn, Spoiled, Visit
from wxauth.sandbox.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshWorld:
    """What the ``wechat`` fixture gives a test.

    Attributes:
        server: the sandbox, which other tests of this process share.
        world: this test's own world in it.
        first_stray: the number in the journal of the server's default world from which on its calls are this test's.
    """

    server: Running
    world: World
    first_stray: int

    def __repr__(self) -> str:
        return f"FreshWorld({self.appid} at {self.url})"

    @property
    def url(self) -> str:
        """The address of the sandbox, without a slash at the end."""
        return self.server.url

    @property
    def endpoints_url(self) -> str:
        """What ``Endpoints.sandbox`` takes: the address of the sandbox, which is all of WeChat's hosts."""
        return self.url

    @property
    def appid(self) -> str:
        """The appid of the first account: the same whenever this test runs, and no other test's."""
        return self.world.account.appid

    @property
    def secret(self) -> str:
        """The AppSecret of the first account."""
        return self.world.account.secret

    @property
    def environ(self) -> dict[str, str]:
        """The ``WXAUTH_*`` variables that point an app at this world."""
        return {
            "WXAUTH_SANDBOX_URL": self.url,
            "WXAUTH_APPID": self.appid,
            "WXAUTH_SECRET": self.secret,
            "WXAUTH_SECRET_KEY": blake2b(self.appid.encode(), digest_size=32).hexdigest(),
        }

    @property
    def clock(self) -> Clock:
        """The clock of this world: freeze(), advance(minutes=...), set(unix), resume()."""
        return self.world.clock

    @property
    def faults(self) -> Faults:
        """What shall go wrong in this world: once(operation, what), always(...), preset(name), clear()."""
        return self.world.faults

    @property
    def journal(self) -> Journal:
        """What happened in this world."""
        return self.world.journal

    def account(self, kind: str) -> Account:
        """The first account of a kind here, such as ``miniprogram``; raises LookupError naming the kinds there are."""
        kinds = {account.kind.value: account for account in reversed(self.world.accounts)}
        if kind not in kinds:
            raise LookupError(f"no account here is a {kind!r}; there are {', '.join(sorted(kinds))}")
        return kinds[kind]

    def person(self, key: str) -> Person:
        """Somebody by name, nickname or openid; raises LookupError naming the people there are."""
        return self.world.person(key)

    def openid(self, person: Person | str) -> str:
        """A person as the account knows them."""
        return self.world.openid(self._one(person))

    def unionid(self, person: Person | str) -> str | None:
        """A person across the accounts of this world; None for an account that is not bound."""
        return self.world.unionid(self._one(person))

    def code(self, person: Person | str, *, scope: str = "snsapi_base") -> str:
        """The code of a new authorization, without a link or a browser.

        Raises:
            ValueError: the account has no right to the scope.
        """
        scopes = sorted(self.world.account.scopes)
        if scope not in scopes:
            raise ValueError(f"scope has to be {' or '.join(scopes)}, not {scope!r}")
        return self.world.issue_code(self._one(person), scope=scope)

    def callback(
        self,
        person: Person | str,
        link: str,
        *,
        scene: Scene | str = Scene.LINK,
        service: Service | str | None = None,
        nickname: str | None = None,
    ) -> str:
        """Open an authorize link as a person who agrees to everything: the address they are sent back to.

        It is opened in this process, not over the network, so an async test may call this too.

        Args:
            person: who opens it.
            link: an authorize link.
            scene: where they open it: ``link``, ``menu``, ``conversation`` or ``scan``.
            service: ``snapshot`` for a snapshot page, ``full`` for who tapped 使用完整服务 there.
            nickname: what they choose to be called, under the switch ``consent_profile_choice``.

        Raises:
            ValueError: the link is not an authorize link of this sandbox, or there is no such scene or service.
            AssertionError: WeChat shows a page and sends nobody back; the text holds the journal, which says why.
        """
        __tracebackhide__ = True
        visitor = Visit(
            query=self._query(link),
            inside=True,
            person=self._one(person).name,
            decision=Decision.ALLOW,
            scene=Scene(scene),
            service=None if service is None else Service(service),
            nickname=nickname,
        )
        outcome = visit(self.server.worlds, visitor)
        if isinstance(outcome, SentOn):
            outcome = visit(self.server.worlds, replace(visitor, query=Query(urlsplit(outcome.location).query)))
        if isinstance(outcome, Spoiled) and outcome.fault.kind is Kind.SLOW:
            outcome = outcome.outcome
        if isinstance(outcome, SentBack):
            return outcome.location
        raise AssertionError(f"WeChat sends nobody back to the app; the wechat journal:\n{self.journal_text()}")

    def assert_called(self, operation: str, *, times: int | None = None) -> None:
        """Demand that an operation was asked for, whether it was refused or not.

        Args:
            operation: ``sns/userinfo`` as in the journal, its alias ``userinfo``, or ``authorize``.
            times: how often exactly; by default at least once.

        Raises:
            ValueError: WeChat has no such operation.
            AssertionError: it was not; the text holds the journal.
        """
        __tracebackhide__ = True
        name = _operation(operation)
        came = len(self.journal.entries(operation=name))
        if came == times or (times is None and came):
            return
        wanted = "at least once" if times is None else _times(times)
        raise AssertionError(
            f"{operation} was called {_times(came)}, not {wanted}; the wechat journal:\n{self.journal_text()}"
        )

    def journal_text(self) -> str:
        """The latest exchanges of this world, and those that came during this test and belong to no world."""
        strays = [entry for entry in self.server.world.journal.entries() if entry.number >= self.first_stray]
        text = journal_text(self.journal.entries()) or "(nothing was asked of this world)"
        return f"{text}\nwithout an appid or token of this world:\n{journal_text(strays)}" if strays else text

    def _one(self, person: Person | str) -> Person:
        return self.person(person) if isinstance(person, str) else person

    def _query(self, link: str) -> Query:
        parts = urlsplit(link)
        if f"{parts.scheme}://{parts.netloc}" != self.url:
            raise ValueError(
                f"the link leads to {parts.netloc}, not to this sandbox: set WXAUTH_SANDBOX_URL={self.url}"
            )
        if parts.path != PATH:
            raise ValueError(f"{parts.path} is not the authorize page, {PATH}")
        return Query(parts.query)


def _operation(name: str) -> str:
    """The full name; one that is misspelt would never be called, and ``times=0`` would always hold."""
    known = {AUTHORIZE: AUTHORIZE}
    for operation in OPERATIONS.values():
        known |= {operation.alias or operation.name: operation.name, operation.name: operation.name}
    if name not in known:
        raise ValueError(unknown("operation", name, known))
    return known[name]


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"
