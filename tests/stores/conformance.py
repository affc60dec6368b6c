"""The contract of ``wxauth.stores.base`` as tests. A back end subclasses StoreConformance and says how to open it.

Every test is written once, for callers that await; ``Blocking`` lets it drive the blocking colour. Races are run by
threads on a store that blocks and by tasks on one that awaits.
"""

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wxauth.errors import UsageError
from wxauth.flow.effects import Add, Delete, Get, Now, Put, StoreCommand, Swap, Take
from wxauth.stores.base import MAX_KEY_CHARACTERS, MAX_VALUE_BYTES, AsyncStore, Store

FULL = "FULL_TESTS" in os.environ
"""Whether to run the full numbers; without it each test that scales them down says both."""
FIXTURES_ARE_MEANT = [HealthCheck.function_scoped_fixture, HealthCheck.differing_executors]
RACERS = 200
TTL = 60.0

GOOD_KEYS = {
    "one character": "k",
    "the longest": "k" * MAX_KEY_CHARACTERS,
    "the longest, in Chinese": "钥" * MAX_KEY_CHARACTERS,
    "the longest, in emoji": "🔑" * MAX_KEY_CHARACTERS,
    "a space": " ",
    "a quote": "'; DROP TABLE entry; --",
    "a percent sign": "%",
    "an underscore": "_",
    "a zero character": "a\0b",
    "a line break": "a\nb",
    "digits": "0123",
}
BAD_KEYS = {
    "empty": "",
    "too long": "k" * (MAX_KEY_CHARACTERS + 1),
    "half a surrogate pair": "secret\ud83d",
    "bytes": b"secret",
    "None": None,
    "a number": 7,
}
LARGEST = b"\xff" * MAX_VALUE_BYTES
GOOD_VALUES = {
    "empty": b"",
    "the largest": LARGEST,
    "every byte": bytes(range(256)),
    "zeros": b"\0\0\0",
    "not UTF-8": b"\xff\xfe\x80",
    "digits": b"0123",
}
BAD_VALUES = {
    "too large": b"s" * (MAX_VALUE_BYTES + 1),
    "text": "secret",
    "a bytearray": bytearray(b"secret"),
    "None": None,
}
GOOD_SPANS = {
    "a microsecond": 1e-6,
    "an int": 1,
    "ten years": 315_360_000,
    "a huge int": 10**300,
    "the largest": 1.7e308,
}
BAD_SPANS = {
    "zero": 0,
    "negative": -1.0,
    "not a number": float("nan"),
    "infinite": float("inf"),
    "over every float": 10**400,
    "text": "60",
    "None": None,
}
DIFFERENT_KEYS = {
    "case": ("oAbCdEf", "oabcdef"),
    "case outside ASCII": ("É", "é"),
    "a trailing space": ("k", "k "),
    "what follows a zero character": ("k\0a", "k\0b"),
    "a zero character at the end": ("k", "k\0"),
    "Unicode composition": ("\u00e9", "e\u0301"),
    "full width": ("k", "ｋ"),
    "a leading zero": ("1", "01"),
    "a wildcard": ("k%", "kk"),
}


def each(table: dict[str, object]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("given_", table.values(), ids=table.keys())


class Blocking(AsyncStore):
    """A store that blocks, driven by the tests of the suite through its public names."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def get(self, key):
        return self.store.get(key)

    async def put(self, key, value, *, ttl_seconds):
        return self.store.put(key, value, ttl_seconds=ttl_seconds)

    async def add(self, key, value, *, ttl_seconds):
        return self.store.add(key, value, ttl_seconds=ttl_seconds)

    async def take(self, key):
        return self.store.take(key)

    async def swap(self, key, *, expected, value, ttl_seconds):
        return self.store.swap(key, expected=expected, value=value, ttl_seconds=ttl_seconds)

    async def delete(self, key):
        return self.store.delete(key)

    async def perform(self, command):
        return self.store.perform(command)

    async def close(self):
        self.store.close()

    async def __aenter__(self):
        self.store.__enter__()
        return self

    async def __aexit__(self, *raised):
        self.store.__exit__(*raised)

    async def _perform(self, command):
        raise NotImplementedError

    async def _close(self):
        raise NotImplementedError


class StoreConformance:
    """What every back end keeps to, in both colours."""

    THREAD_KEYS = 500
    TASK_KEYS = 500
    MOST_BYTES = MAX_VALUE_BYTES
    SHORTEST_SECONDS = 0.0
    JUST_BEFORE_SECONDS = 0.001
    """A back end whose clock cannot be held still needs more than nothing for these two."""

    def open(self, colour: str, clock: Callable[[], float]) -> Store | AsyncStore:
        """A new, empty store of the back end; colour is "sync" or "async"."""
        raise NotImplementedError

    @pytest.fixture(params=["sync", "async"])
    async def store(self, request: pytest.FixtureRequest, clock):
        store = as_awaited(self.open(request.param, clock))
        yield store
        await store.close()

    # Rule 1: keys, values.

    @each(GOOD_KEYS)
    async def test_a_key_within_the_limits_is_remembered(self, store, given_) -> None:
        await store.put(given_, b"v", ttl_seconds=TTL)
        assert await store.get(given_) == b"v"

    @each(GOOD_VALUES)
    @pytest.mark.parametrize("setting", ["put", "add", "swap"])
    @pytest.mark.parametrize("reading", ["get", "take"])
    async def test_a_value_within_the_limits_comes_back_byte_for_byte(self, store, setting, reading, given_) -> None:
        value = given_[: self.MOST_BYTES]
        if setting == "swap":
            await store.put("k", b"old", ttl_seconds=TTL)
            assert await store.swap("k", expected=b"old", value=value, ttl_seconds=TTL)
        else:
            await getattr(store, setting)("k", value, ttl_seconds=TTL)
        assert await getattr(store, reading)("k") == value
        assert await store.add("k", b"new", ttl_seconds=TTL) is (reading == "take")

    async def test_what_comes_back_is_bytes(self, store) -> None:
        await store.put("k", b"text", ttl_seconds=TTL)
        assert (type(await store.get("k")), type(await store.take("k"))) == (bytes, bytes)

    @each(BAD_KEYS)
    @pytest.mark.parametrize("number", range(6), ids=["get", "put", "add", "take", "swap", "delete"])
    async def test_a_key_outside_the_limits_is_refused_without_being_quoted(self, store, number, given_) -> None:
        await refused(store, list(commands(key=given_))[number])

    @each(BAD_VALUES)
    async def test_a_value_outside_the_limits_is_refused_without_being_quoted(self, store, given_) -> None:
        await store.put("k", b"old", ttl_seconds=TTL)
        await refused(store, Put("k", given_, TTL))
        await refused(store, Add("other", given_, TTL))
        await refused(store, Swap("k", b"old", given_, TTL))
        await refused(store, Swap("k", given_, b"new", TTL))
        assert (await store.get("k"), await store.get("other")) == (b"old", None)

    # Rule 2: the time to live.

    @each(GOOD_SPANS)
    async def test_any_positive_time_to_live_is_taken(self, store, given_) -> None:
        seconds = max(given_, self.SHORTEST_SECONDS)
        await store.put("k", b"1", ttl_seconds=seconds)
        assert await store.swap("k", expected=b"1", value=b"2", ttl_seconds=seconds)
        assert not await store.add("k", b"3", ttl_seconds=seconds)
        assert await store.get("k") == b"2"

    @each(BAD_SPANS)
    async def test_a_time_to_live_that_is_none_is_refused_and_changes_nothing(self, store, given_) -> None:
        await store.put("k", b"old", ttl_seconds=TTL)
        await refused(store, Put("k", b"new", given_))
        await refused(store, Add("other", b"new", given_))
        await refused(store, Swap("k", b"old", b"new", given_))
        assert (await store.get("k"), await store.get("other")) == (b"old", None)

    async def test_a_value_lives_until_just_before_its_time_has_passed(self, store, clock) -> None:
        await store.put("k", b"v", ttl_seconds=TTL)
        clock.seconds += TTL - self.JUST_BEFORE_SECONDS
        assert await store.get("k") == b"v"
        assert not await store.add("k", b"w", ttl_seconds=TTL)
        assert await store.take("k") == b"v"

    async def test_at_the_very_moment_the_key_is_absent_to_get(self, store, clock) -> None:
        await expired_now(store, clock)
        assert await store.get("k") is None

    async def test_at_the_very_moment_the_key_is_absent_to_take(self, store, clock) -> None:
        await expired_now(store, clock)
        assert await store.take("k") is None

    async def test_at_the_very_moment_the_key_is_absent_to_add(self, store, clock) -> None:
        await expired_now(store, clock)
        assert await store.add("k", b"new", ttl_seconds=TTL)
        assert await store.get("k") == b"new"

    async def test_at_the_very_moment_the_key_is_absent_to_swap(self, store, clock) -> None:
        await expired_now(store, clock)
        assert not await store.swap("k", expected=b"old", value=b"new", ttl_seconds=TTL)
        assert await store.get("k") is None

    async def test_at_the_very_moment_the_key_is_absent_to_put_and_delete(self, store, clock) -> None:
        await expired_now(store, clock)
        await store.delete("k")
        await store.put("k", b"new", ttl_seconds=TTL)
        assert await store.get("k") == b"new"

    async def test_every_key_has_a_time_of_its_own(self, store, clock) -> None:
        for seconds in (30, 10, 20):
            await store.put(f"k{seconds}", b"v", ttl_seconds=seconds)
        clock.seconds += 20
        assert [await store.get(f"k{seconds}") for seconds in (10, 20, 30)] == [None, None, b"v"]

    @pytest.mark.parametrize("how", ["put", "swap", "add after the end", "add after a take"])
    async def test_setting_starts_the_time_to_live_anew(self, store, clock, how) -> None:
        await store.put("k", b"old", ttl_seconds=TTL)
        clock.seconds += TTL if how == "add after the end" else TTL - 1
        if how == "put":
            await store.put("k", b"new", ttl_seconds=TTL)
        elif how == "swap":
            assert await store.swap("k", expected=b"old", value=b"new", ttl_seconds=TTL)
        else:
            await store.take("k")
            assert await store.add("k", b"new", ttl_seconds=TTL)
        clock.seconds += TTL - 1
        assert await store.get("k") == b"new"
        clock.seconds += 1
        assert await store.get("k") is None

    async def test_a_shorter_time_to_live_replaces_a_longer_one(self, store, clock) -> None:
        await store.put("k", b"old", ttl_seconds=TTL)
        await store.put("k", b"new", ttl_seconds=1)
        clock.seconds += 1
        assert await store.get("k") is None

    async def test_refused_adds_and_swaps_leave_the_time_to_live_alone(self, store, clock) -> None:
        await store.put("k", b"old", ttl_seconds=TTL)
        assert not await store.add("k", b"new", ttl_seconds=TTL * 9)
        assert not await store.swap("k", expected=b"other", value=b"new", ttl_seconds=TTL * 9)
        assert await store.get("k") == b"old"
        clock.seconds += TTL
        assert await store.get("k") is None

    async def test_many_dead_keys_stay_absent_while_others_come_and_go(self, store, clock) -> None:
        for number in range(300):
            await store.put(f"dead{number}", b"v", ttl_seconds=1)
        await store.put("living", b"v", ttl_seconds=TTL)
        clock.seconds += 1
        for number in range(300):
            await store.put(f"new{number}", b"v", ttl_seconds=TTL)
        assert [await store.get(f"dead{number}") for number in range(300)] == [None] * 300
        assert [await store.get(f"new{number}") for number in range(300)] == [b"v"] * 300
        assert await store.get("living") == b"v"

    # Rules 3 to 8: the six commands.

    async def test_an_unknown_key_is_none_to_get_and_take(self, store) -> None:
        assert (await store.get("k"), await store.take("k")) == (None, None)

    async def test_get_changes_nothing(self, store, clock) -> None:
        await store.put("k", b"v", ttl_seconds=TTL)
        clock.seconds += TTL - 1
        assert [await store.get("k") for _ in range(3)] == [b"v"] * 3
        clock.seconds += 1
        assert await store.get("k") is None

    async def test_put_sets_whatever_was_there(self, store) -> None:
        assert await store.put("k", b"1", ttl_seconds=TTL) is None
        assert await store.put("k", b"2", ttl_seconds=TTL) is None
        assert await store.get("k") == b"2"

    async def test_add_sets_only_an_absent_key(self, store) -> None:
        assert await store.add("k", b"1", ttl_seconds=TTL) is True
        assert await store.add("k", b"2", ttl_seconds=TTL) is False
        assert await store.get("k") == b"1"

    async def test_an_empty_value_is_not_absence(self, store) -> None:
        await store.put("k", b"", ttl_seconds=TTL)
        assert await store.add("k", b"1", ttl_seconds=TTL) is False
        assert await store.swap("k", expected=b"", value=b"", ttl_seconds=TTL) is True
        assert await store.take("k") == b""
        assert await store.swap("k", expected=b"", value=b"1", ttl_seconds=TTL) is False

    async def test_a_value_is_taken_only_once(self, store) -> None:  # A3
        await store.put("k", b"v", ttl_seconds=TTL)
        assert [await store.take("k"), await store.take("k"), await store.get("k")] == [b"v", None, None]

    async def test_a_key_can_be_added_again_after_a_take_and_a_delete(self, store) -> None:
        for forget in (store.take, store.delete):
            assert await store.add("k", b"v", ttl_seconds=TTL)
            await forget("k")
        assert await store.add("k", b"v", ttl_seconds=TTL)

    async def test_swap_sets_only_what_holds_the_expected_value(self, store) -> None:
        await store.put("k", b"1", ttl_seconds=TTL)
        assert await store.swap("k", expected=b"2", value=b"3", ttl_seconds=TTL) is False
        assert await store.get("k") == b"1"
        assert await store.swap("k", expected=b"1", value=b"2", ttl_seconds=TTL) is True
        assert await store.get("k") == b"2"

    @pytest.mark.parametrize("near", [b"secret\0", b"secre", b"Secret", b"secret ", b""])
    async def test_swap_compares_byte_for_byte(self, store, near) -> None:
        await store.put("k", b"secret", ttl_seconds=TTL)
        assert not await store.swap("k", expected=near, value=b"new", ttl_seconds=TTL)

    async def test_swap_never_creates(self, store) -> None:
        assert not await store.swap("k", expected=b"1", value=b"2", ttl_seconds=TTL)
        assert await store.get("k") is None

    async def test_delete_forgets_and_says_nothing(self, store) -> None:
        await store.put("k", b"v", ttl_seconds=TTL)
        assert [await store.delete("k"), await store.delete("k")] == [None, None]
        assert await store.get("k") is None

    async def test_a_command_touches_no_other_key(self, store) -> None:
        await store.put("other", b"v", ttl_seconds=TTL)
        for command in commands(key="k"):
            await store.perform(command)
        assert await store.get("other") == b"v"

    async def test_perform_does_what_the_method_of_the_same_name_does(self, store) -> None:
        assert await store.perform(Add("k", b"1", TTL)) is True
        assert await store.perform(Add("k", b"2", TTL)) is False
        assert await store.perform(Swap("k", b"1", b"2", TTL)) is True
        assert await store.perform(Swap("k", b"1", b"3", TTL)) is False
        assert await store.perform(Get("k")) == b"2"
        assert await store.perform(Put("k", b"4", TTL)) is None
        assert await store.perform(Take("k")) == b"4"
        assert await store.perform(Delete("k")) is None

    async def test_an_effect_that_is_no_store_command_is_refused(self, store) -> None:
        with pytest.raises(UsageError, match="not Now"):
            await store.perform(Now())

    @settings(max_examples=60, deadline=None, suppress_health_check=FIXTURES_ARE_MEANT)
    @given(colour=st.sampled_from(["sync", "async"]), steps=st.lists(st.deferred(lambda: STEPS), max_size=40))
    def test_any_sequence_of_commands_is_answered_as_by_the_words_of_the_contract(self, clock, colour, steps) -> None:
        async def compare() -> None:
            async with as_awaited(self.open(colour, clock)) as store:
                words = Words(clock)
                for step in steps:
                    if isinstance(step, float):
                        clock.seconds += step
                    else:
                        assert await store.perform(step) == words.perform(step), step

        asyncio.run(compare())

    # Rule 9: races.

    @pytest.mark.parametrize("colour", ["sync", "async"])
    async def test_of_many_takers_one_gets_each_value(self, clock, colour) -> None:  # A3
        store = self.open(colour, clock)
        await self._race(store, Take, before=Put, value=b"v", lost=None, after=None)

    @pytest.mark.parametrize("colour", ["sync", "async"])
    async def test_of_many_adders_one_is_answered_true(self, clock, colour) -> None:
        store = self.open(colour, clock)
        await self._race(store, lambda key: Add(key, b"w", TTL), before=None, value=True, lost=False, after=b"w")

    @pytest.mark.parametrize("colour", ["sync", "async"])
    async def test_of_many_swappers_with_the_same_expectation_one_is_answered_true(self, clock, colour) -> None:
        store = self.open(colour, clock)
        await self._race(store, lambda key: Swap(key, b"v", b"w", TTL), before=Put, value=True, lost=False, after=b"w")

    @pytest.mark.parametrize("colour", ["sync", "async"])
    async def test_nothing_is_lost_when_many_count_with_swap(self, clock, colour) -> None:
        store = self.open(colour, clock)
        awaited = as_awaited(store)
        await awaited.put("count", b"0", ttl_seconds=TTL)
        if isinstance(store, Store):
            await asyncio.to_thread(in_threads, lambda: [count_up(store) for _ in range(10)], threads=8)
        else:
            await asyncio.gather(*(acount_up(store) for _ in range(80)))
        assert await awaited.get("count") == b"80"
        await awaited.close()

    async def _race(self, store, command, *, before, value, lost, after) -> None:
        awaited = as_awaited(store)
        keys = [f"key{number}" for number in range(self.THREAD_KEYS if isinstance(store, Store) else self.TASK_KEYS)]
        if before is Put:
            for key in keys:
                await awaited.put(key, b"v", ttl_seconds=TTL)
        if isinstance(store, Store):
            answers = await asyncio.to_thread(
                in_threads, lambda: [store.perform(command(key)) for key in keys], threads=RACERS
            )
        else:

            async def racer():
                return [await store.perform(command(key)) for key in keys]

            answers = await asyncio.gather(*(racer() for _ in range(RACERS)))
        for by_racers in zip(*answers, strict=True):
            assert by_racers.count(value) == 1
            assert by_racers.count(lost) == RACERS - 1
        assert {await awaited.get(key) for key in keys} == {after}
        await awaited.close()

    # Rule 10: keys are exact strings.

    @each(DIFFERENT_KEYS)
    async def test_keys_that_differ_are_different_keys(self, store, given_) -> None:  # F1
        one, other = given_
        assert await store.add(one, b"1", ttl_seconds=TTL)
        assert await store.get(other) is None
        assert await store.add(other, b"2", ttl_seconds=TTL)
        assert (await store.take(one), await store.get(other)) == (b"1", b"2")

    @pytest.mark.parametrize("part", ["ke", "ey", "key%", "k*", "key\0", "%", "_ey"])
    async def test_nothing_is_found_by_a_part_of_its_key(self, store, part) -> None:
        await store.put("key", b"v", ttl_seconds=TTL)
        assert (await store.get(part), await store.take(part)) == (None, None)
        await store.delete(part)
        assert await store.get("key") == b"v"

    # Rule 11: the end.

    async def test_a_closed_store_refuses_every_command(self, store) -> None:
        await store.close()
        for command in commands(key="k"):
            with pytest.raises(UsageError, match="was closed"):
                await store.perform(command)

    async def test_closing_twice_is_no_error(self, store) -> None:
        await store.close()
        await store.close()

    async def test_leaving_the_with_block_closes(self, store) -> None:
        async with store as entered:
            assert entered is store
            await store.put("k", b"v", ttl_seconds=TTL)
        with pytest.raises(UsageError, match="was closed"):
            await store.get("k")


def as_awaited(store: Store | AsyncStore) -> AsyncStore:
    return Blocking(store) if isinstance(store, Store) else store


def commands(*, key: str) -> Iterator[StoreCommand]:
    yield Get(key)
    yield Put(key, b"v", TTL)
    yield Add(key, b"v", TTL)
    yield Take(key)
    yield Swap(key, b"v", b"w", TTL)
    yield Delete(key)


async def refused(store: AsyncStore, command: StoreCommand) -> None:
    with pytest.raises(UsageError) as caught:
        await store.perform(command)
    assert "secret" not in str(caught.value)
    assert len(str(caught.value)) < 200


async def expired_now(store: AsyncStore, clock) -> None:
    for number in range(50):  # no store has had the occasion to sweep "k" away
        await store.put(f"other{number}", b"v", ttl_seconds=TTL * 2)
    await store.put("k", b"old", ttl_seconds=TTL)
    clock.seconds += TTL


def in_threads(work: Callable[[], object], *, threads: int) -> list:
    """What each of so many threads answered; they begin together."""
    answers: list = []
    begin = threading.Barrier(threads)

    def run() -> None:
        begin.wait()
        answers.append(work())

    running = [threading.Thread(target=run) for _ in range(threads)]
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # so that they meet in the middle of a command
    try:
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()
    finally:
        sys.setswitchinterval(usual)
    assert len(answers) == threads
    return answers


def count_up(store: Store) -> None:
    while True:
        seen = store.get("count")
        if store.swap("count", expected=seen, value=b"%d" % (int(seen) + 1), ttl_seconds=TTL):
            return


async def acount_up(store: AsyncStore) -> None:
    while True:
        seen = await store.get("count")
        await asyncio.sleep(0)  # let the others in between reading and writing
        if await store.swap("count", expected=seen, value=b"%d" % (int(seen) + 1), ttl_seconds=TTL):
            return


class Words:
    """The contract in its plainest form: what the back ends are compared with."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.entries: dict[str, tuple[bytes, float]] = {}

    def perform(self, command: StoreCommand) -> bytes | bool | None:
        entries, now = self.entries, self.clock()
        entries = self.entries = {key: entry for key, entry in entries.items() if entry[1] > now}
        held = entries.get(command.key, (None,))[0]
        match command:
            case Get():
                return held
            case Take() | Delete():
                entries.pop(command.key, None)
                return held if isinstance(command, Take) else None
            case Put():
                done = None
            case Add():
                done = held is None
            case Swap():
                done = held == command.expected
        if done is not False:
            entries[command.key] = (command.value, now + command.ttl_seconds)
        return done


_KEYS = st.sampled_from(["k", "K", "l"])
_VALUES = st.sampled_from([b"", b"1", b"2"])
_SPANS = st.sampled_from([0.5, 1.0, 2.0])
STEPS = st.one_of(
    st.builds(Get, _KEYS),
    st.builds(Put, _KEYS, _VALUES, _SPANS),
    st.builds(Add, _KEYS, _VALUES, _SPANS),
    st.builds(Take, _KEYS),
    st.builds(Swap, _KEYS, _VALUES, _VALUES, _SPANS),
    st.builds(Delete, _KEYS),
    st.sampled_from([0.5, 1.0]),
)
