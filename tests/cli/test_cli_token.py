"""`wxauth token` and `userinfo`: grants as files, tokens hidden from eyes, exit statuses that tell what happened."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from wxauth.cli.main import main
from wxauth.sandbox.serve import Running, running


@pytest.fixture(scope="module")
def wechat() -> Iterator[Running]:
    with running() as started:
        yield started


@pytest.fixture
def run(wechat: Running, monkeypatch: pytest.MonkeyPatch):
    for name in ("WXAUTH_APPID", "WXAUTH_SECRET", "WXAUTH_ACCOUNTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WXAUTH_SANDBOX_URL", wechat.url)
    return lambda *arguments, stdin="": CliRunner().invoke(main, arguments, input=stdin)


@pytest.fixture
def code(wechat: Running) -> str:
    return wechat.world.issue_code(wechat.world.person("小明"), scope="snsapi_userinfo")


def test_a_code_becomes_a_grant_that_other_commands_read_from_the_standard_input(run, wechat: Running, code: str):
    grant: Result = run("token", "exchange", code, "--json")
    assert json.loads(grant.stdout)["openid"] == wechat.world.openid(wechat.world.person("小明"))
    profile = run("userinfo", "--json", stdin=grant.stdout)
    assert json.loads(profile.stdout)["nickname"] == "小明🎉"


def test_a_code_may_come_from_the_standard_input(run, code: str):
    assert run("token", "exchange", stdin=f"{code}\n").exit_code == 0


def test_people_see_the_beginning_of_a_token_only(run, code: str):
    """D: a token on a screen ends up in a screenshot."""
    shown = run("token", "exchange", code).stdout
    app = run("token", "app").stdout
    tokens = [run("token", "app", "--json").stdout]
    assert json.loads(tokens[0])["access_token"] not in app
    assert max(map(len, (shown + app).split())) < 40


def test_a_grant_is_refreshed_and_checked(run, tmp_path: Path, code: str):
    file = tmp_path / "grant.json"
    file.write_text(run("token", "exchange", code, "--json").stdout)
    refreshed = run("token", "refresh", str(file), "--json")
    assert json.loads(refreshed.stdout)["openid"] == json.loads(file.read_text())["openid"]
    checked = run("token", "check", "--json", stdin=refreshed.stdout)
    assert (checked.exit_code, json.loads(checked.stdout)) == (0, {"valid": True})


def test_a_dead_token_ends_the_check_with_status_1(run, code: str):
    grant = json.loads(run("token", "exchange", code, "--json").stdout) | {"access_token": "90_dead"}
    checked = run("token", "check", "--json", stdin=json.dumps(grant))
    assert (checked.exit_code, json.loads(checked.stdout)) == (1, {"valid": False})
    assert "wxauth token refresh" in checked.stderr


def test_a_code_that_is_used_is_refused_with_status_1(run, code: str):
    run("token", "exchange", code)
    again = run("token", "exchange", code)
    assert again.exit_code == 1
    assert again.stderr.startswith("Error: 40163 code been used")
    assert code not in again.stderr


def test_a_value_that_cannot_work_ends_with_status_2(run):
    assert run("token", "app", "--appid", "gh_0123456789ab").exit_code == 2
    refused = run("token", "refresh", stdin='{"access_token": "not-a-whole-grant"}')
    assert refused.exit_code == 2
    assert "not-a-whole-grant" not in refused.output


def test_a_wechat_that_nobody_reaches_ends_with_status_3(run):
    assert run("token", "app", "--sandbox", "http://127.0.0.1:1").exit_code == 3


def test_a_wechat_that_speaks_otherwise_ends_with_status_3(run, wechat: Running):
    wechat.world.faults.add("cgi-bin/stable_token", "html")
    assert run("token", "app").exit_code == 3


def test_both_kinds_of_the_accounts_token_can_be_asked_for(run):
    stable, plain = (json.loads(run("token", "app", *more, "--json").stdout) for more in ((), ("--plain",)))
    assert (stable["kind"], plain["kind"]) == ("stable_token", "token")
    assert stable["access_token"] == json.loads(run("token", "app", "--json").stdout)["access_token"]
    forced = json.loads(run("token", "app", "--force-refresh", "--json").stdout)
    assert forced["access_token"] != stable["access_token"]


def test_a_mini_program_has_a_token_of_its_own_too(run):
    told = json.loads(run("token", "app", "--kind", "mini_program", "--json").stdout)
    assert told["appid"] == "wx5a4db00000000003"
