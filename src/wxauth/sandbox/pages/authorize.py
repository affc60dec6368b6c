"""The authorize page with its pixels: a request becomes a visit, its outcome a response."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from hashlib import blake2b, sha256
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from wxauth.sandbox.accounts import Account
from wxauth.sandbox.next_visits import Decision, Scene, Service
from wxauth.sandbox.pages import browser
from wxauth.sandbox.pages.forms import Choice, Unclear, choice, nobody, read_form
from wxauth.sandbox.pages.render import Values
from wxauth.sandbox.pages.spoiled import failed, spoil
from wxauth.sandbox.pages.text import TEXT
from wxauth.sandbox.pages.ticketed import TicketedPage
from wxauth.sandbox.wechat import echoes, visits
from wxauth.sandbox.wechat.authorize import visit
from wxauth.sandbox.wechat.link import Link, Query
from wxauth.sandbox.wechat.spoiled import Failed
from wxauth.sandbox.wechat.visits import Visit
from wxauth.sandbox.world import World

KEPT = "max-age=86400"
GO_BACK = 'history.go(-Number(document.querySelector("[data-steps]").dataset.steps))'
GO_BACK_ALLOWED = f"'sha256-{b64encode(sha256(GO_BACK.encode()).digest()).decode()}'"


class AuthorizePage(TicketedPage):
    """``/connect/oauth2/authorize`` for browsers and for headless callers."""

    async def __call__(self, request: Request) -> Response:
        """Answer one request."""
        query = Query(request.scope["query_string"].decode("utf-8", "replace"))
        try:
            if request.method == "POST":
                return await self._posted(request, query)
            return self._reply(request, visit(self._worlds, _opened(request, query)), forgets=True)
        except Unclear as unclear:
            return PlainTextResponse(str(unclear), status_code=HTTPStatus.BAD_REQUEST)

    async def _posted(self, request: Request, query: Query) -> Response:
        form = await read_form(request)
        person, decision = form.get("person", ""), choice(Decision, form.get("decision"), "decision")
        service = choice(Service, form.get("service"), "service")
        if not self._spend(request, form, subject=_subject(query, person if decision or service else "")):
            return self._stale(request)
        scene = choice(Scene, form.get("scene"), "scene") or Scene.LINK
        if decision is None and service is not Service.SNAPSHOT:
            return _chosen(request, self._chosen_one(request, person), scene, service)
        visitor = Visit(
            query=query,
            inside=browser.is_inside(request),
            person=person,
            scene=scene,
            decision=decision or Decision.ALLOW,
            service=service,
            nickname=form.get("nickname"),
            device=_device(request),
        )
        return self._reply(request, visit(self._worlds, visitor), steps=form.get("steps", ""))

    def _reply(self, request: Request, outcome: visits.Outcome, *, forgets: bool = False, steps: str = "") -> Response:
        """The response to an outcome; ``forgets`` what was said for one visit only."""
        if isinstance(outcome, Failed):
            return failed(outcome.fault)
        reached, fault = (outcome.outcome, outcome.fault) if isinstance(outcome, visits.Spoiled) else (outcome, None)
        response = self._refused(request, steps) if _goes_back(reached, steps) else self._respond(request, reached)
        for name in (browser.SCENE, browser.SERVICE) if forgets else ():
            if name in request.cookies:
                browser.forget(response, name)
        return spoil(response, fault)

    def _respond(self, request: Request, outcome: visits.Reached) -> Response:
        match outcome:
            case visits.SentOn() | visits.SentBack():
                return _redirect(outcome)
            case visits.SnapshotPage():
                return self._snapshot(request, outcome)
            case visits.WhoAreYou(link):
                return self._who(request, link)
            case visits.Nobody(link):
                return self._nobody(request, link)
            case visits.Sheet(link):
                return self._sheet(request, link, outcome)
            case visits.Refused():
                return self._message(request, "refused")
            case visits.Outside():
                return self._page(request, "outside", {}, policy={"frame-ancestors": "*"})
            case visits.Shown():
                return self._error(request, outcome)

    def _who(self, request: Request, link: Link) -> Response:
        values: Values = {"scenes": list(Scene)}
        return self._form_page(request, "who", values, subject=_subject(link.query), redirect_uri=link.redirect_uri)

    def _sheet(self, request: Request, link: Link, sheet: visits.Sheet) -> Response:
        subject = _subject(link.query, sheet.person.name)
        values: Values = {
            "person": sheet.person,
            "scene": sheet.scene,
            "service": sheet.service,
            "asker": (link.agent or link.account).name,
            "chooses": link.agent is None and link.world.switches.consent_profile_choice,
            "steps": 3 if browser.SCENE in request.cookies else 2,
        }
        return self._form_page(request, "sheet", values, subject=subject, redirect_uri=link.redirect_uri)

    def _snapshot(self, request: Request, shown: visits.SnapshotPage) -> Response:
        subject = _subject(shown.link.query, shown.person.name)
        values: Values = {"person": shown.person, "scene": shown.scene}
        return self._form_page(request, "snapshot", values, subject=subject, redirect_uri=shown.link.redirect_uri)

    def _refused(self, request: Request, steps: str) -> Response:
        """The page after which the one before the sheet comes up again; without scripts it stays."""
        language = browser.language(request)
        values: Values = {
            "heading": TEXT["refused"].in_language(language),
            "explained": TEXT["refused_explained"].in_language(language),
            "again": browser.here(request),
            "steps": steps,
            "script": GO_BACK,
        }
        return self._page(request, "refused", values, policy={"script-src": GO_BACK_ALLOWED})

    def _nobody(self, request: Request, link: Link) -> Response:
        if request.headers.get("x-sandbox-person") is None:
            return self._who(request, link)
        raise nobody(link.world, link.account.appid)

    def _error(self, request: Request, shown: visits.Shown) -> Response:
        reason = shown.reason.in_language(browser.language(request))
        return self._page(request, "error", {"error": shown.page, "reason": reason})

    def _stage(self, request: Request) -> tuple[World, Account]:
        return self._world_of(request.query_params.get("appid", ""))


def _redirect(outcome: visits.SentOn | visits.SentBack) -> Response:
    if isinstance(outcome, visits.SentBack):
        for echo in outcome.echoes:
            echoes.send(echo, outcome.location, outcome.world)
        return browser.redirect(outcome.location)
    response = browser.redirect(outcome.location, status=HTTPStatus.MOVED_PERMANENTLY)
    if outcome.kept:
        response.headers["Cache-Control"] = KEPT
    return response


def _goes_back(outcome: visits.Reached, steps: str) -> bool:
    return isinstance(outcome, visits.Refused) and outcome.goes_back and steps in ("2", "3")


def _chosen(request: Request, person: str, scene: Scene, service: Service | None) -> Response:
    """Back to the link, as this person: a sheet that answered a form could not be gone back to."""
    response = browser.redirect(browser.here(request), status=HTTPStatus.SEE_OTHER)
    browser.remember(response, browser.PERSON, person)
    browser.remember(response, browser.SCENE, scene)
    if service is not None:
        browser.remember(response, browser.SERVICE, service)
    return response


def _subject(query: Query, person: str = "") -> str:
    return f"{query.text}\0{person}"


def _device(request: Request) -> str:
    """What tells this browser from others: a header, else a digest of its cookie."""
    cookie = request.cookies.get(browser.BROWSER, "")
    said = browser.header(request, "x-sandbox-device")
    return said if said is not None else cookie and blake2b(cookie.encode(), digest_size=8).hexdigest()


def _opened(request: Request, query: Query) -> Visit:
    """The visit of a GET: of somebody the headers name, else of somebody the browser remembers."""
    person = browser.header(request, "x-sandbox-person")
    scene = _said(request, Scene, "X-Sandbox-Scene", browser.SCENE) or Scene.LINK
    service = _said(request, Service, "X-Sandbox-Service", browser.SERVICE)
    visitor = Visit(
        query=query, inside=browser.is_inside(request), scene=scene, service=service, device=_device(request)
    )
    if person is None:
        framed = request.headers.get("sec-fetch-dest") == "iframe"
        return replace(visitor, person=browser.remembered_person(request), looks=True, framed=framed)
    decision = choice(Decision, browser.header(request, "x-sandbox-decision"), "X-Sandbox-Decision")
    nickname = browser.header(request, "x-sandbox-nickname")
    return replace(visitor, person=person, decision=decision, nickname=nickname, agrees=True)


def _said(request: Request, choices: type[Choice], header: str, cookie: str) -> Choice | None:
    """What a header says, else what the page before remembered for this visit."""
    return choice(choices, browser.header(request, header.lower()) or request.cookies.get(cookie), header)
