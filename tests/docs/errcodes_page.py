"""The page about every errcode: read from the catalogue, and written by ``make pages``."""

from __future__ import annotations

from collections.abc import Iterator

from markdown_pages import ROOT

from wxauth.cli.explain import RETRY, elsewhere
from wxauth.protocol.errcode import CATALOGUE, Errcode

PAGE = ROOT / "docs" / "reference" / "errcodes.md"

HEAD = """\
# Every errcode

<!-- Written by `make pages` from the catalogue in src/wxauth/protocol; do not edit it here. -->

What WeChat means by a number, and what to do. The address of one ends with it: `errcodes.md#40163`. On a command line
`wxauth explain 40163` says the same, offline. Which exception a number becomes follows from its retry rule: see
[Errors](errors.md).

微信错误码大全：含义、处理办法、能否重试与出处。命令行中可用 `wxauth explain 40163` 离线查询。

| errcode | WeChat's words | where |
|---|---|---|
"""


def rendered() -> str:
    """The page as it has to be."""
    rows = (
        f"| [`{entry.code}`]({_slug(entry)}) | {_cell(entry.says)} | {_cell(entry.where)} |"
        for entry in CATALOGUE.values()
    )
    sections = (line for entry in CATALOGUE.values() for line in _section(entry))
    return HEAD + "\n".join([*rows, *sections]) + "\n"


def _slug(entry: Errcode) -> str:
    """Where a link to its heading leads."""
    return f"#{entry.code}-{entry.name.lower()}"


def _section(entry: Errcode) -> Iterator[str]:
    yield ""
    yield f'<a id="{entry.code}"></a>'
    yield ""
    yield f"## {entry.code} {entry.name}"
    yield from _meaning(entry)
    for other in elsewhere(entry.code):
        yield ""
        yield f"### {entry.code} at {other.where}: {other.name}"
        yield from _meaning(other)


def _meaning(entry: Errcode) -> Iterator[str]:
    retry = RETRY[entry.retry]
    yield ""
    yield f"`{entry.says}`, at {entry.where}"
    yield ""
    yield f"- **Meaning**: {_text(entry.meaning.en)}"
    yield f"- **Remedy**: {_text(entry.remedy.en)}"
    yield f"- **Retry**: {retry.en}"
    yield f"- **含义**：{_text(entry.meaning.zh)}"
    yield f"- **办法**：{_text(entry.remedy.zh)}"
    yield f"- **重试**：{retry.zh}"
    yield f"- **Source 出处**: <{entry.source}>"


def _text(text: str) -> str:
    """Text of the catalogue as Markdown, whose marks it does not use."""
    return text.replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")


def _cell(text: str) -> str:
    return _text(text).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(rendered(), encoding="utf-8")
