"""The web login of WeCom with its pixels: choose who scans the QR code, and confirm."""

from __future__ import annotations

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from wxauth.sandbox.accounts import Account
from wxauth.sandbox.next_visits import Decision
from wxauth.sandbox.pages import browser
from wxauth.sandbox.pages.forms import Unclear, choice, nobody, read_form
from wxauth.sandbox.pages.render import Values
from wxauth.sandbox.pages.ticketed import TicketedPage
from wxauth.sandbox.wechat import corp_login
from wxauth.sandbox.wechat.corp_login import OLD_PATH, PATH, Login, LoginLink, log_in
from wxauth.sandbox.wechat.link import Query
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds


class CorpLoginPage(TicketedPage):
    """The page, for browsers and for headless callers."""

    async def __call__(self, request: Request) -> Response:
        """Answer one request."""
        query = Query(request.scope["query_string"].decode("utf-8", "replace"))
        try:
            if request.method == "POST":
                return await self._posted(request, query)
            return self._respond(request, log_in(self._worlds, _opened(request, query)))
        except Unclear as unclear:
            return PlainTextResponse(str(unclear), status_code=HTTPStatus.BAD_REQUEST)

    async def _posted(self, request: Request, query: Query) -> Response:
        form = await read_form(request)
        if not self._spend(request, form, subject=query.text):
            return self._stale(request)
        decision = choice(Decision, form.get("decision"), "decision")
        login = Login(query=query, old=_is_old(request), person=form.get("person", ""), decision=decision)
        return self._respond(request, log_in(self._worlds, login))

    def _respond(self, request: Request, outcome: corp_login.Outcome) -> Response:
        match outcome:
            case corp_login.SentBack(location):
                return browser.redirect(location)
            case corp_login.Asked(link, unknown):
                if unknown and "x-sandbox-person" in request.headers:
                    raise nobody(link.world, link.account.appid)
                return self._asked(request, link)
            case corp_login.Cancelled():
                return self._message(request, "refused")
            case corp_login.Shown(error, reason):
                why = reason.in_language(browser.language(request))
                return self._page(request, "error", {"error": error, "reason": why})

    def _asked(self, request: Request, link: LoginLink) -> Response:
        values: Values = {"agent": link.agent}
        return self._form_page(request, "corp_login", values, subject=link.query.text, redirect_uri=link.redirect_uri)

    def _stage(self, request: Request) -> tuple[World, Account]:
        return self._world_of(request.query_params.get("appid", ""))


def corp_login_routes(worlds: Worlds) -> list[Route]:
    """The routes of the new page and of the old one."""
    login = CorpLoginPage(worlds)
    return [Route(path, login.__call__, methods=["GET", "POST"]) for path in (PATH, OLD_PATH)]


def _is_old(request: Request) -> bool:
    return bool(request.scope["path"] == OLD_PATH)


def _opened(request: Request, query: Query) -> Login:
    """The visit of a GET: of somebody the headers name, else of nobody yet."""
    person = browser.header(request, "x-sandbox-person")
    if person is None:
        return Login(query=query, old=_is_old(request))
    wish = choice(Decision, browser.header(request, "x-sandbox-decision"), "X-Sandbox-Decision")
    return Login(query=query, old=_is_old(request), person=person, decision=wish or Decision.ALLOW)
