"""The ticket that WeChat pushes to a third-party platform every ten minutes, kept for all its processes."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from wxauth.errors import StoreError
from wxauth.flow.renewal import Shelf, read, replace_older
from wxauth.protocol import component, errcode

TICKET_SECONDS = 12 * 60 * 60
"""A ticket lives so long
(https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/component_verify_ticket.html)."""
TICKET_UNKNOWN = 61006


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTicket:
    """What is kept of a push: a platform's ticket.

    Attributes:
        ticket: hidden in ``repr``.
        created_at: when WeChat made it, in seconds of unix time.
    """

    ticket: str = field(repr=False)
    created_at: float


async def keep_ticket(platform_appid: str, ticket: str, *, created_at: float) -> bool:
    """Keep a platform's ticket, unless a newer one is kept; True when it was written."""
    record = KeptTicket(ticket=ticket, created_at=created_at)
    return await replace_older(_shelf(platform_appid), record, lambda held: held.created_at > created_at)


async def kept_ticket(platform_appid: str) -> str:
    """A platform's newest ticket.

    Raises:
        WeChatBusy: none is kept; WeChat pushes one within ten minutes.
    """
    kept = await read(_shelf(platform_appid))
    if kept is None:
        problem = "no ticket of this platform is kept; WeChat was not asked"
        raise errcode.error(component.COMPONENT_TOKEN, TICKET_UNKNOWN, problem)
    return kept.ticket


def _shelf(platform_appid: str) -> Shelf[KeptTicket]:
    return Shelf(
        place=f"wxauth:ticket:{platform_appid}",
        encode=msgspec.json.encode,
        decode=_decode,
        ttl_seconds=lambda kept, now: TICKET_SECONDS,
    )


_decoder = msgspec.json.Decoder(KeptTicket)


def _decode(stored: bytes) -> KeptTicket:
    try:
        return _decoder.decode(stored)
    except msgspec.MsgspecError:
        raise StoreError("the store holds something that is not a ticket under a ticket's key") from None
