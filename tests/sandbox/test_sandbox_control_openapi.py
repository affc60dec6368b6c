"""The published document says all that the table of routes says, and what is answered is what it says."""

import json
import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import httpx2
import msgspec
import pytest
from test_sandbox_control import HAPPY, UNFIT, ask, http, worlds

from wxauth.sandbox.control import values
from wxauth.sandbox.control.openapi import document
from wxauth.sandbox.control.route import PREFIX, Nothing
from wxauth.sandbox.control.table import ROUTES

__all__ = ["http", "worlds"]

DOCUMENT = document(ROUTES)
SCHEMAS = DOCUMENT["components"]["schemas"]
JSON_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


def problems(schema: dict[str, Any], value: object, at: str = "$") -> Iterator[str]:
    """What is wrong with a value, by the few words of JSON Schema that the document uses."""
    unknown = set(schema) - WORDS
    if unknown:
        yield f"{at}: the schema uses {unknown}"
    if "$ref" in schema:
        yield from problems(SCHEMAS[schema["$ref"].removeprefix("#/components/schemas/")], value, at)
    elif "anyOf" in schema:
        if all(list(problems(each, value, at)) for each in schema["anyOf"]):
            yield f"{at}: {value!r} is none of {schema['anyOf']}"
    elif "enum" in schema:
        if value not in schema["enum"]:
            yield f"{at}: {value!r} is not in {schema['enum']}"
    else:
        yield from _typed(schema, value, at)


WORDS = {
    "$ref", "anyOf", "enum", "type", "title", "description", "default", "properties", "required", "items",
    "prefixItems", "additionalProperties", "minItems", "maxItems",
}  # fmt: skip


def _typed(schema: dict[str, Any], value: object, at: str) -> Iterator[str]:
    if not isinstance(value, JSON_TYPES[schema["type"]]) or (schema["type"] != "boolean" and isinstance(value, bool)):
        yield f"{at}: {value!r} is no {schema['type']}"
    elif isinstance(value, dict):
        yield from _object(schema, value, at)
    elif isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            yield f"{at}: {len(value)} items"
        first: list[Any] = schema.get("prefixItems", [])
        for number, item in enumerate(value):
            yield from problems(first[number] if first else schema["items"], item, f"{at}[{number}]")


def _object(schema: dict[str, Any], value: dict[str, object], at: str) -> Iterator[str]:
    properties = schema.get("properties", {})
    yield from (f"{at}: {name} is missing" for name in schema.get("required", []) if name not in value)
    if schema.keys() <= {"type", "description"}:
        return  # whatever there is
    for name, each in value.items():
        if name in properties:
            yield from problems(properties[name], each, f"{at}.{name}")
        elif schema.get("additionalProperties") in (None, False):
            yield f"{at}: {name} is unknown"
        else:
            yield from problems(schema["additionalProperties"], each, f"{at}.{name}")


def operation(name: str) -> dict[str, Any]:
    route = next(route for route in ROUTES if route.name == name)
    found: dict[str, Any] = DOCUMENT["paths"][PREFIX + route.path][route.method.lower()]
    return found


async def test_the_document_is_published(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/_sandbox/openapi.json")
    assert answer.json() == json.loads(msgspec.json.encode(DOCUMENT))
    assert answer.json()["openapi"].startswith("3.1")
    assert answer.json()["info"].keys() >= {"title", "version"}


def test_every_route_is_in_the_document_and_there_is_no_other() -> None:
    documented = {(method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods}
    assert documented == {(route.method, PREFIX + route.path) for route in ROUTES}
    names = [route.name for route in ROUTES]
    assert [operation(name)["operationId"] for name in names] == names
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_parameter_of_a_route_is_documented_and_described(route) -> None:
    documented = operation(route.name)
    parameters = {(each["in"], each["name"]) for each in documented["parameters"]}
    in_path = {("path", name) for name in re.findall(r"\{(\w+)\}", route.path)}
    assert parameters == in_path | {("query", field.name) for field in fields(route.query)}
    assert all(each["description"] and each["schema"]["type"] for each in documented["parameters"])
    assert all(each["required"] is (each["in"] == "path") for each in documented["parameters"])
    assert ("requestBody" in documented) is (route.body is not Nothing)
    assert documented["summary"].endswith(".")


@pytest.mark.parametrize("kind", [each.body for each in ROUTES] + [each.answer for each in ROUTES] + [values.Failure])
def test_every_field_of_a_body_and_of_an_answer_is_documented(kind) -> None:
    if kind is not Nothing:
        assert [*SCHEMAS[kind.__name__]["properties"]] == [field.name for field in fields(kind)]


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.body is not Nothing], ids=lambda route: route.name
)
def test_a_body_takes_no_other_field_than_the_documented(route) -> None:
    assert SCHEMAS[route.body.__name__]["additionalProperties"] is False


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_field_is_described(name: str) -> None:
    described = SCHEMAS[name].get("properties", {})
    assert SCHEMAS[name]["description"]
    assert all(field.get("description") for field in described.values()), described


def test_every_reference_leads_to_a_schema_and_every_schema_is_referred_to() -> None:
    text = msgspec.json.encode(DOCUMENT).decode()
    assert set(re.findall(r"#/components/schemas/(\w+)", text)) == set(SCHEMAS)


@pytest.mark.parametrize("name", HAPPY)
async def test_an_answer_is_what_the_document_says(http: httpx2.AsyncClient, name: str) -> None:
    answer = await ask(http, *HAPPY[name])
    described = operation(name)["responses"][str(answer.status_code)]
    assert not list(problems(described["content"]["application/json"]["schema"], answer.json()))


@pytest.mark.parametrize("name", [name for name in HAPPY if HAPPY[name][2] is not None])
def test_a_body_that_is_taken_is_what_the_document_says(name: str) -> None:
    schema = operation(name)["requestBody"]["content"]["application/json"]["schema"]
    assert not list(problems(schema, HAPPY[name][2]))


@pytest.mark.parametrize(("method", "path", "body", "status", "next_step"), UNFIT)
async def test_a_refusal_is_what_the_document_says(http, method, path, body, status, next_step) -> None:
    answer = await ask(http, method, path, body)
    assert not list(problems({"$ref": "#/components/schemas/Failure"}, answer.json()))
    for route in ROUTES:
        if route.method == method and route.pattern.fullmatch(path.partition("?")[0]):
            assert str(status) in operation(route.name)["responses"]


def test_the_check_itself_sees_what_is_wrong() -> None:
    good = {"unix": 1, "utc": "x", "frozen": False}
    clock = {"$ref": "#/components/schemas/Clock"}
    assert not list(problems(clock, good))
    for bad in ({}, good | {"unix": "1"}, good | {"more": 1}, good | {"frozen": 1}, good | {"unix": True}, []):
        assert list(problems(clock, bad)), bad
