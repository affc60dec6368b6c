"""When quotas begin anew."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from script import play

from wxauth.errors import WeChatBusy
from wxauth.flow.calls import call
from wxauth.flow.effects import Now, Send, Ticks
from wxauth.flow.quota import seconds_until_next
from wxauth.protocol.errcode import error
from wxauth.protocol.message import Call, Request

SHANGHAI = timezone(timedelta(hours=8))


def seconds(errcode: int, now: datetime, operation: str = "sns/userinfo") -> float | None:
    busy = error(operation, errcode, "later")
    assert isinstance(busy, WeChatBusy)
    return seconds_until_next(busy, now.timestamp())


@pytest.mark.parametrize(
    ("errcode", "now", "expected"),
    [
        (45009, datetime(2026, 11, 22, 23, 59, 30, tzinfo=SHANGHAI), 30),
        (45009, datetime(2026, 11, 22, 0, 0, 0, tzinfo=SHANGHAI), 86400),
        (45009, datetime(2026, 11, 22, 16, 0, 1, tzinfo=UTC), 86399),
        (45011, datetime(2026, 11, 22, 10, 7, 45, tzinfo=SHANGHAI), 15),
        (45011, datetime(2026, 11, 22, 10, 7, 0, tzinfo=SHANGHAI), 60),
        (-1, datetime(2026, 11, 22, 10, 7, 0, tzinfo=SHANGHAI), 1),
        (48006, datetime(2026, 11, 22, 10, 7, 0, tzinfo=SHANGHAI), None),
    ],
)
def test_a_quota_begins_anew_with_wechats_own_clock(errcode: int, now: datetime, expected: float | None) -> None:
    assert seconds(errcode, now) == expected


def test_the_quotas_of_wecom_are_others() -> None:
    assert seconds(45009, datetime(2026, 11, 22, tzinfo=SHANGHAI), "qyapi/cgi-bin/gettoken") is None


def test_the_error_of_a_call_says_when_to_come_back() -> None:
    what = Call(request=Request(operation="sns/auth", url="http://127.0.0.1/"), read=lambda _response: True)
    with pytest.raises(WeChatBusy) as caught:
        play(call(what), (Ticks(), 0.0), (Send, error("sns/auth", 45011, "too often")), (Now(), 59.0))
    assert caught.value.retry_after_seconds == 1
