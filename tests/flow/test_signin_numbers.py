"""The numbers of rules A1 and A2, over every back end."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from site_in_memory import Jar, Site

from wxauth.flow.attempt import Problem
from wxauth.flow.signin import SignedIn, Stopped
from wxauth.stores.memory import MemoryStore
from wxauth.stores.sqlite import SQLiteStore

STARTED_BY_THE_ATTACKER = 10_000
PREFETCHED = 1_000


@pytest.fixture(params=["memory", "sqlite"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    site = Site()
    site.store = MemoryStore(now=site.clock) if request.param == "memory" else sqlite(tmp_path, site)
    yield site
    site.store.close()


def sqlite(folder: Path, site: Site) -> Any:
    return SQLiteStore(folder / "sign-in.db", now=site.clock)


def test_a_victim_never_finishes_what_an_attacker_began(site: Site) -> None:
    # A1: the attacker keeps state and code; the victim's browser has no cookie, an empty one, or one of its own.
    accepted = 0
    for number in range(STARTED_BY_THE_ATTACKER):
        attacker = Jar()
        state = site.begin(attacker)
        victim = Jar()
        if number % 3 == 1:
            victim.attempts = dict.fromkeys(attacker.attempts, "")
        elif number % 3 == 2:
            site.begin(victim)
            victim.attempts |= dict.fromkeys(attacker.attempts, next(iter(victim.attempts.values())))
        outcome = site.finish(victim, f"code={number}&state={state}")
        accepted += not (isinstance(outcome, Stopped) and outcome.problem is Problem.ELSEWHERE)
    assert accepted == 0
    assert (site.wechat.sent, site.admitted) == ([], [])


def test_a_prefetched_callback_costs_nobody_the_sign_in(site: Site) -> None:  # A2, T20
    done = 0
    for number in range(PREFETCHED):
        jar = Jar()
        query = f"code={number}&state={site.begin(jar)}"
        site.finish(Jar(), query)
        done += isinstance(site.finish(jar, query), SignedIn)
    assert done == PREFETCHED
    assert len(site.wechat.sent) == PREFETCHED
