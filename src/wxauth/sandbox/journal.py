"""The journal of a world: every exchange, with the reason of each refusal and without anything secret."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice

from wxauth.sandbox.bell import Bell
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.numbers import Numbers
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
        real_at: the real time.
        client: who asked, by the first word of the user agent, ``python-requests``; empty for what browsers open.
        operation: ``authorize``, ``sns/userinfo`` ...
        parameters: name and value in the order they came; what may be secret is masked.
        answer: what was answered, in a few words.
        refused: whether WeChat said no, by an errcode or an error page.
        errcode: of a refusal; None for an error page without a number.
        reason: why it was refused, or what is odd about what was answered; None for what needs no words.
        fault: what went wrong because a fault was set, ``40163`` or ``reset``.
        traits: what was odd about the request and cannot be told from the masked parameters, see wechat/traits.py.
    """

    number: int
    at: float
    real_at: float
    client: str
    operation: str
    parameters: tuple[tuple[str, str], ...]
    answer: str
    refused: bool
    errcode: int | None
    reason: Words | None
    fault: str | None
    traits: tuple[str, ...]


class Journal:
    """The latest exchanges of a world, at most 10,000; each rings the bell.

    Args:
        limit: how many are kept.
        bell: what rings.
        real: what real time is read from.
    """

    _entries: deque[Entry]
    _numbers: Numbers

    def __init__(
        self, *, limit: int = LIMIT, bell: Bell | None = None, real: Callable[[], float] | None = None
    ) -> None:
        self._entries = deque(maxlen=limit)
        self._numbers = Numbers(1)
        self._bell = Bell() if bell is None else bell
        self._real = real or Clock().real

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
        client: str = "",
        traits: tuple[str, ...] = (),
    ) -> None:
        """Add an exchange, masking its parameters."""
        entry = Entry(
            number=next(self._numbers),
            at=at,
            real_at=self._real(),
            client=client,
            operation=operation,
            parameters=tuple([(name[:40], _shown(name, value)) for name, value in islice(parameters, MOST_PARAMETERS)]),
            answer=answer,
            refused=refused,
            errcode=errcode,
            reason=reason,
            fault=fault,
            traits=traits,
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
    if name == "state":
        return _recognizable(value)
    if name == "redirect_uri":
        return value.partition("?")[0][:LONGEST_URI]
    return value if name in SHOWN and len(value) <= LONGEST_VALUE else tail(value)


def _recognizable(state: str) -> str:
    """A state as it may be shown: masked, and with a mark that is the same for the same state only."""
    return f"{tail(state)} #{blake2b(state.encode('utf-8', 'replace'), digest_size=4).hexdigest()}" if state else ""
