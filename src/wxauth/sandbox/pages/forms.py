"""Reading what a page's form or a headless caller's header says."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar
from urllib.parse import parse_qsl

from starlette.requests import Request

from wxauth.sandbox.people import Person
from wxauth.sandbox.world import World

Choice = TypeVar("Choice", bound=StrEnum)

FORM_BYTES = 65_536


class Unclear(Exception):
    """The request cannot be understood; the text says what would be."""


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form; raises Unclear for one that is too large."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_BYTES:
            raise Unclear("the form is too large\n表单过大\n")
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def choice(choices: type[Choice], value: str | None, name: str) -> Choice | None:
    """The choice a value stands for, None for no value; raises Unclear, naming the choices, for another."""
    if value is None:
        return None
    try:
        return choices(value)
    except ValueError:
        raise Unclear(f"{name} has to be one of {', '.join(choices)}\n{name} 的取值：{'、'.join(choices)}\n") from None


def nobody(world: World, appid: str) -> Unclear:
    """What to say to a caller whose X-Sandbox-Person names nobody: who there is."""
    people = "\n".join(_listed(world, person, appid) for person in world.people)
    return Unclear(
        "X-Sandbox-Person names nobody of this world. Send one of these names or openids, "
        f"percent-encoded UTF-8:\n沙箱里没有这个人。可用的名字或 openid（UTF-8 百分号编码）：\n{people}\n"
    )


def _listed(world: World, person: Person, appid: str) -> str:
    return f"  {person.name}  {person.nickname}  {world.openid(person, appid)}"
