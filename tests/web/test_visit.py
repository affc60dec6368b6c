"""A request as we see it."""

from __future__ import annotations

import pytest
from browser import CHROME, WECHAT
from hypothesis import given
from hypothesis import strategies as st

from wxauth.web.visit import MAX_FORM_BYTES, Visit


def visit(*, method: str = "GET", host: str = "localhost", query: str = "", body: bytes = b"", **headers: str) -> Visit:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Visit(method=method, scheme="http", host=host, query=query, headers=names, body=body)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1", "127.0.0.1:65535", "[::1]", "[::1]:8000"])
def test_a_loopback_host_is_an_origin(host: str):
    assert visit(host=host).loopback_origin == f"http://{host.lower()}"


@pytest.mark.parametrize(
    "host",
    [
        "",
        "example.com",
        "localhost.evil.com",
        "127.0.0.1.nip.io",
        "127.0.0.2",
        "localhost:",
        "localhost:65536",
        "[::1",
        "[::]",
        "::1",
        "localhost@evil.com",
        "localhost/",
        "localhost\\",
        "localhost#",
        "локалхост",
        "localhost:80:80",
        "[localhost]x",
    ],
)
def test_any_other_host_is_none(host: str):
    assert visit(host=host).loopback_origin is None


@given(st.text(max_size=30), st.text(max_size=60), st.binary(max_size=60))
def test_no_host_query_or_body_is_an_error(host: str, query: str, body: bytes):
    seen = visit(host=host, query=query, body=body)
    assert seen.loopback_origin is None or seen.loopback_origin.startswith("http://")
    seen.parameter("state")
    seen.form("token")


def test_a_parameter_is_decoded_once_and_the_last_one_counts():
    seen = visit(query="a=%2525&b=1&b=2&c=a+b&d&e=%E4%BD%A0")
    assert [seen.parameter(name) for name in "abcdef"] == ["%25", "2", "a b", None, "你", None]


def test_a_field_of_a_form_is_read_and_an_absent_one_is_empty():
    assert visit(body=b"token=a%3Ab&x=1").form("token") == "a:b"
    assert visit(body=b"").form("token") == ""
    assert visit(body=b"x" * MAX_FORM_BYTES + b"&token=a").form("token") == ""


@pytest.mark.parametrize(
    ("method", "headers", "looks"),
    [
        ("GET", {}, False),
        ("POST", {}, False),
        ("HEAD", {}, True),
        ("OPTIONS", {}, True),
        ("GET", {"sec_purpose": "prefetch"}, True),
        ("GET", {"sec_purpose": "prefetch;prerender"}, True),
        ("GET", {"sec_purpose": "Prefetch"}, True),
        ("GET", {"purpose": "prefetch"}, True),
        ("GET", {"x_moz": "prefetch"}, True),
        ("GET", {"purpose": "preview"}, False),
    ],
)
def test_what_only_looks(method: str, headers: dict[str, str], looks: bool):  # A2
    assert visit(method=method, **headers).only_looks == looks


@pytest.mark.parametrize(
    ("languages", "chinese"),
    [
        ("", True),
        ("zh-CN,zh;q=0.9,en;q=0.8", True),
        ("zh-TW", True),
        ("fr-FR", True),
        ("en-US,en;q=0.9,zh;q=0.8", False),
        ("en", False),
        ("EN-GB", False),
    ],
)
def test_chinese_comes_first_unless_english_is_preferred(languages: str, chinese: bool):
    assert visit(accept_language=languages).prefers_chinese == chinese


def test_wechat_is_known_by_its_user_agent():
    assert visit(user_agent=WECHAT).inside_wechat
    assert visit(user_agent=WECHAT.lower()).inside_wechat
    assert not visit(user_agent=CHROME).inside_wechat


def test_a_visit_does_not_show_what_it_carries():  # H1
    seen = Visit(
        method="GET",
        scheme="https",
        host="example.com",
        query="code=SECRET",
        cookie_headers=(b"SECRET",),
        headers={"x": "SECRET"},
        body=b"SECRET",
    )
    assert "SECRET" not in repr(seen)
