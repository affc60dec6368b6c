"""A browser as a person holds it, and what must never be seen in one."""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import pytest
from e2e_site import Site
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, expect

WECHAT = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/130.0.6723.103 "
    "Mobile Safari/537.36 XWEB/1300333 MMWEBSDK/20240802 MicroMessenger/8.0.50.2701(0x28003255) WeChat/arm64 "
    "NetType/WIFI Language/zh_CN ABI/arm64"
)
DESKTOP = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
expect.set_options(timeout=10_000)

MEANT = re.compile(
    r"Failed to load resource: the server responded with a status of (400|403|421|502|503) "
    r"|The Cross-Origin-Opener-Policy header has been ignored, because the URL's origin was untrustworthy"
)
"""What Chromium says of a page that has one of these statuses on purpose, and of any over http from another machine."""


@dataclass
class Browser:
    """One browser with its cookies; its tabs are pages. What goes wrong in any of them is remembered."""

    context: BrowserContext
    complaints: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.set_default_timeout(10_000)
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.context.on("request", lambda request: self.requests.append(request))  # Playwright marks what it is given

    def _console(self, message: ConsoleMessage) -> None:
        meant = MEANT.match(message.text) and "auth" in message.location["url"].lower()
        if message.type in ("error", "warning") and not meant:
            self.complaints.append(f"{message.text} at {message.location['url']}")

    def tab(self) -> Page:
        return self.context.new_page()

    def referers(self) -> list[str]:
        """The Referer of every request that carried one, as it went out."""
        headers = (request.all_headers() for request in self.requests)
        return [sent["referer"] for sent in headers if "referer" in sent]


OpenBrowser = Callable[..., Browser]


def path_of_chromium(find: Callable[[str], str | None] = shutil.which) -> str:
    path = find("chromium")
    if path is None:
        pytest.fail(
            "Chromium is missing: sudo apt-get install chromium fonts-noto-cjk fonts-noto-color-emoji", pytrace=False
        )
    return path


def ask_to_sign_in(page: Page, site: Site) -> None:
    page.goto(site.url)
    page.get_by_role("link", name="微信登录").click()


def be(page: Page, nickname: str, *, scene: str | None = None) -> None:
    """Say who one is on the sandbox's page."""
    if scene:
        page.get_by_role("radio", name=scene).check()
    page.get_by_role("button", name=nickname).click()


def allow(page: Page) -> None:
    page.get_by_role("button", name="允许").click()


def sign_in(page: Page, site: Site, *, nickname: str = "波 Bo") -> None:
    """The whole way, from the home page to /me."""
    ask_to_sign_in(page, site)
    be(page, nickname)
    allow(page)
    expect_signed_in(page, site, nickname=nickname)


def at(site: Site, path: str) -> re.Pattern[str]:
    """The address of a page, after a sign-in with the empty fragment that keeps WeChat's own away."""
    return re.compile(re.escape(site.url + path) + "#?")


def expect_signed_in(page: Page, site: Site, *, nickname: str = "波 Bo") -> None:
    page.wait_for_url(at(site, "/me"))
    expect(page.get_by_role("heading", name=f"你好，{nickname}")).to_be_visible()


def lost_callback(page: Page, site: Site, *, nickname: str = "波 Bo") -> str:
    """Consent, and lose the callback on its way: its address, which nobody has opened yet."""
    site.loses_callbacks = True
    ask_to_sign_in(page, site)
    be(page, nickname)
    with page.expect_response(lambda answer: answer.url.startswith(f"{site.url}/auth?")) as lost:
        allow(page)
    assert lost.value.status == 204
    site.loses_callbacks = False
    return site.callbacks[-1]


def parameters(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
