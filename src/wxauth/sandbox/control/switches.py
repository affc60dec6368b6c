"""Routes about the switches of a world: what they are, and to flip one."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from http import HTTPStatus
from inspect import cleandoc, getsource
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from wxauth.sandbox import switches as engine
from wxauth.sandbox.control import switch_values
from wxauth.sandbox.control.route import PREFIX, Asked, InWorld, Nothing, Route, Routes, Unfit, world_of
from wxauth.sandbox.world import World


@cache
def about() -> Mapping[str, str]:
    """Switch -> what it is about, with its source, as the class says it."""
    (written,) = ast.parse(getsource(engine.Switches)).body
    found: dict[str, str] = {}
    name = None
    for node in written.body if isinstance(written, ast.ClassDef) else ():
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            name = node.target.id
        elif name and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            said = str(node.value.value).replace("GUIDE", engine.GUIDE).replace("``", "`")
            found[name] = " ".join(cleandoc(said).split())
            name = None
    return found


@cache
def choices(name: str) -> tuple[str, ...]:
    """What a switch may be where it is one of a few words; empty for every other."""
    kind: Any = get_type_hints(engine.Switches)[name]
    return tuple(map(str, get_args(kind))) if get_origin(kind) is Literal else ()


def shown_switches(world: World) -> tuple[switch_values.Switch, ...]:
    """All switches of a world, in the order of the class."""
    now, best = _builtins(world.switches), _builtins(engine.Switches())
    return tuple(
        switch_values.Switch(name=name, value=now[name], default=best[name], choices=choices(name), about=said)
        for name, said in about().items()
    )


def _switches(asked: Asked[InWorld, Nothing]) -> switch_values.Switches:
    return switch_values.Switches(switches=shown_switches(world_of(asked, asked.query.world)))


def _flip(asked: Asked[InWorld, switch_values.SwitchTo]) -> switch_values.Switch:
    world, name = world_of(asked, asked.query.world), asked.path["switch"]
    if name not in about():
        near = get_close_matches(name, about(), n=1)
        raise Unfit(
            HTTPStatus.NOT_FOUND,
            f"no switch is called {name[:40]!r}",
            next=f"did you mean {near[0]}?" if near else f"GET {PREFIX}/switches lists them",
        )
    try:
        flipped = msgspec.convert(_builtins(world.switches) | {name: asked.body.value}, engine.Switches, str_keys=True)
    except msgspec.ValidationError as error:
        raise Unfit(HTTPStatus.BAD_REQUEST, str(error), next=f"GET {PREFIX}/switches says what each is about") from None
    world.obey(flipped)
    return next(switch for switch in shown_switches(world) if switch.name == name)


def _builtins(switches: engine.Switches) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(switches, str_keys=True)
    return {name: _plain(value) for name, value in plain.items()}


def _plain(value: object) -> object:
    """300 and 300.0 are the same number of seconds."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


ROUTES: Routes = (
    Route(
        method="GET",
        path="/switches",
        name="switches",
        summary="How a world behaves where WeChat's own behaviour is unsure.",
        handle=_switches,
        query=InWorld,
        body=Nothing,
        answer=switch_values.Switches,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
    Route(
        method="POST",
        path="/switches/{switch}",
        name="flip",
        summary="Flip a switch of a world, until it is reset.",
        handle=_flip,
        query=InWorld,
        body=switch_values.SwitchTo,
        answer=switch_values.Switch,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
)
