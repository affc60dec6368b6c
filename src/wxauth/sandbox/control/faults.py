"""Routes about faults: what shall go wrong in a world."""

from __future__ import annotations

from http import HTTPStatus

from wxauth.sandbox import fault as engine
from wxauth.sandbox.control import values
from wxauth.sandbox.control.route import PREFIX, Asked, InWorld, Nothing, Route, Routes, Unfit, world_of
from wxauth.sandbox.presets import PRESETS
from wxauth.sandbox.world import World


def _shown(fault: engine.Fault) -> values.Fault:
    return values.Fault(
        number=fault.number,
        operation=fault.operation,
        what=fault.what,
        times=fault.times,
        chance=fault.chance,
        seed=fault.seed,
        nth=fault.nth,
        appid=fault.appid,
        person=fault.person,
        seconds=fault.seconds,
        jitter_seconds=fault.jitter_seconds,
    )


def _all(world: World) -> values.Faults:
    return values.Faults(faults=tuple(_shown(fault) for fault in world.faults.active()))


def _faults(asked: Asked[InWorld, Nothing]) -> values.Faults:
    return _all(world_of(asked, asked.query.world))


def _add(asked: Asked[InWorld, values.NewFault]) -> values.Fault:
    world, new = world_of(asked, asked.query.world), asked.body
    try:
        fault = world.faults.add(
            new.operation,
            new.what,
            times=new.times,
            chance=new.chance,
            seed=new.seed,
            nth=new.nth,
            appid=new.appid,
            person=new.person,
            seconds=new.seconds,
            jitter_seconds=new.jitter_seconds,
        )
    except ValueError as error:
        raise _unfit(error) from None
    return _shown(fault)


def _presets(asked: Asked[Nothing, Nothing]) -> values.Presets:
    return values.Presets(
        presets=tuple(
            values.Preset(name=name, operation=preset.operation, what=str(preset.what), words=preset.words)
            for name, preset in PRESETS.items()
        )
    )


def _add_preset(asked: Asked[InWorld, Nothing]) -> values.Fault:
    world = world_of(asked, asked.query.world)
    try:
        return _shown(world.faults.preset(asked.path["preset"]))
    except ValueError as error:
        raise _unfit(error) from None


def _clear_all(asked: Asked[InWorld, Nothing]) -> values.Faults:
    world = world_of(asked, asked.query.world)
    cleared = _all(world)
    world.faults.clear()
    return cleared


def _clear(asked: Asked[InWorld, Nothing]) -> values.Fault:
    world, number = world_of(asked, asked.query.world), asked.path["number"]
    for fault in world.faults.active():
        if str(fault.number) == number:
            world.faults.clear(fault.number)
            return _shown(fault)
    raise Unfit(
        HTTPStatus.NOT_FOUND, f"no fault has the number {number[:20]!r}", next=f"GET {PREFIX}/faults lists them"
    )


def _unfit(error: ValueError) -> Unfit:
    what, _, next_step = str(error).partition("; ")
    return Unfit(
        HTTPStatus.BAD_REQUEST, what, next=next_step or f"GET {PREFIX}/openapi.json says what each field takes"
    )


ROUTES: Routes = (
    Route(
        method="GET",
        path="/faults",
        name="faults",
        summary="The faults of a world that can still hit, in the order they were set.",
        handle=_faults,
        query=InWorld,
        body=Nothing,
        answer=values.Faults,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
    Route(
        method="POST",
        path="/faults",
        name="add_fault",
        summary="Let something go wrong in a world.",
        handle=_add,
        query=InWorld,
        body=values.NewFault,
        answer=values.Fault,
        status=HTTPStatus.CREATED,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
    Route(
        method="DELETE",
        path="/faults",
        name="clear_faults",
        summary="Forget all faults of a world; the answer is what there was.",
        handle=_clear_all,
        query=InWorld,
        body=Nothing,
        answer=values.Faults,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
    Route(
        method="DELETE",
        path="/faults/{number}",
        name="clear_fault",
        summary="Forget one fault of a world.",
        handle=_clear,
        query=InWorld,
        body=Nothing,
        answer=values.Fault,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
    Route(
        method="GET",
        path="/presets",
        name="presets",
        summary="Faults by the name of the trouble they imitate.",
        handle=_presets,
        query=Nothing,
        body=Nothing,
        answer=values.Presets,
    ),
    Route(
        method="POST",
        path="/presets/{preset}",
        name="add_preset",
        summary="Set the fault of a preset in a world.",
        handle=_add_preset,
        query=InWorld,
        body=Nothing,
        answer=values.Fault,
        status=HTTPStatus.CREATED,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
)
