"""The diagrams of states show the moves that the code makes, each of them and no other."""

import pytest
from state_diagrams import PAGE, TABLES, drawn, rendered

from wxauth.flow import attempt

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_diagrams_are_those_that_make_pages_draws() -> None:
    assert rendered() == TEXT, "docs/explanation/how-sign-in-works.md is stale: make pages"


@pytest.mark.parametrize("name", TABLES)
def test_every_table_of_moves_stands_on_the_page(name: str) -> None:
    assert TEXT.count(drawn(*TABLES[name])) == 1


def test_a_diagram_begins_at_the_first_state_and_ends_where_nothing_leads_on() -> None:
    shown = drawn("a", [("a", "b", "go"), ("b", "a", ""), ("a", "c", "")])
    assert shown.splitlines()[2:-1] == [
        "    [*] --> a",
        "    a --> b: go",
        "    b --> a",
        "    a --> c",
        "    c --> [*]",
    ]


def test_every_state_of_an_attempt_is_explained() -> None:
    assert all(f"| {phase} |" in TEXT for phase in attempt.Phase)
