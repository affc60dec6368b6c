"""A sign-in in a real Chromium over real HTTP: what the browser itself decides (cookies, policies, prefetching).

No asynchronous test may stand here: Playwright's event loop would be in its way.
"""

from __future__ import annotations

import contextlib
import json
import queue
import shutil
import socket
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import uvicorn
from browser import App
from every_page import PAGES, show
from fake_wechat import ACCOUNT, SECRET_KEY, FakeWeChat, openid_of
from sites import starlette_app
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from wxauth import Endpoints
from wxauth.web.pages import content_security_policy
from wxauth.web.starlette import SignIn

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("web-chromium")]

SUBMIT = "<script>document.forms[0].submit()</script>"
ATTACKS = {
    "a form": f'<form method="post" action="{{}}"></form>{SUBMIT}',
    "a form with a token": f'<form method="post" action="{{}}"><input name="token" value="x"></form>{SUBMIT}',
    "a form as plain text": f'<form method="post" action="{{}}" enctype="text/plain"></form>{SUBMIT}',
    "a form into a frame": f'<iframe name="f"></iframe><form method="post" action="{{}}" target="f"></form>{SUBMIT}',
    "a form into a window": f'<form method="post" action="{{}}" target="_blank"></form>{SUBMIT}',
    "a form without referrer": f'<form method="post" action="{{}}" rel="noreferrer"></form>{SUBMIT}',
    "a fetch": '<script>fetch("{}", {{method: "POST", mode: "no-cors", credentials: "include"}})</script>',
    "a beacon": '<script>navigator.sendBeacon("{}", "token=x")</script>',
    "an image": '<img src="{}">',
    "a frame": '<iframe src="{}"></iframe>',
    "a sandboxed frame": '<iframe sandbox="allow-scripts" src="{}"></iframe>',
    "a redirect": '<script>location = "{}"</script>',
}


@contextlib.contextmanager
def served(app: App, listener: socket.socket) -> Iterator[None]:
    config = uvicorn.Config(app, interface="asgi3", log_level="error", lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


def bound() -> tuple[socket.socket, int]:
    listener = socket.create_server(("127.0.0.1", 0))
    return listener, listener.getsockname()[1]


class World:
    """Our application at 127.0.0.1, and at localhost, which is another site to a browser: WeChat and an attacker."""

    def __init__(self) -> None:
        (self.own_socket, own), (self.other_socket, other) = bound(), bound()
        self.own, self.other = f"http://127.0.0.1:{own}", f"http://localhost:{other}"
        self.wechat = FakeWeChat()
        self.prefetched = threading.Event()
        self.asked_for: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.sign_in = SignIn(
            ACCOUNT,
            secret_key=SECRET_KEY,
            base_url=self.own,
            endpoints=Endpoints.sandbox(self.other),
            transport=self.wechat,
        )
        self.app = starlette_app(self.sign_in)
        self.app.router.routes.append(Route("/eager", self._eager))
        self.others = Starlette(
            routes=[Route("/connect/oauth2/authorize", self._authorize), Route("/attack", self._attack)]
        )

    async def application(self, scope: Any, receive: Any, send: Any) -> None:
        if any(name == b"sec-purpose" for name, _ in scope["headers"]):
            self.prefetched.set()
        await self.app(scope, receive, send)
        self.asked_for.put(scope["path"])

    async def _authorize(self, request: Request) -> Response:
        query = parse_qs(request.url.query)
        code = self.wechat.code_for("ann")
        return RedirectResponse(f"{query['redirect_uri'][0]}?code={code}&state={query['state'][0]}", status_code=302)

    async def _attack(self, request: Request) -> Response:
        name, target = request.query_params["name"], request.query_params["target"]
        return HTMLResponse(ATTACKS[name].format(self.own + target))

    async def _eager(self, request: Request) -> Response:
        rules = json.dumps({"prefetch": [{"urls": ["/toAuth?return_to=/me"], "eagerness": "immediate"}]})
        page = f'<script type="speculationrules">{rules}</script><a href="/toAuth?return_to=/me">sign in</a>'
        return HTMLResponse(page, headers={"cache-control": "no-store"})


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    made = World()
    with served(made.application, made.own_socket), served(made.others, made.other_socket):
        yield made


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def signed_in(page: Any, world: World) -> bool:
    return openid_of("ann") in page.context.new_page().goto(f"{world.own}/greeting").text()


def test_a_page_that_requires_somebody_is_reached_through_wechat(page: Any, world: World):
    page.goto(f"{world.own}/me?a=b")
    _arrive(page, f"{world.own}/me?a=b")
    assert openid_of("ann") in page.content()


def test_the_button_of_a_problem_page_leads_through_wechat_to_where_the_person_wanted(page: Any, world: World):
    """A policy on forms would hold up the redirect to WeChat; and no code stays in the address or the history (A7)."""
    with page.expect_request("**/connect/oauth2/authorize**") as asked:
        page.goto(f"{world.own}/toAuth?return_to=/me")
    state = parse_qs(urlsplit(asked.value.url).query)["state"][0]
    page.context.clear_cookies()
    page.goto(f"{world.own}/auth?code=0a1SECRET&state={state}")
    assert urlsplit(page.url).path.startswith("/auth/problem/e")
    assert page.evaluate("location.search") == ""
    assert "SECRET" not in page.content()
    page.get_by_role("link", name="重新登录").click()
    _arrive(page, f"{world.own}/")
    assert signed_in(page, world)


def test_a_person_signs_out_by_the_button(page: Any, world: World):
    page.goto(f"{world.own}/me")
    page.goto(f"{world.own}/logout")
    assert signed_in(page, world)
    page.get_by_role("button", name="退出登录").click()
    page.get_by_role("heading", name="你已退出登录").wait_for()
    assert not signed_in(page, world)


@pytest.mark.parametrize("name", ATTACKS)
def test_no_page_of_another_site_signs_anybody_out(page: Any, world: World, name: str):  # D5
    page.goto(f"{world.own}/me")
    _visit_the_attacker(page, world, name, "/logout")
    assert signed_in(page, world)


@pytest.mark.parametrize("name", [name for name in ATTACKS if name not in ("a redirect", "a form into a window")])
def test_no_page_of_another_site_signs_anybody_in_unseen(page: Any, world: World, name: str):  # A14
    _visit_the_attacker(page, world, name, "/toAuth")
    assert not signed_in(page, world)
    assert not [cookie for cookie in page.context.cookies(world.own) if "attempt" in cookie["name"]]


def _visit_the_attacker(page: Any, world: World, name: str, target: str) -> None:
    """Until our application has answered the attack."""
    while not world.asked_for.empty():
        world.asked_for.get()
    page.goto(f"{world.other}/attack?name={name}&target={target}", wait_until="commit")
    while world.asked_for.get(timeout=10) != target:
        pass


def _arrive(page: Any, address: str) -> None:
    """WeChat's ``#wechat_redirect`` may still stand behind the address: redirects hand fragments on."""
    page.wait_for_url(lambda url: url.partition("#")[0] == address)


def test_a_prefetched_start_still_starts_when_the_person_clicks(page: Any, world: World):  # A2, A5
    world.prefetched.clear()
    page.goto(f"{world.own}/eager")
    assert world.prefetched.wait(10)
    assert not page.context.cookies()
    page.wait_for_timeout(200)  # the answer is kept for the click
    page.get_by_role("link").click()
    _arrive(page, f"{world.own}/me")
    assert openid_of("ann") in page.content()


def test_javascript_sees_no_cookie_and_nothing_is_stored(page: Any, world: World):  # D9
    page.goto(f"{world.own}/me")
    assert page.evaluate("document.cookie") == ""
    assert page.evaluate("JSON.stringify([localStorage, sessionStorage])") == "[{},{}]"
    cookies = page.context.cookies()
    assert cookies
    assert all(cookie["httpOnly"] and cookie["sameSite"] == "Lax" and cookie["path"] == "/" for cookie in cookies)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("chinese", [True, False])
def test_chromium_shows_every_page_on_a_phone_with_its_style(chromium, tmp_path, chinese: bool, scheme: str):
    """D6, A7: no violation of the policy, nothing loaded from elsewhere, nothing wider than the screen."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": content_security_policy()}
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.route(
        "**/*",
        lambda route: route.fulfill(headers=headers, body=show(route.request.url.rpartition("/")[2], chinese=chinese)),
    )
    for name in PAGES:
        page.goto(f"https://example.com/auth/problem/{name}")
        page.screenshot(path=tmp_path / f"{name}.png")
        words = PAGES[name].zh if chinese else PAGES[name].en
        assert page.get_by_role("heading", level=1).inner_text() == words.title
        if words.action:
            button = page.get_by_role("button" if name == "logout" else "link", name=words.action)
            assert button.bounding_box()["height"] >= 48
            assert button.evaluate("it => getComputedStyle(it).backgroundColor") == "rgb(6, 122, 60)"
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
    assert complaints == []
    assert all(url.startswith("https://example.com/") for url in requests)
