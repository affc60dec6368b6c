"""The snapshots of a world: the documents it keeps by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wxauth.sandbox.document import Document

MOST_SNAPSHOTS = 32
NAME = re.compile(r"[\w.-]{1,64}")


class Snapshots:
    """Documents by name, at most 32; neither a reset nor a restore forgets them, and no export holds them."""

    def __init__(self) -> None:
        self._kept: dict[str, Document] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._kept))

    def put(self, name: str, document: Document) -> None:
        """Keep a document; another of that name is replaced.

        Raises:
            ValueError: the name has other characters than letters, digits and ``._-``, or there are 32 already.
        """
        if not NAME.fullmatch(name):
            raise ValueError(f"the name of a snapshot has 1 to 64 letters, digits and ._-, unlike {name[:80]!r}")
        if name not in self._kept and len(self._kept) >= MOST_SNAPSHOTS:
            raise ValueError(f"there are {MOST_SNAPSHOTS} snapshots already; forget one or export it to a file")
        self._kept[name] = document

    def get(self, name: str) -> Document:
        """The document of a name; raises LookupError naming those there are."""
        if name not in self._kept:
            raise LookupError(f"there is no snapshot {name[:80]!r}; there are: {', '.join(self._kept) or 'none'}")
        return self._kept[name]

    def forget(self, name: str) -> None:
        """Keep a document no longer; raises LookupError naming those there are."""
        self.get(name)
        del self._kept[name]
