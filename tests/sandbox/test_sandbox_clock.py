"""The clock of a world."""

import pytest

from wxauth.sandbox.clock import Clock, within


class Real:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def real() -> Real:
    return Real()


def test_a_clock_runs_beside_real_time(real):
    clock = Clock(real=real)
    assert clock.now() == 1000
    real.seconds = 1007
    assert clock.now() == 1007


def test_a_clock_that_begins_elsewhere_runs_from_there(real):
    clock = Clock(at=5000, real=real)
    real.seconds += 3
    assert clock.now() == 5003


def test_a_frozen_clock_stands_still_and_resumes_where_it_stands(real):
    clock = Clock(real=real)
    clock.freeze()
    real.seconds += 60
    assert (clock.now(), clock.frozen) == (1000, True)
    clock.resume()
    assert (clock.now(), clock.frozen) == (1000, False)
    real.seconds += 1
    assert clock.now() == 1001


def test_advance_takes_the_sum_of_its_spans_frozen_or_not(real):
    clock = Clock(real=real)
    clock.advance(days=1, hours=2, minutes=3, seconds=4)
    assert clock.now() == 1000 + 86400 + 7200 + 180 + 4
    clock.freeze()
    clock.advance(minutes=1)
    real.seconds += 9
    assert clock.now() == 1000 + 86400 + 7200 + 180 + 4 + 60


def test_set_goes_anywhere_and_keeps_a_frozen_clock_frozen(real):
    clock = Clock(real=real, frozen=True)
    clock.set(50)
    assert (clock.now(), clock.frozen) == (50, True)
    clock.resume()
    clock.set(70)
    real.seconds += 1
    assert clock.now() == 71


def test_advance_does_not_go_back():
    with pytest.raises(ValueError, match="use set"):
        Clock().advance(seconds=-1)


@pytest.mark.parametrize("frozen", [True, False])
def test_a_reset_clock_begins_again_where_and_how_it_began(frozen):
    clock = Clock(at=500, frozen=frozen, real=lambda: 1000.0)
    clock.freeze()
    clock.advance(days=1)
    clock.reset()
    assert (clock.now(), clock.frozen) == (500, frozen)


def test_a_clock_that_begins_frozen_stands_exactly_where_it_was_told():
    clock = Clock(at=1_767_225_600, frozen=True)
    clock.advance(minutes=6)
    assert clock.now() == 1_767_225_960
    clock.reset()
    assert clock.now() == 1_767_225_600


def test_what_falls_due_is_done_in_the_order_of_times_by_whoever_moves_the_clock(real):
    clock, done = Clock(real=real, frozen=True), []
    for at in (1030, 1010, 1020, 1010):
        clock.register(at, done.append)
    clock.advance(seconds=9)
    assert done == []
    clock.advance(seconds=11)
    assert done == [1010, 1010, 1020]
    clock.set(5000)
    assert done == [1010, 1010, 1020, 1030]


def test_what_falls_due_is_done_as_time_goes_by(real):
    clock, done = Clock(real=real), []
    clock.register(1005, done.append)
    real.seconds = 1004
    assert (clock.now(), done) == (1004, [])
    real.seconds = 1006
    assert (clock.now(), done) == (1006, [1005])


def test_what_falls_due_may_look_at_the_clock_and_be_due_again(real):
    clock, seen = Clock(real=real, frozen=True), []

    def tick(at):
        seen.append((at, clock.now()))
        clock.register(at + 10, tick)

    clock.register(1010, tick)
    clock.advance(seconds=25)
    assert seen == [(1010, 1025), (1020, 1025)]


def test_a_clock_that_goes_back_takes_what_was_to_come_along(real):
    clock, done = Clock(real=real, frozen=True), []
    clock.register(1010, done.append)
    clock.set(500)
    clock.advance(seconds=9)
    assert done == []
    clock.advance(seconds=1)
    assert done == [510]


def test_a_clock_that_begins_again_has_nothing_due(real):
    clock, done = Clock(real=real, frozen=True), []
    clock.register(1010, done.append)
    clock.reset()
    clock.advance(days=1)
    assert done == []


@pytest.mark.parametrize(("comes_true_at", "seconds", "held"), [(1, 0, True), (3, 60, True), (99, 0, False)])
async def test_a_wait_ends_as_soon_as_it_holds_or_the_time_is_over(comes_true_at, seconds, held):
    looks = iter(range(1, 1000))
    assert await within(seconds, lambda: next(looks) >= comes_true_at) is held
