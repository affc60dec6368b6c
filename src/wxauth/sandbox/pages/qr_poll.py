"""The long poll of the QR page over ASGI: held in real time, answered as soon as the phone does something."""

from __future__ import annotations

from asyncio import create_task
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from wxauth.sandbox.clock import within
from wxauth.sandbox.fault import Fault, Kind
from wxauth.sandbox.pages.spoiled import failed, spoil
from wxauth.sandbox.wechat import qr_poll
from wxauth.sandbox.wechat.qr import Displayed, find
from wxauth.sandbox.worlds import Worlds


class QrPoll:
    """``/connect/l/qrconnect``."""

    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds

    async def __call__(self, request: Request) -> Response:
        """Answer one poll."""
        uuid, last = request.query_params.get("uuid", ""), request.query_params.get("last", "")
        found = find(self._worlds, uuid)
        if found is None:
            return self._told(None, uuid=uuid, last=last, errcode=qr_poll.unknown(uuid))
        if not qr_poll.answers_at(found, request.url.hostname or ""):
            return PlainTextResponse("not under this name\n", status_code=HTTPStatus.NOT_FOUND)
        fault = qr_poll.fault(found)
        if fault is not None and fault.kind is not Kind.ERRCODE and not fault.does_the_work:
            qr_poll.record(self._worlds, found, uuid=uuid, last=last, errcode=None, hit=fault)
            return failed(fault)
        numbered = None if fault is None else fault.code
        errcode = await _held(request, found, last) if numbered is None else numbered
        return self._told(found, uuid=uuid, last=last, errcode=errcode, fault=fault)

    def _told(
        self, found: Displayed | None, *, uuid: str, last: str, errcode: int, fault: Fault | None = None
    ) -> Response:
        qr_poll.record(self._worlds, found, uuid=uuid, last=last, errcode=errcode, hit=fault)
        script = qr_poll.body(errcode, None if found is None else found.scan.code)
        headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        return spoil(Response(script, media_type="text/javascript", headers=headers), fault)


async def _held(request: Request, found: Displayed, last: str) -> int:
    """What there is to say, once there is something, the time is up or the browser is gone."""
    leaving = create_task(_left(request))
    hold_seconds = found.world.switches.qr_poll_hold_seconds
    try:
        await within(hold_seconds, lambda: leaving.done() or qr_poll.news(found.world, found.scan, last) is not None)
    finally:
        leaving.cancel()
    return qr_poll.news(found.world, found.scan, last) or qr_poll.NOTHING_NEW


async def _left(request: Request) -> None:
    """Wait until the browser hangs up."""
    while (await request.receive())["type"] != "http.disconnect":
        continue
