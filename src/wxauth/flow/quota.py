"""When WeChat's quotas begin anew."""

from __future__ import annotations

from wxauth.errors import WeChatBusy

BUSY_SECONDS = 1.0
_MINUTE_SECONDS = 60
_DAY_SECONDS = 24 * 60 * 60
_SHANGHAI_SECONDS = 8 * 60 * 60
"""Ahead of UTC, all the year."""


def seconds_until_next(error: WeChatBusy, now: float) -> float | None:
    """How long to wait after such an answer at ``now`` (unix time); None when nobody knows.

    A quota of calls a minute begins with the clock's minute, one of calls a day at midnight in Shanghai.
    WeCom's numbers mean other quotas.
    """
    match error.errcode:
        case _ if error.operation.startswith("qyapi/"):
            return None
        case -1:
            return BUSY_SECONDS
        case 45011:
            return _MINUTE_SECONDS - now % _MINUTE_SECONDS
        case 45009:
            return _DAY_SECONDS - (now + _SHANGHAI_SECONDS) % _DAY_SECONDS
        case _:
            return None
