"""What a route of the control API is: a row of a table, with a plain function that answers."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any, Generic, Literal, TypeVar

from wxauth.sandbox.control.start import Start
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

Q = TypeVar("Q")
B = TypeVar("B")
Method = Literal["GET", "POST", "DELETE"]

PREFIX = "/_sandbox"
LIMIT_BYTES = 65_536


class Unfit(Exception):
    """A request that is refused; nothing has changed.

    Attributes:
        status: of the answer.
        what: what is wrong.
        next: what to do about it.
    """

    def __init__(self, status: HTTPStatus, what: str, *, next: str) -> None:  # noqa: A002  the word of the answer
        super().__init__(what)
        self.status = status
        self.what = what
        self.next = next


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """No parameters, or no body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InWorld:
    """Which world is meant.

    Attributes:
        world: any appid of the world; the default world when it is missing.
    """

    world: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Generic[Q, B]):
    """One request, read and checked.

    Attributes:
        worlds: all worlds.
        start: when and as what this sandbox was started.
        path: the variable parts of the path.
        query: the parameters.
        body: the body.
    """

    worlds: Worlds
    start: Start
    path: Mapping[str, str]
    query: Q
    body: B


@dataclass(frozen=True, kw_only=True)
class Route(Generic[Q, B]):
    """One row.

    Attributes:
        method: GET changes nothing.
        path: below ``/_sandbox``; ``{...}`` are its variable parts.
        name: what the document calls it, and the method of the client.
        summary: what it does.
        handle: answers, or raises `Unfit`.
        query: the parameters it takes.
        body: what it wants sent.
        answer: what it answers.
        status: of a success.
        refusals: statuses it answers besides those that every route may.
        most_bytes: how large a body it reads.
    """

    method: Method
    path: str
    name: str
    summary: str
    handle: Callable[[Asked[Q, B]], object | Awaitable[object]]
    query: type[Q]
    body: type[B]
    answer: type[object]
    status: HTTPStatus = HTTPStatus.OK
    refusals: tuple[HTTPStatus, ...] = ()
    most_bytes: int = LIMIT_BYTES

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What a path below ``/_sandbox``, still percent-encoded, has to match."""
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path))


Routes = tuple[Route[Any, Any], ...]


@contextmanager
def fitting() -> Generator[None]:
    """Refuse with 400 what a class of the engine refuses by a ValueError."""
    try:
        yield
    except ValueError as error:
        next_step = f"GET {PREFIX}/openapi.json says what each field takes"
        raise Unfit(HTTPStatus.BAD_REQUEST, str(error), next=next_step) from None


def world_of(asked: Asked[Any, Any], appid: str | None) -> World:
    """The world of an appid, the default world for None; raises Unfit 404."""
    if appid is None:
        return asked.worlds.default
    world = asked.worlds.of_appid(appid)
    if world is None:
        near = asked.worlds.nearest(appid)
        raise Unfit(
            HTTPStatus.NOT_FOUND,
            f"no world has the appid {appid[:40]!r}",
            next=f"did you mean {near}?" if near else f"GET {PREFIX}/accounts lists the accounts",
        )
    return world
