"""The JS-SDK: the ticket of an account, and the signature that ``wx.config`` wants.

https://developer.work.weixin.qq.com/document/path/96909
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from hashlib import sha1
from urllib.parse import urlsplit

import msgspec

from wxauth.credential import AccountCredential
from wxauth.errors import UsageError
from wxauth.protocol.body import Answer, read
from wxauth.protocol.field import encoded, lifetime_seconds, printable
from wxauth.protocol.message import Call, Endpoints, Request, Response

TICKET = "cgi-bin/ticket/getticket"


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketAnswer:
    """A ticket whose end is not yet a point in time.

    Attributes:
        ticket: hidden in ``repr``.
        expires_in_seconds: how long it lives from now.
    """

    ticket: str = field(repr=False)
    expires_in_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JsapiTicket:
    """What pages of an account are signed with. Keep it until it ends: the quota of the call is small.

    Attributes:
        appid: the account.
        ticket: stays on your server. Hidden in ``repr``.
        expires_at: when it ends, in seconds of unix time.
    """

    appid: str
    ticket: str = field(repr=False)
    expires_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class JsConfig:
    """What ``wx.config`` takes; every value may be shown.

    Attributes:
        appid: ``appId``.
        timestamp: ``timestamp``, in seconds of unix time.
        nonce: ``nonceStr``.
        signature: ``signature``.
    """

    appid: str
    timestamp: int
    nonce: str
    signature: str

    def fields(self) -> dict[str, str | int]:
        """The fields under the names of ``wx.config``, to be written as JSON; ``nonceStr`` has its capital S there."""
        return {
            "appId": self.appid,
            "timestamp": self.timestamp,
            "nonceStr": self.nonce,
            "signature": self.signature,
        }


def fetch_ticket(endpoints: Endpoints, credential: AccountCredential) -> Call[TicketAnswer]:
    """Ask for the account's ticket of the JS-SDK.

    Source: https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html
    """
    return Call(
        request=Request(
            operation=TICKET,
            url=f"{endpoints.api}/cgi-bin/ticket/getticket?access_token={encoded(credential.access_token)}&type=jsapi",
        ),
        read=partial(_read_ticket, credential.access_token),
    )


def sign(ticket: JsapiTicket, url: str, *, nonce: str, now: float) -> JsConfig:
    """Sign the address of a page.

    Args:
        ticket: of the account.
        url: the address as the browser shows it, ``code`` and ``state`` included as long as they stand in it; what
            follows ``#`` does not count. Percent-encoding stays as it is.
        nonce: letters and digits that nobody can guess.
        now: unix time in seconds.

    Raises:
        UsageError: the url is not a whole address that begins with http:// or https://; WeChat would have said
            ``invalid signature``.
    """
    page, _, _ = url.partition("#")
    if not _is_whole(page):
        raise UsageError(
            "the url to sign is not the whole address of a page; wx.config would have said invalid signature"
        )
    timestamp = int(now)
    text = f"jsapi_ticket={ticket.ticket}&noncestr={nonce}&timestamp={timestamp}&url={page}"
    signature = sha1(text.encode(), usedforsecurity=False).hexdigest()
    return JsConfig(appid=ticket.appid, timestamp=timestamp, nonce=nonce, signature=signature)


def _is_whole(page: str) -> bool:
    try:
        page.encode()
        parts = urlsplit(page)
    except ValueError:  # half a surrogate pair, or a host that is none
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


class _TicketBody(Answer):
    ticket: str | None = None
    expires_in: int | str | None = None


_TICKET_BODY = msgspec.json.Decoder(_TicketBody)


def _read_ticket(token: str, response: Response) -> TicketAnswer:
    body = read(response, _TICKET_BODY, operation=TICKET, secrets=(token,))
    return TicketAnswer(
        ticket=printable(TICKET, "ticket", body.ticket),
        expires_in_seconds=lifetime_seconds(TICKET, body.expires_in),
    )
