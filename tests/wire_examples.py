"""Reads the recorded examples of tests/wire (its README.md describes the form)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "wire"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    name: str
    confidence: str
    source: str
    note: str
    request: Mapping[str, Any]
    response: Mapping[str, Any]
    means: Mapping[str, Any]

    @property
    def body(self) -> bytes:
        return str(self.response["body"]).encode("utf-8", "surrogateescape")

    def __str__(self) -> str:
        return self.name


def examples(operation: str) -> Iterator[Example]:
    """The examples of an operation such as ``sns/userinfo`` or ``authorize-pages``."""
    text = (FOLDER / f"{operation.replace('/', '-')}.json").read_text(encoding="utf-8")
    for row in json.loads(text):
        yield Example(**{"note": "", **row})
