"""A request and a response without a framework: a visit comes in, a reply goes out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from wxauth.protocol.message import LOOPBACK_HOSTS

MAX_QUERY_CHARACTERS = 8192

Header = tuple[str, str]

_HOST = re.compile(r"[0-9A-Za-z.\-]+(:[0-9]{1,5})?|\[[0-9a-fA-F:]+\](:[0-9]{1,5})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A request as we see it.

    Attributes:
        method: in capitals.
        scheme, host: how the visitor reached us, as the framework says.
        query: the raw query string, without the question mark.
        cookie_headers: the raw values of all Cookie headers.
        headers: all others, names in lower case.
    """

    method: str
    scheme: str
    host: str
    query: str = field(repr=False)
    cookie_headers: tuple[bytes, ...] = field(default=(), repr=False)
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)

    def header(self, name: str) -> str:
        """One header, empty when it was not sent."""
        return self.headers.get(name, "")

    def parameter(self, name: str) -> str | None:
        """One query parameter, decoded once; the last one when it is repeated."""
        return dict(parse_qsl(self.query[:MAX_QUERY_CHARACTERS])).get(name)

    @property
    def loopback_origin(self) -> str | None:
        """The origin the visitor used, when that is a loopback address; otherwise None."""
        if not _HOST.fullmatch(self.host) or urlsplit(f"//{self.host}").hostname not in LOOPBACK_HOSTS:
            return None
        return f"{self.scheme}://{self.host}"

    @property
    def only_looks(self) -> bool:
        """Whether this is a request that must change nothing: HEAD, OPTIONS, or a prefetch."""
        purpose = self.header("sec-purpose") + self.header("purpose") + self.header("x-moz")
        return self.method not in ("GET", "POST") or "prefetch" in purpose or "prerender" in purpose

    @property
    def navigates(self) -> bool:
        """Whether a person would see the answer, as far as the browser says."""
        return self.header("sec-fetch-mode") in ("", "navigate") and self.header("sec-fetch-dest") in ("", "document")

    @property
    def prefers_chinese(self) -> bool:
        """Whether Chinese comes first: inside WeChat, or when the browser asks for it before English."""
        languages = self.header("accept-language").lower()
        chinese, english = languages.find("zh"), languages.find("en")
        return english < 0 or 0 <= chinese < english

    @property
    def inside_wechat(self) -> bool:
        """Whether the browser says it is WeChat's."""
        return "micromessenger" in self.header("user-agent").lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A response: status, headers, body."""

    status: int
    headers: tuple[Header, ...]
    body: bytes = b""
