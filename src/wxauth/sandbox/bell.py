"""A bell that rings when something has happened in a world: for those who watch it live."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager

MOST_LISTENERS = 32


class TooManyListeners(Exception):
    """Nobody else can listen."""


class Bell:
    """Wakes up to 32 listeners; may be rung from any thread."""

    def __init__(self) -> None:
        self._listeners: tuple[Callable[[], None], ...] = ()

    def __len__(self) -> int:
        return len(self._listeners)

    def ring(self) -> None:
        """Wake everybody who listens."""
        for wake in self._listeners:
            wake()

    @contextmanager
    def heard(self, wake: Callable[[], None]) -> Generator[None, None, None]:
        """Listen for as long as the block lasts, in the thread of all other listeners.

        Args:
            wake: has to be quick and must not raise; it is called in the thread that rings.

        Raises:
            TooManyListeners: 32 listen already.
        """
        if len(self) >= MOST_LISTENERS:
            raise TooManyListeners
        self._listeners += (wake,)
        try:
            yield
        finally:
            self._listeners = tuple(other for other in self._listeners if other is not wake)
