"""Calls as scripts: it asks for this, I answer that."""

from dataclasses import replace
from typing import Any

import pytest
from script import Step, play

from wxauth.account import OfficialAccount
from wxauth.errors import (
    CircuitOpen,
    DeadlineExceeded,
    TokenDead,
    UpstreamProtocolError,
    UpstreamUnavailable,
    UsageError,
    WeChatBusy,
)
from wxauth.flow import calls
from wxauth.flow.effects import Now, Random, Retry, Send, Sleep, Ticks
from wxauth.identity import Grant
from wxauth.protocol.errcode import error
from wxauth.protocol.message import Call, Endpoints, Request
from wxauth.protocol.sns import GrantAnswer

WECHAT = Endpoints()
ACCOUNT = OfficialAccount(appid="wx0000000000000001", secret="0123456789abcdef0123456789abcdef")
ANSWER = GrantAnswer(
    openid="oAnn",
    unionid="oU",
    scope="snsapi_userinfo",
    access_token="ACCESS",
    refresh_token="REFRESH",
    expires_in_seconds=7200,
    is_snapshot_user=False,
)
GRANT = ANSWER.granted(appid=ACCOUNT.appid, now=1000)

BUSY = error("sns/auth", -1, "system error")
NOT_SENT = UpstreamUnavailable("sns/auth", "refused", sent=False)
SENT = UpstreamUnavailable("sns/auth", "lost", sent=True)

READING = Call(request=Request(operation="sns/auth", url="http://127.0.0.1/"), read=lambda _response: True)
SPENDING = replace(READING, spends=True)


def pause(at: float, seconds: float = 0.1) -> list[Step]:
    """A retry's pause at a moment: the shortest one."""
    return [(Retry(), True), (Random(2), b"\0\0"), (Ticks(), at), (Sleep(seconds), None), (Ticks(), at + seconds)]


def dated(failure: Exception) -> list[Step]:
    """An answer that says "later" is given the time after which to come back."""
    return [(Now(), 30.0)] if isinstance(failure, WeChatBusy) else []


def send(within_seconds: float, call: Call[bool] = READING) -> Send[bool]:
    return Send(call, within_seconds)


def test_a_call_that_is_answered_is_made_once_with_the_whole_time() -> None:
    assert play(calls.call(READING), (Ticks(), 10.0), (send(5.0), True)) is True


@pytest.mark.parametrize("failure", [BUSY, NOT_SENT], ids=["busy", "not sent"])
def test_a_reading_call_is_retried_twice(failure: Exception) -> None:  # T2, T5
    first = [(Ticks(), 10.0), (send(5.0), failure), *pause(10.5)]
    second = [(send(pytest.approx(4.4)), failure), *pause(11.0)]
    assert play(calls.call(READING), *first, *second, (Send, True)) is True
    with pytest.raises(type(failure)):
        play(calls.call(READING), *first, *second, (Send, failure), *dated(failure))


@pytest.mark.parametrize("failure", [BUSY, NOT_SENT], ids=["busy", "not sent"])
def test_a_spending_call_is_retried_once(failure: Exception) -> None:  # T5: for ever busy is two calls
    first = [(Ticks(), 10.0), (send(5.0, SPENDING), failure), *pause(10.5)]
    assert play(calls.call(SPENDING), *first, (Send, True)) is True
    with pytest.raises(type(failure)):
        play(calls.call(SPENDING), *first, (Send, failure), *dated(failure))


@pytest.mark.parametrize("call", [READING, SPENDING], ids=["reading", "spending"])
@pytest.mark.parametrize(
    "failure",
    [
        SENT,
        DeadlineExceeded("sns/auth", 5, sent=False),
        DeadlineExceeded("sns/auth", 5, sent=True),
        UpstreamProtocolError("sns/auth", "HTML"),
        CircuitOpen("sns/auth", 2.0),
        error("sns/auth", 40163, "code been used"),
        error("sns/auth", 45009, "quota"),
        error("sns/auth", 45011, "too often"),
        error("sns/auth", 40001, "invalid credential"),
    ],
    ids=lambda failure: f"{type(failure).__name__} {getattr(failure, 'errcode', getattr(failure, 'sent', ''))}",
)
def test_nothing_else_is_retried(call: Call[bool], failure: Exception) -> None:  # T6, T7
    with pytest.raises(type(failure)) as caught:
        play(calls.call(call), (Ticks(), 0.0), (Send, failure), *dated(failure))
    assert caught.value is failure


@pytest.mark.parametrize("failure", [BUSY, NOT_SENT], ids=["busy", "not sent"])
def test_without_a_budget_nothing_is_retried(failure: Exception) -> None:  # T44
    with pytest.raises(type(failure)):
        play(calls.call(READING), (Ticks(), 10.0), (Send, failure), (Retry(), False), *dated(failure))


def test_quotas_are_wechat_being_busy_and_still_not_retried() -> None:  # T7
    assert isinstance(error("sns/auth", 45009, "quota"), WeChatBusy)


def test_a_retry_that_does_not_fit_into_the_deadline_is_not_made() -> None:
    late: list[Step] = [(Retry(), True), (Random(2), b"\0\0"), (Ticks(), 14.9)]
    with pytest.raises(WeChatBusy):
        play(calls.call(READING), (Ticks(), 10.0), (Send, BUSY), *late, *dated(BUSY))


def test_a_pause_that_takes_too_long_ends_the_call() -> None:
    steps = [
        (Ticks(), 10.0),
        (Send, BUSY),
        (Retry(), True),
        (Random(2), b"\0\0"),
        (Ticks(), 14.8),
        (Sleep(0.1), None),
        (Ticks(), 15.0),
    ]
    with pytest.raises(WeChatBusy):
        play(calls.call(READING), *steps, *dated(BUSY))


def test_a_retry_gets_what_is_left_of_the_deadline() -> None:
    first = [(Ticks(), 10.0), (send(2.0), NOT_SENT), *pause(11.0)]
    assert play(calls.call(READING, deadline_seconds=2.0), *first, (send(pytest.approx(0.9)), True)) is True


@pytest.mark.parametrize(("random", "seconds"), [(b"\0\0", 0.1), (b"\x80\0", 0.45), (b"\xff\xff", 0.8)])
def test_a_pause_is_random_between_a_tenth_and_eight_tenths_of_a_second(random: bytes, seconds: float) -> None:
    steps = [(Ticks(), 0.0), (Send, BUSY), (Retry(), True), (Random(2), random), (Ticks(), 0.0)]
    wanted = Sleep(pytest.approx(seconds, abs=1e-4))
    assert play(calls.call(READING), *steps, (wanted, None), (Ticks(), 1.0), (Send, True)) is True


def made(call: Any, operation: str, answer: object, *more: Step) -> Any:
    return play(call, (Ticks(), 0.0), (operation, answer), *more)


def test_a_code_is_exchanged_for_a_grant_that_ends_when_wechat_says() -> None:
    exchange = calls.exchange_code(WECHAT, ACCOUNT, "CODE")
    grant = made(exchange, "sns/oauth2/access_token", ANSWER, (Now(), 1000.0))
    assert grant == GRANT
    assert grant.expires_at == 8200.0


def test_an_exchange_spends() -> None:
    flow = calls.exchange_code(WECHAT, ACCOUNT, "CODE")
    flow.send(None)
    assert flow.send(0.0).call.spends
    flow.close()


def test_a_refresh_keeps_what_wechat_leaves_out() -> None:
    old = replace(GRANT, is_snapshot_user=True)
    answer = replace(ANSWER, unionid=None, access_token="ACCESS2", refresh_token="REFRESH2")
    grant = made(calls.refresh(WECHAT, old), "sns/oauth2/refresh_token", answer, (Now(), 2000.0))
    assert (grant.unionid, grant.is_snapshot_user) == ("oU", True)
    assert (grant.access_token, grant.refresh_token, grant.expires_at) == ("ACCESS2", "REFRESH2", 9200.0)


def test_a_refresh_takes_a_unionid_that_arrives_late() -> None:
    old: Grant = replace(GRANT, unionid=None)
    assert made(calls.refresh(WECHAT, old), "sns/oauth2/refresh_token", ANSWER, (Now(), 2000.0)).unionid == "oU"


def test_a_refresh_that_answers_for_another_person_is_refused() -> None:  # A10
    with pytest.raises(UpstreamProtocolError, match="another person's grant"):
        made(
            calls.refresh(WECHAT, GRANT),
            "sns/oauth2/refresh_token",
            replace(ANSWER, openid="oBo"),
            (Now(), 2000.0),
        )


def test_a_profile_is_asked_for_in_a_language_or_its_name() -> None:
    assert made(calls.fetch_profile(WECHAT, GRANT, lang="zh_TW"), "sns/userinfo", "the profile") == "the profile"
    with pytest.raises(UsageError, match="not a language"):
        play(calls.fetch_profile(WECHAT, GRANT, lang="de"))


@pytest.mark.parametrize("alive", [True, False])
def test_a_check_says_whether_the_grant_is_alive(alive: bool) -> None:
    assert made(calls.check(WECHAT, GRANT), "sns/auth", alive) is alive


def test_a_dead_token_is_not_refreshed_behind_the_callers_back() -> None:
    with pytest.raises(TokenDead):
        made(calls.fetch_profile(WECHAT, GRANT, lang="en"), "sns/userinfo", error("sns/userinfo", 40001, "dead"))


@pytest.mark.parametrize(
    ("flow", "operation", "answer"),
    [
        (lambda: calls.exchange_code(WECHAT, ACCOUNT, "C", deadline_seconds=1.5), "sns/oauth2/access_token", ANSWER),
        (lambda: calls.refresh(WECHAT, GRANT, deadline_seconds=1.5), "sns/oauth2/refresh_token", ANSWER),
        (lambda: calls.fetch_profile(WECHAT, GRANT, lang="en", deadline_seconds=1.5), "sns/userinfo", "profile"),
        (lambda: calls.check(WECHAT, GRANT, deadline_seconds=1.5), "sns/auth", True),
    ],
)
def test_each_call_keeps_the_deadline_it_is_given(flow: Any, operation: str, answer: object) -> None:
    running = flow()
    running.send(None)
    asked = running.send(0.0)
    assert (asked.call.request.operation, asked.within_seconds) == (operation, 1.5)
    running.close()
