"""The control API over ASGI: guard, find the route, read, answer."""

from __future__ import annotations

import re
from http import HTTPStatus
from inspect import isawaitable
from typing import Any, cast
from urllib.parse import quote

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wxauth.sandbox.control import table, values
from wxauth.sandbox.control.guard import check_host, check_origin
from wxauth.sandbox.control.openapi import document
from wxauth.sandbox.control.reading import read_body, read_query, too_large
from wxauth.sandbox.control.route import PREFIX, Asked, Unfit
from wxauth.sandbox.control.start import Start
from wxauth.sandbox.origin import PUBLIC_URL
from wxauth.sandbox.worlds import Worlds

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
"""All of them, so that the refusal of each is ours."""
EVERYTHING = re.compile(f"^{PREFIX}(?P<path>.*)$", re.DOTALL)
"""What Starlette makes of its own pattern leaves out paths with a line break."""
HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def control_routes(worlds: Worlds, start: Start) -> list[Route]:
    """The one route of this file: everything below ``/_sandbox``."""

    async def answer(request: Request) -> Response:
        try:
            return await _answer(worlds, start, request)
        except Unfit as unfit:
            error = values.Error(what=unfit.what, next=unfit.next)
            return _json(values.Failure(error=error), status=unfit.status)

    route = Route(PREFIX + "{path:path}", answer, methods=METHODS)
    route.path_regex = EVERYTHING
    return [route]


async def _answer(worlds: Worlds, start: Start, request: Request) -> Response:
    check_request(request)
    path = _path(request)
    if (request.method, path) == ("GET", table.DOCUMENT):
        return _json(document(table.ROUTES))
    route, parts = table.find(request.method, path)
    query = read_query(request.scope["query_string"].decode("utf-8", "replace"), route.query)
    body = read_body(await _body(request, route.most_bytes), request.headers.get("content-type", ""), route.body)
    asked: Asked[Any, Any] = Asked(worlds=worlds, start=start, path=parts, query=query, body=body)
    done = route.handle(asked)
    answered = _json(cast("object", await done) if isawaitable(done) else done, status=route.status)
    if request.method != "GET":
        for world in worlds:
            world.bell.ring()
    return answered


def check_request(request: Request) -> None:
    """Refuse a foreign Host or Origin; raises Unfit 403."""
    host = request.headers.get("host", "")
    server = request.scope.get("server")
    bound_to = str(server[0]) if server else "127.0.0.1"
    check_host(host, bound_to=bound_to, public_url=request.scope.get(PUBLIC_URL))
    check_origin(request.headers.get("origin"), host=host)


def _path(request: Request) -> str:
    """Below ``/_sandbox`` and still percent-encoded, so that a name may hold a slash."""
    raw = request.scope.get("raw_path")
    path = quote(request.scope["path"]) if raw is None else bytes(raw).partition(b"?")[0].decode("ascii", "replace")
    return path.removeprefix(PREFIX)


async def _body(request: Request, most_bytes: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            raise too_large(most_bytes)
    return bytes(body)


def _json(value: object, *, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(msgspec.json.encode(value), status_code=status, media_type="application/json", headers=HEADERS)
