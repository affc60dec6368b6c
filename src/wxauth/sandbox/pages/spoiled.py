"""What faults make of pages."""

from __future__ import annotations

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from wxauth.sandbox.fault import Fault, Kind
from wxauth.sandbox.wechat.operation import Answer
from wxauth.sandbox.wechat.spoiled import instead, spoiled
from wxauth.sandbox.wire import deliver

OWN_HEADERS = frozenset({b"content-type", b"content-length"})


class SpoiledPage(Response):
    """A page that comes late, broken or not at all."""

    def __init__(self, answered: Answer) -> None:
        super().__init__(answered.body, status_code=answered.status, media_type=answered.content_type)
        self._answered = answered

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await deliver(self._answered, scope, receive, send)


def failed(fault: Fault) -> Response:
    """What comes instead of a page when a fault keeps it from being made."""
    return SpoiledPage(instead(fault))


def spoil(page: Response, fault: Fault | None) -> Response:
    """What a fault makes of a page; an error page with a number is one already."""
    if fault is None or fault.kind is Kind.ERRCODE:
        return page
    answered = Answer(
        content_type=page.headers.get("content-type", "text/html"),
        body=bytes(page.body),
        headers=tuple(header for header in page.raw_headers if header[0] not in OWN_HEADERS),
        status=page.status_code,
    )
    return SpoiledPage(spoiled(answered, fault))
