"""An integration of one's own: the flows of web.base with the blocking driver, behind a plain WSGI application."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.util import setup_testing_defaults

from fake_wechat import ACCOUNT, ENDPOINTS, SECRET_KEY, BlockingFakeWeChat, openid_of

from wxauth.flow.drive import drive
from wxauth.flow.ports import Ports
from wxauth.stores.memory import MemoryStore
from wxauth.web.base import SignInFlows
from wxauth.web.setup import Setup
from wxauth.web.visit import Visit

Environ = dict[str, Any]
wechat = BlockingFakeWeChat()
flows = SignInFlows(Setup(account=ACCOUNT, secret_key=SECRET_KEY, base_url="https://example.com", endpoints=ENDPOINTS))
ports = Ports(transport=wechat, store=MemoryStore())
ROUTES = {flows.paths.start: flows.start, flows.paths.callback: flows.callback, flows.paths.logout: flows.logout}


def visit_of(environ: Environ) -> Visit:
    return Visit(
        method=environ["REQUEST_METHOD"],
        scheme=environ["wsgi.url_scheme"],
        host=environ["HTTP_HOST"],
        query=environ["QUERY_STRING"],
        cookie_headers=(environ.get("HTTP_COOKIE", "").encode("latin-1"),),
        headers={name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name[:5] == "HTTP_"},
        body=environ["wsgi.input"].read(),
    )


def application(environ: Environ, start_response: Callable[..., object]) -> Iterable[bytes]:
    visit, path = visit_of(environ), environ["PATH_INFO"]
    if path.startswith(flows.paths.problem):
        reply = drive(flows.problem(visit, path.removeprefix(flows.paths.problem)), ports)
    elif path in ROUTES:
        reply = drive(ROUTES[path](visit), ports)
    else:
        session = drive(flows.session(visit), ports)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [session.identity.openid.encode() if session else b"nobody"]
    start_response(f"{reply.status} -", list(reply.headers))
    return [reply.body]


class WSGIBrowser:
    def __init__(self) -> None:
        self.jar: dict[str, str] = {}

    def visit(self, target: str, method: str = "GET", **headers: str) -> tuple[int, str, str]:
        path, _, query = target.removeprefix("https://example.com").partition("?")
        environ: Environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "HTTP_HOST": "a",
            **headers,
        }
        environ["HTTP_COOKIE"] = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        setup_testing_defaults(environ)
        seen: dict[str, Any] = {}
        body = b"".join(application(environ, lambda status, headers: seen.update(status=status, headers=headers)))
        for cookie in (value for name, value in seen["headers"] if name == "set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.jar[name] = value
        return int(seen["status"][:3]), dict(seen["headers"]).get("location", "").removesuffix("#"), body.decode()


def test_a_blocking_framework_signs_somebody_in_and_out():
    browser = WSGIBrowser()
    status, link, _ = browser.visit("/toAuth?return_to=/me")
    assert status == 303
    status, target, _ = browser.visit(wechat.consent(link))
    assert (status, target) == (303, "https://example.com/me")
    assert browser.visit(target)[2] == openid_of("ann")
    assert browser.visit("/logout", "POST", HTTP_SEC_FETCH_SITE="same-origin")[0] == 303
    assert browser.visit("/me")[2] == "nobody"


def test_a_blocking_framework_shows_why_nobody_was_signed_in():
    browser = WSGIBrowser()
    _, target, _ = browser.visit("/auth?code=a&state=b")
    status, _, page = browser.visit(target)
    assert status == 400
    assert "登录链接已失效" in page
    assert wechat.calls["sns/oauth2/access_token"] <= 1
