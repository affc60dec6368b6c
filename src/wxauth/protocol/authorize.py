"""The link a person opens to authorize, and what their browser brings back."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, urlsplit

from wxauth.account import OfficialAccount
from wxauth.errors import UsageError
from wxauth.identity import Scope
from wxauth.protocol.message import Endpoints

LONGEST_STATE_BYTES = 128
LONGEST_QUERY_BYTES = 8 * 1024
LONGEST_CODE = 512
REFUSED_CODE = "authdeny"

_DOMAIN_MISMATCH = "WeChat would have shown 10003 (redirect_uri域名与后台配置不一致)"
_ENCODED_URL = re.compile(r"https?%(?:25)*3a", re.IGNORECASE)
_STATE = re.compile(r"[0-9A-Za-z]+")
_CODE = re.compile(r"[!-~]+")


def authorize_url(
    endpoints: Endpoints,
    account: OfficialAccount,
    redirect_uri: str,
    *,
    scope: Scope | str,
    state: str,
    force_popup: bool = False,
    force_snapshot: bool = False,
) -> str:
    """The link to open inside WeChat.

    WeChat matches it against a pattern: the parameters stand in the documented order, each encoded once, and nothing
    follows ``#wechat_redirect``. Source: https://developers.weixin.qq.com/doc/service/guide/h5/auth.html

    Args:
        endpoints: where WeChat is.
        account: who asks.
        redirect_uri: whole address of the callback page, not percent-encoded. WeChat compares its host with the
            registered domain and ignores http or https. A fragment is kept: code and state go before it.
        scope: snsapi_base (silent) or snsapi_userinfo (asks for consent).
        state: 1 to 128 of ``a-zA-Z0-9``, random and new each time; comes back unchanged.
        force_popup: show the consent sheet even to somebody who consented before. No effect with snsapi_base.
        force_snapshot: show the snapshot page (快照页) even where WeChat would not; for tests.

    Raises:
        UsageError: a value cannot work; the message says what WeChat would have shown.
    """
    endpoints.demand_home_of(account.appid)
    scope = Scope.read(scope)
    demand_redirect_uri(redirect_uri)
    demand_state(state)
    return (
        f"{endpoints.open}/connect/oauth2/authorize?appid={account.appid}&redirect_uri={quote(redirect_uri, safe='')}"
        f"&response_type=code&scope={scope.value}&state={state}"
        f"{'&forcePopup=true' if force_popup else ''}{'&forceSnapShot=true' if force_snapshot else ''}#wechat_redirect"
    )


def demand_redirect_uri(redirect_uri: str) -> None:
    """Refuse what cannot be the address of a callback page, saying what WeChat would have shown."""
    if not redirect_uri:
        raise UsageError("redirect_uri is empty; WeChat would have shown 10011 (redirect_uri不能为空)")
    problem = _problem_of_text(redirect_uri) or _problem_of_address(redirect_uri)
    if problem:
        raise UsageError(f"redirect_uri {problem}; {_DOMAIN_MISMATCH}")
    own = _names(urlsplit(redirect_uri).query) & {"code", "state"}
    if own:
        raise UsageError(
            f"redirect_uri has a parameter {' and '.join(sorted(own))} of its own, and WeChat adds one of that name: "
            "the callback would hold two and be refused"
        )


def _problem_of_text(redirect_uri: str) -> str | None:
    if _ENCODED_URL.match(redirect_uri):
        return "is percent-encoded already and would be encoded twice: pass the plain address"
    if not redirect_uri.isprintable() or " " in redirect_uri:
        return "holds white space or a control character, perhaps a line break at its end"
    if "\\" in redirect_uri:
        return "holds a backslash, which browsers read as a slash"
    return None


def _problem_of_address(redirect_uri: str) -> str | None:
    try:
        parts = urlsplit(redirect_uri)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is not an address"
    if parts.scheme not in ("http", "https") or not host:
        return "is not a whole address that begins with https:// or http://"
    if "@" in parts.netloc:
        return "holds a user name or password"
    return None


def _names(query: str) -> set[str]:
    return {name for name, _ in parse_qsl(query, keep_blank_values=True)}


def demand_state(state: str) -> None:
    """Refuse a state that WeChat would not return unchanged."""
    if not state:
        raise UsageError("state is empty; WeChat would have shown 10013 (state不能为空). Use secrets.token_hex(16)")
    if not _STATE.fullmatch(state):
        raise UsageError(
            "state holds more than a-zA-Z0-9, which is all that WeChat promises to return unchanged; "
            "use secrets.token_hex(16) and keep everything else on your side"
        )
    if len(state) > LONGEST_STATE_BYTES:
        raise UsageError(
            f"state is {len(state)} bytes long and WeChat takes {LONGEST_STATE_BYTES}; "
            "WeChat would have shown 该链接无法访问. Use secrets.token_hex(16)"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorized:
    """The person came back with a code.

    Attributes:
        code: exchange it at once; it works once, for five minutes.
        state: hold it against the one you sent, in this browser.
    """

    code: str = field(repr=False)
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """The person came back without a code: they refused.

    Rare: official accounts call nothing back on a refusal
    (https://developers.weixin.qq.com/community/develop/doc/000c8c095d07204ec0844330461000).

    Attributes:
        state: as in Authorized.
    """

    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Malformed:
    """The query is not one WeChat sends; ``problem`` says why and quotes nothing of it."""

    problem: str


def read_callback(query: str) -> Authorized | Denied | Malformed:
    """Read the query string of a callback, without its question mark. Never raises; other parameters are ignored."""
    if len(query) > LONGEST_QUERY_BYTES or len(query.encode("utf-8", "replace")) > LONGEST_QUERY_BYTES:
        return Malformed(problem=f"the query is over {LONGEST_QUERY_BYTES} bytes")
    pairs = parse_qsl(query, keep_blank_values=True)
    codes = [value for name, value in pairs if name == "code"]
    states = [value for name, value in pairs if name == "state"]
    if len(codes) > 1 or len(states) > 1:
        return Malformed(problem="code or state is repeated")
    if not states or not 1 <= len(states[0].encode("utf-8", "replace")) <= LONGEST_STATE_BYTES:
        return Malformed(problem=f"there is no state of 1 to {LONGEST_STATE_BYTES} bytes")
    if not codes or codes[0] == REFUSED_CODE:
        return Denied(state=states[0])
    if len(codes[0]) > LONGEST_CODE or not _CODE.fullmatch(codes[0]):
        return Malformed(problem=f"the code is not 1 to {LONGEST_CODE} printable ASCII characters")
    return Authorized(code=codes[0], state=states[0])
