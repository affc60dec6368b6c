"""What the buttons of the inspector do: each is a request to the control API, made in this process."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from wxauth.sandbox.control import table
from wxauth.sandbox.control.reading import read_body, read_query
from wxauth.sandbox.control.route import Asked, Method
from wxauth.sandbox.control.start import Start
from wxauth.sandbox.pages.forms import Unclear
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

Form = Mapping[str, str]
NO_FIELDS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One request.

    Attributes:
        method: of the request.
        path: below ``/_sandbox``; ``{}`` in it is the value of the button.
        body: what is sent, from the value of the button and the fields of its form.
        fields: the fields that its form may have.
    """

    method: Method = "POST"
    path: str
    body: Callable[[str, Form], dict[str, object]] = field(default=lambda value, form: {})
    fields: frozenset[str] = NO_FIELDS


def do(worlds: Worlds, world: World, form: Form) -> None:
    """Do what the button of a form says.

    Raises:
        Unclear: no button says that; nothing was done.
        Unfit: the control API refuses it; nothing was done.
    """
    pressed = next((name for name in form if name in DEEDS), None)
    strange = [name for name in form if pressed is None or name not in {pressed, *DEEDS[pressed].fields}]
    if pressed is None or strange:
        raise Unclear(f"no button is called {(strange or ['-'])[0][:40]}\n没有这个按钮\n")
    deed, value = DEEDS[pressed], form[pressed]
    try:
        body = deed.body(value, form)
    except ValueError as error:
        raise Unclear(f"{error}\n") from None
    path = deed.path.replace("{}", quote(value, safe="")) if value else deed.path.replace("/{}", "")
    _ask(worlds, world, deed.method, path, body)


def _ask(worlds: Worlds, world: World, method: str, path: str, body: dict[str, object]) -> None:
    route, parts = table.find(method, path)
    sent = json.dumps(body).encode() if body else b""
    asked: Asked[Any, Any] = Asked(
        worlds=worlds,
        start=Start(build="", nonce=""),
        path=parts,
        query=read_query(f"world={world.account.appid}", route.query),
        body=read_body(sent, "application/json", route.body),
    )
    route.handle(asked)


def _moment(value: str, form: Form) -> dict[str, object]:
    """What a browser sends of a date and a time, which are UTC here."""
    try:
        return {"unix": datetime.fromisoformat(form.get("at", "")).replace(tzinfo=UTC).timestamp()}
    except ValueError:
        raise ValueError("a time is like 2026-01-01T00:00\n时间的格式如 2026-01-01T00:00") from None


def _fault(value: str, form: Form) -> dict[str, object]:
    times = form.get("times", "1")
    given: dict[str, object] = {"operation": form.get("operation", ""), "what": form.get("what", "")}
    given["times"] = int(times) if times else None
    return given | ({"person": form["whom"]} if form.get("whom") else {})


def _person(value: str, form: Form) -> dict[str, object]:
    return {"name": form.get("name", "").strip(), "follows": [form["follows"]] if form.get("follows") else []}


def _account(value: str, form: Form) -> dict[str, object]:
    return {"kind": form.get("kind", ""), **({"name": form["name"]} if form.get("name") else {})}


def _switch(value: str, form: Form) -> dict[str, object]:
    """A word is itself, anything else is JSON: ``true``, ``300``, ``["mobile"]``."""
    to = form.get("to", "")
    try:
        return {"value": json.loads(to)}
    except (ValueError, RecursionError):
        return {"value": to}


DEEDS: dict[str, Deed] = {
    "freeze": Deed(path="/clock/freeze"),
    "resume": Deed(path="/clock/resume"),
    "advance": Deed(path="/clock/advance", body=lambda value, form: {"seconds": int(value)}),
    "set": Deed(path="/clock/set", body=_moment, fields=frozenset({"at"})),
    "preset": Deed(path="/presets/{}"),
    "clear": Deed(method="DELETE", path="/faults/{}"),
    "fault": Deed(path="/faults", body=_fault, fields=frozenset({"operation", "what", "times", "whom"})),
    "person": Deed(path="/people", body=_person, fields=frozenset({"name", "follows"})),
    "follow": Deed(path="/people/{}/follow"),
    "unfollow": Deed(path="/people/{}/unfollow"),
    "account": Deed(path="/accounts", body=_account, fields=frozenset({"kind", "name"})),
    "switch": Deed(path="/switches/{}", body=_switch, fields=frozenset({"to"})),
}
"""What the buttons do, by their names."""
