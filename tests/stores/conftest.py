"""What the tests of stores share: asserts of the suite that explain themselves, and a clock that is moved by hand."""

import pytest

pytest.register_assert_rewrite("conformance", "shared")


class Clock:
    """Unix time that stands still until a test moves it."""

    def __init__(self) -> None:
        self.seconds = 1_750_000_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()
