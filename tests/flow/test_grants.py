"""Grants that look after themselves: the newest per person, renewed in time, over when WeChat says so."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from wxauth.errors import SignInAgain, StoreError, TokenDead, UsageError
from wxauth.flow import grants
from wxauth.flow.drive import drive
from wxauth.flow.effects import Put
from wxauth.flow.ports import Ports
from wxauth.identity import Grant
from wxauth.protocol import errcode
from wxauth.stores.memory import MemoryStore

APPID = "wx0000000000000001"
DAY_SECONDS = 86400
GRANT = Grant(
    appid=APPID,
    openid="oAnn",
    unionid=None,
    scope="snsapi_userinfo",
    access_token="AT-1",
    refresh_token="RT-1",
    expires_at=1000.0 + 7200,
    is_snapshot_user=False,
)


@dataclass
class World:
    """Virtual time, one store, and a WeChat that renews grants until it says no."""

    now: float = 1000.0
    refreshed: list[str] = field(default_factory=list)
    refusal: int | None = None

    def __post_init__(self) -> None:
        transport: Any = None
        self.store = MemoryStore(now=lambda: self.now)
        self.ports = Ports(
            transport=transport, store=self.store, now=lambda: self.now, ticks=lambda: self.now, sleep=self.sleep
        )

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def run(self, flow: Any) -> Any:
        try:
            return drive(flow, self.ports)
        finally:
            self.now += 0.01

    async def refresh(self, grant: Grant) -> Grant:
        self.refreshed.append(grant.access_token)
        if self.refusal is not None:
            raise errcode.error("sns/oauth2/refresh_token", self.refusal, "no")
        return replace(grant, access_token=f"AT-{len(self.refreshed) + 1}", expires_at=self.now + 7200)

    def current(self) -> Grant:
        answer: Grant = self.run(grants.current(APPID, "oAnn", self.refresh, within_seconds=5))
        return answer


@pytest.fixture
def world() -> World:
    world = World()
    assert world.run(grants.keep(GRANT)) is True
    return world


def test_a_fresh_grant_is_the_one_that_was_kept(world: World) -> None:
    assert world.current() == GRANT
    assert world.refreshed == []


def test_a_grant_is_renewed_before_it_dies_and_the_new_one_is_kept(world: World) -> None:
    world.now = GRANT.expires_at - 299
    assert world.current().access_token == "AT-2"
    assert world.current().access_token == "AT-2"
    assert world.refreshed == ["AT-1"]


def test_the_newest_authorization_wins(world: World) -> None:
    newest = replace(GRANT, access_token="AT-9", refresh_token="RT-9")
    assert world.run(grants.keep(newest)) is True
    assert world.current() == newest
    world.now = 900.0
    assert world.run(grants.keep(GRANT)) is False
    assert world.current() == newest


def test_people_and_accounts_do_not_share_grants(world: World) -> None:
    world.run(grants.keep(replace(GRANT, openid="oBo", access_token="AT-BO")))
    world.run(grants.keep(replace(GRANT, appid="wx0000000000000002", access_token="AT-OTHER")))
    assert world.current() == GRANT


@pytest.mark.parametrize("refusal", [40030, 42002, 42007])
def test_the_end_of_a_refresh_token_is_said_once_by_wechat_and_then_remembered(
    world: World, refusal: int
) -> None:  # T25
    world.now, world.refusal = GRANT.expires_at, refusal
    for _ in range(100):
        with pytest.raises(SignInAgain) as caught:
            world.current()
        assert caught.value.errcode == refusal
    assert world.refreshed == ["AT-1"]


def test_after_a_new_authorization_an_ended_grant_is_forgotten(world: World) -> None:
    world.now, world.refusal = GRANT.expires_at, 42002
    with pytest.raises(SignInAgain):
        world.current()
    newest = replace(GRANT, access_token="AT-9", expires_at=world.now + 7200)
    world.run(grants.keep(newest))
    assert world.current() == newest


def test_thirty_days_after_the_authorization_the_person_has_to_sign_in_again(world: World) -> None:
    for day in range(1, 30):
        world.now = 1000.0 + day * DAY_SECONDS
        world.current()
    asked = len(world.refreshed)
    world.now = 1000.0 + 30 * DAY_SECONDS
    with pytest.raises(SignInAgain):
        world.current()
    assert len(world.refreshed) == asked == 29


def test_a_person_nobody_has_kept_a_grant_of_has_to_sign_in() -> None:
    world = World()
    with pytest.raises(SignInAgain, match="no grant"):
        world.current()
    assert world.refreshed == []


def test_a_forgotten_grant_is_gone(world: World) -> None:
    world.run(grants.forget(APPID, "oAnn"))
    with pytest.raises(SignInAgain):
        world.current()


def test_the_grant_of_a_snapshot_page_is_not_kept() -> None:  # F3
    with pytest.raises(UsageError, match="snapshot"):
        World().run(grants.keep(replace(GRANT, is_snapshot_user=True)))


@pytest.mark.parametrize("code", [40001, 42001])
def test_a_grant_that_wechat_calls_dead_is_renewed_once(world: World, code: int) -> None:
    asked: list[str] = []

    async def ask(grant: Grant) -> str:
        asked.append(grant.access_token)
        if grant.access_token == "AT-1":
            raise errcode.error("sns/userinfo", code, "dead")
        return "Ann"

    assert world.run(grants.using(APPID, "oAnn", world.refresh, ask, within_seconds=5)) == "Ann"
    assert asked == ["AT-1", "AT-2"]
    assert world.refreshed == ["AT-1"]


def test_a_grant_that_stays_dead_is_not_renewed_again_and_again(world: World) -> None:
    async def ask(grant: Grant) -> str:
        raise errcode.error("sns/userinfo", 40001, "dead")

    with pytest.raises(TokenDead):
        world.run(grants.using(APPID, "oAnn", world.refresh, ask, within_seconds=5))
    assert world.refreshed == ["AT-1"]


def test_something_else_under_a_grants_key_is_an_error_that_quotes_nothing(world: World) -> None:
    async def spoil() -> None:
        await Put(f"wxauth:grant:{APPID}:oAnn", b'{"grant": "CANARY"}', 60)

    world.run(spoil())
    with pytest.raises(StoreError) as caught:
        world.current()
    assert "CANARY" not in str(caught.value)


def test_a_kept_grant_shows_no_token(world: World) -> None:
    assert "AT-1" not in repr(grants.KeptGrant(grant=GRANT, authorized_at=1.0))
