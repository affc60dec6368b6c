"""One-time tickets of the forms: a form counts once, and only from the browser that was shown it."""

from __future__ import annotations

from dataclasses import dataclass, field
from hmac import compare_digest
from secrets import token_urlsafe

LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class Printed:
    """What a ticket was printed for."""

    browser: str = field(repr=False)
    subject: str = field(repr=False)


class Tickets:
    """Prints tickets and tears them up; the oldest of more than 10,000 are void."""

    def __init__(self, *, limit: int = LIMIT) -> None:
        self._tickets: dict[str, Printed] = {}
        self._limit = limit

    def issue(self, *, browser: str, subject: str) -> str:
        """A ticket for one form.

        Args:
            browser: the secret of the browser's cookie.
            subject: what the form is about: its link, and the person when one is meant.
        """
        ticket = token_urlsafe(24)
        self._tickets[ticket] = Printed(browser, subject)
        if len(self._tickets) > self._limit:
            del self._tickets[next(iter(self._tickets))]
        return ticket

    def spend(self, ticket: str, *, browser: str, subject: str) -> bool:
        """Whether the ticket was printed for this browser and subject; if so it is spent with this."""
        printed = self._tickets.get(ticket)
        if printed is None or printed.subject != subject:
            return False
        if not compare_digest(printed.browser.encode(), browser.encode()):
            return False
        return self._tickets.pop(ticket, None) is not None


def new_browser() -> str:
    """The secret of a browser's cookie."""
    return token_urlsafe(24)
