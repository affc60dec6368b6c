"""Every page a person may see, with all that may stand on it."""

from __future__ import annotations

from wxauth.web.pages import LOGOUT_PAGE, PROBLEM_PAGES, SIGNED_OUT_PAGE, UNKNOWN_ADDRESS_PAGE, Page, render

PAGES: dict[str, Page] = {
    **{str(problem): page for problem, page in PROBLEM_PAGES.items()},
    "logout": LOGOUT_PAGE,
    "signed-out": SIGNED_OUT_PAGE,
    "unknown-address": UNKNOWN_ADDRESS_PAGE,
}


def show(name: str, *, chinese: bool = True) -> bytes:
    token = "wxauth:logout:0" if name == "logout" else None
    return render(PAGES[name], chinese=chinese, href="/toAuth?return_to=%2Fme", token=token, reference="0a1b2c3d")
