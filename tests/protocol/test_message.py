import pytest

from wxauth.errors import UsageError
from wxauth.protocol.message import Endpoints, Request, Response


@pytest.mark.parametrize(
    "origin", ["http://127.0.0.1:8911", "http://localhost", "http://[::1]:80", "https://wechat.example"]
)
def test_the_sandbox_may_be_any_https_origin_or_a_loopback_one(origin: str) -> None:
    assert Endpoints.sandbox(origin + "/") == Endpoints(
        api=origin, open=origin, mp=origin, qyapi=f"{origin}/qyapi", wecom_login=origin
    )
    assert not Endpoints.sandbox(origin).is_wechat


def test_the_real_wechat_is_the_default() -> None:
    assert Endpoints().is_wechat
    assert (Endpoints().api, Endpoints().open) == ("https://api.weixin.qq.com", "https://open.weixin.qq.com")


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "api.weixin.qq.com",
        "http://api.weixin.qq.com",
        "http://127.0.0.1.example.com",
        "ftp://127.0.0.1",
        "https://",
        "https://api.weixin.qq.com/",
        "https://api.weixin.qq.com/sns",
        "https://api.weixin.qq.com?x",
        "https://api.weixin.qq.com#x",
        "https://user:canary@api.weixin.qq.com",
        " https://api.weixin.qq.com",
        "https://api.weixin.qq.com\n",
        "https://[::1",
        "https://api.weixin.qq.com:99999",
    ],
    ids=repr,
)
@pytest.mark.parametrize("name", ["api", "open"])
def test_an_endpoint_that_is_no_safe_origin_is_refused(name: str, origin: str) -> None:  # A11
    with pytest.raises(UsageError, match=name) as raised:
        Endpoints(**{name: origin})
    assert "canary" not in str(raised.value)


def test_neither_url_nor_body_shows() -> None:  # H1
    assert "canary" not in repr(Request(operation="sns/auth", url="https://x/?secret=canary"))
    assert "canary" not in repr(Response(status=200, body=b"canary"))
