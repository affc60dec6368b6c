"""The links of a third-party platform: where an administrator lets it act, and where people sign in to the account.

https://developers.weixin.qq.com/doc/oplatform/developers/basic_func/domain.md
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl, quote

from wxauth.account import ThirdPartyPlatform, demand_appid
from wxauth.errors import UsageError
from wxauth.identity import Scope
from wxauth.protocol.authorize import LONGEST_QUERY_BYTES, Malformed, demand_redirect_uri, demand_state
from wxauth.protocol.message import Endpoints

LONGEST_AUTH_CODE = 512

Kinds = Literal["official accounts", "mini programs", "both"]
AUTH_TYPES: dict[Kinds, int] = {"official accounts": 1, "mini programs": 2, "both": 3}

_AUTH_CODE = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """An administrator came back and let the platform act.

    Attributes:
        auth_code: exchange it by `query_auth`; it works once. Hidden in ``repr``.
    """

    auth_code: str = field(repr=False)


def authorization_url(
    endpoints: Endpoints,
    platform: ThirdPartyPlatform,
    redirect_uri: str,
    *,
    pre_auth_code: str,
    kinds: Kinds = "both",
    appid: str | None = None,
) -> str:
    """The page, for desktop browsers, on which an administrator scans a code and lets the platform act.

    It has to be opened from a page on the platform's registered domain (授权发起页域名).

    Args:
        endpoints: where WeChat is.
        platform: who asks.
        redirect_uri: where the administrator comes back to, not percent-encoded.
        pre_auth_code: a fresh one; it works once.
        kinds: which accounts are offered.
        appid: offer this account alone.

    Raises:
        UsageError: a value cannot work.
    """
    page = f"{endpoints.mp}/cgi-bin/componentloginpage?"
    return page + _asked(endpoints, platform, redirect_uri, pre_auth_code) + _offered(kinds, appid)


def mobile_authorization_url(
    endpoints: Endpoints,
    platform: ThirdPartyPlatform,
    redirect_uri: str,
    *,
    pre_auth_code: str,
    kinds: Kinds = "both",
    appid: str | None = None,
) -> str:
    """The same page for an administrator who opens the link inside WeChat on a phone.

    Args:
        endpoints, platform, redirect_uri, pre_auth_code, kinds, appid: as of `authorization_url`.

    Raises:
        UsageError: a value cannot work.
    """
    asked = _asked(endpoints, platform, redirect_uri, pre_auth_code)
    auth_type, _, biz = _offered(kinds, appid).removeprefix("&").partition("&")
    page = f"{endpoints.mp}/safe/bindcomponent?action=bindcomponent&{auth_type}&no_scan=1&"
    return f"{page}{asked}{'&' + biz if biz else ''}#wechat_redirect"


def read_agreement(query: str) -> Agreed | Malformed:
    """Read the query string with which an administrator comes back. Never raises."""
    if len(query) > LONGEST_QUERY_BYTES:
        return Malformed(problem=f"the query is over {LONGEST_QUERY_BYTES} bytes")
    codes = [value for name, value in parse_qsl(query, keep_blank_values=True) if name == "auth_code"]
    if len(codes) != 1 or len(codes[0]) > LONGEST_AUTH_CODE or not _AUTH_CODE.fullmatch(codes[0]):
        return Malformed(problem="there is not one auth_code of printable ASCII characters")
    return Agreed(auth_code=codes[0])


def authorize_url(
    endpoints: Endpoints,
    platform: ThirdPartyPlatform,
    redirect_uri: str,
    *,
    appid: str,
    scope: Scope | str | Sequence[Scope | str],
    state: str,
) -> str:
    """The link by which a person signs in to an account the platform acts for; it opens inside WeChat.

    The callback carries ``appid`` beside code and state.

    Args:
        endpoints: where WeChat is.
        platform: who asks.
        redirect_uri: whole address of the callback page, on the platform's own domain (公众号开发域名).
        appid: the account.
        scope: one scope, or several.
        state: 1 to 128 of ``a-zA-Z0-9``, random and new each time; comes back unchanged.

    Raises:
        UsageError: a value cannot work; the message says what WeChat would have shown.
    """
    endpoints.demand_home_of(platform.appid)
    demand_appid(appid)
    demand_redirect_uri(redirect_uri)
    demand_state(state)
    scopes = [scope] if isinstance(scope, str) else list(scope)
    wanted = ",".join(Scope.read(one).value for one in scopes or [""])
    return (
        f"{endpoints.open}/connect/oauth2/authorize?appid={appid}&redirect_uri={quote(redirect_uri, safe='')}"
        f"&response_type=code&scope={wanted}&state={state}&component_appid={platform.appid}#wechat_redirect"
    )


def _asked(endpoints: Endpoints, platform: ThirdPartyPlatform, redirect_uri: str, pre_auth_code: str) -> str:
    endpoints.demand_home_of(platform.appid)
    demand_redirect_uri(redirect_uri)
    if not _AUTH_CODE.fullmatch(pre_auth_code):
        raise UsageError("the pre_auth_code is not printable ASCII characters")
    return (
        f"component_appid={platform.appid}&pre_auth_code={quote(pre_auth_code, safe='')}"
        f"&redirect_uri={quote(redirect_uri, safe='')}"
    )


def _offered(kinds: Kinds, appid: str | None) -> str:
    if kinds not in AUTH_TYPES:
        raise UsageError(f"kinds is one of {', '.join(AUTH_TYPES)}, not {kinds!r}")
    only = "" if appid is None else f"&biz_appid={demand_appid(appid)}"
    return f"&auth_type={AUTH_TYPES[kinds]}{only}"
