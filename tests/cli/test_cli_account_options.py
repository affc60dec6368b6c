"""Which account a command acts for: from variables, a file of accounts, a sandbox; the secret never as an option."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from wxauth.account import MobileApp, OfficialAccount, ThirdPartyPlatform, WebsiteApp, WeComApp
from wxauth.cli.account_options import Acting, Kind
from wxauth.cli.main import COMMANDS, main
from wxauth.errors import UsageError
from wxauth.protocol.message import Endpoints

SANDBOX = "http://127.0.0.1:8911"
APPID, SECRET = "wx0123456789abcdef", "0123456789abcdef0123456789abcdef"
WEBSITE = "wxfedcba9876543210"
FILE = f"""
[[official_account]]
appid = "{APPID}"
secret = "{SECRET}"

[[website]]
appid = "{WEBSITE}"
secret = "{SECRET}"
"""


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WXAUTH_APPID", "WXAUTH_SECRET", "WXAUTH_ACCOUNTS", "WXAUTH_SANDBOX_URL"):
        monkeypatch.delenv(name, raising=False)


def acting(
    *,
    appid: str | None = None,
    kind: Kind = "official_account",
    accounts_file: Path | None = None,
    secret_file: Path | None = None,
    agentid: int | None = None,
    sandbox: bool = False,
) -> Acting:
    return Acting(
        appid=appid,
        kind=kind,
        accounts_file=accounts_file,
        secret_file=secret_file,
        agentid=agentid,
        endpoints=Endpoints.sandbox(SANDBOX) if sandbox else Endpoints(),
        is_sandbox=sandbox,
    )


def url(*arguments: str, env: Mapping[str, str] | None = None) -> Result:
    return CliRunner().invoke(main, ["url", *arguments], env=env)


def test_no_command_takes_a_secret_as_an_option():
    """What stands on a command line, other users of the machine can see."""

    def options(command: click.Command) -> set[str]:
        own = {option for parameter in command.params for option in parameter.opts}
        if isinstance(command, click.Group):
            context = click.Context(command)
            names = command.list_commands(context)
            return own.union(*(options(found) for name in names if (found := command.get_command(context, name))))
        return own

    taken = options(main)
    assert {"--secret-file", "--appid"} <= taken
    assert len(COMMANDS) > 8
    assert not {"--secret", "--token", "--access-token", "--refresh-token"} & taken


def test_the_secret_comes_from_the_variable(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WXAUTH_SECRET", SECRET)
    assert acting(appid=APPID).account(OfficialAccount) == OfficialAccount(appid=APPID, secret=SECRET)


def test_the_file_of_the_secret_comes_before_the_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("WXAUTH_SECRET", "f" * 32)
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    assert acting(appid=APPID, secret_file=file).account(OfficialAccount).secret == SECRET


def test_the_file_of_accounts_knows_the_secret_and_the_first_of_a_kind_is_meant(tmp_path: Path):
    file = tmp_path / "accounts.toml"
    file.write_text(FILE)
    assert acting(accounts_file=file).account(OfficialAccount).appid == APPID
    assert acting(accounts_file=file, kind="website").any_account() == WebsiteApp(appid=WEBSITE, secret=SECRET)


def test_an_appid_that_the_file_does_not_know_is_refused_with_those_it_knows(tmp_path: Path):
    file = tmp_path / "accounts.toml"
    file.write_text(FILE)
    with pytest.raises(UsageError, match=f"no {WEBSITE} of kind OfficialAccount; of that kind: {APPID}"):
        acting(accounts_file=file, appid=WEBSITE).account(OfficialAccount)


def test_without_an_account_that_of_the_sandbox_is_meant():
    assert acting(sandbox=True).account(OfficialAccount).appid == "wx5a4db00000000001"
    corp = acting(sandbox=True, kind="wecom").any_account()
    assert isinstance(corp, WeComApp)
    assert (corp.corpid, corp.agentid) == ("ww5a4db00000000006", 1000002)


def test_a_kind_that_no_sandbox_has_of_its_own_has_to_be_named():
    with pytest.raises(UsageError, match="no MobileApp of its own: say --appid"):
        acting(sandbox=True, kind="mobile").account(MobileApp)


def test_a_secret_that_is_nowhere_is_not_waited_for_when_nobody_is_there():
    with pytest.raises(UsageError, match="set WXAUTH_SECRET, or say --secret-file or --accounts"):
        acting(appid=APPID).account(OfficialAccount)


def test_somebody_at_a_terminal_is_asked_and_what_they_type_is_not_shown(monkeypatch: pytest.MonkeyPatch):
    asked: list[tuple[str, object]] = []

    def prompt(text: str, *, hide_input: bool, err: bool) -> str:
        asked.append((text, hide_input and err))
        return f" {SECRET} "

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr(click, "prompt", prompt)
    assert acting(appid=APPID).account(OfficialAccount).secret == SECRET
    assert asked == [(f"Secret of {APPID} 密钥", True)]


def test_without_any_account_the_command_says_how_to_name_one():
    result = url("authorize", "https://www.example.com/auth")
    assert result.exit_code == 2
    assert "Set WXAUTH_APPID, or say --appid; for a trial say --sandbox URL" in result.stderr


def test_an_account_of_the_sandbox_is_not_taken_to_wechat():
    result = url("authorize", "https://www.example.com/auth", "--appid", "wx5a4db00000000001")
    assert result.exit_code == 2
    assert "lives in the sandbox only" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "starts"),
    [
        (["authorize"], f"https://open.weixin.qq.com/connect/oauth2/authorize?appid={APPID}&"),
        (["qrconnect"], f"https://open.weixin.qq.com/connect/qrconnect?appid={APPID}&"),
        (["platform", "--for", WEBSITE], f"https://open.weixin.qq.com/connect/oauth2/authorize?appid={WEBSITE}&"),
    ],
)
def test_a_link_needs_no_secret_and_carries_the_state_that_json_tells(arguments: list[str], starts: str):
    result = url(*arguments, "https://www.example.com/auth", "--appid", APPID, "--json")
    told = json.loads(result.stdout)
    assert told["url"].startswith(starts)
    assert f"&state={told['state']}" in told["url"]
    assert len(told["state"]) == 32


def test_links_of_wecom_are_for_its_browser_or_for_desktops():
    name = ("https://www.example.com/auth", "--appid", "ww0123456789abcdef", "--agentid", "1000002")
    assert url("wecom", *name).stdout.startswith("https://open.weixin.qq.com/connect/oauth2/authorize?")
    assert url("wecom", *name, "--desktop").stdout.startswith("https://login.work.weixin.qq.com/wwlogin/sso/login?")


def test_every_state_is_another():
    states = {url("authorize", "https://a.example.com/", "--appid", APPID, "--json").stdout for _ in range(5)}
    assert len(states) == 5


def test_a_file_of_accounts_serves_where_no_secret_is_needed_and_a_sandbox_too(tmp_path: Path):
    file = tmp_path / "accounts.toml"
    file.write_text(FILE)
    assert acting(accounts_file=file).named(WebsiteApp).appid == WEBSITE
    assert acting(sandbox=True).named(WebsiteApp).appid == "wx5a4db00000000002"


def test_a_secret_file_that_is_no_text_is_refused_by_its_name(tmp_path: Path):
    file = tmp_path / "secret"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="secret cannot be read as a file that holds a secret"):
        acting(appid=APPID, secret_file=file).account(OfficialAccount)


def test_an_app_of_wecom_and_a_platform_need_more_than_a_secret(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WXAUTH_SECRET", SECRET)
    with pytest.raises(UsageError, match="Say --agentid"):
        acting(appid="ww0123456789abcdef").account(WeComApp)
    with pytest.raises(UsageError, match="several secrets: put it into a file and say --accounts"):
        acting(appid=APPID).account(ThirdPartyPlatform)
