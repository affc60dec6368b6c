"""The authorize page with its pixels: a request becomes a visit, its outcome a response."""

from __future__ import annotations

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from wxauth.sandbox.accounts import Account
from wxauth.sandbox.next_visits import Decision
from wxauth.sandbox.pages import browser
from wxauth.sandbox.pages.forms import Unclear, choice, nobody, read_form
from wxauth.sandbox.pages.render import Values
from wxauth.sandbox.pages.ticketed import TicketedPage
from wxauth.sandbox.wechat import authorize
from wxauth.sandbox.wechat.authorize import Visit, visit
from wxauth.sandbox.wechat.consent import Scene
from wxauth.sandbox.wechat.link import Link, Query
from wxauth.sandbox.world import World


class AuthorizePage(TicketedPage):
    """``/connect/oauth2/authorize`` for browsers and for headless callers."""

    async def __call__(self, request: Request) -> Response:
        """Answer one request."""
        query = Query(request.scope["query_string"].decode("utf-8", "replace"))
        try:
            if request.method == "POST":
                return await self._posted(request, query)
            response = self._respond(request, visit(self._worlds, _opened(request, query)))
            if browser.SCENE in request.cookies:
                browser.forget(response, browser.SCENE)
            return response
        except Unclear as unclear:
            return PlainTextResponse(str(unclear), status_code=HTTPStatus.BAD_REQUEST)

    async def _posted(self, request: Request, query: Query) -> Response:
        form = await read_form(request)
        person, decision = form.get("person", ""), choice(Decision, form.get("decision"), "decision")
        subject = _subject(query, person if decision else "")
        if not self._spend(request, form, subject=subject):
            return self._stale(request)
        scene = choice(Scene, form.get("scene"), "scene") or Scene.LINK
        if decision is None:
            return _chosen(request, self._chosen_one(request, person), scene)
        visitor = Visit(query=query, inside=browser.is_inside(request), person=person, scene=scene, decision=decision)
        return self._respond(request, visit(self._worlds, visitor))

    def _respond(self, request: Request, outcome: authorize.Outcome) -> Response:
        match outcome:
            case authorize.SentOn(location):
                return browser.redirect(location, status=HTTPStatus.MOVED_PERMANENTLY)
            case authorize.SentBack(location):
                return browser.redirect(location)
            case authorize.WhoAreYou(link):
                return self._who(request, link)
            case authorize.Nobody(link):
                return self._nobody(request, link)
            case authorize.Sheet(link):
                return self._sheet(request, link, outcome)
            case authorize.Refused():
                return self._message(request, "refused")
            case authorize.Outside():
                return self._page(request, "outside", {})
            case authorize.Shown():
                return self._error(request, outcome)

    def _who(self, request: Request, link: Link) -> Response:
        values: Values = {"scenes": list(Scene)}
        return self._form_page(request, "who", values, subject=_subject(link.query), redirect_uri=link.redirect_uri)

    def _sheet(self, request: Request, link: Link, sheet: authorize.Sheet) -> Response:
        subject = _subject(link.query, sheet.person.name)
        values: Values = {"person": sheet.person, "scene": sheet.scene, "asker": (link.agent or link.account).name}
        return self._form_page(request, "sheet", values, subject=subject, redirect_uri=link.redirect_uri)

    def _nobody(self, request: Request, link: Link) -> Response:
        if request.headers.get("x-sandbox-person") is None:
            return self._who(request, link)
        raise nobody(link.world, link.account.appid)

    def _error(self, request: Request, shown: authorize.Shown) -> Response:
        reason = shown.reason.in_language(browser.language(request))
        return self._page(request, "error", {"error": shown.page, "reason": reason})

    def _stage(self, request: Request) -> tuple[World, Account]:
        return self._world_of(request.query_params.get("appid", ""))


def _chosen(request: Request, person: str, scene: Scene) -> Response:
    """Back to the link, as this person: a sheet that answered a form could not be gone back to."""
    response = browser.redirect(browser.here(request), status=HTTPStatus.SEE_OTHER)
    browser.remember(response, browser.PERSON, person)
    browser.remember(response, browser.SCENE, scene)
    return response


def _subject(query: Query, person: str = "") -> str:
    return f"{query.text}\0{person}"


def _opened(request: Request, query: Query) -> Visit:
    """The visit of a GET: of somebody the headers name, else of somebody the browser remembers."""
    person = browser.header(request, "x-sandbox-person")
    scene_said = browser.header(request, "x-sandbox-scene") or request.cookies.get(browser.SCENE)
    scene = choice(Scene, scene_said, "X-Sandbox-Scene") or Scene.LINK
    inside = browser.is_inside(request)
    if person is None:
        return Visit(query=query, inside=inside, person=browser.remembered_person(request), scene=scene)
    decision = choice(Decision, browser.header(request, "x-sandbox-decision"), "X-Sandbox-Decision")
    return Visit(query=query, inside=inside, person=person, scene=scene, decision=decision, agrees=True)
