"""WeChat and AsyncWeChat, over real HTTP on this machine. Each test runs in both colours."""

import asyncio
import json
import logging
import ssl
import traceback
from collections.abc import AsyncIterator, Callable, Coroutine
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, urlsplit

import pytest
from loopback import TRUSTS_NOBODY, Server, answering, http, read_request

from wxauth import AsyncWeChat, WeChat
from wxauth.account import OfficialAccount
from wxauth.client.transport import AsyncHttpTransport, HttpTransport
from wxauth.errors import (
    CodeRefused,
    SignInAgain,
    TokenDead,
    UpstreamUnavailable,
    UsageError,
    WeChatBusy,
    WxAuthError,
)
from wxauth.identity import Grant, Lang, Scope
from wxauth.protocol.message import Endpoints, Request, Response

ACCOUNT = OfficialAccount(appid="wx0000000000000001", secret="cafe0000000000000000000000005ec1")
OTHER = OfficialAccount(appid="wx0000000000000002", secret="cafe0000000000000000000000005ec2")
CODE = "CANARYCODE+/"
ACCESS = "99_CANARYACCESS+/"
REFRESH = "99_CANARYREFRESH+/"
GRANT = Grant(
    appid=ACCOUNT.appid,
    openid="oCANARYOPENID",
    unionid="oU",
    scope="snsapi_userinfo",
    access_token=ACCESS,
    refresh_token=REFRESH,
    expires_at=0.0,
    is_snapshot_user=False,
)
CANARIES = [
    ACCOUNT.secret,
    *(form(text) for text in (CODE, ACCESS, REFRESH) for form in (str, lambda text: quote(text, safe=""))),
]
BODY = {
    "access_token": ACCESS,
    "expires_in": 7200,
    "refresh_token": REFRESH,
    "openid": "oCANARYOPENID",
    "scope": "snsapi_userinfo",
    "unionid": "oU",
}


def target(request: bytes) -> str:
    return request.split(b" ", 2)[1].decode()


def wechat(request: bytes) -> bytes:
    """A WeChat that answers whatever it is asked; a person's openid says whose code it was."""
    url = urlsplit(target(request))
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    match url.path:
        case "/sns/oauth2/access_token":
            answer: dict[str, Any] = BODY | {"openid": f"o{query['appid'][-1]}{query['code']}"}
        case "/sns/oauth2/refresh_token":
            answer = {name: value for name, value in BODY.items() if name != "unionid"}
        case "/sns/userinfo":
            answer = {"openid": query["openid"], "nickname": f"安 {query['lang']}", "sex": 0, "privilege": []}
        case _:
            answer = (
                {"errcode": 0, "errmsg": "ok"}
                if query["access_token"] == ACCESS
                else {"errcode": 40003, "errmsg": "no"}
            )
    return http(answer, "200 OK", "Content-Type: text/plain")


class Client:
    """A client of either colour; its methods are awaited either way."""

    def __init__(self, colour: str, url: str, account: OfficialAccount = ACCOUNT, **options: Any) -> None:
        kind, transport = (AsyncWeChat, AsyncHttpTransport) if colour == "async" else (WeChat, HttpTransport)
        options["transport"] = transport(ssl_context=TRUSTS_NOBODY)
        self.wechat: Any = kind(account, endpoints=Endpoints.sandbox(url), **options)

    def __getattr__(self, name: str) -> Callable[..., Coroutine[Any, Any, Any]]:
        async def call(*args: Any, **options: Any) -> Any:
            result = getattr(self.wechat, name)(*args, **options)
            return await result if asyncio.iscoroutine(result) else result

        return call


@pytest.fixture(params=["sync", "async"])
def colour(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
async def client(colour: str) -> AsyncIterator[Client]:
    with Server(answering(wechat)) as server:
        client = Client(colour, server.url)
        yield client
        await client.close()


async def test_a_sign_in_by_hand(client: Client) -> None:
    url = client.wechat.authorize_url("https://example.com/auth", scope="snsapi_userinfo", state="abc")
    assert url.endswith(
        "/connect/oauth2/authorize?appid=wx0000000000000001&redirect_uri=https%3A%2F%2Fexample.com%2Fauth"
        "&response_type=code&scope=snsapi_userinfo&state=abc#wechat_redirect"
    )
    grant = await client.exchange_code("ANN")
    assert (grant.openid, grant.appid, grant.access_token) == ("o1ANN", ACCOUNT.appid, ACCESS)
    profile = await client.fetch_profile(grant)
    assert (profile.openid, profile.nickname) == ("o1ANN", "安 zh_CN")
    assert await client.check(grant) is True


async def test_a_refreshed_grant_keeps_the_unionid(client: Client) -> None:
    renewed = await client.refresh(GRANT)
    assert (renewed.unionid, renewed.openid) == ("oU", GRANT.openid)
    assert renewed.expires_at > GRANT.expires_at


async def test_a_dead_token_is_false_and_no_error(client: Client) -> None:
    dead = Grant(**{name: getattr(GRANT, name) for name in GRANT.__slots__} | {"access_token": "DEAD"})
    assert await client.check(dead) is False


@pytest.mark.parametrize("lang", ["en", Lang.EN])
async def test_the_language_of_a_profile_is_an_enum_or_its_value(client: Client, lang: Lang | str) -> None:
    assert (await client.fetch_profile(GRANT, lang=lang)).nickname == "安 en"


@pytest.mark.parametrize("scope", ["snsapi_base", Scope.SNSAPI_BASE])
async def test_every_option_of_the_link_is_passed_on(client: Client, scope: Scope | str) -> None:
    url = client.wechat.authorize_url(
        "https://example.com/", scope=scope, state="a", force_popup=True, force_snapshot=True
    )
    assert "scope=snsapi_base&state=a&forcePopup=true&forceSnapShot=true#" in url


@pytest.mark.parametrize(
    ("method", "arguments", "errcode", "kind"),
    [
        ("exchange_code", ("ANN",), 40163, CodeRefused),
        ("exchange_code", ("ANN",), 40029, CodeRefused),
        ("fetch_profile", (GRANT,), 40001, TokenDead),
        ("refresh", (GRANT,), 40030, SignInAgain),
        ("check", (GRANT,), 45009, WeChatBusy),
    ],
)
async def test_a_refusal_is_an_error_of_its_kind(
    colour: str, method: str, arguments: tuple[Any, ...], errcode: int, kind: type[WxAuthError]
) -> None:
    with Server(answering(http({"errcode": errcode, "errmsg": "no, rid: 1-2-3"}))) as server:
        client = Client(colour, server.url)
        with pytest.raises(kind) as caught:
            await getattr(client, method)(*arguments)
        await client.close()
    assert (caught.value.errcode, caught.value.rid) == (errcode, "1-2-3")  # type: ignore[attr-defined]
    assert len(server.requests) == 1


async def test_a_busy_wechat_is_asked_again_once_for_a_code(colour: str) -> None:  # T5
    answers = [http({"errcode": -1, "errmsg": "system error"}), http(BODY)]
    with Server(answering(lambda _request: answers.pop(0))) as server:
        client = Client(colour, server.url)
        assert (await client.exchange_code("ANN")).openid == "oCANARYOPENID"
        await client.close()
    assert len(server.requests) == 2


async def test_a_code_whose_fate_is_unknown_is_not_sent_again(colour: str) -> None:  # T11
    with Server(lambda connection, server: server.requests.append(read_request(connection))) as server:
        client = Client(colour, server.url)
        with pytest.raises(UpstreamUnavailable) as caught:
            await client.exchange_code("ANN")
        await client.close()
    assert caught.value.sent
    assert len(server.requests) == 1


def test_two_accounts_in_one_process_never_meet(colour: str) -> None:
    with Server(answering(wechat)) as server:
        grants: list[Grant] = []

        async def sign_in_many(account: OfficialAccount) -> None:
            client = Client(colour, server.url, account)
            grants.extend([await client.exchange_code(f"C{number}") for number in range(100)])
            await client.close()

        def run(account: OfficialAccount) -> None:
            asyncio.run(sign_in_many(account))

        threads = [Thread(target=run, args=(account,)) for account in (ACCOUNT, OTHER, ACCOUNT, OTHER)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(grants) == 400
    assert all(grant.openid.startswith(f"o{grant.appid[-1]}C") for grant in grants)
    for sent in map(target, server.requests):
        assert ("appid=wx0000000000000001&secret=cafe0000000000000000000000005ec1" in sent) != (
            "appid=wx0000000000000002&secret=cafe0000000000000000000000005ec2" in sent
        )


def test_threads_share_a_client() -> None:
    with Server(answering(wechat)) as server, WeChat(ACCOUNT, endpoints=Endpoints.sandbox(server.url)) as shared:
        results: dict[int, str] = {}

        def run(number: int) -> None:
            for step in range(25):
                results[number * 100 + step] = shared.exchange_code(f"C{number}x{step}").openid

        threads = [Thread(target=run, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert results == {number * 100 + step: f"o1C{number}x{step}" for number in range(8) for step in range(25)}


async def test_tasks_share_a_client() -> None:
    with Server(answering(wechat)) as server:
        async with AsyncWeChat(ACCOUNT, endpoints=Endpoints.sandbox(server.url)) as shared:
            grants = await asyncio.gather(*(shared.exchange_code(f"C{number}") for number in range(200)))
    assert [grant.openid for grant in grants] == [f"o1C{number}" for number in range(200)]


class OwnTransport:
    """A transport of the application's own."""

    def __init__(self) -> None:
        self.spans: list[float] = []
        self.closed = 0

    def send(self, request: Request, *, within_seconds: float) -> Response:
        self.spans.append(within_seconds)
        return Response(status=200, body=json.dumps(BODY).encode())

    def close(self) -> None:
        self.closed += 1


class OwnAsyncTransport(OwnTransport):
    async def send(self, request: Request, *, within_seconds: float) -> Response:  # type: ignore[override]
        return super().send(request, within_seconds=within_seconds)

    async def close(self) -> None:  # type: ignore[override]
        super().close()


def test_another_transport_is_used_with_the_deadline_and_closed_at_the_end() -> None:
    own = OwnTransport()
    with WeChat(ACCOUNT, transport=own, deadline_seconds=1.5) as client:
        client.exchange_code("ANN")
    assert (own.spans, own.closed) == ([1.5], 1)


async def test_another_async_transport_is_used_with_the_deadline_and_closed_at_the_end() -> None:
    own = OwnAsyncTransport()
    async with AsyncWeChat(ACCOUNT, transport=own, deadline_seconds=1.5) as client:  # type: ignore[arg-type]
        await client.exchange_code("ANN")
    assert (own.spans, own.closed) == ([1.5], 1)


@pytest.mark.parametrize("kind", [WeChat, AsyncWeChat])
@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
def test_a_deadline_that_is_none_is_refused(kind: Any, seconds: float) -> None:
    with pytest.raises(UsageError, match="deadline_seconds"):
        kind(ACCOUNT, deadline_seconds=seconds)


@pytest.mark.parametrize("kind", [WeChat, AsyncWeChat])
def test_without_options_it_is_the_real_wechat_and_the_built_in_transport(kind: Any) -> None:
    client = kind(ACCOUNT)
    assert client.endpoints.is_wechat
    assert client.deadline_seconds == 5.0
    assert isinstance(client._ports.transport._transport, HttpTransport | AsyncHttpTransport)
    assert ACCOUNT.secret not in repr(client) + repr(vars(client))


def echo(wrap: Callable[[str], bytes]) -> Callable[[bytes], bytes]:
    return lambda request: wrap(target(request))


def hang(connection: Any, server: Server) -> None:
    server.requests.append(read_request(connection))
    server.over.wait()


def reset(connection: Any, server: Server) -> None:
    read_request(connection)


def values(sent: str) -> str:
    """The values of a request, decoded, as WeChat may repeat them."""
    return " ".join(value for _, value in parse_qsl(urlsplit(sent).query))


TOKENS = f"{ACCESS} {REFRESH} {CODE} {ACCOUNT.secret}"
FAILURES: dict[str, Any] = {
    "refused": None,
    "tls": None,
    "hangs": hang,
    "resets": reset,
    "busy": answering(echo(lambda sent: http({"errcode": -1, "errmsg": f"system error {sent}"}))),
    "errmsg repeats the request": answering(echo(lambda sent: http({"errcode": 40029, "errmsg": sent}))),
    "errmsg repeats the values": answering(echo(lambda sent: http({"errcode": 40163, "errmsg": values(sent)}))),
    "rid repeats the values": answering(echo(lambda sent: http({"errcode": 1, "errmsg": f"no, rid: {values(sent)}"}))),
    "unknown errcode": answering(echo(lambda sent: http({"errcode": 99999, "errmsg": values(sent)}))),
    "errcode of letters": answering(http({"errcode": TOKENS, "errmsg": "no"})),
    "server error": answering(echo(lambda sent: http(sent.encode(), "500 Oops"))),
    "server error with a reason": answering(echo(lambda sent: http(b"", f"500 {sent}"))),
    "bad gateway": answering(echo(lambda sent: http(f"<html>{sent}{TOKENS}".encode(), "502 Bad Gateway"))),
    "not found": answering(echo(lambda sent: http(sent.encode(), "404 Not Found"))),
    "redirect": answering(echo(lambda sent: http(b"", "302 Found", f"Location: https://127.0.0.1{sent}"))),
    "cookie": answering(echo(lambda sent: http(b"<html>", "200 OK", f"Set-Cookie: last={sent}"))),
    "page": answering(echo(lambda sent: http(f"<html>{sent}{TOKENS}".encode()))),
    "half json": answering(http(json.dumps(BODY).encode()[:-20])),
    "tokens as keys": answering(http({TOKENS: 1, "access_token": {TOKENS: TOKENS}})),
    "tokens of a wrong type": answering(http({"access_token": [TOKENS], "openid": 7, "errcode": None})),
    "tokens of a wrong shape": answering(http(BODY | {"access_token": f"{TOKENS}\r\n", "openid": TOKENS})),
    "openid of somebody else": answering(http(BODY | {"openid": TOKENS.replace(" ", "")})),
    "too much": answering(http(TOKENS.encode() * 10_000)),
    "no http": answering(echo(lambda sent: f"{sent} {TOKENS}\r\n\r\n".encode())),
    "header without end": answering(echo(lambda sent: f"HTTP/1.1 200 OK\r\nX: {sent * 2000}".encode())),
    "breaks off": answering(http(b"x" * 100 + TOKENS.encode())[:-5]),
    "two lengths": answering(echo(lambda sent: http(b"{}", "200 OK", "Content-Length: 3", f"X: {sent}"))),
}
CALLS: list[tuple[str, tuple[Any, ...]]] = [
    ("exchange_code", (CODE,)),
    ("fetch_profile", (GRANT,)),
    ("refresh", (GRANT,)),
    ("check", (GRANT,)),
]


@pytest.mark.parametrize("failure", FAILURES)
async def test_no_failure_shows_a_secret_a_code_or_a_token(
    colour: str, failure: str, caplog: pytest.LogCaptureFixture
) -> None:
    """H1: not in a text, a field or a traceback of the error, and in no log record of any logger at any level."""
    caplog.set_level(logging.DEBUG)
    behaviour = FAILURES[failure] or hang
    written: list[str] = []
    with Server(behaviour) as server:
        url = server.url
        if failure == "refused":
            server.__exit__()
        if failure == "tls":
            url = url.replace("http:", "https:")
        for method, arguments in CALLS:
            client = Client(colour, url, deadline_seconds=0.15)
            try:
                await getattr(client, method)(*arguments)
            except WxAuthError as error:
                written += shown(error)
            await client.close()
    written += [f"{record.getMessage()} {vars(record)}" for record in caplog.records]
    assert written
    text = "\n".join(written)
    assert [canary for canary in CANARIES if canary in text] == []
    assert GRANT.openid not in text  # H2


def shown(error: BaseException) -> list[str]:
    """Everything an error may put before somebody's eyes."""
    return [
        str(error),
        repr(error),
        repr(error.args),
        repr(vars(error)),
        "".join(traceback.format_exception(error)),
        *(line for seen in (error.__cause__, error.__context__) if seen is not None for line in shown(seen)),
    ]


def test_what_is_logged_elsewhere_over_the_same_pool_is_still_logged(caplog: pytest.LogCaptureFixture) -> None:
    import httpcore2

    caplog.set_level(logging.DEBUG)
    with Server(answering(wechat)) as server, WeChat(ACCOUNT, endpoints=Endpoints.sandbox(server.url)) as client:
        client.exchange_code("ANN")
        assert not [record for record in caplog.records if record.name.startswith("httpcore2.http11")]
        httpcore2.request("GET", f"{server.url}/sns/auth?access_token={quote(ACCESS)}&openid=o")
    assert [record for record in caplog.records if record.name.startswith("httpcore2.http11")]


def test_nothing_that_is_shown_of_a_client_holds_a_secret() -> None:  # G3
    for thing in (ACCOUNT, GRANT, WeChat(ACCOUNT), Request(operation="sns/auth", url=f"https://x/?{ACCESS}")):
        text = repr(thing) + str(thing)
        assert not [canary for canary in CANARIES if canary in text]


def test_a_private_authority_is_given_to_the_transport() -> None:
    context = ssl.create_default_context()
    with WeChat(ACCOUNT, transport=HttpTransport(ssl_context=context)) as client:
        assert client._ports.transport._transport._pool._ssl_context is context  # type: ignore[attr-defined]
