"""Routes about the people of a world."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Any

from wxauth.sandbox import people as engine
from wxauth.sandbox.accounts import Account
from wxauth.sandbox.control import person_values as values
from wxauth.sandbox.control.route import PREFIX, Asked, InWorld, Nothing, Route, Routes, Unfit, fitting, world_of
from wxauth.sandbox.world import World


def person_of(world: World, key: str) -> engine.Person:
    """A person by any key; raises Unfit 404 with the people there are."""
    found = world.find_person(key)
    if found is None:
        names = ", ".join(person.name for person in world.people) or "nobody"
        raise Unfit(HTTPStatus.NOT_FOUND, f"nobody here is called {key[:40]!r}", next=f"there are: {names}")
    return found


def _shown(world: World, person: engine.Person) -> values.Person:
    appids = [account.appid for account in world.accounts]
    return values.Person(
        name=person.name,
        nickname=person.nickname,
        avatar=person.avatar,
        openid=world.openid(person),
        openids={appid: world.openid(person, appid) for appid in appids},
        unionid=world.unionid(person),
        follows=tuple(appid for appid in appids if world.follows(person, appid)),
        phone=world.phone(person),
        blocked=person.blocked,
        snapshot=person.snapshot,
        userid=world.corps.userid(person) if world.corps.is_member(person) else None,
    )


def _people(asked: Asked[InWorld, Nothing]) -> values.People:
    world = world_of(asked, asked.query.world)
    return values.People(people=tuple(_shown(world, person) for person in world.people))


def _add(asked: Asked[InWorld, values.NewPerson]) -> values.Person:
    world, new = world_of(asked, asked.query.world), asked.body
    for appid in new.follows:
        account_of(world, appid)
    if any(person.name == new.name for person in world.people):
        raise Unfit(HTTPStatus.CONFLICT, f"somebody here is called {new.name!r} already", next="choose another name")
    person = _made(new)
    _let_follow(world, person, *new.follows)
    world.people = (*world.people, person)
    _let_join(world, person, member=new.member)
    return _shown(world, person)


def _crowd(asked: Asked[InWorld, values.NewCrowd]) -> values.Crowd:
    world, wished = world_of(asked, asked.query.world), asked.body
    try:
        came = world.crowd(wished.count, account_of(world, wished.appid).appid)
    except ValueError as error:
        raise Unfit(HTTPStatus.CONFLICT, str(error), next="let fewer people come, or follow another account") from None
    return values.Crowd(count=len(came), people=len(world.people))


def _made(new: values.NewPerson) -> engine.Person:
    with fitting():
        return engine.Person(
            name=new.name,
            nickname=new.nickname or new.name,
            avatar=new.avatar,
            follows=frozenset(new.follows),
            phone=new.phone,
            blocked=new.blocked,
            userid=new.userid,
            outsider=not new.member,
            snapshot=new.snapshot,
        )


def _change(asked: Asked[InWorld, values.ChangedPerson]) -> values.Person:
    (world, person), wished = _named(asked), asked.body
    with fitting():
        changed = replace(
            person,
            nickname=person.nickname if wished.nickname is None else wished.nickname,
            phone=person.phone if wished.phone is None else wished.phone,
            blocked=person.blocked if wished.blocked is None else wished.blocked,
            snapshot=person.snapshot if wished.snapshot is None else wished.snapshot,
        )
    world.change(changed)
    if wished.member is not None:
        _let_join(world, changed, member=wished.member)
    return _shown(world, changed)


def _let_join(world: World, person: engine.Person, *, member: bool) -> None:
    (world.corps.join if member else world.corps.leave)(person)


def _let_follow(world: World, person: engine.Person, *appids: str) -> None:
    try:
        for appid in appids:
            world.follow(person, appid)
    except ValueError as error:
        for appid in appids:
            world.unfollow(person, appid)
        next_step = f"POST {PREFIX}/people/{{person}}/unfollow makes room"
        raise Unfit(HTTPStatus.CONFLICT, str(error), next=next_step) from None


def _remove(asked: Asked[InWorld, Nothing]) -> values.Person:
    world, person = _named(asked)
    shown = _shown(world, person)
    for appid in shown.follows:
        world.unfollow(person, appid)
    world.people = tuple(other for other in world.people if other is not person)
    return shown


def _follow(asked: Asked[InWorld, values.Follow]) -> values.Person:
    world, person = _named(asked)
    _let_follow(world, person, account_of(world, asked.body.appid).appid)
    return _shown(world, person)


def _unfollow(asked: Asked[InWorld, values.Follow]) -> values.Person:
    world, person = _named(asked)
    world.unfollow(person, account_of(world, asked.body.appid).appid)
    return _shown(world, person)


def _named(asked: Asked[InWorld, Any]) -> tuple[World, engine.Person]:
    world = world_of(asked, asked.query.world)
    return world, person_of(world, asked.path["person"])


def account_of(world: World, appid: str | None) -> Account:
    """An account of a world, its first for None; raises Unfit 404."""
    account = world.account if appid is None else world.account_of(appid)
    if account is None:
        raise Unfit(
            HTTPStatus.NOT_FOUND,
            f"{str(appid)[:40]!r} is not an account of this world",
            next=f"GET {PREFIX}/accounts lists the accounts and their worlds",
        )
    return account


ROUTES: Routes = (
    Route(
        method="GET",
        path="/people",
        name="people",
        summary="The people of a world.",
        handle=_people,
        query=InWorld,
        body=Nothing,
        answer=values.People,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
    Route(
        method="POST",
        path="/people",
        name="add_person",
        summary="Let somebody move into a world.",
        handle=_add,
        query=InWorld,
        body=values.NewPerson,
        answer=values.Person,
        status=HTTPStatus.CREATED,
        refusals=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    ),
    Route(
        method="POST",
        path="/crowd",
        name="crowd",
        summary="Let many people move into a world at once, who follow an account.",
        handle=_crowd,
        query=InWorld,
        body=values.NewCrowd,
        answer=values.Crowd,
        status=HTTPStatus.CREATED,
        refusals=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    ),
    Route(
        method="POST",
        path="/people/{person}",
        name="change_person",
        summary="Let a person become other than they were; codes and tokens of before stand for them as they are now.",
        handle=_change,
        query=InWorld,
        body=values.ChangedPerson,
        answer=values.Person,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
    Route(
        method="DELETE",
        path="/people/{person}",
        name="remove_person",
        summary="Let somebody move out of a world. What was granted to them lives on until it expires.",
        handle=_remove,
        query=InWorld,
        body=Nothing,
        answer=values.Person,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
    Route(
        method="POST",
        path="/people/{person}/follow",
        name="follow",
        summary="Let a person follow an account.",
        handle=_follow,
        query=InWorld,
        body=values.Follow,
        answer=values.Person,
        refusals=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    ),
    Route(
        method="POST",
        path="/people/{person}/unfollow",
        name="unfollow",
        summary="Let a person no longer follow an account.",
        handle=_unfollow,
        query=InWorld,
        body=values.Follow,
        answer=values.Person,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
)
