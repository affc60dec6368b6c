"""The page of names is the one that the code makes, and every name on it says what it is."""

from api_page import ELSEWHERE, PAGE, rendered

import wxauth


def test_the_page_is_the_one_that_make_pages_writes() -> None:
    assert PAGE.read_text(encoding="utf-8") == rendered(), "docs/reference/api.md is stale: make pages"


def test_every_public_name_is_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    names = [*wxauth.__all__, *(name for names in ELSEWHERE.values() for name in names)]
    assert not [name for name in names if f"`{name}`" not in page and f"### {name}\n" not in page]


def test_every_name_has_its_sentence() -> None:
    bare = [line for line in rendered().splitlines() if line.startswith("- ") and line.endswith(("`: ", ":"))]
    assert not bare
