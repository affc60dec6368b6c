"""What cannot work is refused when the application starts, not when somebody signs in."""

from __future__ import annotations

from typing import Any

import pytest
from fake_wechat import ACCOUNT, ENDPOINTS, SECRET_KEY

from wxauth import Endpoints, UsageError
from wxauth.web.setup import Paths, Setup


def setup(**options: Any) -> Setup:
    return Setup(**{"account": ACCOUNT, "secret_key": SECRET_KEY, "endpoints": ENDPOINTS, **options})


@pytest.mark.parametrize(
    "base_url",
    [
        "https://example.com",
        "https://a.b-c.example:8443",
        "https://xn--fsq.example",
        "http://127.0.0.1:8000",
        "http://localhost",
        "http://[::1]:8000",
        "https://[2001:db8::1]",
    ],
)
def test_a_base_url_is_an_origin(base_url: str):
    assert setup(base_url=base_url).base_url == base_url


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "example.com",
        "https://",
        "https://example.com/",
        "https://example.com/app",
        "https://example.com?x",
        "ftp://example.com",
        "http://example.com",
        "http://localhost.evil.com",
        "https://user@example.com",
        "https://Example.com",
        "https://例子.cn",
        "https://example.com:443",
        "http://localhost:80",
        "https://example.com:99999",
        "https://[::::]",
        "https://example.com\n",
        "HTTPS://example.com",
        "https://exa mple.com",
        "javascript:alert(1)",
        "https://example.com:0",
        "//example.com",
    ],
)
def test_a_base_url_that_no_browser_would_write_so_is_refused(base_url: str):  # E4, J1
    with pytest.raises(UsageError, match="is not an origin such as https://example"):
        setup(base_url=base_url)


@pytest.mark.parametrize(
    "url",
    ["https://shop.example/done?a=b#c", "https://shop.example", "http://localhost:3000/x", "https://shop.example?x"],
)
def test_a_return_url_is_a_whole_address(url: str):
    assert url in setup(return_urls=[url]).return_urls


@pytest.mark.parametrize(
    "url",
    [
        "/me",
        "//shop.example",
        "http://shop.example/",
        "javascript:alert(1)",
        "https://shop.example/你",
        "https://a@shop.example/",
        "https://shop.example/a b",
        "https://shop.example/\r\nx: y",
        "https://shop.example\\x",
        "https://shop.example@evil.com",
    ],
)
def test_any_other_return_url_is_refused(url: str):  # C2, E3
    with pytest.raises(UsageError, match="of return_urls is not a whole address"):
        setup(return_urls=[url])


@pytest.mark.parametrize("name", ["return_urls", "verify_files"])
def test_one_string_is_not_several(name: str):
    """A string is a collection of its parts to Python, and ``in`` would find any of them."""
    with pytest.raises(UsageError, match=f"{name} is several"):
        setup(**{name: "https://shop.example/done"})


@pytest.mark.parametrize("code", ["", "short", "a" * 17, "AbCdEfGh0123456/", "MP_verify_abcdef"])
def test_a_verify_file_is_named_by_its_16_letters(code: str):
    with pytest.raises(UsageError, match="MP_verify"):
        setup(verify_files=[code])


@pytest.mark.parametrize("path", ["auth", "", "//auth", "/a//b", "/auth?x", "/你", "/a b", "/{name}"])
def test_a_path_is_a_plain_one(path: str):
    with pytest.raises(UsageError, match="is not a path such as /auth"):
        Paths(callback=path)


def test_the_paths_differ():
    with pytest.raises(UsageError, match="have to differ"):
        Paths(start="/auth", callback="/auth")


def test_a_sandbox_account_is_not_taken_to_the_real_wechat():  # J1
    with pytest.raises(UsageError, match="lives in the sandbox only"):
        setup(endpoints=Endpoints())


@pytest.mark.parametrize("options", [{"scope": "snsapi_login"}, {"lang": "de"}, {"secret_key": "short"}])
def test_a_wrong_scope_language_or_key_is_refused(options: dict[str, str]):
    with pytest.raises(UsageError):
        setup(**options).rules()


def test_a_setup_does_not_show_its_keys():  # H1
    shown = repr(setup())
    assert SECRET_KEY not in shown
    assert ACCOUNT.secret not in shown
