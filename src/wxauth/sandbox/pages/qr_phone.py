"""The phone of the QR login: what a person sees who opens the address that the QR code encodes."""

from __future__ import annotations

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from wxauth.sandbox.accounts import Account
from wxauth.sandbox.pages import browser
from wxauth.sandbox.pages.forms import Unclear, choice, nobody, read_form
from wxauth.sandbox.pages.render import Values, page
from wxauth.sandbox.pages.text import TEXT
from wxauth.sandbox.pages.tickets import Tickets, new_browser
from wxauth.sandbox.scans import Stage, Step
from wxauth.sandbox.wechat.authorize import Outside, Shown
from wxauth.sandbox.wechat.qr import Decided, LoginSheet, PhoneOutcome, Scanning, WhoScans, find, phone
from wxauth.sandbox.world import World, Worlds

SCAN_AND = {Step.SCAN: (Step.SCAN,), Step.ALLOW: (Step.SCAN, Step.ALLOW), Step.REFUSE: (Step.SCAN, Step.REFUSE)}
"""What a headless caller's decision stands for."""


class QrPhonePage:
    """``/connect/confirm`` for browsers and for headless callers."""

    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds
        self._tickets = Tickets()

    async def __call__(self, request: Request) -> Response:
        """Answer one request."""
        try:
            if request.method == "POST":
                return await self._posted(request)
            return self._respond(request, phone(self._worlds, _opened(request)))
        except Unclear as unclear:
            return PlainTextResponse(str(unclear), status_code=HTTPStatus.BAD_REQUEST)

    async def _posted(self, request: Request) -> Response:
        form = await read_form(request)
        uuid, person, step = _uuid(request), form.get("person", ""), choice(Step, form.get("step"), "step")
        secret, subject = request.cookies.get(browser.BROWSER, ""), _subject(uuid, person if step else "")
        if not self._tickets.spend(form.get("ticket", ""), browser=secret, subject=subject):
            return self._message(request, "stale", status=HTTPStatus.FORBIDDEN)
        if step is None:
            return _chosen(request, person)
        inside = browser.is_inside(request)
        return self._respond(
            request, phone(self._worlds, Scanning(uuid=uuid, inside=inside, person=person, steps=(step,)))
        )

    def _respond(self, request: Request, outcome: PhoneOutcome) -> Response:
        match outcome:
            case Outside():
                return self._page(request, "outside", {})
            case Shown(error, reason):
                told = reason.in_language(browser.language(request))
                return self._page(request, "error", {"error": error, "reason": told})
            case WhoScans(world, scan):
                return self._who(request, world, scan.account)
            case LoginSheet(_, _, person):
                return self._form_page(request, "qr_sheet", {"person": person}, _subject(_uuid(request), person.name))
            case Decided(_, scan):
                return self._message(request, "qr_done" if scan.stage is Stage.CONFIRMED else "qr_cancel")

    def _who(self, request: Request, world: World, account: Account) -> Response:
        if request.headers.get("x-sandbox-person") is not None:
            raise nobody(world, account.appid)
        return self._form_page(request, "who", {"scenes": ()}, _subject(_uuid(request)))

    def _form_page(self, request: Request, template: str, values: Values, subject: str) -> Response:
        secret = request.cookies.get(browser.BROWSER) or new_browser()
        ticket = self._tickets.issue(browser=secret, subject=subject)
        response = self._page(request, template, values | {"ticket": ticket})
        browser.remember(response, browser.BROWSER, secret)
        return response

    def _message(self, request: Request, what: str, *, status: HTTPStatus = HTTPStatus.OK) -> Response:
        language = browser.language(request)
        values: Values = {
            "heading": TEXT[what].in_language(language),
            "explained": TEXT[f"{what}_explained"].in_language(language),
            "again": None if what == "qr_done" else browser.here(request),
        }
        return self._page(request, "message", values, status=status)

    def _page(self, request: Request, template: str, values: Values, *, status: HTTPStatus = HTTPStatus.OK) -> Response:
        found = find(self._worlds, _uuid(request))
        world = self._worlds.default if found is None else found.world
        return page(
            template,
            values,
            world=world,
            account=world.account if found is None else found.scan.account,
            language=browser.language(request),
            back=browser.here(request),
            status=status,
        )


def _opened(request: Request) -> Scanning:
    """What a GET is: somebody scans; of somebody the headers name, the whole of what they decide."""
    uuid, inside = _uuid(request), browser.is_inside(request)
    person = browser.header(request, "x-sandbox-person")
    if person is None:
        return Scanning(uuid=uuid, inside=inside, person=browser.remembered_person(request))
    wish = browser.header(request, "x-sandbox-decision")
    decision = choice(Step, wish, "X-Sandbox-Decision") or Step.ALLOW
    return Scanning(uuid=uuid, inside=inside, person=person, steps=SCAN_AND[decision])


def _chosen(request: Request, person: str) -> Response:
    response = browser.redirect(browser.here(request), status=HTTPStatus.SEE_OTHER)
    browser.remember(response, browser.PERSON, person)
    return response


def _uuid(request: Request) -> str:
    return request.query_params.get("uuid", "")


def _subject(uuid: str, person: str = "") -> str:
    return f"{uuid}\0{person}"
