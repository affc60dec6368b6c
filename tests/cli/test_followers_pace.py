"""An export waits when WeChat says so, tells why, and stops when it is told to."""

from __future__ import annotations

import asyncio
import io
from datetime import UTC, datetime, timedelta, timezone

import pytest
from followers_in_memory import refusal

from wxauth.cli.exit_status import Unfinished
from wxauth.cli.followers_pace import Brake, Pace, Stopped
from wxauth.cli.followers_progress import Progress
from wxauth.cli.followers_row import Row, Tally
from wxauth.errors import DeadlineExceeded, UpstreamUnavailable, WeChatError

CHINA = timezone(timedelta(hours=8))
EVENING = datetime(2026, 9, 17, 21, 30, 40, tzinfo=CHINA).timestamp()
SILENT = UpstreamUnavailable("cgi-bin/user/get", "reset", sent=True)


class Paced:
    """A pace with a clock of its own, and a WeChat that answers as it is told to."""

    def __init__(self, *answers: Exception | str, most_calls: int | None = None, waits: bool = True) -> None:
        self.now = EVENING
        self.rests: list[float] = []
        self.said: list[str] = []
        self.brake = Brake()
        self.answers = list(answers)
        self.pace = Pace(
            self.brake,
            now=lambda: self.now,
            say=self.said.append,
            most_calls=most_calls,
            waits=waits,
            rest=self._rest,
        )

    async def _rest(self, seconds: float) -> None:
        until = self.now + seconds
        self.rests.append(seconds)
        await asyncio.sleep(0)
        self.now = max(self.now, until)

    async def _call(self) -> str:
        await asyncio.sleep(0)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def ask(self) -> str:
        return await self.pace.ask(self._call)


async def test_the_quota_of_a_minute_is_waited_out_to_the_next_minute() -> None:
    paced = Paced(refusal(45011), "answer")
    assert await paced.ask() == "answer"
    assert paced.rests == [22.0]
    assert "45011" in paced.said[0]
    assert "每分钟调用次数已达上限" in paced.said[0]


async def test_the_quota_of_a_day_is_waited_out_to_midnight_in_beijing() -> None:
    paced = Paced(refusal(45009), "answer")
    assert await paced.ask() == "answer"
    assert datetime.fromtimestamp(paced.now, CHINA).isoformat() == "2026-09-18T00:00:02+08:00"
    assert datetime.fromtimestamp(paced.now, UTC).hour == 16


async def test_the_quota_of_a_day_ends_an_export_that_shall_not_wait() -> None:
    paced = Paced(refusal(45009), waits=False)
    with pytest.raises(Unfinished, match="goes on tomorrow"):
        await paced.ask()
    assert paced.rests == []


async def test_several_that_hear_of_a_quota_at_once_wait_once_and_say_so_once() -> None:
    paced = Paced(*[refusal(45011)] * 4, *["answer"] * 4)
    assert await asyncio.gather(*(paced.ask() for _ in range(4))) == ["answer"] * 4
    assert len(paced.said) == 1
    assert set(paced.rests) == {22.0}


async def test_a_refusal_of_before_midnight_that_comes_after_it_says_nothing_about_the_new_day() -> None:
    paced = Paced(refusal(45009), "answer")

    async def slow() -> str:
        if len(paced.answers) == 2:
            paced.now = EVENING + 3 * 60 * 60
        return await paced._call()

    assert await paced.pace.ask(slow) == "answer"
    assert paced.rests == []


async def test_trouble_is_waited_out_longer_each_time() -> None:
    paced = Paced("first", SILENT, refusal(-1), DeadlineExceeded("cgi-bin/user/get", 5.0, sent=True), "answer")
    await paced.ask()
    assert await paced.ask() == "answer"
    assert paced.rests == [2.0, 4.0, 8.0]


async def test_an_answer_ends_the_trouble() -> None:
    paced = Paced("first", SILENT, "answer", SILENT, "answer")
    assert [await paced.ask() for _ in range(3)] == ["first", "answer", "answer"]
    assert paced.rests == [2.0, 2.0]


async def test_trouble_that_does_not_end_is_given_up_after_some_minutes() -> None:
    paced = Paced("first", *[SILENT] * 20)
    await paced.ask()
    with pytest.raises(UpstreamUnavailable):
        await paced.ask()
    assert 180 < sum(paced.rests) < 300


async def test_another_refusal_is_not_waited_for() -> None:
    paced = Paced(refusal(48001))
    with pytest.raises(WeChatError, match="48001"):
        await paced.ask()
    assert paced.rests == []


async def test_every_call_counts_those_that_are_refused_too() -> None:
    paced = Paced(refusal(45011), "answer", "answer", most_calls=2)
    await paced.ask()
    with pytest.raises(Unfinished, match="2 calls are made, as many as --max-calls allows"):
        await paced.ask()
    assert paced.answers == ["answer"]


async def test_the_brake_stops_between_two_calls() -> None:
    paced = Paced("answer", "never")
    await paced.ask()
    paced.brake.pull()
    with pytest.raises(Stopped):
        await paced.ask()
    assert paced.answers == ["never"]


async def test_the_brake_ends_a_wait() -> None:
    brake = Brake()
    waiting = asyncio.create_task(brake.rest(3600))
    await asyncio.sleep(0)
    brake.pull()
    await asyncio.wait_for(waiting, 5)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def told(out: io.StringIO, *, seen_before: int = 0) -> str:
    """What is told of 3 batches, one every 10 seconds."""
    ticks = iter([0.0, 10.0, 10.1, 20.0])
    progress = Progress(seen_before, out=out, ticks=lambda: next(ticks))
    for exported in 100, 150, 200:
        progress.tell(Tally(exported=seen_before + exported, with_unionid=90), 72_200)
    return out.getvalue()


def test_a_log_gets_whole_lines_now_and_then() -> None:
    assert told(io.StringIO()).splitlines() == [
        "100 / 72200  0%  10/s  unionid 90  2 h 0 min left 剩余",
        "200 / 72200  0%  10/s  unionid 90  2 h 0 min left 剩余",
    ]


def test_a_terminal_gets_one_line_that_changes() -> None:
    assert told(Terminal()).count("\n") == 0
    assert told(Terminal()).count("\r\x1b[K") == 2


def test_what_an_earlier_run_has_done_says_nothing_about_the_rate() -> None:
    assert "72100 / 72200  100%  10/s  unionid 90  10 s left" in told(io.StringIO(), seen_before=72_000)


def test_a_tally_counts_who_is_missing() -> None:
    row = Row(
        openid="o1", unionid=None, subscribed=False, subscribe_time=None, remark="", tag_ids=(), language="", scene="",
        exported_at=1,
    )  # fmt: skip
    assert Tally(exported=1).plus([row], asked=3) == Tally(exported=2, left=1, unanswered=2)
