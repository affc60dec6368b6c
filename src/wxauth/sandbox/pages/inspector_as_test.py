"""An exchange of the journal as a test for pytest, which runs as it stands with the fixture ``wechat``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wxauth.sandbox.fault import AUTHORIZE
from wxauth.sandbox.journal import SHOWN, Entry
from wxauth.sandbox.people import Person
from wxauth.sandbox.wechat.operation import Operation, Reads
from wxauth.sandbox.wechat.server import OPERATIONS, TOKENS
from wxauth.sandbox.world import World

OF_A_PERSON = ("sns/userinfo", "sns/auth", "sns/oauth2/refresh_token", "sns/oauth2/access_token")
REPLACED = {
    "appid": "wechat.appid",
    "corpid": "wechat.account('wecom').appid",
    "component_appid": "wechat.account('third-party').appid",
    "secret": "wechat.secret",
    "code": "wechat.code({person!r}, scope={scope!r})",
    "access_token": "grant.access_token",
    "refresh_token": "grant.refresh_token",
    "openid": "grant.openid",
}
"""Parameter -> what stands for it in a test; with the world it came from, its value is gone."""
CALL = """\
import json
from urllib.parse import urlencode
from urllib.request import Request, urlopen


def test_{name}(wechat):
{arrange}    # Let your app make this call instead.
    query = urlencode({query})
    with urlopen(Request(f"{{wechat.url}}{path}?{{query}}"{how})) as answered:
        said = json.load(answered)
    assert said.get("errcode", 0) == {errcode}
    wechat.assert_called({operation!r}, times=1)
"""
VISIT = """\
from urllib.parse import parse_qs, urlencode, urlsplit


def test_{name}(wechat):
    # Let your app make this link instead.
    link = f"{{wechat.url}}/connect/oauth2/authorize?" + urlencode({query})
    callback = urlsplit(wechat.callback({person!r}, link))
    assert "code" in parse_qs(callback.query)
    wechat.assert_called("authorize")
"""


def as_test(entry: Entry, world: World) -> str | None:
    """The test; None for what cannot be asked for again.

    A refusal comes back as a fault, so that an app can be tried against the same answer.
    """
    if entry.operation == AUTHORIZE:
        return _visit(entry, world) if entry.answer.startswith("302 with code") else None
    operation = OPERATIONS.get(f"/{entry.operation}")
    if operation is None or (entry.refused and entry.errcode is None):
        return None
    return _call(entry, operation, world) if entry.refused or entry.operation in OF_A_PERSON else None


def _call(entry: Entry, operation: Operation, world: World) -> str:
    person, scope = _person(entry, world), "snsapi_base" if entry.errcode == 48001 else "snsapi_userinfo"
    given = [(name, _expression(name, value, person, scope)) for name, value in entry.parameters]
    in_body = operation.reads in (Reads.JSON, Reads.JSON_OR_NOTHING)
    query = [pair for pair in given if pair[0] in TOKENS] if in_body else given
    rest = [pair for pair in given if pair[0] not in TOKENS] if in_body else []
    how = f", json.dumps({_dict(rest)}).encode()" if in_body and "GET" not in operation.methods else ""
    how = how or ("" if "GET" in operation.methods else ', b""')
    return CALL.format(
        name=_name(entry),
        arrange="".join(f"    {line}\n" for line in _arrange(entry, [said for _, said in given], person, scope)),
        query=_dict(query),
        path=operation.path,
        how=how,
        errcode=entry.errcode or 0,
        operation=entry.operation,
    )


def _arrange(entry: Entry, expressions: list[str], person: Person, scope: str) -> Iterator[str]:
    if any(said.startswith("grant.") for said in expressions):
        code = f"wechat.code({person.name!r}, scope={scope!r})"
        yield f"grant = wechat.world.redeem(appid=wechat.appid, code={code})"
    if entry.errcode is not None:
        yield f"wechat.faults.once({entry.operation!r}, {entry.errcode})"


def _visit(entry: Entry, world: World) -> str:
    person = _person(entry, world)
    given = [
        (name, "wechat.appid" if name == "appid" else repr(value if name in SHOWN else "abc"))
        for name, value in entry.parameters
        if name not in ("person", "scene", "connect_redirect")
    ]
    return VISIT.format(name=_name(entry), query=_dict(given), person=person.name)


def _person(entry: Entry, world: World) -> Person:
    """Whom an exchange was about, else the first of the people."""
    said = [value for name, value in entry.parameters if name in ("person", "openid")]
    found = (world.find_person(value) for value in said)
    return next((person for person in found if person is not None), world.people[0])


def _expression(name: str, value: str, person: Person, scope: str) -> str:
    if name in REPLACED:
        return REPLACED[name].format(person=person.name, scope=scope)
    return repr(value if name in SHOWN and not value.startswith("…") else name)


def _dict(pairs: list[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{name!r}: {said}" for name, said in pairs) + "}"


def _name(entry: Entry) -> str:
    words = f"{entry.operation} answers {entry.errcode}" if entry.errcode else entry.operation
    return re.sub(r"\W+", "_", words).strip("_")
