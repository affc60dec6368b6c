"""Routes about what a world is altogether: its snapshots, and the one document it can be written as."""

from __future__ import annotations

from http import HTTPStatus

from wxauth.sandbox.control import values
from wxauth.sandbox.control.route import PREFIX, Asked, InWorld, Nothing, Route, Routes, Unfit, world_of
from wxauth.sandbox.control.status import shown_world
from wxauth.sandbox.document import Document
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds
from wxauth.sandbox.written import Unreadable

MOST_IMPORT_BYTES = 64 * 1024 * 1024


def _shown(world: World) -> values.Snapshots:
    return values.Snapshots(snapshots=tuple(world.snapshots))


def _snapshots(asked: Asked[InWorld, Nothing]) -> values.Snapshots:
    return _shown(world_of(asked, asked.query.world))


def _snapshot(asked: Asked[InWorld, Nothing]) -> values.Snapshots:
    world = world_of(asked, asked.query.world)
    try:
        world.snapshot(asked.path["snapshot"])
    except ValueError as error:
        raise Unfit(HTTPStatus.CONFLICT, str(error), next=f"GET {PREFIX}/snapshots lists those there are") from None
    return _shown(world)


def _restore(asked: Asked[InWorld, Nothing]) -> values.World:
    world = world_of(asked, asked.query.world)
    return _become(asked.worlds, world, _document(asked, world))


def _forget(asked: Asked[InWorld, Nothing]) -> values.Snapshots:
    world = world_of(asked, asked.query.world)
    _document(asked, world)
    world.snapshots.forget(asked.path["snapshot"])
    return _shown(world)


def _export(asked: Asked[InWorld, Nothing]) -> Document:
    return world_of(asked, asked.query.world).export()


def _import(asked: Asked[InWorld, Document]) -> values.World:
    return _become(asked.worlds, world_of(asked, asked.query.world), asked.body)


def _document(asked: Asked[InWorld, Nothing], world: World) -> Document:
    try:
        return world.snapshots.get(asked.path["snapshot"])
    except LookupError as error:
        what, _, there = str(error).partition("; ")
        raise Unfit(HTTPStatus.NOT_FOUND, what, next=there) from None


def _become(worlds: Worlds, world: World, document: Document) -> values.World:
    try:
        worlds.load(world, document)
    except Unreadable as error:
        next_step = "import what GET /_sandbox/export of this version of wxauth answered"
        raise Unfit(HTTPStatus.BAD_REQUEST, str(error), next=next_step) from None
    except ValueError as error:
        next_step = f"name that world by ?world=, or remove it: DELETE {PREFIX}/worlds/{{appid}}"
        raise Unfit(HTTPStatus.CONFLICT, str(error), next=next_step) from None
    return shown_world(worlds, world)


ROUTES: Routes = (
    Route(
        method="GET",
        path="/snapshots",
        name="snapshots",
        summary="The names of the snapshots of a world.",
        handle=_snapshots,
        query=InWorld,
        body=Nothing,
        answer=values.Snapshots,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
    Route(
        method="POST",
        path="/snapshots/{snapshot}",
        name="snapshot",
        summary="Keep everything in a world as it is now, its time included, under a name.",
        handle=_snapshot,
        query=InWorld,
        body=Nothing,
        answer=values.Snapshots,
        refusals=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    ),
    Route(
        method="POST",
        path="/snapshots/{snapshot}/restore",
        name="restore",
        summary="Go back to a snapshot, in time too.",
        handle=_restore,
        query=InWorld,
        body=Nothing,
        answer=values.World,
        refusals=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    ),
    Route(
        method="DELETE",
        path="/snapshots/{snapshot}",
        name="forget_snapshot",
        summary="Forget a snapshot.",
        handle=_forget,
        query=InWorld,
        body=Nothing,
        answer=values.Snapshots,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
    Route(
        method="GET",
        path="/export",
        name="export",
        summary="Everything in a world as one document, its secrets and tokens included; they are the sandbox's own.",
        handle=_export,
        query=InWorld,
        body=Nothing,
        answer=Document,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
    Route(
        method="POST",
        path="/import",
        name="load",
        summary="Let a world become that of a document, in place of everything in it but its snapshots.",
        handle=_import,
        query=InWorld,
        body=Document,
        answer=values.World,
        refusals=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
        most_bytes=MOST_IMPORT_BYTES,
    ),
)
