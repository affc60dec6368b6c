"""The QR page of the desktop: its link, the picture, and what it shows from stage to stage."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from http import HTTPStatus
from io import BytesIO
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from wxauth.sandbox.origin import origin
from wxauth.sandbox.pages import browser
from wxauth.sandbox.pages.render import HERE, SAFE_HEADERS, page
from wxauth.sandbox.pages.spoiled import failed, spoil
from wxauth.sandbox.scans import Stage
from wxauth.sandbox.wechat.link import Query
from wxauth.sandbox.wechat.qr import CONFIRM, PICTURE, Displayed, display, find, way_on
from wxauth.sandbox.wechat.qr_link import Look, read_look
from wxauth.sandbox.wechat.spoiled import Failed
from wxauth.sandbox.wechat.visits import Shown
from wxauth.sandbox.words import Language
from wxauth.sandbox.worlds import Worlds

SHOWN = "/sandbox/qr"
"""A QR code that was shown before, whatever became of it: where the page goes on, with or without JavaScript."""
PIXELS_A_MODULE = 8


class QrPage:
    """``/connect/qrconnect`` and what belongs to it."""

    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds

    async def link(self, request: Request) -> Response:
        """``/connect/qrconnect``: a new QR code."""
        query = Query(request.scope["query_string"].decode("utf-8", "replace"))
        outcome = display(self._worlds, query)
        match outcome:
            case Failed(fault):
                return failed(fault)
            case Shown():
                return self._error(request, outcome)
            case Displayed():
                as_xml = query.value("f") == "xml"
                return spoil(_xml(outcome) if as_xml else _page(request, outcome), outcome.fault)

    async def shown(self, request: Request) -> Response:
        """``/sandbox/qr/<uuid>``: on to the site, to a new QR code, or the same one as it is now."""
        found = find(self._worlds, request.path_params["uuid"])
        if found is None:
            return _no_such_code()
        if found.world.scans.stage(found.scan) is Stage.EXPIRED:
            return browser.redirect(quote(found.scan.link, safe=browser.URL_CHARACTERS))
        on = way_on(found.world, found.scan)
        return _page(request, found) if on is None else browser.redirect(on)

    async def picture(self, request: Request) -> Response:
        """``/connect/qrcode/<uuid>``: the picture. WeChat's is a JPEG, this is a PNG."""
        found = find(self._worlds, request.path_params["uuid"])
        if found is None:
            return _no_such_code()
        drawn = await run_in_threadpool(_drawn, f"{origin(request.scope)}{CONFIRM}?uuid={found.scan.uuid}")
        return Response(drawn, media_type="image/png", headers=SAFE_HEADERS)

    def _error(self, request: Request, shown: Shown) -> Response:
        language = browser.language(request)
        world = self._worlds.of_appid(request.query_params.get("appid", "")) or self._worlds.default
        return page(
            "error",
            {"error": shown.page, "reason": shown.reason.in_language(language)},
            world=world,
            account=world.account_of(request.query_params.get("appid", "")) or world.account,
            language=language,
            back=browser.here(request),
        )


def _page(request: Request, shown: Displayed) -> Response:
    world, scan = shown.world, shown.scan
    look, script = read_look(Query(scan.link.partition("?")[2])), _script()
    own_path = f"{SHOWN}/{scan.uuid}"
    return page(
        "qr",
        {
            "scan": scan,
            "stage": world.scans.stage(scan),
            "look": look,
            "script": script,
            "own_path": own_path,
            "picture": f"{PICTURE}/{scan.uuid}",
            "confirm": quote(f"{CONFIRM}?uuid={scan.uuid}", safe=""),
            "goes_on_when_refused": world.switches.website_denial_callback,
        },
        world=world,
        account=scan.account,
        language=_language(request, look),
        back=own_path,
        policy=_policy(look, script),
    )


def _language(request: Request, look: Look) -> Language:
    """The language chosen on the page, else that of the link, else that of the browser."""
    if browser.LANGUAGE in request.cookies:
        return browser.language(request)
    match look.language:
        case "en":
            return "en"
        case "cn":
            return "zh"
        case _:
            return browser.language(request)


def _policy(look: Look, script: str) -> dict[str, str]:
    """A site shows this page in a frame of its own, with a stylesheet of its own."""
    digest = b64encode(sha256(script.encode()).digest()).decode()
    policy = {"script-src": f"'sha256-{digest}'", "connect-src": "'self'", "frame-ancestors": "*"}
    if look.href:
        source = "data:" if look.href.startswith("data:") else "/".join(look.href.split("/")[:3])
        policy["style-src"] = f"'self' {source}"
    return policy


def _xml(shown: Displayed) -> Response:
    """``f=xml``: of WeChat's fields only ``uuid`` is known."""
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<qrconnect><uuid>{shown.scan.uuid}</uuid></qrconnect>\n'
    return Response(text, media_type="text/xml", headers=SAFE_HEADERS)


def _no_such_code() -> Response:
    return PlainTextResponse("no such QR code\n没有这个二维码\n", status_code=HTTPStatus.NOT_FOUND)


def _drawn(text: str) -> bytes:
    import segno

    picture = BytesIO()
    segno.make_qr(text).save(picture, kind="png", scale=PIXELS_A_MODULE, border=4)
    return picture.getvalue()


def _script() -> str:
    return (HERE / "qr.js").read_text(encoding="utf-8")
