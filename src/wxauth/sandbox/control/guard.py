"""Who may ask: no web page of another origin, and nobody by another name than this machine's."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import SplitResult, urlsplit

from wxauth.sandbox.control.route import Unfit
from wxauth.sandbox.origin import LOOPBACK_HOSTS


def check_host(host: str, *, bound_to: str, public_url: str | None = None) -> None:
    """Refuse a Host that is a foreign name: a web site may let its own name lead to this machine (DNS rebinding).

    Args:
        host: the header.
        bound_to: the address that the request came in at.
        public_url: what the sandbox was told to call itself.

    Raises:
        Unfit: 403.
    """
    name = _split(f"//{host}").hostname
    own = {*LOOPBACK_HOSTS, bound_to.lower(), _split(public_url or "").hostname}
    if name is None or name not in own:
        raise Unfit(
            HTTPStatus.FORBIDDEN,
            f"the Host {host[:60]!r} is not a name of this sandbox",
            next=f"ask it as 127.0.0.1, localhost or {bound_to}",
        )


def check_origin(origin: str | None, *, host: str) -> None:
    """Refuse what a page of another origin sends; programs send no Origin. Raises Unfit 403."""
    if origin is None:
        return
    parts = _split(origin)
    if parts.scheme not in ("http", "https") or parts.netloc.lower() != host.lower():
        raise Unfit(
            HTTPStatus.FORBIDDEN,
            f"the Origin {origin[:60]!r} is not this sandbox",
            next="ask from a program, or from a page of the sandbox itself",
        )


def _split(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:
        return SplitResult("", "", "", "", "")
