"""The page with the QR code of a website app: its link, its look, and the HTML that puts it into a page.

https://developers.weixin.qq.com/doc/oplatform/developers/dev/auth/web.md
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Literal
from urllib.parse import quote

from wxauth.account import WebsiteApp
from wxauth.errors import UsageError
from wxauth.protocol.authorize import demand_redirect_uri, demand_state
from wxauth.protocol.message import Endpoints

LONGEST_HREF = 4096
FRAME_WIDTH, FRAME_HEIGHT, LITE_SIDE = 300, 400, 220

_HREF = re.compile(r"(https://|data:text/css;base64,)[!-~]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class QrLook:
    """How the page with the QR code looks and behaves: the parameters of WeChat's ``wxLogin.js``.

    Attributes:
        lang: the language of the page; None: WeChat decides.
        self_redirect: True: go back inside the frame; False: in the whole window; None: WeChat decides
            (``default``), which normally is the whole window.
        style: the colour of the text: black, or white for dark pages.
        color_scheme: light, dark, or auto as the person's system has it.
        href: a stylesheet of your own, ``https://`` or ``data:text/css;base64,``; it has no effect with ``lite``.
        lite: nothing but the QR code (``stylelite=1``).
        fast_login: False: never offer to sign in without a scan through a WeChat that runs on the same computer.
        styletype, sizetype, bgcolor, rst: handed on as ``wxLogin.js`` does; WeChat does not say what they mean.

    Raises:
        UsageError: ``href`` is neither of the two, over 4096 characters long, or given together with ``lite``.
    """

    lang: Literal["cn", "en"] | None = None
    self_redirect: bool | None = None
    style: Literal["black", "white"] | None = None
    color_scheme: Literal["auto", "dark", "light"] | None = None
    href: str | None = None
    lite: bool = False
    fast_login: bool = True
    styletype: str = ""
    sizetype: str = ""
    bgcolor: str = ""
    rst: str = ""

    def __post_init__(self) -> None:
        if self.href is None:
            return
        if self.lite:
            raise UsageError("href has no effect with lite; WeChat would have ignored it")
        if len(self.href) > LONGEST_HREF or not _HREF.fullmatch(self.href):
            raise UsageError(
                f"href is neither https:// nor data:text/css;base64, or is over {LONGEST_HREF} characters; "
                "WeChat would have ignored it"
            )


PLAIN = QrLook()


def qr_url(endpoints: Endpoints, app: WebsiteApp, redirect_uri: str, *, state: str, look: QrLook = PLAIN) -> str:
    """The link of the page with the QR code, for desktop browsers. Its scope is always ``snsapi_login``.

    Args:
        endpoints: where WeChat is.
        app: who asks.
        redirect_uri: whole address of the callback page, not percent-encoded, on the registered 授权回调域.
        state: 1 to 128 of ``a-zA-Z0-9``, random and new each time; comes back unchanged.
        look: how the page looks.

    Raises:
        UsageError: a value cannot work; the message says what WeChat would have shown.
    """
    return f"{_address(endpoints, app, redirect_uri, state)}{_pairs(look, framed=False)}#wechat_redirect"


def qr_html(endpoints: Endpoints, app: WebsiteApp, redirect_uri: str, *, state: str, look: QrLook = PLAIN) -> str:
    """The QR code inside a page of your own: the frame that ``wxLogin.js`` would make, without a foreign script.

    The answer is one ``iframe`` element, escaped. Your page's Content-Security-Policy has to allow
    ``frame-src https://open.weixin.qq.com``.

    Args:
        endpoints, app, redirect_uri, state, look: as of `qr_url`.

    Raises:
        UsageError: as `qr_url`.
    """
    url = f"{_address(endpoints, app, redirect_uri, state)}{_pairs(look, framed=True)}"
    width, height = (LITE_SIDE, LITE_SIDE) if look.lite else (FRAME_WIDTH, FRAME_HEIGHT)
    # Chrome lets a frame move the whole window only when it is told so; from Chrome 142 on, only a frame with leave
    # reaches the WeChat of this computer.
    return (
        f'<iframe src="{escape(url)}" width="{width}" height="{height}" title="微信扫码登录" frameborder="0" '
        'scrolling="no" sandbox="allow-scripts allow-top-navigation allow-same-origin" '
        'allow="local-network-access"></iframe>'
    )


def _address(endpoints: Endpoints, app: WebsiteApp, redirect_uri: str, state: str) -> str:
    endpoints.demand_home_of(app.appid)
    demand_redirect_uri(redirect_uri)
    demand_state(state)
    return (
        f"{endpoints.open}/connect/qrconnect?appid={app.appid}&redirect_uri={quote(redirect_uri, safe='')}"
        f"&response_type=code&scope=snsapi_login&state={state}"
    )


def _pairs(look: QrLook, *, framed: bool) -> str:
    return "".join(f"&{name}={quote(value, safe='')}" for name, value in _parameters(look, framed) if value)


def _parameters(look: QrLook, framed: bool) -> Iterator[tuple[str, str | None]]:
    yield "login_type", "jssdk" if framed else None
    yield "self_redirect", _SELF_REDIRECT[look.self_redirect] if framed or look.self_redirect is not None else None
    yield "styletype", look.styletype
    yield "sizetype", look.sizetype
    yield "bgcolor", look.bgcolor
    yield "rst", look.rst
    yield "style", look.style
    yield "href", look.href
    yield "stylelite", "1" if look.lite else None
    yield "fast_login", None if look.fast_login else "0"
    yield "color_scheme", look.color_scheme
    yield "lang", look.lang


_SELF_REDIRECT = {True: "true", False: "false", None: "default"}
