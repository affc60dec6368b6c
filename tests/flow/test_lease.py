"""A lease among processes that share a store."""

from typing import Any

from wxauth.errors import StoreError
from wxauth.flow.drive import drive
from wxauth.flow.effects import Swap
from wxauth.flow.lease import end, lease
from wxauth.flow.ports import Ports
from wxauth.stores.memory import MemoryStore


class Time:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def ports(store: MemoryStore) -> Ports:
    transport: Any = None
    return Ports(transport=transport, store=store)


def test_one_of_two_wins_a_lease() -> None:
    world = ports(MemoryStore())
    assert drive(lease("place", seconds=5), world) is not None
    assert drive(lease("place", seconds=5), world) is None
    assert drive(lease("another place", seconds=5), world) is not None


def test_a_lease_that_was_given_back_can_be_won_at_once() -> None:
    time = Time()
    world = ports(MemoryStore(now=time))
    held = drive(lease("place", seconds=5), world)
    assert held is not None
    drive(end(held), world)
    time.now += 0.001
    assert drive(lease("place", seconds=5), world) is not None


def test_a_lease_ends_by_itself() -> None:
    time = Time()
    world = ports(MemoryStore(now=time))
    assert drive(lease("place", seconds=5), world) is not None
    time.now += 5
    assert drive(lease("place", seconds=5), world) is not None


def test_a_holder_whose_lease_has_ended_takes_nothing_from_the_next() -> None:
    time = Time()
    world = ports(MemoryStore(now=time))
    stopped = drive(lease("place", seconds=5), world)
    assert stopped is not None
    time.now += 5
    assert drive(lease("place", seconds=5), world) is not None
    drive(end(stopped), world)
    time.now += 1
    assert drive(lease("place", seconds=5), world) is None


def test_a_store_that_fails_at_the_end_of_a_lease_hides_nothing() -> None:
    class Failing(MemoryStore):
        def _perform(self, command: Any) -> Any:
            if isinstance(command, Swap):
                raise StoreError("the server went away")
            return super()._perform(command)

    world = ports(Failing())
    held = drive(lease("place", seconds=5), world)
    assert held is not None
    drive(end(held), world)


def test_a_lease_shows_its_mark_to_nobody() -> None:
    held = drive(lease("place", seconds=5), ports(MemoryStore()))
    assert held is not None
    assert repr(held.mark) not in repr(held)
