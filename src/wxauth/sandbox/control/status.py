"""Routes about the sandbox as a whole: who answers, which worlds there are, and their first state."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from wxauth.sandbox.control import values
from wxauth.sandbox.control.clock import shown_clock
from wxauth.sandbox.control.route import Asked, InWorld, Nothing, Route, Routes, Unfit, world_of
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds


def shown_world(worlds: Worlds, world: World) -> values.World:
    """A world, in a few words."""
    return values.World(
        appids=tuple(account.appid for account in world.accounts),
        default=world is worlds.default,
        strict=world.strict,
        clock=shown_clock(world),
        people=len(world.people),
        exchanges=len(world.journal.entries()),
    )


def _worlds(asked: Asked[Any, Any]) -> Iterator[World]:
    yield asked.worlds.default
    yield from (world for world in asked.worlds if world is not asked.worlds.default)


def _status(asked: Asked[Nothing, Nothing]) -> values.Status:
    return values.Status(
        version=version("wxauth"),
        build=asked.start.build,
        pid=asked.start.pid,
        nonce=asked.start.nonce,
        worlds=tuple(shown_world(asked.worlds, world) for world in _worlds(asked)),
    )


def _reset(asked: Asked[InWorld, Nothing]) -> values.World:
    world = world_of(asked, asked.query.world)
    asked.worlds.reset(world)
    return shown_world(asked.worlds, world)


def _remove(asked: Asked[Nothing, Nothing]) -> values.World:
    world = world_of(asked, asked.path["appid"])
    if world is asked.worlds.default:
        raise Unfit(HTTPStatus.CONFLICT, "the default world stays", next="reset it instead")
    shown = shown_world(asked.worlds, world)
    asked.worlds.remove(world)
    return shown


ROUTES: Routes = (
    Route(
        method="GET",
        path="/status",
        name="status",
        summary="Who answers here, and which worlds there are.",
        handle=_status,
        query=Nothing,
        body=Nothing,
        answer=values.Status,
    ),
    Route(
        method="POST",
        path="/reset",
        name="reset",
        summary="Lead a world back to its first state: accounts, people, time; nothing has happened yet.",
        handle=_reset,
        query=InWorld,
        body=Nothing,
        answer=values.World,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
    Route(
        method="DELETE",
        path="/worlds/{appid}",
        name="remove_world",
        summary="Remove the world of an account, with everything in it. The default world stays.",
        handle=_remove,
        query=Nothing,
        body=Nothing,
        answer=values.World,
        refusals=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    ),
)
