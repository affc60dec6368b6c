"""The decision about the points of the sandbox names tests that there are, and reasons where a point is not true."""

from __future__ import annotations

import re

import pytest
from coverage_page import functions
from markdown_pages import ROOT

PAGE = ROOT / "docs" / "decisions" / "0006-sandbox-points.md"
POINTS = 33

_ROW = re.compile(r"^\| (?P<number>\d+) \| (?P<says>[^|]+) \| (?P<how>[^|]+) \| (?P<shown>[^|]+) \|$", re.MULTILINE)
_TEST = re.compile(r"`([\w/]+\.py)::(test_\w+)`")

ROWS = [row.groupdict() for row in _ROW.finditer(PAGE.read_text(encoding="utf-8"))]


def test_every_point_has_one_row() -> None:
    assert [int(row["number"]) for row in ROWS] == list(range(1, POINTS + 1))
    assert {row["how"] for row in ROWS} <= {"true", "in part", "not"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["number"])
def test_a_point_names_tests_that_there_are_and_says_what_is_missing(row: dict[str, str]) -> None:
    named = _TEST.findall(row["shown"])
    assert not [f"{path}::{name}" for path, name in named if name not in functions(path)]
    assert named or row["how"] == "not"
    reason = _TEST.sub("", row["shown"]).replace("<br>", "").strip()
    assert reason or row["how"] == "true", "a point that is not true needs its reason"
