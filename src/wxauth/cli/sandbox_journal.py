"""`wxauth sandbox journal`: what was asked of a world, what it answered, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from wxauth.cli.lazy_commands import Defaulting
from wxauth.cli.sandbox_remote import Shown, remote

if TYPE_CHECKING:
    from wxauth.sandbox.control.client import SandboxClient
    from wxauth.sandbox.journal import Entry
    from wxauth.sandbox.lint import Linted


def _which(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say which exchanges are meant."""
    for option in (
        click.option("--after", type=click.IntRange(min=0), default=0, help="With a higher number only. 编号之后"),
        click.option("--refused/--answered", default=None, help="Refusals only, or successes only. 仅拒绝或仅成功"),
        click.option("--person", help="That name this person or an openid of theirs. 用户"),
        click.option("--operation", help="Of this operation only: authorize, sns/userinfo ... 接口"),
    ):
        command = option(command)
    return command


@click.group("journal", cls=Defaulting)
def sandbox_journal() -> None:
    """Look at the exchanges of a world, count them, wait for some, or judge them; secrets are masked.

    日志：查看、计数、等待请求，检查客户端；密钥与 token 已隐去。

    \b
    Examples:
      wxauth sandbox journal
      wxauth sandbox journal --refused --person 安
      wxauth sandbox journal count --operation sns/userinfo
      wxauth sandbox journal wait-for --operation sns/oauth2/access_token --timeout 30
      wxauth sandbox journal lint
    """  # noqa: D301  click's mark for lines to keep


@sandbox_journal.command("list")
@_which
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="At most. 最多条数")
@remote
def _list(client: SandboxClient, **which: Any) -> Shown:
    """List the latest exchanges, oldest first (列出)."""
    return _shown(client.journal(**which))


@sandbox_journal.command("count")
@_which
@remote
def _count(client: SandboxClient, **which: Any) -> Shown:
    """Count exchanges (计数)."""
    count = client.count(**which)
    return Shown(value={"count": count}, lines=[str(count)])


@sandbox_journal.command("wait-for")
@_which
@click.option("--count", type=click.IntRange(1, 10_000), default=1, show_default=True, help="How many. 条数")
@click.option(
    "--timeout",
    "timeout_seconds",
    type=click.FloatRange(0, 60),
    default=10,
    show_default=True,
    help="Seconds of real time. 最长等待秒数（真实时间）",
)
@remote
def _wait_for(client: SandboxClient, **which: Any) -> Shown:
    """Wait until there are so many, those of the past included (等待)."""
    return _shown(client.wait_for(**which))


@sandbox_journal.command("lint")
@remote
def _lint(client: SandboxClient) -> Shown:
    """Say what each client sends that WeChat would refuse or that is risky (检查客户端的请求)."""
    report = client.lint()
    lines = [line for linted in report for line in _linted(linted)]
    return Shown(value=report, lines=lines or ["nothing yet   暂无记录"])


def _linted(linted: Linted) -> Iterator[str]:
    yield f"{linted.appid or '-'}  {linted.client}  ({linted.exchanges})"
    for finding in linted.findings:
        yield f"  {finding.severity:<7}  {finding.rule}  x {finding.count}, as in {finding.example.number}"
        yield f"           {finding.words.en}"
        yield f"           {finding.words.zh}"
        yield f"           {finding.source}"
    if not linted.findings:
        yield "  nothing to say   没有发现问题"


def _shown(entries: Sequence[Entry]) -> Shown:
    lines = [line for entry in entries for line in _lines(entry)]
    return Shown(value=entries, lines=lines or ["nothing yet   暂无记录"])


def _lines(entry: Entry) -> Iterator[str]:
    at = datetime.fromtimestamp(entry.at, UTC).strftime("%Y-%m-%d %H:%M:%S")
    yield f"{entry.number:>4}  {at}  {entry.operation}: {entry.answer}"
    if entry.parameters:
        yield "      " + "  ".join(f"{name}={value}" for name, value in entry.parameters)
    if entry.reason is not None:
        yield f"      {entry.reason.en} · {entry.reason.zh}"
