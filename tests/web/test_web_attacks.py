"""What attackers, scanners, impatient phones and a broken WeChat do to a sign-in, over each framework and store."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from functools import cache
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from browser import Answer, Browser
from fake_wechat import ACCESS_TOKEN, ACCOUNT, REFRESH_TOKEN, SANDBOX_ORIGIN, SECRET_KEY, openid_of, refusal, start_path
from hypothesis import given, settings
from hypothesis import strategies as st
from sites import BASE_URL, FRAMEWORKS, Site, SiteBuilder, build

from wxauth.errors import DeadlineExceeded, StoreError, UpstreamUnavailable
from wxauth.flow.effects import StoreCommand
from wxauth.identity import Identity
from wxauth.protocol.sns import EXCHANGE
from wxauth.stores.base import AsyncStore
from wxauth.stores.memory import AsyncMemoryStore
from wxauth.stores.sqlite import AsyncSQLiteStore

ATTACKS = 834  # times 3 kinds of victim times 4 applications: 10,008 callbacks, 0 accepted
PREFETCHES = (
    {"sec-purpose": "prefetch"},
    {"sec-purpose": "prefetch;prerender"},
    {"purpose": "prefetch"},
    {"x-moz": "prefetch"},
)


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path) -> AsyncIterator[AsyncStore]:
    made = AsyncMemoryStore() if request.param == "memory" else AsyncSQLiteStore(tmp_path / "sign-in.db")
    async with made:
        yield made


def state_of(answer: Answer) -> str:
    return parse_qs(urlsplit(answer.location).query)["state"][0]


async def test_a_state_and_code_are_never_accepted_from_another_browser(make_site: SiteBuilder, store: AsyncStore):
    """A1: no cookie, an empty one, and the valid one of an attempt of the victim's own."""
    site = make_site(store=store)
    attacker, signed_in = site.browser(), 0
    for _ in range(ATTACKS):
        attacker.jar.clear()
        begun = await attacker.get("/toAuth")
        ((name, _),) = attacker.jar.items()
        callback = site.wechat.consent(begun.location, person="eve")
        victim = site.browser()
        own = (await victim.get("/toAuth")).set_cookies[0].partition(";")[0]
        planted = f"{name}={own.partition('=')[2]}"
        for cookies in ([], [f"{name}=".encode()], [f"{own}; {planted}".encode()]):
            answer = await victim.get(callback, cookies=cookies)
            signed_in += answer.location == "https://example.com/" or victim.session is not None
    assert signed_in == 0
    assert site.exchanges == 0
    last = await attacker.get(callback)  # A2: and nothing was consumed
    assert last.location == "https://example.com/"


async def test_looking_consumes_nothing(site: Site):
    """A2: 1,000 sign-ins, each looked at by a scanner, a prefetcher and a stranger first."""
    done = 0
    for number in range(1_000):
        browser = site.browser()
        begun = await browser.get("/toAuth")
        callback = site.wechat.consent(begun.location)
        looks = [
            await browser.twin().get(callback),
            await browser.visit("HEAD", callback),
            await browser.visit("OPTIONS", callback),
            await browser.get(callback, headers=PREFETCHES[number % len(PREFETCHES)]),
        ]
        assert [answer.status for answer in looks] == [303, 204, 405, 503]
        assert browser.session is None
        done += (await browser.get(callback)).location == "https://example.com/"
    assert done == site.exchanges == 1_000


@pytest.mark.parametrize(
    "headers", [*PREFETCHES, {"sec-fetch-mode": "cors"}, {"sec-fetch-dest": "iframe"}, {"sec-fetch-dest": "image"}]
)
async def test_a_start_that_no_person_sees_begins_nothing(site: Site, headers: dict[str, str]):  # A5
    answer = await site.browser().get("/toAuth", headers=headers)
    assert answer.status in (403, 503)
    assert not answer.set_cookies
    assert not answer.location


@pytest.mark.parametrize("order", ["first to last", "last to first", "shuffled", "interleaved"])
async def test_eight_tabs_finish_in_any_order(site: Site, order: str):  # A5
    dice = random.Random(8)
    for _ in range(50):
        browser = site.browser()
        tabs = []
        for number in range(8):
            begun = await browser.get(start_path(f"/me?tab={number}"))
            tabs.append((number, site.wechat.consent(begun.location)))
            if order == "interleaved" and number % 2:
                earlier, callback = tabs.pop(0)
                assert (await browser.get(callback)).location.endswith(f"/me?tab={earlier}")
        if order == "last to first":
            tabs.reverse()
        elif order != "first to last":
            dice.shuffle(tabs)
        for number, callback in tabs:
            assert (await browser.get(callback)).location == f"https://example.com/me?tab={number}"
    assert site.exchanges == 400


async def test_fifty_abandoned_starts_are_forgotten_and_the_next_sign_in_works(site: Site):  # A5
    browser = site.browser()
    abandoned = [site.wechat.consent((await browser.get("/toAuth")).location) for _ in range(50)]
    assert len(browser.jar) == 8
    assert len(browser.cookie_header) < 1024
    assert (await browser.sign_in(site.wechat)).location == "https://example.com/"
    assert site.exchanges == 1
    await browser.visit("POST", "/logout", headers={"sec-fetch-site": "same-origin"})
    assert "/problem/elsewhere-" in (await browser.get(abandoned[0])).location


async def test_a_callback_delivered_twice_at_once_is_one_sign_in(make_site: SiteBuilder, store: AsyncStore):
    """T19: 1,000 of them: 1,000 exchanges, 1,000 arrivals, 2,000 redirects home, no page of a problem.

    SQLite, which waits for the disk: 200 of them.
    """
    count = 1_000 if isinstance(store, AsyncMemoryStore) else 200
    arrivals: list[Identity] = []
    site = make_site(store=store, on_sign_in=lambda identity: arrivals.append(identity))

    async def deliver_twice(number: int) -> list[str]:
        browser = site.browser()
        begun = await browser.get("/toAuth")
        callback = site.wechat.consent(begun.location, person=f"p{number}")
        answers = await asyncio.gather(browser.get(callback), browser.get(callback))
        return [answer.location for answer in answers]

    went = []
    for first in range(0, count, 100):
        for pair in await asyncio.gather(*(deliver_twice(number) for number in range(first, first + 100))):
            went += pair
    assert went == ["https://example.com/"] * 2 * count
    assert (site.exchanges, len(arrivals)) == (count, count)
    assert len({identity.openid for identity in arrivals}) == count


async def test_a_duplicate_from_another_browser_gets_the_page_and_nothing_else(site: Site):
    browser = site.browser()
    begun = await browser.get("/toAuth")
    callback = site.wechat.consent(begun.location)
    copy, original = await asyncio.gather(browser.twin().get(callback), browser.get(callback))
    assert "/problem/elsewhere-" in copy.location
    assert original.location == "https://example.com/"
    assert site.exchanges == 1


async def test_a_code_that_came_before_is_not_exchanged_under_the_state_of_another_browser(site: Site):  # A6
    browser, thief = site.browser(), site.browser()
    begun = await browser.get("/toAuth")
    callback = site.wechat.consent(begun.location)
    await browser.get(callback)
    code = parse_qs(urlsplit(callback).query)["code"][0]
    stolen = await thief.get(f"/auth?code={code}&state={state_of(await thief.get('/toAuth'))}")
    assert "/problem/spent-" in stolen.location
    assert thief.session is None
    assert site.exchanges == 1


REFUSED_QUERIES = {
    "nothing": "",
    "no state": "code=0a1",
    "an empty state": "code=0a1&state=",
    "state twice": "code=0a1&state={state}&state={state}",
    "code twice": "code=0a1&code=0a2&state={state}",
    "an over-long state": "code=0a1&state=" + "a" * 129,
    "an over-long code": "code=" + "a" * 513 + "&state={state}",
    "a parameter of 100 kB": "code=0a1&state={state}&x=" + "a" * 100_000,
    "a code with a line end": "code=0a1%0d%0aset-cookie:x=y&state={state}",
    "a code with a NUL": "code=0a1%00&state={state}",
    "a code in Chinese": "code=%E4%BD%A0&state={state}",
}


@pytest.mark.parametrize("query", REFUSED_QUERIES.values(), ids=REFUSED_QUERIES)
async def test_a_callback_that_is_not_wechats_spends_nothing(site: Site, query: str):  # A8, A7
    browser = site.browser()
    begun = await browser.get("/toAuth")
    answer = await browser.get("/auth?" + query.format(state=state_of(begun)))
    assert answer.location.startswith("https://example.com/auth/problem/malformed-")
    assert (await browser.get(answer.location)).status == 400
    assert site.exchanges == 0
    assert (await browser.get(site.wechat.consent(begun.location))).location == "https://example.com/"


@pytest.mark.parametrize("state", ["unknown", "a" * 128, "%0d%0a", "%00", "%F0%9F%8E%89", "%FF%FE", "é"])
async def test_a_state_that_we_never_made_spends_nothing(site: Site, state: str):  # A8
    answer = await site.browser().get(f"/auth?code=0a1&state={state}")
    assert "/problem/expired-" in answer.location
    assert site.exchanges == 0


async def test_other_parameters_are_ignored(site: Site):  # A8
    browser = site.browser()
    begun = await browser.get("/toAuth?utm=1&return_to=%2Fme&x")
    callback = site.wechat.consent(begun.location)
    assert (await browser.get(f"{callback}&from=timeline&isappinstalled=0")).location == "https://example.com/me"


UPSTREAM = {
    "a page": (b"<html>502 Bad Gateway</html>", "spent", 1),
    "half a JSON": (b'{"access_token":"SBX_', "spent", 1),
    "an empty body": (b"", "spent", 1),
    "busy": (refusal(-1, "system error"), "busy", 2),
    "the code is wrong": (refusal(40029, "invalid code"), "spent", 1),
    "the secret is wrong": (refusal(40125, "invalid appsecret"), "misconfigured", 1),
    "over quota": (refusal(45011, "api minute-quota reach limit"), "busy", 1),
    "no connection": (UpstreamUnavailable(EXCHANGE, "refused", sent=False), "busy", 2),
    "reset after the request": (UpstreamUnavailable(EXCHANGE, "reset", sent=True), "spent", 1),
    "nothing in time": (DeadlineExceeded(EXCHANGE, 5.0, sent=True), "spent", 1),
}


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wxauth.flow.calls.PAUSE_SECONDS", (0.0, 0.0))


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize(("answer", "problem", "calls"), UPSTREAM.values(), ids=UPSTREAM)
async def test_when_wechat_fails_the_right_page_says_so(
    site: Site, caplog: pytest.LogCaptureFixture, answer: bytes | Exception, problem: str, calls: int
):
    """T5, A7, H1, H4: no silent second exchange, a clean address, one event, no code or secret in it."""
    caplog.set_level(logging.DEBUG)
    site.wechat.always = answer
    browser = site.browser()
    browser.jar["__Host-wxauth-restarted"] = "1"  # I5: no restart any more
    begun = await browser.get(start_path("/me"))
    callback = site.wechat.consent(begun.location)
    stopped = await browser.get(callback)
    assert stopped.location.startswith(f"https://example.com/auth/problem/{problem}-")
    page = await browser.get(stopped.location)
    assert page.status >= 400
    assert browser.session is None
    assert site.exchanges == calls
    (event,) = [record for record in caplog.records if record.name.startswith("wxauth")]
    assert stopped.location.rpartition("-")[2] in event.getMessage()
    assert stopped.location.rpartition("-")[2] in page.text
    assert (event.levelno == logging.ERROR) == (problem == "misconfigured")
    code = parse_qs(urlsplit(callback).query)["code"][0]
    for secret in (code, ACCOUNT.secret, SECRET_KEY, ACCESS_TOKEN, REFRESH_TOKEN, state_of(begun), openid_of("ann")):
        assert secret not in caplog.text
        assert secret not in (stopped.bytes + page.bytes).decode()


@pytest.mark.usefixtures("no_pauses")
async def test_busy_once_is_not_noticed(site: Site):  # T5
    site.wechat.answers.append(refusal(-1, "system error"))
    assert (await site.browser().sign_in(site.wechat)).location == "https://example.com/"
    assert site.exchanges == 2


async def test_a_snapshot_signs_nobody_in_and_tells_the_application_nothing(make_site: SiteBuilder):  # F3
    arrivals: list[Identity] = []
    site = make_site(on_sign_in=lambda identity: arrivals.append(identity))
    site.wechat.snapshot = True
    browser = site.browser()
    stopped = await browser.sign_in(site.wechat)
    assert "/problem/snapshot-" in stopped.location
    assert "使用完整服务" in (await browser.get(stopped.location)).text
    assert (browser.session, arrivals) == (None, [])


async def test_no_secret_leaves_in_a_good_sign_in_either(make_site: SiteBuilder, caplog: pytest.LogCaptureFixture):
    """D10, H1, H2: of what WeChat said nothing but the application's own answer reaches the browser or a log."""
    caplog.set_level(logging.DEBUG)
    site = make_site(scope="snsapi_userinfo")
    browser = site.browser()
    begun = await browser.get("/toAuth")
    callback = site.wechat.consent(begun.location)
    back = await browser.get(callback)
    code = parse_qs(urlsplit(callback).query)["code"][0]
    for secret in (code, ACCOUNT.secret, SECRET_KEY, ACCESS_TOKEN, REFRESH_TOKEN, openid_of("ann"), browser.session):
        assert secret not in caplog.text
    for secret in (code, state_of(begun), ACCOUNT.secret, SECRET_KEY, ACCESS_TOKEN, REFRESH_TOKEN, openid_of("ann")):
        assert secret.encode() not in back.bytes
    assert ACCOUNT.secret.encode() not in begun.bytes


async def test_every_outcome_is_one_event(make_site: SiteBuilder, caplog: pytest.LogCaptureFixture):  # H4
    caplog.set_level(logging.INFO)

    async def events(visit) -> list[str]:
        caplog.clear()
        await visit
        return [record.getMessage().partition(",")[0] for record in caplog.records if record.name.startswith("wxauth")]

    site = make_site()
    browser = site.browser()
    begun = await browser.get("/toAuth")
    callback = site.wechat.consent(begun.location)
    assert await events(site.browser().get(callback)) == ["sign-in stopped: elsewhere"]
    assert await events(browser.get(callback)) == [f"signed in to {ACCOUNT.appid}"]
    assert await events(browser.get("/auth?code=a&state=b")) == [
        "a callback had nothing new for a browser that is signed in"
    ]
    assert len(await events(browser.visit("POST", "/logout"))) == 1
    own = {"sec-fetch-site": "same-origin"}
    assert await events(browser.visit("POST", "/logout", headers=own)) == ["signed out"]
    assert await events(browser.visit("POST", "/logout", headers=own)) == []
    assert await events(browser.get("/auth?code=a&state=b")) == ["sign-in stopped: expired"]
    assert await events(browser.get("/auth")) == ["sign-in stopped: malformed"]
    site.wechat.snapshot = True
    assert await events(browser.sign_in(site.wechat)) == ["sign-in stopped: snapshot"]

    def refuse(identity: Identity) -> str:
        raise LookupError("SECRET of the application")

    broken = make_site(on_sign_in=refuse)
    with pytest.raises(LookupError):
        await events(broken.browser().sign_in(broken.wechat))
    (event,) = [record for record in caplog.records if record.name.startswith("wxauth")]
    assert event.getMessage() == "sign-in stopped: LookupError was raised"


@pytest.mark.parametrize("text", ["a\nERROR forged", "a\r\nforged", "\x1b[2J", "a\u202ebc", "\u2028forged", "\0"])
async def test_nothing_forges_a_log_line(site: Site, caplog: pytest.LogCaptureFixture, text: str):  # H3
    caplog.set_level(logging.DEBUG)
    browser = site.browser()
    for where in ("/toAuth?return_to={}", "/auth?code={}&state=b", "/auth?code=a&state={}", "/auth/problem/{}"):
        await browser.get(where.format(quote(text, safe="")), headers={"user-agent": "MicroMessenger \t"})
    site.wechat.always = refusal(50002, f"user limited{text}")
    await browser.sign_in(site.wechat)
    messages = [record.getMessage() for record in caplog.records]
    assert messages
    assert all(message.isprintable() for message in messages)


HOSTS = {
    "another host": {"host": "evil.example"},
    "another port": {"host": "example.com:444"},
    "a loopback host": {"host": "127.0.0.1:8000"},
    "x-forwarded-host": {"x-forwarded-host": "evil.example"},
    "x-forwarded-proto": {"x-forwarded-proto": "http"},
    "forwarded": {"forwarded": "host=evil.example;proto=http"},
    "x-original-url": {"x-original-url": "/evil"},
    "x-rewrite-url": {"x-rewrite-url": "/evil"},
    "x-forwarded-prefix": {"x-forwarded-prefix": "/evil"},
    "x-host": {"x-host": "evil.example"},
    "origin": {"origin": "https://evil.example"},
    "referer": {"referer": "https://evil.example/"},
    "an empty host": {"host": ""},
    "a broken host": {"host": "[::::]"},
    "no host": {},
}


@pytest.mark.parametrize("headers", HOSTS.values(), ids=HOSTS)
async def test_no_header_changes_a_byte_of_where_the_browser_is_sent(make_site: SiteBuilder, headers: dict[str, str]):
    """E4: with base_url set, all answers are the same as to a plain request."""
    answers = []
    for more in ({}, headers):
        site = make_site()
        numbers = iter([bytes([number]) * 200 for number in range(200)])
        ports = site.sign_in._ports
        object.__setattr__(ports, "random", lambda count, numbers=numbers: next(numbers)[:count])
        object.__setattr__(ports, "now", lambda: 1_763_793_000.0)
        browser = site.browser()
        seen = [await browser.get("/toAuth", headers=more)]
        seen += [await browser.get(site.wechat.consent(seen[0].location), headers=more)]
        for path in ("/auth?state=x&code=y", "/auth", "/logout", "/auth/problem/busy-00000000", "/me", "/greeting"):
            seen.append(await browser.get(path, headers=more))
        seen.append(await browser.twin().get("/me", headers=more))
        answers.append([(answer.status, answer.bytes) for answer in seen])
    assert answers[0] == answers[1]


FAILURES = {
    "malformed": "/auth",
    "expired": "/auth?code=a&state=b",
    "cancelled": "/auth?state={state}",
    "elsewhere": "/auth?code=a&state={foreign}",
}


@pytest.mark.parametrize(("problem", "target"), FAILURES.items(), ids=FAILURES)
async def test_after_a_failure_the_address_holds_no_query(site: Site, problem: str, target: str):  # A7
    browser = site.browser()
    own, foreign = state_of(await browser.get("/toAuth")), state_of(await site.browser().get("/toAuth"))
    answer = await browser.get(target.format(state=own, foreign=foreign))
    final = urlsplit(answer.location)
    assert (final.query, final.fragment) == ("", "")
    assert final.path.startswith(f"/auth/problem/{problem}-")
    page = await browser.get(answer.location)
    assert urlsplit(page.location).path == ""


class BrokenStore(AsyncMemoryStore):
    """A store that fails from the nth command on."""

    def __init__(self) -> None:
        super().__init__()
        self.left = 10**9

    async def _perform(self, command: StoreCommand) -> object:
        self.left -= 1
        if self.left < 0:
            raise StoreError("sign-in.db: the disk is full; free some space")
        return await super()._perform(command)


@pytest.mark.parametrize("commands", range(6))
async def test_a_store_that_fails_is_a_page_and_not_a_stack_trace(
    make_site: SiteBuilder, commands: int, caplog: pytest.LogCaptureFixture
):
    store = BrokenStore()
    site = make_site(store=store)
    browser = site.browser()
    if commands == 0:
        store.left = 0
        stopped = await browser.get("/toAuth")
    else:
        begun = await browser.get("/toAuth")
        store.left = commands - 1
        stopped = await browser.get(site.wechat.consent(begun.location))
    assert "/auth/problem/busy-" in stopped.location
    assert browser.session is None
    assert (await browser.get(stopped.location)).status == 503
    assert "the disk is full" in caplog.text


async def test_a_person_who_hangs_up_does_not_stop_the_redemption(make_site: SiteBuilder):
    going_on, arrived = asyncio.Event(), asyncio.Event()

    async def on_sign_in(identity: Identity) -> str:
        arrived.set()
        await going_on.wait()
        return "member"

    site = make_site(on_sign_in=on_sign_in)
    browser = site.browser()
    begun = await browser.get("/toAuth")
    callback = site.wechat.consent(begun.location)
    hung_up = asyncio.ensure_future(browser.get(callback))
    await arrived.wait()
    hung_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hung_up
    duplicate = asyncio.ensure_future(browser.get(callback))
    closing = asyncio.ensure_future(site.sign_in.close())
    await asyncio.sleep(0)
    assert not closing.done()  # it waits for the redemption
    going_on.set()
    assert (await duplicate).location == "https://example.com/"
    await closing
    assert "member" in (await browser.get("/user")).text
    assert site.exchanges == 1


text = st.text(st.characters(codec="utf-8"), max_size=40) | st.sampled_from(
    ["code", "state", "return_to", "%", "&", "=", "+", "%zz", "%C0%AF"]
)
queries = st.lists(st.tuples(text, text), max_size=5).map(
    lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
)
targets = st.sampled_from(
    ["/toAuth", "/auth", "/auth/problem/busy", "/auth/problem/x", "/logout", "/MP_verify_x.txt", "/me", "/nowhere"]
)


@cache
def lasting_site(framework: str, base_url: str | None) -> Site:
    """One for all examples of a property."""
    return build(framework, base_url=base_url)


@pytest.mark.parametrize("framework", FRAMEWORKS)
@settings(max_examples=300, deadline=None)
@given(
    target=targets,
    query=queries.map(lambda query: query.encode()) | st.binary(max_size=60),
    host=st.sampled_from(["example.com", "[", "é"]),
)
def test_no_query_is_an_error_of_ours(framework: str, target: str, query: bytes, host: str):
    """E2, E3: never HTTP 500; the browser checks that no header holds a line end."""
    for base_url in (BASE_URL, None):
        visit = (
            lasting_site(framework, base_url)
            .browser()
            .get(f"{target}?{query.decode('latin-1')}", headers={"host": host})
        )
        assert asyncio.run(visit).status != 500


@pytest.mark.parametrize("framework", FRAMEWORKS)
@settings(max_examples=300, deadline=None)
@given(wanted=text, reference=text.filter(lambda name: not name.endswith("/")), cookie=st.binary(max_size=60))
def test_no_text_becomes_a_header_or_markup(framework: str, wanted: str, reference: str, cookie: bytes):
    """E3: whatever is given as a place to return to, a reference, or a cookie."""
    site = lasting_site(framework, BASE_URL)
    browser = site.browser()

    async def visits() -> None:
        begun = await browser.get(start_path(f"/{wanted}"))
        assert begun.location.startswith(SANDBOX_ORIGIN)
        assert (await browser.get(site.wechat.consent(begun.location))).location.startswith("https://example.com/")
        assert (await browser.get(f"/auth/problem/busy-{quote(reference, safe='')}")).status in (404, 503)
        raw = [b"__Host-wxauth-return=" + cookie, b"__Host-wxauth-session=" + cookie]
        for path in ("/auth/problem/busy", "/logout", "/greeting", "/toAuth", "/auth?code=a&state=b"):
            assert (await browser.get(path, cookies=raw)).status in (200, 303, 503)

    asyncio.run(visits())


async def test_every_answer_of_every_route_has_its_headers(site: Site):
    """D6, D7: a crawl; the browser holds each page and redirect to the list."""
    browser = site.browser()
    pages = 0
    for signed_in in (False, True):
        if signed_in:
            await browser.sign_in(site.wechat)
        for method in ("GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE"):
            for path in (
                "/toAuth",
                "/auth",
                "/auth?code=a&state=b",
                "/logout",
                "/auth/problem/busy",
                "/auth/problem/none",
            ):
                answer = await browser.visit(method, path, headers={"sec-fetch-site": "same-site"})
                pages += answer.status == 200
                assert answer.status in (200, 204, 303, 403, 404, 405, 503)
                if answer.status != 405:
                    assert answer.header("cache-control") == "no-store"
                    assert answer.header("referrer-policy") == "no-referrer"
    assert pages > 3


def test_the_browser_of_these_tests_notices_a_bad_cookie_or_page():
    async def app(scope, receive, send):
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"set-cookie", b"wxauth-session=a; Path=/")]}
        )
        await send({"type": "http.response.body", "body": b""})

    with pytest.raises(AssertionError):
        asyncio.run(Browser(app).get("/"))
