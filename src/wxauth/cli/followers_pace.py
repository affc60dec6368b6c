"""How fast an export may ask: it waits when WeChat says so, counts its calls, and stops when it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

from wxauth.cli.exit_status import Unfinished
from wxauth.errors import DeadlineExceeded, UpstreamUnavailable, WeChatBusy
from wxauth.flow.quota import seconds_until_next

T = TypeVar("T")

DAILY_QUOTA = 45009
MINUTE_QUOTA = 45011
MOST_TROUBLES = 8
"""So often in a row WeChat may be busy or silent, some four minutes in all, before the export gives up."""
MOST_TROUBLES_AT_FIRST = 1
"""The same as long as it has answered nothing: then something here is probably wrong."""
LONGEST_PAUSE_SECONDS = 60.0
AFTER_THE_TURN_SECONDS = 2.0
"""WeChat's clock and ours may differ a little."""


class Stopped(Unfinished):
    """The export was told to stop, and stopped between two calls."""


class Brake:
    """Stops an export between two calls, even while it waits."""

    def __init__(self) -> None:
        self._pulled = asyncio.Event()

    def pull(self) -> None:
        """Let nothing more be asked."""
        self._pulled.set()

    @property
    def is_pulled(self) -> bool:
        """Whether it was pulled."""
        return self._pulled.is_set()

    async def rest(self, seconds: float) -> None:
        """Wait so many seconds, or until it is pulled."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._pulled.wait(), seconds)


class Pace:
    """The calls of one export.

    Args:
        brake: ends it.
        most_calls: how many calls may be made; None: any number. How many the day still has, WeChat tells nobody.
        waits: whether to wait for the next day when the quota of this one is used up.
        say: tells people why nothing happens.
        now: unix time in seconds.
        rest: waits, by default until the brake is pulled.
    """

    def __init__(
        self,
        brake: Brake,
        *,
        now: Callable[[], float],
        say: Callable[[str], None],
        most_calls: int | None = None,
        waits: bool = True,
        rest: Callable[[float], Awaitable[None]] | None = None,
    ) -> None:
        self._brake = brake
        self._now = now
        self._say = say
        self._most_calls = most_calls
        self._waits = waits
        self._rest = rest or brake.rest
        self._closed_until = 0.0
        self._troubles = 0
        self._was_answered = False
        self.calls = 0

    async def ask(self, call: Callable[[], Awaitable[T]]) -> T:
        """Make a call, as soon and as often as need be.

        Raises:
            Unfinished: no more calls may be made.
            WeChatBusy, UpstreamUnavailable, DeadlineExceeded: the trouble does not end.
        """
        while True:
            await self._may_ask()
            self.calls += 1
            asked_at = self._now()
            try:
                answer = await call()
            except (WeChatBusy, UpstreamUnavailable, DeadlineExceeded) as error:
                self._close(error, asked_at)
            else:
                self._troubles, self._was_answered = 0, True
                return answer

    async def _may_ask(self) -> None:
        while not self._brake.is_pulled and (left := self._closed_until - self._now()) > 0:
            await self._rest(left)
        if self._brake.is_pulled:
            raise Stopped("stopped; the same command goes on   已停止，重新执行同一命令即可继续")
        if self._most_calls is not None and self.calls >= self._most_calls:
            raise Unfinished(f"{self.calls} calls are made, as many as --max-calls allows; the same command goes on")

    def _close(self, error: WeChatBusy | UpstreamUnavailable | DeadlineExceeded, asked_at: float) -> None:
        """Let nobody ask for a while. What was asked before a midnight says nothing about the day after it."""
        code = error.errcode if isinstance(error, WeChatBusy) else None
        if asked_at < self._closed_until:
            return  # another one has heard the same
        if isinstance(error, WeChatBusy) and code in (DAILY_QUOTA, MINUTE_QUOTA):
            left = seconds_until_next(error, asked_at) or LONGEST_PAUSE_SECONDS
            self._closed_until = asked_at + left + AFTER_THE_TURN_SECONDS
        if code == DAILY_QUOTA:
            self._tell("today's quota is used up (45009)", "今日调用次数已用完")
            if not self._waits:
                raise Unfinished("today's quota is used up (45009); the same command goes on tomorrow   明日再继续")
        elif code == MINUTE_QUOTA:
            self._tell("too many calls in this minute (45011)", "每分钟调用次数已达上限")
        else:
            self._troubles += 1
            if self._troubles > (MOST_TROUBLES if self._was_answered else MOST_TROUBLES_AT_FIRST):
                raise error
            self._closed_until = self._now() + min(2.0**self._troubles, LONGEST_PAUSE_SECONDS)
            self._tell("WeChat is busy (-1)" if code else "WeChat does not answer", "微信繁忙或没有应答")

    def _tell(self, why: str, in_chinese: str) -> None:
        until = datetime.fromtimestamp(self._closed_until).astimezone().strftime("%H:%M:%S")
        self._say(f"{why}: waiting until {until}   {in_chinese}，等待至 {until}")
