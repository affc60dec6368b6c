"""Numbers, one after the other, that tell where they stand, so that a count can be written down and gone on with."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Lock


class Numbers(Iterator[int]):
    """Counts up without end, from any thread.

    Args:
        coming: the number that comes next.
    """

    def __init__(self, coming: int = 0) -> None:
        self.coming = coming
        self._lock = Lock()

    def __next__(self) -> int:
        with self._lock:
            number = self.coming
            self.coming = number + 1
        return number
