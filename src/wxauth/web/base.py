"""What every integration does, without a framework.

Each answer is a flow (see wxauth.flow), so that blocking and awaiting frameworks share it. A framework's own file turns
its request into a Visit, drives the flow, and turns the Reply into its response.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from urllib.parse import quote, unquote, urlencode

from wxauth.flow.attempt import Problem
from wxauth.flow.effects import Random
from wxauth.flow.session import ABSOLUTE_SECONDS, Session, end_session, read_session
from wxauth.flow.signin import (
    PENDING_SECONDS,
    REPLAY_SECONDS,
    AlreadySignedIn,
    Begun,
    Browser,
    Outcome,
    SignedIn,
    Stopped,
    begin,
    finish,
    label,
)
from wxauth.web.cookies import ATTEMPT, RESTARTED, RETURN_TO, SESSION, Cookies, drop_cookie, read_cookies, write_cookie
from wxauth.web.pages import LOGOUT_PAGE, PROBLEM_PAGES, UNKNOWN_ADDRESS_PAGE, Page, content_security_policy, render
from wxauth.web.return_to import safe_return_to
from wxauth.web.setup import Setup
from wxauth.web.visit import Header, Reply, Visit

log = logging.getLogger("wxauth.web")

RESTART_SECONDS = 5 * 60
"""A browser's sign-in is restarted automatically at most once within this time."""

_REFERENCE = re.compile(r"[0-9a-f]{8}")


class SignInFlows:
    """The answers to the visits of a sign-in, as flows."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.rules = setup.rules()
        self.paths = setup.paths

    async def start(self, visit: Visit) -> Reply:
        """Begin a sign-in and send the person to WeChat."""
        here = self._here(visit)
        if here is None:
            return self._unknown_address(visit)
        if visit.only_looks or not visit.navigates:
            return _nothing(204 if visit.only_looks else 403)
        return_to = self.safe_return_to(visit.parameter("return_to"))
        if self.setup.endpoints.is_wechat and not visit.inside_wechat:
            return self._page(visit, PROBLEM_PAGES[Problem.OUTSIDE], here, return_to=return_to)
        return await self._begin(visit, here, return_to)

    async def callback(self, visit: Visit) -> Reply:
        """Take the person back from WeChat: always a redirect to a clean address."""
        here = self._here(visit)
        if here is None:
            return self._unknown_address(visit)
        if visit.only_looks:
            return _nothing(204)
        cookies = self._cookies(visit, here)
        outcome = await self._outcome(visit, cookies)
        match outcome:
            case SignedIn():
                return self._signed_in(visit, here, outcome, cookies)
            case AlreadySignedIn():
                return _redirect(here + self.paths.home)
            case Stopped():
                return await self._stopped(visit, here, outcome)

    async def problem(self, visit: Visit, name: str) -> Reply:
        """Show why nobody was signed in; ``name`` is ``<problem>`` or ``<problem>-<reference>``."""
        here = self._here(visit)
        if here is None:
            return self._unknown_address(visit)
        kind, _, reference = name.partition("-")
        if kind not in PROBLEM_PAGES or (reference and not _REFERENCE.fullmatch(reference)):
            return _nothing(404)
        return_to = self.safe_return_to(unquote(self._cookies(visit, here).get(RETURN_TO) or ""))
        page = PROBLEM_PAGES[Problem(kind)]
        return self._page(visit, page, here, return_to=return_to, reference=reference or None)

    async def logout(self, visit: Visit) -> Reply:
        """Ask (GET), then end the session (POST from our own page only)."""
        here = self._here(visit)
        if here is None:
            return self._unknown_address(visit)
        if visit.method != "POST":
            return self._html(visit, LOGOUT_PAGE, here, action=self.paths.logout, method="post")
        if not _from_own_page(visit, here):
            return _nothing(403)
        session = self._cookies(visit, here).get(SESSION)
        if session is not None:
            await end_session(self.rules.key, session)
        return _redirect(here + self.paths.home, drop_cookie(SESSION, secure=_secure(here)))

    async def session(self, visit: Visit) -> Session | None:
        """Who is signed in to the visiting browser."""
        here = self._here(visit)
        name = self._cookies(visit, here).get(SESSION) if here else None
        return await read_session(self.rules.key, name) if name else None

    def verify_file(self, code: str) -> Reply:
        """WeChat's proof that the domain is ours: the file holds its own code."""
        if code not in self.setup.verify_files:
            return _nothing(404)
        return Reply(status=200, headers=(("content-type", "text/plain; charset=utf-8"),), body=code.encode())

    def start_address(self, return_to: str) -> str:
        """The path that begins a sign-in and comes back to ``return_to``."""
        return f"{self.paths.start}?{urlencode({'return_to': return_to})}"

    def safe_return_to(self, wanted: str | None) -> str:
        """The wanted target if it is safe, else home."""
        return safe_return_to(wanted, home=self.paths.home, allowed=self.setup.return_urls)

    def _here(self, visit: Visit) -> str | None:
        """Our own origin: as configured, or, for trials, the visitor's loopback address."""
        return self.setup.base_url or visit.loopback_origin

    def _cookies(self, visit: Visit, here: str) -> Cookies:
        return read_cookies(visit.cookie_headers, secure=_secure(here))

    async def _begin(self, visit: Visit, here: str, return_to: str, *more: Header) -> Reply:
        browser = _browser(self._cookies(visit, here))
        begun = await begin(self.rules, browser, redirect_uri=here + self.paths.callback, return_to=return_to)
        return _redirect(begun.url, *_attempt_cookies(begun, secure=_secure(here)), *more)

    async def _outcome(self, visit: Visit, cookies: Cookies) -> Outcome:
        if cookies.doubtful:
            return Stopped(problem=Problem.ELSEWHERE)
        return await finish(self.rules, _browser(cookies), query=visit.query)

    def _signed_in(self, visit: Visit, here: str, outcome: SignedIn, cookies: Cookies) -> Reply:
        log.info("signed in to %s", outcome.identity.appid)
        target = outcome.return_to if outcome.return_to in self.setup.return_urls else here + outcome.return_to
        secure = _secure(here)
        session = write_cookie(SESSION, outcome.session, secure=secure, max_age_seconds=int(ABSOLUTE_SECONDS))
        return _redirect(target, session, *self._shorten(visit, cookies, secure=secure))

    def _shorten(self, visit: Visit, cookies: Cookies, *, secure: bool) -> tuple[Header, ...]:
        """The cookie of the finished attempt lives on just as long as duplicates of its callback are answered."""
        state = visit.parameter("state") or ""
        name = ATTEMPT + label(self.rules.key.name("state", state))
        value = cookies.get(name)
        if value is None:
            return ()
        return (write_cookie(name, value, secure=secure, max_age_seconds=REPLAY_SECONDS),)

    async def _stopped(self, visit: Visit, here: str, outcome: Stopped) -> Reply:
        secure = _secure(here)
        reference = (await Random(4)).hex()
        log.warning("sign-in stopped: %s, reference %s%s", outcome.problem, reference, _cause(outcome))
        return_to = self.safe_return_to(outcome.return_to)
        if outcome.restart:
            restarted = write_cookie(RESTARTED, "1", secure=secure, max_age_seconds=RESTART_SECONDS)
            return await self._begin(visit, here, return_to, restarted)
        remembered = write_cookie(RETURN_TO, quote(return_to), secure=secure, max_age_seconds=PENDING_SECONDS)
        return _redirect(f"{here}{self.paths.problem}{outcome.problem}-{reference}", remembered)

    def _page(self, visit: Visit, page: Page, here: str, *, return_to: str, reference: str | None = None) -> Reply:
        fields = {"return_to": return_to}
        return self._html(visit, page, here, action=self.paths.start, fields=fields, reference=reference)

    def _html(
        self,
        visit: Visit,
        page: Page,
        here: str,
        *,
        action: str,
        method: str = "get",
        fields: Mapping[str, str] | None = None,
        reference: str | None = None,
    ) -> Reply:
        chinese = visit.inside_wechat or visit.prefers_chinese
        body = render(page, chinese=chinese, action=action, method=method, fields=fields, reference=reference)
        strict = (("strict-transport-security", "max-age=31536000; includeSubDomains"),) if _secure(here) else ()
        return Reply(status=page.status, headers=(*_PAGE_HEADERS, *_policy(), *strict), body=body)

    def _unknown_address(self, visit: Visit) -> Reply:
        log.error("set base_url (WXAUTH_BASE_URL): without it only loopback addresses are served")
        return self._html(visit, UNKNOWN_ADDRESS_PAGE, "", action=self.paths.home)


_NO_STORE: tuple[Header, ...] = (
    ("cache-control", "no-store"),
    ("pragma", "no-cache"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
)
_PAGE_HEADERS: tuple[Header, ...] = (
    *_NO_STORE,
    ("content-type", "text/html; charset=utf-8"),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
)


def _policy() -> tuple[Header, ...]:
    return (("content-security-policy", content_security_policy()),)


def _redirect(location: str, *headers: Header) -> Reply:
    return Reply(status=303, headers=(("location", location), *_NO_STORE, *headers))


def _nothing(status: int) -> Reply:
    return Reply(status=status, headers=_NO_STORE)


def _secure(here: str) -> bool:
    return here.startswith("https:")


def _browser(cookies: Cookies) -> Browser:
    return Browser(
        attempts=cookies.attempts(), session=cookies.get(SESSION), restarted=cookies.get(RESTARTED) is not None
    )


def _attempt_cookies(begun: Begun, *, secure: bool) -> tuple[Header, ...]:
    given_up = (drop_cookie(ATTEMPT + name, secure=secure) for name in begun.give_up)
    return (
        write_cookie(ATTEMPT + begun.label, begun.secret, secure=secure, max_age_seconds=PENDING_SECONDS),
        *given_up,
    )


def _from_own_page(visit: Visit, here: str) -> bool:
    """Whether a POST comes from a page of ours: browsers say so in Sec-Fetch-Site or, older ones, in Origin."""
    site = visit.header("sec-fetch-site")
    return site == "same-origin" if site else visit.header("origin") == here


def _cause(outcome: Stopped) -> str:
    """What the operator can do, for the log. Our errors carry no secret."""
    return f" ({type(outcome.cause).__name__}: {outcome.cause})" if outcome.cause else ""
