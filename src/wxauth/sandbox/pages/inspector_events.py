"""The stream that tells the inspector when to look again: an event whenever something has happened in a world."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from wxauth.sandbox.bell import TooManyListeners
from wxauth.sandbox.clock import pause
from wxauth.sandbox.control.asgi import check_request
from wxauth.sandbox.control.route import Unfit
from wxauth.sandbox.pages.inspector_text import TEXT
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

GATHER_SECONDS = 0.1
"""How long events are gathered before the next one is sent, so that a busy world does not drown its page."""
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
LOOK = b"event: look\ndata: \n\n"


class InspectorEvents:
    """Server-sent events that carry nothing: the page fetches itself anew. The first comes at once."""

    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection until the browser hangs up or the server stops."""
        request = Request(scope)
        try:
            check_request(request)
            world = self._worlds.of_appid(request.query_params.get("world", "")) or self._worlds.default
            await _stream(world, receive, send)
        except Unfit as unfit:
            await PlainTextResponse(f"{unfit.what}\n{unfit.next}\n", status_code=unfit.status)(scope, receive, send)
        except TooManyListeners:
            words = TEXT["crowded"]
            refusal = PlainTextResponse(f"{words.en}\n{words.zh}\n", status_code=HTTPStatus.SERVICE_UNAVAILABLE)
            await refusal(scope, receive, send)


async def _stream(world: World, receive: Receive, send: Send) -> None:
    loop, stirred, gone = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()

    def wake() -> None:
        if not stirred.is_set():
            loop.call_soon_threadsafe(stirred.set)

    with world.bell.heard(wake):
        leaving = loop.create_task(_left(receive, stirred, gone))
        try:
            await send({"type": "http.response.start", "status": HTTPStatus.OK, "headers": HEADERS})
            while not gone.is_set():
                stirred.clear()
                await send({"type": "http.response.body", "body": LOOK, "more_body": True})
                await pause(GATHER_SECONDS, unless=gone.wait())
                await stirred.wait()
        finally:
            leaving.cancel()


async def _left(receive: Receive, stirred: asyncio.Event, gone: asyncio.Event) -> None:
    """Wait until the browser hangs up, and say so."""
    while (await receive())["type"] != "http.disconnect":
        continue
    gone.set()
    stirred.set()
