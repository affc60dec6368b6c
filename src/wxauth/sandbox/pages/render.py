"""Turning templates into responses: one page kit, one set of headers."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from starlette.responses import Response

from wxauth.sandbox.accounts import Account
from wxauth.sandbox.origin import LOOPBACK_HOSTS
from wxauth.sandbox.pages.text import texts
from wxauth.sandbox.words import Language
from wxauth.sandbox.world import World

if TYPE_CHECKING:
    from jinja2 import Environment

Values = dict[str, object]

HERE = Path(__file__).parent
SAFE_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self'",
    "base-uri": "'none'",
    "script-src": "'none'",
    "connect-src": "'self'",
    "frame-ancestors": "'none'",
}
NO_MORE_POLICY: Mapping[str, str] = {}


@cache
def _templates() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined)


@cache
def _script() -> str:
    return (HERE / "page.js").read_text(encoding="utf-8")


@cache
def _allowed(script: str) -> str:
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


def form_action(redirect_uri: str | None) -> str:
    """Where a form of the page may lead.

    Chromium holds the redirects after a POST against ``form-action`` too, so the callback's origin has to be named. An
    app on a loopback host often goes on to another port of it; an IPv6 host cannot be written in a policy at all.
    """
    if redirect_uri is None:
        return "'self'"
    parts = urlsplit(redirect_uri)
    if parts.hostname in LOOPBACK_HOSTS:
        scheme = f" {parts.scheme}:" if parts.hostname == "::1" else ""
        return f"'self' http://127.0.0.1:* https://127.0.0.1:* http://localhost:* https://localhost:*{scheme}"
    return f"'self' {parts.scheme}://{quote(parts.netloc, safe=':[].-')}"


def page(
    template: str,
    values: Values,
    *,
    world: World,
    account: Account,
    language: Language,
    back: str,
    status: HTTPStatus = HTTPStatus.OK,
    redirect_uri: str | None = None,
    policy: Mapping[str, str] = NO_MORE_POLICY,
) -> Response:
    """A page under the sandbox's bar.

    Args:
        template: name of the template, without ``.html``.
        values: what the template wants besides what every page has.
        world: whose time the bar shows.
        account: whose name the bar shows.
        language: of the texts.
        back: path and query of this page, for its links that come back.
        status: HTTP status; WeChat's own error pages are 200.
        redirect_uri: where the forms of the page may finally lead.
        policy: directives of its Content-Security-Policy that differ from those of the other pages.
    """
    moment = datetime.fromtimestamp(world.clock.now(), UTC)
    html = (
        _templates()
        .get_template(f"{template}.html")
        .render(
            t=texts(language),
            language=language,
            back=quote(back, safe=""),
            world=world,
            account=account,
            page_script=_script(),
            time=f"{moment:%Y-%m-%d %H:%M:%S} UTC",
            **values,
        )
    )
    directives = {**POLICY, "form-action": form_action(redirect_uri), **policy}
    directives["script-src"] = f"{directives['script-src']} {_allowed(_script())}".removeprefix("'none' ")
    written = "; ".join(f"{name} {sources}" for name, sources in directives.items())
    headers = SAFE_HEADERS | {"Content-Security-Policy": written}
    return Response(html, status_code=status, media_type="text/html", headers=headers)


def stylesheet() -> str:
    """The one stylesheet."""
    return (HERE / "style.css").read_text(encoding="utf-8")
