"""The table of routes as an OpenAPI 3.1 document. What is said of a field is what its class says of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from importlib.metadata import version
from inspect import cleandoc
from typing import Any

import msgspec

from wxauth.sandbox.control import values
from wxauth.sandbox.control.route import PREFIX, Nothing, Route, Routes

Json = dict[str, Any]

PATH_PARAMETERS = {
    "person": "Name, nickname, a word of the nickname, or an openid.",
    "appid": "Appid of an account.",
    "number": "Number of a fault.",
    "preset": "Name of a preset.",
    "switch": "Name of a switch.",
    "snapshot": "Name of a snapshot: 1 to 64 letters, digits and ._-",
}
EVERYWHERE = {
    HTTPStatus.BAD_REQUEST: "Something unknown was sent, or something of another type.",
    HTTPStatus.FORBIDDEN: "The Host or the Origin is foreign.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than 64 KiB; that of an import, than 64 MiB.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body is not JSON.",
}
"""What every route may answer besides its own."""
OWN = {
    HTTPStatus.NOT_FOUND: "There is no such world, account, person, fault or snapshot.",
    HTTPStatus.CONFLICT: "The state of the world stands against it.",
    HTTPStatus.GATEWAY_TIMEOUT: "What was waited for did not happen in time.",
}
REFERENCE = "#/components/schemas/{name}"
_ATTRIBUTE = re.compile(r"^    (?P<name>\w+): (?P<said>.+(?:\n {8}.+)*)", re.MULTILINE)


def document(routes: Routes) -> Json:
    """The document of these routes."""
    paths: dict[str, Json] = {}
    for route in routes:
        paths.setdefault(PREFIX + route.path, {})[route.method.lower()] = _operation(route)
    told: list[type[object]] = [kind for route in routes for kind in (route.answer, route.body) if kind is not Nothing]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "wxauth sandbox",
            "version": version("wxauth"),
            "description": "Control of a local WeChat. For development only; it refuses foreign Host and Origin.",
        },
        "paths": paths,
        "components": {"schemas": _schemas([*told, values.Failure])},
    }


def _operation(route: Route[Any, Any]) -> Json:
    operation: Json = {
        "operationId": route.name,
        "summary": route.summary,
        "parameters": [*_path_parameters(route.path), *_query_parameters(route.query)],
        "responses": _responses(route),
    }
    if route.body is not Nothing:
        operation["requestBody"] = {"required": bool(_required(route.body)), "content": _content(route.body)}
    return operation


def _responses(route: Route[Any, Any]) -> Json:
    refusals = EVERYWHERE | {status: OWN[status] for status in route.refusals}
    responses: Json = {str(int(route.status)): {"description": "Done.", "content": _content(route.answer)}}
    for status, said in sorted(refusals.items()):
        responses[str(int(status))] = {"description": said, "content": _content(values.Failure)}
    return responses


def _content(kind: type[object]) -> Json:
    return {"application/json": {"schema": {"$ref": REFERENCE.format(name=kind.__name__)}}}


def _path_parameters(path: str) -> list[Json]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}, "description": said}
        for name, said in PATH_PARAMETERS.items()
        if f"{{{name}}}" in path
    ]


def _query_parameters(kind: type[object]) -> list[Json]:
    schema = _schemas([kind])[kind.__name__]
    said = _attributes(*(cleandoc(base.__doc__ or "") for base in kind.__mro__))
    properties: Mapping[str, Json] = schema["properties"]
    return [
        {"name": name, "in": "query", "required": False, "schema": _present(described), "description": said[name]}
        for name, described in properties.items()
    ]


def _present(described: Json) -> Json:
    """The schema of a parameter that is there: a query knows no null."""
    kinds = [kind for kind in described.get("anyOf", []) if kind != {"type": "null"}]
    return kinds[0] if kinds else {key: value for key, value in described.items() if key != "description"}


def _required(kind: type[object]) -> list[str]:
    return list(_schemas([kind])[kind.__name__].get("required", []))


def _schemas(kinds: Iterable[type[object]]) -> dict[str, Json]:
    """The schema of each class, and of the classes it is made of."""
    _, schemas = msgspec.json.schema_components(dict.fromkeys(kinds), ref_template=REFERENCE)
    for schema in schemas.values():
        if schema.get("type") == "object":
            _describe(schema)
    return schemas


def _describe(schema: Json) -> None:
    """Put what the docstring says where readers of the document look for it."""
    docstring = cleandoc(schema["description"])
    attributes = _attributes(docstring)
    schema["description"] = docstring.partition("\n\n")[0]
    schema["additionalProperties"] = False
    for field, described in schema["properties"].items():
        if field in attributes:
            described["description"] = attributes[field]


def _attributes(*docstrings: str) -> dict[str, str]:
    """What docstrings say of each attribute."""
    found = (attribute for docstring in docstrings for attribute in _ATTRIBUTE.finditer(docstring))
    return {attribute["name"]: " ".join(attribute["said"].split()) for attribute in found}
