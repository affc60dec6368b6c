"""Who calls an app back beside the person's browser: WeChat's own client once more, and a crawler.

The sandbox makes these calls itself, without the cookies of the browser, and to loopback hosts only: it never touches
a network on its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from wxauth.sandbox.clock import afterwards
from wxauth.sandbox.fault import CALLBACK
from wxauth.sandbox.origin import LOOPBACK_HOSTS
from wxauth.sandbox.words import Words

if TYPE_CHECKING:
    from http.client import HTTPConnection

    from wxauth.sandbox.world import World

SECOND_HOP = "uin=SBXuin&key=SBXkey&pass_ticket=SBXpassTicket"
"""What WeChat's client adds to the link when it asks a second time. SNPC: Senparc's write-up on GitHub,
JeffreySu/WeixinResource."""
ANOTHER_ADDRESS = "127.0.0.2"
"""The two calls were seen to come from different addresses."""
TIMEOUT_SECONDS = 5
MOST_ANSWER_BYTES = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """A call that somebody else makes.

    Attributes:
        after_seconds: how long after the browser was sent back, in real time.
        user_agent: what they call themselves.
        words: who they are.
    """

    after_seconds: float
    user_agent: str
    words: Words


CLIENT = Echo(
    after_seconds=0.02,
    user_agent="Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 MicroMessenger/8.0.60 SBX",
    words=Words(en="WeChat's client calls back a second time", zh="微信客户端第二次访问回调地址"),
)
"""Seen 19 ms apart: https://cnodejs.org/topic/59c919abe7d9a031127eaf01"""
CRAWLER = Echo(
    after_seconds=0.2,
    user_agent="Mozilla/5.0 (compatible; SBXcrawler)",
    words=Words(en="a crawler fetches the link", zh="安全爬虫抓取了这个链接"),
)


def send(echo: Echo, location: str, world: World) -> None:
    """Let somebody else call an address too, and write into the journal what became of it."""
    afterwards(echo.after_seconds, partial(_call, echo, location, world))


def _call(echo: Echo, location: str, world: World) -> None:
    parts = urlsplit(location)
    answer = _answer(echo, location) if parts.hostname in LOOPBACK_HOSTS else "not called: the host is not loopback"
    parameters = (("redirect_uri", location), *parse_qsl(parts.query, keep_blank_values=True))
    world.journal.record(CALLBACK, parameters, at=world.clock.now(), answer=answer, reason=echo.words)


def _answer(echo: Echo, location: str) -> str:
    from http.client import HTTPException

    try:
        connection = _connected(location)
        try:
            return f"HTTP {_asked(connection, echo, location)}"
        finally:
            connection.close()
    except (OSError, HTTPException) as error:
        return f"no answer ({type(error).__name__})"


def _connected(location: str) -> HTTPConnection:
    from http.client import HTTPConnection, HTTPSConnection

    parts = urlsplit(location)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    try:
        connection = kind(
            parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS, source_address=(ANOTHER_ADDRESS, 0)
        )
        connection.connect()
    except OSError:  # not every system has a second loopback address
        connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
        connection.connect()
    return connection


def _asked(connection: HTTPConnection, echo: Echo, location: str) -> int:
    parts = urlsplit(location)
    connection.request("GET", f"{parts.path or '/'}?{parts.query}", headers={"User-Agent": echo.user_agent})
    answer = connection.getresponse()
    answer.read(MOST_ANSWER_BYTES)
    return answer.status
