"""Sessions: how long they live, and that what has ended stays ended."""

import pytest
from site_in_memory import KEY, Interrupted, Jar, Site

from wxauth.errors import StoreError
from wxauth.flow.drive import drive
from wxauth.flow.effects import Swap
from wxauth.flow.keys import SecretKey
from wxauth.flow.session import ABSOLUTE_SECONDS, IDLE_SECONDS, TOUCH_SECONDS, end_session, open_session, read_session
from wxauth.identity import Identity

ANN = Identity(appid="wx0000000000000001", openid="oAnn", unionid=None, scope="snsapi_base")


def opened(site: Site, user: str | None = "7") -> Jar:
    return Jar(session=drive(open_session(KEY, ANN, user), site.ports))


def test_a_session_says_who_is_signed_in() -> None:
    site = Site()
    session = site.session(opened(site))
    assert session is not None
    assert (session.identity, session.user, session.began_at) == (ANN, "7", site.clock.now)


def test_an_unknown_name_opens_nothing() -> None:
    site = Site()
    jar = opened(site)
    assert jar.session is not None
    for name in ("", jar.session[:-1], jar.session + "x", jar.session.swapcase(), "\ud800"):
        assert site.session(Jar(session=name)) is None


def test_the_name_of_a_session_is_nowhere_in_the_store() -> None:  # G1
    site = Site()
    jar = opened(site)
    assert jar.session is not None
    dump = repr(site.store._entries)
    assert jar.session not in dump
    assert "oAnn" in dump, "the dump is looked at rightly"


def test_a_session_ends_after_an_hour_unused() -> None:
    site = Site()
    jar = opened(site)
    site.clock.wait(IDLE_SECONDS - 1)
    assert site.session(jar) is not None
    site.clock.wait(IDLE_SECONDS)
    assert site.session(jar) is None


def test_a_session_in_use_ends_after_twelve_hours() -> None:
    site = Site()
    jar = opened(site)
    for _ in range(int(ABSOLUTE_SECONDS / 600) - 1):
        site.clock.wait(600)
        assert site.session(jar) is not None
    site.clock.wait(599)
    assert site.session(jar) is not None
    site.clock.wait(1)
    assert site.store.get(KEY.name("session", jar.session or "")) is None, "the store keeps it no longer than that"
    assert site.session(jar) is None


def test_a_session_is_over_at_twelve_hours_even_where_the_store_still_has_it() -> None:
    site = Site()
    jar = opened(site)
    place = KEY.name("session", jar.session or "")
    site.store.put(place, site.store.get(place), ttl_seconds=2 * ABSOLUTE_SECONDS)
    site.clock.wait(ABSOLUTE_SECONDS)
    assert site.session(jar) is None
    assert site.store.get(place) is None


def test_a_session_is_written_again_only_every_five_minutes() -> None:
    site = Site()
    jar = opened(site)
    place = KEY.name("session", jar.session or "")
    first = site.store.get(place)
    site.clock.wait(TOUCH_SECONDS - 1)
    site.session(jar)
    assert site.store.get(place) == first
    site.clock.wait(1)
    site.session(jar)
    assert site.store.get(place) != first


def test_a_session_that_ends_while_it_is_used_stays_ended() -> None:  # D11
    site = Site()
    jar = opened(site)
    site.clock.wait(TOUCH_SECONDS)
    memory = site.store
    site.store = Interrupted(memory, Swap, lambda: drive(end_session(KEY, jar.session or ""), Site(store=memory).ports))
    assert site.session(jar) is not None, "it was read before it ended"
    assert site.session(jar) is None


def test_an_ended_session_opens_nothing_and_ends_again_quietly() -> None:
    site = Site()
    jar = opened(site)
    for _ in range(2):
        drive(end_session(KEY, jar.session or ""), site.ports)
        assert site.session(jar) is None


def test_another_key_opens_no_session() -> None:
    site = Site()
    jar = opened(site)
    assert drive(read_session(SecretKey(KEY.value[::-1]), jar.session or ""), site.ports) is None


def test_what_is_no_session_is_a_store_error_that_quotes_nothing() -> None:
    site = Site()
    site.store.put(KEY.name("session", "name"), b'{"identity":"ANN"}', ttl_seconds=60)
    with pytest.raises(StoreError, match="not a session") as caught:
        site.session(Jar(session="name"))
    assert "ANN" not in str(caught.value)
