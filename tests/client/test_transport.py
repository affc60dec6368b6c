"""Every transport against servers of this machine that hang, drip, lie, break off and close."""

import asyncio
import gc
import gzip
import importlib
import logging
import os
import random
import socket
import ssl
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
import trustme
from loopback import TRANSPORTS, Behaviour, Caller, Server, answering, http, read_request, request

from wxauth.account import OfficialAccount
from wxauth.client import network, transport
from wxauth.client.aiohttp import AiohttpTransport
from wxauth.errors import DeadlineExceeded, UpstreamProtocolError, UpstreamUnavailable, UsageError, WxAuthError
from wxauth.flow.ports import AsyncTransport, Transport
from wxauth.protocol import sns
from wxauth.protocol.body import post
from wxauth.protocol.message import Endpoints, Request

SHORT_SECONDS = 0.3
SLACK_SECONDS = 0.5
"""As much as a call may be late on a busy machine; on an idle one it is some milliseconds (T2 to T4 allow 0.2 s)."""
ACCOUNT = OfficialAccount(appid="wx0000000000000001", secret="0123456789abcdef0123456789abcdef")

AwaitedKind = type[transport.AsyncHttpTransport] | type[AiohttpTransport]
AWAITED: list[AwaitedKind] = [transport.AsyncHttpTransport, AiohttpTransport]


@pytest.fixture(params=TRANSPORTS)
def caller(request: pytest.FixtureRequest) -> Iterator[Caller]:
    caller = Caller(request.param)
    yield caller
    caller.close()


@pytest.fixture(params=TRANSPORTS)
def colour(request: pytest.FixtureRequest) -> str:
    return request.param


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_an_answer_is_its_status_and_its_bytes(caller: Caller) -> None:
    with Server(answering(http(b'{"nickname":"\xe5\xae\x89"}', "418 Teapot"))) as server:
        answer = caller.send(request(server.url))
    assert (answer.status, answer.body) == (418, b'{"nickname":"\xe5\xae\x89"}')


def test_a_request_says_what_it_must_and_asks_for_no_compression(caller: Caller) -> None:
    with Server(answering(http())) as server:
        caller.send(request(server.url))
    line, *headers = server.requests[0].decode().split("\r\n")
    assert line == "GET /sns/auth?access_token=SECRETTOKEN&openid=oAnn HTTP/1.1"
    assert sorted(filter(None, headers)) == [
        f"Host: 127.0.0.1:{server.port}",
        "User-Agent: wxauth",
    ]


def test_json_goes_as_it_is_with_its_length(caller: Caller) -> None:
    with Server(answering(http())) as server:
        for text in ("安", "安" * 20_000):
            caller.send(post("cgi-bin/stable_token", f"{server.url}/cgi-bin/stable_token", {"name": text}))
    for asked, text in zip(server.requests, ("安", "安" * 20_000), strict=True):
        body = f'{{"name":"{text}"}}'.encode()
        head = asked.partition(b"\r\n\r\n")[0].decode()
        assert head.startswith("POST /cgi-bin/stable_token HTTP/1.1\r\n")
        assert sorted(head.split("\r\n")[1:]) == [
            f"Content-Length: {len(body)}",
            "Content-Type: application/json",
            f"Host: 127.0.0.1:{server.port}",
            "User-Agent: wxauth",
        ]
        assert asked.endswith(b"\r\n\r\n" + body)


def test_chunked_answers_are_put_together(caller: Caller) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n1\r\n \r\n0\r\n\r\n"
    with Server(answering(chunked)) as server:
        assert caller.send(request(server.url)).body == b"{} "


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("kind", AWAITED)
def test_one_transport_serves_one_event_loop_after_the_other(kind: AwaitedKind) -> None:
    there = kind()
    with Server(answering(http())) as server:
        for _ in range(3):
            answer = asyncio.run(there.send(request(server.url), within_seconds=5))
            assert answer.status == 200
    del there
    gc.collect()  # a loop that ends leaves its connections behind, and Python complains of them here


def test_the_transports_keep_the_protocol_of_the_ports() -> None:
    blocking: Transport = transport.HttpTransport()
    for kind in AWAITED:
        awaiting: AsyncTransport = kind()
        assert blocking.send.__kwdefaults__ is awaiting.send.__kwdefaults__ is None


class TestDeadline:
    """T2 to T4: whatever the server does, a call ends when its time is up."""

    @staticmethod
    def never(connection: socket.socket, server: Server) -> None:
        server.over.wait()

    @staticmethod
    def drip(*parts: bytes) -> Behaviour:
        def behave(connection: socket.socket, server: Server) -> None:
            read_request(connection)
            for part in parts[:-1]:
                connection.sendall(part)
            while not server.over.wait(SHORT_SECONDS / 8):
                connection.sendall(parts[-1])

        return behave

    BEHAVIOURS: ClassVar[dict[str, Behaviour]] = {
        "never answers": never,
        "drips headers": drip(b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        "drips header lines": drip(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        "drips interim answers": drip(b"HTTP/1.1 100 Continue\r\n\r\n"),
        "drips a body": drip(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"x"),
        "drips a body without length": drip(b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        "drips chunks": drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        "drips a chunk length": drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0"),
        "stalls in the body": drip(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b""),
    }

    @pytest.mark.parametrize("behaviour", BEHAVIOURS)
    def test_a_call_ends_when_its_time_is_up(self, caller: Caller, behaviour: str) -> None:
        with Server(self.BEHAVIOURS[behaviour]) as server:
            started = time.monotonic()
            with pytest.raises(DeadlineExceeded) as caught:
                caller.send(request(server.url), SHORT_SECONDS)
            took = time.monotonic() - started
        assert SHORT_SECONDS - 0.01 <= took <= SHORT_SECONDS + SLACK_SECONDS
        assert (caught.value.sent, caught.value.operation, caught.value.seconds) == (True, "sns/auth", SHORT_SECONDS)

    @pytest.mark.parametrize("behaviour", ["never answers", "drips a body"])
    def test_a_hundred_calls_at_once_all_end_in_time(self, caller: Caller, behaviour: str) -> None:  # T3, T4
        with Server(self.BEHAVIOURS[behaviour]) as server:
            before = len(list(Path("/proc/self/fd").iterdir()))
            started = time.monotonic()
            results = caller.together([request(server.url)] * 100, 1.0)
            took = time.monotonic() - started
            for connection in server.connections:
                connection.close()
            after = len(list(Path("/proc/self/fd").iterdir()))
        assert [type(result) for result in results] == [DeadlineExceeded] * 100
        assert took <= 1.0 + 2 * SLACK_SECONDS
        assert after <= before + 2, "no connection is left open"

    def test_a_call_that_waits_for_a_connection_has_sent_nothing(
        self, colour: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(transport, "MAX_CONNECTIONS", 1)
        taken = threading.Event()

        def hold(connection: socket.socket, server: Server) -> None:
            taken.set()
            server.over.wait()

        caller = Caller(colour)
        with Server(hold) as server:
            holding = threading.Thread(target=self._hold, args=(caller, request(server.url)))
            if colour == "sync":
                holding.start()
                assert taken.wait(5)
                with pytest.raises(DeadlineExceeded) as caught:
                    caller.send(request(server.url), SHORT_SECONDS)
                holding.join()
                assert not caught.value.sent
            else:
                held, waited = caller.finish(self._both(caller, request(server.url)))
                assert (held.sent, waited.sent) == (True, False)
        caller.close()

    @staticmethod
    def _hold(caller: Caller, what: Request) -> None:
        with suppress(DeadlineExceeded):
            caller.send(what, 3 * SHORT_SECONDS)

    @staticmethod
    async def _both(caller: Caller, what: Request) -> list[Any]:
        sends = [caller.transport.send(what, within_seconds=span * SHORT_SECONDS) for span in (3, 1)]
        return await asyncio.gather(*sends, return_exceptions=True)  # type: ignore[arg-type]

    def test_no_time_is_no_call(self, caller: Caller) -> None:
        with Server(answering(http())) as server:
            for seconds in (0.0, -1.0):
                with pytest.raises(DeadlineExceeded) as caught:
                    caller.send(request(server.url), seconds)
                assert not caught.value.sent
        assert server.requests == []

    def test_a_call_that_ran_out_of_time_leaves_the_next_one_alone(self, caller: Caller) -> None:
        def behave(connection: socket.socket, server: Server) -> None:
            if len(server.connections) == 1:
                server.over.wait()
            else:
                answering(http(b"next"))(connection, server)

        with Server(behave) as server:
            with pytest.raises(DeadlineExceeded):
                caller.send(request(server.url), SHORT_SECONDS)
            assert caller.send(request(server.url)).body == b"next"

    def test_a_handshake_that_stalls_has_sent_nothing(self, caller: Caller) -> None:  # T15
        with Server(self.never) as server, pytest.raises(DeadlineExceeded) as caught:
            caller.send(request(server.url.replace("http:", "https:")), SHORT_SECONDS)
        assert not caught.value.sent


class TestLost:
    """What is lost before and after the request was sent."""

    def test_a_refused_connection_has_sent_nothing(self, caller: Caller) -> None:  # T2
        with pytest.raises(UpstreamUnavailable, match="refused or unreachable; nothing was sent") as caught:
            caller.send(request(f"http://127.0.0.1:{free_port()}"))
        assert not caught.value.sent

    def test_a_reset_after_the_request_may_have_been_seen(self, caller: Caller) -> None:  # T11
        def behave(connection: socket.socket, server: Server) -> None:
            read_request(connection)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

        with Server(behave) as server, pytest.raises(UpstreamUnavailable) as caught:
            caller.send(request(server.url))
        assert caught.value.sent

    def test_a_server_that_hangs_up_without_a_word_may_have_seen_the_request(self, caller: Caller) -> None:
        def behave(connection: socket.socket, server: Server) -> None:
            read_request(connection)

        with Server(behave) as server, pytest.raises(UpstreamUnavailable, match="connection lost") as caught:
            caller.send(request(server.url))
        assert caught.value.sent

    @pytest.mark.parametrize("cut", range(1, len(http({"openid": "oAnn"})), 3))
    def test_an_answer_that_breaks_off_is_never_taken_for_a_whole_one(self, cut: int, caller: Caller) -> None:  # T11
        def behave(connection: socket.socket, server: Server) -> None:
            read_request(connection)
            connection.sendall(http({"openid": "oAnn"})[:cut])

        with Server(behave) as server, pytest.raises((UpstreamProtocolError, UpstreamUnavailable)) as caught:
            caller.send(request(server.url))
        assert getattr(caught.value, "sent", True)

    @pytest.mark.parametrize(
        "answer",
        [
            b"SSH-2.0-OpenSSH_9\r\n\r\n",
            b"HTTP/1.1 abc\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000,
            b"\0" * 100,
        ],
        ids=lambda answer: repr(answer[:24]),
    )
    def test_what_is_no_http_is_a_protocol_error_that_quotes_nothing(self, caller: Caller, answer: bytes) -> None:
        nonsense = Server(answering(answer))
        with nonsense as server, pytest.raises(UpstreamProtocolError, match="not HTTP") as caught:
            caller.send(request(server.url))
        assert "SSH" not in str(caught.value)


class TestSize:
    @pytest.mark.parametrize("framing", ["length", "chunked", "until close"])
    def test_a_body_over_512_kib_is_refused_while_it_comes(self, caller: Caller, framing: str) -> None:  # T12
        head = {
            "length": b"Content-Length: 104857600\r\n\r\n",
            "chunked": b"Transfer-Encoding: chunked\r\n\r\n6400000\r\n",
            "until close": b"\r\n",
        }[framing]
        sent = 0

        def behave(connection: socket.socket, server: Server) -> None:
            nonlocal sent
            read_request(connection)
            connection.sendall(b"HTTP/1.1 200 OK\r\n" + head)
            for _ in range(100 * 16):
                connection.sendall(b"x" * 65536)
                sent += 65536

        with Server(behave) as server, pytest.raises(UpstreamProtocolError, match="over 512 KiB"):
            caller.send(request(server.url))
        assert sent < 16 * 1024 * 1024

    def test_a_body_of_512_kib_is_taken(self, caller: Caller) -> None:
        with Server(answering(http(b"x" * 524_288))) as server:
            assert len(caller.send(request(server.url)).body) == 524_288


class TestCompression:
    @pytest.mark.parametrize("plain", [b'{"errcode":0}', b"x" * 10_000_000], ids=["small", "bomb"])
    def test_a_compressed_answer_is_no_answer(self, caller: Caller, plain: bytes) -> None:  # T12
        body = gzip.compress(plain)
        call = sns.exchange_code(Endpoints(), ACCOUNT, "CODE")
        with Server(answering(http(body, "200 OK", "Content-Encoding: gzip"))) as server:
            answer = caller.send(request(server.url))
        assert answer.body == body
        with pytest.raises(UpstreamProtocolError):
            call.read(answer)


class TestElsewhere:
    """A11: a request goes to its server only."""

    @pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
    def test_redirects_are_not_followed(self, caller: Caller, status: str) -> None:
        with (
            Server(answering(http())) as trap,
            Server(answering(http(b"", status, f"Location: {trap.url}/"))) as server,
        ):
            assert caller.send(request(server.url)).status == int(status[:3])
        assert trap.requests == []

    @pytest.mark.parametrize(
        "name", ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"]
    )
    def test_proxies_of_the_environment_are_ignored(
        self, colour: str, name: str, monkeypatch: pytest.MonkeyPatch, authority: trustme.CA
    ) -> None:
        with Server(answering(http())) as trap, Server(answering(http(b"own")), tls=tls_of(authority)) as server:
            monkeypatch.setenv(name, trap.url)
            monkeypatch.delenv("NO_PROXY", raising=False)
            caller = Caller(colour, trusting(authority))
            assert caller.send(request(server.url)).body == b"own"
            caller.close()
        assert trap.connections == []


class TestNames:
    """T13 and T14: the addresses of a name."""

    def test_a_dead_first_address_costs_nothing_but_a_moment(
        self, caller: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = socket.getaddrinfo
        with Server(answering(http(b"alive"))) as server:

            def look_up(host: Any, port: Any, *args: Any, **options: Any) -> Any:
                name = host.decode() if isinstance(host, bytes) else host
                if name != "wechat.test":
                    return real(host, port, *args, **options)
                dead = real("127.0.0.2", server.port, type=socket.SOCK_STREAM)
                return dead + real("127.0.0.1", server.port, type=socket.SOCK_STREAM)

            monkeypatch.setattr(socket, "getaddrinfo", look_up)
            for _ in range(20):
                answer = caller.send(request(f"http://wechat.test:{server.port}"))
                assert answer.body == b"alive"

    def test_an_address_that_swallows_everything_is_given_up_for_the_next(
        self, colour: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(network, "CONNECT_SECONDS", SHORT_SECONDS)
        caller = Caller(colour)
        full = socket.create_server(("127.0.0.3", 0), backlog=0)
        port = full.getsockname()[1]
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:  # a full backlog swallows whoever comes next
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.3", port))
        real = socket.getaddrinfo
        monkeypatch.setattr(
            socket,
            "getaddrinfo",
            lambda host, _port, *args, **options: real("127.0.0.3", port, type=socket.SOCK_STREAM),
        )
        started = time.monotonic()
        with pytest.raises(UpstreamUnavailable, match="nothing was sent") as caught:
            caller.send(request(f"http://wechat.test:{port}"))
        took = time.monotonic() - started
        with pytest.raises(DeadlineExceeded) as late:
            caller.send(request(f"http://wechat.test:{port}"), SHORT_SECONDS / 2)
        for open_socket in (full, *fillers):
            open_socket.close()
        caller.close()
        assert took <= SHORT_SECONDS + SLACK_SECONDS, "there was time left for another try"
        assert not caught.value.sent
        assert not late.value.sent

    @pytest.mark.parametrize("host", ["no-such-name.invalid", "a..b", "x" * 64 + ".test"])
    def test_a_name_without_address_is_unavailable(
        self, caller: Caller, host: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = socket.getaddrinfo

        def look_up(name: Any, *args: Any, **options: Any) -> Any:
            if str(name).endswith(".invalid"):
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            return real(name, *args, **options)

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        with pytest.raises(UpstreamUnavailable, match="unreachable; nothing was sent"):
            caller.send(request(f"http://{host}:1"))

    def test_a_resolver_that_never_answers_is_not_waited_for(
        self, caller: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:  # T13
        stop = threading.Event()
        real = socket.getaddrinfo

        def look_up(host: Any, *args: Any, **options: Any) -> Any:
            if "black-hole" in str(host):
                stop.wait(5)
                raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
            return real(host, *args, **options)

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        started = time.monotonic()
        with pytest.raises(DeadlineExceeded) as caught:
            caller.send(request("http://black-hole.test:1"), SHORT_SECONDS)
        took = time.monotonic() - started
        stop.set()
        assert took <= SHORT_SECONDS + SLACK_SECONDS
        assert not caught.value.sent

    def test_a_slow_resolver_leaves_time_for_another_try_and_binds_few_threads(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:  # T13: at most 16 resolver threads
        stop = threading.Event()
        monkeypatch.setattr(network, "RESOLVE_SECONDS", SHORT_SECONDS)
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: stop.wait(5) and [])
        caller = Caller("sync")
        results = caller.together([request("http://black-hole.test:1")] * 40, 5.0)
        resolvers = [thread for thread in threading.enumerate() if thread.name == "wxauth-resolver"]
        stop.set()
        for thread in resolvers:
            thread.join()
        caller.close()
        assert {type(result) for result in results} == {UpstreamUnavailable}
        assert 1 <= len(resolvers) <= 16


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def tls_of(authority: trustme.CA, name: str = "127.0.0.1", **options: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name, **options).configure_cert(context)
    return context


def trusting(*authorities: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=None)
    for authority in authorities:
        authority.configure_trust(context)
    return context


class TestTls:
    """A11 and T15."""

    def refused(self, caller: Caller, context: ssl.SSLContext) -> UpstreamUnavailable:
        with Server(answering(http()), tls=context) as server, pytest.raises(UpstreamUnavailable) as caught:
            caller.send(request(server.url))
        assert server.requests == []
        assert not caught.value.sent
        return caught.value

    def test_a_private_authority_is_taken_when_the_program_says_so(self, colour: str, authority: trustme.CA) -> None:
        caller = Caller(colour, trusting(authority))
        with Server(answering(http(b"own")), tls=tls_of(authority)) as server:
            assert caller.send(request(server.url)).body == b"own"
        caller.close()

    def test_a_self_signed_certificate_is_refused(self, colour: str, authority: trustme.CA) -> None:
        caller = Caller(colour, ssl_context=None)
        assert "its certificate is refused: " in str(self.refused(caller, tls_of(authority)))
        caller.close()

    def test_a_certificate_of_another_host_is_refused(self, colour: str, authority: trustme.CA) -> None:
        caller = Caller(colour, trusting(authority))
        error = self.refused(caller, tls_of(authority, "api.weixin.example"))
        caller.close()
        assert "IP address mismatch" in str(error)

    def test_an_expired_certificate_is_refused(self, colour: str, authority: trustme.CA) -> None:
        caller = Caller(colour, trusting(authority))
        yesterday = datetime.now(UTC) - timedelta(days=1)
        error = self.refused(caller, tls_of(authority, not_before=yesterday - timedelta(days=1), not_after=yesterday))
        caller.close()
        assert "expired" in str(error)

    def test_many_calls_at_once_take_one_connection_each(self, colour: str, authority: trustme.CA) -> None:
        caller = Caller(colour, trusting(authority))
        with Server(answering(http()), tls=tls_of(authority)) as server:
            answers = caller.together([request(server.url)] * 20, 5.0)
        caller.close()
        assert [answer.body for answer in answers] == [b"{}"] * 20
        assert len(server.threads) - 1 <= 20

    def test_a_record_that_nobody_can_decrypt_is_a_connection_lost(self, colour: str, authority: trustme.CA) -> None:
        def behave(connection: socket.socket, server: Server) -> None:
            read_request(connection)
            os.write(connection.fileno(), b"\x17\x03\x03\x00\x30" + bytes(48))

        caller = Caller(colour, trusting(authority))
        with Server(behave, tls=tls_of(authority)) as server, pytest.raises(UpstreamUnavailable, match="lost") as lost:
            caller.send(request(server.url))
        caller.close()
        assert lost.value.sent

    @pytest.fixture
    def system(self, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The operating system trusts our authority."""
        authority.cert_pem.write_to_path(tmp_path / "ca.pem")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))

    @pytest.mark.usefixtures("system")
    def test_what_the_operating_system_trusts_is_taken(self, colour: str, authority: trustme.CA) -> None:
        caller = Caller(colour, ssl_context=None)
        with Server(answering(http(b"own")), tls=tls_of(authority)) as server:
            assert caller.send(request(server.url)).body == b"own"
        caller.close()

    @pytest.mark.usefixtures("system")
    @pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1], ids=["1.0", "1.1"])
    @pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
    def test_tls_before_1_2_is_refused(self, colour: str, authority: trustme.CA, version: ssl.TLSVersion) -> None:
        context = tls_of(authority)
        context.minimum_version = context.maximum_version = version
        context.set_ciphers("ALL:@SECLEVEL=0")
        assert self.can_be_talked_to(authority, context), "the server does speak the old version"
        caller = Caller(colour, ssl_context=None)
        error = self.refused(caller, context)
        caller.close()
        assert "no TLS connection can be agreed on" in str(error)

    def can_be_talked_to(self, authority: trustme.CA, context: ssl.SSLContext) -> bool:
        careless = trusting(authority)
        careless.minimum_version = ssl.TLSVersion.TLSv1
        careless.set_ciphers("ALL:@SECLEVEL=0")
        with Server(answering(http()), tls=context) as server:
            plain = socket.create_connection(("127.0.0.1", server.port))
            with careless.wrap_socket(plain, server_hostname="127.0.0.1") as wrapped:
                return wrapped.version() in ("TLSv1", "TLSv1.1")

    def test_plain_http_where_tls_is_expected_is_refused(self, caller: Caller) -> None:
        def behave(connection: socket.socket, server: Server) -> None:
            connection.recv(1000)
            connection.sendall(http(b"", "400 Bad Request"))

        with Server(behave) as server, pytest.raises(UpstreamUnavailable, match="no TLS connection") as caught:
            caller.send(request(server.url.replace("http:", "https:")))
        assert not caught.value.sent

    def test_the_default_verifies_names_and_certificates(self) -> None:
        context = transport.os_trust()
        assert context.check_hostname
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


class TestKeepAlive:
    def test_calls_share_a_connection(self, caller: Caller) -> None:
        with Server(answering(http())) as server:
            for _ in range(10):
                caller.send(request(server.url))
        assert (len(server.requests), len(server.connections)) == (10, 1)

    def test_a_connection_that_was_unused_for_long_is_not_used_again(
        self, colour: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(transport, "KEEP_ALIVE_SECONDS", 0.0)
        caller = Caller(colour)
        with Server(answering(http())) as server:
            for _ in range(3):
                caller.send(request(server.url))
        caller.close()
        assert len(server.connections) == 3

    def test_closed_connections_cost_no_call_and_no_second_exchange(self, caller: Caller) -> None:  # T16
        # 300 calls in each colour, in full 1,000; the server closes three of ten connections once they are idle.
        choose = random.Random(16)
        closed = threading.Event()

        def behave(connection: socket.socket, server: Server) -> None:
            while seen := read_request(connection):
                server.requests.append(seen.partition(b" HTTP")[0])
                ends = choose.random() < 0.3
                connection.sendall(http())
                if ends:
                    connection.close()
                    closed.set()
                    return
                closed.set()

        with Server(behave) as server:
            for number in range(300):
                closed.clear()
                assert caller.send(request(f"{server.url}/{number}")).status == 200
                closed.wait()
        assert len(server.connections) > 50
        assert len(server.requests) == len(set(server.requests)) == 300

    def test_a_request_on_a_connection_that_dies_is_never_sent_twice(self, caller: Caller) -> None:  # T16, D4
        def behave(connection: socket.socket, server: Server) -> None:
            for number in range(2):
                server.requests.append(read_request(connection))
                if number == 0:
                    connection.sendall(http())

        with Server(behave) as server:
            caller.send(request(server.url))
            with pytest.raises(UpstreamUnavailable) as caught:
                caller.send(request(server.url))
        assert caught.value.sent
        assert (len(server.requests), len(server.connections)) == (2, 1)

    def test_a_server_that_says_it_closes_is_believed(self, caller: Caller) -> None:
        with Server(answering(http(b"{}", "200 OK", "Connection: close"))) as server:
            for _ in range(5):
                caller.send(request(server.url))
        assert len(server.connections) == 5

    def test_closing_the_transport_closes_its_connections(self, colour: str) -> None:
        ended = threading.Event()

        def behave(connection: socket.socket, server: Server) -> None:
            answering(http())(connection, server)
            ended.set()

        caller = Caller(colour)
        with Server(behave) as server:
            caller.send(request(server.url))
            caller.close()
            assert ended.wait(5)


@pytest.mark.parametrize("kind", AWAITED)
async def test_a_cancelled_call_gives_its_connection_back(kind: AwaitedKind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "MAX_CONNECTIONS", 1)
    client = kind()
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()

    def behave(connection: socket.socket, server: Server) -> None:
        if len(server.connections) == 1:
            read_request(connection)
            loop.call_soon_threadsafe(asked.set)
            server.over.wait()
        else:
            answering(http(b"next"))(connection, server)

    with Server(behave) as server:
        task = asyncio.create_task(client.send(request(server.url), within_seconds=5))
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await client.send(request(server.url), within_seconds=5)).body == b"next"
        await client.close()


def test_an_error_carries_nothing_of_the_pool_that_failed(caller: Caller) -> None:  # H1
    echo = Server(answering(b"access_token=SECRETTOKEN\r\n\r\n"))
    with echo as server, pytest.raises(UpstreamProtocolError) as caught:
        caller.send(request(server.url))
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
    files = [frame.filename for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert files[-1].endswith(("client/transport.py", "client/aiohttp.py"))
    assert not any("site-packages" in file for file in files)


def test_without_aiohttp_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    monkeypatch.delitem(sys.modules, "wxauth.client.aiohttp")
    with pytest.raises(UsageError, match=r"wxauth\[aiohttp\]"):
        importlib.import_module("wxauth.client.aiohttp")


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_session_of_a_loop_that_has_ended_is_let_go() -> None:
    there = AiohttpTransport()
    with Server(answering(http())) as server:
        for _ in range(3):
            asyncio.run(there.send(request(server.url), within_seconds=5))
        assert len(there._sessions) == 1
    del there
    gc.collect()


@pytest.mark.parametrize("answer", [http(), b"access_token=SECRETTOKEN\r\n\r\n", b"", http(b"x" * 600_000)], ids=len)
def test_nothing_of_a_request_is_logged(caller: Caller, answer: bytes, caplog: pytest.LogCaptureFixture) -> None:  # H1
    caplog.set_level(logging.DEBUG)
    with Server(lambda connection, server: _answer_once(connection, answer)) as server:
        for _ in range(2):
            with suppress(WxAuthError):
                caller.send(request(server.url))
    with suppress(WxAuthError):
        caller.send(request(f"http://127.0.0.1:{free_port()}"))
    assert "SECRETTOKEN" not in caplog.text
    assert "sns/auth" not in caplog.text


def _answer_once(connection: socket.socket, answer: bytes) -> None:
    read_request(connection)
    connection.sendall(answer)
