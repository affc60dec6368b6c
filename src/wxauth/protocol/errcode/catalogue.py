"""Every errcode a sign-in can meet: what it means, what to do, and which exception it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from wxauth.errors import (
    AccountRefused,
    CodeRefused,
    Hint,
    SignInAgain,
    TokenDead,
    UsageError,
    WeChatBusy,
    WeChatError,
)
from wxauth.protocol.errcode.account import ACCOUNT
from wxauth.protocol.errcode.app import APP, APP_ELSEWHERE
from wxauth.protocol.errcode.component import COMPONENT, COMPONENT_ELSEWHERE
from wxauth.protocol.errcode.entry import Errcode, Retry
from wxauth.protocol.errcode.grant import ELSEWHERE, GRANT
from wxauth.protocol.errcode.pages import PAGES
from wxauth.protocol.errcode.qr import QR
from wxauth.protocol.errcode.request import REQUEST
from wxauth.protocol.errcode.wecom import WECOM, WECOM_ELSEWHERE

LONGEST_ERRMSG = 200
LONGEST_RID = 64

TABLES = (*ACCOUNT, *APP, *COMPONENT, *GRANT, *PAGES, *QR, *REQUEST, *WECOM)
CATALOGUE: Mapping[int, Errcode] = MappingProxyType(
    {entry.code: entry for entry in sorted(TABLES, key=lambda entry: entry.code)}
)
"""Every errcode of the sign-in channels, by number, with its usual meaning."""
OTHER_MEANINGS: tuple[Errcode, ...] = (*ELSEWHERE, *APP_ELSEWHERE, *COMPONENT_ELSEWHERE, *WECOM_ELSEWHERE)
"""The same numbers where they mean something else: at one call, or in one family of calls (``qyapi/*``)."""

_SOMEWHERE: Mapping[tuple[str, int], Errcode] = {(entry.where, entry.code): entry for entry in OTHER_MEANINGS}

_CLASSES: Mapping[Retry, type[WeChatError]] = {
    Retry.NO: WeChatError,
    Retry.NEW_CODE: CodeRefused,
    Retry.NEW_TOKEN: TokenDead,
    Retry.NEW_AUTHORIZATION: SignInAgain,
    Retry.LATER: WeChatBusy,
    Retry.HUMAN: AccountRefused,
}

_UNKNOWN = Hint(
    en="This number is not in the catalogue of this package: look it up in WeChat's table of return codes (全局返回"
    "码), or ask WeChat's support with the rid.",
    zh="本软件的错误码表里没有这个编号：请查阅微信的「全局返回码」，或带上 rid 到微信开放社区提问。",
)


def error(
    operation: str, errcode: int, errmsg: str, rid: str | None = None, *, egress_ip: str | None = None
) -> WeChatError:
    """The exception for an errcode, to be raised by whoever read it.

    Its class follows the retry rule of the catalogue; a number the catalogue does not know becomes a plain WeChatError.

    Args:
        operation: the call that was answered, for example ``sns/userinfo``.
        errcode: WeChat's number, not 0.
        errmsg: WeChat's words. What cannot be printed is replaced, and 200 characters are kept.
        rid: WeChat's request id; 64 characters are kept.
        egress_ip: the address WeChat saw the call come from, when it says so.
    """
    entry = at(operation, errcode)
    retry = Retry.NO if entry is None else entry.retry
    return _CLASSES[retry](
        errcode=errcode,
        errmsg=_printable(errmsg)[:LONGEST_ERRMSG],
        rid=None if rid is None else _printable(rid)[:LONGEST_RID],
        operation=operation,
        hint=_UNKNOWN if entry is None else entry.remedy,
        retryable=retry is Retry.LATER,
        egress_ip=egress_ip,
    )


def at(operation: str, errcode: int) -> Errcode | None:
    """What is known about an errcode at a call; None when nothing is."""
    family = f"{operation.partition('/')[0]}/*"
    return _SOMEWHERE.get((operation, errcode)) or _SOMEWHERE.get((family, errcode)) or CATALOGUE.get(errcode)


def explain(code: int) -> Errcode:
    """What is known about an errcode.

    Raises:
        UsageError: the catalogue does not know the number; the message names numbers that look like it.
    """
    entry = CATALOGUE.get(code)
    if entry is None:
        raise UsageError(f"{code} is not in the catalogue; {_similar(code)}")
    return entry


def _similar(code: int) -> str:
    from difflib import get_close_matches  # only ever needed for a mistyped number

    numbers = get_close_matches(str(code), [str(known) for known in CATALOGUE], n=3)
    if not numbers:
        return "it holds the codes of calls (-1000 to 89507) and of the pages (402 to 500, 10003 to 10016)"
    return "similar: " + ", ".join(f"{number} ({CATALOGUE[int(number)].says})" for number in numbers)


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
