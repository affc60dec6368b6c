"""The phone of the QR login: what a person sees who opens the address that the QR code encodes."""

from __future__ import annotations

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from wxauth.sandbox.accounts import Account
from wxauth.sandbox.pages import browser
from wxauth.sandbox.pages.forms import Unclear, choice, nobody, read_form
from wxauth.sandbox.pages.ticketed import TicketedPage
from wxauth.sandbox.scans import Stage, Step
from wxauth.sandbox.wechat.qr import Decided, LoginSheet, PhoneOutcome, Scanning, WhoScans, find, phone
from wxauth.sandbox.wechat.visits import Outside, Shown
from wxauth.sandbox.world import World

SCAN_AND = {Step.SCAN: (Step.SCAN,), Step.ALLOW: (Step.SCAN, Step.ALLOW), Step.REFUSE: (Step.SCAN, Step.REFUSE)}
"""What a headless caller's decision stands for."""


class QrPhonePage(TicketedPage):
    """``/connect/confirm`` for browsers and for headless callers."""

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
        if not self._spend(request, form, subject=_subject(uuid, person if step else "")):
            return self._stale(request)
        if step is None:
            return _chosen(request, self._chosen_one(request, person))
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
                subject = _subject(_uuid(request), person.name)
                return self._form_page(request, "qr_sheet", {"person": person}, subject=subject)
            case Decided(_, scan):
                done = scan.stage is Stage.CONFIRMED
                return self._message(request, "qr_done" if done else "qr_cancel", again=not done)

    def _who(self, request: Request, world: World, account: Account) -> Response:
        if request.headers.get("x-sandbox-person") is not None:
            raise nobody(world, account.appid)
        return self._form_page(request, "who", {"scenes": ()}, subject=_subject(_uuid(request)))

    def _stage(self, request: Request) -> tuple[World, Account]:
        found = find(self._worlds, _uuid(request))
        if found is None:
            return self._worlds.default, self._worlds.default.account
        return found.world, found.scan.account


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
