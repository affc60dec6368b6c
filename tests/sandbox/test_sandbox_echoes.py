"""Who calls the app beside the person's browser, against an app on a loopback port."""

from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from wxauth.sandbox.pages.inspector_rows import rows
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.wechat import echoes
from wxauth.sandbox.wechat.echoes import CLIENT, CRAWLER

SECONDS = 5


@dataclass(frozen=True)
class Came:
    path: str
    user_agent: str
    cookie: str | None
    address: str


@dataclass(frozen=True)
class Site:
    """An app that notes who calls it."""

    url: str
    came: Queue[Came]


@pytest.fixture
def site() -> Iterator[Site]:
    came: Queue[Came] = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            agent, cookie = self.headers["User-Agent"], self.headers["Cookie"]
            came.put(Came(self.path, agent, cookie, self.client_address[0]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name of the base class
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.server_port}/auth", came)
    server.shutdown()
    server.server_close()


def told(world, bell):
    """The entry about the echo, once it is there."""
    while not world.journal.entries(operation="callback"):
        assert bell.get(timeout=SECONDS)
    return world.journal.entries(operation="callback")[-1]


@pytest.fixture
def bell(world) -> Queue[bool]:
    rang: Queue[bool] = Queue()
    record = world.journal.record

    def recorded(*args, **kwargs):
        record(*args, **kwargs)
        rang.put(True)

    world.journal.record = recorded
    return rang


async def sent_back(visitor, site, **changes):
    answer = await visitor.open(person="安", redirect_uri=site.url, scope="snsapi_base", **changes)
    return answer.headers["location"]


async def test_by_default_the_browser_alone_calls_back(visitor, site):
    await sent_back(visitor, site)
    assert site.came.empty()
    assert not visitor.world.journal.entries(operation="callback")


async def test_under_double_request_the_app_is_called_once_more_with_the_same_code_and_without_cookies(
    visitor, site, bell
):
    visitor.world.switches = Switches(double_request=True)
    location = await sent_back(visitor, site)
    came = site.came.get(timeout=SECONDS)
    assert came.path == location.removeprefix(site.url.removesuffix("/auth"))
    assert "MicroMessenger" in came.user_agent
    assert came.cookie is None
    entry = told(visitor.world, bell)
    assert entry.answer == "HTTP 204"
    assert "second time" in entry.reason.en
    code = parse_qs(urlsplit(location).query)["code"][0]
    assert code not in repr(entry)


async def test_the_second_call_comes_from_another_address_where_the_system_has_one(visitor, site, monkeypatch):
    visitor.world.switches = Switches(double_request=True)
    await sent_back(visitor, site)
    assert site.came.get(timeout=SECONDS).address in (echoes.ANOTHER_ADDRESS, "127.0.0.1")
    monkeypatch.setattr(echoes, "ANOTHER_ADDRESS", "192.0.2.1")
    await sent_back(visitor, site, state="other")
    assert site.came.get(timeout=SECONDS).address == "127.0.0.1"


async def test_the_preset_does_it_for_one_sign_in(visitor, site):
    visitor.world.faults.preset("callback-twice")
    await sent_back(visitor, site)
    assert site.came.get(timeout=SECONDS)
    assert not visitor.world.faults.active()


async def test_a_crawler_fetches_the_callback_by_switch(visitor, site, bell):
    visitor.world.switches = Switches(link_crawler=True)
    await sent_back(visitor, site)
    assert "crawler" in site.came.get(timeout=SECONDS).user_agent
    assert told(visitor.world, bell).reason == CRAWLER.words


async def test_no_host_but_a_loopback_one_is_called(visitor, bell):
    visitor.world.switches = Switches(double_request=True)
    await visitor.open(person="安", redirect_uri="http://www.example.com/auth", scope="snsapi_base")
    assert told(visitor.world, bell).answer == "not called: the host is not loopback"


async def test_an_app_that_does_not_answer_is_noted(visitor, site, bell):
    visitor.world.switches = Switches(double_request=True)
    closed = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    closed.server_close()
    nobody_there = Site(f"http://127.0.0.1:{closed.server_port}/auth", site.came)
    await sent_back(visitor, nobody_there)
    assert told(visitor.world, bell).answer == "no answer (ConnectionRefusedError)"


def test_the_second_call_comes_about_twenty_milliseconds_after_the_first():
    assert CLIENT.after_seconds == 0.02


async def test_the_inspector_draws_the_call_from_wechat_to_the_app(visitor, bell):
    visitor.world.switches = Switches(double_request=True)
    await visitor.open(person="安", redirect_uri="http://www.example.com/auth", scope="snsapi_base")
    entry = told(visitor.world, bell)
    (row,) = rows((entry,), world=visitor.world, origin="http://sandbox.test", language="zh")
    assert (row.asker, row.asked, row.curl) == ("wechat", "app", None)
