"""The web login of WeCom with its pixels: choose who scans the QR code, and confirm."""

from __future__ import annotations

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from wxauth.sandbox.next_visits import Decision
from wxauth.sandbox.pages import browser
from wxauth.sandbox.pages.forms import Unclear, choice, nobody, read_form
from wxauth.sandbox.pages.render import Values, page
from wxauth.sandbox.pages.text import TEXT
from wxauth.sandbox.pages.tickets import Tickets, new_browser
from wxauth.sandbox.wechat import corp_login
from wxauth.sandbox.wechat.corp_login import OLD_PATH, PATH, Login, LoginLink, log_in
from wxauth.sandbox.wechat.link import Query
from wxauth.sandbox.world import Worlds


class CorpLoginPage:
    """The page, for browsers and for headless callers."""

    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds
        self._tickets = Tickets()

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
        secret = request.cookies.get(browser.BROWSER, "")
        if not self._tickets.spend(form.get("ticket", ""), browser=secret, subject=query.text):
            return self._message(request, "stale", status=HTTPStatus.FORBIDDEN)
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
        secret = request.cookies.get(browser.BROWSER) or new_browser()
        ticket = self._tickets.issue(browser=secret, subject=link.query.text)
        values: Values = {"ticket": ticket, "agent": link.agent}
        response = self._page(request, "corp_login", values, redirect_uri=link.redirect_uri)
        browser.remember(response, browser.BROWSER, secret)
        return response

    def _message(self, request: Request, what: str, *, status: HTTPStatus = HTTPStatus.OK) -> Response:
        language = browser.language(request)
        values: Values = {
            "heading": TEXT[what].in_language(language),
            "explained": TEXT[f"{what}_explained"].in_language(language),
            "again": browser.here(request),
        }
        return self._page(request, "message", values, status=status)

    def _page(
        self,
        request: Request,
        template: str,
        values: Values,
        *,
        status: HTTPStatus = HTTPStatus.OK,
        redirect_uri: str | None = None,
    ) -> Response:
        appid = request.query_params.get("appid", "")
        world = self._worlds.of_appid(appid) or self._worlds.default
        return page(
            template,
            values,
            world=world,
            account=world.account_of(appid) or world.account,
            language=browser.language(request),
            back=browser.here(request),
            status=status,
            redirect_uri=redirect_uri,
        )


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
