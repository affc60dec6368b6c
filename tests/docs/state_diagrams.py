"""The diagrams of states: drawn from the tables by which the code moves, and written by ``make pages``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from markdown_pages import ROOT

from wxauth.client import circuit
from wxauth.flow import attempt
from wxauth.sandbox import scans

PAGE = ROOT / "docs" / "explanation" / "how-sign-in-works.md"
Arrow = tuple[str, str, str]
"""From a state, to a state, and what moves it."""

_PLACE = re.compile(r"<!-- states: (?P<name>\w+) -->\n(?:\n```mermaid\n.*?```\n)?", re.DOTALL)


def _attempt() -> Iterator[Arrow]:
    for before, afters in attempt.MOVES.items():
        for after in sorted(afters):
            yield before, after, ""


def _scan() -> Iterator[Arrow]:
    for (before, step), after in scans.MOVES.items():
        yield before, after, step
    for before in sorted(scans.EXPIRES):
        yield before, scans.Stage.EXPIRED, "time"


def _circuit() -> Iterator[Arrow]:
    for (before, event), after in circuit.MOVES.items():
        yield before.name.lower(), after.name.lower(), event.name.lower().replace("_", " ")


TABLES: Mapping[str, tuple[str, list[Arrow]]] = {
    "attempt": (attempt.Phase.PENDING, list(_attempt())),
    "scan": (scans.Stage.WAITING, list(_scan())),
    "circuit": (circuit.State.CLOSED.name.lower(), list(_circuit())),
}
"""The name in the page -> the first state, and the arrows."""


def drawn(first: str, arrows: list[Arrow]) -> str:
    """One diagram; what has no arrow out of it ends there."""
    ends = dict.fromkeys(after for _, after, _ in arrows if after not in {before for before, _, _ in arrows})
    lines = [f"[*] --> {first}"]
    lines += [f"{before} --> {after}" + (f": {why}" if why else "") for before, after, why in arrows]
    lines += [f"{end} --> [*]" for end in ends]
    return "\n".join(["```mermaid", "stateDiagram-v2", *(f"    {line}" for line in lines), "```"])


def rendered() -> str:
    """The page with each diagram as it should be."""

    def place(found: re.Match[str]) -> str:
        return f"<!-- states: {found['name']} -->\n\n{drawn(*TABLES[found['name']])}\n"

    return _PLACE.sub(place, PAGE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    PAGE.write_text(rendered(), encoding="utf-8")
