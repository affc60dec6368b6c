"""Worlds that are kept: seed files, snapshots, exports and imports from the command line; and the sandbox that runs."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest
from click.testing import CliRunner

from wxauth.cli.main import main
from wxauth.sandbox.accounts import numbered_account
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.locator import announced
from wxauth.sandbox.serve import running
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

NOON = 1_795_000_000


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.setenv("WXAUTH_SANDBOX_STATE", str(tmp_path / "state"))
    monkeypatch.delenv("WXAUTH_SANDBOX_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def started():
    world = World(accounts=[numbered_account(0xA1)], clock=Clock(at=NOON, frozen=True))
    with running(Worlds(world)) as started, announced(started, version="1"):
        yield started


def run(*arguments, **given):
    return CliRunner().invoke(main, ["sandbox", *arguments], **given)


def ok(result):
    assert result.exit_code == 0, result.output
    return result.output


def test_a_world_goes_back_to_a_snapshot(started):
    assert "no snapshots" in ok(run("snapshot"))
    assert ok(run("snapshot", "before")) == "before\n"
    started.world.clock.advance(hours=1)
    assert "2026-11-18T11:06:40Z" in ok(run("restore", "before"))
    assert started.world.clock.now() == NOON
    assert ok(run("snapshot", "--json")) == '["before"]\n'
    ok(run("snapshot", "before", "--forget"))
    assert "there are: none" in run("restore", "before").output
    assert run("snapshot", "--forget").exit_code == 2


def test_an_export_is_a_file_that_another_world_becomes(started, here):
    started.world.people = started.world.people[:1]
    assert "world.json" in ok(run("export", "world.json"))
    assert (here / "world.json").read_text(encoding="utf-8") == started.world.export().text
    assert ok(run("export", "-")) == started.world.export().text
    assert json.loads(ok(run("export", "-", "--json"))) == json.loads(started.world.export().text)
    started.worlds.reset(started.world)
    assert len(started.world.people) == 4
    assert "wx5a4db000000000a1" in ok(run("import", "world.json"))
    assert len(started.world.people) == 1
    ok(run("import", "-", input=(here / "world.json").read_bytes()))


def test_a_file_that_is_not_understood_is_named_and_changes_nothing(started, here):
    before = started.world.export()
    (here / "broken.json").write_text("{", encoding="utf-8")
    document = json.loads(before.text)
    document["world"]["switches"]["double_requests"] = True
    (here / "newer.json").write_text(json.dumps(document), encoding="utf-8")
    broken, newer, none = (run("import", name) for name in ("broken.json", "newer.json", "none.json"))
    assert (broken.exit_code, newer.exit_code, none.exit_code) == (1, 1, 1)
    assert "broken.json: an exported world is JSON" in broken.output
    assert "did you mean double_request?" in newer.output
    assert "cannot read none.json" in none.output
    assert "cannot write" in run("export", "none/world.json").output
    assert started.world.export() == before


def test_the_sandbox_that_runs_is_found_without_its_address(started):
    assert started.url in ok(run("status"))


def test_of_several_sandboxes_one_has_to_be_named(started):
    with running() as other, announced(other, version="1"):
        refused = run("status")
        assert refused.exit_code == 2
        assert f"--url {started.url}" in refused.output
        assert f"--url {other.url}" in refused.output
        assert other.url in ok(run("status", "--url", other.url))


def test_without_any_the_usual_address_is_asked():
    assert "127.0.0.1:8911" in run("status").output


def test_init_writes_a_file_once(here):
    assert "wxauth.sandbox.toml; start with: wxauth sandbox" in ok(run("init"))
    first = (here / "wxauth.sandbox.toml").read_text(encoding="utf-8")
    assert "[[people]]" in first
    (here / "wxauth.sandbox.toml").write_text("mine")
    refused = run("init")
    assert (refused.exit_code, (here / "wxauth.sandbox.toml").read_text()) == (1, "mine")
    assert "--force" in refused.output
    ok(run("init", "--force"))
    assert (here / "wxauth.sandbox.toml").read_text(encoding="utf-8") == first
    assert "wxauth sandbox --seed shop.toml" in ok(run("init", "shop.toml"))
    assert "cannot write" in run("init", "none/shop.toml").output


PRINT = "import os; print(os.environ['WXAUTH_APPID'])"


def test_exec_starts_the_world_of_the_file_in_the_directory_or_of_the_one_that_is_named(here):
    command = [sys.executable, "-m", "wxauth", "sandbox", "exec"]
    for name, digit in (("wxauth.sandbox.toml", "7"), ("other.toml", "8")):
        (here / name).write_text(f'[[accounts]]\nappid = "wx5a4db0000000000{digit}"\n', encoding="utf-8")
    for options, digit in (([], "7"), (["--seed", "other.toml"], "8")):
        done = subprocess.run(
            [*command, *options, "--", sys.executable, "-c", PRINT], capture_output=True, text=True, check=True
        )
        assert done.stdout == f"wx5a4db0000000000{digit}\n"


def test_a_seed_file_that_cannot_be_used_starts_nothing(here):
    (here / "wxauth.sandbox.toml").write_text("[clock]\nfrozn = true\n", encoding="utf-8")
    refused = run("--port", "0")
    assert refused.exit_code == 2
    assert "wxauth.sandbox.toml: clock: 'frozn' is unknown; did you mean frozen?" in refused.output
    assert "cannot read none.toml" in run("--seed", "none.toml").output


def test_a_sandbox_says_whose_world_it_has_is_found_and_leaves_nothing_behind(here):
    ok(run("init"))
    command = [sys.executable, "-m", "wxauth", "sandbox", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first, second = process.stdout.readline(), process.stdout.readline()
        url = first.split()[5]
        assert second.startswith("Its world is that of wxauth.sandbox.toml.")
        assert url in ok(run("status"))
        assert "安 Ann" in ok(run("users"))
        process.send_signal(signal.SIGINT)
        process.communicate()
    assert process.returncode == 0
    assert not [*(here / "state").iterdir()]
