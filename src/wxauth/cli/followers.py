"""`wxauth followers`: everybody who follows an official account."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from wxauth.account import OfficialAccount
from wxauth.cli.account_options import Acting, acts
from wxauth.cli.exit_status import Unfinished
from wxauth.cli.sandbox_remote import Shown

if TYPE_CHECKING:
    from wxauth.cli.followers_place import Checkpoint, Place
    from wxauth.cli.followers_progress import Progress
    from wxauth.cli.followers_row import Tally


@click.group("followers")
def followers() -> None:
    """Export everybody who follows an official account.

    导出公众号的全部关注者，并补全 unionid。

    \b
    Examples:
      wxauth followers export --to users.jsonl
      wxauth followers export --to sqlite:///users.db --json
      wxauth followers export --to postgresql://app@db.example.com/app --max-calls 5000
    """  # noqa: D301  click's mark for lines to keep


@followers.command("export")
@click.option("--to", required=True, metavar="PLACE", help="users.jsonl, sqlite:///users.db, postgresql://... 导出到")
@click.option("--parallel", type=click.IntRange(1, 64), default=8, show_default=True, help="Calls at once. 并发数")
@click.option("--max-calls", type=click.IntRange(min=1), help="Stop after so many calls, with status 4. 最多调用次数")
@click.option(
    "--wait/--no-wait", default=True, help="For the next day when the quota of today is used up. 等待次日配额"
)
@acts("official_account")
def _export(acting: Acting, *, to: str, parallel: int, max_calls: int | None, wait: bool) -> Shown:
    """Write openid, unionid and what else WeChat tells about every follower to a PLACE.

    导出全部关注者：openid、unionid、关注时间、备注、标签等。

    Interrupt it as you like: the same command goes on where it was, without asking about anybody twice.

    \b
    Examples:
      wxauth followers export --to users.jsonl
      wxauth followers export --to sqlite:///users.db --parallel 4
    """  # noqa: D301  click's mark for lines to keep
    import asyncio

    from wxauth.cli.followers_place import Checkpoint, place_at
    from wxauth.cli.followers_progress import Progress

    account = acting.account(OfficialAccount)
    with closing(place_at(to)) as place:
        checkpoint = place.open(account.appid)
        progress = Progress(0 if checkpoint is None else checkpoint.tally.seen)
        if checkpoint is not None:
            progress.say(f"Going on after {checkpoint.tally.seen} people   从上次中断处继续")
        began = time.monotonic()
        run = _run(acting, account, place, checkpoint or Checkpoint(), progress, parallel, max_calls, wait)
        tally, calls = asyncio.run(run)
    seconds = time.monotonic() - began
    value = {**asdict(tally), "without_unionid": tally.exported - tally.with_unionid, "calls": calls}
    return Shown(value={**value, "seconds": round(seconds, 3)}, lines=_summary(tally, calls, seconds))


async def _run(
    acting: Acting,
    account: OfficialAccount,
    place: Place,
    checkpoint: Checkpoint,
    progress: Progress,
    parallel: int,
    max_calls: int | None,
    wait: bool,
) -> tuple[Tally, int]:
    """Run an export; the tally, and how many calls it took."""
    from wxauth import AsyncWeChat
    from wxauth.cli.followers_export import Export
    from wxauth.cli.followers_pace import Brake, Pace
    from wxauth.cli.interrupt_handler import interrupts

    brake = Brake()
    pace = Pace(brake, now=time.time, say=progress.say, most_calls=max_calls, waits=wait)
    async with AsyncWeChat(account, endpoints=acting.endpoints) as wechat:
        export = Export(wechat, place, pace, checkpoint, tell=progress.tell, now=time.time, parallel=parallel)
        with interrupts(brake.pull):
            try:
                return await export.run(), pace.calls
            except Unfinished:
                progress.say(f"{export.tally.seen} people so far   目前已导出 {export.tally.exported} 人")
                raise


def _summary(tally: Tally, calls: int, seconds: float) -> Iterator[str]:
    yield f"{tally.exported} followers   关注者"
    yield f"  {tally.with_unionid} with unionid   有 unionid"
    without = tally.exported - tally.with_unionid
    yield f"  {without} without unionid   无 unionid"
    if tally.left:
        yield f"  {tally.left} left meanwhile   期间取消关注"
    if tally.unanswered:
        yield f"  {tally.unanswered} of the list WeChat said nothing about   微信未返回"
    if tally.exported and not tally.with_unionid:
        yield "No unionid at all: the account is not bound to an open-platform account   公众号未绑定开放平台账号"
    yield f"{calls} calls in {seconds:.1f} s   调用次数"
