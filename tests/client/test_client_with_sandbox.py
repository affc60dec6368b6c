"""WeChat and AsyncWeChat against the sandbox: two pictures of WeChat that share no code."""

import asyncio
import http.client
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from wxauth import AsyncWeChat, CodeRefused, Endpoints, Grant, OfficialAccount, SignInAgain, TokenDead, WeChat
from wxauth.sandbox.serve import Running, running

ACCOUNT = OfficialAccount(appid="wx5a4db00000000001", secret="5a4db000000000000000000000000001")
CALLBACK = "http://127.0.0.1:9/auth"


@pytest.fixture
def sandbox() -> Iterator[Running]:
    with running() as sandbox:
        yield sandbox


class Client:
    """A client of either colour, for a test that is not async."""

    def __init__(self, colour: str, url: str) -> None:
        self.runner = asyncio.Runner()
        self.wechat: Any = (AsyncWeChat if colour == "async" else WeChat)(ACCOUNT, endpoints=Endpoints.sandbox(url))

    def __call__(self, method: str, *arguments: Any, **options: Any) -> Any:
        result = getattr(self.wechat, method)(*arguments, **options)
        return self.runner.run(result) if asyncio.iscoroutine(result) else result


@pytest.fixture(params=["sync", "async"])
def client(request: pytest.FixtureRequest, sandbox: Running) -> Iterator[Client]:
    client = Client(request.param, sandbox.url)
    yield client
    client("close")
    client.runner.close()


def authorized(client: Client, person: str = "安", scope: str = "snsapi_userinfo") -> str:
    """The code that comes back when a person opens the link inside WeChat and allows."""
    url = client.wechat.authorize_url(CALLBACK, scope=scope, state="abc")
    headers = {"User-Agent": "MicroMessenger", "X-Sandbox-Person": quote(person)}
    while not url.startswith(CALLBACK):
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.netloc)
        connection.request("GET", f"{parts.path}?{parts.query}", headers=headers)
        answer = connection.getresponse()
        assert answer.status in (301, 302), answer.read().decode()
        url = answer.headers["Location"]
        url = url if url.startswith("http") else f"http://{parts.netloc}{url}"
        connection.close()
    return parse_qs(urlsplit(url).query)["code"][0]


def test_a_person_signs_in(client: Client) -> None:
    grant: Grant = client("exchange_code", authorized(client))
    assert grant.allows("snsapi_userinfo")
    assert not grant.is_snapshot_user
    profile = client("fetch_profile", grant)
    assert (profile.openid, profile.unionid) == (grant.openid, grant.unionid)
    assert profile.nickname
    assert client("check", grant) is True
    renewed = client("refresh", grant)
    assert (renewed.openid, renewed.unionid, client("check", renewed)) == (grant.openid, grant.unionid, True)


def test_the_same_person_has_the_same_openid(client: Client) -> None:
    openids = {
        client("exchange_code", authorized(client, scope=scope)).openid for scope in ("snsapi_base", "snsapi_userinfo")
    }
    assert len(openids) == 1
    assert client("exchange_code", authorized(client, "波")).openid not in openids


def test_a_code_works_once_and_for_five_minutes(client: Client, sandbox: Running) -> None:
    code = authorized(client)
    client("exchange_code", code)
    with pytest.raises(CodeRefused) as used:
        client("exchange_code", code)
    late = authorized(client)
    sandbox.world.clock.advance(minutes=6)
    with pytest.raises(CodeRefused) as expired:
        client("exchange_code", late)
    assert (used.value.errcode, expired.value.errcode) == (40163, 40029)


def test_a_token_ends_after_two_hours_and_a_grant_after_thirty_days(client: Client, sandbox: Running) -> None:
    grant = client("exchange_code", authorized(client))
    sandbox.world.clock.advance(hours=2, seconds=1)
    assert client("check", grant) is False
    with pytest.raises(TokenDead):
        client("fetch_profile", grant)
    renewed = client("refresh", grant)
    assert client("check", renewed) is True
    sandbox.world.clock.advance(days=30)
    with pytest.raises(SignInAgain):
        client("refresh", renewed)
