"""Credentials that look after themselves: one per account, forced once and within WeChat's limits."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from wxauth.errors import AccountRefused, StoreError, TokenDead
from wxauth.flow import credential
from wxauth.flow.drive import drive
from wxauth.flow.effects import Put
from wxauth.flow.ports import Ports
from wxauth.protocol import errcode
from wxauth.stores.memory import MemoryStore

PLACE = "wxauth:credential:wx0000000000000001"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    access_token: str = field(repr=False)
    expires_at: float


@dataclass
class World:
    """Virtual time, one store, and a WeChat that gives out one token until it ends or another one is forced."""

    now: float = 100_000.0
    issued: list[bool] = field(default_factory=list)
    number: int = 1
    expires_at: float = 107_200.0
    failure: Exception | None = None
    next_one_seconds: float = 300
    """How long before its end WeChat begins to give out the next one."""

    def __post_init__(self) -> None:
        transport: Any = None
        store = MemoryStore(now=lambda: self.now)
        self.ports = Ports(
            transport=transport, store=store, now=lambda: self.now, ticks=lambda: self.now, sleep=self.sleep
        )
        self.issuer = credential.Issuer(place=PLACE, kind=Token, issue=self.issue, within_seconds=5, can_force=True)

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    async def issue(self, held: Token | None, force: bool) -> Token:
        self.issued.append(force)
        if self.failure is not None:
            raise self.failure
        if force or self.now >= self.expires_at - self.next_one_seconds:
            self.another()
        return Token(access_token=f"T{self.number}", expires_at=self.expires_at)

    def another(self) -> None:
        self.number += 1
        self.expires_at = self.now + 7200

    def run(self, flow: Any) -> Any:
        try:
            return drive(flow, self.ports)
        finally:
            self.now += 0.01

    def current(self) -> str:
        return str(self.run(credential.current(self.issuer)).access_token)

    def ask(self, *, dead: tuple[str, ...] = (), code: int = 40001) -> list[str]:
        """Ask something; tokens that are ``dead`` are refused. The tokens that were tried, a refusal raises."""
        tried: list[str] = []

        async def ask(token: Token) -> list[str]:
            tried.append(token.access_token)
            if token.access_token in dead:
                raise errcode.error("cgi-bin/user/info", code, "dead")
            return tried

        answer: list[str] = self.run(credential.using(self.issuer, ask))
        return answer


def test_a_credential_is_asked_for_once_and_then_kept() -> None:
    world = World()
    assert [world.current() for _ in range(3)] == ["T1"] * 3
    assert world.issued == [False]


def test_a_credential_is_renewed_before_it_ends() -> None:
    world = World()
    world.current()
    world.now = world.expires_at - 241
    assert world.current() == "T1"
    world.now = world.expires_at - 240
    assert [world.current() for _ in range(3)] == ["T2"] * 3
    assert world.issued == [False, False]


def test_one_that_is_given_out_until_its_end_is_asked_for_once_more_before_it_and_then_after_it() -> None:
    world = World(next_one_seconds=0)  # as WeCom does, which punishes those who ask often
    world.current()
    world.now = world.expires_at - 240
    assert [world.current() for _ in range(3)] == ["T1"] * 3
    assert world.issued == [False, False]
    world.now = world.expires_at
    assert [world.current() for _ in range(3)] == ["T2"] * 3
    world.now = world.expires_at - 240
    assert [world.current() for _ in range(3)] == ["T2"] * 3
    assert world.issued == [False] * 4


def test_one_that_nobody_prolongs_is_still_replaced_when_it_is_refused() -> None:
    world = World(next_one_seconds=0)
    world.current()
    world.now = world.expires_at - 240
    world.current()
    world.another()
    assert world.ask(dead=("T1",)) == ["T1", "T2"]
    world.now = world.expires_at - 241
    assert world.current() == "T2"


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_refused_credential_is_replaced_by_what_wechat_gives_out_now(code: int) -> None:
    world = World()
    world.current()
    world.another()
    assert world.ask(dead=("T1",), code=code) == ["T1", "T2"]
    assert world.issued == [False, False], "somebody else had forced it: nothing was forced here"


def test_a_refused_credential_that_wechat_still_gives_out_is_forced_once() -> None:
    world = World()
    assert world.ask(dead=("T1",)) == ["T1", "T2"]
    assert world.issued == [False, False, True]
    with pytest.raises(TokenDead):
        world.ask(dead=("T1", "T2", "T3"))


def test_a_forced_refresh_is_never_followed_by_another() -> None:
    world = World()
    with pytest.raises(TokenDead):
        world.ask(dead=("T1", "T2", "T3"))
    assert world.issued == [False, False, True]


def test_forced_refreshes_are_thirty_seconds_apart() -> None:
    world = World()
    world.ask(dead=("T1",))
    began = world.now
    with pytest.raises(TokenDead):
        world.ask(dead=("T2",))
    world.now = began + 29
    with pytest.raises(TokenDead):
        world.ask(dead=("T2",))
    assert world.issued.count(True) == 1
    world.now = began + 31
    assert world.ask(dead=("T2",)) == ["T2", "T3"]
    assert world.issued.count(True) == 2


def test_twenty_forced_refreshes_a_day_are_all() -> None:
    world = World()
    world.current()
    for number in range(1, 21):
        world.now += 60
        assert world.ask(dead=(f"T{number}",)) == [f"T{number}", f"T{number + 1}"]
    world.now += 60
    with pytest.raises(TokenDead):
        world.ask(dead=("T21",))
    assert world.issued.count(True) == 20
    world.now += 86400 - 20 * 60
    world.expires_at = world.now + 7200
    assert world.ask(dead=("T21",)) == ["T21", "T22"]


def test_the_count_of_forced_refreshes_outlives_the_token() -> None:
    world = World()
    world.ask(dead=("T1",))
    for _ in range(19):
        world.now += 31
        world.ask(dead=(f"T{world.number}",))
    world.now = world.expires_at + 1
    world.current()
    world.now += 60
    with pytest.raises(TokenDead):
        world.ask(dead=(f"T{world.number}",))


def test_any_other_refusal_forces_nothing() -> None:
    world = World()
    with pytest.raises(AccountRefused):
        world.ask(dead=("T1",), code=40013)
    assert world.issued == [False]


def test_what_wechat_says_about_the_account_reaches_the_caller() -> None:
    world = World(failure=errcode.error("cgi-bin/stable_token", 40164, "invalid ip 203.0.113.7, not in whitelist"))
    with pytest.raises(AccountRefused, match=r"203\.0\.113\.7"):
        world.current()


def test_something_else_under_a_credentials_key_is_an_error_that_quotes_nothing() -> None:
    async def spoil() -> None:
        await Put(PLACE, b'{"credential": {"access_token": "CANARY"}}', 60)

    world = World()
    world.run(spoil())
    with pytest.raises(StoreError) as caught:
        world.current()
    assert "CANARY" not in str(caught.value)
    assert caught.value.__cause__ is None
