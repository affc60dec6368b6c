"""Whatever is asked of whatever page and whatever call, nothing breaks."""

import json
import re
from collections.abc import Mapping
from urllib.parse import quote

import anyio
import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inhabited import Good, inhabited

from wxauth.sandbox.app import SandboxApp
from wxauth.sandbox.wechat.operation import Answer, Request
from wxauth.sandbox.wechat.server import OPERATIONS, answer
from wxauth.sandbox.worlds import Worlds

HOST = "http://127.0.0.1:8911"
PATHS = [route.path for route in SandboxApp()._pages.routes if "GET" in (route.methods or ())]
PLAIN = {path: Good() for path in PATHS if "{" not in path and not path.startswith("/_sandbox")}
CALLS, PAGES = inhabited().calls, PLAIN | dict(inhabited().pages)
UNKNOWN = ("/sns/x", "/cgi-bin/x", "/wxa/x", "/qyapi/x")
GOOD = (*CALLS.values(), *PAGES.values())
NAMES = [
    *sorted({name for good in GOOD for name in (*good.query, *(good.body or {}))}),
    "forcePopup", "forceSnapShot", "login_type", "href", "stylelite", "self_redirect", "f", "uin", "key", "pass_ticket",
    "biz_appid", "decision", "scene", "link", "fragment", "x",
]  # fmt: skip
USED = sorted(
    {value for good in GOOD for value in (*good.query.values(), *(good.body or {}).values()) if type(value) is str}
)
ODD = ("http://[", "//x", "https://www.example.com:x/", "data:text/css;base64,AA==", "0", "-1", "null", "9" * 400, "安")
TEXT = st.sampled_from(USED) | st.sampled_from(ODD) | st.text(max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | TEXT, inner, max_size=3),
    max_leaves=6,
)
RAW = st.text(st.characters(codec="ascii", exclude_categories=["Cc"], exclude_characters=" #"), max_size=60)
HEADERS = st.fixed_dictionaries(
    {"User-Agent": st.sampled_from(("MicroMessenger", "wxwork MicroMessenger", "curl"))},
    optional={
        "X-Sandbox-Person": st.sampled_from(("Ann", "%E5%AE%89", "%FF", "%00", "")),
        "X-Sandbox-Decision": st.sampled_from(("allow", "refuse", "x")),
        "X-Sandbox-Scene": st.sampled_from(("menu", "x")),
        "Accept-Language": st.sampled_from(("en", "zh", ";;,q", "x" * 999)),
        "Content-Type": st.sampled_from(("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x")),
        "Host": st.sampled_from(("a.example", "qyapi.weixin.qq.com", "<>", "")),
        "Cookie": st.sampled_from(
            ("wxsandbox_person=%E5%AE%89", "wxsandbox_person=%FF", "wxsandbox_browser=\u00e9", ";=;")
        ),
    },
)


def form(given: Mapping[str, object]) -> str:
    return "&".join(f"{name}={quote(str(value), errors='replace')}" for name, value in given.items())


def written(body: object) -> bytes:
    return b"" if body is None else json.dumps(body).encode()


@st.composite
def changed(draw, good: Mapping[str, object], values) -> dict[str, object]:
    """A request that is answered well, but for a few parameters that are other, more or gone."""
    wrong = draw(st.dictionaries(st.sampled_from(NAMES), values, max_size=3))
    gone = draw(st.sets(st.sampled_from(sorted(good)), max_size=1)) if good else ()
    return {name: value for name, value in (good | wrong).items() if name not in gone}


@st.composite
def requests(draw, good: Mapping[str, Good]) -> tuple[str, str, bytes]:
    """A path, a query and a body: almost what is wanted there, or anything."""
    path = draw(st.sampled_from(sorted(good)))
    query = draw(changed(good[path].query, TEXT).map(form) | RAW)
    anything = st.binary(max_size=50) | JSON.map(written) | changed({}, TEXT).map(form).map(str.encode)
    body = good[path].body
    return path, query, draw(anything if body is None else changed(body, JSON).map(written) | anything)


async def ask(method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> httpx2.Response:
    app = httpx2.ASGITransport(app=SandboxApp(inhabited().worlds))
    async with httpx2.AsyncClient(transport=app, base_url=HOST) as http:
        given = {name: value.encode("utf-8") for name, value in headers.items()}
        return await http.request(method, f"{path}?{query}", headers=given, content=body)


def answered(worlds: Worlds, path: str, query: str, body: bytes, method: str = "") -> Answer:
    sent = Request(path=path, method=method or ("POST" if body else "GET"), query=query, body=body, origin=HOST)
    return answer(worlds, sent)


def test_every_call_has_a_good_request():
    assert CALLS.keys() == OPERATIONS.keys()


@pytest.mark.parametrize("path", CALLS)
def test_a_good_request_is_answered_well(path):
    good = CALLS[path]
    fields = json.loads(answered(inhabited().worlds, path, form(good.query), written(good.body)).body)
    assert fields.get("errcode", 0) == 0, fields


def test_every_page_has_a_good_link():
    patterns = {path: re.sub(r"\{[\w:]+\}", ".+", path) for path in PATHS if not path.startswith("/_sandbox")}
    assert not [path for path, pattern in patterns.items() if not any(re.fullmatch(pattern, page) for page in PAGES)]


@pytest.mark.parametrize("path", PAGES)
async def test_a_good_link_leads_to_no_error(path):
    page = await ask("GET", path, form(PAGES[path].query), {"User-Agent": "wxwork MicroMessenger"}, b"")
    assert page.status_code in (200, 302, 303), page.text


@settings(max_examples=500, deadline=None)
@given(
    st.sampled_from(("GET", "POST", "HEAD", "PUT")),
    requests(PAGES | dict.fromkeys(("/nothing", "/sandbox/fragment"), Good())),
    HEADERS,
)
def test_no_page_is_answered_by_500(method, request, headers):
    path, query, body = request
    assert anyio.run(ask, method, path, query, headers, body).status_code < 500


@settings(max_examples=800, deadline=None)
@given(st.sampled_from(("GET", "POST", "")), requests(CALLS | dict.fromkeys(UNKNOWN, Good())))
def test_every_call_is_answered_by_one_json_object_and_one_entry_of_the_journal(method, request):
    worlds, (path, query, body) = inhabited().worlds, request
    answer = answered(worlds, path, query, body, method)
    assert answer.status == 200
    assert isinstance(json.loads(answer.body), dict)
    assert len(worlds.default.journal.entries()) == 1


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(("GET", "POST", "HEAD", "PUT")), requests(CALLS), HEADERS)
def test_no_call_is_answered_by_500_over_http(method, request, headers):
    path, query, body = request
    answer = anyio.run(ask, method, path, query, headers, body)
    assert answer.status_code < 500
    if method in ("GET", "POST"):
        assert isinstance(answer.json(), dict)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=80), st.sampled_from(sorted(PAGES | CALLS)))
def test_no_bytes_in_the_query_are_answered_by_500(query, path):
    """Bytes that no client sends and a socket may carry."""
    sent = []

    async def ask():
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "query_string": b"connect_redirect=1&" + query if query[:1] < b"\x80" else query,
            "headers": [(b"user-agent", b"MicroMessenger"), (b"x-sandbox-person", query[:8])],
        }

        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message):
            sent.append(message)

        await SandboxApp(inhabited().worlds)(scope, receive, send)

    anyio.run(ask)
    assert sent[0]["status"] < 500
