"""All routes of the control API, and how a request finds its own."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from wxauth.sandbox.control import (
    accounts,
    clock,
    codes,
    faults,
    journal,
    people,
    platforms,
    snapshots,
    status,
    switches,
    visits,
)
from wxauth.sandbox.control.route import PREFIX, Route, Routes, Unfit

PARTS = (status, people, accounts, codes, clock, journal, faults, switches, visits, platforms, snapshots)
ROUTES: Routes = tuple(route for part in PARTS for route in part.ROUTES)
DOCUMENT = "/openapi.json"
"""The one path beside the table: what the table says, published."""


def find(method: str, path: str) -> tuple[Route[Any, Any], Mapping[str, str]]:
    """The route of a request and the variable parts of its path; raises Unfit 404 or 405.

    Args:
        method: of the request.
        path: below ``/_sandbox``, still percent-encoded.
    """
    here = [(route, match) for route in ROUTES if (match := route.pattern.fullmatch(path))]
    for route, match in here:
        if route.method == method:
            return route, {name: unquote(value) for name, value in match.groupdict().items()}
    raise _not_that_way(method, [route.method for route, _ in here]) if here else _nowhere(path)


def _not_that_way(method: str, methods: list[str]) -> Unfit:
    return Unfit(HTTPStatus.METHOD_NOT_ALLOWED, f"{method[:20]} is not for here", next=f"use {' or '.join(methods)}")


def _nowhere(path: str) -> Unfit:
    near = get_close_matches(path, [DOCUMENT, *(route.path for route in ROUTES)], n=1)
    return Unfit(
        HTTPStatus.NOT_FOUND,
        f"there is no {PREFIX}{path[:60]}",
        next=f"did you mean {PREFIX}{near[0]}?" if near else f"GET {PREFIX}{DOCUMENT} lists what there is",
    )
