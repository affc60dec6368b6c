"""The person of the demo: WeChat's browser in their hand, following one redirect after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPMessage, HTTPResponse
from typing import IO
from urllib.error import HTTPError
from urllib.parse import parse_qsl, quote, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

WECHAT_BROWSER = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Mobile MicroMessenger/8.0.50"
MOST_VISITS = 10
PATIENCE_SECONDS = 20.0

_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request of the person's browser, and its answer.

    Attributes:
        url: what was asked for.
        status: of the answer.
        next_url: where it leads; None when it is a page to stay on.
        body: the page.
    """

    url: str = field(repr=False)
    status: int
    next_url: str | None = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def origin(self) -> str:
        """Whom the browser asked."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def path(self) -> str:
        """What it asked for, without the query, where codes and states are."""
        return urlsplit(self.url).path

    @property
    def title(self) -> str:
        """The title of the page, empty without one."""
        found = _TITLE.search(self.body.decode("utf-8", "replace"))
        return unescape(found[1]).strip() if found else ""

    def parameter(self, name: str) -> str:
        """A parameter that travels with this visit, towards it or on from it; empty when there is none."""
        return _parameters(self.next_url or "").get(name) or _parameters(self.url).get(name, "")


def walk(url: str, *, person: str) -> Iterator[Visit]:
    """Open an address as a person inside WeChat and follow its redirects to a page.

    Args:
        url: where to begin.
        person: who it is; the sandbox answers for them and asks nothing.

    Raises:
        OSError: nobody answers.
        RecursionError: the redirects do not end.
    """
    browser = _browser(person)
    for _ in range(MOST_VISITS):
        visit = _visit(browser, url)
        yield visit
        if visit.next_url is None:
            return
        url = visit.next_url
    raise RecursionError(f"no page after {MOST_VISITS} redirects")


class _StayHere(HTTPRedirectHandler):
    """Redirects are told of, not followed."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None: ...


def _browser(person: str) -> OpenerDirector:
    """A browser with cookies of its own, and without the proxies of the environment."""
    browser = build_opener(ProxyHandler({}), HTTPCookieProcessor(), _StayHere())
    browser.addheaders = [
        ("User-Agent", WECHAT_BROWSER),
        ("Accept", "text/html"),
        ("X-Sandbox-Person", quote(person)),
    ]
    return browser


def _visit(browser: OpenerDirector, url: str) -> Visit:
    try:
        answer: HTTPResponse | HTTPError = browser.open(url, timeout=PATIENCE_SECONDS)
    except HTTPError as error:
        answer = error
    with answer:
        location = answer.headers["Location"]
        next_url = urljoin(url, location) if location else None
        return Visit(url=url, status=answer.status or 0, next_url=next_url, body=answer.read())


def _parameters(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))
