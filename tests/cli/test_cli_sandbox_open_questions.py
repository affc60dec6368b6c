"""The commands about switches and the third-party platform: what they do, show and refuse."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from wxauth.cli import main as command_line
from wxauth.cli.main import main
from wxauth.sandbox.control.client import SandboxClient
from wxauth.sandbox.serve import Running, running

CLI = Path(command_line.__file__).parent
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running() as started:
        yield started


@pytest.fixture
def started(server: Running) -> Running:
    server.worlds.reset(server.world)
    return server


@pytest.fixture
def run(started: Running, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("WXAUTH_SANDBOX_URL", started.url)
    return lambda *arguments: CliRunner().invoke(main, ["sandbox", *arguments])


def ok(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.output


def test_the_switches_are_listed_and_those_that_were_flipped_alone(run):
    assert "double_request: false\n" in ok(run("switches"))
    assert "state_too_long: error_page  [error_page | accepted]\n" in ok(run("switches", "list"))
    assert "all stand as usual" in ok(run("switches", "list", "--flipped"))
    ok(run("switches", "flip", "double_request", "true"))
    assert ok(run("switches", "list", "--flipped")) == "double_request: true  (usually 默认 false)\n"


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("double_request", "true", True),
        ("qr_expire_seconds", "12", 12),
        ("state_too_long", "accepted", "accepted"),
        ("snapshot_nickname", "某人", "某人"),
        ("wecom_private_fields", '["email"]', ("email",)),
        ("sns_exchange_rate_per_minute", "null", None),
    ],
)
def test_a_switch_is_flipped_as_it_is_typed(run, started, name, typed, value):
    assert json.loads(ok(run("switches", "flip", name, typed, "--json")))["name"] == name
    assert getattr(started.world.switches, name) == value


def test_a_switch_says_what_it_is_about(run):
    assert "about 20 ms apart" in ok(run("switches", "show", "double_request"))
    refused = run("switches", "show", "double_requests")
    assert refused.exit_code == 2
    assert "lists them" in refused.output


def test_a_switch_that_is_none_or_a_value_that_does_not_fit_is_one_clear_error(run, started):
    unknown = run("switches", "flip", "double_requests", "true")
    assert unknown.exit_code == 1
    assert "did you mean double_request?" in unknown.output
    unfit = run("switches", "flip", "double_request", "perhaps")
    assert unfit.exit_code == 1
    assert started.world.switches.double_request is False


def test_the_platform_is_shown_with_its_ticket_and_pushed_to_where_one_says(run, started):
    platforms = started.world.platforms
    assert f"component_verify_ticket  {platforms.ticket()}" in ok(run("platform"))
    address = "http://127.0.0.1:9/events"
    assert address in ok(run("platform", "push", address))
    assert platforms.push_url() == address
    told = json.loads(ok(run("platform", "silence", "--json")))
    assert (told["appid"], told["push_url"]) == (platforms.named().appid, None)
    assert platforms.push_url() is None
    assert run("platform", "push", "nowhere").exit_code == 1


def test_the_platform_may_act_for_an_account_until_that_is_revoked(run, started):
    first = started.world.account.appid
    assert "auth_code                queryauthcode@@@" in ok(run("platform", "authorize"))
    assert f"acts for 授权方          {first}" in ok(run("platform"))
    assert "acts for 授权方          -" in ok(run("platform", "revoke", "--account", first))
    assert "did not let" in run("platform", "revoke").output


def test_every_method_of_the_client_has_a_command():
    methods = {name for name, found in vars(SandboxClient).items() if callable(found) and not name.startswith("_")}
    commands = "".join(file.read_text(encoding="utf-8") for file in CLI.glob("sandbox_*.py"))
    told_by_an_option = {"in_world"}
    assert not [name for name in methods - told_by_an_option if f"client.{name}(" not in commands]
