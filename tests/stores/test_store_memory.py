"""The memory store: the contract, and that it forgets the dead by itself."""

from conformance import StoreConformance

from wxauth.stores.memory import LOOKED_AT_PER_COMMAND, AsyncMemoryStore, MemoryStore


class TestMemoryStore(StoreConformance):
    def open(self, colour, clock):
        return MemoryStore(now=clock) if colour == "sync" else AsyncMemoryStore(now=clock)


def test_the_dead_never_outnumber_the_living_for_long(clock) -> None:  # T46
    store = MemoryStore(now=clock)
    for number in range(20_000):  # each lives for 100 further commands
        clock.seconds += 1
        store.put(f"k{number}", b"v", ttl_seconds=100)
    assert len(store._entries) < 2 * 100


def test_after_a_peak_the_memory_is_given_back_by_a_fraction_of_its_commands(clock) -> None:  # T46
    store = MemoryStore(now=clock)
    for number in range(10_000):
        store.put(f"k{number}", b"v", ttl_seconds=60)
    clock.seconds += 60
    for _ in range(10_000 // LOOKED_AT_PER_COMMAND):
        store.get("unknown")
    assert not store._entries


def test_the_living_survive_being_looked_at(clock) -> None:
    store = MemoryStore(now=clock)
    for number in range(50):
        store.put(f"k{number}", b"v", ttl_seconds=60 if number % 2 else 30)
    clock.seconds += 30
    for _ in range(100):
        store.get("unknown")
    assert sorted(store._entries) == sorted(f"k{number}" for number in range(1, 50, 2))


def test_a_closed_store_holds_nothing(clock) -> None:
    store = MemoryStore(now=clock)
    store.put("k", b"v", ttl_seconds=60)
    store.close()
    assert not store._entries


async def test_both_colours_can_share_one_store(clock) -> None:
    store = MemoryStore(now=clock)
    async with AsyncMemoryStore(store) as shared:
        await shared.put("k", b"v", ttl_seconds=60)
        assert store.get("k") == b"v"
    assert store.take("k") == b"v"  # its owner has not closed it
