"""The inspector over ASGI: what it shows, what its buttons do, whom it refuses, and its events."""

import asyncio
import re
import time
from contextlib import ExitStack
from html import unescape

import httpx2
import pytest

from wxauth.sandbox.accounts import AccountKind, numbered_account
from wxauth.sandbox.app import SandboxApp
from wxauth.sandbox.bell import MOST_LISTENERS, Bell, TooManyListeners
from wxauth.sandbox.control.switches import shown_switches
from wxauth.sandbox.pages.inspector import EVENTS, PATH, STYLE
from wxauth.sandbox.pages.inspector import shown as as_text
from wxauth.sandbox.pages.inspector_as_test import as_test
from wxauth.sandbox.pages.inspector_deeds import DEEDS
from wxauth.sandbox.pages.inspector_rows import ROWS, rows
from wxauth.sandbox.pages.inspector_text import SPANS, TEXT
from wxauth.sandbox.presets import PRESETS
from wxauth.sandbox.serve import running
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.world import World

NOON = 1_795_000_000.0


async def shown(visitor, query="") -> str:
    page = await visitor.get(f"{PATH}{query}")
    assert page.status_code == 200, page.text
    return unescape(page.text)


def numbers(text):
    return re.findall(r'id="exchange-(\d+)"', text)


async def test_an_exchange_is_shown_with_its_answer_virtual_time_and_reason(visitor):
    await visitor.sns("userinfo", access_token="nonsense", openid="o123")
    text = await shown(visitor)
    assert "应用 → 微信" in text
    for said in ("sns/userinfo", "40001 invalid credential", "2026-11-18 11:06:40", "微信返回 40001", "o123"):
        assert said in text


async def test_what_browsers_ask_is_drawn_from_the_browser(visitor):
    await visitor.code()
    assert "浏览器 → 微信" in await shown(visitor)


async def test_no_secret_code_or_token_is_on_the_page(visitor):
    code = await visitor.code()
    grant = await visitor.exchange(code)
    await visitor.sns("userinfo", access_token=grant["access_token"], openid=grant["openid"])
    text = await shown(visitor)
    for secret in (code, grant["access_token"], grant["refresh_token"], visitor.world.account.secret):
        assert secret not in text


async def test_the_newest_exchange_comes_first_and_only_the_latest_are_shown(visitor):
    for _ in range(ROWS + 2):
        visitor.world.journal.record("sns/auth", [], at=1, answer="ok")
    assert numbers(await shown(visitor)) == [str(number) for number in range(ROWS + 2, 2, -1)]


async def test_the_fault_that_hit_is_named(visitor):
    visitor.world.faults.once("userinfo", 45011)
    await visitor.sns("userinfo", access_token="x", openid="o")
    assert "故障: 45011" in await shown(visitor)


async def test_what_a_caller_sent_is_escaped(visitor):
    await visitor.sns("userinfo", openid="<script>x</script>")
    page = (await visitor.get(PATH)).text
    assert page.count("<script>") == 2
    assert "&lt;script&gt;x" in page


async def test_a_server_call_can_be_made_again_from_its_curl_command_with_placeholders(visitor):
    await visitor.sns("userinfo", access_token="nonsense", openid="o'123")
    (row,) = rows(visitor.world.journal.latest(ROWS), world=visitor.world, origin="http://sandbox.test", language="en")
    assert row.curl == (
        "curl -sG http://sandbox.test/sns/userinfo \\\n"
        "  --data-urlencode 'access_token=<access_token>' \\\n"
        "  --data-urlencode 'openid=o'\"'\"'123'"
    )


async def test_a_call_that_takes_json_is_posted_as_json(visitor):
    answer = await visitor.http.post("/wxa/business/getuserphonenumber?access_token=x", json={"code": "secret"})
    assert answer.json()["errcode"] == 40001
    (row,) = rows(visitor.world.journal.latest(ROWS), world=visitor.world, origin="http://sandbox.test", language="en")
    assert "'http://sandbox.test/wxa/business/getuserphonenumber?access_token=<access_token>'" in row.curl
    assert """-d '{"code": "<code>"}'""" in row.curl


async def test_what_no_server_answers_has_no_curl_command(visitor):
    await visitor.code()
    assert [
        row.curl for row in rows(visitor.world.journal.latest(ROWS), world=visitor.world, origin="", language="en")
    ] == [None]


async def test_people_and_accounts_are_shown(visitor):
    text = await shown(visitor)
    for person in visitor.world.people:
        assert person.nickname in text
        assert visitor.world.openid(person) in text
    for account in visitor.world.accounts:
        assert account.appid in text


@pytest.mark.parametrize("seconds", SPANS)
async def test_a_button_moves_the_time_by_what_it_says(visitor, seconds):
    before = visitor.world.clock.now()
    answer = await visitor.post(PATH, advance=str(seconds))
    assert (answer.status_code, answer.headers["location"]) == (303, PATH)
    assert visitor.world.clock.now() == before + seconds


async def test_the_clock_is_stopped_and_let_run(visitor):
    await visitor.post(PATH, resume="")
    assert not visitor.world.clock.frozen
    await visitor.post(PATH, freeze="")
    assert visitor.world.clock.frozen


@pytest.mark.parametrize("name", PRESETS)
async def test_each_preset_has_a_button_that_sets_it(visitor, name):
    assert f'name="preset" value="{name}"' in await shown(visitor)
    await visitor.post(PATH, preset=name)
    (fault,) = visitor.world.faults.active()
    assert f"{fault.operation}</code> · {fault.what}" in await shown(visitor)


async def test_one_fault_or_all_are_cleared(visitor):
    faults = [visitor.world.faults.once("userinfo", 45011) for _ in range(3)]
    await visitor.post(PATH, clear=str(faults[0].number))
    assert visitor.world.faults.active() == tuple(faults[1:])
    assert "built-in" not in await shown(visitor)
    await visitor.post(PATH, clear="")
    assert visitor.world.faults.active() == ()


@pytest.mark.parametrize(
    "form",
    [
        {"advance": "-60"},
        {"advance": "x"},
        {"preset": "none"},
        {"clear": "x"},
        {"reset": ""},
        {"freeze": "", "resume": ""},
        {"set": "", "at": "noon"},
        {"set": "", "at": "9999-01-01T00:00"},
        {"fault": "", "operation": "userinf", "what": "40163"},
        {"fault": "", "operation": "userinfo", "what": "40163", "times": "x"},
        {"person": "", "name": " "},
        {"person": "", "name": "安"},
        {"person": "", "name": "新", "nickname": "not on the form"},
        {"follow": "nobody"},
        {"account": "", "kind": "none"},
        {"switch": "none", "to": "true"},
        {"switch": "qr_expire_seconds", "to": "soon"},
    ],
)
async def test_what_no_button_says_is_refused_and_changes_nothing(visitor, form):
    visitor.world.faults.once("userinfo", 45011)
    world = visitor.world
    before = (world.clock.now(), world.faults.active(), world.people, world.accounts, world.switches)
    assert (await visitor.post(PATH, **form)).status_code in (400, 404, 409)
    assert (world.clock.now(), world.faults.active(), world.people, world.accounts, world.switches) == before


async def test_the_clock_is_set(visitor):
    await visitor.post(PATH, set="", at="2030-02-03T04:05")
    assert visitor.world.clock.now() == 1_896_321_900
    assert "2030-02-03 04:05:00 UTC" in await shown(visitor)


async def test_a_fault_of_ones_own_is_set(visitor):
    await visitor.post(PATH, fault="", operation="userinfo", what="http-502", times="", whom="波")
    (fault,) = visitor.world.faults.active()
    assert (fault.operation, fault.what, fault.times, fault.person) == ("sns/userinfo", "http-502", None, "波")


def test_no_field_of_a_form_is_called_as_a_button_is():
    assert not DEEDS.keys() & {field for deed in DEEDS.values() for field in deed.fields}


async def test_somebody_moves_in_and_follows_and_no_longer_does(visitor):
    world = visitor.world
    await visitor.post(PATH, person="", name="丽 Li", follows=world.account.appid)
    assert world.follows(world.person("丽 Li"), world.account.appid)
    await visitor.post(PATH, unfollow="丽 Li")
    assert not world.follows(world.person("丽 Li"), world.account.appid)
    await visitor.post(PATH, follow="丽 Li")
    assert world.follows(world.person("丽 Li"), world.account.appid)


@pytest.mark.parametrize("kind", AccountKind)
async def test_an_account_of_each_kind_is_added_to_the_world_that_is_shown(visitor, kind):
    before = len(visitor.world.accounts)
    await visitor.post(PATH, account="", kind=kind, name="新号")
    account = visitor.world.accounts[-1]
    assert (len(visitor.world.accounts), account.kind, account.name) == (before + 1, kind, "新号")


@pytest.mark.parametrize(
    ("name", "to", "stands"),
    [
        ("double_request", "true", True),
        ("qr_expire_seconds", "60", 60),
        ("state_too_long", "accepted", "accepted"),
        ("wecom_private_fields", '["mobile"]', ("mobile",)),
        ("errmsg_overrides", '{"40029": "oops"}', {40029: "oops"}),
    ],
)
async def test_a_switch_of_each_type_is_flipped_and_shown_beside_its_usual_state(visitor, name, to, stands):
    assert 'class="flipped"' not in await shown(visitor)
    await visitor.post(PATH, switch=name, to=to)
    assert getattr(visitor.world.switches, name) == stands
    assert (await shown(visitor)).count('class="flipped"') == 1


async def test_the_form_of_each_switch_sets_what_it_shows(visitor):
    for switch in shown_switches(visitor.world):
        assert (await visitor.post(PATH, switch=switch.name, to=as_text(switch.value))).status_code == 303, switch.name
    assert visitor.world.switches == Switches()


async def test_virtual_and_real_time_stand_side_by_side(worlds, visitor):
    visitor.world.clock.set(NOON + 86400)
    await visitor.sns("auth", access_token="x", openid="o")
    (row,) = rows(visitor.world.journal.latest(ROWS), world=visitor.world, origin="", language="en")
    assert (row.at, row.real_at[:2]) == ("2026-11-19 11:06:40", "20")
    text = await shown(visitor)
    assert f"真实 <time>{row.real_at}</time>" in text
    assert f"<time>{row.at}</time>" in text


async def test_what_wechat_would_mind_is_shown_with_its_example_and_source(visitor):
    await visitor.open(person="安", state="123")
    text = await shown(visitor)
    assert "state 不足 16 个字符，容易被猜中" in text
    assert 'href="#exchange-1">示例：第 1 条' in text
    assert 'href="https://www.rfc-editor.org/rfc/rfc6749#section-10.12" rel="noreferrer"' in text


async def test_what_is_wrong_with_a_form_is_said_on_a_page_with_the_bar(visitor):
    answer = await visitor.post(PATH, preset="code-replaye")
    assert re.search("did you mean .?code-replayed", unescape(answer.text))
    assert "SANDBOX, not WeChat" in answer.text


async def test_each_exchange_as_a_test_passes_as_it_stands(visitor, pytester):
    """What is copied from the page runs, for successes and refusals of all families."""
    grant = await visitor.granted(person="波", redirect_uri="http://127.0.0.1:8000/auth")
    await visitor.sns("userinfo", access_token=grant["access_token"], openid=grant["openid"], lang="zh_CN")
    await visitor.sns("auth", access_token=grant["access_token"], openid=grant["openid"])
    refresh = {"appid": visitor.world.account.appid, "grant_type": "refresh_token"}
    await visitor.sns("oauth2/refresh_token", refresh_token=grant["refresh_token"], **refresh)
    await visitor.exchange("made-up-code")
    await visitor.sns("userinfo", access_token="made-up", openid="o")
    await visitor.http.get("/cgi-bin/token", params={"appid": "x", "secret": "it's", "grant_type": "client_credential"})
    await visitor.http.post("/cgi-bin/stable_token", json={"appid": "x"})
    await visitor.http.post("/wxa/business/getuserphonenumber?access_token=x", json={"code": "made-up"})
    await visitor.http.get("/qyapi/cgi-bin/gettoken", params={"corpid": "x"})
    latest = visitor.world.journal.latest(ROWS)
    tests = [row.test for row in rows(latest, world=visitor.world, origin="", language="en")]
    assert len(tests) == 11
    for number, test in enumerate(tests):
        pytester.makepyfile(**{f"test_{number}": test})
    pytester.runpytest_subprocess("-pno:hypothesispytest").assert_outcomes(passed=len(tests))


async def test_no_test_holds_a_secret_code_or_token(visitor):
    code = await visitor.code()
    grant = await visitor.exchange(code)
    await visitor.sns("userinfo", access_token=grant["access_token"], openid=grant["openid"])
    tests = [as_test(entry, visitor.world) for entry in visitor.world.journal.entries()]
    for private in (code, grant["access_token"], visitor.world.account.secret, "SBXstate"):
        assert private not in "".join(tests)


async def test_what_cannot_be_asked_again_is_no_test(visitor):
    await visitor.open()
    await visitor.http.get("/cgi-bin/made-up")
    assert [as_test(entry, visitor.world) for entry in visitor.world.journal.entries()] == [None, None]


async def test_time_does_not_go_beyond_what_can_be_shown(visitor):
    visitor.world.clock.set(253_370_764_799)
    assert (await visitor.post(PATH, advance="86400")).status_code == 400
    assert "9998" in await shown(visitor)


@pytest.mark.parametrize("header", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Host": "evil.example"}])
@pytest.mark.parametrize("path", [PATH, EVENTS])
async def test_foreign_pages_see_nothing_and_press_no_button(visitor, header, path):
    visitor.world.clock.freeze()
    before = visitor.world.clock.now()
    assert (await visitor.http.get(path, headers=header)).status_code == 403
    pressed = await visitor.http.post(PATH, data={"advance": "60"}, headers=header)
    assert pressed.status_code == 403
    assert visitor.world.clock.now() == before


async def test_the_page_lets_its_own_script_run_and_no_other(visitor):
    page = await visitor.get(PATH)
    policy = page.headers["content-security-policy"]
    assert re.search(r"script-src( 'sha256-[A-Za-z0-9+/=]{44}'){2};", policy)
    assert "unsafe" not in policy
    assert not re.search(r'(src|<link[^>]* href)="(https?:)?//|\son\w+=', page.text)
    assert page.headers["referrer-policy"] == "same-origin"
    assert (await visitor.get(STYLE)).headers["content-type"].startswith("text/css")


async def test_each_world_is_shown_by_itself(visitor):
    other = visitor.worlds.add(World(accounts=[numbered_account(0xA1)]))
    other.journal.record("sns/auth", [], at=1, answer="ok")
    assert numbers(await shown(visitor)) == []
    query = f"?world={other.account.appid}"
    assert numbers(await shown(visitor, query)) == ["1"]
    await visitor.post(f"{PATH}{query}", freeze="")
    assert other.clock.frozen
    assert (await visitor.get(f"{PATH}?world=wx5a4db000000000ff")).status_code == 404


async def test_every_page_and_the_first_one_lead_to_the_inspector(visitor):
    first = (await visitor.get("/")).text
    assert f'href="{PATH}?world={visitor.world.account.appid}"' in first
    assert f'href="{PATH}"' in first


async def test_the_language_can_be_changed_here_too(visitor):
    back = re.search(r'href="(/sandbox/language[^"]*)"', await shown(visitor))[1]
    assert (await visitor.get(back)).headers["location"].startswith(PATH)
    assert "What happens here" in await shown(visitor)


def test_every_text_of_the_inspector_exists_in_both_languages():
    for key, words in TEXT.items():
        assert words.en.strip(), key
        assert words.zh.strip(), key


class Listening:
    """The browser's end of a stream of events, without a socket."""

    def __init__(self, worlds):
        self.sent: asyncio.Queue[dict] = asyncio.Queue()
        self.leaves = asyncio.Event()
        headers = [(b"host", b"127.0.0.1:8911")]
        scope = {"type": "http", "method": "GET", "path": EVENTS, "raw_path": EVENTS.encode(), "query_string": b""}
        server = {"server": ("127.0.0.1", 8911), "scheme": "http", "root_path": "", "headers": headers}
        self.task = asyncio.create_task(SandboxApp(worlds)(scope | server, self._receive, self.sent.put))

    async def _receive(self):
        await self.leaves.wait()
        return {"type": "http.disconnect"}

    async def next(self) -> dict:
        async with asyncio.timeout(10):
            return await self.sent.get()


async def test_an_event_comes_at_once_and_after_each_exchange_until_the_browser_leaves(worlds):
    stream = Listening(worlds)
    start = await stream.next()
    assert (start["status"], dict(start["headers"])[b"content-type"]) == (200, b"text/event-stream; charset=utf-8")
    assert b"event: look" in (await stream.next())["body"]
    assert stream.sent.empty()
    for _ in range(2):
        worlds.default.journal.record("sns/auth", [], at=1, answer="ok")
        assert b"event: look" in (await stream.next())["body"]
    stream.leaves.set()
    async with asyncio.timeout(10):
        await stream.task
    assert len(worlds.default.bell) == 0


async def test_a_change_made_over_the_control_api_and_a_reset_are_events_too(worlds):
    stream = Listening(worlds)
    for _ in range(2):
        await stream.next()
    transport = httpx2.ASGITransport(app=SandboxApp(worlds))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        for path in ("clock/freeze", "reset"):
            await http.post(f"/_sandbox/{path}")
            assert b"event: look" in (await stream.next())["body"]
    stream.leaves.set()
    await stream.task


async def test_a_burst_of_exchanges_is_one_event(worlds):
    stream = Listening(worlds)
    for _ in range(2):
        await stream.next()
    for _ in range(500):
        worlds.default.journal.record("sns/auth", [], at=1, answer="ok")
    await stream.next()
    stream.leaves.set()
    await stream.task
    assert stream.sent.qsize() == 0


async def test_only_so_many_listen_at_once(worlds):
    bell = worlds.default.bell
    with ExitStack() as stack:
        for _ in range(MOST_LISTENERS):
            stack.enter_context(bell.heard(lambda: None))
        stream = Listening(worlds)
        assert (await stream.next())["status"] == 503
        await stream.task
    assert len(bell) == 0


def test_a_stopped_sandbox_ends_the_stream_at_once():
    with httpx2.Client() as http:
        with running() as sandbox, ExitStack() as stack:
            stream = stack.enter_context(http.stream("GET", f"{sandbox.url}{EVENTS}"))
            events = stream.iter_lines()
            assert next(events) == "event: look"
            assert len(sandbox.world.bell) == 1
            stack.pop_all()
            began = time.perf_counter()
        assert time.perf_counter() - began < 1
        assert len(sandbox.world.bell) == 0
        with pytest.raises(httpx2.TransportError):
            list(events)


def test_a_bell_wakes_who_listens_and_nobody_else():
    bell, heard = Bell(), []
    with bell.heard(lambda: heard.append("one")):
        bell.ring()
    bell.ring()
    assert heard == ["one"]
    with ExitStack() as stack:
        for _ in range(MOST_LISTENERS):
            stack.enter_context(bell.heard(lambda: None))
        with pytest.raises(TooManyListeners):
            stack.enter_context(bell.heard(lambda: None))
