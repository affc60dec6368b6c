"""The page about the errcodes is the catalogue, whole and in both languages."""

from __future__ import annotations

import re

from errcodes_page import PAGE, rendered

from wxauth.protocol.errcode import CATALOGUE, OTHER_MEANINGS


def test_the_page_is_the_one_that_make_pages_writes() -> None:
    assert PAGE.read_text(encoding="utf-8") == rendered(), "docs/reference/errcodes.md is stale: make pages"


def test_every_errcode_has_an_anchor_and_a_section() -> None:
    page = rendered()
    assert re.findall(r'^<a id="(-?\d+)"></a>$', page, re.MULTILINE) == [str(code) for code in CATALOGUE]
    assert len(re.findall(r"^### ", page, re.MULTILINE)) == len(OTHER_MEANINGS)


def test_no_section_lacks_a_language_or_a_source() -> None:
    meanings = len(CATALOGUE) + len(OTHER_MEANINGS)
    for label in ("- **Meaning**: ", "- **Remedy**: ", "- **含义**：", "- **办法**：", "- **Source 出处**: <https://"):
        assert len(re.findall(rf"^{re.escape(label)}\S", rendered(), re.MULTILINE)) == meanings, label
