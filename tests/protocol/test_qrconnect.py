import html
import re
from urllib.parse import parse_qsl, urlsplit

import pytest

from wxauth.account import WebsiteApp
from wxauth.errors import UsageError
from wxauth.protocol.message import Endpoints
from wxauth.protocol.qrconnect import QrLook, qr_html, qr_url

WECHAT = Endpoints()
APP = WebsiteApp(appid="wx0123456789abcdef", secret="5a4db000000000000000000000000001")
CALLBACK = "https://www.example.com/auth?next=/a b&x=1".replace(" ", "%20")
EVERYTHING = QrLook(
    lang="en",
    self_redirect=False,
    style="white",
    color_scheme="auto",
    href="data:text/css;base64,LmltcG93ZXJCb3g=",
    fast_login=False,
    styletype="s",
    sizetype="z",
    bgcolor="b",
    rst="r",
)


def pairs(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))


def test_the_plain_link_is_this_very_url() -> None:
    assert qr_url(WECHAT, APP, CALLBACK, state="a1") == (
        "https://open.weixin.qq.com/connect/qrconnect?appid=wx0123456789abcdef"
        "&redirect_uri=https%3A%2F%2Fwww.example.com%2Fauth%3Fnext%3D%2Fa%2520b%26x%3D1"
        "&response_type=code&scope=snsapi_login&state=a1#wechat_redirect"
    )


def test_every_parameter_of_wxlogin_js_goes_into_the_link() -> None:
    given = pairs(qr_url(WECHAT, APP, CALLBACK, state="a1", look=EVERYTHING))
    assert {name: given[name] for name in list(given)[5:]} == {
        "self_redirect": "false",
        "styletype": "s",
        "sizetype": "z",
        "bgcolor": "b",
        "rst": "r",
        "style": "white",
        "href": EVERYTHING.href,
        "fast_login": "0",
        "color_scheme": "auto",
        "lang": "en",
    }
    assert given["redirect_uri"] == CALLBACK
    assert pairs(qr_url(WECHAT, APP, CALLBACK, state="a1", look=QrLook(lite=True)))["stylelite"] == "1"


@pytest.mark.parametrize(("wish", "sent"), [(None, "default"), (True, "true"), (False, "false")])
def test_a_frame_says_where_to_go_back(wish: bool | None, sent: str) -> None:
    frame = qr_html(WECHAT, APP, CALLBACK, state="a1", look=QrLook(self_redirect=wish))
    given = pairs(html.unescape(re.search(r'src="([^"]*)"', frame)[1]))
    assert (given["self_redirect"], given["login_type"], given["redirect_uri"]) == (sent, "jssdk", CALLBACK)


def test_nothing_breaks_out_of_the_frame() -> None:  # F1
    wild = QrLook(styletype='"><script>alert(1)</script>', bgcolor="'\"&<>")
    frame = qr_html(WECHAT, APP, 'https://www.example.com/"><script>', state="a1", look=wild)
    assert frame.count("<") == 2
    assert frame.count('"') == 16
    assert "<script" not in frame
    assert "&amp;redirect_uri=" in frame
    assert "&redirect_uri=" not in frame


@pytest.mark.parametrize("name", ["styletype", "sizetype", "bgcolor", "rst"])
def test_no_value_of_the_look_becomes_another_parameter(name: str) -> None:
    wild = "x&redirect_uri=https://evil.example/#"
    given = parse_qsl(urlsplit(qr_url(WECHAT, APP, CALLBACK, state="a1", look=QrLook(**{name: wild}))).query)
    assert given.count(("redirect_uri", CALLBACK)) == 1
    assert (name, wild) in given


def test_a_frame_may_move_the_window_and_reach_the_local_wechat() -> None:
    frame = qr_html(WECHAT, APP, CALLBACK, state="a1")
    assert 'sandbox="allow-scripts allow-top-navigation allow-same-origin"' in frame
    assert 'allow="local-network-access"' in frame
    assert 'width="300" height="400"' in frame
    assert 'width="220" height="220"' in qr_html(WECHAT, APP, CALLBACK, state="a1", look=QrLook(lite=True))


@pytest.mark.parametrize(
    "href", ["http://www.example.com/a.css", "javascript:alert(1)", "data:text/html,x", "", "https://" + "x" * 5000]
)
def test_a_stylesheet_that_wechat_would_ignore_is_refused(href: str) -> None:
    with pytest.raises(UsageError, match="ignored"):
        QrLook(href=href)


def test_a_stylesheet_has_no_effect_beside_lite() -> None:
    with pytest.raises(UsageError, match="lite"):
        QrLook(href="https://www.example.com/a.css", lite=True)


@pytest.mark.parametrize("build", [qr_url, qr_html])
@pytest.mark.parametrize(("address", "state"), [("www.example.com", "a1"), (CALLBACK, ""), (CALLBACK, "a-1")])
def test_a_link_that_cannot_work_is_not_built(build, address: str, state: str) -> None:
    with pytest.raises(UsageError):
        build(WECHAT, APP, address, state=state)
