"""One HTTP exchange as a value: what to send, what came back, and how to read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from wxauth.errors import UsageError

T_co = TypeVar("T_co", covariant=True)

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


WECHAT_API = "https://api.weixin.qq.com"
WECHAT_OPEN = "https://open.weixin.qq.com"
SANDBOX_APPID_PREFIX = "wx5a4db0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Where WeChat is: the real one, or a sandbox on this machine.

    Args:
        api: origin of the server calls, ``https://api.weixin.qq.com``.
        open: origin of the pages a person sees, ``https://open.weixin.qq.com``.

    Raises:
        UsageError: an origin is not https (http is taken for loopback hosts only) or is more than an origin.
    """

    api: str = WECHAT_API
    open: str = WECHAT_OPEN

    def __post_init__(self) -> None:
        _demand_origin("api", self.api)
        _demand_origin("open", self.open)

    @classmethod
    def sandbox(cls, url: str) -> Endpoints:
        """The endpoints of the sandbox at ``url``, for example ``http://127.0.0.1:8911``."""
        origin = url.rstrip("/")
        return cls(api=origin, open=origin)

    @property
    def is_wechat(self) -> bool:
        """Whether this is the real WeChat."""
        return self.api == WECHAT_API and self.open == WECHAT_OPEN

    def demand_home_of(self, appid: str) -> None:
        """Refuse an account of the sandbox at the real WeChat, which has never heard of it.

        Raises:
            UsageError: the appid is a sandbox's and one of the endpoints is WeChat's.
        """
        if appid.startswith(SANDBOX_APPID_PREFIX) and (self.api == WECHAT_API or self.open == WECHAT_OPEN):
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
    """A request to WeChat. Its URL carries secrets, so ``repr`` shows the operation only."""

    operation: str
    url: str = field(repr=False)
    method: str = "GET"


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
