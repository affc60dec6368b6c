"""Several accounts at once, by appid: from code, or from a TOML file. Nothing here is process-wide."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from typing import Self, TypeVar

from wxauth.account import (
    AnyAccount,
    MiniProgram,
    MobileApp,
    OfficialAccount,
    ThirdPartyPlatform,
    WebsiteApp,
    WeComApp,
)
from wxauth.errors import UsageError

T = TypeVar("T", bound=AnyAccount)

KINDS: Mapping[str, type[AnyAccount]] = {
    "official_account": OfficialAccount,
    "website": WebsiteApp,
    "mobile": MobileApp,
    "mini_program": MiniProgram,
    "third_party_platform": ThirdPartyPlatform,
    "wecom": WeComApp,
}
"""Table of the file -> kind."""
HIDDEN = ("secret", "token", "encoding_aes_key")
"""What a file may leave to a variable (``_env``) or another file (``_file``)."""
LONGEST_SECRET_FILE = 4096


class Accounts:
    """The accounts of one program; an appid names one of them, corpid and agentid an app of WeCom.

    Args:
        accounts: of any kinds.

    Raises:
        UsageError: two of them have the same name.
    """

    def __init__(self, accounts: Iterable[AnyAccount] = ()) -> None:
        self._accounts: dict[str, AnyAccount] = {}
        for account in accounts:
            name = _name(account)
            if name in self._accounts:
                raise UsageError(f"{name} is there twice")
            self._accounts[name] = account

    @classmethod
    def from_file(cls, path: str | Path, environ: Mapping[str, str] | None = None) -> Self:
        """Read a TOML file of tables such as ``[[official_account]]``; docs/how-to/several-accounts.md shows one.

        Args:
            path: of the file. Paths in it are relative to its folder.
            environ: where ``secret_env = "NAME"`` looks; the environment of the process by default.

        Raises:
            UsageError: the file cannot be read, or something in it is unknown (with the name that was probably meant),
                missing or wrong. No secret is quoted.
        """
        path = Path(path)
        environ = os.environ if environ is None else environ
        return cls(_in_file(path, _tables(path), environ))

    def __iter__(self) -> Iterator[AnyAccount]:
        return iter(self._accounts.values())

    def __len__(self) -> int:
        return len(self._accounts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Accounts) and self._accounts == other._accounts

    def __hash__(self) -> int:
        return hash(frozenset(self._accounts))

    def __repr__(self) -> str:
        return f"Accounts({', '.join(self._accounts)})"

    def official_account(self, appid: str) -> OfficialAccount:
        """The official account of this appid; UsageError naming what there is, here and below."""
        return self._find(appid, OfficialAccount)

    def website(self, appid: str) -> WebsiteApp:
        """The website app of this appid."""
        return self._find(appid, WebsiteApp)

    def mobile(self, appid: str) -> MobileApp:
        """The mobile app of this appid."""
        return self._find(appid, MobileApp)

    def mini_program(self, appid: str) -> MiniProgram:
        """The mini program of this appid."""
        return self._find(appid, MiniProgram)

    def platform(self, appid: str) -> ThirdPartyPlatform:
        """The third-party platform of this component_appid."""
        return self._find(appid, ThirdPartyPlatform)

    def wecom(self, corpid: str, agentid: int) -> WeComApp:
        """The app of WeCom of this corp and agentid."""
        return self._find(f"{corpid}/{agentid}", WeComApp)

    def _find(self, name: str, kind: type[T]) -> T:
        account = self._accounts.get(name)
        if isinstance(account, kind):
            return account
        there = ", ".join(f"{known} ({type(other).__name__})" for known, other in self._accounts.items())
        what = "is not there" if account is None else f"is of kind {type(account).__name__}"
        raise UsageError(f"{name[:64]!r} {what}, not of kind {kind.__name__}; there are {there or 'no accounts'}")


def _name(account: AnyAccount) -> str:
    return f"{account.corpid}/{account.agentid}" if isinstance(account, WeComApp) else account.appid


def _tables(path: Path) -> Mapping[str, object]:
    import tomllib  # only ever needed for a file

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path.name} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        # What stands at the place of the mistake may be a secret.
        raise UsageError(f"{path.name} is not TOML in UTF-8") from None


def _in_file(path: Path, tables: Mapping[str, object], environ: Mapping[str, str]) -> Iterator[AnyAccount]:
    for table, rows in tables.items():
        kind = KINDS.get(table)
        if kind is None:
            raise UsageError(f"{path.name}: [[{table}]] is no kind of account{_meant(table, KINDS)}")
        if not isinstance(rows, list):
            raise UsageError(f"{path.name}: write [[{table}]] with two brackets")
        for number, row in enumerate(rows, 1):  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] - TOML
            where = f"{path.name}, [[{table}]] number {number}"
            if not isinstance(row, dict):
                raise UsageError(f"{where}: write a table")
            yield _account(where, kind, row, _Secrets(where, path.parent, environ))  # pyright: ignore[reportUnknownArgumentType] - TOML


class _Secrets:
    """Where the secrets of one table stand."""

    def __init__(self, where: str, folder: Path, environ: Mapping[str, str]) -> None:
        self._where, self._folder, self._environ = where, folder, environ

    def read(self, name: str, row: dict[str, object]) -> object:
        """A value that stands in the table, in a variable, or in a file of its own; None when it stands nowhere."""
        readers: dict[str, Callable[[str], object]] = {
            name: str,
            f"{name}_env": self._variable,
            f"{name}_file": self._file,
        }
        given = [key for key in readers if key in row]
        if len(given) > 1:
            raise UsageError(f"{self._where}: {' and '.join(given)} exclude each other")
        values = [(readers[key], row.pop(key)) for key in given]
        for reader, value in values:
            if not isinstance(value, str):
                raise UsageError(f"{self._where}: {given[0]} is not a text")
            return reader(value)
        return None

    def _variable(self, name: str) -> str:
        value = self._environ.get(name)
        if not value:
            raise UsageError(f"{self._where}: the variable {name} is not set")
        return value

    def _file(self, name: str) -> str:
        try:
            with (self._folder / name).open(encoding="utf-8") as file:
                return file.read(LONGEST_SECRET_FILE).strip()
        except OSError as error:
            raise UsageError(f"{self._where}: {name} cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise UsageError(f"{self._where}: {name} is not UTF-8") from None


def _account(where: str, kind: type[AnyAccount], row: dict[str, object], secrets: _Secrets) -> AnyAccount:
    types = {one.name: int if one.name == "agentid" else str for one in fields(kind)}
    row = dict(row)
    values = {name: value for name in HIDDEN if name in types and (value := secrets.read(name, row)) is not None}
    for name, value in row.items():
        if name not in types:
            raise UsageError(f"{where}: {name} is not known{_meant(name, types)}")
        if type(value) is not types[name]:
            raise UsageError(f"{where}: {name} is not a {'number' if types[name] is int else 'text'}")
        values[name] = value
    missing = types.keys() - values.keys() - {"open_platform"}
    if missing:
        raise UsageError(f"{where}: {' and '.join(sorted(missing))} is missing")
    try:
        return kind(**values)  # type: ignore[arg-type]  # their types were compared above
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from None


def _meant(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), n=1)
    return f"; did you mean {near[0]}?" if near else f"; known are {', '.join(known)}"
