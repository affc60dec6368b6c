"""The load of the bench: what it counts, and that it counts no failure as a call."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from bench.load import Load, load
from bench.report import Row, Target, table

GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
BAD = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"


class Fixed(asyncio.Protocol):
    def __init__(self, response: bytes) -> None:
        self.response = response

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        assert data.startswith(b"GET /profile?openid=1 HTTP/1.1\r\n")
        self.transport.write(self.response)
        if not self.response:
            self.transport.close()


@contextmanager
def answering(response: bytes) -> Iterator[str]:
    """A server that gives every request the same answer; hangs up on an empty one."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(lambda: Fixed(response), "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/profile?openid=1"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Load:
    """The load of a machine without wrk."""
    monkeypatch.setattr("bench.load.SECONDS", 0.05)
    monkeypatch.setenv("PATH", "")
    return load()


def test_without_wrk_the_rows_say_that_the_client_is_our_own(own):
    assert own.name == "own asyncio client"


def test_our_own_client_counts_the_calls_of_a_second(own):
    with answering(GOOD) as url:
        assert own.calls_per_second(url) > 100


@pytest.mark.parametrize(("response", "why"), [(BAD, "502 Bad Gateway"), (b"", "hung up")])
def test_a_call_that_fails_under_load_is_not_counted(own, response, why):
    with answering(response) as url, pytest.raises(SystemExit, match=why):
        own.calls_per_second(url)


@pytest.mark.parametrize(("rate", "met"), [(7999.0, False), (8000.0, True)])
def test_a_target_may_be_the_least_there_has_to_be(rate, met):
    row = Row(name="calls", peer="wxauth", value=rate, unit="calls/s by wrk", target=Target(of="value", least=8000.0))
    _, line = table([row])
    assert row.met is met
    assert ">= 8000 calls/s" in line


def test_a_ratio_may_have_a_least_too():
    target = Target(of="ratio", least=0.5)
    row = Row(name="calls", peer="hello", value=1.0, unit="calls/s", ratio=0.49, target=target)
    assert row.met is False
