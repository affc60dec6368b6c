"""Routes about the third-party platform of a world: its newest ticket, where it is pushed to, and whom it acts for."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from wxauth.sandbox.control import values
from wxauth.sandbox.control.people import account_of
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
        acts_for=world.platforms.acts_for(),
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


def _authorize(asked: Asked[InWorld, values.Authorizer]) -> values.AuthCode:
    world = _with_platform(asked)
    account = account_of(world, asked.body.appid)
    return values.AuthCode(appid=account.appid, auth_code=world.platforms.authorize(account))


def _revoke(asked: Asked[InWorld, values.Authorizer]) -> values.Platform:
    world = _with_platform(asked)
    try:
        world.platforms.revoke(account_of(world, asked.body.appid))
    except LookupError as error:
        next_step = f"POST {PREFIX}/platform/authorize lets the platform act for it"
        raise Unfit(HTTPStatus.CONFLICT, str(error), next=next_step) from None
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
    Route(
        method="POST",
        path="/platform/authorize",
        name="authorize_platform",
        summary="Let the platform act for an account, as its admin does; what was granted before is replaced.",
        handle=_authorize,
        query=InWorld,
        body=values.Authorizer,
        answer=values.AuthCode,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
    Route(
        method="POST",
        path="/platform/revoke",
        name="revoke_platform",
        summary="Take back what an account let the platform do; the tokens it acted with end, and it is told.",
        handle=_revoke,
        query=InWorld,
        body=values.Authorizer,
        answer=values.Platform,
        refusals=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    ),
)
