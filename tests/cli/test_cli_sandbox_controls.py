"""The commands that control a running sandbox: what they do, show and refuse."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from wxauth.cli.main import main
from wxauth.cli.sandbox import CONTROLS, sandbox
from wxauth.sandbox.accounts import numbered_account
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.serve import Running, running
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

NOON = 1_795_000_000
FIRST = "wx5a4db000000000a1"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
Run = Callable[..., Result]


@pytest.fixture
def started() -> Iterator[Running]:
    with running(Worlds(World(accounts=[numbered_account(0xA1)], clock=Clock(at=NOON, frozen=True)))) as started:
        yield started


@pytest.fixture
def run(started: Running, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("WXAUTH_SANDBOX_URL", started.url)
    return lambda *arguments: CliRunner().invoke(main, ["sandbox", *arguments])


def ok(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.output


def leaves(command: click.Command, *path: str) -> Iterator[tuple[str, ...]]:
    """The words that lead to each command which does something."""
    if not isinstance(command, click.Group):
        yield path
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from leaves(found, *path, name)


LEAVES = list(leaves(sandbox))


def test_status_says_who_answers(run, started):
    lines = ok(run("status")).splitlines()
    assert started.url in lines[0]
    assert f"process {os.getpid()}" in lines[1]
    assert FIRST in lines[2]
    assert "2026-11-18T11:06:40Z (stopped 已暂停)" in lines[2]


def test_users_are_listed_added_followed_unfollowed_and_removed(run, started):
    world = started.world
    assert [line.split()[1] for line in ok(run("users")).splitlines()] == ["安", "波", "小明", "José"]
    assert ok(run("users", "--json")) == ok(run("users", "list", "--json"))
    added = json.loads(ok(run("users", "add", "小红", "--nickname", "红🌸", "--no-avatar", "--follows", "--json")))
    assert (added["nickname"], added["avatar"], added["follows"]) == ("红🌸", None, [FIRST])
    assert ok(run("users", "unfollow", "小红")) == f"{added['openid']}  小红 · 红🌸  (no avatar 无头像)\n"
    assert FIRST in ok(run("users", "follow", added["openid"], "--account", FIRST))
    assert world.find_person("小红") is not None
    ok(run("users", "remove", "小红"))
    assert world.find_person("小红") is None


def test_an_account_is_added_with_a_world_of_its_own_and_removed_with_it(run, started):
    account = json.loads(
        ok(run("accounts", "add", "--name", "测", "--kind", "test", "--domain", "192.0.2.1:1", "--json"))
    )
    assert (account["name"], account["kind"], account["callback_domains"]) == ("测", "test", ["192.0.2.1:1"])
    world = started.worlds.of_appid(account["appid"])
    assert world is not started.world
    joined = ok(run("accounts", "add", "--world", account["appid"], "--unbound"))
    assert "no unionid 无 unionid" in joined
    assert f"in the world of 所在世界 {account['appid']}" in joined
    assert len(world.accounts) == 2
    assert len(json.loads(ok(run("accounts", "--json")))) == 3
    ok(run("accounts", "remove", account["appid"]))
    assert started.worlds.of_appid(account["appid"]) is None


@pytest.mark.parametrize("kind", ["service", "test", "website", "miniprogram", "wecom"])
def test_accounts_of_all_these_kinds_can_be_made(run, kind):
    assert json.loads(ok(run("accounts", "add", "--kind", kind, "--allow-ip", "192.0.2.1", "--json")))["kind"] == kind


def test_a_person_is_made_and_changed_as_wished(run, started):
    wishes = ("--phone", "13900000001", "--blocked", "--snapshot", "--userid", "hong", "--outsider")
    assert "(blocked 高风险, snapshot page 快照页)" in ok(run("users", "add", "小红", *wishes))
    contrary = ("--unblocked", "--no-snapshot", "--member", "--nickname", "红", "--phone", "13900000002")
    told = json.loads(ok(run("users", "change", "小红", *contrary, "--json")))
    assert (told["nickname"], told["phone"], told["userid"]) == ("红", "13900000002", "hong")
    assert not told["blocked"] | told["snapshot"]
    assert json.loads(ok(run("users", "change", "小红", "--json"))) == told


def test_an_account_is_unbound_bound_and_given_other_domains(run, started):
    assert "no unionid" in ok(run("accounts", "unbind", FIRST))
    assert not started.world.account.bound
    assert "no unionid" not in ok(run("accounts", "bind", FIRST))
    assert "callbacks 回调域名 a.example" in ok(run("accounts", "domains", FIRST, "a.example"))
    assert "callbacks 回调域名 -" in ok(run("accounts", "domains", FIRST))


def test_a_code_is_given_out_that_can_be_exchanged(run, started):
    code = ok(run("code", "Ann", "--scope", "snsapi_userinfo", "--snapshot")).strip()
    assert started.world.redeem(appid=FIRST, code=code).snapshot
    assert "no mini program" in run("code", "Ann", "--phone").output
    assert "snsapi_base, snsapi_userinfo" in run("code", "Ann", "--scope", "snsapi_login").output


def test_the_clock_is_shown_moved_stopped_and_resumed(run, started):
    assert json.loads(ok(run("clock", "--json"))) == {"unix": NOON, "utc": "2026-11-18T11:06:40Z", "frozen": True}
    ok(run("clock", "advance", "--minutes", "6", "--seconds", "0.5", "--hours", "1", "--days", "1"))
    assert started.world.clock.now() == NOON + 86400 + 3600 + 360.5
    assert ok(run("clock", "set", "2026-01-01T08:00:00+08:00")) == "2026-01-01T00:00:00Z (stopped 已暂停)\n"
    ok(run("clock", "set", "5.5"))
    assert started.world.clock.now() == 5.5
    ok(run("clock", "resume"))
    assert not started.world.clock.frozen
    ok(run("clock", "freeze"))
    assert started.world.clock.frozen


def test_a_time_without_a_zone_is_refused_with_one_that_is_taken(run, started):
    said = run("clock", "set", "2026-01-01").stderr
    assert "'2026-01-01' has no time zone; 2026-01-01T00:00:00Z is UTC" in said
    ok(run("clock", "set", "2026-01-01T00:00:00Z"))


def test_the_journal_is_listed_counted_and_waited_for(run, started):
    assert ok(run("journal")) == "nothing yet   暂无记录\n"
    world = started.world
    world.journal.record("sns/auth", [("openid", world.openid(world.person("波")))], at=NOON, answer="ok")
    world.issue_code(world.person("安"))
    assert ok(run("journal")).startswith("   1  2026-11-18 11:06:40  sns/auth: ok\n      openid=o")
    assert ok(run("journal", "count", "--person", "Bo", "--answered")) == "1\n"
    assert json.loads(ok(run("journal", "count", "--refused", "--after", "0", "--json"))) == {"count": 0}
    assert json.loads(ok(run("journal", "wait-for", "--operation", "sns/auth", "--json")))[0]["number"] == 1
    assert len(json.loads(ok(run("journal", "list", "--limit", "1", "--json")))) == 1
    assert ok(run("journal", "lint")).endswith("unnamed  (1)\n  nothing to say   没有发现问题\n")
    world.journal.record("sns/auth", [], at=NOON, answer="no", refused=True, errcode=41001, client="curl")
    report = ok(run("journal", "lint"))
    assert "  curl  (1)\n  refused  call-malformed  x 1, as in 2\n" in report
    assert json.loads(ok(run("journal", "lint", "--json")))[1]["findings"][0]["example"]["number"] == 2
    in_vain = run("journal", "wait-for", "--count", "3", "--timeout", "0")
    assert in_vain.exit_code == 1
    assert "2 of 3 exchanges" in in_vain.stderr


def test_faults_are_set_listed_and_cleared(run, started):
    assert "没有故障" in ok(run("fault"))
    ok(run("fault", "add", "token", "-1", "--times", "3"))
    slow = ("--seconds", "1", "--jitter-seconds", "2", "--chance", "0.5", "--seed", "7", "--nth", "2", "--always")
    line = ok(run("fault", "add", "*", "slow", *slow, "--person", "Ann", "--account", FIRST))
    assert line == f"  2  *: slow  (always 一直, chance 概率 0.5, from call 从第 2 次, {FIRST}, 安, 1 s + 2 s)\n"
    first, second = started.world.faults.active()
    assert (first.code, first.times) == (-1, 3)
    assert (second.seed, second.person) == (7, "安")
    ok(run("fault", "preset", "wechat-down"))
    assert len(ok(run("fault", "list")).splitlines()) == 3
    assert "code-replayed" in ok(run("fault", "presets"))
    assert ok(run("fault", "clear", "2")) == "cleared 已清除 1\n"
    assert ok(run("fault", "clear")) == "cleared 已清除 2\n"
    assert started.world.faults.active() == ()


def test_who_comes_next_and_what_they_decide_is_said_and_listed(run, started):
    assert "nobody is said to come" in ok(run("next"))
    ok(run("next", "person", "Bo"))
    assert "1  波" in ok(run("next", "list"))
    ok(run("next", "person", "Ann", "--scene", "menu", "--service", "snapshot", "--nickname", "安安"))
    started.world.next.take_person()
    coming = started.world.next.take_person()
    assert (coming.name, coming.scene, coming.service, coming.nickname) == ("安", "menu", "snapshot", "安安")
    ok(run("next", "person", "Bo"))
    told = json.loads(ok(run("next", "decision", "refuse", "--json")))
    assert told == {"people": ["波"], "decisions": ["refuse"]}
    assert started.world.next.people() == ("波",)
    assert "1  refuse" in ok(run("next"))


def test_reset_leads_back_to_the_first_state(run, started):
    ok(run("clock", "resume"))
    ok(run("users", "remove", "Ann"))
    ok(run("reset"))
    assert started.world.clock.frozen
    assert len(started.world.people) == 4


def test_another_world_is_named_by_its_appid(run, started):
    other = started.worlds.add(World(accounts=[numbered_account(0xA2)]))
    ok(run("users", "remove", "Ann", "--world", other.account.appid))
    assert (len(other.people), len(started.world.people)) == (3, 4)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("users", "remove", "nobody"), 1, "there are: 安, 波, 小明, José"),
        (("users", "add", "安"), 1, "choose another name"),
        (("users", "add", ""), 2, "1 to 64 characters"),
        (("users", "add", "x", "--phone", "110"), 1, "11 digits"),
        (("users", "change", "nobody", "--blocked"), 1, "there are: 安, 波, 小明, José"),
        (("accounts", "bind", "wx5a4db000000000a2"), 1, f"did you mean {FIRST}?"),
        (("accounts", "domains", FIRST, "https://x"), 1, "bare domain"),
        (("next", "person", "nobody"), 1, "there are: 安, 波, 小明, José"),
        (("next", "decision", "wait"), 2, "'allow', 'refuse'"),
        (("clock", "advance"), 2, "say how far"),
        (("clock", "set", "tomorrow"), 2, "2026-01-01T00:00:00Z"),
        (("clock", "set", "2026-01-01T00:00:00"), 2, "2026-01-01T00:00:00Z is UTC"),
        (("clock", "set", "1" * 400), 2, "no time"),
        (("fault", "add", "tokn", "reset"), 1, "did you mean 'token'?"),
        (("reset", "--world", "wx5a4db000000000a2"), 1, f"did you mean {FIRST}?"),
        (("status", "--url", "127.0.0.1"), 2, "address of a sandbox"),
        (("status", "--url", "http://127.0.0.1:1"), 1, "start one with wxauth sandbox"),
        (("--port", "0", "status"), 2, "wxauth sandbox status --help"),
        (("--json", "users"), 2, "wxauth sandbox users --help"),
        (("stauts",), 2, "No such command 'stauts'"),
    ],
)
def test_what_cannot_be_done_is_one_clear_error(run, arguments, status, said):
    result = run(*arguments)
    assert result.exit_code == status, result.output
    assert said in result.stderr
    assert "Error: " in result.stderr
    assert "Traceback" not in result.output


def test_help_lists_every_command_with_what_it_does():
    result = CliRunner().invoke(sandbox, ["--help"])
    for name, line in CONTROLS.items():
        assert re.search(rf"^  {name} +{re.escape(line)}$", result.output, re.MULTILINE)


def test_every_module_of_a_command_is_in_the_table():
    folder = Path(sys.modules["wxauth.cli.main"].__file__ or "").parent
    assert {path.stem.removeprefix("sandbox_") for path in folder.glob("sandbox_*.py")} - {"remote", "seed"} == set(
        CONTROLS
    )


@pytest.mark.parametrize("name", CONTROLS)
def test_every_command_explains_itself_with_an_example_and_in_chinese(name):
    result = CliRunner().invoke(main, ["sandbox", name, "--help"])
    assert result.exit_code == 0
    assert re.search(rf"Examples:\n +wxauth sandbox {name}", result.output)
    assert CHINESE.search(result.output)


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_every_command_takes_url_world_and_json_and_describes_itself_in_both_languages(path):
    result = CliRunner().invoke(main, ["sandbox", *path, "--help"])
    assert result.exit_code == 0
    assert CHINESE.search(result.output)
    if path not in (("exec",), ("init",)):
        assert all(f" {option} " in result.output for option in ("--url", "--world", "--json"))


def test_help_imports_neither_the_sandbox_nor_its_commands():
    code = (
        "import sys\n"
        "from wxauth.cli.main import main\n"
        "main(['sandbox', '--help'], standalone_mode=False)\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    imported = set(done.stderr.split())
    assert "wxauth.cli.sandbox" in imported
    assert not imported & {
        "asyncio",
        "msgspec",
        "starlette",
        "uvicorn",
        "wxauth.sandbox.world",
        "wxauth.cli.sandbox_exec",
    }


def test_controlling_needs_no_server(started):
    """The client is light: what serves is not loaded."""
    code = (
        "import sys\n"
        "from wxauth.cli.main import main\n"
        f"main(['sandbox', 'clock', '--url', {started.url!r}], standalone_mode=False)\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert not set(done.stderr.split()) & {"uvicorn", "starlette", "jinja2"}
