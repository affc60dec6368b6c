"""The sandbox on a socket, and wechatpy, which knows nothing of it, as its client."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, quote, urlsplit

import httpx2
import pytest
from wechatpy.exceptions import WeChatOAuthException
from wechatpy.oauth import WeChatOAuth

from wxauth.sandbox.accounts import numbered_account
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.serve import Running, bind, running
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

CALLBACK = "http://127.0.0.1:8000/auth"


@pytest.fixture
def sandbox():
    with running(Worlds(World(clock=Clock(at=1_795_000_000, frozen=True)))) as sandbox:
        yield sandbox


def wechatpy(sandbox: Running, *, scope: str = "snsapi_userinfo") -> WeChatOAuth:
    class Sandboxed(WeChatOAuth):
        API_BASE_URL = f"{sandbox.url}/"
        OAUTH_BASE_URL = f"{sandbox.url}/connect/"

    account = sandbox.world.account
    return Sandboxed(account.appid, account.secret, CALLBACK, scope=scope, state="SBXstate")


def sign_in(oauth: WeChatOAuth, name: str = "安") -> str:
    headers = {"User-Agent": "MicroMessenger", "X-Sandbox-Person": quote(name)}
    with httpx2.Client(headers=headers) as http:
        first = http.get(oauth.authorize_url)
        assert first.status_code == 301
        second = http.get(str(first.url.join(first.headers["location"])))
    query = parse_qs(urlsplit(second.headers["location"]).query)
    assert query["state"] == ["SBXstate"]
    return query["code"][0]


def test_wechatpy_exchanges_asks_refreshes_and_checks(sandbox):
    oauth = wechatpy(sandbox)
    grant = oauth.fetch_access_token(sign_in(oauth))
    assert grant["openid"] == sandbox.world.openid(sandbox.world.person("安"))
    assert oauth.get_user_info()["nickname"] == "安 Ann"
    assert oauth.check_access_token() is True
    sandbox.world.clock.advance(hours=3)
    refreshed = oauth.refresh_access_token(oauth.refresh_token)
    assert refreshed["access_token"] != grant["access_token"]
    assert oauth.get_user_info()["openid"] == grant["openid"]


def test_wechatpy_meets_the_refusals(sandbox):
    oauth = wechatpy(sandbox, scope="snsapi_base")
    code = sign_in(oauth, "小明")
    oauth.fetch_access_token(code)
    with pytest.raises(WeChatOAuthException) as used:
        oauth.fetch_access_token(code)
    with pytest.raises(WeChatOAuthException) as base:
        oauth.get_user_info()
    with pytest.raises(WeChatOAuthException) as unknown:
        oauth.refresh_access_token("90_nothing")
    assert [refused.value.errcode for refused in (used, base, unknown)] == [40163, 48001, 40030]


def test_wechatpy_reads_an_emoji(sandbox):
    oauth = wechatpy(sandbox)
    oauth.fetch_access_token(sign_in(oauth, "小明"))
    assert oauth.get_user_info()["nickname"] == "小明🎉"


def test_of_many_exchanges_of_one_code_at_once_one_succeeds(sandbox):
    oauth = wechatpy(sandbox)
    code = sign_in(oauth)
    account = sandbox.world.account
    given = {"appid": account.appid, "secret": account.secret, "code": code, "grant_type": "authorization_code"}

    def exchange(_):
        return httpx2.get(f"{sandbox.url}/sns/oauth2/access_token", params=given).json()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(exchange, range(16)))
    assert [answer.get("errcode") for answer in answers].count(40163) == 15


def test_two_sandboxes_run_side_by_side_and_share_nothing():
    with running() as one, running() as two:
        assert one.url != two.url
        assert one.world is not two.world
        code = sign_in(wechatpy(one))
        one.world.clock.advance(days=1)
        with pytest.raises(WeChatOAuthException):
            wechatpy(one).fetch_access_token(code)
        assert wechatpy(two).fetch_access_token(sign_in(wechatpy(two)))


def test_a_running_sandbox_serves_the_worlds_it_is_given():
    world = World(accounts=[numbered_account(7)])
    with running(Worlds(world)) as sandbox:
        assert sandbox.world is world
        assert wechatpy(sandbox).fetch_access_token(sign_in(wechatpy(sandbox)))


def test_strict_reaches_the_default_world():
    with running(strict=True) as sandbox:
        assert sandbox.world.strict


def test_a_sandbox_starts_and_stops_promptly_with_connections_open():
    with running():
        """The first start loads what the later ones find loaded."""
    took = []
    for _ in range(5):
        with httpx2.Client() as http:
            with running() as sandbox:
                http.get(f"{sandbox.url}/sns/auth")
                began = time.perf_counter()
            took.append(time.perf_counter() - began)
    assert min(took) < 0.05


def answered(connection: socket.socket) -> bytes:
    connection.sendall(b"GET /sns/auth HTTP/1.1\r\nHost: x\r\n\r\n")
    return connection.recv(4096)


def connected(sandbox: Running) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(sandbox.url.rpartition(":")[2])), timeout=5)


@pytest.mark.parametrize("what", ["reset", "lost-answer"])
def test_a_connection_that_a_fault_breaks_off_is_reset_without_a_byte_and_the_others_are_not(sandbox, what):
    with connected(sandbox) as unlucky, connected(sandbox) as lucky:
        assert answered(lucky).startswith(b"HTTP/1.1 200")
        sandbox.world.faults.once("check", what)
        with pytest.raises(ConnectionResetError):
            answered(unlucky)
        assert answered(lucky).startswith(b"HTTP/1.1 200")


def test_a_sandbox_stops_promptly_while_an_answer_is_held_back(caplog):
    with running() as sandbox, connected(sandbox) as waiting:
        sandbox.world.faults.once("check", "slow", seconds=3600)
        waiting.sendall(b"GET /sns/auth HTTP/1.1\r\nHost: x\r\n\r\n")
        until = time.perf_counter() + 5
        while not sandbox.world.journal.entries():
            assert time.perf_counter() < until
        began = time.perf_counter()
    assert time.perf_counter() - began < 1
    assert caplog.records == []


def test_the_port_is_free_again_after_the_stop():
    with running() as sandbox:
        port = int(sandbox.url.rpartition(":")[2])
    with running(port=port) as again:
        assert again.url == sandbox.url


def test_a_taken_port_is_refused_at_once():
    with running() as sandbox:
        port = int(sandbox.url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"), running(port=port):
            pass


def test_an_ipv6_address_is_written_in_brackets():
    try:
        bind("::1", 0).close()
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with running(host="::1") as sandbox:
        assert sandbox.url.startswith("http://[::1]:")
        assert httpx2.get(f"{sandbox.url}/sns/auth").status_code == 200


def test_a_sandbox_listens_on_loopback_only_by_default():
    # J2
    with running() as sandbox, socket.socket() as outside:
        assert urlsplit(sandbox.url).hostname == "127.0.0.1"
        outside.settimeout(1)
        with pytest.raises(OSError):  # noqa: PT011 - refused or unreachable, as the machine has it
            outside.connect(("127.0.0.2", urlsplit(sandbox.url).port))
