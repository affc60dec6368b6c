"""What the script of the pages says of the end of a link, from ``#`` on, which no server is sent."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from wxauth.sandbox.control.guard import check_origin
from wxauth.sandbox.control.route import Unfit
from wxauth.sandbox.pages.forms import Unclear, read_form
from wxauth.sandbox.wechat.authorize import PATH
from wxauth.sandbox.wechat.link import Query
from wxauth.sandbox.wechat.traits import FRAGMENT, FULL_FRAGMENT, WANTED_FRAGMENT, fragment_traits
from wxauth.sandbox.words import Words
from wxauth.sandbox.worlds import Worlds

REPORT = "/sandbox/fragment"
GOOD = f"the link ends in {WANTED_FRAGMENT}"
SAID: Mapping[tuple[str, ...], str] = {
    (): GOOD,
    (FULL_FRAGMENT,): "parameters stand behind #",
}
WHY = Words(
    en=f"an authorize link ends in {WANTED_FRAGMENT}, and its parameters stand before it",
    zh=f"网页授权链接应以 {WANTED_FRAGMENT} 结尾，参数都写在它之前",
)


def fragment_routes(worlds: Worlds) -> list[Route]:
    """The one route of this file."""

    async def report(request: Request) -> Response:
        try:
            check_origin(request.headers.get("origin"), host=request.headers.get("host", ""))
            form = await read_form(request)
        except (Unfit, Unclear) as error:
            return PlainTextResponse(f"{error}\n", status_code=HTTPStatus.FORBIDDEN)
        path, _, query = form.get("link", "").partition("?")
        if path == PATH:
            _note(worlds, Query(query), form.get("fragment", ""))
        return Response(status_code=HTTPStatus.NO_CONTENT)

    return [Route(REPORT, report, methods=["POST"])]


def _note(worlds: Worlds, query: Query, fragment: str) -> None:
    """Write it into the journal, unless the same is known of the account's links."""
    world, odd = worlds.of_appid(query.value("appid")) or worlds.default, fragment_traits(fragment)
    answer = SAID.get(odd, f"the link has no {WANTED_FRAGMENT}")
    asked = (("appid", query.value("appid")),)
    known = world.journal.entries(operation=FRAGMENT)
    if any((entry.parameters, entry.answer) == (asked, answer) for entry in known):
        return
    world.journal.record(FRAGMENT, asked, at=world.clock.now(), answer=answer, reason=WHY if odd else None, traits=odd)
