"""`wxauth followers export` as a process, against a sandbox that many people follow: it may be killed at any moment."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from click.testing import CliRunner
from followers_in_memory import exported
from servers import PASSWORD, PostgresServer

from wxauth import AsyncWeChat, Endpoints, OfficialAccount
from wxauth.cli.followers_pace import DAILY_QUOTA, Brake, Pace
from wxauth.cli.followers_place import place_at
from wxauth.cli.main import main
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.serve import Running, running
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

WXAUTH = str(Path(sys.executable).with_name("wxauth"))
PEOPLE = 200_000 if "FULL_TESTS" in os.environ else 20_000
PARALLEL = 8
MOST_MEMORY_KIB = 100 * 1024
BATCH = "cgi-bin/user/info/batchget"
CHINA = timezone(timedelta(hours=8))
EVENING = datetime(2026, 9, 17, 21, 30, tzinfo=CHINA).timestamp()
MEASURED = """
import sys
from wxauth.cli.main import main
try:
    main(sys.argv[1:])
finally:
    print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")), file=sys.stderr)
"""
"""The command, which says at its end how much memory it had at most, in KiB."""


@pytest.fixture
def wechat() -> Iterator[Running]:
    with running() as started:
        yield started


def environment(wechat: Running, **more: str) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("WXAUTH_", "COVERAGE"))}
    return own | {"WXAUTH_SANDBOX_URL": wechat.url} | more


def export(wechat: Running, to: str, *options: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [WXAUTH, "followers", "export", "--to", to, "--json", *options]
    env = environment(wechat, **more)
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)


def killed(wechat: Running, to: str, *, after_batches: int, by: signal.Signals, **more: str) -> int:
    """Export until so many batches were asked for in all, and send a signal; the exit status."""
    command = [WXAUTH, "followers", "export", "--to", to]
    with subprocess.Popen(command, env=environment(wechat, **more), stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 60
        while asked(wechat) < after_batches:
            assert process.poll() is None, "it was too quick"
            assert time.monotonic() < deadline
            time.sleep(0.005)
        process.send_signal(by)
        return process.wait(30)


def asked(wechat: Running) -> int:
    """How many batches were asked for."""
    return len(wechat.world.journal.entries(operation=BATCH))


def rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def followers(wechat: Running) -> set[str]:
    world = wechat.world
    return {world.openid(person) for person in world.people if world.follows(person, world.account.appid)}


def test_killed_three_times_it_misses_nobody_doubles_nobody_and_hardly_asks_twice(wechat: Running, tmp_path: Path):
    wechat.world.crowd(PEOPLE)
    path, batches = tmp_path / "users.jsonl", PEOPLE // 100 + 1
    for part in 0.25, 0.5, 0.75:
        assert killed(wechat, str(path), after_batches=round(batches * part), by=signal.SIGKILL) == -signal.SIGKILL
    done = export(wechat, str(path))
    tally = json.loads(done.stdout)
    assert "Going on after" in done.stderr
    openids = Counter(str(row["openid"]) for row in rows(path))
    assert openids.keys() == followers(wechat)
    assert max(openids.values()) == 1
    assert (tally["exported"], tally["without_unionid"]) == (len(openids), 0)
    assert asked(wechat) <= batches + 3 * PARALLEL
    unionids = {wechat.world.openid(person): wechat.world.unionid(person) for person in wechat.world.people}
    assert all(row["unionid"] == unionids[str(row["openid"])] for row in rows(path))


def test_a_database_killed_half_way_is_whole_in_the_end(wechat: Running, tmp_path: Path):
    wechat.world.crowd(3000)
    to = f"sqlite:///{tmp_path}/users.db"
    killed(wechat, to, after_batches=15, by=signal.SIGKILL)
    assert export(wechat, to).returncode == 0
    with closing(sqlite3.connect(tmp_path / "users.db")) as connection:
        openids = {openid for (openid,) in connection.execute("SELECT openid FROM wxauth_followers")}
    assert openids == followers(wechat)
    assert asked(wechat) <= 31 + PARALLEL


def test_ctrl_c_finishes_what_is_under_way_and_asks_for_nothing_twice(wechat: Running, tmp_path: Path):
    wechat.world.crowd(5000)
    path = tmp_path / "users.jsonl"
    assert killed(wechat, str(path), after_batches=20, by=signal.SIGINT) == 4
    assert len(rows(path)) == 100 * asked(wechat)
    assert export(wechat, str(path)).returncode == 0
    assert asked(wechat) == 51
    assert {str(row["openid"]) for row in rows(path)} == followers(wechat)


def test_it_takes_little_memory_however_many_people_there_are(wechat: Running, tmp_path: Path):
    wechat.world.crowd(PEOPLE)
    command = [sys.executable, "-c", MEASURED, "followers", "export", "--to", str(tmp_path / "users.jsonl")]
    done = subprocess.run(command, env=environment(wechat), capture_output=True, text=True, timeout=120, check=True)
    assert f"{PEOPLE + 1} followers" in done.stdout
    assert int(done.stderr.split()[-1]) < MOST_MEMORY_KIB


def test_postgresql_holds_everybody_after_a_kill_and_a_password_is_nowhere(wechat: Running):
    wechat.world.crowd(3000)
    with PostgresServer() as server:
        to = server.url.replace(f":{PASSWORD}", "")
        done = export(wechat, to, "--max-calls", "17", PGPASSWORD=PASSWORD)
        assert done.returncode == 4
        killed(wechat, to, after_batches=24, by=signal.SIGKILL, PGPASSWORD=PASSWORD)
        assert export(wechat, to, PGPASSWORD=PASSWORD).returncode == 0
        with server.admin() as connection:
            openids = {openid for (openid,) in connection.execute("SELECT openid FROM wxauth_followers")}
        refused = export(wechat, server.url.replace(PASSWORD, "wrong-5a4db0"))
    assert openids == followers(wechat)
    assert refused.returncode == 2
    assert "wrong-5a4db0" not in refused.stderr


async def test_it_runs_at_the_bound_of_a_daily_quota(tmp_path: Path):
    """12,000 people at 50 calls of each kind a day: 121 batches take three days, each used to the last call."""
    world = World(clock=Clock(at=EVENING, frozen=True), switches=Switches(api_daily_quota=50))
    with running(Worlds(world)) as wechat:
        world.crowd(11_999)
        said: list[str] = []

        async def rest(seconds: float) -> None:
            world.clock.advance(seconds=seconds)

        account = OfficialAccount(appid=world.account.appid, secret=world.account.secret)
        pace = Pace(Brake(), now=world.clock.now, say=said.append, rest=rest)
        async with AsyncWeChat(account, endpoints=Endpoints.sandbox(wechat.url)) as client:
            tally = await exported(client, place_at(str(tmp_path / "users.jsonl")), pace=pace, parallel=PARALLEL)
        counted = [entry for entry in world.journal.entries(operation=BATCH) if entry.errcode != DAILY_QUOTA]
    days = Counter(datetime.fromtimestamp(entry.at, CHINA).date() for entry in counted)
    assert tally.exported == tally.seen == 12_000
    assert list(days.values())[:2] == [50, 50]
    assert len(days) == 3
    assert len(said) == 2
    assert sum(not entry.refused for entry in counted) == 120


def test_people_read_how_many_have_a_unionid(wechat: Running, tmp_path: Path):
    wechat.world.bind(wechat.world.account.appid, bound=False)
    command = ["followers", "export", "--to", str(tmp_path / "users.jsonl"), "--sandbox", wechat.url]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 0
    assert "1 followers   关注者\n  0 with unionid   有 unionid\n  1 without unionid   无 unionid\n" in result.stdout
    assert "公众号未绑定开放平台账号" in result.stdout


def test_a_crowd_that_the_command_line_lets_come_is_exported(wechat: Running, tmp_path: Path):
    came = CliRunner().invoke(main, ["sandbox", "users", "crowd", "250", "--url", wechat.url, "--json"])
    assert json.loads(came.stdout) == {"count": 250, "people": 254}
    assert json.loads(export(wechat, str(tmp_path / "users.jsonl")).stdout)["exported"] == 251


def test_a_wrong_secret_is_told_at_once(wechat: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    command = ["followers", "export", "--to", str(tmp_path / "users.jsonl"), "--appid", "wx5a4db00000000001"]
    monkeypatch.setenv("WXAUTH_SECRET", "f" * 32)
    refused = CliRunner().invoke(main, [*command, "--sandbox", wechat.url])
    assert refused.exit_code == 1
    assert "40125" in refused.stderr
