"""The page of the seed file lists every key there is, and its example is one."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
from markdown_pages import ROOT, blocks

from wxauth.sandbox.accounts import Account
from wxauth.sandbox.people import Person
from wxauth.sandbox.seed import TABLES, SeedClock, SeedFault, seeded

PAGE = ROOT / "docs" / "reference" / "seed-file.md"
KEYS = {
    "The world": set(TABLES),
    "[clock]": {field.name for field in fields(SeedClock)},
    "[[accounts]]": {field.name for field in fields(Account)},
    "[[people]]": {field.name for field in fields(Person)},
    "[[faults]]": {field.name for field in fields(SeedFault)},
}


@pytest.mark.parametrize("heading", KEYS)
def test_every_key_has_a_row_and_there_is_no_other(heading: str) -> None:
    section = PAGE.read_text(encoding="utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)) == KEYS[heading]


def test_the_example_is_a_world(tmp_path: Path) -> None:
    (example,) = [block.text for block in blocks(PAGE) if block.language == "toml"]
    (tmp_path / "seed.toml").write_text(example, encoding="utf-8")
    world = seeded(tmp_path / "seed.toml")
    assert [person.nickname for person in world.people] == ["小红🌸"]
    assert world.faults.active()[0].person == "小红"
    assert world.clock.frozen
