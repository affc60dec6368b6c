"""How often each account has called what WeChat limits, by minute, day and month."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from enum import StrEnum

CHINA = timezone(timedelta(hours=8))


class Period(StrEnum):
    """A span on the wall clock of China, as the pattern that tells one from the next.

    WeChat says per minute, day and month, not when they begin; that they follow Beijing's clock is a guess.
    """

    MINUTE = "%Y-%m-%d %H:%M"
    DAY = "%Y-%m-%d"
    MONTH = "%Y-%m"


class Quotas:
    """Counts uses by account and name. One count is kept of each, that of the running period."""

    _used: dict[tuple[str, str, Period], tuple[str, int]]

    def __init__(self) -> None:
        self._used = {}

    def take(self, appid: str, name: str, *, limit: int, per: Period, now: float) -> bool:
        """Count one use, unless the limit of the period is reached; 0 is no limit."""
        if limit == 0:
            return True
        key, period = (appid, name, per), f"{datetime.fromtimestamp(now, CHINA):{per.value}}"
        began, used = self._used.get(key, (period, 0))
        if began != period:
            used = 0
        if used >= limit:
            return False
        self._used[key] = (period, used + 1)
        return True

    def clear(self, appid: str, *, keeping: str) -> None:
        """Begin the counts of a day anew, but for one name."""
        self._used = {
            (who, name, per): used
            for (who, name, per), used in self._used.items()
            if who != appid or per is not Period.DAY or name == keeping
        }
