"""The table of server calls: reading requests, finding the world, and the way each family answers."""

import json
import re
from urllib.parse import parse_qsl, urlencode

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from server_calls import ORIGIN, asked

from wxauth.sandbox.accounts import numbered_account
from wxauth.sandbox.app import SandboxApp
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.refusal import Refusal
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.wechat.operation import Operation, Reads, Request
from wxauth.sandbox.wechat.server import OPERATIONS, answer, is_call, pairs_of
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

AT = 0x6AAC005A
WECOM_HELP = r"more info at https://open\.work\.weixin\.qq\.com/devtool/query\?e="
RID = "6aac005a-[0-9a-f]{8}-[0-9a-f]{8}"


def echo(call):
    """A call that answers with what it was given."""
    return {"parameters": dict(call.parameters), "json": dict(call.json), "ip": call.client_ip}


def refuse(call):
    raise Refusal(int(call.require("errcode", 41001)), en="asked to", zh="被要求")


@pytest.fixture(autouse=True)
def calls(monkeypatch):
    """Calls of every family, for these tests only."""
    made = (
        *[
            Operation(name=f"cgi-bin/echo-{reads}", handler=echo, reads=reads, methods=frozenset({"POST"}))
            for reads in Reads
        ],
        *[Operation(name=f"{family}/refuse", handler=refuse) for family in ("sns", "cgi-bin", "wxa", "qyapi/cgi-bin")],
        Operation(name="qyapi/cgi-bin/fine", handler=lambda _: {"errcode": 0, "errmsg": "ok", "url": "a/b"}),
        Operation(name="cgi-bin/fine", handler=lambda _: {"url": "a/b", "name": "小明"}),
    )
    for operation in made:
        monkeypatch.setitem(OPERATIONS, operation.path, operation)


def worlds_with(**switches):
    return Worlds(World(clock=Clock(at=AT, frozen=True), switches=Switches(**switches)))


def posted(reads, body, query=""):
    request = Request(path=f"/cgi-bin/echo-{reads}", method="POST", query=query, body=body, origin=ORIGIN)
    return json.loads(answer(worlds_with(), request).body)


def refused(family, errcode, **switches):
    got = asked(worlds_with(**switches), f"/{family}/refuse", {"errcode": errcode})
    return got, json.loads(got.body)["errmsg"]


def test_no_two_calls_have_the_same_name_or_alias():
    names = [operation.name for operation in OPERATIONS.values()]
    aliases = [operation.alias for operation in OPERATIONS.values() if operation.alias]
    assert len({*names, *aliases}) == len(names) + len(aliases)
    assert all(path == f"/{operation.name}" for path, operation in OPERATIONS.items())


def test_the_query_goes_before_the_form_and_the_first_of_a_name_before_the_others():
    got = posted("form", b"a=form&b=%E5%AE%89+Ann&c=", "a=query&a=later")
    assert got["parameters"] == {"a": "query", "b": "安 Ann", "c": ""}


def test_the_top_of_a_json_body_counts_as_parameters_after_the_query():
    body = {"appid": "x", "force_refresh": True, "number": 5, "none": None, "list": [1], "a": "json"}
    got = posted("json", json.dumps(body).encode(), "a=query")
    assert got["parameters"] == {"a": "query", "appid": "x", "force_refresh": "true", "number": "5"}
    assert got["json"] == body


@pytest.mark.parametrize(
    "body", [b"x", b"[]", b"1", b"\xff", b"[" * 100_000, b'{"a":' + b"9" * 5000 + b"}", b'{"a":"\\ud800"}']
)
def test_a_body_that_is_no_json_object_is_47001(body):
    assert posted("json", body)["errcode"] == 47001


def test_a_call_that_wants_json_refuses_an_empty_body():
    assert posted("json", b"")["errcode"] == 44002


def test_a_call_that_reads_no_body_does_not_look_at_one():
    assert posted("nothing", b"a=1", "b=2")["parameters"] == {"b": "2"}


def test_the_wrong_method_is_refused_before_the_body_is_read():
    got = asked(worlds_with(), "/cgi-bin/echo-json", {})
    assert json.loads(got.body)["errcode"] == 43002


def test_sns_calls_take_a_form_unless_the_switch_forbids_post():
    account = numbered_account(1)
    form = {"appid": account.appid, "secret": account.secret, "code": "x", "grant_type": "authorization_code"}
    for accepted, errcode in ((True, 40029), (False, 43001)):
        request = Request(path="/sns/oauth2/access_token", method="POST", body=urlencode(form).encode(), origin=ORIGIN)
        assert json.loads(answer(worlds_with(sns_accept_post=accepted), request).body)["errcode"] == errcode


@pytest.mark.parametrize(
    ("family", "errmsg"),
    [
        ("sns", f"invalid appid, rid: {RID}"),
        ("cgi-bin", f"invalid appid rid: {RID}"),
        ("wxa", rf"invalid appid hint: \[[0-9A-Za-z]{{16}}\] rid: {RID}"),
        (
            "qyapi/cgi-bin",
            rf"invalid corpid, hint: \[{AT}[0-9]{{15}}\], from ip: 127\.0\.0\.1, {WECOM_HELP}40013",
        ),
    ],
)
def test_each_family_ends_an_errmsg_in_its_own_way(family, errmsg):
    assert re.fullmatch(errmsg, refused(family, 40013)[1])


@pytest.mark.parametrize(
    ("family", "errmsg"),
    [
        ("sns", r"invalid appid, hints: \[ req_id: [0-9A-Za-z]{8} \]"),
        ("cgi-bin", r"invalid appid hint: \[[0-9A-Za-z]{14}\]"),
        ("wxa", r"invalid appid hint: \[[0-9A-Za-z]{16}\]"),
        ("qyapi/cgi-bin", rf"invalid corpid, hint: \[{AT}_1_[0-9a-f]{{32}}\]"),
    ],
)
def test_a_switch_brings_the_older_endings_back(family, errmsg):
    assert re.fullmatch(errmsg, refused(family, 40013, errmsg_suffix_style="older")[1])


def test_cgi_bin_names_the_stable_token_where_sns_does_not():
    assert "getStableAccessToken, more details at https://mmbizurl.cn/" in refused("cgi-bin", 40001)[1]
    assert refused("sns", 40001)[1].startswith("invalid credential, access_token is invalid or not latest, rid: ")


def test_an_errmsg_can_be_worded_anew():
    got, errmsg = refused("sns", 42007, errmsg_overrides={42007: "password changed"})
    assert errmsg.startswith("password changed, rid: ")
    assert got.content_type == "text/plain"


def test_an_errmsg_or_content_type_cannot_hold_a_line_break():
    with pytest.raises(ValueError, match="line break"):
        Switches(errmsg_overrides={40001: "a\r\nSet-Cookie: b"})
    with pytest.raises(ValueError, match="line break"):
        Switches(cgi_content_type="a\nb")


def test_cgi_bin_has_its_odd_content_type_and_date():
    got = asked(worlds_with(), "/cgi-bin/fine", {})
    assert got.content_type == "application/json; encoding=utf-8"
    assert got.headers == ((b"date", b"Thu, 17-Sep-2026 14:59:38 GMT"),)
    assert got.body.decode() == r'{"url":"a\/b","name":"小明"}'


def test_switches_give_cgi_bin_the_usual_headers():
    got = asked(worlds_with(cgi_content_type="application/json", cgi_odd_date_header=False), "/cgi-bin/fine", {})
    assert (got.content_type, got.headers) == ("application/json", ((b"date", b"Thu, 17 Sep 2026 14:59:38 GMT"),))


def test_wecom_repeats_the_errcode_in_headers_and_escapes_no_slash():
    got = asked(worlds_with(), "/qyapi/cgi-bin/fine", {})
    assert got.content_type == "application/json; charset=UTF-8"
    assert got.headers == ((b"error-code", b"0"), (b"error-msg", b"ok"))
    assert got.body == b'{"errcode":0,"errmsg":"ok","url":"a/b"}'
    bad, errmsg = refused("qyapi/cgi-bin", 40001)
    assert dict(bad.headers) == {b"error-code": b"40001", b"error-msg": errmsg.encode()}


@pytest.mark.parametrize("path", ["/sns/x", "/cgi-bin/x", "/wxa/x/y", "/qyapi/cgi-bin/x"])
def test_a_path_below_a_family_that_is_no_call_is_40066(path):
    worlds = worlds_with()
    assert is_call(path)
    assert json.loads(asked(worlds, path, {}).body)["errcode"] == 40066
    assert worlds.default.journal.refusals()[0].operation == path[1:]


def test_other_paths_are_no_calls():
    assert not any(is_call(path) for path in ("/", "/connect/oauth2/authorize", "/sns", "/cgi-bin", "/snsx/y"))


def test_a_call_is_answered_in_the_world_of_its_token_or_else_of_its_appid():
    worlds = worlds_with()
    other = worlds.add(World(accounts=[numbered_account(7)]))
    token = other.redeem(appid=other.account.appid, code=other.issue_code(other.people[0])).access_token
    body = json.dumps({"appid": other.account.appid}).encode()
    asked(worlds, "/cgi-bin/fine", {"access_token": token})
    asked(worlds, "/cgi-bin/fine", {"component_access_token": token, "appid": worlds.default.account.appid})
    asked(worlds, "/cgi-bin/fine", {"access_token": "90_nothing", "appid": other.account.appid})
    answer(worlds, Request(path="/cgi-bin/echo-json", method="POST", body=body, origin=ORIGIN))
    asked(worlds, "/cgi-bin/fine", {"access_token": "90_nothing"})
    assert (len(other.journal.entries()), len(worlds.default.journal.entries())) == (4, 1)


@given(st.text(st.sampled_from("ab=&;安 x+%2"), max_size=30) | st.text(max_size=20))
def test_a_query_is_read_as_the_standard_library_reads_it(text):
    assert pairs_of(text) == parse_qsl(text, keep_blank_values=True)


async def over_http(method, path, **request):
    transport = httpx2.ASGITransport(app=SandboxApp(worlds_with()), client=("192.0.2.7", 5))
    async with httpx2.AsyncClient(transport=transport, base_url="http://sandbox.test") as http:
        return await http.request(method, path, **request)


async def test_wecom_is_known_by_its_host_too():
    got = await over_http("GET", "/cgi-bin/fine", headers={"Host": "qyapi.weixin.qq.com"})
    assert got.headers["error-msg"] == "ok"
    assert "error-msg" not in (await over_http("GET", "/cgi-bin/fine")).headers


async def test_a_call_learns_the_address_and_the_body_of_who_asks():
    got = await over_http("POST", "/cgi-bin/echo-form", content=b"a=1")
    assert got.json() == {"parameters": {"a": "1"}, "json": {}, "ip": "192.0.2.7"}
    assert got.headers["content-type"] == "application/json; encoding=utf-8"


async def test_a_body_without_end_is_read_up_to_a_limit():
    sent, chunks = [], 0

    async def receive():
        nonlocal chunks
        chunks += 1
        return {"type": "http.request", "body": b"x" * 65_536, "more_body": True}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "scheme": "http",
        "path": "/cgi-bin/echo-json",
        "query_string": b"",
        "headers": [],
    }
    await SandboxApp(worlds_with())(scope, receive, send)
    assert json.loads(sent[1]["body"])["errcode"] == 47001
    assert chunks <= 17
