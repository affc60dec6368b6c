"""Reading what was sent into the values that a route takes: nothing unknown, nothing of another type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import fields
from difflib import get_close_matches
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec

from wxauth.sandbox.control.route import PREFIX, Unfit

T = TypeVar("T")


def read_query(text: str, wanted: type[T]) -> T:
    """The parameters of a query; raises Unfit 400."""
    pairs = parse_qsl(text, keep_blank_values=True)
    twice = [name for name, times in Counter(name for name, _ in pairs).items() if times > 1]
    if twice:
        raise _unfit(f"the parameter {twice[0][:40]!r} is there twice", "send it once")
    given = dict(pairs)
    query = _converted(given, wanted, strict=False)
    nothing = next((name for name in given if getattr(query, name) is None), None)
    if nothing is not None:  # msgspec reads the text null so, where a parameter may be missing
        raise _unfit(f"the parameter {nothing!r} is {given[nothing]!r}", "leave it out, or give it a value")
    return query


def read_body(body: bytes, content_type: str, wanted: type[T]) -> T:
    """The body of a request, which may be missing where everything in it may; raises Unfit 400 or 415."""
    if not body:
        return _converted({}, wanted, strict=True)
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise Unfit(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"the body is {content_type[:40]!r}",
            next="send JSON with Content-Type: application/json",
        )
    try:
        sent: object = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise _unfit(f"the body is not JSON: {error}", "send one JSON object") from None
    if not isinstance(sent, dict):
        raise _unfit("the body is not a JSON object", "send one JSON object")
    given: dict[str, object] = {str(name): value for name, value in sent.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType, reportUnknownMemberType] - JSON
    return _converted(given, wanted, strict=True)


def too_large(most_bytes: int) -> Unfit:
    """A body that nobody reads to its end."""
    return Unfit(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body is larger than {most_bytes} bytes", next="send less at a time"
    )


def _converted(given: Mapping[str, object], wanted: type[T], *, strict: bool) -> T:
    known = [field.name for field in fields(_dataclass(wanted))]
    for name in given:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            there = ", ".join(known) or "none"
            raise _unfit(
                f"{name[:40]!r} is unknown here", f"did you mean {near[0]}?" if near else f"what there is: {there}"
            )
    try:
        return msgspec.convert(given, wanted, strict=strict)
    except msgspec.ValidationError as error:
        raise _unfit(str(error), f"GET {PREFIX}/openapi.json says what each field takes") from None


def _dataclass(wanted: type[Any]) -> Any:
    return wanted


def _unfit(what: str, next_step: str) -> Unfit:
    return Unfit(HTTPStatus.BAD_REQUEST, what, next=next_step)
