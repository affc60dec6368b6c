"""The page of `wechat.component_login` with its pixels: the admin agrees with one click."""

from __future__ import annotations

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from wxauth.sandbox.accounts import Account
from wxauth.sandbox.next_visits import Decision
from wxauth.sandbox.pages import browser
from wxauth.sandbox.pages.forms import Unclear, choice, read_form
from wxauth.sandbox.pages.render import Values
from wxauth.sandbox.pages.ticketed import TicketedPage
from wxauth.sandbox.wechat import component_login
from wxauth.sandbox.wechat.component_login import Asked, Outcome, visit
from wxauth.sandbox.wechat.link import Query
from wxauth.sandbox.world import World


class ComponentLoginPage(TicketedPage):
    """``/cgi-bin/componentloginpage`` and ``/safe/bindcomponent`` for browsers and for headless callers.

    Who sends ``X-Sandbox-Account: <appid>`` is the admin of that account and agrees, or does what
    ``X-Sandbox-Decision`` says.
    """

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
        if not self._spend(request, sent, subject=query.text):
            return self._stale(request)
        appid = sent.get("account")
        decision = Decision.REFUSE if appid is None else Decision.ALLOW
        return self._respond(request, query, visit(self._worlds, query, decision=decision, appid=appid))

    def _respond(self, request: Request, query: Query, outcome: Outcome) -> Response:
        match outcome:
            case component_login.SentBack(location):
                return browser.redirect(location)
            case component_login.Refused():
                return self._message(request, "refused")
            case component_login.Shown(shown, reason):
                told = reason.in_language(browser.language(request))
                return self._page(request, "error", {"error": shown, "reason": told})
            case Asked():
                return self._ask(request, query, outcome)

    def _ask(self, request: Request, query: Query, asked: Asked) -> Response:
        values: Values = {"accounts": asked.accounts}
        return self._form_page(request, "component_login", values, subject=query.text, redirect_uri=asked.redirect_uri)

    def _stage(self, request: Request) -> tuple[World, Account]:
        query = Query(request.scope["query_string"].decode("utf-8", "replace"))
        return self._world_of(query.value("component_appid"))
