"""`sync`: WeChat against wechatpy and against the bare HTTP client, for callers that block."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Protocol, cast

import httpcore2
import httpx2
from wechatpy.oauth import WeChatOAuth  # pyright: ignore[reportMissingTypeStubs]  it has none

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
from wxauth import Endpoints, WeChat


@contextmanager
def peers(origin: str) -> Generator[list[Peer]]:
    """The peers, each with one connection kept alive."""
    with (
        WeChat(ACCOUNT, endpoints=Endpoints.sandbox(origin)) as wechat,
        httpx2.Client(base_url=origin) as client,
        httpcore2.ConnectionPool() as pool,
    ):
        yield [
            Peer(name=OURS, pairs=_repeat(wxauth_pair(wechat))),
            Peer(name="wechatpy", pairs=_repeat(wechatpy_pair(origin)), ratio_target=0.95),
            Peer(name="httpx2.Client", pairs=_repeat(httpx2_pair(client)), cost_target_us=OWN_COST_US),
            Peer(name="httpcore2 pool", pairs=_repeat(_httpcore2(pool, origin)), cost_target_us=OWN_COST_US),
        ]


def _repeat(pair: Callable[[], str]) -> Callable[[int], str]:
    def pairs(count: int) -> str:
        nickname = ""
        for _ in range(count):
            nickname = pair()
        return nickname

    return pairs


def wxauth_pair(wechat: WeChat) -> Callable[[], str]:
    return lambda: wechat.fetch_profile(wechat.exchange_code(CODE)).nickname


class OAuth(Protocol):
    """The part of wechatpy's WeChatOAuth that is measured."""

    API_BASE_URL: str

    def fetch_access_token(self, code: str) -> object: ...
    def get_user_info(self) -> dict[str, str]: ...


def wechatpy_pair(origin: str) -> Callable[[], str]:
    oauth = cast("OAuth", WeChatOAuth(ACCOUNT.appid, ACCOUNT.secret, "https://www.example.com/auth", "snsapi_userinfo"))
    oauth.API_BASE_URL = f"{origin}/"

    def pair() -> str:
        oauth.fetch_access_token(CODE)
        return oauth.get_user_info()["nickname"]

    return pair


def httpx2_pair(client: httpx2.Client) -> Callable[[], str]:
    def pair() -> str:
        grant = decode(client.get(EXCHANGE, params=exchange_parameters()).content)
        profile = decode(client.get(USERINFO, params=userinfo_parameters(grant)).content)
        return str(profile["nickname"])

    return pair


def _httpcore2(pool: httpcore2.ConnectionPool, origin: str) -> Callable[[], str]:
    def pair() -> str:
        exchange = pool_url(origin, EXCHANGE, exchange_parameters())
        grant = decode(pool.request("GET", exchange, extensions=TIMEOUTS).content)
        userinfo = pool_url(origin, USERINFO, userinfo_parameters(grant))
        return str(decode(pool.request("GET", userinfo, extensions=TIMEOUTS).content)["nickname"])

    return pair
