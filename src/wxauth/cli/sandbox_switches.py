"""`wxauth sandbox switches`: how a world behaves where WeChat's own behaviour is unsure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from wxauth.cli.lazy_commands import Defaulting
from wxauth.cli.sandbox_remote import Shown, remote

if TYPE_CHECKING:
    from wxauth.sandbox.control.client import SandboxClient
    from wxauth.sandbox.control.switch_values import Switch, SwitchValue


@click.group("switches", cls=Defaulting)
def sandbox_switches() -> None:
    """List what is open about WeChat, and flip it.

    列出微信行为中尚无定论之处，并可切换。

    \b
    Examples:
      wxauth sandbox switches
      wxauth sandbox switches show double_request
      wxauth sandbox switches flip double_request true
    """  # noqa: D301  click's mark for lines to keep


@sandbox_switches.command("list")
@click.option("--flipped", is_flag=True, help="Only those that do not stand as usual. 仅列出已切换的")
@remote
def _list(client: SandboxClient, *, flipped: bool) -> Shown:
    """List the switches and how they stand (列出)."""
    found = [switch for switch in client.switches() if not flipped or switch.value != switch.default]
    return Shown(value=found, lines=[_line(switch) for switch in found] or ["all stand as usual   均为默认"])


@sandbox_switches.command("show")
@click.argument("name")
@remote
def _show(client: SandboxClient, *, name: str) -> Shown:
    """Say what the switch NAME is about, and who says so (说明)."""
    switch = next((switch for switch in client.switches() if switch.name == name), None)
    if switch is None:
        raise ValueError(f"no switch is called {name!r}; wxauth sandbox switches lists them")
    return Shown(value=switch, lines=[_line(switch), f"  {switch.about}"])


@sandbox_switches.command("flip")
@click.argument("name")
@click.argument("value")
@remote
def _flip(client: SandboxClient, *, name: str, value: str) -> Shown:
    """Let the switch NAME stand at VALUE, until the world is reset (切换).

    VALUE is true, false, a number, a word, or JSON.
    """
    switch = client.flip(name, _read(value))
    return Shown(value=switch, lines=[_line(switch)])


def _read(text: str) -> SwitchValue:
    """A value as it is typed: JSON, and what is no JSON is a word."""
    try:
        value: SwitchValue = json.loads(text)
    except ValueError:
        return text
    return value


def _line(switch: Switch) -> str:
    usual = "" if switch.value == switch.default else f"  (usually 默认 {_typed(switch.default)})"
    choices = f"  [{' | '.join(switch.choices)}]" if switch.choices else ""
    return f"{switch.name}: {_typed(switch.value)}{choices}{usual}"


def _typed(value: SwitchValue) -> str:
    """A value as one would type it."""
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
