"""The long poll of the QR page over ASGI: held in real time, answered as soon as the phone does something."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from wxauth.sandbox.clock import pause
from wxauth.sandbox.wechat import qr_poll
from wxauth.sandbox.wechat.qr import Displayed, find
from wxauth.sandbox.world import Worlds

GLANCE_SECONDS = 0.2
"""How often a held poll looks whether the QR code has expired: no step tells of time."""


class QrPoll:
    """``/connect/l/qrconnect``."""

    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds

    async def __call__(self, request: Request) -> Response:
        """Answer one poll."""
        uuid, last = request.query_params.get("uuid", ""), request.query_params.get("last", "")
        found = find(self._worlds, uuid)
        errcode = qr_poll.unknown(uuid) if found is None else await _held(request, found, last)
        qr_poll.record(self._worlds, found, uuid=uuid, last=last, errcode=errcode)
        script = qr_poll.body(errcode, None if found is None else found.scan.code)
        headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        return Response(script, media_type="text/javascript", headers=headers)


async def _held(request: Request, found: Displayed, last: str) -> int:
    world, scan, stirred = found.world, found.scan, asyncio.Event()
    loop = asyncio.get_running_loop()

    def wake() -> None:
        loop.call_soon_threadsafe(stirred.set)

    leaving = loop.create_task(_left(request, stirred))
    left_seconds = world.switches.qr_poll_hold_seconds
    try:
        with world.scans.watched(scan, wake):
            while (errcode := qr_poll.news(world, scan, last)) is None and left_seconds > 0 and not leaving.done():
                span_seconds = min(left_seconds, GLANCE_SECONDS)
                await pause(span_seconds, unless=stirred.wait())
                stirred.clear()
                left_seconds -= span_seconds
    finally:
        leaving.cancel()
    return errcode or qr_poll.NOTHING_NEW


async def _left(request: Request, stirred: asyncio.Event) -> None:
    """Wait until the browser hangs up, and say so."""
    while (await request.receive())["type"] != "http.disconnect":
        continue
    stirred.set()
