"""Where a person may be sent back to, and what is put into that address."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wxauth.sandbox.accounts import Account, AccountKind, numbered_account
from wxauth.sandbox.wechat.callback import check_redirect_uri, elsewhere, with_code, without_openid
from wxauth.sandbox.wechat.errorpages import PageShown

ACCOUNT = numbered_account(1)
TEST_ACCOUNT = Account(
    appid="wx5a4db00000000009",
    secret="0" * 32,
    callback_domains=("192.0.2.1:7002",),
    kind=AccountKind.TEST,
)


def page(uri, account=ACCOUNT, *, strict=False):
    with pytest.raises(PageShown) as shown:
        check_redirect_uri(uri, account, strict=strict)
    return shown.value


@pytest.mark.parametrize(
    "uri",
    [
        "https://www.example.com/auth",
        "http://www.example.com",
        "https://WWW.example.com/a?b=c#/d",
        "http://127.0.0.1:8000/auth",
        "http://localhost:3000/auth",
        "https://[::1]:8443/auth",
    ],
)
def test_a_registered_domain_with_any_scheme_and_path_and_every_loopback_host_is_welcome(uri):
    check_redirect_uri(uri, ACCOUNT, strict=False)


@pytest.mark.parametrize(
    ("uri", "because"),
    [
        ("https://shop.example.com/auth", "does not cover its subdomains"),
        ("https://www.example.com:8443/auth", "with a port never matches"),
        ("https://www.example.com:443/auth", "with a port never matches"),
        ("https://www.www.example.com/", "differs from www.example.com by www. only"),
        ("https://example.org/auth", "registered for wx5a4db00000000001: www.example.com, example.com"),
        ("www.example.com/auth", "not an http:// or https:// address"),
        ("ftp://www.example.com/auth", "not an http:// or https:// address"),
        ("https://www.example.com@evil.example/", "not an http:// or https:// address"),
        ("https://evil.example\\@www.example.com/", "backslash"),
        ("https://www.example.com/auth\r\n", "line break"),
        ("https%3A%2F%2Fwww.example.com%2Fauth", "encoded twice"),
        ("https://[::1", "not an http:// or https:// address"),
        ("https://www.example.com:99999/", "not an http:// or https:// address"),
    ],
)
def test_any_other_address_is_10003_and_the_reason_names_the_near_miss(uri, because):
    shown = page(uri)
    assert shown.page.code == 10003
    assert because in shown.reason.en


@pytest.mark.parametrize("uri", ["http://127.0.0.1:8000/auth", "http://localhost/auth", "https://[::1]/"])
def test_a_strict_world_takes_no_loopback_host(uri):
    assert "strict" in page(uri, strict=True).reason.en


def test_an_empty_redirect_uri_is_10011():
    assert page("").page.code == 10011


def test_a_test_account_may_register_an_address_with_a_port():
    check_redirect_uri("http://192.0.2.1:7002/auth", TEST_ACCOUNT, strict=True)
    assert "has to be the registered one" in page("http://192.0.2.1:7003/auth", TEST_ACCOUNT).reason.en


@pytest.mark.parametrize(
    ("uri", "callback"),
    [
        ("http://a.example/x", "http://a.example/x?code=C&state=S"),
        ("http://a.example", "http://a.example?code=C&state=S"),
        ("http://a.example/x?y=1", "http://a.example/x?y=1&code=C&state=S"),
        ("http://a.example/x?", "http://a.example/x?code=C&state=S"),
        ("http://a.example/x?y&", "http://a.example/x?y&code=C&state=S"),
        ("http://a.example/x#/pages/x", "http://a.example/x?code=C&state=S#/pages/x"),
        ("http://a.example/x?y=1#/p?z", "http://a.example/x?y=1&code=C&state=S#/p?z"),
        ("http://a.example/中文?名=安", "http://a.example/%E4%B8%AD%E6%96%87?%E5%90%8D=%E5%AE%89&code=C&state=S"),
        ("http://a.example/a%20b", "http://a.example/a%20b?code=C&state=S"),
    ],
)
def test_code_and_state_come_after_the_query_and_before_the_fragment(uri, callback):
    assert with_code(uri, code="C", state="S") == callback


def test_without_a_state_none_is_made_up():
    assert with_code("http://a.example/", code="C", state=None) == "http://a.example/?code=C"
    assert with_code("http://a.example/", code="C", state="") == "http://a.example/?code=C&state="


def test_a_state_comes_back_as_it_stood_in_the_link():
    assert with_code("http://a.example/", code="C", state="a%2Bb%7C1_=").endswith("&state=a%2Bb%7C1_=")


@given(st.text(max_size=60))
def test_any_state_comes_back_in_characters_of_an_address(state):
    callback = with_code("http://a.example/", code="C", state=state)
    assert callback.isascii()
    assert not set(callback) & set('\r\n "<>\\^`{|}')
    urlsplit(callback)
    assert parse_qs(urlsplit(callback).query)["code"] == ["C"]


@pytest.mark.parametrize(
    ("uri", "other"),
    [
        ("http://127.0.0.1:8000/auth?a=1#b", "http://localhost:8000/auth?a=1#b"),
        ("https://localhost/auth", "https://127.0.0.1/auth"),
        ("http://[::1]:8000/auth", "http://localhost:8000/auth"),
        ("https://www.example.com/auth", "https://www.example.com/auth"),
    ],
)
def test_a_loopback_host_has_another_name_and_others_have_none(uri, other):
    assert elsewhere(uri) == other


@pytest.mark.parametrize(
    ("uri", "left"),
    [
        ("http://a.example/x?openId=1", "http://a.example/x"),
        ("http://a.example/x?a=1&openId=2&b=3#/c?openId=4", "http://a.example/x?a=1&b=3#/c?openId=4"),
        ("http://a.example/x?openid=1", "http://a.example/x?openid=1"),
        ("http://a.example/x?a", "http://a.example/x?a"),
    ],
)
def test_only_the_parameter_openid_of_the_query_is_dropped(uri, left):
    assert without_openid(uri) == left
