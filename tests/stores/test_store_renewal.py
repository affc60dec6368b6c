"""Tokens that several processes share, on real servers: one renewal, whoever and however many find them dead."""

import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from conformance import FULL
from processes import PROCESSES, together
from renewing import KEYRING, OFFICIAL, PROGRAM, USES, all_at_once, renew_and_be_stopped
from servers import PostgresServer, RedisServer

from wxauth import Endpoints, Grant, MiniProgramClient, WeChat
from wxauth.flow import credential as credentials
from wxauth.sandbox.serve import Running, running
from wxauth.sandbox.world import World

CALLERS = 1000 if FULL else 200
"""Of all processes together; all of them at FULL_TESTS=1."""


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    with RedisServer() as started:
        yield started.url


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    with PostgresServer() as started:
        yield started.url


@pytest.fixture(params=["sqlite", "redis", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/tokens.db"
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def sandbox() -> Iterator[Running]:
    with running() as sandbox:
        yield sandbox


def options(url: str, sandbox: Running) -> dict[str, object]:
    return {"endpoints": Endpoints.sandbox(sandbox.url), "store": url, "keyring": KEYRING}


def granted(official: WeChat, world: World, person: str) -> Grant:
    return official.exchange_code(world.issue_code(world.person(person), scope="snsapi_userinfo"))


def keep_ended(client: WeChat | MiniProgramClient) -> None:
    """Keep a credential that has ended by the clock."""
    ended = replace(client.fetch_credential(), expires_at=time.time() - 1)
    client._drive(credentials.keep(client._issuer(), ended))


def asked(world: World) -> Counter[tuple[str, str]]:
    """How often what was asked for, and by which account."""
    entries = world.journal.entries()
    return Counter((entry.operation, dict(entry.parameters).get("appid", "")) for entry in entries)


def test_whoever_finds_tokens_dead_at_the_same_moment_one_renews_each(url: str, sandbox: Running) -> None:  # T23
    world = sandbox.world
    with (
        WeChat(OFFICIAL, **options(url, sandbox)) as official,
        MiniProgramClient(PROGRAM, **options(url, sandbox)) as program,
    ):
        official.credential()
        dead = granted(official, world, "安")
        official.grants.keep(dead)
        world.clock.advance(hours=3)
        ended = granted(official, world, "波")
        official.grants.keep(replace(ended, expires_at=time.time() - 1))
        keep_ended(program)
        before = asked(world)
        found = together(all_at_once, url, sandbox.url, CALLERS // PROCESSES, ended.openid, dead.openid)
        asked_for = asked(world) - before
        kept = {
            official.grants.current(ended.openid).access_token,
            official.grants.current(dead.openid).access_token,
            official.credential().access_token,
            program.credential().access_token,
        }
    assert found == [kept] * PROCESSES
    assert asked_for["sns/oauth2/refresh_token", OFFICIAL.appid] == 2, "one a grant"
    assert asked_for["cgi-bin/stable_token", OFFICIAL.appid] == 1
    assert asked_for["cgi-bin/stable_token", PROGRAM.appid] == 1
    assert not any(("force_refresh", "true") in entry.parameters for entry in world.journal.entries())


@pytest.mark.parametrize("use", USES)
def test_a_holder_that_is_stopped_costs_one_renewal_more_and_overwrites_nothing(
    url: str, sandbox: Running, use: str
) -> None:  # T24
    world = sandbox.world
    with WeChat(OFFICIAL, **options(url, sandbox)) as official:
        grant = granted(official, world, "安")
        official.grants.keep(replace(grant, expires_at=time.time() - 1))
        keep_ended(official)
        before = asked(world)
        spawn = multiprocessing.get_context("spawn")
        answers = spawn.SimpleQueue()
        holder = spawn.Process(
            target=renew_and_be_stopped, args=(answers, url, sandbox.url, use, grant.openid), daemon=True
        )
        holder.start()
        assert holder.pid is not None
        _, status = os.waitpid(holder.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        renewed = USES[use](official, grant.openid)
        os.kill(holder.pid, signal.SIGCONT)
        assert answers.get() == renewed, "it goes on with what is kept now, and not with what it has got"
        holder.join()
        assert USES[use](official, grant.openid) == renewed
    asked_for = asked(world) - before
    renewals = asked_for["sns/oauth2/refresh_token", OFFICIAL.appid] + asked_for["cgi-bin/stable_token", OFFICIAL.appid]
    assert renewals == 2
