"""The first page, the small links of the page kit, and the pictures."""

from __future__ import annotations

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from wxauth.sandbox.origin import origin
from wxauth.sandbox.pages import browser
from wxauth.sandbox.pages.avatar import avatar
from wxauth.sandbox.pages.fragment import fragment_routes
from wxauth.sandbox.pages.render import page, stylesheet
from wxauth.sandbox.pages.text import TEXT
from wxauth.sandbox.worlds import Worlds

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#d79b00"/>'
    '<path d="M8 22h16l-3-9H11z" fill="#fff4d6"/></svg>'
)
PICTURE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "max-age=60",
}


def home_routes(worlds: Worlds) -> list[Route]:
    """The routes of this file."""

    async def first_page(request: Request) -> Response:
        remembered = browser.remembered_person(request)
        world = worlds.default
        return page(
            "home",
            {
                "origin": origin(request.scope),
                "inside": browser.is_inside(request),
                "you": None if remembered is None else world.find_person(remembered),
            },
            world=world,
            account=world.account,
            language=browser.language(request),
            back="/",
        )

    async def picture(request: Request) -> Response:
        drawn = avatar(worlds, request.path_params["key"], request.path_params["size"])
        if drawn is None:
            return PlainTextResponse("no such avatar\n没有这个头像\n", status_code=HTTPStatus.NOT_FOUND)
        return Response(drawn, media_type="image/svg+xml", headers=PICTURE_HEADERS)

    return [
        Route("/", first_page),
        Route("/mmopen/vi_32/{key}/{size}", picture),
        Route("/sandbox/style.css", _style),
        *fragment_routes(worlds),
        Route("/sandbox/icon.svg", _icon),
        Route("/sandbox/inside", _inside),
        Route("/sandbox/outside", _outside),
        Route("/sandbox/nobody", _nobody),
        Route("/sandbox/language", _language),
    ]


def nowhere_route(worlds: Worlds) -> Route:
    """Where nothing else is."""

    async def nowhere(request: Request) -> Response:
        language, world = browser.language(request), worlds.default
        return page(
            "message",
            {
                "heading": TEXT["nowhere"].in_language(language),
                "explained": TEXT["nowhere_explained"].in_language(language),
                "again": None,
            },
            world=world,
            account=world.account,
            language=language,
            back="/",
            status=HTTPStatus.NOT_FOUND,
        )

    return Route("/{path:path}", nowhere, methods=["GET"])


async def _style(request: Request) -> Response:
    return Response(stylesheet(), media_type="text/css", headers={"Cache-Control": "max-age=60"})


async def _icon(request: Request) -> Response:
    return Response(ICON, media_type="image/svg+xml", headers=PICTURE_HEADERS)


async def _inside(request: Request) -> Response:
    response = browser.redirect(browser.way_back(request))
    browser.remember(response, browser.INSIDE, "1")
    return response


async def _outside(request: Request) -> Response:
    response = browser.redirect(browser.way_back(request))
    browser.forget(response, browser.INSIDE)
    return response


async def _nobody(request: Request) -> Response:
    response = browser.redirect(browser.way_back(request))
    browser.forget(response, browser.PERSON)
    return response


async def _language(request: Request) -> Response:
    response = browser.redirect(browser.way_back(request))
    browser.remember(response, browser.LANGUAGE, "en" if request.query_params.get("to") == "en" else "zh")
    return response
