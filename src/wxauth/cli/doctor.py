"""`wxauth doctor`: the checks of a wise colleague, before people meet what is wrong."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from itertools import chain
from os import environ

import click

from wxauth.cli.account_options import Acting, acts
from wxauth.cli.doctor_finding import CHECKS, Finding, Status, fail
from wxauth.cli.sandbox_remote import Shown
from wxauth.errors import UsageError

COLOURS = {Status.OK: "green", Status.WARN: "yellow", Status.FAIL: "red", Status.SKIPPED: "cyan"}
SHAPE = ("correct it; the console shows it at 基本配置", "请改正；正确的值在后台「基本配置」中")


@click.command("doctor")
@click.option("--redirect-uri", envvar="WXAUTH_BASE_URL", show_envvar=True, help="Where people come back. 回调地址")
@click.option("--verify-file", metavar="NAME", help="MP_verify_....txt of the domain. 域名校验文件名")
@click.option("--store", envvar="WXAUTH_STORE", show_envvar=True, default="memory:", help="Where it remembers. 存储")
@click.option("--workers", type=click.IntRange(min=1), envvar="WEB_CONCURRENCY", show_envvar=True, help="进程数")
@acts("official_account", "website", "mobile", "mini_program", "third_party_platform", "wecom")
def doctor(
    acting: Acting, *, redirect_uri: str | None, verify_file: str | None, store: str, workers: int | None
) -> Shown:
    """Check an account and its settings: what works, what does not, and what to do about it.

    体检账号与配置：每一项给出结论、原因与下一步。

    It changes and spends nothing. Status 1 when something cannot work.

    \b
    Examples:
      wxauth doctor
      wxauth doctor --kind website --json
      wxauth doctor --redirect-uri https://www.example.com/auth --verify-file MP_verify_abcdefgh12345678.txt
    """  # noqa: D301  click's mark for lines to keep
    from wxauth.cli.doctor_callback import check_callback
    from wxauth.cli.doctor_clock import check_clock
    from wxauth.cli.doctor_store import check_store

    findings = chain(
        _account(acting),
        [check_clock(acting.endpoints, time.time)],
        check_callback(redirect_uri, verify_file, acting.endpoints),
        check_store(store, workers, environ.get("WXAUTH_SECRET_KEY") or None),
    )
    order = list(CHECKS)
    found = sorted(findings, key=lambda finding: order.index(finding.check))
    failed = [finding for finding in found if finding.status is Status.FAIL]
    value = {"ok": not failed, "checks": found}
    said = f"{', '.join(finding.check for finding in failed)} cannot work   有 {len(failed)} 项未通过"
    return Shown(value=value, lines=_lines(found), refusal=said if failed else None)


def _account(acting: Acting) -> Iterable[Finding]:
    from wxauth.cli.doctor_account import check_account

    try:
        return list(check_account(acting.any_account(), acting.endpoints))
    except UsageError as error:
        return [fail("account", str(error), f"账号有误：{error}", next=SHAPE)]


def _lines(findings: Iterable[Finding]) -> Iterator[str]:
    for finding in findings:
        mark = click.style(f"{finding.status:<8}", fg=COLOURS[finding.status], bold=True)
        yield f"{mark} {finding.check} {CHECKS[finding.check]}: {finding.reason.en}"
        yield f"         {finding.reason.zh}"
        if finding.next is not None:
            yield f"         next: {finding.next.en}"
            yield f"         下一步：{finding.next.zh}"
