"""One call to WeChat as a flow: its deadline, and the few retries that are safe.

A retry is safe when WeChat cannot have processed the first request: nothing was sent, or it answered -1 (busy). A code
is therefore never silently exchanged a second time after a request whose fate is unknown.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TypeVar

from wxauth.account import GrantingAccount
from wxauth.errors import CircuitOpen, UpstreamProtocolError, UpstreamUnavailable, UsageError, WeChatBusy
from wxauth.flow.effects import Now, Random, Retry, Send, Sleep, Ticks
from wxauth.flow.quota import seconds_until_next
from wxauth.identity import Grant, Lang, Profile
from wxauth.protocol import sns
from wxauth.protocol.message import Call, Endpoints

T = TypeVar("T")

DEADLINE_SECONDS = 5.0
"""Wall-clock time one call may take, retries and waits included."""
BUSY = -1
RETRIES = 2
RETRIES_OF_SPENDING = 1
PAUSE_SECONDS = (0.1, 0.8)
"""A retry waits a random time between these, so that many callers do not come back together."""


def demand_deadline(seconds: float) -> float:
    """The deadline, if it is one; raises UsageError otherwise."""
    if not 0 < seconds < math.inf:
        raise UsageError(f"deadline_seconds is {seconds}: it must be greater than 0 and finite")
    return seconds


async def call(what: Call[T], *, deadline_seconds: float = DEADLINE_SECONDS) -> T:
    """Make a call, with at most one retry of what spends something and two of what does not."""
    until, left = await Ticks() + deadline_seconds, deadline_seconds
    retries = RETRIES_OF_SPENDING if what.spends else RETRIES
    while True:
        try:
            answer: T = await Send(what, left)
        except (WeChatBusy, UpstreamUnavailable) as error:
            is_worth_it = retries > 0 and _safe_to_retry(error) and await Retry()
            left = await _pause(until) if is_worth_it else 0.0
            if left <= 0:
                if isinstance(error, WeChatBusy):
                    error.retry_after_seconds = seconds_until_next(error, await Now())
                raise
            retries -= 1
        else:
            return answer


def _safe_to_retry(error: WeChatBusy | UpstreamUnavailable) -> bool:
    if isinstance(error, WeChatBusy):
        return error.errcode == BUSY
    return not error.sent and not isinstance(error, CircuitOpen)


async def _pause(until: float) -> float:
    """Wait a random while before a retry; the seconds left after it, 0 when a pause does not fit any more."""
    low, high = PAUSE_SECONDS
    pause = low + (high - low) * int.from_bytes(await Random(2)) / 65536
    if await Ticks() + pause >= until:
        return 0.0
    await Sleep(pause)
    return until - await Ticks()


async def exchange_code(
    endpoints: Endpoints, account: GrantingAccount, code: str, *, deadline_seconds: float = DEADLINE_SECONDS
) -> Grant:
    """Exchange a code for the grant it stands for."""
    answer = await call(sns.exchange_code(endpoints, account, code), deadline_seconds=deadline_seconds)
    return answer.granted(appid=account.appid, now=await Now())


async def fetch_profile(
    endpoints: Endpoints, grant: Grant, *, lang: Lang | str, deadline_seconds: float = DEADLINE_SECONDS
) -> Profile:
    """Ask for the profile of a grant's person."""
    return await call(sns.fetch_profile(endpoints, grant, lang=Lang.read(lang)), deadline_seconds=deadline_seconds)


async def refresh(endpoints: Endpoints, grant: Grant, *, deadline_seconds: float = DEADLINE_SECONDS) -> Grant:
    """Renew a grant; what WeChat leaves out of the answer (unionid, snapshot flag) stays as it was."""
    what = sns.refresh_grant(endpoints, appid=grant.appid, refresh_token=grant.refresh_token)
    return await renew(grant, what, deadline_seconds=deadline_seconds)


async def renew(grant: Grant, what: Call[sns.GrantAnswer], *, deadline_seconds: float) -> Grant:
    """Renew a grant by this call, its account's own or a platform's."""
    answer = await call(what, deadline_seconds=deadline_seconds)
    renewed = answer.granted(appid=grant.appid, now=await Now())
    if renewed.openid != grant.openid:
        raise UpstreamProtocolError(what.request.operation, "it renews another person's grant")
    return replace(
        renewed,
        unionid=renewed.unionid or grant.unionid,
        is_snapshot_user=renewed.is_snapshot_user or grant.is_snapshot_user,
    )


async def check(endpoints: Endpoints, grant: Grant, *, deadline_seconds: float = DEADLINE_SECONDS) -> bool:
    """Whether WeChat still takes the grant's access_token."""
    return await call(sns.check_grant(endpoints, grant), deadline_seconds=deadline_seconds)
