"""What the commands that control a sandbox have in common: which sandbox, which world, and how the answer is shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from wxauth.sandbox.control.client import SandboxClient

DEFAULT_URL = "http://127.0.0.1:8911"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a command has to show.

    Attributes:
        value: for programs, as JSON.
        lines: for people.
        refusal: why the command ends with status 1 after that; None when all is well.
    """

    value: object
    lines: Iterable[str]
    refusal: str | None = None


def remote(function: Callable[..., Shown]) -> Callable[..., None]:
    """Give a command the client of the sandbox that its options name, and show what it returns."""

    @click.option(
        "--url",
        envvar="WXAUTH_SANDBOX_URL",
        show_envvar=True,
        show_default=f"the sandbox that runs here, else {DEFAULT_URL}",
        help="Address of the sandbox. 沙箱地址",
    )
    @click.option("--world", metavar="APPID", help="Any appid of the world that is meant. 所指的世界")
    @click.option("--json", "as_json", is_flag=True, help="JSON for programs. 输出 JSON")
    @wraps(function)
    def command(*, url: str | None, world: str | None, as_json: bool, **given: Any) -> None:
        with _explained():
            shown = function(_client(url, world), **given)
        click.echo(json_line(shown.value) if as_json else "\n".join(shown.lines))

    return command


def _client(url: str | None, world: str | None) -> SandboxClient:
    """The client of the sandbox at an address, or else of the one that runs on this machine."""
    from wxauth.sandbox.control.client import SandboxClient
    from wxauth.sandbox.locator import located

    if url:
        return SandboxClient(url, world=world)
    found = located()
    if len(found) > 1:
        each = "\n".join(f"  --url {one.url}   (process {one.pid}, wxauth {one.version})" for one in found)
        raise click.UsageError(f"{len(found)} sandboxes run here; say which:   有多个沙箱在运行，请指明：\n{each}")
    only = found[0] if found else None
    return SandboxClient(only.url if only else DEFAULT_URL, world=world, ca_pem=only.ca_pem if only else None)


@contextmanager
def _explained() -> Generator[None]:
    """Say what went wrong in one line, and in the next what to do."""
    from wxauth.sandbox.control.client import ControlError

    try:
        yield
    except ControlError as error:
        raise click.ClickException(f"{error.what}\n{error.next}") from None
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def json_line(value: object) -> str:
    """One line in ASCII, so that it survives every terminal encoding."""
    import msgspec

    return json.dumps(msgspec.to_builtins(value))
