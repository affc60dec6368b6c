"""The pages a person sees when a sign-in does not simply go through, in Chinese and English."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from wxauth.flow.attempt import Problem

if TYPE_CHECKING:
    from jinja2 import Template

_FOLDER = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What one page says in one language."""

    title: str
    text: str
    action: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page in both languages.

    Attributes:
        status: HTTP status it is served with.
        zh, en: its words. ``action`` labels the one button; None for a page without one.
    """

    status: int
    zh: Words
    en: Words


PROBLEM_PAGES: dict[Problem, Page] = {
    Problem.CANCELLED: Page(
        status=200,
        zh=Words(title="已取消登录", text="你没有同意授权，我们没有得到你的任何信息。", action="重新登录"),
        en=Words(
            title="Sign-in cancelled",
            text="You did not agree, so we learned nothing about you.",
            action="Sign in again",
        ),
    ),
    Problem.ELSEWHERE: Page(
        status=400,
        zh=Words(
            title="请回到微信继续",
            text="这个链接只在开始登录的那个页面里有效，请回到微信里原来的页面；找不到的话，可以在这里重新登录。",
            action="重新登录",
        ),
        en=Words(
            title="Please continue in WeChat",
            text="This link works only in the browser where the sign-in began. Go back there, or start again here.",
            action="Start again",
        ),
    ),
    Problem.EXPIRED: Page(
        status=400,
        zh=Words(title="登录链接已失效", text="登录用时太长，或者这个链接已经用过了。", action="重新登录"),
        en=Words(
            title="This sign-in link is over",
            text="The sign-in took too long, or the link was used before.",
            action="Sign in again",
        ),
    ),
    Problem.SPENT: Page(
        status=400,
        zh=Words(title="登录没有完成", text="微信这次给的登录凭证已经不能用了，请重新登录一次。", action="重新登录"),
        en=Words(
            title="The sign-in did not finish",
            text="What WeChat sent for it cannot be used any more. Please sign in again.",
            action="Sign in again",
        ),
    ),
    Problem.BUSY: Page(
        status=503,
        zh=Words(
            title="暂时无法登录", text="微信或本网站没有及时响应，通常很快就会恢复，请稍后再试。", action="再试一次"
        ),
        en=Words(
            title="Signing in is not possible right now",
            text="WeChat or this site did not answer in time. This usually passes quickly; try again in a moment.",
            action="Try again",
        ),
    ),
    Problem.SNAPSHOT: Page(
        status=403,
        zh=Words(
            title="请使用完整服务",
            text="你正在浏览网页快照，微信没有提供你的真实身份。请点击页面右下角的“使用完整服务”，然后重新登录。",
            action="重新登录",
        ),
        en=Words(
            title="Please use the full service",
            text="You are looking at a snapshot, where WeChat does not say who you are. "
            "Tap 使用完整服务 (use full service) at the bottom right, then sign in again.",
            action="Sign in again",
        ),
    ),
    Problem.MISCONFIGURED: Page(
        status=502,
        zh=Words(
            title="微信登录暂不可用", text="本网站的微信登录设置有误。请把下面的编号告诉网站管理员。", action=None
        ),
        en=Words(
            title="Signing in with WeChat is not available",
            text="This site's WeChat settings are wrong. Please give the reference below to its operator.",
            action=None,
        ),
    ),
    Problem.MALFORMED: Page(
        status=400,
        zh=Words(title="链接不完整", text="这个登录链接无法识别，可能在转发或复制时被改动了。", action="重新登录"),
        en=Words(
            title="This link is damaged",
            text="The sign-in link cannot be read; it may have changed when it was copied.",
            action="Sign in again",
        ),
    ),
    Problem.OUTSIDE: Page(
        status=200,
        zh=Words(
            title="请在微信客户端打开链接",
            text="请把本页网址发送到微信（例如“文件传输助手”），然后在微信里打开。",
            action=None,
        ),
        en=Words(
            title="Please open this link in WeChat",
            text="Send the address of this page to WeChat, for example to File Transfer, and open it there.",
            action=None,
        ),
    ),
}

LOGOUT_PAGE = Page(
    status=200,
    zh=Words(title="退出登录？", text="退出后，需要时可以再次用微信登录。", action="退出登录"),
    en=Words(title="Sign out?", text="You can sign in with WeChat again at any time.", action="Sign out"),
)

SIGNED_OUT_PAGE = Page(
    status=200,
    zh=Words(title="你已退出登录", text="需要时可以再次用微信登录。", action="返回首页"),
    en=Words(title="You are signed out", text="You can sign in with WeChat again at any time.", action="Home"),
)

UNKNOWN_ADDRESS_PAGE = Page(
    status=421,
    zh=Words(
        title="网站地址未设置",
        text="网站管理员需要设置 base_url（WXAUTH_BASE_URL），即大家访问本站所用的地址。",
        action=None,
    ),
    en=Words(
        title="This site's address is not set",
        text="Its operator has to set base_url (WXAUTH_BASE_URL), the address under which people reach it.",
        action=None,
    ),
)


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("page.html")


@cache
def _style() -> str:
    return (_FOLDER / "page.css").read_text(encoding="utf-8")


@cache
def content_security_policy() -> str:
    """Nothing may be loaded, framed or run; the one style sheet is allowed by its hash."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'; object-src 'none'"
    )


def render(page: Page, *, chinese: bool, href: str, token: str | None = None, reference: str | None = None) -> bytes:
    """The HTML of a page, with both languages, the preferred one first.

    Args:
        page: what it says.
        chinese: whether Chinese comes first.
        href: where its button leads.
        token: what the button posts there, as proof that it was on our page. Without one it is a link: a form would
            be held to the policy above on every redirect that follows, and the way to WeChat is one.
        reference: a number to tell the operator, which the log holds too.
    """
    words = [("zh-CN", page.zh), ("en", page.en)]
    html = _template().render(
        words=words if chinese else words[::-1], href=href, token=token, reference=reference, style=_style()
    )
    return html.encode()
