"""A journal as plain text, for the report of a test."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from wxauth.sandbox.journal import Entry

LATEST = 20


def journal_text(entries: Sequence[Entry]) -> str:
    """The latest exchanges, oldest first: a line each, then what was asked, then the reason where there is one."""
    left_out = len(entries) - LATEST
    shown = [_text(entry) for entry in entries[-LATEST:]]
    return "\n".join([f"({left_out} earlier)", *shown] if left_out > 0 else shown)


def _text(entry: Entry) -> str:
    asked = "  ".join(f"{name}={value}" for name, value in entry.parameters)
    why = [f"why: {entry.reason.en} · {entry.reason.zh}"] if entry.reason else []
    first = (
        f"{entry.number:>3}  {_time(entry.at)}  {entry.operation}  {'refused: ' if entry.refused else ''}{entry.answer}"
    )
    return "\n     ".join([first, asked, *why])


def _time(unix: float) -> str:
    return datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%d %H:%M:%S")
