"""The circuit breaker, the budget of retries, and the transports that carry both."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from wxauth.client.circuit import FAILURES_TO_OPEN, LONGEST_REST_SECONDS, MOVES, Circuit, Event, State
from wxauth.client.guarded import AsyncGuardedTransport, GuardedTransport, RetryBudget
from wxauth.errors import CircuitOpen, DeadlineExceeded, UpstreamProtocolError, UpstreamUnavailable
from wxauth.protocol.message import Request, Response

ASK = Request(operation="sns/auth", url="https://api.weixin.qq.com/sns/auth?x=1")
OTHER = Request(operation="gettoken", url="https://qyapi.weixin.qq.com/cgi-bin/gettoken")
SILENCE = UpstreamUnavailable("sns/auth", "connection refused", sent=False)


@dataclass
class Server:
    """A transport that answers, or fails, as it is told."""

    answer: Response | BaseException = field(default_factory=lambda: Response(status=200, body=b"{}"))
    asked: int = 0
    now: float = 100.0

    def send(self, request: Request, *, within_seconds: float) -> Response:
        self.asked += 1
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer

    def close(self) -> None: ...

    def circuit(self) -> Circuit:
        return Circuit(ticks=lambda: self.now, chance=lambda: 1.0)


class Awaited:
    def __init__(self, server: Server) -> None:
        self.server = server

    async def send(self, request: Request, *, within_seconds: float) -> Response:
        await asyncio.sleep(0)
        return self.server.send(request, within_seconds=within_seconds)

    async def close(self) -> None: ...


Ask = Callable[[Request], Response]


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture(params=["sync", "async"])
def ask(request: pytest.FixtureRequest, server: Server) -> Ask:
    if request.param == "sync":
        transport = GuardedTransport(server, circuit=server.circuit)
        return lambda what: transport.send(what, within_seconds=5)
    guarded = AsyncGuardedTransport(Awaited(server), circuit=server.circuit)
    return lambda what: asyncio.run(guarded.send(what, within_seconds=5))


def fail(ask: Ask, times: int, request: Request = ASK) -> None:
    for _ in range(times):
        with pytest.raises(UpstreamUnavailable):
            ask(request)


def test_calls_go_through_while_wechat_answers(ask: Ask, server: Server) -> None:
    assert ask(ASK).status == 200
    server.answer = SILENCE
    fail(ask, FAILURES_TO_OPEN - 1)
    server.answer = Response(status=200, body=b"{}")
    ask(ASK)
    server.answer = SILENCE
    fail(ask, FAILURES_TO_OPEN - 1)
    assert server.asked == 2 * FAILURES_TO_OPEN, "an answer in between starts the count anew"


def test_after_ten_failures_calls_fail_at_once_and_nothing_is_sent(ask: Ask, server: Server) -> None:  # T44
    server.answer = SILENCE
    fail(ask, FAILURES_TO_OPEN)
    with pytest.raises(CircuitOpen) as caught:
        ask(ASK)
    assert server.asked == FAILURES_TO_OPEN
    assert caught.value.sent is False
    assert caught.value.retry_after_seconds == pytest.approx(0.5)


@pytest.mark.parametrize(
    "failure",
    [SILENCE, DeadlineExceeded("sns/auth", 5, sent=True), Response(status=503, body=b"")],
    ids=["no answer", "too late", "503"],
)
def test_what_counts_as_no_answer(ask: Ask, server: Server, failure: Response | BaseException) -> None:
    server.answer = failure
    for _ in range(FAILURES_TO_OPEN):
        with suppress(UpstreamUnavailable, DeadlineExceeded):
            ask(ASK)
    with pytest.raises(CircuitOpen):
        ask(ASK)


@pytest.mark.parametrize("answer", [Response(status=404, body=b""), Response(status=200, body=b'{"errcode":-1}')])
def test_any_answer_is_a_sign_of_life(ask: Ask, server: Server, answer: Response) -> None:
    server.answer = answer
    for _ in range(3 * FAILURES_TO_OPEN):
        assert ask(ASK) == answer


def test_nonsense_neither_opens_nor_closes(ask: Ask, server: Server) -> None:
    server.answer = UpstreamProtocolError("sns/auth", "it is not HTTP")
    for _ in range(3 * FAILURES_TO_OPEN):
        with pytest.raises(UpstreamProtocolError):
            ask(ASK)


def test_one_probe_closes_the_circuit_again(ask: Ask, server: Server) -> None:
    server.answer = SILENCE
    fail(ask, FAILURES_TO_OPEN)
    server.now += 0.5
    server.answer = Response(status=200, body=b"{}")
    for _ in range(3):
        ask(ASK)


def test_a_failed_probe_makes_the_rest_longer_up_to_five_seconds(ask: Ask, server: Server) -> None:
    server.answer = SILENCE
    fail(ask, FAILURES_TO_OPEN)
    for rest in (0.5, 1.0, 2.0, 4.0, 5.0, 5.0):
        server.now += rest - 0.01
        with pytest.raises(CircuitOpen):
            ask(ASK)
        asked = server.asked
        server.now += 0.01
        fail(ask, 1)
        assert server.asked == asked + 1
    assert rest == LONGEST_REST_SECONDS


def test_a_probe_that_its_caller_gives_up_leaves_the_next_one_free(ask: Ask, server: Server) -> None:
    server.answer = SILENCE
    fail(ask, FAILURES_TO_OPEN)
    server.now += 0.5
    server.answer = UpstreamProtocolError("sns/auth", "half an answer")
    with pytest.raises(UpstreamProtocolError):
        ask(ASK)
    server.answer = Response(status=200, body=b"{}")
    assert ask(ASK).status == 200


def test_another_server_has_a_circuit_of_its_own(ask: Ask, server: Server) -> None:
    server.answer = SILENCE
    fail(ask, FAILURES_TO_OPEN)
    server.answer = Response(status=200, body=b"{}")
    assert ask(OTHER).status == 200
    with pytest.raises(CircuitOpen):
        ask(ASK)


async def test_one_probe_at_a_time() -> None:  # T44
    server, arrived, go_on = Server(), asyncio.Event(), asyncio.Event()

    class Slow(Awaited):
        async def send(self, request: Request, *, within_seconds: float) -> Response:
            if isinstance(server.answer, Response):
                arrived.set()
                await go_on.wait()
            return await super().send(request, within_seconds=within_seconds)

    transport = AsyncGuardedTransport(Slow(server), circuit=server.circuit)
    server.answer = SILENCE
    for _ in range(FAILURES_TO_OPEN):
        with pytest.raises(UpstreamUnavailable):
            await transport.send(ASK, within_seconds=5)
    server.now += 0.5
    server.answer = Response(status=200, body=b"{}")
    probe = asyncio.create_task(transport.send(ASK, within_seconds=5))
    await arrived.wait()
    others = await asyncio.gather(*(transport.send(ASK, within_seconds=5) for _ in range(100)), return_exceptions=True)
    assert {type(other) for other in others} == {CircuitOpen}
    go_on.set()
    assert (await probe).status == 200
    assert (await transport.send(ASK, within_seconds=5)).status == 200


def test_every_state_can_be_left_and_every_event_moves_something() -> None:
    assert {state for state, _ in MOVES} == set(State) == set(MOVES.values())
    assert {event for _, event in MOVES} == set(Event)


def test_a_rest_is_cut_by_chance_so_that_processes_do_not_probe_in_step() -> None:
    rests = []
    for chance in (0.0, 0.5, 1.0):
        circuit = Circuit(ticks=lambda: 0.0, chance=lambda chance=chance: chance)
        for _ in range(FAILURES_TO_OPEN):
            circuit.failed()
        rests.append(circuit._rest_ends_at)
    assert rests == [0.25, 0.375, 0.5]


def test_retries_are_a_tenth_of_the_calls_beside_a_reserve_of_ten() -> None:  # T44
    budget = RetryBudget()
    retried = 0
    for _ in range(1000):
        budget.earn()
        if budget.spend():
            budget.earn()  # the retry is a call too
            retried += 1
    assert 10 + 90 <= retried <= 10 + 100


def test_a_budget_does_not_grow_beyond_its_reserve() -> None:
    budget = RetryBudget()
    for _ in range(1000):
        budget.earn()
    assert sum(budget.spend() for _ in range(100)) <= 10
