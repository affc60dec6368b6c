"""`wxauth sandbox fault`: what shall go wrong in a world."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from wxauth.cli.lazy_commands import Defaulting
from wxauth.cli.sandbox_remote import Shown, remote

if TYPE_CHECKING:
    from wxauth.sandbox.control.client import SandboxClient
    from wxauth.sandbox.control.values import Fault


@click.group("fault", cls=Defaulting)
def sandbox_fault() -> None:
    """Let calls go wrong, by hand or by preset; list and clear what was set.

    故障注入：列出、添加、预设、清除。

    \b
    Examples:
      wxauth sandbox fault add userinfo 40001
      wxauth sandbox fault add token reset --times 3
      wxauth sandbox fault add '*' slow --seconds 3 --always --chance 0.2
      wxauth sandbox fault preset code-replayed
      wxauth sandbox fault clear
    """  # noqa: D301  click's mark for lines to keep


@sandbox_fault.command("list")
@remote
def _list(client: SandboxClient) -> Shown:
    """List the faults that can still hit (列出)."""
    faults = client.faults()
    return Shown(value=faults, lines=[_line(fault) for fault in faults] or ["no fault is set   没有故障"])


# An errcode such as -1 looks like an option to click; with this it is an argument, like any other number.
@sandbox_fault.command("add", context_settings={"ignore_unknown_options": True})
@click.argument("operation")
@click.argument("what")
@click.option("--times", type=click.IntRange(min=1), default=1, show_default=True, help="How often it hits. 次数")
@click.option("--always", is_flag=True, help="It hits until it is cleared. 一直生效")
@click.option("--chance", type=click.FloatRange(0, 1, min_open=True), default=1.0, show_default=True, help="概率")
@click.option("--seed", type=int, default=0, show_default=True, help="Other seeds, other calls. 随机种子")
@click.option("--nth", type=click.IntRange(min=1), default=1, show_default=True, help="The first call to hit. 第几次")
@click.option("--account", "appid", metavar="APPID", help="Calls of this account only. 公众号")
@click.option("--person", help="Calls about this person only. 用户")
@click.option("--seconds", type=click.FloatRange(min=0), default=0.0, help="Of a slow answer, in real time. 延迟秒数")
@click.option("--jitter-seconds", type=click.FloatRange(min=0), default=0.0, help="At most so much more. 随机附加")
@remote
def _add(
    client: SandboxClient,
    *,
    operation: str,
    what: str,
    times: int,
    always: bool,
    chance: float,
    seed: int,
    nth: int,
    appid: str | None,
    person: str | None,
    seconds: float,
    jitter_seconds: float,
) -> Shown:
    """Let OPERATION go wrong (添加).

    OPERATION is a call such as sns/userinfo or userinfo, a page (authorize, qrconnect, qr.poll), callback for the way
    back to the app, or * for every server call. WHAT is an errcode by number or name, http-502, reset, lost-answer,
    slow, html, empty, truncated, not-utf8 or wrong-content-type; for a page the number of an error page; for callback
    duplicate, state-changed, cookie-lost or code-spent.
    """
    from wxauth.sandbox.control.values import NewFault

    new = NewFault(
        operation=operation,
        what=what,
        times=None if always else times,
        chance=chance,
        seed=seed,
        nth=nth,
        appid=appid,
        person=person,
        seconds=seconds,
        jitter_seconds=jitter_seconds,
    )
    return _one(client.add_fault(new))


@sandbox_fault.command("preset")
@click.argument("name")
@remote
def _preset(client: SandboxClient, *, name: str) -> Shown:
    """Set what the NAME of a preset stands for (使用预设)."""
    return _one(client.add_preset(name))


@sandbox_fault.command("presets")
@remote
def _presets(client: SandboxClient) -> Shown:
    """List the presets (列出预设)."""
    presets = client.presets()
    width = max(len(preset.name) for preset in presets)
    lines = [f"{preset.name:<{width}}  {preset.words.en} · {preset.words.zh}" for preset in presets]
    return Shown(value=presets, lines=lines)


@sandbox_fault.command("clear")
@click.argument("number", required=False, type=int)
@remote
def _clear(client: SandboxClient, *, number: int | None) -> Shown:
    """Forget the fault of a NUMBER, or all of them (清除)."""
    faults = client.clear_faults() if number is None else (client.clear_fault(number),)
    return Shown(value=faults, lines=[f"cleared 已清除 {len(faults)}"])


def _one(fault: Fault) -> Shown:
    return Shown(value=fault, lines=[_line(fault)])


def _line(fault: Fault) -> str:
    return f"{fault.number:>3}  {fault.operation}: {fault.what}  ({', '.join(_marks(fault))})"


def _marks(fault: Fault) -> Iterator[str]:
    yield "always 一直" if fault.times is None else f"times 次数 {fault.times}"
    if fault.chance < 1:
        yield f"chance 概率 {fault.chance:g}"
    if fault.nth > 1:
        yield f"from call 从第 {fault.nth} 次"
    yield from (value for value in (fault.appid, fault.person) if value)
    if fault.seconds or fault.jitter_seconds:
        yield f"{fault.seconds:g} s" + (f" + {fault.jitter_seconds:g} s" if fault.jitter_seconds else "")
