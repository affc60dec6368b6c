"""How far an export has come, on the standard error: one line that changes at a terminal, a line now and then else."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import IO

from wxauth.cli.followers_row import Tally

TERMINAL_SECONDS = 0.2
LINES_SECONDS = 10.0
CLEAR = "\r\x1b[K"


class Progress:
    """Tells of one run.

    Args:
        seen: how many people were dealt with before this run: they say nothing about its rate.
        out: where to.
        ticks: a clock that never steps back, in seconds.
    """

    def __init__(self, seen: int, *, out: IO[str] | None = None, ticks: Callable[[], float] = time.monotonic) -> None:
        self._seen_before = seen
        self._out = sys.stderr if out is None else out
        self._is_terminal = self._out.isatty()
        self._ticks = ticks
        self._began = self._told = ticks()

    def tell(self, tally: Tally, total: int) -> None:
        """Tell how far it is, unless that was told a moment ago."""
        now = self._ticks()
        if now - self._told < (TERMINAL_SECONDS if self._is_terminal else LINES_SECONDS):
            return
        self._told = now
        line = self._line(tally, total, now - self._began)
        self._out.write(f"{CLEAR}{line}" if self._is_terminal else f"{line}\n")
        self._out.flush()

    def say(self, words: str) -> None:
        """Tell something else, on a line of its own."""
        self._out.write(f"{CLEAR if self._is_terminal else ''}{words}\n")
        self._out.flush()

    def _line(self, tally: Tally, total: int, seconds: float) -> str:
        rate = (tally.seen - self._seen_before) / seconds if seconds > 0 else 0.0
        share = f"{tally.seen / total:.0%}" if total else "100%"
        left = _span((total - tally.seen) / rate) if rate > 0 and total > tally.seen else "0 s"
        return f"{tally.seen} / {total}  {share}  {rate:.0f}/s  unionid {tally.with_unionid}  {left} left 剩余"


def _span(seconds: float) -> str:
    """A span of time in its two largest units."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
