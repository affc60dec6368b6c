"""The inspector at ``/_sandbox/``: what happens in a world, its people, clock, faults and switches, live.

It works without JavaScript: every button is a form, and new exchanges come with a reload. The script only spares both.
"""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from wxauth.sandbox.accounts import AccountKind
from wxauth.sandbox.control.asgi import check_request
from wxauth.sandbox.control.route import PREFIX, Unfit
from wxauth.sandbox.control.switches import shown_switches
from wxauth.sandbox.fault import ANY_CALL, CALLBACK
from wxauth.sandbox.faults import NUMBERS
from wxauth.sandbox.lint import lint
from wxauth.sandbox.origin import origin
from wxauth.sandbox.pages import browser
from wxauth.sandbox.pages.forms import Unclear, read_form
from wxauth.sandbox.pages.inspector_deeds import do
from wxauth.sandbox.pages.inspector_events import InspectorEvents
from wxauth.sandbox.pages.inspector_rows import ROWS, rows
from wxauth.sandbox.pages.inspector_text import SPANS, texts
from wxauth.sandbox.pages.render import HERE, SAFE_HEADERS, page
from wxauth.sandbox.presets import PRESETS
from wxauth.sandbox.wechat.server import OPERATIONS
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

PATH = f"{PREFIX}/"
EVENTS = f"{PREFIX}/inspector/events"
JUDGED = 1000
"""How many exchanges the lint report of the page looks at: the page is made anew whenever something happens."""
STYLE = f"{PREFIX}/inspector/style.css"


def inspector_routes(worlds: Worlds) -> list[Route]:
    """The page, its stylesheet and its events."""
    inspector = Inspector(worlds)
    return [
        Route(PATH, inspector.__call__, methods=["GET", "POST"]),
        Route(STYLE, _style),
        Route(EVENTS, InspectorEvents(worlds)),
    ]


class Inspector:
    """The page, and what its buttons do."""

    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds

    async def __call__(self, request: Request) -> Response:
        """Answer one request."""
        try:
            check_request(request)
            world = world_of(self._worlds, request)
            if request.method == "POST":
                do(self._worlds, world, await read_form(request))
                world.bell.ring()
                return browser.redirect(browser.here(request), status=HTTPStatus.SEE_OTHER)
        except Unfit as unfit:
            return self._unfit(request, unfit)
        except Unclear as unclear:
            return PlainTextResponse(str(unclear), status_code=HTTPStatus.BAD_REQUEST)
        return self._shown(request, world)

    def _unfit(self, request: Request, unfit: Unfit) -> Response:
        """What was wrong with a form; foreigners are shown no page."""
        if unfit.status == HTTPStatus.FORBIDDEN:
            return PlainTextResponse(f"{unfit.what}\n{unfit.next}\n", status_code=unfit.status)
        world = self._worlds.of_appid(request.query_params.get("world", "")) or self._worlds.default
        return page(
            "message",
            {"heading": unfit.what, "explained": unfit.next, "again": browser.here(request)},
            world=world,
            account=world.account,
            language=browser.language(request),
            back=PATH,
            status=unfit.status,
        )

    def _shown(self, request: Request, world: World) -> Response:
        language, script = browser.language(request), _script()
        entries = world.journal.latest(ROWS)
        own_path = f"{PATH}?world={world.account.appid}"
        answered = page(
            "inspector",
            {
                "i": texts(language),
                "rows": rows(entries, world=world, origin=origin(request.scope), language=language),
                "all_shown": len(entries) < ROWS,
                "most": ROWS,
                "own_path": own_path,
                "events": f"{EVENTS}?world={world.account.appid}",
                "style": STYLE,
                "script": script,
                "spans": {seconds: words.in_language(language) for seconds, words in SPANS.items()},
                "presets": {name: preset.words.in_language(language) for name, preset in PRESETS.items()},
                "worlds": list(self._worlds),
                "clients": [
                    (linted, [(finding, finding.words.in_language(language)) for finding in linted.findings])
                    for linted in lint(world, latest=JUDGED)
                ],
                "switches": [(switch, shown(switch.value), shown(switch.default)) for switch in shown_switches(world)],
                "judged": JUDGED,
                "flipped": sum(switch.value != switch.default for switch in shown_switches(world)),
                "operations": [*NUMBERS, CALLBACK, ANY_CALL, *(operation.name for operation in OPERATIONS.values())],
                "kinds": list(AccountKind),
            },
            world=world,
            account=world.account,
            language=language,
            back=own_path,
            policy={"script-src": f"'sha256-{_digest(script)}'", "connect-src": "'self'"},
        )
        # Under no-referrer a browser sends forms with the Origin "null", which no guard can tell from a foreign one.
        answered.headers["Referrer-Policy"] = "same-origin"
        return answered


def world_of(worlds: Worlds, request: Request) -> World:
    """The world a request names, else the default world; raises Unfit 404."""
    appid = request.query_params.get("world")
    world = worlds.default if appid is None else worlds.of_appid(appid)
    if world is None:
        raise Unfit(HTTPStatus.NOT_FOUND, "no world has that appid\n没有哪个世界有这个 appid", next=PATH)
    return world


async def _style(request: Request) -> Response:
    style = (HERE / "inspector.css").read_text(encoding="utf-8")
    return Response(style, media_type="text/css", headers=SAFE_HEADERS)


def shown(value: object) -> str:
    """How a switch stands, as its form takes it: a word as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _script() -> str:
    return (HERE / "inspector.js").read_text(encoding="utf-8")


def _digest(script: str) -> str:
    return b64encode(sha256(script.encode()).digest()).decode()
