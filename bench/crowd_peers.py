"""Who stands in the crowd: wxauth three times, three libraries that sign people in, and the bare HTTP clients."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from typing import Any
from warnings import catch_warnings, simplefilter

import aiohttp
import httpx
import httpx2
from authlib.integrations import httpx_client, starlette_client  # pyright: ignore[reportMissingTypeStubs]

from bench import aio, sync
from bench.crowd import CROWD, OURS, AsyncPair, Pair, Peer, Work, tasks, threads
from bench.pair import ACCOUNT, CODE, EXCHANGE, USERINFO, decode, exchange_parameters, userinfo_parameters
from wxauth import AsyncWeChat, Endpoints, WeChat
from wxauth.client.aiohttp import AiohttpTransport

with catch_warnings():
    simplefilter("ignore", DeprecationWarning)  # python3-openid imports by a name of old
    from social_core.backends.weixin import WeixinOAuth2APP
    from social_core.strategy import BaseStrategy

LEAST_OF_WECHATPY = 4.0
LEAST_OF_AUTHLIB = 10.0
MOST_OF_AIOHTTP = 1.35
LIMITS = httpx2.Limits(max_keepalive_connections=CROWD)
"""By default 20 connections are kept, and everybody else would open one for every call."""
API = "https://api.weixin.qq.com"


@contextmanager
def peers(origin: str) -> Generator[list[Peer]]:
    """All of them. Clients of one event loop are shared by its tasks, and wxauth's and httpx2's by the threads."""
    with ExitStack() as stack:
        crowd = stack.enter_context(threads())
        runner = stack.enter_context(asyncio.Runner())
        awaiting = AsyncExitStack()
        stack.callback(lambda: runner.run(awaiting.aclose()))
        yield [*runner.run(_awaiting(awaiting, runner, origin)), *_blocking(stack, crowd, origin)]


async def _awaiting(stack: AsyncExitStack, runner: asyncio.Runner, origin: str) -> list[Peer]:
    endpoints = Endpoints.sandbox(origin)
    over_aiohttp = await stack.enter_async_context(
        AsyncWeChat(ACCOUNT, endpoints=endpoints, transport=AiohttpTransport())
    )
    built_in = await stack.enter_async_context(AsyncWeChat(ACCOUNT, endpoints=endpoints))
    session = await stack.enter_async_context(aiohttp.ClientSession(origin))
    client = await stack.enter_async_context(httpx2.AsyncClient(base_url=origin, limits=LIMITS))
    limits = httpx.Limits(max_keepalive_connections=CROWD)
    authlib: Any = httpx_client
    oauth = await stack.enter_async_context(authlib.AsyncOAuth2Client(token_endpoint_auth_method="none", limits=limits))
    return [
        Peer(name=OURS, work=tasks(runner, aio.wxauth_pair(over_aiohttp))),
        Peer(name="bare aiohttp", work=tasks(runner, _aiohttp(session)), most_cpu_ratio=MOST_OF_AIOHTTP),
        Peer(name="AsyncWeChat", work=tasks(runner, aio.wxauth_pair(built_in))),
        Peer(name="bare httpx2.AsyncClient", work=tasks(runner, aio.httpx2_pair(client))),
        Peer(
            name="Authlib with httpx, one client kept",
            work=tasks(runner, _authlib_kept(oauth, origin)),
            least_ratio=LEAST_OF_AUTHLIB,
        ),
        Peer(
            name="Authlib with httpx, as it signs in",
            work=tasks(runner, _authlib(origin)),
            part=0.25,
            least_ratio=LEAST_OF_AUTHLIB,
        ),
    ]


def _blocking(stack: ExitStack, crowd: Callable[[list[Pair]], Work], origin: str) -> list[Peer]:
    wechat = stack.enter_context(WeChat(ACCOUNT, endpoints=Endpoints.sandbox(origin)))
    client = stack.enter_context(httpx2.Client(base_url=origin, limits=LIMITS))
    wechatpy = [sync.wechatpy_pair(origin) for _ in range(CROWD)]
    return [
        Peer(name="WeChat in threads", work=crowd([sync.wxauth_pair(wechat)] * CROWD)),
        Peer(name="bare httpx2.Client in threads", work=crowd([sync.httpx2_pair(client)] * CROWD)),
        Peer(name="wechatpy in threads", work=crowd(wechatpy), least_ratio=LEAST_OF_WECHATPY),
        Peer(name="social-auth-core in threads", work=crowd([_social_core(origin)] * CROWD)),
    ]


def _aiohttp(session: aiohttp.ClientSession) -> AsyncPair:
    async def ask(path: str, parameters: Any) -> Any:
        async with session.get(path, params=parameters) as answer:
            return decode(await answer.read())

    async def pair() -> str:
        grant = await ask(EXCHANGE, exchange_parameters())
        return str((await ask(USERINFO, userinfo_parameters(grant)))["nickname"])

    return pair


EXCHANGING = {
    "method": "GET",
    "grant_type": "authorization_code",
    "code": CODE,
    "appid": ACCOUNT.appid,
    "secret": ACCOUNT.secret,
}
"""WeChat's parameters have names of their own, which Authlib sends along."""


def _authlib(origin: str) -> AsyncPair:
    # What its integrations for web frameworks do: every call has a client, and a TLS context, of its own.
    oauth: Any = starlette_client.OAuth()
    wechat = oauth.register(
        "wechat",
        access_token_url=f"{origin}{EXCHANGE}",
        client_kwargs={"token_endpoint_auth_method": "none", "token_placement": "uri"},
    )

    async def pair() -> str:
        grant = await wechat.fetch_access_token(**EXCHANGING)
        answer = await wechat.get(f"{origin}{USERINFO}", params=userinfo_parameters(grant), token=grant)
        return str(answer.json()["nickname"])

    return pair


def _authlib_kept(client: Any, origin: str) -> AsyncPair:
    # A client keeps the token of its last person, so one for everybody must not add it by itself.
    async def pair() -> str:
        grant = await client.fetch_token(f"{origin}{EXCHANGE}", **EXCHANGING)
        parameters = userinfo_parameters(grant)
        answer = await client.request("GET", f"{origin}{USERINFO}", params=parameters, withhold_token=True)
        return str(answer.json()["nickname"])

    return pair


def _social_core(origin: str) -> Pair:
    class Settings(BaseStrategy[Any]):
        """What the backend asks its web framework for."""

        def get_setting(self, name: str) -> Any:
            return {"SOCIAL_AUTH_KEY": ACCOUNT.appid, "SOCIAL_AUTH_SECRET": ACCOUNT.secret}[name]

        def get_request_data(self, merge: bool = True) -> Any:
            return {"code": CODE}

        def build_absolute_uri(self, path: str | None = None) -> Any:
            return path

    def at_origin(ask: Callable[..., Any]) -> Callable[..., Any]:
        def request(url: str, **options: Any) -> Any:
            return ask(url.replace(API, origin), **options)

        return request

    def pair() -> str:
        backend: Any = WeixinOAuth2APP(Settings())
        backend.request = at_origin(backend.request)
        grant = backend.request_access_token(backend.ACCESS_TOKEN_URL, data=exchange_parameters(), method="GET")
        return str(backend.user_data(grant["access_token"], response=grant)["nickname"])

    return pair
