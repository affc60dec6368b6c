"""The page about what the sandbox does is whole, true to its tables, and names only tests that there are."""

from __future__ import annotations

from dataclasses import fields

import coverage_page
import pytest
from coverage_page import PAGE, SECTIONS, TABLES, Behaviour, behaviours, functions, rendered, sources

from wxauth.sandbox.switches import Switches
from wxauth.sandbox.wechat.server import OPERATIONS


def test_the_page_is_the_one_that_make_pages_writes() -> None:
    assert PAGE.read_text(encoding="utf-8") == rendered(), "docs/reference/coverage.md is stale: make pages"


def test_every_switch_is_in_a_row_and_there_is_no_other() -> None:
    named = {switch for row in behaviours() for switch in row.switches}
    assert named == {field.name for field in fields(Switches)}


def test_every_server_call_is_in_a_row_and_there_is_no_other() -> None:
    named = {call for row in behaviours() for call in row.calls}
    assert named == {operation.name for operation in OPERATIONS.values()}


def test_every_test_that_a_row_names_exists() -> None:
    named = [test.split("::") for row in behaviours() for test in row.tests]
    assert not [f"{path}::{name}" for path, name in named if name not in functions(path)]


def test_what_is_unsure_has_a_switch_or_the_reason_why_there_is_none() -> None:
    unsure = [row for row in behaviours() if row.confidence == "unsure"]
    assert not [row.says for row in unsure if not row.switches and row.no_switch is None]


def test_a_row_with_a_switch_is_emulated() -> None:
    assert not [row.says for row in behaviours() if row.switches and row.why_not is not None]


def test_every_source_is_an_address_or_named_and_every_named_one_is_used() -> None:
    used = {source for row in behaviours() for source in row.sources}
    assert {source for source in used if not source.startswith("https://")} == set(sources())


def test_no_behaviour_is_told_twice_and_each_is_a_sentence() -> None:
    told = [row.says for row in behaviours()]
    assert len(set(told)) == len(told)
    assert not [says for says in told if not says.endswith(".")]


def test_every_table_is_on_the_page() -> None:
    assert {file.stem for file in TABLES.glob("*.toml")} == {*SECTIONS, "sources"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"confidence": "certain"},
        {"sources": ()},
        {"tests": ()},
        {"why_not": "it is shown by a test and yet said not to be there"},
    ],
)
def test_a_row_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    right: dict[str, object] = {"says": "So.", "sources": ("guide",), "confidence": "official", "tests": ("a::b",)}
    assert Behaviour(**right)
    with pytest.raises(ValueError, match=r"^'So\.'|no such"):
        Behaviour(**right | wrong)


def test_a_test_is_found_by_reading_its_file_and_only_there() -> None:
    assert "test_a_test_is_found_by_reading_its_file_and_only_there" in functions("docs/test_coverage_page.py")
    assert functions("docs/no_such_file.py") == frozenset()
    assert coverage_page.TESTS.is_dir()
