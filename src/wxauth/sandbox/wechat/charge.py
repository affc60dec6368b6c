"""Counting a call against a quota of its account."""

from __future__ import annotations

from wxauth.sandbox.quotas import Period
from wxauth.sandbox.refusal import Refusal
from wxauth.sandbox.wechat.operation import Call


def charge(call: Call, appid: str, operation: str, *, limit: int, per: Period) -> None:
    """Refuse with 45009 beyond the quota of a day, with 45011 beyond that of a minute; a limit of 0 is none."""
    quotas, now = call.world.credentials.quotas, call.world.clock.now()
    if quotas.take(appid, operation, limit=limit, per=per, now=now):
        return
    minute = per is Period.MINUTE
    raise Refusal(
        45011 if minute else 45009,
        en=f"{appid} may call {operation} {limit} times a {'minute' if minute else 'day'}",
        zh=f"{appid} 每{'分钟' if minute else '天'}只能调用 {operation} {limit} 次",
    )
