"""A real Chromium, a sandbox on a socket, an application on another."""

from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path
from threading import Thread

import playwright.sync_api
import pytest
import trustme
from e2e_phone import WECHAT, Browser, OpenBrowser, path_of_chromium
from e2e_site import OpenSite, Site, on_a_socket
from e2e_website import Pages, Website
from playwright.sync_api import sync_playwright

from wxauth import Endpoints, OfficialAccount
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.serve import Running, running
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

NOON = 1_795_000_000.0
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = "--host-resolver-rules=MAP *.test 127.0.0.1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.xdist_group("e2e"))


# Of a module and not of the session: Playwright's event loop would be in the way of asynchronous tests elsewhere.
@pytest.fixture(scope="module")
def chromium() -> Generator[playwright.sync_api.Browser]:
    path = path_of_chromium()
    with sync_playwright() as driver, driver.chromium.launch(executable_path=path, args=[*FLAGS, NAMES]) as browser:
        yield browser


@pytest.fixture
def world() -> World:
    return World(clock=Clock(at=NOON, frozen=True))


@pytest.fixture
def wechat(world: World) -> Generator[Running]:
    with running(Worlds(world)) as sandbox:
        yield sandbox


@pytest.fixture
def open_site(wechat: Running) -> Generator[OpenSite]:
    """Opens applications with an account and options of their own."""
    account = OfficialAccount(appid=wechat.world.account.appid, secret=wechat.world.account.secret)
    usual = {"endpoints": Endpoints.sandbox(wechat.url), "scope": "snsapi_userinfo"}
    with ExitStack() as stack:

        def opened(**options) -> Site:
            options = usual | options
            return stack.enter_context(on_a_socket(options.pop("account", account), **options))

        yield opened


@pytest.fixture
def site(open_site: OpenSite) -> Site:
    """An application that asks for the profile."""
    return open_site()


@pytest.fixture(scope="session")
def https(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Key and certificate of localhost, as files."""
    folder, certificate = tmp_path_factory.mktemp("https"), trustme.CA().issue_cert("localhost")
    certificate.private_key_and_cert_chain_pem.write_to_path(str(folder / "both.pem"))
    return (str(folder / "both.pem"), str(folder / "both.pem"))


@pytest.fixture
def open_browser(chromium: playwright.sync_api.Browser, open_site: OpenSite) -> Generator[OpenBrowser]:
    """Opens browsers: phones with WeChat, unless the options say otherwise. At the end none may have complained.

    They close before the applications do, which would else be missed by a page that still loads.
    """
    opened: list[Browser] = []

    def browser(**options) -> Browser:
        usual = {"user_agent": WECHAT, "viewport": {"width": 390, "height": 844}, "locale": "zh-CN"}
        opened.append(Browser(chromium.new_context(**usual | options)))
        return opened[-1]

    yield browser
    for one in opened:
        one.context.close()
    assert [complaint for one in opened for complaint in one.complaints] == []


@pytest.fixture
def phone(open_browser: OpenBrowser) -> Browser:
    """A phone with WeChat."""
    return open_browser()


@pytest.fixture
def website() -> Generator[Website]:
    with Website(("127.0.0.1", 0), Pages) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()
