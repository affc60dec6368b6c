"""Whatever is asked of whatever route, nothing breaks."""

import json
from urllib.parse import quote

import anyio
import httpx2
from hypothesis import given, settings
from hypothesis import strategies as st

from wxauth.sandbox.app import SandboxApp
from wxauth.sandbox.wechat.authorize import PATH
from wxauth.sandbox.world import Worlds

PATHS = (
    PATH,
    "/sns/oauth2/access_token",
    "/sns/oauth2/refresh_token",
    "/sns/userinfo",
    "/sns/auth",
    "/sns/x",
    "/qyapi/cgi-bin/gettoken",
    "/qyapi/cgi-bin/auth/getuserinfo",
    "/qyapi/cgi-bin/auth/getuserdetail",
    "/wwlogin/sso/login",
    "/wwopen/sso/qrConnect",
    "/",
    "/nothing",
    "/connect/qrconnect",
    "/connect/confirm",
    "/connect/l/qrconnect",
    "/connect/qrcode/x",
    "/sandbox/qr/x",
    "/sandbox/inside",
    "/sandbox/nobody",
    "/sandbox/language",
    "/sandbox/style.css",
    "/mmopen/vi_32/wx5a4db00000000001x/132",
)
NAMES = (
    "appid", "redirect_uri", "response_type", "scope", "state", "connect_redirect", "forcePopup", "forceSnapShot",
    "secret", "code", "grant_type", "refresh_token", "access_token", "openid", "lang", "back", "to", "component_appid",
    "agentid", "corpid", "corpsecret",
    "login_type", "uin", "x", "uuid", "last", "href", "stylelite", "self_redirect", "f",
)  # fmt: skip
LIKELY = (
    "wx5a4db00000000001",
    "5a4db000000000000000000000000001",
    "http://127.0.0.1:8000/auth",
    "http://[::1]:8000",
    "http://[",
    "//x",
    "https://www.example.com:x/",
    "code",
    "snsapi_base",
    "snsapi_userinfo",
    "wx5a4db00000000002",
    "snsapi_login",
    "ww5a4db00000000006",
    "1000002",
    "CorpApp",
    "snsapi_privateinfo",
    "data:text/css;base64,AA==",
    "1",
    "true",
    "authorization_code",
    "refresh_token",
)
VALUES = st.sampled_from(LIKELY) | st.text(max_size=30)
PAIRS = st.lists(
    st.tuples(st.sampled_from(NAMES), VALUES.map(lambda value: quote(value, errors="replace"))), max_size=9
)
RAW = st.text(st.characters(codec="ascii", exclude_categories=["Cc"], exclude_characters=" #"), max_size=60)
LINK = st.just(
    "appid=wx5a4db00000000001&redirect_uri=http%3A%2F%2F127.0.0.1%3A8000&response_type=code&connect_redirect=1&scope="
)
QUERIES = (
    PAIRS.map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs))
    | RAW
    | st.builds(
        lambda link, scope, raw: f"{link}{scope}&{raw}", LINK, st.sampled_from(("snsapi_base", "snsapi_userinfo")), RAW
    )
)
HEADERS = st.fixed_dictionaries(
    {"User-Agent": st.sampled_from(("MicroMessenger", "wxwork", "curl"))},
    optional={
        "X-Sandbox-Person": st.sampled_from(("Ann", "%E5%AE%89", "%FF", "%00", "")),
        "X-Sandbox-Decision": st.sampled_from(("allow", "refuse", "x")),
        "X-Sandbox-Scene": st.sampled_from(("menu", "x")),
        "Accept-Language": st.sampled_from(("en", "zh", ";;,q", "x" * 999)),
        "Host": st.sampled_from(("a.example", "<>", "")),
        "Cookie": st.sampled_from(
            ("wxsandbox_person=%E5%AE%89", "wxsandbox_person=%FF", "wxsandbox_browser=\u00e9", ";=;")
        ),
    },
)


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(("GET", "POST", "HEAD", "PUT")), st.sampled_from(PATHS), QUERIES, HEADERS, st.binary(max_size=50)
)
def test_no_request_is_answered_by_500(method, path, query, headers, body):
    async def ask():
        app = httpx2.ASGITransport(app=SandboxApp(Worlds()))
        async with httpx2.AsyncClient(transport=app, base_url="http://sandbox.test") as http:
            given = {name: value.encode("utf-8") for name, value in headers.items()}
            return await http.request(method, f"{path}?{query}", headers=given, content=body)

    answer = anyio.run(ask)
    assert answer.status_code < 500
    if path.startswith("/sns/") and method in ("GET", "POST"):
        assert answer.status_code == 200
        assert "errcode" in json.loads(answer.content)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=80), st.sampled_from((PATH, "/sns/userinfo")))
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

        await SandboxApp(Worlds())(scope, receive, send)

    anyio.run(ask)
    assert sent[0]["status"] < 500
