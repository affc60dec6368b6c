"""The page of what the sandbox does and how we know: read from its tables, and written by ``make pages``."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import Literal, get_args
from urllib.parse import urlsplit

from markdown_pages import ROOT

from wxauth.sandbox.switches import Switches

TESTS = ROOT / "tests"
TABLES = TESTS / "sandbox" / "behaviours"
PAGE = ROOT / "docs" / "reference" / "coverage.md"
SECTIONS = (
    "wire", "authorize", "consent", "exchange", "profile", "base", "website", "platform", "mini_program", "wecom",
    "js_sdk",
)  # fmt: skip
Confidence = Literal["official", "observed", "sdk", "computed", "unsure"]

HEAD = """\
# What the sandbox does, and how we know

<!-- Written by `make pages` from the tables in tests/sandbox/behaviours; do not edit it here. -->

Each row is one behaviour of WeChat: where it is known from, how sure that is, the switch that changes it with its
default, and the tests that show it. A row may also be *not emulated*; then it says why. What is in no row is not in the
sandbox either; such a server call answers 40066, as WeChat does for a path it does not have.

Switches are set with `World(switches=Switches(...))`, in a test with `@pytest.mark.wechat(switches={...})`, and flipped
in a running world with `wxauth sandbox switches`, over [the control API](control-api.md) or on the inspector.

| confidence | meaning |
|---|---|
| official | in WeChat's own documentation or announcements, or said there by its staff |
| observed | in traffic or reports that people published |
| sdk | handled so by widely used SDKs |
| computed | checked by calculation |
| unsure | not settled, or told once: the best guess there is, with a switch or the reason why there is none |
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """One row.

    Attributes:
        says: what WeChat does.
        sources: names of `sources.toml`, or addresses.
        confidence: how sure that is.
        switches: names of Switches.
        calls: names of the server calls it is about.
        tests: ``path::function`` below tests/.
        why_not: why it is not emulated, None when it is.
        no_switch: why something unsure has no switch.
    """

    says: str
    sources: tuple[str, ...]
    confidence: Confidence
    switches: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    why_not: str | None = None
    no_switch: str | None = None

    def __post_init__(self) -> None:
        if self.confidence not in get_args(Confidence):
            raise ValueError(f"{self.says!r}: no such confidence: {self.confidence}")
        if not self.sources:
            raise ValueError(f"{self.says!r} has no source")
        if bool(self.tests) is (self.why_not is not None):
            raise ValueError(f"{self.says!r} needs either tests or the reason why it is not emulated")


@cache
def sections() -> dict[str, tuple[str, tuple[Behaviour, ...]]]:
    """Table -> its heading and its rows, in the order of the page."""
    found: dict[str, tuple[str, tuple[Behaviour, ...]]] = {}
    for name in SECTIONS:
        table = tomllib.loads((TABLES / f"{name}.toml").read_text(encoding="utf-8"))
        rows = [{key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
                for row in table["behaviour"]]  # fmt: skip
        found[name] = table["title"], tuple(Behaviour(**row) for row in rows)
    return found


def behaviours() -> Iterator[Behaviour]:
    """All rows."""
    return (row for _, rows in sections().values() for row in rows)


@cache
def sources() -> dict[str, dict[str, str]]:
    """Short name of a source -> its ``is``, and ``at`` where it has a lasting address."""
    return tomllib.loads((TABLES / "sources.toml").read_text(encoding="utf-8"))


@cache
def functions(path: str) -> frozenset[str]:
    """The functions of a file below tests/, read without running it; none when there is no such file."""
    file = TESTS / path
    tree = ast.parse(file.read_text(encoding="utf-8") if file.is_file() else "")
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def rendered() -> str:
    """The whole page."""
    parts = [HEAD, _counted()]
    parts += [f"## {title}\n\n{_table(rows)}" for title, rows in sections().values()]
    return "\n".join([*parts, _named_sources()])


def _counted() -> str:
    rows = tuple(behaviours())
    left_out = sum(row.why_not is not None for row in rows)
    by_confidence = ", ".join(f"{sum(row.confidence == word for row in rows)} {word}" for word in get_args(Confidence))
    return f"{len(rows)} behaviours: {by_confidence}. {left_out} of them are not emulated.\n"


def _table(rows: tuple[Behaviour, ...]) -> str:
    head = "| behaviour | source | confidence | switch | shown by |\n|---|---|---|---|---|\n"
    return head + "".join(f"| {' | '.join(_cells(row))} |\n" for row in rows)


def _cells(row: Behaviour) -> tuple[str, ...]:
    return (
        " ".join([row.says.replace("|", "\\|"), *(f"`{call}`" for call in row.calls)]),
        ", ".join(_source(source) for source in row.sources),
        row.confidence,
        ", ".join(_switch(name) for name in row.switches) or (f"none: {row.no_switch}" if row.no_switch else ""),
        f"*not emulated*: {row.why_not}" if row.why_not else "<br>".join(f"`{test}`" for test in row.tests),
    )


def _source(source: str) -> str:
    if source.startswith("https://"):
        return f"[{urlsplit(source).hostname}]({source})"
    known = sources()[source]
    return f"[{source}]({known['at']})" if "at" in known else f"[{source}](#sources)"


def _switch(name: str) -> str:
    return f"`{name}` ({_default(name)})"


@cache
def _default(name: str) -> str:
    field = next(field for field in fields(Switches) if field.name == name)
    value = field.default if field.default_factory is MISSING else field.default_factory()
    words = {True: "on", False: "off"} if isinstance(value, bool) else {}
    if isinstance(value, tuple):
        return ", ".join(f"`{part}`" for part in value)
    return words.get(value) or f"`{value}`" if not isinstance(value, dict) else "none"


def _named_sources() -> str:
    rows = (f"| {name} | {_about(known)} |\n" for name, known in sources().items())
    return "## Sources\n\nSeen last in September 2026.\n\n| name | what |\n|---|---|\n" + "".join(rows)


def _about(known: dict[str, str]) -> str:
    return f"{known['is']}: <{known['at']}>" if "at" in known else f"{known['is']}; without a lasting address"


if __name__ == "__main__":
    PAGE.write_text(rendered(), encoding="utf-8")
