import pytest

from wxauth.errors import UsageError
from wxauth.protocol.jssdk import JsapiTicket, sign

# The ticket, nonce, time and digests of WeChat's own page (https://developer.work.weixin.qq.com/document/path/96909).
TICKET = JsapiTicket(
    appid="wx0123456789abcdef",
    ticket="sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg",
    expires_at=7200.0,
)


@pytest.mark.parametrize(
    ("url", "signature"),
    [
        ("http://mp.weixin.qq.com?params=value", "0f9de62fce790f9a083d5c99e95740ceb90c27ed"),
        ("http://mp.weixin.qq.com?params=value#top", "0f9de62fce790f9a083d5c99e95740ceb90c27ed"),
        ("http://mp.weixin.qq.com", "f4d90daf4b3bca3078ab155816175ba34c443a7b"),
    ],
)
def test_the_signature_is_that_of_wechats_examples(url: str, signature: str) -> None:
    config = sign(TICKET, url, nonce="Wm3WZYTPz0wzccnW", now=1414587457.9)
    assert config.signature == signature
    assert config.fields() == {
        "appId": TICKET.appid,
        "timestamp": 1414587457,
        "nonceStr": "Wm3WZYTPz0wzccnW",
        "signature": signature,
    }


@pytest.mark.parametrize(
    "url",
    [
        "",
        "www.example.com",
        "/page",
        "#top",
        "file:///etc/passwd",
        "https:page",
        "https:///page",
        "http://[::1",
        "https://a.example/\ud800",
    ],
)
def test_only_whole_addresses_are_signed(url: str) -> None:
    with pytest.raises(UsageError, match="whole address"):
        sign(TICKET, url, nonce="n", now=0.0)


def test_the_ticket_does_not_show() -> None:  # H1
    assert TICKET.ticket not in repr(TICKET) + repr(sign(TICKET, "https://a.example", nonce="n", now=0.0))
