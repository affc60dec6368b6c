"""Which account a command acts for, at which WeChat, and where its secret stands: never on the command line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from os import environ
from pathlib import Path
from typing import Any, Literal, TypeVar

import click

from wxauth.account import (
    AnyAccount,
    MiniProgram,
    OfficialAccount,
    ThirdPartyPlatform,
    WebsiteApp,
    WeComApp,
)
from wxauth.accounts import KINDS, LONGEST_SECRET_FILE, Accounts
from wxauth.cli.exit_status import Refused
from wxauth.cli.sandbox_remote import Shown, json_line
from wxauth.errors import UsageError
from wxauth.protocol.message import Endpoints

Kind = Literal["official_account", "website", "mobile", "mini_program", "third_party_platform", "wecom"]
Command = Callable[..., None]
T = TypeVar("T", bound=AnyAccount)

SANDBOX_NUMBERS: dict[type[object], int] = {OfficialAccount: 1, WebsiteApp: 2, MiniProgram: 3, WeComApp: 6}
"""Kind -> the number of the one that every sandbox has."""
SANDBOX_AGENTID = 1000002
NO_SECRET = "0" * 32
"""Stands in for the secret where none is needed: a link carries none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """What the options and variables say about the account.

    Attributes:
        appid: of the account; None when nothing says so.
        kind: of the account, for commands that take several.
        accounts_file: a TOML file of accounts.
        secret_file: a file that holds nothing but the secret.
        agentid: of an app of WeCom.
        endpoints: where WeChat is.
        is_sandbox: whether that is a sandbox.
    """

    appid: str | None
    kind: Kind
    accounts_file: Path | None
    secret_file: Path | None
    agentid: int | None
    endpoints: Endpoints
    is_sandbox: bool

    def account(self, kind: type[T]) -> T:
        """The account, with its secret; asks for the secret when it is nowhere and somebody sits at the terminal."""
        found = self._listed(kind)
        if found is not None:
            return found
        if self.is_sandbox and not self._given_secret() and self.appid in (None, _sandboxes(kind)):
            return self._made(kind, _sandboxes(kind), f"5a4db0{SANDBOX_NUMBERS.get(kind, 0):026x}")
        appid = self._appid()
        return self._made(kind, appid, self._given_secret() or _asked(appid))

    def named(self, kind: type[T]) -> T:
        """The account for what needs no secret."""
        found = self._listed(kind)
        if found is not None:
            return found
        if self.is_sandbox and self.appid is None:
            return self._made(kind, _sandboxes(kind), NO_SECRET)
        return self._made(kind, self._appid(), NO_SECRET)

    def any_account(self) -> AnyAccount:
        """The account of the kind that ``--kind`` says."""
        return self.account(KINDS[self.kind])

    def _listed(self, kind: type[T]) -> T | None:
        """The account of the file; None when there is no file, or the secret stands elsewhere."""
        if self.accounts_file is None or self._given_secret():
            return None
        listed = [one for one in Accounts.from_file(self.accounts_file) if isinstance(one, kind)]
        found = [one for one in listed if self.appid in (None, one.appid) and self._is_agent(one)]
        if not found:
            there = ", ".join(one.appid for one in listed) or "none"
            wanted = self.appid or "an account"
            raise UsageError(
                f"{self.accounts_file.name} has no {wanted[:64]} of kind {kind.__name__}; of that kind: {there}"
            )
        return found[0]

    def _is_agent(self, account: AnyAccount) -> bool:
        return not isinstance(account, WeComApp) or self.agentid in (None, account.agentid)

    def _given_secret(self) -> str | None:
        """The secret of the variable or the file; None when neither is there."""
        if self.secret_file is None:
            return environ.get("WXAUTH_SECRET") or None
        try:
            with self.secret_file.open(encoding="utf-8") as file:
                return file.read(LONGEST_SECRET_FILE).strip()
        except (OSError, UnicodeDecodeError):
            raise UsageError(f"{self.secret_file.name} cannot be read as a file that holds a secret") from None

    def _appid(self) -> str:
        if self.appid is None:
            raise UsageError("which account? Set WXAUTH_APPID, or say --appid; for a trial say --sandbox URL")
        return self.appid

    def _made(self, kind: type[T], appid: str, secret: str) -> T:
        values: dict[str, Any] = {"appid": appid, "secret": secret}
        if kind is WeComApp:
            agentid = SANDBOX_AGENTID if self.agentid is None and self.is_sandbox else self.agentid
            if agentid is None:
                raise UsageError("which app of the corp? Say --agentid")
            values = {"corpid": appid, "secret": secret, "agentid": agentid}
        if kind is ThirdPartyPlatform:
            if secret != NO_SECRET:
                raise UsageError("a third-party platform has several secrets: put it into a file and say --accounts")
            values |= {"token": "none", "encoding_aes_key": "0" * 43}
        return kind(**values)


def _sandboxes(kind: type[object]) -> str:
    """The appid that every sandbox has of this kind."""
    number = 5 if kind is ThirdPartyPlatform else SANDBOX_NUMBERS.get(kind)
    if number is None:
        raise UsageError(f"a sandbox has no {kind.__name__} of its own: say --appid")
    return f"{'ww' if kind is WeComApp else 'wx'}5a4db0{number:010x}"


def _asked(appid: str) -> str:
    if not sys.stdin.isatty():
        raise UsageError(f"the secret of {appid} is not there: set WXAUTH_SECRET, or say --secret-file or --accounts")
    secret: str = click.prompt(f"Secret of {appid} 密钥", hide_input=True, err=True)
    return secret.strip()


def acts(*kinds: Kind) -> Callable[[Callable[..., Shown]], Command]:
    """Give a command what its options say about the account, as its first argument, and show what it returns.

    Args:
        kinds: what the account may be, the usual one first; ``--kind`` chooses among several.
    """

    def given(function: Callable[..., Shown]) -> Command:
        @wraps(function)
        def shown_command(*, as_json: bool, **options: Any) -> None:
            shown = function(_acting(options, kinds[0]), **options)
            click.echo(json_line(shown.value) if as_json else "\n".join(shown.lines))
            if shown.refusal is not None:
                raise Refused(shown.refusal)

        command: Command = shown_command
        for option in reversed(_options(kinds)):
            command = option(command)
        return command

    return given


def _acting(options: dict[str, Any], usual: Kind) -> Acting:
    """Take what is about the account out of the options."""
    url: str | None = options.pop("sandbox")
    return Acting(
        appid=options.pop("appid") or None,
        kind=options.pop("kind", usual),
        accounts_file=options.pop("accounts"),
        secret_file=options.pop("secret_file"),
        agentid=options.pop("agentid", None),
        endpoints=Endpoints.sandbox(url) if url else Endpoints(),
        is_sandbox=bool(url),
    )


def _options(kinds: tuple[Kind, ...]) -> list[Callable[[Command], Command]]:
    path = click.Path(exists=True, dir_okay=False, path_type=Path)
    options: list[Callable[[Command], Command]] = [
        click.option("--appid", envvar="WXAUTH_APPID", show_envvar=True, help="Of the account. 账号的 AppID"),
        click.option("--accounts", type=path, envvar="WXAUTH_ACCOUNTS", show_envvar=True, help="TOML file. 账号文件"),
        click.option("--secret-file", type=path, help="Holds the secret; else WXAUTH_SECRET, else asked. 密钥文件"),
        click.option("--sandbox", metavar="URL", envvar="WXAUTH_SANDBOX_URL", show_envvar=True, help="沙箱地址"),
        click.option("--json", "as_json", is_flag=True, help="JSON for programs. 输出 JSON"),
    ]
    if len(kinds) > 1:
        kind = click.option("--kind", type=click.Choice(kinds), default=kinds[0], show_default=True, help="账号类型")
        options.insert(1, kind)
    if "wecom" in kinds:
        options.insert(2, click.option("--agentid", type=click.IntRange(min=1), help="Of an app of WeCom. 应用 ID"))
    return options
