"""The Markdown pages of the project, read for their code blocks, links and headings."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

_FENCE = re.compile(r"^(?P<indent> *)(?P<ticks>`{3,})(?P<language>[a-z]*)[ \t]*$")
_NOT_RUN = re.compile(r"^ *<!-- not run: (?P<reason>.+) -->$")
_LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^()\s]+)\)")
_CODE = re.compile(r"`[^`\n]*`")
_HEADING = re.compile(r"^#{1,6} +(?P<text>.+?) *#*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced code block.

    Attributes:
        page: the file it stands in.
        line: number of its first line of code.
        language: what follows the three backticks.
        text: the code.
        not_run: why it cannot run, None when it shall.
    """

    page: Path
    line: int
    language: str
    text: str
    not_run: str | None

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def user_pages() -> list[Path]:
    """The pages whose code has to run."""
    readmes = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
    return [page for page in readmes if page.is_file()] + sorted((ROOT / "docs").rglob("*.md"))


def all_pages() -> list[Path]:
    """Every Markdown file of the project."""
    folders = ("docs", "examples", "tests", "bench", "src")
    below = (page for folder in folders for page in sorted((ROOT / folder).rglob("*.md")))
    return [*sorted(ROOT.glob("*.md")), *below]


def blocks(page: Path) -> list[Block]:
    """The code blocks of a page, in order."""
    found: list[Block] = []
    lines = page.read_text(encoding="utf-8").split("\n")
    number = 0
    while number < len(lines):
        opened = _FENCE.match(lines[number])
        if opened is None:
            number += 1
            continue
        end = _closing(lines, number, opened["ticks"], page)
        found.append(
            Block(
                page=page,
                line=number + 2,
                language=opened["language"],
                text=textwrap.dedent("\n".join(lines[number + 1 : end])),
                not_run=_reason(lines, number),
            )
        )
        number = end + 1
    return found


def _closing(lines: list[str], opened: int, ticks: str, page: Path) -> int:
    for number in range(opened + 1, len(lines)):
        if lines[number].strip() == ticks:
            return number
    raise AssertionError(f"{page}:{opened + 1}: the code block is never closed")


def _reason(lines: list[str], opened: int) -> str | None:
    above = _NOT_RUN.match(lines[opened - 1]) if opened else None
    return above["reason"] if above else None


def prose(page: Path) -> str:
    """The text of a page without its code."""
    kept, ticks = [], None
    for line in page.read_text(encoding="utf-8").split("\n"):
        fence = _FENCE.match(line)
        if ticks is None and fence:
            ticks = fence["ticks"]
        elif ticks is None:
            kept.append(_CODE.sub("", line))
        elif line.strip() == ticks:
            ticks = None
    return "\n".join(kept)


def links(page: Path) -> list[str]:
    """The targets of a page's links and pictures."""
    return [found["target"] for found in _LINK.finditer(prose(page))]


def headings(page: Path) -> list[str]:
    """The headings of a page, without their marks and without backticks."""
    ticks, found = None, []
    for line in page.read_text(encoding="utf-8").split("\n"):
        fence = _FENCE.match(line)
        if fence:
            ticks = fence["ticks"] if ticks is None else None if line.strip() == ticks else ticks
        elif ticks is None and (heading := _HEADING.match(line)):
            found.append(heading["text"].replace("`", ""))
    return found


def anchors(page: Path) -> set[str]:
    """The anchors that headings make: lower case, spaces to hyphens, punctuation dropped."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings(page)}
