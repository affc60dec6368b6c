"""Links between the pages lead somewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from markdown_pages import ROOT, all_pages, anchors, links


@pytest.mark.parametrize("page", all_pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_of_a_page_leads_to_a_file_and_a_heading_of_it(page: Path) -> None:
    broken = [target for target in links(page) if not _resolves(page, target)]
    assert not broken


def _resolves(page: Path, target: str) -> bool:
    if target.startswith(("https://", "http://", "mailto:")):
        return True
    path, _, anchor = target.partition("#")
    found = (page.parent / path).resolve() if path else page
    if not found.is_relative_to(ROOT) or not found.exists():
        return False
    return not anchor or (found.suffix == ".md" and anchor in anchors(found))


def test_every_page_of_the_documentation_is_reached_from_the_index() -> None:
    index = ROOT / "docs" / "index.md"
    linked = {(index.parent / target.partition("#")[0]).resolve() for target in links(index)}
    assert set((ROOT / "docs").rglob("*.md")) - {index} <= linked
