"""How our clock goes beside WeChat's, which tells the time in the Date of its answers."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import parsedate_to_datetime

from wxauth.cli.doctor_finding import Finding, fail, ok, skipped, warn
from wxauth.cli.doctor_page import Page, fetch
from wxauth.protocol.message import Endpoints

CHECK = "clock"
WARN_SECONDS = 30
FAIL_SECONDS = 300
"""A code lives five minutes, and so does a credential after its successor has come."""
NAMELESS_CALL = "/cgi-bin/token"
"""Without an appid it is refused, and tells the time."""
NEXT = (
    "let the system keep its time by NTP (timedatectl set-ntp true)",
    "请启用系统的 NTP 校时（timedatectl set-ntp true）",
)
MOVED = (
    "the sandbox's time was moved or stopped; unless that is meant: wxauth sandbox clock resume, and clock set to now",
    "沙箱的时间被调整或暂停过；若非有意，请执行 wxauth sandbox clock resume，再用 clock set 设为当前时间",
)
REACH_WECHAT = (
    "check DNS, firewall and routes to api.weixin.qq.com",
    "请检查 DNS、防火墙与到 api.weixin.qq.com 的网络",
)
START_SANDBOX = (
    "start the sandbox (wxauth sandbox), or correct --sandbox",
    "请启动沙箱（wxauth sandbox），或更正 --sandbox",
)


def check_clock(endpoints: Endpoints, now: Callable[[], float]) -> Finding:
    """Compare the clocks, to a second: a Date knows no smaller part. No answer at all is a failure of this check."""
    before = now()
    page = fetch(f"{endpoints.api}{NAMELESS_CALL}")
    after = now()
    if isinstance(page, str):
        step = REACH_WECHAT if endpoints.is_wechat else START_SANDBOX
        return fail(CHECK, f"WeChat is out of reach: {page}", f"无法连接微信：{page}", next=step)
    return _compared(page, before, after, NEXT if endpoints.is_wechat else MOVED)


def _compared(page: Page, before: float, after: float, step: tuple[str, str]) -> Finding:
    try:
        theirs = parsedate_to_datetime(page.date or "").timestamp()
    except ValueError:
        return skipped(CHECK, "the answer tells no time", "应答中没有时间")
    # Their second began at some moment between our question and their answer.
    skew = max(before - (theirs + 1), theirs - after, 0.0)
    ahead = before > theirs
    if skew < WARN_SECONDS:
        return ok(
            CHECK, f"WeChat's clock and ours agree within {skew + 1:.0f} s", f"与微信的时钟相差不超过 {skew + 1:.0f} 秒"
        )
    judge = fail if skew >= FAIL_SECONDS else warn
    en = f"our clock is {skew:.0f} s {'ahead of' if ahead else 'behind'} WeChat's"
    return judge(CHECK, en, f"本机时钟比微信{'快' if ahead else '慢'} {skew:.0f} 秒", next=step)
