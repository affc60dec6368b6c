"""The rows of the inspector: who asked whom, what, and how the same can be asked again."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from wxauth.sandbox.fault import CALLBACK
from wxauth.sandbox.journal import SHOWN, Entry
from wxauth.sandbox.pages.inspector_as_test import as_test
from wxauth.sandbox.platforms import PUSHED
from wxauth.sandbox.wechat.operation import Operation, Reads
from wxauth.sandbox.wechat.server import OPERATIONS, TOKENS, is_call
from wxauth.sandbox.words import Language
from wxauth.sandbox.world import World

ROWS = 60
JSON_BODY = (Reads.JSON, Reads.JSON_OR_NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One exchange as it is drawn.

    Attributes:
        entry: of the journal.
        asker: the lane the arrow begins at: browser, app or wechat.
        asked: the lane it ends at.
        at: the virtual time.
        real_at: the real time.
        reason: in the language of the page; empty for what needs no words.
        curl: the command that asks the same; None for what is no server call.
        test: the same as a test; None for what cannot be asked for again.
    """

    entry: Entry
    asker: str
    asked: str
    at: str
    real_at: str
    reason: str
    curl: str | None
    test: str | None


def rows(entries: tuple[Entry, ...], *, world: World, origin: str, language: Language) -> list[Row]:
    """The rows of exchanges of a world, in their order."""
    return [_row(entry, world, origin, language) for entry in entries]


def _row(entry: Entry, world: World, origin: str, language: Language) -> Row:
    asker, asked = _lanes(entry.operation)
    operation = OPERATIONS.get(f"/{entry.operation}")
    return Row(
        entry=entry,
        asker=asker,
        asked=asked,
        at=_moment(entry.at),
        real_at=_moment(entry.real_at),
        reason=entry.reason.in_language(language) if entry.reason else "",
        curl=None if operation is None else curl(operation, entry.parameters, origin=origin),
        test=as_test(entry, world),
    )


def _moment(unix: float) -> str:
    return f"{datetime.fromtimestamp(unix, UTC):%Y-%m-%d %H:%M:%S}"


def _lanes(operation: str) -> tuple[str, str]:
    if operation in (PUSHED, CALLBACK):
        return "wechat", "app"
    return ("app" if is_call(f"/{operation}") else "browser"), "wechat"


def curl(operation: Operation, parameters: tuple[tuple[str, str], ...], *, origin: str) -> str:
    """The command that makes a call again; whatever the journal masks is a placeholder, ``<code>``."""
    url = f"{origin}{operation.path}"
    given = {name: _placeheld(name, value) for name, value in parameters}
    if "GET" in operation.methods:
        return " \\\n  ".join([f"curl -sG {shlex.quote(url)}", *(_encoded(*pair) for pair in given.items())])
    if operation.reads not in JSON_BODY:
        return " \\\n  ".join([f"curl -s {shlex.quote(url)}", *(_encoded(*pair) for pair in given.items())])
    query = "&".join(f"{name}={quote(given.pop(name), safe='<>')}" for name in TOKENS if name in given)
    body = json.dumps(given, ensure_ascii=False)
    address = shlex.quote(f"{url}?{query}" if query else url)
    return f"curl -s {address} \\\n  -H 'Content-Type: application/json' \\\n  -d {shlex.quote(body)}"


def _encoded(name: str, value: str) -> str:
    return f"--data-urlencode {shlex.quote(f'{name}={value}')}"


def _placeheld(name: str, value: str) -> str:
    return value if name in SHOWN and not value.startswith("…") else f"<{name}>"
