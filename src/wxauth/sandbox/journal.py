"""The journal of a world: every exchange, with the reason of each refusal and without anything secret."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count, islice

from wxauth.sandbox.bell import Bell
from wxauth.sandbox.words import Words, tail

LIMIT = 10_000
MOST_PARAMETERS = 40
LONGEST_VALUE = 40
LONGEST_URI = 200
SHOWN = frozenset(
    {
        "appid", "redirect_uri", "response_type", "scope", "grant_type", "lang", "openid",
        "corpid", "agentid", "userid", "login_type",
        "forcePopup", "forceSnapShot", "connect_redirect", "person", "scene", "type", "next_openid", "force_refresh",
        "component_appid", "authorizer_appid", "auth_type", "biz_appid",
        "last",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One exchange.

    Attributes:
        number: from 1, in the order of the exchanges.
        at: the virtual time.
        operation: ``authorize``, ``sns/userinfo`` ...
        parameters: name and value in the order they came; what may be secret is masked.
        answer: what was answered, in a few words.
        refused: whether WeChat said no, by an errcode or an error page.
        errcode: of a refusal; None for an error page without a number.
        reason: why it was refused, or what is odd about what was answered; None for what needs no words.
        fault: what went wrong because a fault was set, ``40163`` or ``reset``.
    """

    number: int
    at: float
    operation: str
    parameters: tuple[tuple[str, str], ...]
    answer: str
    refused: bool
    errcode: int | None
    reason: Words | None
    fault: str | None


class Journal:
    """The latest exchanges of a world, at most 10,000; each rings the bell."""

    def __init__(self, *, limit: int = LIMIT, bell: Bell | None = None) -> None:
        self._entries: deque[Entry] = deque(maxlen=limit)
        self._numbers = count(1)
        self._bell = Bell() if bell is None else bell

    def record(
        self,
        operation: str,
        parameters: Iterable[tuple[str, str]],
        *,
        at: float,
        answer: str,
        refused: bool = False,
        errcode: int | None = None,
        reason: Words | None = None,
        fault: str | None = None,
    ) -> None:
        """Add an exchange, masking its parameters."""
        entry = Entry(
            number=next(self._numbers),
            at=at,
            operation=operation,
            parameters=tuple([(name[:40], _shown(name, value)) for name, value in islice(parameters, MOST_PARAMETERS)]),
            answer=answer,
            refused=refused,
            errcode=errcode,
            reason=reason,
            fault=fault,
        )
        self._entries.append(entry)
        self._bell.ring()

    def entries(self, *, operation: str | None = None) -> tuple[Entry, ...]:
        """The exchanges, oldest first, of one operation or of all."""
        return tuple(entry for entry in tuple(self._entries) if operation in (None, entry.operation))

    def latest(self, most: int) -> tuple[Entry, ...]:
        """The last exchanges, newest first."""
        return tuple(islice(reversed(tuple(self._entries)), most))

    def refusals(self) -> tuple[Entry, ...]:
        """The exchanges in which WeChat said no, oldest first."""
        return tuple(entry for entry in tuple(self._entries) if entry.refused)


def _shown(name: str, value: str) -> str:
    if name.endswith("secret"):
        return f"({len(value)} characters)"
    if name == "redirect_uri":
        return value.partition("?")[0][:LONGEST_URI]
    return value if name in SHOWN and len(value) <= LONGEST_VALUE else tail(value)
