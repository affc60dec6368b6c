"""Our cookies: what we write (D1), and that nobody smuggles one past us (D2)."""

from __future__ import annotations

import pytest
from fake_wechat import openid_of, start_path
from hypothesis import given
from hypothesis import strategies as st
from sites import SiteBuilder

from wxauth.web.cookies import ATTEMPT, RESTARTED, RETURN_TO, SESSION, Cookies, drop_cookie, read_cookies, write_cookie

NAME = b"__Host-wxauth-session"
SMUGGLED = {
    "U+2000 before the name": (b"\xe2\x80\x80" + NAME + b"=EVIL",),
    "0x85 before the name": (b"\x85" + NAME + b"=EVIL",),
    "0xA0 before the name": (b"\xa0" + NAME + b"=EVIL",),
    "0xA0 after the name": (NAME + b"\xa0=EVIL",),
    "U+3000 before the name": (b"\xe3\x80\x80" + NAME + b"=EVIL",),
    "the same name after": (NAME + b"=GOOD; " + NAME + b"=EVIL",),
    "the same name before": (NAME + b"=EVIL; " + NAME + b"=GOOD",),
    "in another header": (NAME + b"=GOOD", NAME + b"=EVIL"),
    "in other case": (b"__hOsT-wxauth-session=EVIL",),
    "spaces around the name": (b"  " + NAME + b" =EVIL",),
    "tabs before the name": (b"\t" + NAME + b"\t=EVIL",),
    "a quoted value": (NAME + b'="EVIL"',),
    "a value with a comma": (NAME + b"=GOOD," + NAME + b"=EVIL",),
    "nothing but a value": (b"=" + NAME + b"=EVIL",),
    "without the prefix": (b"wxauth-session=EVIL",),
    "a control character before the name": (b"\x01" + NAME + b"=EVIL",),
    "a vertical tab before the name": (b"\x0b" + NAME + b"=EVIL",),
}


def test_a_cookie_has_every_attribute_it_needs():
    name, value = write_cookie(SESSION, "v", secure=True, max_age_seconds=60)
    assert name == "set-cookie"
    assert value == "__Host-wxauth-session=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"
    assert "domain" not in value.lower()


def test_over_plain_http_the_prefix_and_secure_are_left_out_and_nothing_else():
    _, value = write_cookie(SESSION, "v", secure=False, max_age_seconds=60)
    assert value == "wxauth-session=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax"


def test_to_drop_a_cookie_is_to_write_it_with_no_life():
    assert "=; Path=/; Max-Age=0;" in drop_cookie(SESSION, secure=True)[1]


def test_our_cookies_are_read_among_those_of_others():
    cookies = read_cookies(
        [b"theme=dark; __Host-wxauth-session=abc; a=b=c; =x; y", b"__Host-wxauth-attempt-0123456789abcdef=1.Z;"],
        secure=True,
    )
    assert cookies.get(SESSION) == "abc"
    assert cookies.attempts() == {"0123456789abcdef": "1.Z"}
    assert not cookies.doubtful


@pytest.mark.parametrize("headers", SMUGGLED.values(), ids=SMUGGLED)
def test_a_smuggled_value_is_never_the_session(headers: tuple[bytes, ...]):  # D2
    for before, after in (((), ()), ((NAME + b"=REAL",), ()), ((), (NAME + b"=REAL",))):
        value = read_cookies([*before, *headers, *after], secure=True).get(SESSION)
        assert value in (None, "REAL")


@pytest.mark.parametrize("secure", [True, False])
def test_two_of_a_name_are_believed_neither(secure: bool):
    name = NAME if secure else b"wxauth-session"
    assert read_cookies([name + b"=a; " + name + b"=a"], secure=secure) == Cookies(doubtful=True)


@pytest.mark.parametrize("secure", [True, False])
def test_the_cookies_of_the_other_scheme_are_no_reason_for_doubt(secure: bool):
    """A browser sends both kinds to a loopback host that served http and https."""
    cookies = read_cookies([b"wxauth-session=plain; __Host-wxauth-session=strict"], secure=secure)
    assert cookies.values == {SESSION: "strict" if secure else "plain"}


def test_an_applications_own_cookie_may_hold_our_word():
    assert not read_cookies([b"my-wxauth-flag=1; xwxauth-session=2; a=wxauth-session"], secure=True).doubtful


@pytest.mark.parametrize(
    "name", [b"wxauth-attempt-xyz", b"wxauth-", b"wxauth-sessions", b"wxauth-attempt-0123456789abcdef0"]
)
def test_a_name_that_we_never_write_is_doubtful(name: bytes):
    """Or it would be repeated in a Set-Cookie header that drops it (E3)."""
    assert read_cookies([b"__Host-" + name + b"=1"], secure=True).doubtful


@pytest.mark.parametrize("value", [b"a b", b"a\x00b", b"a\x7f", "é".encode(), b"a,b", b'"a"', b"a\r\nset-cookie: x=y"])
def test_a_value_that_we_never_write_is_doubtful(value: bytes):
    assert read_cookies([NAME + b"=" + value], secure=True).doubtful


@given(st.lists(st.binary(max_size=80), max_size=4), st.booleans())
def test_no_header_is_an_error(headers: list[bytes], secure: bool):
    cookies = read_cookies(headers, secure=secure)
    assert not (cookies.doubtful and cookies.values)


@given(
    st.sampled_from([SESSION, RESTARTED, RETURN_TO, ATTEMPT + "0123456789abcdef"]),
    st.from_regex("[0-9A-Za-z.%/~_-]{0,60}", fullmatch=True),
    st.booleans(),
)
def test_what_was_written_is_read(name: str, value: str, secure: bool):
    written = write_cookie(name, value, secure=secure, max_age_seconds=1)[1].partition(";")[0]
    assert read_cookies([written.encode()], secure=secure).values == {name: value}


@pytest.mark.parametrize("headers", SMUGGLED.values(), ids=SMUGGLED)
async def test_in_an_application_the_smuggled_session_is_not_believed(
    make_site: SiteBuilder, headers: tuple[bytes, ...]
):
    """D2: the attacker's session is real, and is offered to the victim's browser."""
    site = make_site()
    attacker, victim = site.browser(), site.browser()
    await attacker.sign_in(site.wechat, person="eve")
    await victim.sign_in(site.wechat, person="ann")
    evil, good = attacker.session.encode(), victim.session.encode()
    raw = [header.replace(b"EVIL", evil).replace(b"GOOD", good) for header in headers]
    for cookies in (raw, [victim.cookie_header, *raw], [*raw, victim.cookie_header]):
        answer = await victim.get("/greeting", cookies=cookies)
        assert answer.status == 200
        assert openid_of("eve") not in answer.text


@pytest.mark.parametrize("headers", SMUGGLED.values(), ids=SMUGGLED)
async def test_in_an_application_a_smuggled_attempt_signs_nobody_in(make_site: SiteBuilder, headers: tuple[bytes, ...]):
    """A1, D2: the attacker plants the cookie of the attempt that the attacker began."""
    site = make_site()
    attacker = site.browser()
    begun = await attacker.get("/toAuth")
    ((name, value),) = attacker.jar.items()
    raw = [header.replace(NAME, name.encode()).replace(b"EVIL", value.encode()) for header in headers]
    callback = site.wechat.consent(begun.location, person="eve")
    victim = site.browser()
    answer = await victim.get(callback, cookies=raw)
    assert "/auth/problem/elsewhere-" in answer.location
    assert victim.session is None
    assert site.exchanges == 0


async def test_a_browser_whose_cookies_are_doubtful_is_an_event(
    make_site: SiteBuilder, caplog: pytest.LogCaptureFixture
):
    site = make_site()
    browser = site.browser()
    callback = site.wechat.consent((await browser.get("/toAuth")).location)
    answer = await browser.get(callback, cookies=[browser.cookie_header + b"; __HOST-wxauth-session=x"])
    assert "/auth/problem/elsewhere-" in answer.location
    assert "a cookie imitates ours" in caplog.text
    assert (await browser.get(callback)).location == "https://example.com/"  # A2: and nothing was consumed


async def test_all_cookies_together_stay_small(make_site: SiteBuilder):
    """A5, D1: eight attempts, a session, and the longest place to return to that a page remembers."""
    site = make_site()
    browser = site.browser()
    await browser.sign_in(site.wechat)
    for length in (2000, 2047):
        for character in "a%":
            for _ in range(8):
                await browser.get(start_path("/" + character * length))
            begun = await browser.get(start_path("/" + character * length))
            state = begun.location.partition("&state=")[2].partition("#")[0]
            await browser.get(f"/auth?state={state}")
            assert len(browser.cookie_header) < 4096


async def test_a_short_place_to_return_to_is_remembered_by_the_page_and_a_long_one_is_not(make_site: SiteBuilder):
    site = make_site()
    for path, remembered in (("/me?a=b&c=%E4%BD%A0", True), ("/" + "%41" * 600, False)):
        browser = site.browser()
        begun = await browser.get(start_path(path))
        state = begun.location.partition("&state=")[2].partition("#")[0]
        stopped = await browser.get(f"/auth?state={state}")
        page = (await browser.get(stopped.location)).text
        assert ('href="/toAuth?return_to=%2F"' not in page) == remembered
