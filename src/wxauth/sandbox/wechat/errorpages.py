"""The error pages of the authorize page, with WeChat's own texts.

https://developers.weixin.qq.com/doc/service/guide/h5/auth.html
"""

from __future__ import annotations

from dataclasses import dataclass

from wxauth.sandbox.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage:
    """One error page.

    Attributes:
        code: its number, None for the pages without one.
        text: WeChat's exact text.
        en: the same in English.
        title: what WeChat on a computer shows instead; the text itself where it shows nothing else.
    """

    code: int | None
    text: str
    en: str
    title: str


def _numbered(code: int, text: str, en: str, title: str = "") -> ErrorPage:
    return ErrorPage(code=code, text=text, en=en, title=title or text)


_APPID, _SCOPE, _URI = "AppID 参数错误", "Scope 参数错误或没有 Scope 权限", "redirect_uri 参数错误"

WRONG_DOMAIN = _numbered(
    10003, "redirect_uri域名与后台配置不一致", "The domain of redirect_uri is not the registered one", _URI
)
BANNED = _numbered(10004, "此公众号被封禁", "This account is banned")
NO_SCOPE_RIGHT = _numbered(10005, "此公众号并没有这些scope的权限", "This account has no right to these scopes", _SCOPE)
MUST_FOLLOW = _numbered(10006, "必须关注此测试号", "You have to follow this test account")
TOO_OFTEN = _numbered(10009, "操作太频繁了，请稍后重试", "Too often; please try again later")
SCOPE_EMPTY = _numbered(10010, "scope不能为空", "scope is empty", _SCOPE)
REDIRECT_URI_EMPTY = _numbered(10011, "redirect_uri不能为空", "redirect_uri is empty", _URI)
APPID_EMPTY = _numbered(10012, "appid不能为空", "appid is empty", _APPID)
STATE_EMPTY = _numbered(10013, "state不能为空", "state is empty")
NOT_AUTHORIZED = _numbered(
    10015, "公众号未授权第三方平台，请检查授权状态", "The account has not authorized the third-party platform"
)
OPEN_PLATFORM_APPID = _numbered(
    10016, "不支持微信开放平台的Appid，请使用公众号Appid", "This is the appid of an open-platform application", _APPID
)
WRONG_APPID = ErrorPage(code=None, text=_APPID, en="Wrong AppID", title=_APPID)
UNTRUSTED_DOMAIN = ErrorPage(
    code=None,
    text="需使用应用可信域名",
    en="The domain of redirect_uri is not one the app trusts",
    title="redirect_uri参数错误",
)
UNREACHABLE = ErrorPage(code=None, text="该链接无法访问", en="This link cannot be opened", title="该链接无法访问")
OF_UNKNOWN_MEANING = _numbered(10038, "该链接无法访问", "This link cannot be opened")
"""Mentioned once, without text or meaning: https://cloud.tencent.com/developer/article/2208026"""

ERROR_PAGES = (
    WRONG_DOMAIN, BANNED, NO_SCOPE_RIGHT, MUST_FOLLOW, TOO_OFTEN, SCOPE_EMPTY, REDIRECT_URI_EMPTY, APPID_EMPTY,
    STATE_EMPTY, NOT_AUTHORIZED, OPEN_PLATFORM_APPID, WRONG_APPID, UNTRUSTED_DOMAIN, UNREACHABLE,
)  # fmt: skip
"""Those of a banned account and of too many visits come as faults alone: no account of the sandbox is banned, and how
often is too often is not told."""


class PageShown(Exception):
    """An error page ends the visit.

    Attributes:
        page: what the person sees.
        reason: why, in plain words, for the developer.
        fault: the fault that brought it up; None when the link did.
    """

    def __init__(self, page: ErrorPage, *, en: str, zh: str, fault: str | None = None) -> None:
        self.page = page
        self.reason = Words(en=en, zh=zh)
        self.fault = fault
        super().__init__(en)
