"""What a run found: a table for people, JSON lines for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

HEADINGS = ("name", "peer", "value", "unit", "wxauth/peer", "target", "")
ALIGNMENTS = (str.ljust, str.ljust, str.rjust, str.ljust, str.rjust, str.rjust, str.ljust)
VERDICTS = {None: "", True: "met", False: "missed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The most or the least that a value or a ratio may be."""

    of: Literal["value", "ratio"]
    most: float | None = None
    least: float | None = None

    def met_by(self, measured: float) -> bool:
        """Whether a number is within the bound."""
        return (self.most is None or measured <= self.most) and (self.least is None or measured >= self.least)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One number, and how it stands to wxauth's own.

    Args:
        name: what was measured.
        peer: whose number it is.
        value: the number, a median.
        unit: of the value.
        ratio: wxauth's number divided by the peer's, None where there is none.
        target: the bound of value or ratio, None where nothing is promised.
    """

    name: str
    peer: str
    value: float
    unit: str
    ratio: float | None = None
    target: Target | None = None

    @property
    def met(self) -> bool | None:
        """Whether the target is met, None without one."""
        if self.target is None:
            return None
        measured = self.value if self.target.of == "value" else self.ratio
        return measured is not None and self.target.met_by(measured)


def json_line(row: Row) -> str:
    """One row for programs."""
    fields = asdict(row)
    del fields["target"]
    return json.dumps(fields, ensure_ascii=False)


def append(rows: Sequence[Row], path: Path) -> None:
    """Write one JSON line a row."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{json_line(row)}\n" for row in rows)


def table(rows: Sequence[Row]) -> Iterator[str]:
    """The lines of the printed table."""
    cells = [HEADINGS, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEADINGS))]
    for line in cells:
        aligned = (align(cell, width) for align, cell, width in zip(ALIGNMENTS, line, widths, strict=True))
        yield "  ".join(aligned).rstrip()


def _cells(row: Row) -> tuple[str, ...]:
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}x"
    return (row.name, row.peer, f"{row.value:.1f}", row.unit, ratio, _goal(row), VERDICTS[row.met])


def _goal(row: Row) -> str:
    if row.target is None:
        return ""
    bounds = (("<=", row.target.most), (">=", row.target.least))
    return " ".join(f"{sign} {_bound(row, bound)}" for sign, bound in bounds if bound is not None)


def _bound(row: Row, bound: float) -> str:
    of_ratio = row.target is not None and row.target.of == "ratio"
    return f"{bound:.2f}x" if of_ratio else f"{bound:g} {row.unit.split()[0]}"
