"""WeChat and AsyncWeChat against a sandbox in which things go wrong: which error comes, and what is spent."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from wxauth import (
    AccountRefused,
    AsyncWeChat,
    CodeRefused,
    DeadlineExceeded,
    Endpoints,
    OfficialAccount,
    SignInAgain,
    TokenDead,
    UpstreamProtocolError,
    UpstreamUnavailable,
    WeChat,
    WeChatBusy,
    WeChatError,
    WxAuthError,
)
from wxauth.sandbox.fault import CALLBACK
from wxauth.sandbox.faults import NUMBERS
from wxauth.sandbox.presets import PRESETS
from wxauth.sandbox.serve import Running, running
from wxauth.sandbox.world import World

ACCOUNT = OfficialAccount(appid="wx5a4db00000000001", secret="5a4db000000000000000000000000001")
HOUR = 3600


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Running]:
    with running() as sandbox:
        yield sandbox


@pytest.fixture
def world(sandbox: Running) -> Iterator[World]:
    yield sandbox.world
    sandbox.world.faults.clear()


class Client:
    """A client of either colour that takes no time between two attempts."""

    def __init__(self, colour: str, url: str, **options: float) -> None:
        made: Any = AsyncWeChat if colour == "async" else WeChat
        self.runner = asyncio.Runner()
        self.wechat = made(ACCOUNT, endpoints=Endpoints.sandbox(url), **options)
        self.pauses = 0
        self.wechat._ports = replace(self.wechat._ports, sleep=self.asleep if colour == "async" else self.sleep)

    def sleep(self, seconds: float) -> None:
        self.pauses += 1

    async def asleep(self, seconds: float) -> None:
        self.sleep(seconds)

    def __call__(self, method: str, *arguments: Any) -> Any:
        result = getattr(self.wechat, method)(*arguments)
        return self.runner.run(result) if asyncio.iscoroutine(result) else result

    def close(self) -> None:
        self("close")
        self.runner.close()


@pytest.fixture(params=["sync", "async"])
def client(request: pytest.FixtureRequest, sandbox: Running) -> Iterator[Client]:
    client = Client(request.param, sandbox.url)
    yield client
    client.close()


@pytest.fixture(params=["sync", "async"])
def hasty(request: pytest.FixtureRequest, sandbox: Running) -> Iterator[Client]:
    """A client that soon gives up."""
    client = Client(request.param, sandbox.url, deadline_seconds=0.05)
    yield client
    client.close()


def new_code(world: World) -> str:
    return world.issue_code(world.person("安"), scope="snsapi_userinfo")


@pytest.mark.parametrize(
    ("what", "error"),
    [
        (45011, WeChatBusy),
        (45009, WeChatBusy),
        (40029, CodeRefused),
        (40125, AccountRefused),
        ("html", UpstreamProtocolError),
        ("empty", UpstreamProtocolError),
        ("http-404", UpstreamProtocolError),
        ("http-502", UpstreamUnavailable),
        ("reset", UpstreamUnavailable),
    ],
)
def test_after_a_fault_that_comes_instead_of_the_work_the_code_is_still_good(
    client: Client, world: World, what: int | str, error: type[WxAuthError]
) -> None:
    code = new_code(world)
    world.faults.once("token", what)
    with pytest.raises(error) as raised:
        client("exchange_code", code)
    assert type(raised.value) is error
    assert client("exchange_code", code).openid == world.openid(world.person("安"))
    assert client.pauses == 0


@pytest.mark.parametrize(
    ("what", "error"),
    [("truncated", UpstreamProtocolError), ("not-utf8", UpstreamProtocolError), ("lost-answer", UpstreamUnavailable)],
)
def test_after_a_fault_that_comes_after_the_work_the_code_is_spent(
    client: Client, world: World, what: str, error: type[WxAuthError]
) -> None:
    code = new_code(world)
    world.faults.once("token", what)
    with pytest.raises(error) as raised:
        client("exchange_code", code)
    assert getattr(raised.value, "sent", True)
    with pytest.raises(CodeRefused) as spent:
        client("exchange_code", code)
    assert spent.value.errcode == 40163


def test_an_answer_that_comes_too_late_is_given_up_with_the_code_spent(hasty: Client, world: World) -> None:
    code = new_code(world)
    world.faults.once("token", "slow", seconds=HOUR)
    with pytest.raises(DeadlineExceeded) as late:
        hasty("exchange_code", code)
    assert late.value.sent
    assert world.journal.entries()[-1].fault == "slow"
    assert world.journal.entries()[-1].answer == "ok"


def test_a_slow_answer_within_the_deadline_is_an_answer(client: Client, world: World) -> None:
    world.faults.once("token", "slow", seconds=0.01)
    assert client("exchange_code", new_code(world)).openid


def test_a_wrong_content_type_is_not_looked_at(client: Client, world: World) -> None:
    world.faults.once("token", "wrong-content-type")
    assert client("exchange_code", new_code(world)).openid


def test_a_hiccup_is_tried_again(client: Client, world: World) -> None:
    world.faults.preset("wechat-hiccup")
    assert client("exchange_code", new_code(world)).openid
    assert client.pauses == 1


PRESET_ERRORS: dict[str, tuple[str, type[WxAuthError]]] = {
    "code-replayed": ("exchange_code", CodeRefused),
    "code-expired": ("exchange_code", CodeRefused),
    "answer-lost": ("exchange_code", UpstreamUnavailable),
    "secret-changed": ("exchange_code", AccountRefused),
    "secret-frozen": ("exchange_code", AccountRefused),
    "token-expired": ("fetch_profile", TokenDead),
    "token-replaced": ("fetch_profile", TokenDead),
    "profile-refused": ("fetch_profile", WeChatError),
    "refresh-expired": ("refresh", SignInAgain),
    "password-changed": ("refresh", SignInAgain),
    "wechat-busy": ("check", WeChatBusy),
    "rate-limited": ("refresh", WeChatBusy),
    "quota-used-up": ("fetch_profile", WeChatBusy),
    "wechat-down": ("check", UpstreamUnavailable),
    "bad-gateway": ("refresh", UpstreamUnavailable),
    "html-page": ("fetch_profile", UpstreamProtocolError),
}
TRIED_ELSEWHERE = {"wechat-hiccup", "wechat-slow"}


@pytest.mark.parametrize("preset", PRESET_ERRORS)
def test_a_preset_makes_the_error_it_is_named_after(client: Client, world: World, preset: str) -> None:
    method, error = PRESET_ERRORS[preset]
    grant = client("exchange_code", new_code(world))
    world.faults.preset(preset)
    with pytest.raises(error) as raised:
        client(method, new_code(world) if method == "exchange_code" else grant)
    assert type(raised.value) is error


def test_a_slow_wechat_is_too_slow_for_a_hasty_client(hasty: Client, world: World) -> None:
    world.faults.preset("wechat-slow")
    with pytest.raises(DeadlineExceeded):
        hasty("exchange_code", new_code(world))


def test_every_preset_of_a_server_call_is_tried() -> None:
    of_browsers = {CALLBACK, *NUMBERS}
    of_calls = {name for name, preset in PRESETS.items() if preset.operation not in of_browsers}
    assert PRESET_ERRORS.keys() | TRIED_ELSEWHERE == of_calls
