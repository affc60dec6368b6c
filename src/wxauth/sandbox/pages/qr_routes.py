"""The routes of the QR login."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wxauth.sandbox.pages.qr import SHOWN, QrPage
from wxauth.sandbox.pages.qr_phone import QrPhonePage
from wxauth.sandbox.pages.qr_poll import QrPoll
from wxauth.sandbox.pages.render import HERE, SAFE_HEADERS
from wxauth.sandbox.wechat.qr import CONFIRM, PATH, PICTURE
from wxauth.sandbox.wechat.qr_poll import PATH as POLL
from wxauth.sandbox.worlds import Worlds

WX_LOGIN = "/connect/zh_CN/htmledition/js/wxLogin.js"
"""Where the script of websites is: https://developers.weixin.qq.com/doc/oplatform/developers/dev/auth/web.md"""


def qr_routes(worlds: Worlds) -> list[Route]:
    """The desktop's page, its picture and its poll, the phone's page, and the script that frames the first."""
    desktop, phone, poll = QrPage(worlds), QrPhonePage(worlds), QrPoll(worlds)
    return [
        Route(PATH, desktop.link),
        Route(f"{PICTURE}/{{uuid}}", desktop.picture),
        Route(f"{SHOWN}/{{uuid}}", desktop.shown),
        Route(POLL, poll.__call__),
        Route(CONFIRM, phone.__call__, methods=["GET", "POST"]),
        Route(WX_LOGIN, _wx_login),
    ]


def _wx_login(request: Request) -> Response:
    script = (HERE / "wxLogin.js").read_text(encoding="utf-8")
    return Response(script, media_type="text/javascript", headers=SAFE_HEADERS)
