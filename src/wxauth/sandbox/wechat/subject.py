"""Whom a call is about: an account, and maybe a person."""

from __future__ import annotations

from typing import NamedTuple

from wxauth.sandbox.people import Person
from wxauth.sandbox.wechat.operation import Call

STANDS_FOR = ("code", "js_code", "access_token", "refresh_token")
"""The parameters that stand for a person."""
NAMES = ("appid", "authorizer_appid", "corpid", "component_appid")
"""The parameters that name an account, the first of them the one a call is about."""


class Subject(NamedTuple):
    """As far as a call tells.

    Attributes:
        appid: of the account.
        person: who, alive or not what stands for them.
    """

    appid: str | None
    person: Person | None


def subject(call: Call) -> Subject:
    """Whom a call is about: who is behind its code or token, else whom it names."""
    for name in STANDS_FOR:
        behind = call.world.behind(call.value(name))
        if behind is not None:
            return Subject(behind.appid, behind.person)
    value = call.value("access_token")
    token = call.world.credentials.known(value) or call.world.corps.known_token(value)
    named = next((appid for name in NAMES if (appid := call.value(name))), None)
    return Subject(named if token is None else token.appid, call.world.find_person(call.value("openid")))
