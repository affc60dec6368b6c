"""What is odd about a request and cannot be told from the journal, which masks it: noted there by name."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from wxauth.sandbox.grants import Grant
from wxauth.sandbox.wechat.link import STATE_BYTES, STATE_CHARACTERS, Query

if TYPE_CHECKING:
    from wxauth.sandbox.wechat.operation import Call

UNENCODED, TWICE_ENCODED = "redirect-uri-unencoded", "redirect-uri-encoded-twice"
LONG_STATE, SHORT_STATE, STRANGE_STATE = "state-too-long", "state-guessable", "state-characters"
OTHER_FAMILY = "token-of-another-family"
NO_FRAGMENT, FULL_FRAGMENT = "fragment-missing", "fragment-parameters"

LINKS = ("authorize", "qrconnect", "componentloginpage", "wwlogin")
"""What the journal calls the pages that an app links to."""
FRAGMENT = "fragment"
"""What the journal calls what a browser says of the part of a link behind ``#``, which no server is sent."""
WANTED_FRAGMENT = "#wechat_redirect"
"""https://developers.weixin.qq.com/doc/service/guide/h5/auth.html"""

SHORTEST_STATE = 16
"""Characters; 16 of 64 kinds are 96 bits, and fewer than 16 are few even then."""
BROWSER, UNNAMED = "browser", "unnamed"
LONGEST_NAME = 40


@lru_cache(maxsize=256)
def client_name(user_agent: bytes) -> str:
    """Who calls, by the first word of the user agent without its version: ``python-requests``, ``okhttp``."""
    name = user_agent.decode("latin-1").partition("/")[0].strip()[:LONGEST_NAME]
    if not name.isprintable():
        return UNNAMED
    return BROWSER if name == "Mozilla" else name or UNNAMED


def link_traits(query: Query) -> tuple[str, ...]:
    """What is odd about an authorize link."""
    raw, once, state = query.encoded("redirect_uri") or "", query.value("redirect_uri"), query.value("state")
    odd = {
        UNENCODED: "://" in raw,
        TWICE_ENCODED: once.lower().startswith(("http%3a", "https%3a")),
        LONG_STATE: len(state.encode("utf-8", "replace")) > STATE_BYTES,
        SHORT_STATE: 0 < len(state) < SHORTEST_STATE,
        STRANGE_STATE: STATE_CHARACTERS.fullmatch(state) is None,
    }
    return tuple(trait for trait, holds in odd.items() if holds)


def call_traits(call: Call, operation: str) -> tuple[str, ...]:
    """What is odd about a refused call: a person's token where the account's own belongs, or the reverse.

    https://developers.weixin.qq.com/community/develop/doc/0008ea3fb908e80c70f7a685d51400
    """
    token = call.value("access_token")
    for_people = operation.startswith("sns/")
    known = call.world.credentials.known(token)
    mixed_up = known is not None if for_people else known is None and isinstance(call.world.behind(token), Grant)
    return (OTHER_FAMILY,) if mixed_up else ()


def fragment_traits(fragment: str) -> tuple[str, ...]:
    """What is odd about the end of a link, from ``#`` on."""
    if fragment == WANTED_FRAGMENT:
        return ()
    return (FULL_FRAGMENT if "=" in fragment else NO_FRAGMENT,)
