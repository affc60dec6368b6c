"""The routes of the QR login."""

from __future__ import annotations

from starlette.routing import Route

from wxauth.sandbox.pages.qr import SHOWN, QrPage
from wxauth.sandbox.pages.qr_phone import QrPhonePage
from wxauth.sandbox.pages.qr_poll import QrPoll
from wxauth.sandbox.wechat.qr import CONFIRM, PATH, PICTURE
from wxauth.sandbox.wechat.qr_poll import PATH as POLL
from wxauth.sandbox.world import Worlds


def qr_routes(worlds: Worlds) -> list[Route]:
    """The desktop's page, its picture and its poll, and the phone's page."""
    desktop, phone, poll = QrPage(worlds), QrPhonePage(worlds), QrPoll(worlds)
    return [
        Route(PATH, desktop.link),
        Route(f"{PICTURE}/{{uuid}}", desktop.picture),
        Route(f"{SHOWN}/{{uuid}}", desktop.shown),
        Route(POLL, poll.__call__),
        Route(CONFIRM, phone.__call__, methods=["GET", "POST"]),
    ]
