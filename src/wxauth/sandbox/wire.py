"""An answer on its way to the client: at once, late, or lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wxauth.sandbox.clock import pause
from wxauth.sandbox.wechat.operation import Answer

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

HANG_UP = "wxauth.hang_up"
"""The key of a scope under which the app notes how to break its connection off."""


async def deliver(answered: Answer, scope: Scope, receive: Receive, send: Send) -> None:
    """Send an answer, after its time; or break the connection off instead."""
    if answered.after_seconds and not await pause(answered.after_seconds, unless=_gone(receive)):
        return
    if answered.lost:
        scope[HANG_UP](scope)
        # A server that has not noticed yet would answer 500 if this returned.
        await _gone(receive)
    else:
        await put(answered, send)


async def put(answered: Answer, send: Send) -> None:
    """Send an answer at once."""
    headers = [
        (b"content-type", answered.content_type.encode("latin-1")),
        (b"content-length", str(len(answered.body)).encode()),
        *answered.headers,
    ]
    await send({"type": "http.response.start", "status": answered.status, "headers": headers})
    await send({"type": "http.response.body", "body": answered.body})


async def _gone(receive: Receive) -> None:
    """Wait until the client hangs up, or the connection is broken off."""
    while (await receive())["type"] != "http.disconnect":
        continue
