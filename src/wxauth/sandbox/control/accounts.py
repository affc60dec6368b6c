"""Routes about accounts. A fresh account is a fresh world, unless one is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus

from wxauth.sandbox import accounts as engine
from wxauth.sandbox.accounts import AccountKind
from wxauth.sandbox.control import values
from wxauth.sandbox.control.route import Asked, InWorld, Nothing, Route, Routes, fitting, world_of
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

STANDARD: Mapping[AccountKind, Callable[[int], engine.Account]] = {
    AccountKind.WEBSITE: engine.numbered_website,
    AccountKind.MINIPROGRAM: engine.numbered_mini_program,
    AccountKind.TEST: engine.numbered_test_account,
    AccountKind.THIRD_PARTY: engine.numbered_platform,
    AccountKind.WECOM: engine.numbered_corp,
}
"""What an account of a kind is like when nothing else is said; a kind that is not here is like a service account."""


def _shown(world: World, account: engine.Account) -> values.Account:
    return values.Account(
        appid=account.appid,
        secret=account.secret,
        name=account.name,
        kind=account.kind,
        bound=account.bound,
        callback_domains=account.callback_domains,
        scopes=tuple(sorted(account.scopes)),
        ip_whitelist=account.ip_whitelist,
        world=world.account.appid,
    )


def _accounts(asked: Asked[InWorld, Nothing]) -> values.Accounts:
    worlds = asked.worlds if asked.query.world is None else (world_of(asked, asked.query.world),)
    found = {account.appid: _shown(world, account) for world in worlds for account in world.accounts}
    return values.Accounts(accounts=tuple(found.values()))


def _add(asked: Asked[InWorld, values.NewAccount]) -> values.Account:
    worlds = asked.worlds
    world = None if asked.query.world is None else world_of(asked, asked.query.world)
    account = _made(worlds, asked.body)
    with fitting():
        if world is None:
            world = worlds.add(_fresh_world(worlds, account))
        else:
            worlds.settle(account, world)
    return _shown(world, account)


def _register(asked: Asked[Nothing, values.CallbackDomains]) -> values.Account:
    appid = asked.path["appid"]
    world = world_of(asked, appid)
    with fitting():
        return _shown(world, world.domains.register(appid, asked.body.callback_domains))


def _bind(asked: Asked[Nothing, Nothing]) -> values.Account:
    world = world_of(asked, asked.path["appid"])
    return _shown(world, world.bind(asked.path["appid"]))


def _unbind(asked: Asked[Nothing, Nothing]) -> values.Account:
    world = world_of(asked, asked.path["appid"])
    return _shown(world, world.bind(asked.path["appid"], bound=False))


def _made(worlds: Worlds, new: values.NewAccount) -> engine.Account:
    standard = STANDARD.get(new.kind, engine.numbered_account)(worlds.free_number())
    with fitting():
        return replace(
            standard,
            kind=new.kind,
            name=standard.name if new.name is None else new.name,
            bound=standard.bound if new.bound is None else new.bound,
            callback_domains=standard.callback_domains if new.callback_domains is None else new.callback_domains,
            scopes=standard.scopes if new.scopes is None else frozenset(new.scopes),
            ip_whitelist=new.ip_whitelist,
        )


def _fresh_world(worlds: Worlds, account: engine.Account) -> World:
    like = worlds.default
    return World(accounts=[account], seed=like.seed, salt=like.salt, strict=like.strict)


ROUTES: Routes = (
    Route(
        method="GET",
        path="/accounts",
        name="accounts",
        summary="The accounts of a world, or of all worlds when none is named.",
        handle=_accounts,
        query=InWorld,
        body=Nothing,
        answer=values.Accounts,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
    Route(
        method="POST",
        path="/accounts",
        name="add_account",
        summary="Make an account with an appid of its own: in a fresh world, or in the world that is named.",
        handle=_add,
        query=InWorld,
        body=values.NewAccount,
        answer=values.Account,
        status=HTTPStatus.CREATED,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
    Route(
        method="POST",
        path="/accounts/{appid}/domains",
        name="register_domains",
        summary="Let an account have these callback domains and no others, as its admin does in WeChat's console.",
        handle=_register,
        query=Nothing,
        body=values.CallbackDomains,
        answer=values.Account,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
    Route(
        method="POST",
        path="/accounts/{appid}/bind",
        name="bind",
        summary="Bind an account to the open-platform account of its world, so that people have a unionid there.",
        handle=_bind,
        query=Nothing,
        body=Nothing,
        answer=values.Account,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
    Route(
        method="POST",
        path="/accounts/{appid}/unbind",
        name="unbind",
        summary="Unbind an account from the open-platform account of its world: no unionid there any more.",
        handle=_unbind,
        query=Nothing,
        body=Nothing,
        answer=values.Account,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
)
