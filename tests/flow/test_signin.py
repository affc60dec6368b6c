"""Begin and finish a sign-in: the rules that every integration shares."""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from site_in_memory import (
    ASKING,
    EXCHANGE,
    KEY,
    REDIRECT_URI,
    RULES,
    USERINFO,
    Interrupted,
    Jar,
    Site,
    StandIn,
    refusal,
)

from wxauth.errors import DeadlineExceeded, StoreError, UpstreamProtocolError, UpstreamUnavailable, UsageError
from wxauth.flow.attempt import Phase, Problem, decode
from wxauth.flow.drive import drive
from wxauth.flow.effects import Get, Put, Swap
from wxauth.flow.keys import SecretKey
from wxauth.flow.signin import (
    CODE_SECONDS,
    MAX_PENDING,
    MAX_REPLAYS,
    PENDING_SECONDS,
    POLL_SECONDS,
    REPLAY_SECONDS,
    TWIN_SECONDS,
    WAIT_SECONDS,
    AlreadySignedIn,
    Browser,
    SignedIn,
    Stopped,
    begin,
    finish,
)
from wxauth.protocol.message import Response


def held(site: Site) -> dict[str, bytes]:
    """Everything in the store."""
    return {key: entry.value for key, entry in site.store._entries.items() if entry.expires_at > site.clock.now}


def attempt_of(site: Site, state: str) -> Any:
    stored = site.store.get(KEY.name("state", state))
    return None if stored is None else decode(stored)


def signed_in(outcome: Any) -> SignedIn:
    assert isinstance(outcome, SignedIn), outcome
    return outcome


def stopped(outcome: Any, problem: Problem) -> Stopped:
    assert isinstance(outcome, Stopped), outcome
    assert outcome.problem is problem
    return outcome


class TestBegin:
    def test_the_person_is_sent_to_wechat_with_a_random_state(self) -> None:  # A4
        site = Site()
        states = {site.begin(Jar()) for _ in range(200)}
        assert len(states) == 200
        assert all(re.fullmatch(r"[A-Za-z0-9]{43}", state) for state in states)

    def test_the_link_carries_the_callback_the_scope_and_nothing_private(self) -> None:
        begun = drive(begin(ASKING, Browser(), redirect_uri=REDIRECT_URI, return_to="/private"), Site().ports)
        query = dict(parse_qsl(urlsplit(begun.url).query))
        assert (query["redirect_uri"], query["scope"]) == (REDIRECT_URI, "snsapi_userinfo")
        assert "private" not in begun.url
        assert begun.secret.partition(".")[2] not in begun.url

    def test_nothing_that_the_browser_holds_is_in_the_store(self) -> None:  # G1
        site, jar = Site(), Jar()
        state = site.begin(jar)
        dump = repr(held(site))
        assert "/me" in dump, "the dump is looked at rightly"
        for secret in (state, *(value.partition(".")[2] for value in jar.attempts.values())):
            assert secret not in dump

    def test_what_has_begun_hides_its_secrets(self) -> None:
        jar, site = Jar(), Site()
        begun = drive(begin(RULES, jar.shown(), redirect_uri=REDIRECT_URI, return_to="/"), site.ports)
        for secret in (begun.secret.partition(".")[2], dict(parse_qsl(urlsplit(begun.url).query))["state"]):
            assert secret not in repr(begun)

    def test_a_link_that_cannot_work_is_refused_before_anything_is_remembered(self) -> None:
        site = Site()
        with pytest.raises(UsageError):
            drive(begin(RULES, Browser(), redirect_uri="/auth", return_to="/"), site.ports)
        assert not held(site)

    def test_a_browser_has_at_most_eight_attempts_open_and_the_oldest_give_way(self) -> None:  # A5
        site, jar = Site(), Jar()
        states = []
        for _ in range(MAX_PENDING + 3):
            states.append(site.begin(jar))
            site.clock.wait(1)
        assert len(jar.attempts) == MAX_PENDING
        for state in states[:3]:
            stopped(site.finish(jar, f"code=C{state}&state={state}"), Problem.ELSEWHERE)
        for state in states[3:]:
            signed_in(site.finish(jar, f"code=C{state}&state={state}"))

    @pytest.mark.parametrize("value", ["", "x", "now.secret", "9" * 50 + ".s", "-1.s", "²." + "s", "٣.s", "\ud800"])
    def test_a_forged_cookie_is_the_first_to_give_way(self, value: str) -> None:
        site, jar = Site(), Jar()
        for _ in range(MAX_PENDING - 1):
            site.begin(jar)
        forged = Jar(attempts={"forged": value, **jar.attempts})
        begun = drive(begin(RULES, forged.shown(), redirect_uri=REDIRECT_URI, return_to="/"), site.ports)
        assert begun.give_up == ("forged",)

    def test_a_browser_with_far_too_many_cookies_gives_up_all_that_are_too_many(self) -> None:  # I4
        jar = Jar(attempts={f"label{number}": f"{number}.s" for number in range(50)})
        begun = drive(begin(RULES, jar.shown(), redirect_uri=REDIRECT_URI, return_to="/"), Site().ports)
        assert begun.give_up == tuple(f"label{number}" for number in range(43))


class TestFinish:
    def test_a_silent_sign_in_yields_the_openid_and_never_asks_for_the_profile(self) -> None:  # rule 5
        site, jar = Site(), Jar()
        state = site.begin(jar, "/orders?page=2")
        outcome = signed_in(site.finish(jar, f"code=ANN&state={state}"))
        assert (outcome.identity.openid, outcome.identity.profile, outcome.return_to) == (
            "oANN",
            None,
            "/orders?page=2",
        )
        assert site.wechat.sent == [EXCHANGE]

    def test_a_sign_in_that_asked_yields_the_profile(self) -> None:
        site, jar = Site(ASKING), Jar()
        outcome = signed_in(site.finish(jar, f"code=ANN&state={site.begin(jar)}"))
        assert (outcome.identity.nickname, outcome.identity.unionid) == ("安", "oU")

    def test_the_unionid_of_the_grant_is_the_one_that_counts(self) -> None:  # rule 7
        site, jar = Site(ASKING, wechat=StandIn("snsapi_userinfo", unionid="oFirst")), Jar()
        outcome = signed_in(site.finish(jar, f"code=ANN&state={site.begin(jar)}"))
        assert outcome.identity.unionid == "oFirst"
        assert outcome.identity.key == (RULES.account.appid, "oANN")

    def test_a_grant_of_less_than_was_asked_for_has_no_profile(self) -> None:
        site, jar = Site(ASKING, wechat=StandIn("snsapi_base")), Jar()
        assert signed_in(site.finish(jar, f"code=ANN&state={site.begin(jar)}")).identity.profile is None
        assert site.wechat.sent == [EXCHANGE]

    def test_the_application_hears_of_each_arrival_and_names_the_person(self) -> None:
        site, jar = Site(), Jar()
        outcome = signed_in(site.finish(jar, f"code=ANN&state={site.begin(jar)}"))
        session = site.session(jar)
        assert session is not None
        assert outcome.user == session.user == "user of oANN"
        assert site.admitted == [session.identity]

    def test_exchange_and_profile_together_take_at_most_eight_seconds(self) -> None:
        site, jar = Site(ASKING), Jar()
        site.finish(jar, f"code=ANN&state={site.begin(jar)}")
        assert site.wechat.spans == [5.0, 3.0]

    def test_no_secret_code_or_token_is_left_in_the_store(self) -> None:  # G1
        site, jar = Site(ASKING), Jar()
        state = site.begin(jar)
        site.finish(jar, f"code=SECRETCODE&state={state}")
        dump = repr(held(site))
        assert "oSECRETCODE" in dump, "the dump is looked at rightly"
        cookie = next(iter(jar.attempts.values())).partition(".")[2]
        for secret in ("ACCESS", "REFRESH", "'SECRETCODE", '"SECRETCODE', state, jar.session, cookie, KEY.value):
            assert secret is not None
            assert secret not in dump

    def test_outcomes_hide_the_name_of_the_session(self) -> None:
        site, jar = Site(), Jar()
        outcome = signed_in(site.finish(jar, f"code=ANN&state={site.begin(jar)}"))
        assert outcome.session not in repr(outcome)
        assert outcome.session not in repr(jar.shown())

    def test_tabs_finish_in_any_order(self) -> None:  # A5
        site, jar = Site(), Jar()
        states = [site.begin(jar, f"/tab{number}") for number in range(MAX_PENDING)]
        for number in (7, 0, 6, 1, 5, 2, 4, 3):
            outcome = signed_in(site.finish(jar, f"code=C{number}&state={states[number]}"))
            assert outcome.return_to == f"/tab{number}"


class TestBinding:
    """A1 and A2; test_signin_numbers.py has the numbers."""

    @pytest.mark.parametrize("cookies", ["none", "empty", "of another attempt", "half", "in other case", "no text"])
    def test_a_callback_in_another_browser_consumes_nothing(self, cookies: str) -> None:
        site, attacker, victim = Site(), Jar(), Jar()
        state = site.begin(attacker)
        (label, value) = next(iter(attacker.attempts.items()))
        other = Jar()
        site.begin(other)
        victim.attempts = {
            "none": {},
            "empty": {label: ""},
            "of another attempt": {label: next(iter(other.attempts.values())), **other.attempts},
            "half": {label: value[:-1]},
            "in other case": {label: value.swapcase()},
            "no text": {label: "1.\ud800"},
        }[cookies]
        before = held(site)
        stopped(site.finish(victim, f"code=ANN&state={state}"), Problem.ELSEWHERE)
        assert held(site) == before
        assert (site.wechat.sent, site.admitted, victim.session) == ([], [], None)
        signed_in(site.finish(attacker, f"code=ANN&state={state}"))

    def test_a_refusal_in_another_browser_stops_nothing(self) -> None:  # A2
        site, jar = Site(), Jar()
        state = site.begin(jar)
        stopped(site.finish(Jar(), f"state={state}"), Problem.ELSEWHERE)
        signed_in(site.finish(jar, f"code=ANN&state={state}"))

    def test_a_finished_attempt_tells_another_browser_nothing(self) -> None:  # T19: same binding cookie
        site, jar = Site(), Jar()
        state = site.begin(jar)
        signed_in(site.finish(jar, f"code=ANN&state={state}"))
        stopped(site.finish(Jar(), f"code=ANN&state={state}"), Problem.ELSEWHERE)
        assert len(site.wechat.sent) == 1

    def test_another_secret_key_recognises_nothing(self) -> None:
        site, jar = Site(), Jar()
        state = site.begin(jar)
        rules = type(RULES)(account=RULES.account, key=SecretKey(KEY.value[::-1]), endpoints=RULES.endpoints)
        outcome = drive(finish(rules, jar.shown(), query=f"code=ANN&state={state}"), site.ports)
        stopped(outcome, Problem.EXPIRED)

    def test_somebody_who_is_signed_in_just_goes_home(self) -> None:  # rule 3
        site, jar = Site(), Jar()
        signed_in(site.finish(jar, f"code=ANN&state={site.begin(jar)}"))
        foreign = site.begin(Jar())
        for state in (foreign, "unknown"):
            assert isinstance(site.finish(jar, f"code=BO&state={state}"), AlreadySignedIn)
        assert len(site.wechat.sent) == 1

    def test_the_name_of_no_session_is_not_being_signed_in(self) -> None:
        stopped(Site().finish(Jar(session="forged"), "code=ANN&state=unknown"), Problem.EXPIRED)


class TestState:
    def test_a_state_lives_ten_minutes(self) -> None:  # A4
        site, jar = Site(), Jar()
        early, late = site.begin(jar), site.begin(jar)
        site.clock.wait(PENDING_SECONDS - 1)
        signed_in(site.finish(jar, f"code=ANN&state={early}"))
        site.clock.wait(1)
        jar.session = None
        stopped(site.finish(jar, f"code=BO&state={late}"), Problem.EXPIRED)
        assert PENDING_SECONDS == 600

    def test_a_state_works_once(self) -> None:  # A3
        site, jar = Site(), Jar()
        state = site.begin(jar)
        signed_in(site.finish(jar, f"code=ANN&state={state}"))
        jar.session = None
        stopped(site.finish(jar, f"code=BO&state={state}"), Problem.EXPIRED)
        assert site.wechat.exchanged == ["ANN"]

    def test_a_state_that_is_claimed_meanwhile_is_not_claimed_again(self) -> None:  # A3
        site, jar = Site(), Jar()
        state = site.begin(jar)
        memory, query = site.store, f"code=ANN&state={state}"
        first: list[Any] = []

        def be_faster() -> None:
            first.append(drive(finish(site.rules, jar.shown(), query=query), site.ports))

        site.store = Interrupted(memory, Swap, be_faster)
        second = signed_in(site.finish(jar, query))
        assert signed_in(first[0]).identity == second.identity
        assert (site.wechat.exchanged, len(site.admitted)) == (["ANN"], 1)


CALLBACKS: list[tuple[str, Problem | None]] = [
    ("code=ANN&state=STATE", None),
    ("state=STATE&code=ANN", None),
    ("code=ANN&state=STATE&connect_redirect=1", None),
    ("code=ANN&state=STATE&from=singlemessage&isappinstalled=0", None),
    ("code=ANN&state=STATE&nickname=Bo&openid=oBo&unionid=oBo&access_token=T", None),
    ("code=ANN&state=STATE&error=access_denied", None),
    ("code=ANN&state=STATE&x=" + "x" * 8000, None),
    ("&&code=ANN&&state=STATE&", None),
    ("%63ode=ANN&state=STATE", None),
    ("code=A%4eN&state=STATE", None),
    ("state=STATE", Problem.CANCELLED),
    ("state=STATE&code=", Problem.MALFORMED),
    ("state=STATE&code=authdeny", Problem.CANCELLED),
    ("state=STATE&openid=oANN", Problem.CANCELLED),
    ("state=STATE&CODE=ANN", Problem.CANCELLED),
    ("", Problem.MALFORMED),
    ("code=ANN", Problem.MALFORMED),
    ("code=ANN&state=", Problem.MALFORMED),
    ("code=ANN&State=STATE", Problem.MALFORMED),
    ("code=ANN&code=ANN&state=STATE", Problem.MALFORMED),
    ("code=ANN&code=BO&state=STATE", Problem.MALFORMED),
    ("code=ANN&state=STATE&state=STATE", Problem.MALFORMED),
    ("code=ANN&state=STATE&state=OTHER", Problem.MALFORMED),
    ("code=ANN&%63ode=BO&state=STATE", Problem.MALFORMED),
    ("code=A%20N&state=STATE", Problem.MALFORMED),
    ("code=A%0d%0aN&state=STATE", Problem.MALFORMED),
    ("code=A%00N&state=STATE", Problem.MALFORMED),
    ("code=%E5%AE%89&state=STATE", Problem.MALFORMED),
    ("code=" + "A" * 513 + "&state=STATE", Problem.MALFORMED),
    ("code=ANN&state=" + "A" * 129, Problem.MALFORMED),
    ("code=ANN&state=STATE&x=" + "x" * 100_000, Problem.MALFORMED),
    ("code=ANN&state=STATE.", Problem.EXPIRED),
    ("code=ANN&state=STATE%20", Problem.EXPIRED),
    ("code=ANN&state=%00STATE", Problem.EXPIRED),
    ("code=ANN&state=%E5%AE%89", Problem.EXPIRED),
    ("code=ANN&state=%ff%fe", Problem.EXPIRED),
    ("code=ANN&state=unknown", Problem.EXPIRED),
    ("state=unknown", Problem.EXPIRED),
    ("state=unknown&code=authdeny", Problem.EXPIRED),
    ("code=ANN&state=wxauth:state:0", Problem.EXPIRED),
]


@pytest.mark.parametrize(("query", "problem"), CALLBACKS, ids=[query[:40] or "empty" for query, _ in CALLBACKS])
def test_a_callback_is_taken_refused_or_a_refusal(query: str, problem: Problem | None) -> None:  # A8: 40 rows
    site, jar = Site(), Jar()
    state = site.begin(jar)
    outcome = site.finish(jar, query.replace("STATE", state))
    if problem is None:
        assert signed_in(outcome).identity.openid == "oANN"
    else:
        stopped(outcome, problem)
        assert (site.wechat.sent, site.admitted) == ([], [])
        if problem is not Problem.CANCELLED:
            signed_in(site.finish(jar, f"code=BO&state={state}"))


class TestRefusal:
    def test_a_refusal_ends_the_attempt_and_remembers_where_the_person_wanted_to_go(self) -> None:
        site, jar = Site(), Jar()
        state = site.begin(jar, "/orders")
        outcome = stopped(site.finish(jar, f"state={state}"), Problem.CANCELLED)
        assert (outcome.return_to, outcome.restart, outcome.cause) == ("/orders", False, None)
        stopped(site.finish(jar, f"code=ANN&state={state}"), Problem.EXPIRED)
        assert site.wechat.sent == []

    def test_a_refusal_that_comes_twice_is_answered_twice(self) -> None:
        site, jar = Site(), Jar()
        state = site.begin(jar, "/orders")
        for _ in range(2):
            assert stopped(site.finish(jar, f"state={state}"), Problem.CANCELLED).return_to == "/orders"

    def test_a_refusal_does_not_undo_a_sign_in_that_is_faster(self) -> None:
        site, jar = Site(), Jar()
        state = site.begin(jar)
        faster = Site(store=site.store)
        faster.clock = site.clock
        site.store = Interrupted(
            faster.store, Swap, lambda: signed_in(faster.finish(Jar(dict(jar.attempts)), f"code=ANN&state={state}"))
        )
        stopped(site.finish(jar, f"state={state}"), Problem.EXPIRED)
        assert attempt_of(faster, state).phase is Phase.DONE


class TestDuplicate:
    """T19. test_signin_at_once.py has the ones that come at the same time."""

    def test_a_duplicate_gets_the_first_result_and_a_session_of_its_own(self) -> None:
        site, jar = Site(), Jar()
        query = f"code=ANN&state={site.begin(jar, '/orders')}"
        first = signed_in(site.finish(Jar(jar.attempts), query))
        second = signed_in(site.finish(Jar(jar.attempts), query))
        assert (first.identity, first.user, first.return_to) == (second.identity, second.user, second.return_to)
        assert first.session != second.session
        assert (site.wechat.exchanged, len(site.admitted)) == (["ANN"], 1)
        for outcome in (first, second):
            assert site.session(Jar(session=outcome.session)) is not None

    def test_a_callback_is_answered_five_times_and_not_a_sixth(self) -> None:
        site, jar = Site(), Jar()
        query = f"code=ANN&state={site.begin(jar)}"
        for _ in range(1 + MAX_REPLAYS):
            signed_in(site.finish(Jar(jar.attempts), query))
        stopped(site.finish(Jar(jar.attempts), query), Problem.EXPIRED)
        assert MAX_REPLAYS == 4

    @pytest.mark.parametrize("replays", [0, 1])
    def test_a_callback_is_answered_for_a_minute_however_often_it_comes(self, replays: int) -> None:
        site, jar = Site(), Jar()
        query = f"code=ANN&state={site.begin(jar)}"
        site.finish(Jar(jar.attempts), query)
        site.clock.wait(REPLAY_SECONDS - 1)
        for _ in range(replays):
            signed_in(site.finish(Jar(jar.attempts), query))
        site.clock.wait(1)
        stopped(site.finish(Jar(jar.attempts), query), Problem.EXPIRED)
        assert REPLAY_SECONDS == 60

    def test_a_minute_is_over_even_where_the_store_still_has_the_attempt(self) -> None:
        site, jar = Site(), Jar()
        state = site.begin(jar)
        query = f"code=ANN&state={state}"
        site.finish(Jar(jar.attempts), query)
        place = KEY.name("state", state)
        site.store.put(place, site.store.get(place), ttl_seconds=3600)
        site.clock.wait(REPLAY_SECONDS + 1)
        stopped(site.finish(Jar(jar.attempts), query), Problem.EXPIRED)

    def test_a_minute_that_ends_while_the_duplicate_is_answered_is_over(self) -> None:
        site, jar = Site(), Jar()
        query = f"code=ANN&state={site.begin(jar)}"
        site.finish(Jar(jar.attempts), query)
        site.clock.wait(REPLAY_SECONDS - 1)
        place = next(key for key in held(site) if ":state:" in key)
        site.store.put(place, site.store.get(place), ttl_seconds=3600)
        reads = 0

        class Slow:
            def perform(self, command: Any) -> Any:
                nonlocal reads
                reads += isinstance(command, Get)
                if reads == 3:  # the read that counts the replay
                    site.clock.wait(1)
                return memory.perform(command)

        memory, site.store = site.store, Slow()
        stopped(site.finish(Jar(jar.attempts), query), Problem.EXPIRED)

    def test_two_duplicates_never_take_the_same_replay(self) -> None:
        site, jar = Site(), Jar()
        state = site.begin(jar)
        query = f"code=ANN&state={state}"
        site.finish(Jar(jar.attempts), query)
        memory = site.store

        def replay() -> None:
            again = Site(store=memory)
            again.clock = site.clock
            signed_in(again.finish(Jar(jar.attempts), query))

        site.store = Interrupted(memory, Swap, replay)
        signed_in(site.finish(Jar(jar.attempts), query))
        site.store = memory
        assert attempt_of(site, state).replays == 2

    def test_an_attempt_that_ends_while_the_duplicate_is_answered_is_over(self) -> None:
        site, jar = Site(), Jar()
        query = f"code=ANN&state={site.begin(jar)}"
        site.finish(Jar(jar.attempts), query)
        memory = site.store
        site.store = Interrupted(memory, Swap, memory._entries.clear)
        stopped(site.finish(Jar(jar.attempts), query), Problem.EXPIRED)

    def test_a_reload_of_somebody_who_is_signed_in_goes_home(self) -> None:  # T21
        site, jar = Site(), Jar()
        query = f"code=ANN&state={site.begin(jar)}"
        signed_in(site.finish(jar, query))
        site.clock.wait(REPLAY_SECONDS)
        assert isinstance(site.finish(jar, query), AlreadySignedIn)

    def test_a_problem_is_told_to_the_duplicate_too(self) -> None:
        site, jar = Site(), Jar()
        site.wechat.instead[EXCHANGE] = refusal(40029)
        query = f"code=ANN&state={site.begin(jar, '/orders')}"
        for _ in range(2):
            outcome = stopped(site.finish(jar, query), Problem.SPENT)
            assert (outcome.restart, outcome.return_to) == (True, "/orders")
        assert len(site.wechat.sent) == 1

    def test_a_duplicate_waits_five_seconds_at_most(self) -> None:
        site, jar = Site(), Jar()
        query = f"code=ANN&state={site.begin(jar, '/orders')}"
        waited: list[float] = []

        def arrive_meanwhile() -> None:
            if not waited:
                before = site.clock.now
                outcome = stopped(site.finish(Jar(jar.attempts), query), Problem.BUSY)
                assert outcome.return_to == "/orders"
                waited.append(site.clock.now - before)

        site.wechat.instead[EXCHANGE] = arrive_meanwhile
        signed_in(site.finish(jar, query))
        assert waited == [pytest.approx(WAIT_SECONDS, abs=POLL_SECONDS)]
        assert (WAIT_SECONDS, site.wechat.exchanged) == (5.0, ["ANN"])

    def test_an_attempt_that_vanishes_while_the_duplicate_waits_is_not_waited_for(self) -> None:
        site, jar = Site(), Jar()
        query = f"code=ANN&state={site.begin(jar)}"

        def arrive_meanwhile() -> None:
            site.wechat.instead.clear()
            duplicate = Site(store=site.store)
            duplicate.clock.wait = lambda _seconds: site.store._entries.clear()  # type: ignore[method-assign]
            stopped(duplicate.finish(Jar(jar.attempts), query), Problem.BUSY)

        site.wechat.instead[EXCHANGE] = arrive_meanwhile
        signed_in(site.finish(jar, query))


class TestTwin:
    """A6: the same code under two states."""

    def begun_twice(self) -> tuple[Site, Jar, str, str]:
        site, jar = Site(), Jar()
        first, second = site.begin(jar, "/first"), site.begin(jar, "/second")
        signed_in(site.finish(Jar(jar.attempts), f"code=ANN&state={first}"))
        return site, jar, first, second

    def test_a_twin_in_the_same_browser_gets_the_first_result_without_an_exchange(self) -> None:
        site, jar, _, second = self.begun_twice()
        site.clock.wait(TWIN_SECONDS)
        assert signed_in(site.finish(Jar(jar.attempts), f"code=ANN&state={second}")).identity.openid == "oANN"
        assert (site.wechat.exchanged, len(site.admitted)) == (["ANN"], 1)

    def test_a_twin_comes_within_half_a_minute_or_not_at_all(self) -> None:
        site, jar, _, second = self.begun_twice()
        site.clock.wait(TWIN_SECONDS + 1)
        stopped(site.finish(Jar(jar.attempts), f"code=ANN&state={second}"), Problem.EXPIRED)
        assert (TWIN_SECONDS, site.wechat.exchanged) == (30, ["ANN"])

    def test_a_code_under_a_foreign_state_is_never_exchanged(self) -> None:
        site, _, _, _ = self.begun_twice()
        attacker = Jar()
        state = site.begin(attacker, "/attacker")
        outcome = stopped(site.finish(attacker, f"code=ANN&state={state}"), Problem.SPENT)
        assert (outcome.return_to, outcome.restart) == ("/attacker", False)
        assert (len(site.wechat.sent), len(site.admitted), attacker.session) == (1, 1, None)

    def test_the_state_of_a_twin_is_used_up_too(self) -> None:  # A3
        site, jar, _, second = self.begun_twice()
        signed_in(site.finish(Jar(jar.attempts), f"code=ANN&state={second}"))
        stopped(site.finish(Jar(jar.attempts), f"code=BO&state={second}"), Problem.EXPIRED)
        assert site.wechat.exchanged == ["ANN"]

    def test_a_code_is_remembered_for_fifteen_minutes(self) -> None:
        site, _, _, _ = self.begun_twice()
        site.clock.wait(CODE_SECONDS - 1)
        jar = Jar()
        stopped(site.finish(jar, f"code=ANN&state={site.begin(jar)}"), Problem.SPENT)
        assert (len(site.wechat.sent), CODE_SECONDS) == (1, 900)
        site.clock.wait(1)
        stopped(site.finish(jar, f"code=ANN&state={site.begin(jar)}"), Problem.SPENT)
        assert len(site.wechat.sent) == 2, "after that WeChat itself refuses it: 40163"

    def test_a_code_that_is_forgotten_at_this_moment_is_not_exchanged_either(self) -> None:
        site, jar, _, second = self.begun_twice()
        memory = site.store
        place = KEY.name("code", "ANN")

        class Forgetful:
            def perform(self, command: Any) -> Any:
                if command == Get(place):
                    memory.delete(place)
                return memory.perform(command)

        site.store = Forgetful()
        stopped(site.finish(Jar(jar.attempts), f"code=ANN&state={second}"), Problem.SPENT)
        assert site.wechat.exchanged == ["ANN"]


class TestFailure:
    @pytest.mark.parametrize(
        ("answer", "problem", "restart", "calls"),
        [
            (refusal(40163), Problem.SPENT, True, 1),  # T6
            (refusal(40029), Problem.SPENT, True, 1),
            (refusal(-1), Problem.BUSY, False, 2),  # T5
            (refusal(45009), Problem.BUSY, False, 1),  # T7
            (refusal(45011), Problem.BUSY, False, 1),
            (refusal(40013), Problem.MISCONFIGURED, False, 1),  # T8
            (refusal(40125), Problem.MISCONFIGURED, False, 1),
            (refusal(40001), Problem.MISCONFIGURED, False, 1),
            (refusal(40164), Problem.MISCONFIGURED, False, 1),
            (refusal(99999), Problem.MISCONFIGURED, False, 1),
            (UsageError("wrong"), Problem.MISCONFIGURED, False, 1),
            (Response(status=502, body=b"<html>"), Problem.SPENT, True, 1),  # T1
            (Response(status=200, body=b"<html>"), Problem.SPENT, True, 1),  # T9
            (Response(status=200, body=b'{"access_token":"A'), Problem.SPENT, True, 1),  # T11
            (Response(status=200, body=b""), Problem.SPENT, True, 1),
            (UpstreamProtocolError(EXCHANGE, "too long"), Problem.SPENT, True, 1),
            (UpstreamUnavailable(EXCHANGE, "lost", sent=True), Problem.SPENT, True, 1),
            (DeadlineExceeded(EXCHANGE, 5, sent=True), Problem.SPENT, True, 1),  # T3
            (UpstreamUnavailable(EXCHANGE, "refused", sent=False), Problem.BUSY, False, 2),  # T2
            (DeadlineExceeded(EXCHANGE, 5, sent=False), Problem.BUSY, False, 1),
        ],
        ids=repr,
    )
    def test_a_failing_exchange_signs_nobody_in_and_says_what_to_do(
        self, answer: Any, problem: Problem, restart: bool, calls: int
    ) -> None:
        site, jar = Site(), Jar()
        site.wechat.instead[EXCHANGE] = answer
        outcome = stopped(site.finish(jar, f"code=ANN&state={site.begin(jar, '/orders')}"), problem)
        assert (outcome.restart, outcome.return_to) == (restart, "/orders")
        assert outcome.cause is not None
        assert (len(site.wechat.sent), site.admitted, jar.session) == (calls, [], None)

    def test_a_sign_in_is_restarted_once_and_then_a_page_is_shown(self) -> None:  # I5, T6
        site, jar = Site(), Jar()
        site.wechat.instead[EXCHANGE] = refusal(40163)
        restarts = []
        for number in range(4):
            outcome = stopped(site.finish(jar, f"code=C{number}&state={site.begin(jar)}"), Problem.SPENT)
            restarts.append(outcome.restart)
            jar.restarted = jar.restarted or outcome.restart
        assert restarts == [True, False, False, False]

    def test_a_duplicate_does_not_restart_a_browser_that_was_restarted(self) -> None:  # I5
        site, jar = Site(), Jar(restarted=True)
        site.wechat.instead[EXCHANGE] = refusal(40163)
        query = f"code=ANN&state={site.begin(jar)}"
        for _ in range(2):
            assert not stopped(site.finish(jar, query), Problem.SPENT).restart

    @pytest.mark.parametrize(
        "answer",
        [
            refusal(-1),
            refusal(40001),
            refusal(42001),
            refusal(48001),
            refusal(45009),
            refusal(99999),
            Response(status=503, body=b"<html>"),
            UpstreamUnavailable(USERINFO, "lost", sent=True),
            UpstreamUnavailable(USERINFO, "refused", sent=False),
            DeadlineExceeded(USERINFO, 3, sent=True),
        ],
        ids=repr,
    )
    def test_who_came_is_known_even_when_the_profile_is_not(self, answer: Any) -> None:  # T18
        site, jar = Site(ASKING), Jar()
        site.wechat.instead[USERINFO] = answer
        outcome = signed_in(site.finish(jar, f"code=ANN&state={site.begin(jar)}"))
        assert (outcome.identity.openid, outcome.identity.profile) == ("oANN", None)

    def test_a_profile_of_somebody_else_signs_nobody_in(self) -> None:  # A10
        site, jar = Site(ASKING), Jar()
        site.wechat.instead[USERINFO] = Response(status=200, body=json.dumps({"openid": "oBO"}).encode())
        stopped(site.finish(jar, f"code=ANN&state={site.begin(jar)}"), Problem.SPENT)
        assert (site.admitted, jar.session) == ([], None)

    @pytest.mark.parametrize("error", [KeyError("theirs"), StoreError("theirs"), UsageError("theirs")])
    def test_an_application_that_fails_is_heard_and_nobody_waits_in_vain(self, error: Exception) -> None:
        site, jar = Site(), Jar()

        def fail(_identity: object) -> None:
            raise error

        site.admit = fail
        query = f"code=ANN&state={site.begin(jar)}"
        with pytest.raises(type(error)) as caught:
            site.finish(jar, query)
        assert caught.value is error
        before = site.clock.now
        stopped(site.finish(jar, query), Problem.BUSY)
        assert site.clock.now == before, "the duplicate did not wait"
        assert jar.session is None

    def test_a_transport_that_fails_in_its_own_way_leaves_nobody_waiting(self) -> None:
        site, jar = Site(), Jar()
        site.wechat.instead[EXCHANGE] = ZeroDivisionError()
        query = f"code=ANN&state={site.begin(jar)}"
        with pytest.raises(ZeroDivisionError):
            site.finish(jar, query)
        before = site.clock.now
        stopped(site.finish(jar, query), Problem.BUSY)
        assert site.clock.now == before

    def test_an_application_that_names_people_by_numbers_is_told_so(self) -> None:
        site, jar = Site(), Jar()
        site.admit = lambda _identity: 7  # type: ignore[assignment,return-value]
        with pytest.raises(UsageError, match="not by int"):
            site.finish(jar, f"code=ANN&state={site.begin(jar)}")
        assert jar.session is None

    def test_a_store_that_fails_is_not_taken_for_a_missing_state(self) -> None:
        site, jar = Site(), Jar()
        state = site.begin(jar)

        class Broken:
            def perform(self, command: Any) -> Any:
                raise StoreError("disk full")

        site.store = Broken()
        with pytest.raises(StoreError):
            site.finish(jar, f"code=ANN&state={state}")


class TestSnapshot:
    """F3: the virtual person of a snapshot page touches nothing."""

    @pytest.mark.parametrize("flag", [1, "1", True])
    def test_a_snapshot_sign_in_touches_nothing(self, flag: object) -> None:
        site, jar = Site(ASKING, wechat=StandIn("snsapi_userinfo", is_snapshotuser=flag)), Jar()
        state = site.begin(jar, "/orders")
        outcome = stopped(site.finish(jar, f"code=ANN&state={state}"), Problem.SNAPSHOT)
        assert (outcome.return_to, outcome.restart) == ("/orders", False)
        assert (site.wechat.sent, site.admitted) == ([EXCHANGE], [])
        assert "oANN" not in repr(held(site)), "not even its openid is kept"
        assert not any(":session:" in key for key in held(site))

    def test_a_snapshot_sign_in_leaves_the_session_of_the_browser_alone(self) -> None:
        site, jar = Site(), Jar()
        signed_in(site.finish(jar, f"code=ANN&state={site.begin(jar)}"))
        before, session = jar.session, site.session(jar)
        site.wechat.more = {"is_snapshotuser": 1}
        stopped(site.finish(jar, f"code=BO&state={site.begin(jar)}"), Problem.SNAPSHOT)
        assert (jar.session, site.session(jar)) == (before, session)

    def test_the_duplicate_of_a_snapshot_callback_is_told_the_same(self) -> None:
        site, jar = Site(wechat=StandIn(is_snapshotuser=1)), Jar()
        query = f"code=ANN&state={site.begin(jar)}"
        for _ in range(2):
            stopped(site.finish(jar, query), Problem.SNAPSHOT)
        assert site.wechat.exchanged == ["ANN"]

    def test_of_many_arrivals_exactly_the_real_ones_are_admitted(self) -> None:
        site = Site()
        for number in range(10_000):
            site.wechat.more = {"is_snapshotuser": 1} if number % 10 == 0 else {}
            jar = Jar()
            outcome = site.finish(jar, f"code={number}&state={site.begin(jar)}")
            assert isinstance(outcome, Stopped if number % 10 == 0 else SignedIn)
        assert [identity.openid for identity in site.admitted] == [f"o{n}" for n in range(10_000) if n % 10]


class TestSession:
    """D3: a sign-in gives the session a new name."""

    def test_a_sign_in_ends_the_session_that_the_browser_had(self) -> None:
        site, jar = Site(), Jar()
        signed_in(site.finish(jar, f"code=ANN&state={site.begin(jar)}"))
        old = Jar(session=jar.session)
        signed_in(site.finish(jar, f"code=BO&state={site.begin(jar)}"))
        assert jar.session != old.session
        assert site.session(old) is None
        session = site.session(jar)
        assert session is not None
        assert session.identity.openid == "oBO"

    def test_a_name_that_was_planted_before_opens_nothing_afterwards(self) -> None:
        site, jar = Site(), Jar(session="planted")
        signed_in(site.finish(jar, f"code=ANN&state={site.begin(jar)}"))
        assert jar.session != "planted"
        assert site.session(Jar(session="planted")) is None

    def test_a_failed_sign_in_leaves_the_session_alone(self) -> None:
        site, jar = Site(), Jar()
        signed_in(site.finish(jar, f"code=ANN&state={site.begin(jar)}"))
        for query in (f"state={site.begin(jar)}", f"code=ANN&state={site.begin(Jar())}", "", "code=BO&state=unknown"):
            site.finish(jar, query)
            assert site.session(jar) is not None


@pytest.mark.parametrize("kind", [Get, Put, Swap])
@pytest.mark.parametrize("result", [b"", b"{}", b'{"phase":"done"}', b"\xff"])
def test_a_store_that_holds_something_else_is_an_error_and_no_sign_in(kind: type, result: bytes) -> None:
    site, jar = Site(), Jar()
    state = site.begin(jar)
    memory = site.store
    overwrite: Callable[[], None] = lambda: memory.put(KEY.name("state", state), result, ttl_seconds=60)  # noqa: E731
    site.store = Interrupted(memory, kind, overwrite)
    if kind is Put:  # the attempt is claimed already: what is there does not matter any more
        signed_in(site.finish(jar, f"code=ANN&state={state}"))
    else:
        with pytest.raises(StoreError, match="not an attempt"):
            site.finish(jar, f"code=ANN&state={state}")
        assert site.wechat.sent == []
