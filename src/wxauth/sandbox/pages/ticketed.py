"""What the pages of a sign-in have in common: one bar, forms with tickets, and messages."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from wxauth.sandbox.accounts import Account
from wxauth.sandbox.pages import browser
from wxauth.sandbox.pages.render import NO_MORE_POLICY, Values, page
from wxauth.sandbox.pages.text import TEXT
from wxauth.sandbox.pages.tickets import Tickets, new_browser
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds


class TicketedPage(ABC):
    """A page whose forms carry one-time tickets."""

    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds
        self._tickets = Tickets()

    @abstractmethod
    def _stage(self, request: Request) -> tuple[World, Account]:
        """Whose time and name the bar shows."""

    def _world_of(self, appid: str) -> tuple[World, Account]:
        world = self._worlds.of_appid(appid) or self._worlds.default
        return world, world.account_of(appid) or world.account

    def _chosen_one(self, request: Request, name: str) -> str:
        """The name of the person whom a form says; of somebody new, who moves in now, where it says nobody."""
        return name or self._stage(request)[0].newcomer().name

    def _spend(self, request: Request, form: dict[str, str], *, subject: str) -> bool:
        """Whether the form brings the ticket that this browser was given for it."""
        secret = request.cookies.get(browser.BROWSER, "")
        return self._tickets.spend(form.get("ticket", ""), browser=secret, subject=subject)

    def _form_page(
        self,
        request: Request,
        template: str,
        values: Values,
        *,
        subject: str,
        redirect_uri: str | None = None,
        policy: Mapping[str, str] = NO_MORE_POLICY,
    ) -> Response:
        secret = request.cookies.get(browser.BROWSER) or new_browser()
        ticket = self._tickets.issue(browser=secret, subject=subject)
        response = self._page(request, template, values | {"ticket": ticket}, redirect_uri=redirect_uri, policy=policy)
        browser.remember(response, browser.BROWSER, secret)
        return response

    def _stale(self, request: Request) -> Response:
        """A ticket that is spent, or another browser's."""
        return self._message(request, "stale", status=HTTPStatus.FORBIDDEN)

    def _message(
        self, request: Request, what: str, *, status: HTTPStatus = HTTPStatus.OK, again: bool = True
    ) -> Response:
        language = browser.language(request)
        values: Values = {
            "heading": TEXT[what].in_language(language),
            "explained": TEXT[f"{what}_explained"].in_language(language),
            "again": browser.here(request) if again else None,
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
        policy: Mapping[str, str] = NO_MORE_POLICY,
    ) -> Response:
        world, account = self._stage(request)
        return page(
            template,
            values,
            world=world,
            account=account,
            language=browser.language(request),
            back=browser.here(request),
            status=status,
            redirect_uri=redirect_uri,
            policy=policy,
        )
