"""Refuses JSON in which a field that we read stands twice: readers differ in which of the two they believe."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

T = TypeVar("T")


def decode_once(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    """Decode a body in which each field that ``decoder`` knows stands once in its object, at most.

    Fields it does not know are ignored, and may stand twice.

    Raises:
        msgspec.DecodeError, RecursionError: as the decoder does.
        ValueError: a field stands in it twice.
    """
    answer = decoder.decode(body)
    quoted = _quoted_names(decoder).findall(body)
    # What stands once in quotes is no field twice, unless one of the two is written with escapes.
    if len(quoted) != len(set(quoted)) or b"\\u" in body:
        _demand_once(body, _names(decoder))
    return answer


def _demand_once(body: bytes, names: frozenset[str]) -> None:
    def look_at(fields: list[tuple[str, object]]) -> None:
        found = [name for name, _ in fields if name in names]
        if len(found) != len(set(found)):
            raise ValueError("a field stands in it twice")

    # Numbers need not be read for that, and a long one would be refused.
    json.loads(body.decode(), object_pairs_hook=look_at, parse_int=len, parse_float=len, strict=False)


@cache
def _quoted_names(decoder: msgspec.json.Decoder[Any]) -> re.Pattern[bytes]:
    return re.compile(f'"(?:{"|".join(sorted(_names(decoder)))})"'.encode())


@cache
def _names(decoder: msgspec.json.Decoder[Any]) -> frozenset[str]:
    """The fields of a struct and of the structs in it."""
    return frozenset(_fields(inspect.type_info(decoder.type)))


def _fields(kind: inspect.Type) -> Iterator[str]:
    match kind:
        case inspect.StructType():
            for field in kind.fields:
                yield field.encode_name
                yield from _fields(field.type)
        case inspect.UnionType():
            for part in kind.types:
                yield from _fields(part)
        case inspect.ListType() | inspect.VarTupleType():
            yield from _fields(kind.item_type)
        case _:
            pass
