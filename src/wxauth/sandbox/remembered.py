"""Values that are forgotten after their time, so that a world which runs for weeks does not grow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import heapify, heappop, heappush
from typing import Generic, Self, TypeVar

T = TypeVar("T")


class Remembered(Generic[T]):
    """Values by key, each until a time of its own. Whatever is due goes whenever something new comes."""

    def __init__(self) -> None:
        self._values: dict[str, tuple[float, T]] = {}
        self._due: list[tuple[float, str]] = []

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[T]:
        return iter([value for _, value in self._values.values()])

    @classmethod
    def of(cls, items: Iterable[tuple[str, float, T]]) -> Self:
        """What `items` gave; nothing is forgotten yet."""
        kept = cls()
        for key, until, value in items:
            kept._values[key] = (until, value)
            heappush(kept._due, (until, key))
        return kept

    def items(self) -> list[tuple[str, float, T]]:
        """Key, end and value of each, in the order they came."""
        return [(key, until, value) for key, (until, value) in list(self._values.items())]

    def put(self, key: str, value: T, *, until: float, now: float) -> None:
        """Remember a value, or change how long it is remembered; forget what is due."""
        self._values[key] = (until, value)
        heappush(self._due, (until, key))
        self.sweep(now)

    def get(self, key: str) -> T | None:
        """The value, None when there is none or it is forgotten."""
        kept = self._values.get(key)
        return None if kept is None else kept[1]

    def take(self, key: str) -> T | None:
        """The value, which is forgotten with this."""
        kept = self._values.pop(key, None)
        return None if kept is None else kept[1]

    def sweep(self, now: float) -> None:
        """Forget what is due."""
        while self._due and self._due[0][0] <= now:
            until, key = heappop(self._due)
            kept = self._values.get(key)
            if kept is not None and kept[0] == until:
                del self._values[key]
        if len(self._due) > 2 * len(self._values) + 64:
            self._due = [(until, key) for key, (until, _) in self._values.items()]
            heapify(self._due)
