"""Routes about the third-party platform of a world: its newest ticket, and where it is pushed to."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from wxauth.sandbox.control import values
from wxauth.sandbox.control.route import PREFIX, Asked, InWorld, Nothing, Route, Routes, Unfit, world_of
from wxauth.sandbox.world import World


def _with_platform(asked: Asked[InWorld, Any]) -> World:
    world = world_of(asked, asked.query.world)
    try:
        world.platforms.named()
    except LookupError as error:
        next_step = f"POST {PREFIX}/accounts makes an account of the kind third-party"
        raise Unfit(HTTPStatus.NOT_FOUND, str(error), next=next_step) from None
    return world


def _shown(world: World) -> values.Platform:
    account = world.platforms.named()
    return values.Platform(
        appid=account.appid,
        ticket=world.platforms.ticket(),
        push_token=account.push.token,
        encoding_aes_key=account.push.encoding_aes_key,
        push_url=world.platforms.push_url(),
    )


def _platform(asked: Asked[InWorld, Nothing]) -> values.Platform:
    return _shown(_with_platform(asked))


def _push(asked: Asked[InWorld, values.PushTo]) -> values.Platform:
    world = _with_platform(asked)
    try:
        world.platforms.push_to(asked.body.url)
    except ValueError as error:
        raise Unfit(HTTPStatus.BAD_REQUEST, str(error), next="send a whole address, or null") from None
    return _shown(world)


ROUTES: Routes = (
    Route(
        method="GET",
        path="/platform",
        name="platform",
        summary="The first third-party platform of a world, with its newest component_verify_ticket.",
        handle=_platform,
        query=InWorld,
        body=Nothing,
        answer=values.Platform,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
    Route(
        method="POST",
        path="/platform/push",
        name="push_tickets",
        summary="Push the tickets of the platform to an address: the newest at once, then one each ten minutes.",
        handle=_push,
        query=InWorld,
        body=values.PushTo,
        answer=values.Platform,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
)
