"""What is known about one errcode."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from wxauth.errors import Hint

API = "https://developers.weixin.qq.com/doc/service/api/webdev/access"
EXCHANGE_PAGE = f"{API}/api_snsaccesstoken"
REFRESH_PAGE = f"{API}/api_snsrefreshtoken"
USERINFO_PAGE = f"{API}/api_snsuserinfo"
GENERAL_PAGE = "https://developers.weixin.qq.com/doc/channels/API/basics/commErrCode.html"
GLOBAL_TABLE = "https://developers.weixin.qq.com/doc/offiaccount/Getting_Started/Global_Return_Code.html"
GUIDE_PAGE = "https://developers.weixin.qq.com/doc/service/guide/h5/auth.html"
TROUBLE_PAGE = "https://developers.weixin.qq.com/doc/oplatform/developers/troubleshooting/auth.html"
CONSOLE_PAGE = "https://developers.weixin.qq.com/doc/oplatform/developers/dev/api"


class Retry(StrEnum):
    """What has to happen before the same wish can succeed."""

    NO = "no"
    """Nothing helps but another request: the one sent cannot work."""
    NEW_CODE = "new code"
    """A new code, which takes a new authorization."""
    NEW_TOKEN = "new token"  # noqa: S105 - a rule, not a token
    """A new access_token: refresh, then ask once more."""
    NEW_AUTHORIZATION = "new authorization"
    """The person has to authorize again."""
    LATER = "later"
    """The same request, some time later."""
    HUMAN = "human"
    """Somebody has to change a setting of the account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errcode:
    """One errcode of WeChat.

    Attributes:
        code: the number.
        name: a name in capitals, from WeChat's own words.
        says: WeChat's words, without the rid. Of some numbers (40243, 41003, 41009, 42002, 42003, 42007, 50001) no
            answer was ever seen: theirs are the words of the tables.
        where: the operation that answers it, ``sns/*`` for all of them, ``authorize page`` for what a person sees.
        meaning: what it means.
        remedy: what to do.
        retry: what has to happen before the same wish can succeed.
        source: address of the page that documents it.
    """

    code: int
    name: str
    says: str
    where: str
    meaning: Hint
    remedy: Hint
    retry: Retry
    source: str


def entry(
    code: int,
    name: str,
    says: str,
    *,
    where: str,
    meaning: tuple[str, str],
    remedy: tuple[str, str],
    retry: Retry,
    source: str,
) -> Errcode:
    """An Errcode whose texts are pairs of English and Chinese."""
    return Errcode(
        code=code,
        name=name,
        says=says,
        where=where,
        meaning=Hint(*meaning),
        remedy=Hint(*remedy),
        retry=retry,
        source=source,
    )
