"""The pushed ticket of a platform, kept for all its processes."""

from typing import Any

import pytest

from wxauth.errors import StoreError, WeChatBusy
from wxauth.flow.drive import drive
from wxauth.flow.effects import Put
from wxauth.flow.ports import Ports
from wxauth.flow.ticket import KeptTicket, keep_ticket, kept_ticket
from wxauth.stores.memory import MemoryStore

APPID = "wx0000000000000005"


class World:
    def __init__(self) -> None:
        self.now = 1000.0
        transport: Any = None
        self.ports = Ports(transport=transport, store=MemoryStore(now=lambda: self.now))

    def run(self, flow: Any) -> Any:
        return drive(flow, self.ports)


def test_the_newest_ticket_is_kept_whatever_order_they_arrive_in() -> None:
    world = World()
    assert world.run(keep_ticket(APPID, "ticket-2", created_at=600)) is True
    assert world.run(keep_ticket(APPID, "ticket-1", created_at=0)) is False
    assert world.run(kept_ticket(APPID)) == "ticket-2"
    assert world.run(keep_ticket(APPID, "ticket-3", created_at=1200)) is True
    assert world.run(kept_ticket(APPID)) == "ticket-3"


def test_a_ticket_lives_twelve_hours() -> None:
    world = World()
    world.run(keep_ticket(APPID, "ticket", created_at=1000))
    world.now += 12 * 3600 - 1
    assert world.run(kept_ticket(APPID)) == "ticket"
    world.now += 1
    with pytest.raises(WeChatBusy, match="no ticket of this platform is kept") as caught:
        world.run(kept_ticket(APPID))
    assert caught.value.errcode == 61006


def test_something_else_under_a_tickets_key_is_an_error_that_quotes_nothing() -> None:
    async def spoil() -> None:
        await Put(f"wxauth:ticket:{APPID}", b'{"ticket": 5, "x": "CANARY"}', 60)

    world = World()
    world.run(spoil())
    with pytest.raises(StoreError) as caught:
        world.run(kept_ticket(APPID))
    assert "CANARY" not in str(caught.value)


def test_a_kept_ticket_shows_nothing() -> None:
    assert "CANARY" not in repr(KeptTicket(ticket="CANARY", created_at=1))
