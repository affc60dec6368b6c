"""Faults: which call they hit, what they do to it, and what the journal says."""

import json
from collections import Counter

import httpx2
import pytest
from server_calls import asked

from wxauth.sandbox.accounts import numbered_account
from wxauth.sandbox.app import SandboxApp
from wxauth.sandbox.clock import Clock, pause
from wxauth.sandbox.fault import DOES_THE_WORK, ERRCODE_NAMES, MEANING, ON_THE_WAY_BACK, Kind, read_what
from wxauth.sandbox.presets import PRESETS
from wxauth.sandbox.wechat.errorpages import ERROR_PAGES
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

INSTEAD_OF_THE_WORK = [-1, 40163, "http-502", "html", "empty", "reset"]
AFTER_THE_WORK = ["truncated", "not-utf8", "wrong-content-type", "extra-field", "missing-field", "lost-answer"]


def exchange(world, code="", **changes):
    account = world.account
    given = {"appid": account.appid, "secret": account.secret, "code": code, "grant_type": "authorization_code"}
    return asked(Worlds(world), "/sns/oauth2/access_token", given | changes)


def check(worlds, **given):
    return json.loads(asked(worlds, "/sns/auth", {"access_token": "x", "openid": "y"} | given).body)["errcode"]


def errcodes(worlds, count):
    return [check(worlds) for _ in range(count)]


def test_a_fault_hits_once_and_is_forgotten(worlds, world):
    world.faults.once("sns/auth", 45011)
    assert errcodes(worlds, 2) == [45011, 40003]
    assert world.faults.active() == ()


def test_a_fault_hits_as_often_as_it_is_told_and_says_how_often_it_still_will(worlds, world):
    world.faults.times(3, "check", -1)
    assert errcodes(worlds, 2) == [-1, -1]
    assert [(fault.operation, fault.what, fault.times) for fault in world.faults.active()] == [("sns/auth", "-1", 1)]
    assert errcodes(worlds, 2) == [-1, 40003]


def test_a_fault_without_end_is_there_until_it_is_cleared(worlds, world):
    first, second = world.faults.always("check", -1), world.faults.always("check", 45009)
    assert errcodes(worlds, 3) == [-1, -1, -1]
    world.faults.clear(first.number)
    assert errcodes(worlds, 2) == [45009, 45009]
    assert world.faults.active() == (second,)
    world.faults.clear()
    assert errcodes(worlds, 1) == [40003]
    assert not world.faults


def test_a_fault_waits_for_the_nth_call(worlds, world):
    world.faults.times(2, "check", -1, nth=3)
    assert errcodes(worlds, 5) == [40003, 40003, -1, -1, 40003]


def test_two_faults_hit_two_calls_in_the_order_they_were_set(worlds, world):
    world.faults.once("check", -1)
    world.faults.once("check", 45011)
    assert errcodes(worlds, 3) == [-1, 45011, 40003]


def test_a_fault_of_one_call_leaves_the_others_alone(worlds, world):
    world.faults.always("userinfo", -1)
    assert errcodes(worlds, 1) == [40003]


def test_a_fault_of_every_call_hits_every_server_call_and_no_page(worlds, world):
    world.faults.always("*", -1)
    for path in ("/sns/auth", "/sns/userinfo", "/sns/oauth2/access_token", "/sns/nothing"):
        assert json.loads(asked(worlds, path, {}).body)["errcode"] == -1
    assert world.faults.hit("authorize", appid=None, person=None) is None


def test_a_fault_of_one_account_leaves_the_others_alone():
    one, two = numbered_account(1), numbered_account(2)
    world = World(accounts=[one, two])
    world.faults.always("token", -1, appid=two.appid)
    assert json.loads(exchange(world).body)["errcode"] == 41008
    assert json.loads(exchange(world, appid=two.appid).body)["errcode"] == -1


def test_a_fault_of_one_person_finds_them_by_code_token_refresh_token_and_openid(worlds, world):
    account = world.account
    world.faults.always("*", -1, person="Bo")
    for name, hit in (("波", True), ("安", False)):
        person = world.person(name)
        grant = world.redeem(appid=account.appid, code=world.issue_code(person))
        refresh = {"appid": account.appid, "grant_type": "refresh_token", "refresh_token": grant.refresh_token}
        answers = [
            exchange(world, world.issue_code(person)),
            asked(worlds, "/sns/auth", {"access_token": grant.access_token, "openid": grant.openid}),
            asked(worlds, "/sns/oauth2/refresh_token", refresh),
            asked(worlds, "/sns/auth", {"access_token": "x", "openid": grant.openid}),
        ]
        assert [json.loads(got.body).get("errcode") == -1 for got in answers] == [hit] * 4


@pytest.mark.parametrize("what", INSTEAD_OF_THE_WORK)
def test_a_fault_that_comes_instead_of_the_work_spends_no_code(world, what):
    code = world.issue_code(world.people[0])
    world.faults.once("token", what)
    assert "access_token" not in exchange(world, code).body.decode()
    assert "access_token" in json.loads(exchange(world, code).body)


@pytest.mark.parametrize("what", AFTER_THE_WORK)
def test_a_fault_that_comes_after_the_work_has_spent_the_code(world, what):
    code = world.issue_code(world.people[0])
    world.faults.once("token", what)
    exchange(world, code)
    assert json.loads(exchange(world, code).body)["errcode"] == 40163


def test_a_slow_answer_is_the_whole_answer_later(world):
    code = world.issue_code(world.people[0])
    world.faults.once("token", "slow", seconds=2.5)
    got = exchange(world, code)
    assert got.after_seconds == 2.5
    assert "access_token" in json.loads(got.body)


def test_every_kind_of_fault_is_tried_here_and_has_words():
    tried = {read_what(what)[0] for what in [*INSTEAD_OF_THE_WORK, *AFTER_THE_WORK, "slow"]}
    assert tried | ON_THE_WAY_BACK == set(Kind) == set(MEANING)
    assert {read_what(what)[0] for what in AFTER_THE_WORK} | {Kind.SLOW} == DOES_THE_WORK - ON_THE_WAY_BACK


def test_what_comes_over_the_wire(world):
    def got(what):
        world.faults.once("check", what)
        return asked(Worlds(world), "/sns/auth", {"access_token": "x", "openid": "y"})

    gateway, page, empty = got("http-502"), got("html"), got("empty")
    assert (gateway.status, gateway.content_type) == (502, "text/html")
    assert b"502 Bad Gateway" in gateway.body
    assert got("http-499").status == 499
    assert (page.status, page.content_type) == (200, "text/html")
    assert page.body.startswith(b"<html>")
    assert (empty.status, empty.body) == (200, b"")
    with pytest.raises(ValueError, match="Unterminated"):
        json.loads(got("truncated").body)
    with pytest.raises(UnicodeDecodeError):
        got("not-utf8").body.decode()
    wrong = got("wrong-content-type")
    assert (wrong.content_type, json.loads(wrong.body)["errcode"]) == ("text/html", 40003)
    assert got("reset").lost
    assert got("lost-answer").lost


def test_a_field_more_or_less_leaves_the_other_fields_as_they_are(world):
    def got(*faults):
        for what in faults:
            world.faults.once("token", what)
        return exchange(world, world.issue_code(world.people[0], scope="snsapi_userinfo")).body

    usual = json.loads(got())
    assert list(json.loads(got("extra-field"))) == [*usual, "sandbox_extra"]
    assert list(json.loads(got("missing-field"))) == list(usual)[1:]
    grant = json.loads(got())
    world.faults.once("userinfo", "missing-field")
    pair = {"access_token": grant["access_token"], "openid": grant["openid"]}
    assert b"http:\\/\\/sandbox.test\\/mmopen" in asked(Worlds(world), "/sns/userinfo", pair).body


@pytest.mark.parametrize("page", ["authorize", "qrconnect", "qr.poll"])
def test_no_page_has_a_field_more_or_less(world, page):
    for what in ("extra-field", "missing-field"):
        with pytest.raises(ValueError, match="goes wrong with server calls"):
            world.faults.once(page, what)


def test_an_errcode_comes_in_wechats_form_under_its_number_and_its_name(worlds, world):
    world.faults.once("check", "code-been-used")
    world.faults.once("check", "40163")
    world.faults.once("check", "invalid-credential")
    bodies = [json.loads(asked(worlds, "/sns/auth", {}).body) for _ in range(3)]
    assert [body["errcode"] for body in bodies] == [40163, 40163, 40001]
    assert bodies[0]["errmsg"].startswith("code been used, rid: ")
    assert ERRCODE_NAMES["system-error"] == -1


def hits(seed="s", fault_seed=0, nth=1):
    world = World(seed=seed)
    world.faults.chance(0.3, "check", -1, seed=fault_seed, nth=nth)
    return errcodes(Worlds(world), 200)


def test_chance_hits_about_as_often_as_it_says_and_the_same_calls_for_the_same_seed():
    assert 40 <= Counter(hits())[-1] <= 80
    assert hits() == hits()
    assert hits() != hits(seed="t")
    assert hits() != hits(fault_seed=1)
    assert hits(nth=50) == [40003] * 49 + hits()[49:]


def test_chance_changes_no_code_and_no_token():
    plain, faulty = World(), World()
    faulty.faults.chance(0.5, "*", "slow", seconds=1, jitter_seconds=1)
    for world in (plain, faulty):
        errcodes(Worlds(world), 5)
    assert plain.issue_code(plain.people[0]) == faulty.issue_code(faulty.people[0])


def test_jitter_is_added_within_its_bounds_the_same_way_for_the_same_seed():
    def delays():
        world = World()
        world.faults.always("check", "slow", seconds=1, jitter_seconds=0.5)
        return [asked(Worlds(world), "/sns/auth", {}).after_seconds for _ in range(20)]

    assert all(1 <= seconds < 1.5 for seconds in delays())
    assert len(set(delays())) == 20
    assert delays() == delays()


def test_the_journal_names_the_fault_that_hit(worlds, world):
    for what in (45011, "http-502", "reset", "lost-answer"):
        world.faults.once("check", what)
    errors = [asked(worlds, "/sns/auth", {"access_token": "x", "openid": "y"}) for _ in range(5)]
    assert len(errors) == 5
    entries = world.journal.entries()
    assert [entry.fault for entry in entries] == ["45011", "http-502", "reset", "lost-answer", None]
    assert [entry.errcode for entry in entries] == [45011, None, None, 40003, 40003]
    assert [entry.refused for entry in entries] == [True, False, False, True, True]
    assert entries[0].reason.en == "a fault was set; WeChat answers 45011"
    assert entries[1].answer == "HTTP 502"
    assert entries[2].answer == "no answer"
    assert "is unknown here" in entries[3].reason.en
    assert entries[3].reason.en.endswith("fault lost-answer: everything is done, and the connection breaks off")
    assert entries[3].reason.zh.endswith("故障 lost-answer：处理完成，但连接中断，收不到响应")


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (("tokn", 40163), "'tokn' is no operation of the sandbox; did you mean 'token'?"),
        (("sns/user", -1), "did you mean 'sns/userinfo'?"),
        (("token", "resett"), "'resett' is no fault of the sandbox; did you mean 'reset'?"),
        (("token", 40164_0), "did you mean '40164'?"),
        (("token", "code-used"), "did you mean 'code-been-used'?"),
        (("token", "http-200"), "did you mean 'http-502'?"),
        (("token", "errcode"), "no fault"),
        (("token", True), "no fault"),
        (("authorize", 100003), "'100003' is no fault of the sandbox; did you mean '10003'?"),
        (("authorize", 40029), "no fault"),
        (("qr.poll", 10003), "no fault"),
        (("componentloginpage", 1), "no operation"),
        (("?", 1), "there are authorize, "),
    ],
)
def test_what_is_unknown_is_refused_with_a_suggestion(world, arguments, meant):
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the text is compared below
        world.faults.once(*arguments)
    assert meant in str(refused.value)
    assert not world.faults


@pytest.mark.parametrize(
    "options",
    [
        {"times": 0},
        {"nth": 0},
        {"chance": 0},
        {"chance": 1.1},
        {"chance": float("nan")},
        {"seconds": 1},
        {"appid": "wx5a4db0000000000f"},
        {"person": "Anne"},
    ],
)
def test_options_that_cannot_be_are_refused(world, options):
    with pytest.raises(ValueError):  # noqa: PT011 - each has its own words
        world.faults.add("token", "reset", **options)


@pytest.mark.parametrize("spans", [{}, {"seconds": -1}, {"seconds": float("inf")}, {"jitter_seconds": 4000}])
def test_a_slow_answer_needs_a_span_that_can_be(world, spans):
    with pytest.raises(ValueError, match="seconds"):
        world.faults.add("token", "slow", **spans)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_can_be_set_and_says_what_it_is(world, name):
    fault = world.faults.preset(name)
    assert world.faults.active() == (fault,)
    assert (fault.times == 1) == PRESETS[name].once
    assert PRESETS[name].words.en
    assert PRESETS[name].words.zh


def test_an_unknown_preset_is_refused_with_a_suggestion(world):
    with pytest.raises(ValueError, match="did you mean 'code-replayed'"):
        world.faults.preset("code-replay")


def test_a_reset_of_the_world_forgets_its_faults(world):
    world.faults.always("*", -1)
    world.reset()
    assert not world.faults


@pytest.mark.parametrize("shown", [page for page in ERROR_PAGES if page.code is not None], ids=lambda page: page.code)
async def test_the_authorize_page_shows_the_error_page_of_a_fault_and_issues_no_code(visitor, shown):
    visitor.world.faults.once("authorize", shown.code)
    page = await visitor.open(person="安")
    assert page.status_code == 200
    assert shown.text in page.text
    entry = visitor.world.journal.refusals()[-1]
    assert (entry.errcode, entry.fault) == (shown.code, str(shown.code))
    assert visitor.world.remembered() == 0
    assert (await visitor.open(person="安")).status_code == 302


async def test_an_error_page_of_one_person_is_not_shown_to_another(visitor):
    visitor.world.faults.always("authorize", 10003, person="波")
    assert (await visitor.open(person="安")).status_code == 302
    assert "10003" in (await visitor.open(person="波")).text
    assert (await visitor.open()).status_code == 200
    assert not visitor.world.journal.refusals()[1:]


async def test_a_lost_answer_reaches_the_server_around_the_app_as_a_reset(worlds, world):
    world.faults.once("check", "reset")
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=SandboxApp(worlds)), base_url="http://s") as http:
        with pytest.raises(ConnectionResetError):
            await http.get("/sns/auth")
        assert (await http.get("/sns/auth")).status_code == 200


async def test_a_pause_is_over_in_time_or_when_it_is_cut_short():
    async def never():
        from asyncio import Event

        await Event().wait()

    async def at_once():
        pass

    assert await pause(0.001, unless=never()) is True
    assert await pause(3600, unless=at_once()) is False


def test_a_slow_answer_does_not_move_the_clock():
    world = World(clock=Clock(at=5, frozen=True))
    world.faults.once("check", "slow", seconds=9)
    check(Worlds(world))
    assert world.clock.now() == 5
