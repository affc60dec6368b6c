"""Begin and finish a sign-in: the rules that every integration shares.

The order of `finish` is the point of it. The browser is checked before anything is consumed; the state is consumed by
one atomic command; the code is redeemed at once, by whoever won; a duplicate of the callback is answered with the first
result, and waits for it if it is still under way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from wxauth.account import OfficialAccount
from wxauth.errors import (
    CodeRefused,
    DeadlineExceeded,
    UpstreamProtocolError,
    UpstreamUnavailable,
    UsageError,
    WeChatBusy,
    WeChatError,
    WxAuthError,
)
from wxauth.flow import calls
from wxauth.flow.attempt import Attempt, Phase, Problem, decode, encode
from wxauth.flow.effects import Add, Admit, Delete, Get, Now, Put, Random, Sleep, Swap
from wxauth.flow.keys import TOKEN_BYTES, SecretKey, token
from wxauth.flow.session import end_session, open_session, read_session
from wxauth.identity import Grant, Identity, Lang, Profile, Scope
from wxauth.protocol.authorize import Authorized, Denied, Malformed, authorize_url, read_callback
from wxauth.protocol.message import Endpoints

PENDING_SECONDS = 10 * 60
"""How long a person may take at WeChat."""
REPLAY_SECONDS = 60
"""How long a duplicate of a callback is answered with the first result."""
MAX_REPLAYS = 4
TWIN_SECONDS = 30
"""How long the same code under a second state of the same browser is answered (seen on desktop WeChat)."""
CODE_SECONDS = 15 * 60
"""How long a code is remembered, so that it is never exchanged under another state."""
WAIT_SECONDS = 5.0
"""How long a duplicate waits for the first callback to end."""
POLL_SECONDS = 0.05
PROFILE_SECONDS = 3.0
"""How long the profile may take: with the exchange before it, a callback is answered within 8 s."""
MAX_PENDING = 8
"""Attempts one browser may have open at once; the oldest gives way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What all sign-ins of one application have in common."""

    account: OfficialAccount
    key: SecretKey
    endpoints: Endpoints = field(default_factory=Endpoints)
    scope: Scope = Scope.SNSAPI_BASE
    lang: Lang = Lang.ZH_CN


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """What a browser brings along.

    Attributes:
        attempts: its attempt cookies, label -> value (see `label`).
        session: the name of its session, None without one.
        restarted: whether a sign-in was restarted for it automatically within the last minutes.
    """

    attempts: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    session: str | None = field(default=None, repr=False)
    restarted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A sign-in has begun: send the browser to ``url``, with a cookie.

    Attributes:
        url: WeChat's authorize link.
        label, secret: name and value of the attempt's cookie.
        give_up: labels of the attempts that this one pushes out.
    """

    url: str = field(repr=False)
    label: str
    secret: str = field(repr=False)
    give_up: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Somebody is signed in: set the session cookie and go to ``return_to``."""

    identity: Identity
    user: str | None
    session: str = field(repr=False)
    return_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlreadySignedIn:
    """The callback has nothing new for a browser that is signed in: go home."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """Nobody is signed in.

    Attributes:
        problem: which page to show.
        return_to: where the person wanted to go, for the restart; None when that is unknown.
        restart: begin again at once instead of showing the page; True at most once per browser and minutes.
        cause: the error behind it, for the log.
    """

    problem: Problem
    return_to: str | None = None
    restart: bool = False
    cause: WxAuthError | None = None


Outcome = SignedIn | AlreadySignedIn | Stopped


def label(place: str) -> str:
    """The label of an attempt's cookie, from the store key of its state."""
    return place.rsplit(":", 1)[1][:16]


async def begin(rules: Rules, browser: Browser, *, redirect_uri: str, return_to: str) -> Begun:
    """Begin a sign-in: remember the attempt, bind it to the browser, and say where to go."""
    state, secret = token(await Random(TOKEN_BYTES)), token(await Random(TOKEN_BYTES))
    url = authorize_url(rules.endpoints, rules.account, redirect_uri, scope=rules.scope, state=state)
    place = rules.key.name("state", state)
    attempt = Attempt(phase=Phase.PENDING, binding=rules.key.name("binding", secret), return_to=return_to)
    await Add(place, encode(attempt), PENDING_SECONDS)
    return Begun(url=url, label=label(place), secret=f"{await Now():.0f}.{secret}", give_up=_oldest(browser.attempts))


def _oldest(attempts: Mapping[str, str]) -> tuple[str, ...]:
    """The attempts to give up so that one more makes MAX_PENDING; their values start with the time they began."""

    def began(name: str) -> int:
        time, _, _ = attempts[name].partition(".")
        return int(time) if time.isdecimal() and len(time) < 20 else 0

    surplus = len(attempts) + 1 - MAX_PENDING
    return tuple(sorted(attempts, key=began)[:surplus]) if surplus > 0 else ()


async def finish(rules: Rules, browser: Browser, *, query: str) -> Outcome:
    """Finish a sign-in with the query string of a callback."""
    callback = read_callback(query)
    if isinstance(callback, Malformed):
        return Stopped(problem=Problem.MALFORMED)
    place = rules.key.name("state", callback.state)
    outcome = None
    while outcome is None:
        outcome = await _answer(rules, browser, callback, place)
    return outcome


async def _answer(rules: Rules, browser: Browser, callback: Authorized | Denied, place: str) -> Outcome | None:
    """The outcome of a callback; None when another copy of it was faster, and its result has to be looked at."""
    stored = await Get(place)
    if stored is None:
        return await _nothing_new(rules, browser, Problem.EXPIRED)
    attempt = decode(stored)
    if not _bound(rules, browser, place, attempt):
        return await _nothing_new(rules, browser, Problem.ELSEWHERE)
    if attempt.phase is not Phase.PENDING:
        return await _replay(rules, browser, place, _code_of(rules, callback), REPLAY_SECONDS)
    if isinstance(callback, Denied):
        return await _cancel(attempt, place, stored)
    return await _claim(rules, browser, callback, attempt, place, stored)


def _bound(rules: Rules, browser: Browser, place: str, attempt: Attempt) -> bool:
    _, _, secret = browser.attempts.get(label(place), "").partition(".")
    return attempt.belongs_to(rules.key, secret)


def _code_of(rules: Rules, callback: Authorized | Denied) -> str | None:
    return rules.key.name("code", callback.code) if isinstance(callback, Authorized) else None


async def _nothing_new(rules: Rules, browser: Browser, problem: Problem) -> Outcome:
    """Nothing to do for this callback: somebody who is signed in goes home, anybody else is told."""
    if browser.session is not None and await read_session(rules.key, browser.session) is not None:
        return AlreadySignedIn()
    return Stopped(problem=problem)


async def _cancel(attempt: Attempt, place: str, stored: bytes) -> Outcome | None:
    stopped = attempt.move(Phase.STOPPED, problem=Problem.CANCELLED, ended_at=await Now())
    if not await Swap(place, stored, encode(stopped), REPLAY_SECONDS):
        return None
    return Stopped(problem=Problem.CANCELLED, return_to=attempt.return_to)


async def _claim(
    rules: Rules, browser: Browser, callback: Authorized, attempt: Attempt, place: str, stored: bytes
) -> Outcome | None:
    code = rules.key.name("code", callback.code)
    claimed = attempt.move(Phase.CLAIMED, code=code)
    if not await Swap(place, stored, encode(claimed), REPLAY_SECONDS):
        return None
    if not await Add(code, place.encode(), CODE_SECONDS):
        return await _twin(rules, browser, claimed, place)
    return await _redeem(rules, browser, callback.code, claimed, place)


async def _twin(rules: Rules, browser: Browser, claimed: Attempt, place: str) -> Outcome:
    """The code came before, under another state. Only the browser that started both attempts gets its result."""
    await Delete(place)
    first = await Get(claimed.code or "")
    if first is None:
        return Stopped(problem=Problem.SPENT, return_to=claimed.return_to)
    first_place = first.decode()
    stored = await Get(first_place)
    if stored is None or not _bound(rules, browser, first_place, decode(stored)):
        return Stopped(problem=Problem.SPENT, return_to=claimed.return_to)
    return await _replay(rules, browser, first_place, claimed.code, TWIN_SECONDS)


async def _redeem(rules: Rules, browser: Browser, code: str, claimed: Attempt, place: str) -> Outcome:
    try:
        arrival = await _arrival(rules, browser, code, claimed.return_to)
        if isinstance(arrival, Stopped):
            await _stop(claimed, place, arrival.problem)
            return arrival
        user = await Admit(arrival)
    except Exception:
        # The application failed, not WeChat: whoever waits for this attempt must not wait in vain.
        await _stop(claimed, place, Problem.BUSY)
        raise
    done = claimed.move(Phase.DONE, identity=arrival, user=user, ended_at=await Now())
    await Put(place, encode(done), REPLAY_SECONDS)
    return await _welcome(rules, browser, arrival, user, claimed.return_to)


async def _stop(claimed: Attempt, place: str, problem: Problem) -> None:
    stopped = claimed.move(Phase.STOPPED, problem=problem, ended_at=await Now())
    await Put(place, encode(stopped), REPLAY_SECONDS)


async def _arrival(rules: Rules, browser: Browser, code: str, return_to: str) -> Identity | Stopped:
    """Who the code stands for, or why that is nobody."""
    try:
        grant = await calls.exchange_code(rules.endpoints, rules.account, code)
        if grant.is_snapshot_user:
            return Stopped(problem=Problem.SNAPSHOT, return_to=return_to)
        return await _identify(rules, grant)
    except WxAuthError as error:
        problem = _problem_of(error)
        restart = problem is Problem.SPENT and not browser.restarted
        return Stopped(problem=problem, return_to=return_to, restart=restart, cause=error)


def _problem_of(error: WxAuthError) -> Problem:
    match error:
        case CodeRefused() | UpstreamProtocolError():
            return Problem.SPENT
        case UpstreamUnavailable(sent=True) | DeadlineExceeded(sent=True):
            return Problem.SPENT
        case WeChatBusy():
            return Problem.BUSY
        case WeChatError() | UsageError():
            return Problem.MISCONFIGURED
        case _:
            return Problem.BUSY


async def _identify(rules: Rules, grant: Grant) -> Identity:
    profile = await _profile(rules, grant) if grant.allows(Scope.SNSAPI_USERINFO) else None
    return Identity(
        appid=grant.appid,
        openid=grant.openid,
        unionid=grant.unionid or (profile.unionid if profile else None),
        scope=grant.scope,
        profile=profile,
        open_platform=rules.account.open_platform,
    )


async def _profile(rules: Rules, grant: Grant) -> Profile | None:
    """The profile, or None when WeChat cannot give it now: who came is known without it."""
    try:
        return await calls.fetch_profile(rules.endpoints, grant, lang=rules.lang, deadline_seconds=PROFILE_SECONDS)
    except (WeChatError, UpstreamUnavailable, DeadlineExceeded):
        return None


async def _welcome(rules: Rules, browser: Browser, identity: Identity, user: str | None, return_to: str) -> SignedIn:
    """Open a session under a new name; the one this browser had before is over."""
    if browser.session is not None:
        await end_session(rules.key, browser.session)
    session = await open_session(rules.key, identity, user)
    return SignedIn(identity=identity, user=user, session=session, return_to=return_to)


async def _replay(rules: Rules, browser: Browser, place: str, code: str | None, within_seconds: float) -> Outcome:
    """Answer a duplicate callback with the first result, when it is one and comes soon enough."""
    ended = await _await_end(place)
    if ended is None or ended.phase is Phase.CLAIMED:
        return Stopped(problem=Problem.BUSY, return_to=ended.return_to if ended else None)
    if ended.code != code or await Now() - ended.ended_at > within_seconds or not await _count_replay(place):
        return await _nothing_new(rules, browser, Problem.EXPIRED)
    if ended.identity is not None:
        return await _welcome(rules, browser, ended.identity, ended.user, ended.return_to)
    problem = ended.problem or Problem.EXPIRED
    restart = problem is Problem.SPENT and not browser.restarted
    return Stopped(problem=problem, return_to=ended.return_to, restart=restart)


async def _await_end(place: str) -> Attempt | None:
    """The attempt once it has ended; still CLAIMED when that takes too long."""
    attempt = None
    for _ in range(int(WAIT_SECONDS / POLL_SECONDS)):
        stored = await Get(place)
        attempt = decode(stored) if stored is not None else None
        if attempt is None or attempt.phase is not Phase.CLAIMED:
            return attempt
        await Sleep(POLL_SECONDS)
    return attempt


async def _count_replay(place: str) -> bool:
    """Take one of the replays that are left."""
    while (stored := await Get(place)) is not None:
        attempt = decode(stored)
        if attempt.replays >= MAX_REPLAYS:
            return False
        left = attempt.ended_at + REPLAY_SECONDS - await Now()
        if left > 0 and await Swap(place, stored, encode(replace(attempt, replays=attempt.replays + 1)), left):
            return True
        if left <= 0:
            return False
    return False
