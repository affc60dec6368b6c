"""A person with a phone: opens a page of an app, goes through the sandbox's WeChat, and comes back signed in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2

APP = "http://127.0.0.1:8000"
MAX_HOPS = 6


class Blocking(httpx2.AsyncBaseTransport):
    """A WSGI application for a client that awaits."""

    def __init__(self, application: Any) -> None:
        self._inner = httpx2.WSGITransport(application)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        await request.aread()
        answer = self._inner.handle_request(request)
        return httpx2.Response(answer.status_code, headers=answer.headers, content=answer.read())


async def sign_in_over_asgi(app: Any, *, person: str, page: str = "/me") -> httpx2.Response:
    """Sign in to a Starlette or FastAPI application, and close it afterwards as its server would."""
    async with AsyncExitStack() as open_things:
        await open_things.enter_async_context(app.router.lifespan_context(app))
        return await _sign_in(httpx2.ASGITransport(app), person, page)


async def sign_in_over_wsgi(application: Any, *, person: str, page: str = "/me") -> httpx2.Response:
    """Sign in to a WSGI application."""
    return await _sign_in(Blocking(application), person, page)


async def _sign_in(transport: httpx2.AsyncBaseTransport, person: str, page: str) -> httpx2.Response:
    """Ask for a page and follow every redirect, at the app with a cookie jar and at WeChat with a phone."""
    headers = {"Accept": "text/html", "User-Agent": "MicroMessenger"}
    phone = {"User-Agent": "MicroMessenger", "X-Sandbox-Person": quote(person)}
    async with (
        httpx2.AsyncClient(transport=transport, base_url=APP, headers=headers) as browser,
        httpx2.AsyncClient(headers=phone, trust_env=False) as wechat,
    ):
        first = answer = await browser.get(page)
        assert first.status_code == 303, f"{page} lets a stranger in: {first.status_code}"
        for _ in range(MAX_HOPS):
            where = answer.url.join(answer.headers["location"])
            ask: Callable[..., Awaitable[httpx2.Response]] = browser.get if _is_the_app(where) else wechat.get
            answer = await ask(where)
            if not answer.is_redirect:
                break
    assert answer.status_code == 200, f"{answer.url.path} answered {answer.status_code}: {answer.text[:300]}"
    assert _is_the_app(answer.url), f"stranded at {answer.url.host}: {answer.text[:300]}"
    assert (answer.url.path, answer.url.query) == (page, b""), "the sign-in ends at a clean address"
    return answer


def _is_the_app(url: httpx2.URL) -> bool:
    app = urlsplit(APP)
    return (url.host, url.port) == (app.hostname, app.port)
