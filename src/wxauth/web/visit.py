"""A request and a response without a framework: a visit comes in, a reply goes out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from wxauth.protocol.message import LOOPBACK_HOSTS

MAX_QUERY_CHARACTERS = 8192
MAX_FORM_BYTES = 8192
"""A framework may cut a body off here: no form of ours is as long."""

Header = tuple[str, str]

_HOST = re.compile(r"(?P<name>[0-9a-z.-]+|\[[0-9a-f:]+\])(?::(?P<port>[0-9]{1,5}))?")
_HIGHEST_PORT = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A request as we see it.

    Attributes:
        method: in capitals.
        scheme, host: how the visitor reached us, as the framework says.
        query: the raw query string, without the question mark.
        cookie_headers: the raw values of all Cookie headers.
        headers: all others, names in lower case.
        body: of a POST; a form as browsers send it (``application/x-www-form-urlencoded``).
    """

    method: str
    scheme: str
    host: str
    query: str = field(repr=False)
    cookie_headers: tuple[bytes, ...] = field(default=(), repr=False)
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    body: bytes = field(default=b"", repr=False)

    def header(self, name: str) -> str:
        """One header, empty when it was not sent."""
        return self.headers.get(name, "")

    def parameter(self, name: str) -> str | None:
        """One query parameter, decoded once; the last one when it is repeated."""
        return dict(parse_qsl(self.query[:MAX_QUERY_CHARACTERS])).get(name)

    def form(self, name: str) -> str:
        """One field of the form, empty when it was not sent."""
        return dict(parse_qsl(self.body[:MAX_FORM_BYTES].decode("latin-1"))).get(name, "")

    @property
    def loopback_origin(self) -> str | None:
        """The origin the visitor used, when that is a loopback address; otherwise None."""
        host = self.host.lower()
        found = _HOST.fullmatch(host)
        if not found or found["name"].strip("[]") not in LOOPBACK_HOSTS or int(found["port"] or 0) > _HIGHEST_PORT:
            return None
        return f"{self.scheme}://{host}"

    @property
    def prefetches(self) -> bool:
        """Whether the browser asks before the person has, and may throw the answer away."""
        purpose = f"{self.header('sec-purpose')} {self.header('purpose')} {self.header('x-moz')}".lower()
        return "prefetch" in purpose or "prerender" in purpose

    @property
    def only_looks(self) -> bool:
        """Whether this is a request that must change nothing: HEAD, OPTIONS, or a prefetch."""
        return self.method not in ("GET", "POST") or self.prefetches

    @property
    def navigates(self) -> bool:
        """Whether a person would see the answer, as far as the browser says."""
        return self.header("sec-fetch-mode") in ("", "navigate") and self.header("sec-fetch-dest") in ("", "document")

    @property
    def prefers_chinese(self) -> bool:
        """Whether Chinese comes first: unless the browser asks for English and not, or only later, for Chinese."""
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
