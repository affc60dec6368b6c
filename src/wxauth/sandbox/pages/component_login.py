"""The page of `wechat.component_login` with its pixels: the admin agrees with one click."""

from __future__ import annotations

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from wxauth.sandbox.next_visits import Decision
from wxauth.sandbox.pages import browser
from wxauth.sandbox.pages.forms import Unclear, choice, read_form
from wxauth.sandbox.pages.render import Values, page
from wxauth.sandbox.pages.text import TEXT
from wxauth.sandbox.pages.tickets import Tickets, new_browser
from wxauth.sandbox.wechat import component_login
from wxauth.sandbox.wechat.component_login import Asked, Outcome, visit
from wxauth.sandbox.wechat.link import Query
from wxauth.sandbox.world import Worlds


class ComponentLoginPage:
    """``/cgi-bin/componentloginpage`` and ``/safe/bindcomponent`` for browsers and for headless callers.

    Who sends ``X-Sandbox-Account: <appid>`` is the admin of that account and agrees, or does what
    ``X-Sandbox-Decision`` says.
    """

    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds
        self._tickets = Tickets()

    async def __call__(self, request: Request) -> Response:
        """Answer one request."""
        query = Query(request.scope["query_string"].decode("utf-8", "replace"))
        try:
            if request.method == "POST":
                return await self._posted(request, query)
            return self._respond(request, query, self._opened(request, query))
        except Unclear as unclear:
            return PlainTextResponse(str(unclear), status_code=HTTPStatus.BAD_REQUEST)

    def _opened(self, request: Request, query: Query) -> Outcome:
        appid = browser.header(request, "x-sandbox-account")
        if appid is None:
            return visit(self._worlds, query)
        wish = browser.header(request, "x-sandbox-decision")
        decision = choice(Decision, wish, "X-Sandbox-Decision") or Decision.ALLOW
        return visit(self._worlds, query, decision=decision, appid=appid)

    async def _posted(self, request: Request, query: Query) -> Response:
        sent = await read_form(request)
        secret = request.cookies.get(browser.BROWSER, "")
        if not self._tickets.spend(sent.get("ticket", ""), browser=secret, subject=query.text):
            return self._message(request, query, "stale", status=HTTPStatus.FORBIDDEN)
        appid = sent.get("account")
        decision = Decision.REFUSE if appid is None else Decision.ALLOW
        return self._respond(request, query, visit(self._worlds, query, decision=decision, appid=appid))

    def _respond(self, request: Request, query: Query, outcome: Outcome) -> Response:
        match outcome:
            case component_login.SentBack(location):
                return browser.redirect(location)
            case component_login.Refused():
                return self._message(request, query, "refused")
            case component_login.Shown(shown, reason):
                told = reason.in_language(browser.language(request))
                return self._page(request, query, "error", {"error": shown, "reason": told})
            case Asked():
                return self._ask(request, query, outcome)

    def _ask(self, request: Request, query: Query, asked: Asked) -> Response:
        secret = request.cookies.get(browser.BROWSER) or new_browser()
        ticket = self._tickets.issue(browser=secret, subject=query.text)
        values: Values = {"ticket": ticket, "accounts": asked.accounts}
        response = self._page(request, query, "component_login", values, redirect_uri=asked.redirect_uri)
        browser.remember(response, browser.BROWSER, secret)
        return response

    def _message(self, request: Request, query: Query, what: str, *, status: HTTPStatus = HTTPStatus.OK) -> Response:
        language = browser.language(request)
        values: Values = {
            "heading": TEXT[what].in_language(language),
            "explained": TEXT[f"{what}_explained"].in_language(language),
            "again": browser.here(request),
        }
        return self._page(request, query, "message", values, status=status)

    def _page(
        self,
        request: Request,
        query: Query,
        template: str,
        values: Values,
        *,
        status: HTTPStatus = HTTPStatus.OK,
        redirect_uri: str | None = None,
    ) -> Response:
        appid = query.value("component_appid")
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
