from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wire_examples import examples
from wxauth.account import OfficialAccount
from wxauth.errors import UsageError
from wxauth.identity import Scope
from wxauth.protocol.authorize import Authorized, Denied, Malformed, authorize_url, read_callback
from wxauth.protocol.message import Endpoints

WECHAT = Endpoints()
SANDBOX = Endpoints.sandbox("http://127.0.0.1:8911")
ACCOUNT = OfficialAccount(appid="wx0123456789abcdef", secret="0" * 32)
SANDBOX_ACCOUNT = OfficialAccount(appid="wx5a4db00000000001", secret="5a4db000000000000000000000000001")


def link(
    redirect_uri: str = "https://example.com/auth", *, scope: Scope | str = "snsapi_base", state: str = "abc123"
) -> str:
    return authorize_url(WECHAT, ACCOUNT, redirect_uri, scope=scope, state=state)


def test_the_silent_link_is_this_very_text() -> None:
    assert link() == (
        "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx0123456789abcdef"
        "&redirect_uri=https%3A%2F%2Fexample.com%2Fauth&response_type=code&scope=snsapi_base&state=abc123"
        "#wechat_redirect"
    )


def test_the_link_with_everything_is_this_very_text() -> None:
    url = authorize_url(
        SANDBOX,
        SANDBOX_ACCOUNT,
        "http://127.0.0.1:8000/auth?shop=7&q=%E5%AE%89+1#/home",
        scope=Scope.SNSAPI_USERINFO,
        state="0" * 128,
        force_popup=True,
        force_snapshot=True,
    )
    assert url == (
        "http://127.0.0.1:8911/connect/oauth2/authorize?appid=wx5a4db00000000001"
        "&redirect_uri=http%3A%2F%2F127.0.0.1%3A8000%2Fauth%3Fshop%3D7%26q%3D%25E5%25AE%2589%2B1%23%2Fhome"
        f"&response_type=code&scope=snsapi_userinfo&state={'0' * 128}"
        "&forcePopup=true&forceSnapShot=true#wechat_redirect"
    )


@pytest.mark.parametrize(
    ("popup", "snapshot", "tail"),
    [
        (False, False, "state=s#wechat_redirect"),
        (True, False, "state=s&forcePopup=true#wechat_redirect"),
        (False, True, "state=s&forceSnapShot=true#wechat_redirect"),
    ],
)
def test_the_force_parameters_stand_before_the_fragment_and_only_when_true(
    popup: bool, snapshot: bool, tail: str
) -> None:
    url = authorize_url(
        WECHAT,
        ACCOUNT,
        "https://example.com/",
        scope="snsapi_base",
        state="s",
        force_popup=popup,
        force_snapshot=snapshot,
    )
    assert url.endswith(tail)


def test_the_link_has_the_recorded_parameters_in_order() -> None:
    recorded = next(example for example in examples("authorize-pages") if example.name == "10003")
    assert [name for name, _ in parse_qsl(urlsplit(link()).query)] == recorded.request["query"]


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "http://example.com/auth",
        "https://example.com",
        "https://example.com:8443/auth",
        "http://82.157.150.202:7002/auth",
        "http://[::1]:8000/auth",
        "https://example.com/a%20b?next=%2Fhome&statement=1&coder=2",
        "https://example.com/回调?店=安",
        "https://example.com/wx#/pages/x?code=1",
    ],
)
def test_a_redirect_uri_comes_back_from_the_link_as_it_was(redirect_uri: str) -> None:
    assert dict(parse_qsl(urlsplit(link(redirect_uri)).query))["redirect_uri"] == redirect_uri


@pytest.mark.parametrize(
    ("redirect_uri", "says"),
    [
        ("", "10011"),
        ("/auth", "10003"),
        ("example.com/auth", "10003"),
        ("//example.com/auth", "10003"),
        ("ftp://example.com/", "10003"),
        ("javascript:alert(1)", "10003"),
        ("https:///auth", "10003"),
        ("https://", "10003"),
        ("https:example.com", "10003"),
        ("https://user@example.com/", "user name"),
        ("https://user:pass@example.com/", "user name"),
        ("https://example.com@evil.example/", "user name"),
        ("https://example.com/a b", "white space"),
        (" https://example.com/", "white space"),
        ("https://example.com/\r\n", "line break"),
        ("https://example.com/\t", "control"),
        ("https://example.com/\x00", "control"),
        ("https://example.com/\u00a0", "white space"),
        ("https://example.com/\u202e", "control"),
        ("https://example.com/\ud800", "control"),
        ("https://example.com\\@evil.example/", "backslash"),
        ("https:\\\\example.com/", "backslash"),
        ("https://[::1/", "not an address"),
        ("https://example.com:99999/", "not an address"),
        ("https://example.com:port/", "not an address"),
        ("https%3A%2F%2Fexample.com%2Fauth", "twice"),
        ("https%3a%2f%2fexample.com", "twice"),
        ("HTTPS%253A%252F%252Fexample.com", "twice"),
        ("http%3A//example.com", "twice"),
        ("https://example.com/?code=1", "parameter code"),
        ("https://example.com/?a=1&state=", "parameter state"),
        ("https://example.com/?c%6fde=1&state=2", "parameter code and state"),
    ],
    ids=repr,
)
def test_a_redirect_uri_that_cannot_work_is_refused(redirect_uri: str, says: str) -> None:
    with pytest.raises(UsageError, match=says) as raised:
        link(redirect_uri)
    assert "pass" not in str(raised.value).replace("password", "").replace("pass the plain", "")


@pytest.mark.parametrize(
    ("scope", "page"),
    [("", "10010"), ("snsapi_login", "10005"), ("SNSAPI_BASE", "10005"), ("snsapi_base,snsapi_userinfo", "10005")],
)
def test_a_scope_that_cannot_work_is_refused(scope: str, page: str) -> None:
    with pytest.raises(UsageError, match=page):
        link(scope=scope)


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("", "10013"),
        ("a" * 129, "该链接无法访问"),
        ("a" * 235, "235 bytes"),
        ("a-b", "token_hex"),
        ("a_b", "token_hex"),
        ("a b", "token_hex"),
        ("a&b#c", "token_hex"),
        ("a%20", "token_hex"),
        ('{"a":1}', "token_hex"),
        ("a\n", "token_hex"),
        ("状态", "token_hex"),
        ("é", "token_hex"),
        ("１", "token_hex"),
        ("\ud800", "token_hex"),
    ],
    ids=repr,
)
def test_a_state_that_cannot_work_is_refused(state: str, says: str) -> None:  # A4
    with pytest.raises(UsageError, match=says) as raised:
        link(state=state)
    assert len(state) < 2 or state not in str(raised.value)


def test_a_sandbox_account_is_never_sent_to_the_real_wechat() -> None:
    real_pages = Endpoints(api="http://127.0.0.1:8911")
    for endpoints in (WECHAT, real_pages):
        with pytest.raises(UsageError, match="sandbox"):
            authorize_url(endpoints, SANDBOX_ACCOUNT, "https://example.com/", scope="snsapi_base", state="s")


# What comes back


CODE = "011SBXnotACodeSBXnotACodeSBXnotA"


@pytest.mark.parametrize(
    "example", [example for example in examples("authorize-pages") if "location" in example.response], ids=str
)
def test_a_recorded_callback_is_understood(example) -> None:
    read = read_callback(urlsplit(example.response["location"]).query)
    assert read == Authorized(code=example.means["code"], state=example.means["state"])


@pytest.mark.parametrize(
    "query",
    [
        f"code={CODE}&state=abc",
        f"state=abc&code={CODE}",
        f"code={CODE}&state=abc&from=singlemessage&isappinstalled=0",
        f"x=%ff%&&=&y&x=1&code={CODE}&state=abc&x=2",
        f"%63ode={CODE}&st%61te=abc",
        f"Code=other&STATE=other&code={CODE}&state=abc",
    ],
)
def test_a_callback_with_code_and_state_is_authorized(query: str) -> None:  # A8
    assert read_callback(query) == Authorized(code=CODE, state="abc")


@pytest.mark.parametrize("query", ["state=abc", "state=abc&x=1", "code=authdeny&state=abc", "reason=no&state=abc"])
def test_a_callback_without_a_code_is_a_refusal(query: str) -> None:  # A8
    assert read_callback(query) == Denied(state="abc")


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("", "no state"),
        ("x=1", "no state"),
        (f"code={CODE}", "no state"),
        (f"code={CODE}&state=", "no state"),
        (f"code={CODE}&state", "no state"),
        (f"code={CODE}&state={'a' * 129}", "no state"),
        (f"code={CODE}&state={'%E5%AE%89' * 43}", "no state"),
        ("code=authdeny", "no state"),
        (f"code={CODE}&code={CODE}&state=abc", "repeated"),
        (f"code={CODE}&%63ode=x&state=abc", "repeated"),
        (f"code={CODE}&state=abc&state=abc", "repeated"),
        (f"code={CODE}&state=abc&state=", "repeated"),
        ("code=&code=&state=abc", "repeated"),
        ("code=&state=abc", "the code"),
        ("code&state=abc", "the code"),
        ("code=a+b&state=abc", "the code"),
        ("code=a%20b&state=abc", "the code"),
        ("code=a%0d%0ab&state=abc", "the code"),
        ("code=%00&state=abc", "the code"),
        ("code=%ff&state=abc", "the code"),
        ("code=安&state=abc", "the code"),
        (f"code={'x' * 513}&state=abc", "the code"),
        (f"code={CODE}&state=abc&x={'y' * 8192}", "8192 bytes"),
        (f"code={CODE}&state=abc&x={'安' * 2800}", "8192 bytes"),
        ("&" * 100_000, "8192 bytes"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_callback_wechat_would_not_send_is_malformed(query: str, problem: str) -> None:  # A8
    read = read_callback(query)
    assert isinstance(read, Malformed)
    assert problem in read.problem
    assert CODE not in read.problem


def test_the_longest_values_are_taken() -> None:
    read = read_callback(f"code={'x' * 512}&state={'s' * 128}")
    assert read == Authorized(code="x" * 512, state="s" * 128)


def test_the_code_does_not_show() -> None:  # H1
    assert CODE not in repr(read_callback(f"code={CODE}&state=abc"))


PIECES = st.sampled_from(
    [
        "code",
        "state",
        "=",
        "&",
        "%",
        "%63ode",
        "authdeny",
        "+",
        ";",
        "?",
        "#",
        "%ff",
        "%00",
        "\ud800",
        "\x00",
        "a" * 130,
    ]
) | st.text(st.characters(codec=None), max_size=5)


@given(query=st.text(st.characters(codec=None)) | st.lists(PIECES).map("".join))
@settings(max_examples=1500, deadline=None)
def test_no_query_whatsoever_raises(query: str) -> None:  # A8
    read = read_callback(query)
    if isinstance(read, Authorized):
        assert read.code.isascii()
        assert read.code.isprintable()
        assert 1 <= len(read.code) <= 512
        assert read.code != "authdeny"
    if not isinstance(read, Malformed):
        assert 1 <= len(read.state.encode("utf-8", "replace")) <= 128
