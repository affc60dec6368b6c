"""What a request tells about the browser and the person before it: cookies, headers, language."""

from __future__ import annotations

from urllib.parse import quote, unquote, unquote_to_bytes

from starlette.requests import Request
from starlette.responses import Response

from wxauth.sandbox.accounts import CORP_MARK
from wxauth.sandbox.wechat.authorize import PATH
from wxauth.sandbox.words import Language

BROWSER, INSIDE, LANGUAGE = "wxsandbox_browser", "wxsandbox_inside", "wxsandbox_language"
PERSON, SCENE, SERVICE = "wxsandbox_person", "wxsandbox_scene", "wxsandbox_service"
URL_CHARACTERS = "%!$&'()*+,/:;=?@[]~"
WAYS_BACK = (
    f"{PATH}?",
    "/connect/confirm?",
    "/sandbox/qr/",
    "/cgi-bin/componentloginpage?",
    "/wwlogin/",
    "/wwopen/",
    "/_sandbox/?",
)
"""The pages that the small links of the page kit may lead back to, beside the first page."""


def is_inside(request: Request) -> bool:
    """Whether the browser counts as WeChat, or as WeCom for a corp: by its user agent, or because somebody said so."""
    mark = "wxwork" if request.query_params.get("appid", "").startswith(CORP_MARK) else "micromessenger"
    return mark in request.headers.get("user-agent", "").lower() or request.cookies.get(INSIDE) == "1"


def header(request: Request, name: str) -> str | None:
    """A header of percent-encoded (or raw) UTF-8, None when it is missing."""
    value = request.headers.get(name)
    return None if value is None else unquote_to_bytes(value.encode("latin-1")).decode("utf-8", "replace").strip()


def remembered_person(request: Request) -> str | None:
    """Who this browser said it is."""
    value = request.cookies.get(PERSON)
    return None if value is None else unquote(value)


def language(request: Request) -> Language:
    """The language chosen, else the first of Accept-Language that the pages have, else Chinese."""
    chosen = request.cookies.get(LANGUAGE)
    wished = [chosen or "", *request.headers.get("accept-language", "").split(",")]
    for tag in wished:
        match tag.strip()[:2].lower():
            case "zh":
                return "zh"
            case "en":
                return "en"
            case _:
                continue
    return "zh"


def here(request: Request) -> str:
    """Path and query of the page that is asked for; ``request.url`` breaks on a query that is not UTF-8."""
    path, query = request.scope["path"], request.scope["query_string"].decode("utf-8", "replace")
    return quote(f"{path}?{query}" if query else path, safe=URL_CHARACTERS)


def way_back(request: Request) -> str:
    """Where a link of the page kit leads back to: one of WAYS_BACK or the first page, never elsewhere."""
    back = request.query_params.get("back", "")
    return quote(back, safe=URL_CHARACTERS) if back.startswith(WAYS_BACK) else "/"


def remember(response: Response, name: str, value: str) -> None:
    """Set a cookie of the sandbox for as long as the browser is open."""
    response.set_cookie(name, quote(value, safe=""), httponly=True, samesite="lax")


def forget(response: Response, name: str) -> None:
    """Delete a cookie of the sandbox."""
    response.delete_cookie(name, httponly=True, samesite="lax")


def redirect(location: str, *, status: int = 302) -> Response:
    """A redirect that nobody caches and that tells no referrer."""
    headers = {"Location": location, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return Response(status_code=status, headers=headers)
