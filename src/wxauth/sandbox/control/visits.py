"""Routes about the next visits of the authorize page: who comes, and what they decide."""

from __future__ import annotations

from http import HTTPStatus

from wxauth.sandbox.control import values
from wxauth.sandbox.control.people import person_of
from wxauth.sandbox.control.route import Asked, InWorld, Nothing, Route, Routes, world_of
from wxauth.sandbox.world import World


def _shown(world: World) -> values.NextVisits:
    return values.NextVisits(people=world.next.people(), decisions=world.next.decisions())


def _visits(asked: Asked[InWorld, Nothing]) -> values.NextVisits:
    return _shown(world_of(asked, asked.query.world))


def _person(asked: Asked[InWorld, values.NextPerson]) -> values.NextVisits:
    world = world_of(asked, asked.query.world)
    wished = asked.body
    name = person_of(world, wished.person).name
    world.next.person(name, scene=wished.scene, service=wished.service, nickname=wished.nickname)
    return _shown(world)


def _decision(asked: Asked[InWorld, values.NextDecision]) -> values.NextVisits:
    world = world_of(asked, asked.query.world)
    world.next.decision(asked.body.decision)
    return _shown(world)


ROUTES: Routes = (
    Route(
        method="GET",
        path="/next",
        name="next_visits",
        summary="Who is said to open the authorize page of a world next, and what they will decide.",
        handle=_visits,
        query=InWorld,
        body=Nothing,
        answer=values.NextVisits,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
    Route(
        method="POST",
        path="/next/person",
        name="next_person",
        summary="Let the next visit of which nobody says who it is be this person's; they agree to everything.",
        handle=_person,
        query=InWorld,
        body=values.NextPerson,
        answer=values.NextVisits,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
    Route(
        method="POST",
        path="/next/decision",
        name="next_decision",
        summary="Let the next person allow or refuse.",
        handle=_decision,
        query=InWorld,
        body=values.NextDecision,
        answer=values.NextVisits,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
)
