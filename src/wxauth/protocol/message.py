"""One HTTP exchange as a value: what to send, what came back, and how to read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar
from urllib.parse import urlsplit

from wxauth.errors import UsageError

T_co = TypeVar("T_co", covariant=True)

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


WECHAT_API = "https://api.weixin.qq.com"
WECHAT_OPEN = "https://open.weixin.qq.com"
WECHAT_MP = "https://mp.weixin.qq.com"
WECOM_API = "https://qyapi.weixin.qq.com"
WECOM_LOGIN = "https://login.work.weixin.qq.com"
WECHAT = frozenset({WECHAT_API, WECHAT_OPEN, WECHAT_MP, WECOM_API, WECOM_LOGIN})
SANDBOX_APPID_PREFIXES = ("wx5a4db0", "ww5a4db0")
SANDBOX_QYAPI_PATH = "/qyapi"
"""Below this path a sandbox answers for WeCom, whose calls have the same names as WeChat's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Where WeChat is: the real one, or a sandbox on this machine.

    Args:
        api: origin of the server calls, ``https://api.weixin.qq.com``.
        open: origin of the pages a person sees, ``https://open.weixin.qq.com``.
        mp: origin of the pages on which an account lets a third-party platform act for it,
            ``https://mp.weixin.qq.com``.
        qyapi: origin of WeCom's server calls, ``https://qyapi.weixin.qq.com``; a sandbox has them below ``/qyapi``.
        wecom_login: origin of WeCom's sign-in page for desktop browsers, ``https://login.work.weixin.qq.com``.

    Raises:
        UsageError: an origin is not https (http is taken for loopback hosts only) or is more than an origin.
    """

    api: str = WECHAT_API
    open: str = WECHAT_OPEN
    mp: str = WECHAT_MP
    qyapi: str = WECOM_API
    wecom_login: str = WECOM_LOGIN

    def __post_init__(self) -> None:
        for name in ("api", "open", "mp", "wecom_login"):
            _demand_origin(name, getattr(self, name))
        _demand_origin("qyapi", self.qyapi.removesuffix(SANDBOX_QYAPI_PATH))

    @classmethod
    def sandbox(cls, url: str) -> Endpoints:
        """The endpoints of the sandbox at ``url``, for example ``http://127.0.0.1:8911``."""
        origin = url.rstrip("/")
        return cls(api=origin, open=origin, mp=origin, qyapi=f"{origin}{SANDBOX_QYAPI_PATH}", wecom_login=origin)

    @property
    def is_wechat(self) -> bool:
        """Whether this is the real WeChat."""
        return self.api == WECHAT_API and self.open == WECHAT_OPEN

    def demand_home_of(self, appid: str, *, wecom: bool = False) -> None:
        """Refuse an account of the sandbox at the real WeChat, which has never heard of it.

        Args:
            appid: of the account.
            wecom: whether WeCom is asked, and not WeChat.

        Raises:
            UsageError: the appid is a sandbox's and one of the endpoints is WeChat's.
        """
        asked = {self.qyapi, self.open, self.wecom_login} if wecom else {self.api, self.open}
        if appid.startswith(SANDBOX_APPID_PREFIXES) and asked & WECHAT:
            raise UsageError(
                f"{appid} lives in the sandbox only; point the endpoints at a sandbox or use a real account "
                "(WeChat would have shown AppID 参数错误, or answered 40013)"
            )


def _demand_origin(name: str, origin: str) -> None:
    try:
        parts = urlsplit(origin)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise UsageError(f"the {name} endpoint is not an address") from None
    if (
        parts.scheme not in ("http", "https")
        or not host
        or "@" in origin
        or origin != f"{parts.scheme}://{parts.netloc}"
    ):
        raise UsageError(f"the {name} endpoint is not a bare origin such as https://api.weixin.qq.com")
    if parts.scheme == "http" and host not in LOOPBACK_HOSTS:
        raise UsageError(f"the {name} endpoint {origin!r} is not https; http is for loopback hosts only")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request to WeChat. Its URL and body carry secrets, so ``repr`` shows the operation and method only.

    Attributes:
        operation: the call, for example ``sns/userinfo``.
        url: the whole address, query included.
        method: GET, or POST with a body.
        body: JSON in UTF-8, to be sent as ``application/json``; None with GET.
    """

    operation: str
    url: str = field(repr=False)
    method: Literal["GET", "POST"] = "GET"
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What came back: the status and the raw bytes. WeChat's headers say nothing that can be trusted."""

    status: int
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[T_co]):
    """A request and the reader of its answer.

    Attributes:
        request: what to send.
        read: turns the response into the answer, or raises WeChatError or UpstreamProtocolError.
        spends: whether sending it uses something up (a code), so that it is sent twice only when the first
            was certainly not processed.
    """

    request: Request
    read: Callable[[Response], T_co] = field(repr=False)
    spends: bool = False
