"""Routes about the journal of a world: look, count, wait, and judge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from wxauth.sandbox import journal as engine
from wxauth.sandbox.clock import within
from wxauth.sandbox.control import values
from wxauth.sandbox.control.people import person_of
from wxauth.sandbox.control.route import Asked, InWorld, Nothing, Route, Routes, Unfit, world_of
from wxauth.sandbox.people import Person
from wxauth.sandbox.world import World

LONGEST_WAIT_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Which exchanges are meant.

    Attributes:
        world: any appid of the world; the default world when it is missing.
        operation: authorize, sns/userinfo and so on.
        person: those that name this person, or an openid of theirs.
        refused: true for refusals only, false for successes only.
        after: those with a higher number.
    """

    world: str | None = None
    operation: str | None = None
    person: str | None = None
    refused: bool | None = None
    after: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest(Which):
    """Which exchanges are meant, and how many at most.

    Attributes:
        limit: the latest of them, 1 to 10000.
    """

    limit: int = 100

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= engine.LIMIT:
            raise ValueError(f"limit is 1 to {engine.LIMIT}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted(Which):
    """What is waited for.

    Attributes:
        count: how many exchanges there have to be, 1 to 10000.
        timeout_seconds: real time, at most 60.
    """

    count: int = 1
    timeout_seconds: float = 10

    def __post_init__(self) -> None:
        if not 1 <= self.count <= engine.LIMIT:
            raise ValueError(f"count is 1 to {engine.LIMIT}")
        if not 0 <= self.timeout_seconds <= LONGEST_WAIT_SECONDS:
            raise ValueError(f"timeout_seconds is 0 to {LONGEST_WAIT_SECONDS}")


def _found(world: World, which: Which) -> list[engine.Entry]:
    person = None if which.person is None else person_of(world, which.person)
    named = _names(world, person)
    return [
        entry
        for entry in world.journal.entries(operation=which.operation)
        if entry.number > which.after and which.refused in (None, entry.refused) and named(entry)
    ]


def _names(world: World, person: Person | None) -> Callable[[engine.Entry], bool]:
    """Whether an exchange is about a person: they were named, or an openid of theirs."""
    if person is None:
        return lambda entry: True
    appids = [account.appid for account in world.accounts]
    openids = {world.openid(person, appid, virtual=virtual) for appid in appids for virtual in (False, True)}

    def named(entry: engine.Entry) -> bool:
        said = [value for name, value in entry.parameters if name in ("person", "openid")]
        return any(value in openids or _calls(world, value, person) for value in said)

    return named


def _calls(world: World, key: str, person: Person) -> bool:
    return person.answers_to(key) and world.find_person(key) is person


def _journal(asked: Asked[Latest, Nothing]) -> values.Entries:
    found = _found(world_of(asked, asked.query.world), asked.query)
    return values.Entries(entries=tuple(found[-asked.query.limit :]))


def _count(asked: Asked[Which, Nothing]) -> values.Count:
    return values.Count(count=len(_found(world_of(asked, asked.query.world), asked.query)))


async def _wait(asked: Asked[Wanted, Nothing]) -> values.Entries:
    world, wanted = world_of(asked, asked.query.world), asked.query
    if not await within(wanted.timeout_seconds, lambda: len(_found(world, wanted)) >= wanted.count):
        raise _in_vain(world, wanted, len(_found(world, wanted)))
    return values.Entries(entries=tuple(_found(world, wanted)))


def _lint(asked: Asked[InWorld, Nothing]) -> values.Lint:
    return values.Lint(clients=world_of(asked, asked.query.world).lint())


def _in_vain(world: World, wanted: Wanted, came: int) -> Unfit:
    happened = sorted({entry.operation for entry in world.journal.entries()})
    return Unfit(
        HTTPStatus.GATEWAY_TIMEOUT,
        f"{came} of {wanted.count} exchanges came within {wanted.timeout_seconds:g} s",
        next=f"the journal has: {', '.join(happened) or 'nothing yet'}",
    )


ROUTES: Routes = (
    Route(
        method="GET",
        path="/journal",
        name="journal",
        summary="The latest exchanges of a world, oldest first.",
        handle=_journal,
        query=Latest,
        body=Nothing,
        answer=values.Entries,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
    Route(
        method="GET",
        path="/journal/count",
        name="count",
        summary="How many exchanges the journal of a world holds.",
        handle=_count,
        query=Which,
        body=Nothing,
        answer=values.Count,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
    Route(
        method="GET",
        path="/journal/wait",
        name="wait_for",
        summary="Answer as soon as there are so many exchanges, those of the past included.",
        handle=_wait,
        query=Wanted,
        body=Nothing,
        answer=values.Entries,
        refusals=(HTTPStatus.NOT_FOUND, HTTPStatus.GATEWAY_TIMEOUT),
    ),
    Route(
        method="GET",
        path="/lint",
        name="lint",
        summary="What each client of a world sends that WeChat would refuse or that is risky, judged from the journal.",
        handle=_lint,
        query=InWorld,
        body=Nothing,
        answer=values.Lint,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
)
