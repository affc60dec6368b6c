"""The two drivers: each test runs under both."""

import asyncio
from collections.abc import Callable
from typing import Any, get_args

import pytest

from wxauth.errors import StoreError, UpstreamUnavailable, UsageError
from wxauth.flow import effects
from wxauth.flow.drive import adrive, drive
from wxauth.flow.effects import (
    Add,
    Admit,
    AnyEffect,
    Delete,
    Effect,
    Get,
    Now,
    Put,
    Random,
    Retry,
    Send,
    Share,
    Sleep,
    Swap,
    Take,
    Ticks,
)
from wxauth.flow.ports import AsyncPorts, Ports
from wxauth.identity import Identity
from wxauth.protocol.message import Call, Request, Response
from wxauth.stores.memory import MemoryStore

CALL = Call(request=Request(operation="sns/auth", url="http://127.0.0.1/"), read=lambda answer: answer.body.decode())
ANN = Identity(appid="wx0000000000000001", openid="oAnn", unionid=None, scope="snsapi_base")


class Line:
    """A transport that answers with how long it was given, or fails."""

    failure: Exception | None = None

    def send(self, request: Request, *, within_seconds: float) -> Response:
        if self.failure:
            raise self.failure
        return Response(status=200, body=f"{request.operation} {within_seconds:g}".encode())

    def close(self) -> None: ...


class AsyncLine:
    def __init__(self, line: Line) -> None:
        self.line = line

    async def send(self, request: Request, *, within_seconds: float) -> Response:
        await asyncio.sleep(0)
        return self.line.send(request, within_seconds=within_seconds)

    async def close(self) -> None: ...


class AsyncMemory:
    def __init__(self, store: Any) -> None:
        self.store = store

    async def perform(self, command: Any) -> Any:
        await asyncio.sleep(0)
        return self.store.perform(command)


class Outside:
    """The outside world, for either driver."""

    def __init__(self, driver: str) -> None:
        self.driver = driver
        self.line = Line()
        self.slept: list[float] = []
        self.ports: dict[str, Any] = {
            "now": lambda: 5.0,
            "ticks": lambda: 6.0,
            "random": lambda count: b"r" * count,
            "admit": lambda identity: f"user of {identity.openid}",
        }
        self.store: Any = MemoryStore()

    async def run(self, flow: Any) -> Any:
        if self.driver == "drive":
            ports = Ports(transport=self.line, store=self.store, sleep=self.slept.append, **self.ports)
            return drive(flow, ports)
        return await adrive(
            flow,
            AsyncPorts(transport=AsyncLine(self.line), store=AsyncMemory(self.store), sleep=self.asleep, **self.ports),
        )

    async def asleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture(params=["drive", "adrive"])
def outside(request: pytest.FixtureRequest) -> Outside:
    return Outside(request.param)


async def fly() -> str:
    """A flow that can be shared."""
    return f"landed at {await Now():g}"


EVERY_EFFECT: list[tuple[Effect[Any], object]] = [
    (Send(CALL, 2.5), "sns/auth 2.5"),
    (Now(), 5.0),
    (Ticks(), 6.0),
    (Random(3), b"rrr"),
    (Retry(), True),
    (Sleep(0.25), None),
    (Admit(ANN), "user of oAnn"),
    (Get("key"), b"value"),
    (Put("key", b"new", 9), None),
    (Add("key", b"new", 9), False),
    (Take("key"), b"value"),
    (Swap("key", b"value", b"new", 9), True),
    (Delete("key"), None),
    (Share("key", fly), "landed at 5"),
]


@pytest.mark.parametrize(("effect", "answer"), EVERY_EFFECT, ids=lambda value: type(value).__name__)
async def test_every_effect_is_performed_and_its_answer_sent_in(
    outside: Outside, effect: Effect[Any], answer: object
) -> None:
    outside.store.put("key", b"value", ttl_seconds=60)

    async def flow() -> Any:
        return await effect

    assert await outside.run(flow()) == answer


async def test_waiting_is_left_to_the_sleep_of_the_ports(outside: Outside) -> None:
    async def flow() -> None:
        await Sleep(0.25)
        await Sleep(30)

    await outside.run(flow())
    assert outside.slept == [0.25, 30]


def test_the_union_of_effects_is_closed() -> None:
    kinds = {kind for kind in vars(effects).values() if isinstance(kind, type) and issubclass(kind, Effect)}
    union = {getattr(kind, "__origin__", kind) for kind in get_args(AnyEffect)}
    assert kinds - {Effect} == union == {type(effect) for effect, _ in EVERY_EFFECT}


@pytest.mark.parametrize(
    ("effect", "failing"),
    [(Send(CALL, 1), "line"), (Get("key"), "store"), (Admit(ANN), "admit"), (Sleep(1), "sleep")],
    ids=["Send", "Get", "Admit", "Sleep"],
)
async def test_an_error_is_thrown_into_the_flow_which_may_handle_it(
    outside: Outside, effect: Effect[Any], failing: str
) -> None:
    failure = StoreError("out of order")

    def fail(*_args: Any) -> Any:
        raise failure

    outside.line.failure = failure
    outside.store.perform = fail
    outside.ports["admit"] = fail
    outside.slept = type("", (list,), {"append": fail})()

    async def flow() -> str:
        try:
            await effect
        except StoreError as error:
            caught.append(error)
        return f"{failing} failed at {await Now():g}"

    caught: list[Exception] = []
    assert await outside.run(flow()) == f"{failing} failed at 5", "the flow goes on after an error"
    assert caught == [failure]


async def test_an_error_that_the_flow_does_not_handle_reaches_the_caller(outside: Outside) -> None:
    outside.line.failure = failure = UpstreamUnavailable("sns/auth", "gone", sent=False)

    async def flow() -> None:
        await Send(CALL, 1)

    with pytest.raises(UpstreamUnavailable) as caught:
        await outside.run(flow())
    assert caught.value is failure


async def test_the_error_of_a_reader_is_thrown_into_the_flow(outside: Outside) -> None:
    def read(_response: Response) -> None:
        raise StoreError("cannot be read")

    async def flow() -> str:
        try:
            await Send(Call(request=CALL.request, read=read), 1)
        except StoreError as error:
            return str(error)
        raise AssertionError

    assert await outside.run(flow()) == "cannot be read"


@pytest.mark.parametrize("foreign", [lambda: asyncio.sleep(0), lambda: asyncio.sleep(60)], ids=["bare", "future"])
async def test_a_foreign_await_is_refused(outside: Outside, foreign: Callable[[], Any]) -> None:
    cleaned = []

    async def flow() -> None:
        try:
            await foreign()
        finally:
            cleaned.append(True)

    with pytest.raises(UsageError, match=r"is not an effect of wxauth\.flow\.effects"):
        await outside.run(flow())
    assert cleaned


async def test_a_flow_without_any_effect_just_ends(outside: Outside) -> None:
    async def flow() -> str:
        return "done"

    assert await outside.run(flow()) == "done"


async def test_flows_await_each_other(outside: Outside) -> None:
    async def inner() -> float:
        return await Now() + await Ticks()

    async def flow() -> float:
        return await inner() * 2

    assert await outside.run(flow()) == 22.0


@pytest.mark.parametrize("name", [7, b"ann", ["ann"]])
async def test_an_application_names_people_by_text_only(outside: Outside, name: Any) -> None:
    outside.ports["admit"] = lambda _identity: name

    async def flow() -> None:
        await Admit(ANN)

    with pytest.raises(UsageError, match=f"a str or None, not by {type(name).__name__}"):
        await outside.run(flow())


@pytest.mark.parametrize("answer", ["user 7", None])
async def test_an_application_may_await_before_it_answers(answer: str | None) -> None:
    outside = Outside("adrive")

    async def admit(identity: Identity) -> str | None:
        await asyncio.sleep(0)
        return answer

    outside.ports["admit"] = admit

    async def flow() -> str | None:
        return await Admit(ANN)

    assert await outside.run(flow()) == answer


async def test_a_flow_without_a_store_is_told_so() -> None:
    async def flow() -> None:
        await Get("key")

    with pytest.raises(UsageError, match="needs a store for Get"):
        drive(flow(), Ports(transport=Line()))
    with pytest.raises(UsageError, match="needs a store for Get"):
        await adrive(flow(), AsyncPorts(transport=AsyncLine(Line()), sleep=asyncio.sleep))


async def test_without_an_application_everybody_is_admitted_and_nobody_named() -> None:
    async def flow() -> str | None:
        return await Admit(ANN)

    assert drive(flow(), Ports(transport=Line())) is None
    assert await adrive(flow(), AsyncPorts(transport=AsyncLine(Line()), sleep=asyncio.sleep)) is None


async def test_a_cancelled_flow_is_closed() -> None:
    events: list[str] = []
    sent = asyncio.Event()

    class Hanging(AsyncLine):
        async def send(self, request: Request, *, within_seconds: float) -> Response:
            sent.set()
            await asyncio.Event().wait()
            raise AssertionError

    async def flow() -> None:
        try:
            await Send(CALL, 1)
        except GeneratorExit:
            events.append("closed")
            raise

    task = asyncio.create_task(adrive(flow(), AsyncPorts(transport=Hanging(Line()), sleep=asyncio.sleep)))
    await sent.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert events == ["closed"]


def test_an_interrupted_flow_is_closed() -> None:
    events = []

    class Interrupted(Line):
        def send(self, request: Request, *, within_seconds: float) -> Response:
            raise KeyboardInterrupt

    async def flow() -> None:
        try:
            await Send(CALL, 1)
        except GeneratorExit:
            events.append("closed")
            raise

    with pytest.raises(KeyboardInterrupt):
        drive(flow(), Ports(transport=Interrupted()))
    assert events == ["closed"]
