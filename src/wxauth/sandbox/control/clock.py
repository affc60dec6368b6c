"""Routes about the virtual time of a world."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus

from wxauth.sandbox.clock import LATEST
from wxauth.sandbox.control import values
from wxauth.sandbox.control.route import Asked, InWorld, Nothing, Route, Routes, Unfit, world_of
from wxauth.sandbox.world import World


def shown_clock(world: World) -> values.Clock:
    """The clock of a world, now."""
    unix = world.clock.now()
    utc = datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return values.Clock(unix=unix, utc=utc, frozen=world.clock.frozen)


def _clock(asked: Asked[InWorld, Nothing]) -> values.Clock:
    return shown_clock(world_of(asked, asked.query.world))


def _freeze(asked: Asked[InWorld, Nothing]) -> values.Clock:
    world = world_of(asked, asked.query.world)
    world.clock.freeze()
    return shown_clock(world)


def _resume(asked: Asked[InWorld, Nothing]) -> values.Clock:
    world = world_of(asked, asked.query.world)
    world.clock.resume()
    return shown_clock(world)


def _advance(asked: Asked[InWorld, values.Span]) -> values.Clock:
    world, span = world_of(asked, asked.query.world), asked.body
    seconds = span.seconds + 60 * span.minutes + 3600 * span.hours + 86400 * span.days
    _check(world.clock.now() + seconds)
    world.clock.advance(seconds=seconds)
    return shown_clock(world)


def _set(asked: Asked[InWorld, values.Moment]) -> values.Clock:
    world = world_of(asked, asked.query.world)
    _check(asked.body.unix)
    world.clock.set(asked.body.unix)
    return shown_clock(world)


def _check(unix: float) -> None:
    if not 0 <= unix < LATEST:
        raise Unfit(
            HTTPStatus.BAD_REQUEST,
            "a clock shows times from the year 1970 to 9998",
            next="send seconds since 1970, not milliseconds",
        )


ROUTES: Routes = (
    Route(
        method="GET",
        path="/clock",
        name="clock",
        summary="The virtual time of a world.",
        handle=_clock,
        query=InWorld,
        body=Nothing,
        answer=values.Clock,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
    Route(
        method="POST",
        path="/clock/freeze",
        name="freeze",
        summary="Let the time of a world stand still.",
        handle=_freeze,
        query=InWorld,
        body=Nothing,
        answer=values.Clock,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
    Route(
        method="POST",
        path="/clock/resume",
        name="resume",
        summary="Let the time of a world run again, from where it stands.",
        handle=_resume,
        query=InWorld,
        body=Nothing,
        answer=values.Clock,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
    Route(
        method="POST",
        path="/clock/advance",
        name="advance",
        summary="Move the time of a world forwards; a frozen clock stays frozen.",
        handle=_advance,
        query=InWorld,
        body=values.Span,
        answer=values.Clock,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
    Route(
        method="POST",
        path="/clock/set",
        name="set_clock",
        summary="Set the time of a world, forwards or backwards; a frozen clock stays frozen.",
        handle=_set,
        query=InWorld,
        body=values.Moment,
        answer=values.Clock,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
)
