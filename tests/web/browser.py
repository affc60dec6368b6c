"""A browser that speaks ASGI: keeps cookies, follows nothing, holds every answer to the rules D1, D6, D7 and E3."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from wxauth.web.pages import content_security_policy

App = Callable[..., Awaitable[None]]
WECHAT = "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 MicroMessenger/8.0.50 NetType/WIFI Language/zh_CN"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36"
NAVIGATION = {"accept": "text/html,*/*;q=0.8", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
PAGE_HEADERS = {
    "cache-control": "no-store",
    "pragma": "no-cache",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "content-security-policy": content_security_policy(),
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
COOKIE = re.compile(
    r"(?P<name>(?P<host>__Host-)?wxauth-(session|restarted|return|attempt-[0-9a-f]{16}))=(?P<value>[0-9A-Za-z._~%/-]*)"
    r"; Path=/; Max-Age=(?P<age>[0-9]+); HttpOnly; SameSite=Lax(?P<secure>; Secure)?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        values = [value for key, value in self.headers if key == name]
        assert len(values) < 2, f"{name} is sent twice"
        return values[0] if values else None

    @property
    def location(self) -> str:
        """Where it leads, without the empty fragment that keeps WeChat's own fragment off our pages."""
        return (self.header("location") or "").removesuffix("#")

    @property
    def set_cookies(self) -> list[str]:
        return [value for key, value in self.headers if key == "set-cookie"]

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def bytes(self) -> bytes:
        """All of it, as it would stand on the wire."""
        return b"\n".join([*(f"{name}: {value}".encode() for name, value in self.headers), self.body])


@dataclass(slots=True)
class Browser:
    app: App
    origin: str = "https://example.com"
    user_agent: str = WECHAT
    jar: dict[str, str] = field(default_factory=dict)

    @property
    def cookie_header(self) -> bytes:
        return "; ".join(f"{name}={value}" for name, value in self.jar.items()).encode()

    @property
    def session(self) -> str | None:
        return self.jar.get("__Host-wxauth-session" if self.origin.startswith("https") else "wxauth-session")

    async def get(self, target: str, **more: Any) -> Answer:
        return await self.visit("GET", target, **more)

    async def visit(
        self,
        method: str,
        target: str,
        *,
        headers: dict[str, str] | None = None,
        cookies: Iterable[bytes] | None = None,
        body: bytes = b"",
    ) -> Answer:
        """One request. ``target``: a path or a URL of this origin; ``cookies``: raw headers instead of the jar."""
        target = target.removeprefix(self.origin)
        host = urlsplit(self.origin).netloc
        mine = {"host": host, "user-agent": self.user_agent, **NAVIGATION, **(headers or {})}
        raw = [(name.encode(), value.encode("latin-1")) for name, value in mine.items()]
        sent = list(cookies) if cookies is not None else [self.cookie_header] if self.jar else []
        assert cookies is not None or len(self.cookie_header) < 4096  # A5
        raw += [(b"cookie", value) for value in sent]
        answer = await exchange(self.app, scope_of(method, target, raw, scheme=self.origin.split(":")[0]), body)
        self._hold_to_the_rules(answer)
        return answer

    async def sign_in(self, wechat: Any, start: str = "/toAuth", *, person: str = "ann") -> Answer:
        """Start, agree, come back."""
        begun = await self.get(start)
        return await self.get(wechat.consent(begun.location, person=person))

    def twin(self) -> Browser:
        """Another browser, with nothing of this one's."""
        return Browser(self.app, origin=self.origin, user_agent=self.user_agent)

    def _hold_to_the_rules(self, answer: Answer) -> None:
        for cookie in answer.set_cookies:
            self._keep(cookie)
        if answer.status in range(300, 400):
            assert answer.status == 303
            assert answer.header("cache-control") == "no-store"
        if (answer.header("content-type") or "").startswith("text/html"):
            self._hold_page(answer)

    def _hold_page(self, answer: Answer) -> None:
        """D6, D7: every page of ours."""
        for name, value in PAGE_HEADERS.items():
            assert answer.header(name) == value
        strict = answer.header("strict-transport-security")
        assert strict == ("max-age=31536000; includeSubDomains" if self._secure and answer.status != 421 else None)
        assert answer.header("server") is None
        assert b"<script" not in answer.body

    @property
    def _secure(self) -> bool:
        return self.origin.startswith("https:")

    def _keep(self, cookie: str) -> None:
        """D1: every Set-Cookie of the suite comes through here."""
        found = COOKIE.fullmatch(cookie)
        assert found, cookie
        assert bool(found["host"]) == bool(found["secure"]) == self._secure
        assert len(cookie) <= 4096
        if found["age"] == "0":
            self.jar.pop(found["name"], None)
        else:
            self.jar[found["name"]] = found["value"]


def scope_of(method: str, target: str, headers: list[tuple[bytes, bytes]], *, scheme: str = "https") -> dict[str, Any]:
    path, _, query = target.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": scheme,
        "path": unquote_to_bytes(path).decode("utf-8", "replace"),
        "raw_path": path.encode(),
        "query_string": query.partition("#")[0].encode("latin-1"),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1234),
        "server": ("127.0.0.1", 8000),
    }


async def exchange(app: App, scope: dict[str, Any], body: bytes = b"") -> Answer:
    """One request to an ASGI application, and what it answers."""
    start: dict[str, Any] = {}
    chunks: list[bytes] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            chunks.append(message.get("body", b""))

    await app(scope, receive, send)
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in start["headers"]]
    for name, value in headers:
        assert not re.search(r"[\r\n\0]", name + value)  # E3
    return Answer(status=start["status"], headers=headers, body=b"".join(chunks))
