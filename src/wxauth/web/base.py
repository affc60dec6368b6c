"""What every integration does, without a framework.

Each answer is a flow (see wxauth.flow), so that blocking and awaiting frameworks share it. A framework's own file turns
its request into a Visit, drives the flow, and turns the Reply into its response.
"""

from __future__ import annotations

import logging
import re
from urllib.parse import quote, unquote, urlencode

from wxauth.errors import StoreError
from wxauth.flow.attempt import Problem
from wxauth.flow.effects import Random
from wxauth.flow.keys import same
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
from wxauth.web.pages import (
    LOGOUT_PAGE,
    PROBLEM_PAGES,
    SIGNED_OUT_PAGE,
    UNKNOWN_ADDRESS_PAGE,
    Page,
    content_security_policy,
    render,
)
from wxauth.web.return_to import safe_return_to
from wxauth.web.setup import Setup
from wxauth.web.visit import Header, Reply, Visit

log = logging.getLogger("wxauth.web")

RESTART_SECONDS = 5 * 60
"""A browser's sign-in is restarted automatically at most once within this time."""

MAX_RETURN_COOKIE_CHARACTERS = 2048
"""A longer target is forgotten on the page of a problem: browsers drop cookies over 4 KB, and servers such headers."""

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
        if visit.only_looks:
            return _looked(visit)
        if not visit.navigates:
            return _nothing(403)
        return_to = self.safe_return_to(visit.parameter("return_to"))
        if self.setup.endpoints.is_wechat and not visit.inside_wechat:
            return self._page(visit, PROBLEM_PAGES[Problem.OUTSIDE], here, href=self.start_address(return_to))
        return await self._begin(visit, here, return_to)

    async def callback(self, visit: Visit) -> Reply:
        """Take the person back from WeChat: always a redirect to a clean address."""
        here = self._here(visit)
        if here is None:
            return _redirect(self.paths.callback) if visit.query else self._unknown_address(visit)
        if visit.only_looks:
            return _looked(visit)
        cookies = self._cookies(visit, here)
        outcome = await self._outcome(visit, cookies)
        if isinstance(outcome, SignedIn):
            return self._signed_in(visit, here, outcome, cookies)
        if isinstance(outcome, AlreadySignedIn):
            log.info("a callback had nothing new for a browser that is signed in")
            return _land(here + self.paths.home)
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
        page, href = PROBLEM_PAGES[Problem(kind)], self.start_address(return_to)
        return self._page(visit, page, here, href=href, reference=reference or None)

    async def logout(self, visit: Visit) -> Reply:
        """Ask (GET), then end the session (POST from our own page only)."""
        here = self._here(visit)
        if here is None:
            return self._unknown_address(visit)
        session = self._cookies(visit, here).get(SESSION)
        if visit.method == "POST":
            return await self._sign_out(visit, here, session)
        if session is None:
            return self._page(visit, SIGNED_OUT_PAGE, here, href=self.paths.home)
        return self._page(visit, LOGOUT_PAGE, here, href=self.paths.logout, token=self._logout_token(session))

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
        try:
            begun = await begin(self.rules, browser, redirect_uri=here + self.paths.callback, return_to=return_to)
        except StoreError as error:
            return await self._stopped(visit, here, Stopped(problem=Problem.BUSY, return_to=return_to, cause=error))
        return _redirect(begun.url, *_attempt_cookies(begun, secure=_secure(here)), *more)

    async def _outcome(self, visit: Visit, cookies: Cookies) -> Outcome:
        if cookies.doubtful:
            log.warning("a cookie imitates ours, so none of this browser's is believed")
        try:
            return await finish(self.rules, _browser(cookies), query=visit.query)
        except StoreError as error:
            return Stopped(problem=Problem.BUSY, cause=error)
        except Exception as error:
            log.error("sign-in stopped: %s was raised", type(error).__name__)
            raise

    def _signed_in(self, visit: Visit, here: str, outcome: SignedIn, cookies: Cookies) -> Reply:
        log.info("signed in to %s", outcome.identity.appid)
        target = self.safe_return_to(outcome.return_to)
        target = target if target in self.setup.return_urls else here + target
        secure = _secure(here)
        session = write_cookie(SESSION, outcome.session, secure=secure, max_age_seconds=int(ABSOLUTE_SECONDS))
        return _land(target, session, self._shorten(visit, cookies, secure=secure))

    def _shorten(self, visit: Visit, cookies: Cookies, *, secure: bool) -> Header:
        """The cookie of the finished attempt, which is there, lives on just as long as duplicates are answered."""
        name = ATTEMPT + label(self.rules.key.name("state", visit.parameter("state") or ""))
        return write_cookie(name, cookies.values[name], secure=secure, max_age_seconds=REPLAY_SECONDS)

    async def _stopped(self, visit: Visit, here: str, outcome: Stopped) -> Reply:
        secure = _secure(here)
        reference = (await Random(4)).hex()
        level = logging.ERROR if outcome.problem is Problem.MISCONFIGURED else logging.WARNING
        log.log(level, "sign-in stopped: %s, reference %s%s", outcome.problem, reference, _cause(outcome))
        return_to = self.safe_return_to(outcome.return_to)
        if outcome.restart:
            restarted = write_cookie(RESTARTED, "1", secure=secure, max_age_seconds=RESTART_SECONDS)
            return await self._begin(visit, here, return_to, restarted)
        remembered = _return_cookie(return_to, secure=secure)
        return _land(f"{here}{self.paths.problem}{outcome.problem}-{reference}", remembered)

    async def _sign_out(self, visit: Visit, here: str, session: str | None) -> Reply:
        if session is None:
            # Also what another site's post looks like: browsers withhold a Lax cookie, but would obey if we dropped it.
            return _redirect(here + self.paths.logout)
        if not self._from_own_page(visit, here, session):
            log.warning("sign-out refused: it was asked for by a page that is not ours")
            return _nothing(403)
        await end_session(self.rules.key, session)
        log.info("signed out")
        # The attempts go too: going back to a callback of a minute ago must not sign in again.
        ours = (SESSION, *(ATTEMPT + name for name in self._cookies(visit, here).attempts()))
        return _redirect(here + self.paths.logout, *(drop_cookie(name, secure=_secure(here)) for name in ours))

    def _from_own_page(self, visit: Visit, here: str, session: str) -> bool:
        """Whether a page of ours posts this: browsers say so in Sec-Fetch-Site or Origin; for others there is a token.

        An old browser's Origin is ``null``, because our pages name no referrer.
        """
        site, origin = visit.header("sec-fetch-site"), visit.header("origin")
        if site:
            return site == "same-origin"
        if origin not in ("", "null"):
            return origin == here
        return same(visit.form("token"), self._logout_token(session))

    def _logout_token(self, session: str) -> str:
        return self.rules.key.name("logout", session)

    def _page(
        self, visit: Visit, page: Page, here: str, *, href: str, token: str | None = None, reference: str | None = None
    ) -> Reply:
        chinese = visit.inside_wechat or visit.prefers_chinese
        body = render(page, chinese=chinese, href=href, token=token, reference=reference)
        return Reply(status=page.status, headers=_page_headers(secure=_secure(here)), body=body)

    def _unknown_address(self, visit: Visit) -> Reply:
        log.error("set base_url (WXAUTH_BASE_URL): without it only loopback addresses are served")
        return self._page(visit, UNKNOWN_ADDRESS_PAGE, "", href=self.paths.home)


_NO_STORE: tuple[Header, ...] = (
    ("cache-control", "no-store"),
    ("pragma", "no-cache"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
)
_HSTS: Header = ("strict-transport-security", "max-age=31536000; includeSubDomains")


def _page_headers(*, secure: bool) -> tuple[Header, ...]:
    return (
        *_NO_STORE,
        ("content-type", "text/html; charset=utf-8"),
        ("content-security-policy", content_security_policy()),
        ("cross-origin-opener-policy", "same-origin"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
        *((_HSTS,) if secure else ()),
    )


def _redirect(location: str, *headers: Header) -> Reply:
    return Reply(status=303, headers=(("location", location), *_NO_STORE, *headers))


def _land(location: str, *headers: Header) -> Reply:
    """Send the browser from the callback to its target.

    Browsers hand ``#wechat_redirect`` on through redirects to the first address with a fragment of its own. An empty
    one keeps WeChat's out of the application, which may take fragments for its routes.
    """
    return _redirect(location if "#" in location else f"{location}#", *headers)


def _nothing(status: int) -> Reply:
    return Reply(status=status, headers=_NO_STORE)


def _looked(visit: Visit) -> Reply:
    """Nothing for a scanner; for a prefetch a failure, so that the browser asks again when the person does."""
    return _nothing(503 if visit.prefetches else 204)


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


def _return_cookie(return_to: str, *, secure: bool) -> Header:
    value = quote(return_to)
    kept = value if len(value) <= MAX_RETURN_COOKIE_CHARACTERS else ""
    return write_cookie(RETURN_TO, kept, secure=secure, max_age_seconds=PENDING_SECONDS)


def _cause(outcome: Stopped) -> str:
    """What the operator can do, for the log. Our errors carry no secret and no character that forges a line."""
    return f" ({type(outcome.cause).__name__}: {outcome.cause})" if outcome.cause else ""
