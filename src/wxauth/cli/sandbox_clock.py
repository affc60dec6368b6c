"""`wxauth sandbox clock`: the virtual time of a world."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from wxauth.cli.lazy_commands import Defaulting
from wxauth.cli.sandbox_remote import Shown, remote

if TYPE_CHECKING:
    from wxauth.sandbox.control.client import SandboxClient
    from wxauth.sandbox.control.values import Clock


class Moment(click.ParamType[datetime]):
    """A time such as 2026-01-01T00:00:00Z, or seconds since 1970."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read it; a time without a zone is refused."""
        text = str(value)
        try:
            seconds = text.replace(".", "", 1)
            moment = datetime.fromtimestamp(float(text), UTC) if seconds.isdigit() else datetime.fromisoformat(text)
        except (ValueError, OverflowError, OSError):
            self.fail(f"{text!r} is no time such as 2026-01-01T00:00:00Z", param, ctx)
        if moment.tzinfo is None:
            self.fail(f"{text!r} has no time zone; {moment.isoformat()}Z is UTC", param, ctx)
        return moment


@click.group("clock", cls=Defaulting)
def sandbox_clock() -> None:
    """Show, freeze, resume, advance and set the virtual time of a world.

    查看、暂停、恢复、推进、设置虚拟时间。

    \b
    Examples:
      wxauth sandbox clock
      wxauth sandbox clock freeze
      wxauth sandbox clock advance --minutes 6
      wxauth sandbox clock set 2026-01-01T00:00:00Z
    """  # noqa: D301  click's mark for lines to keep


@sandbox_clock.command("show")
@remote
def _show(client: SandboxClient) -> Shown:
    """Show the time (查看时间)."""
    return _shown(client.clock())


@sandbox_clock.command("freeze")
@remote
def _freeze(client: SandboxClient) -> Shown:
    """Let time stand still (暂停)."""
    return _shown(client.freeze())


@sandbox_clock.command("resume")
@remote
def _resume(client: SandboxClient) -> Shown:
    """Let time run again, from where it stands (恢复)."""
    return _shown(client.resume())


@sandbox_clock.command("advance")
@click.option("--seconds", type=click.FloatRange(min=0), default=0)
@click.option("--minutes", type=click.FloatRange(min=0), default=0)
@click.option("--hours", type=click.FloatRange(min=0), default=0)
@click.option("--days", type=click.FloatRange(min=0), default=0)
@remote
def _advance(client: SandboxClient, *, seconds: float, minutes: float, hours: float, days: float) -> Shown:
    """Move time forwards, by the sum of the options (推进)."""
    if not any((seconds, minutes, hours, days)):
        raise click.UsageError("say how far: --seconds, --minutes, --hours or --days")
    return _shown(client.advance(seconds=seconds, minutes=minutes, hours=hours, days=days))


@sandbox_clock.command("set")
@click.argument("at", type=Moment())
@remote
def _set(client: SandboxClient, *, at: datetime) -> Shown:
    """Set the time: 2026-01-01T00:00:00Z, or seconds since 1970 (设置)."""
    return _shown(client.set_clock(at))


def shown_time(clock: Clock) -> str:
    """The time of a clock in a line for people."""
    return clock.utc + (" (stopped 已暂停)" if clock.frozen else "")


def _shown(clock: Clock) -> Shown:
    return Shown(value=clock, lines=[shown_time(clock)])
