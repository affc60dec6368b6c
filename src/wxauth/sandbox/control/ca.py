"""The certificate of the sandbox's authority, for whoever wants to trust it: public, so no guard stands before it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wxauth.sandbox.control.route import PREFIX

PATH = f"{PREFIX}/ca.pem"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Disposition": 'attachment; filename="wxauth-sandbox-ca.pem"',
    "X-Content-Type-Options": "nosniff",
}


def ca_routes(ca_pem: str | None) -> list[Route]:
    """The route of this file, when there is an authority."""
    if ca_pem is None:
        return []

    async def answer(_: Request) -> Response:
        return Response(ca_pem, media_type="application/x-pem-file", headers=HEADERS)

    return [Route(PATH, answer)]
