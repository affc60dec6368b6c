"""`async`: AsyncWeChat against the bare HTTP client, for callers that await. One call at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator
from contextlib import AsyncExitStack, contextmanager

import httpcore2
import httpx2

from bench.pair import (
    ACCOUNT,
    CODE,
    EXCHANGE,
    TIMEOUTS,
    USERINFO,
    decode,
    exchange_parameters,
    pool_url,
    userinfo_parameters,
)
from bench.rounds import OURS, OWN_COST_US, Peer
from wxauth import AsyncWeChat, Endpoints

Pair = Callable[[], Awaitable[str]]


@contextmanager
def peers(origin: str) -> Generator[list[Peer]]:
    """The peers in one event loop, each with one connection kept alive."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        wxauth, httpx, httpcore = runner.run(_open(stack, origin))
        try:
            yield [
                Peer(name=OURS, pairs=_repeat(runner, wxauth)),
                Peer(
                    name="httpx2.AsyncClient",
                    pairs=_repeat(runner, httpx),
                    ratio_target=1.15,
                    cost_target_us=OWN_COST_US,
                ),
                Peer(name="httpcore2 async pool", pairs=_repeat(runner, httpcore), cost_target_us=OWN_COST_US),
            ]
        finally:
            runner.run(stack.aclose())


async def _open(stack: AsyncExitStack, origin: str) -> tuple[Pair, Pair, Pair]:
    wechat = await stack.enter_async_context(AsyncWeChat(ACCOUNT, endpoints=Endpoints.sandbox(origin)))
    client = await stack.enter_async_context(httpx2.AsyncClient(base_url=origin))
    pool = await stack.enter_async_context(httpcore2.AsyncConnectionPool())
    return wxauth_pair(wechat), httpx2_pair(client), _httpcore2(pool, origin)


def _repeat(runner: asyncio.Runner, pair: Pair) -> Callable[[int], str]:
    async def pairs(count: int) -> str:
        nickname = ""
        for _ in range(count):
            nickname = await pair()
        return nickname

    return lambda count: runner.run(pairs(count))


def wxauth_pair(wechat: AsyncWeChat) -> Pair:
    async def pair() -> str:
        return (await wechat.fetch_profile(await wechat.exchange_code(CODE))).nickname

    return pair


def httpx2_pair(client: httpx2.AsyncClient) -> Pair:
    async def pair() -> str:
        grant = decode((await client.get(EXCHANGE, params=exchange_parameters())).content)
        profile = decode((await client.get(USERINFO, params=userinfo_parameters(grant))).content)
        return str(profile["nickname"])

    return pair


def _httpcore2(pool: httpcore2.AsyncConnectionPool, origin: str) -> Pair:
    async def pair() -> str:
        exchange = pool_url(origin, EXCHANGE, exchange_parameters())
        grant = decode((await pool.request("GET", exchange, extensions=TIMEOUTS)).content)
        userinfo = pool_url(origin, USERINFO, userinfo_parameters(grant))
        profile = decode((await pool.request("GET", userinfo, extensions=TIMEOUTS)).content)
        return str(profile["nickname"])

    return pair
