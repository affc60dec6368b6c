"""Values that are forgotten after their time."""

from hypothesis import given
from hypothesis import strategies as st

from wxauth.sandbox.remembered import Remembered


def test_what_is_due_is_forgotten_when_something_new_comes():
    kept = Remembered[str]()
    kept.put("a", "A", until=10, now=0)
    kept.put("b", "B", until=20, now=9)
    assert kept.get("a") == "A"
    kept.put("c", "C", until=30, now=10)
    assert (kept.get("a"), kept.get("b"), len(kept)) == (None, "B", 2)


def test_a_later_time_keeps_a_value_alive_and_an_earlier_one_ends_it():
    kept = Remembered[int]()
    kept.put("long", 1, until=10, now=0)
    kept.put("long", 1, until=50, now=0)
    kept.put("short", 2, until=50, now=0)
    kept.put("short", 2, until=10, now=0)
    kept.sweep(20)
    assert (kept.get("long"), kept.get("short")) == (1, None)


def test_a_value_is_taken_once():
    kept = Remembered[int]()
    kept.put("a", 1, until=10, now=0)
    assert (kept.take("a"), kept.take("a")) == (1, None)


def test_changing_the_same_value_for_ever_needs_no_more_memory():
    kept = Remembered[int]()
    for turn in range(10_000):
        kept.put("a", turn, until=1_000_000 + turn, now=0)
    assert len(kept._due) < 100
    assert list(kept) == [9_999]


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 50), st.integers(0, 5)), max_size=200))
def test_exactly_what_is_not_due_is_remembered(steps):
    kept, model, now = Remembered[int](), {}, 0
    for key, lives, passes in steps:
        now += passes
        model[key] = now + lives
        kept.put(key, 1, until=now + lives, now=now)
        model = {key: until for key, until in model.items() if until > now}
        assert {key for key in "abcd" if kept.get(key)} == set(model)
