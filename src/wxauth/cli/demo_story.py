"""The story of a sign-in: what each visit of the person's browser meant."""

from __future__ import annotations

from collections.abc import Mapping

from wxauth.cli.demo_person import Visit

AUTHORIZE = "/connect/oauth2/authorize"
STORY: Mapping[tuple[str, int], str] = {
    ("/me", 303): "nobody is signed in yet: sign in first (登录)",
    ("/toAuth", 303): "a new {state}, good once and for this browser only; on to WeChat",
    (AUTHORIZE, 301): "WeChat sends its own link round once more, with connect_redirect=1",
    (AUTHORIZE, 302): "{person} agrees (同意授权); WeChat sends them back with {code} and {state}",
    ("/auth", 303): "the app exchanges {code} (换取 access_token), asks for the profile (用户信息), opens a session",
    ("/me", 200): "signed in (登录成功)",
}
"""(path, status) -> what it meant."""


def meaning(visit: Visit, *, person: str) -> str | None:
    """What a visit meant; None for one that does not belong to a sign-in that goes well."""
    words = STORY.get((visit.path, visit.status))
    if words is None:
        return None
    return words.format(person=person, code=_shortened("code", visit), state=_shortened("state", visit))


def _shortened(name: str, visit: Visit) -> str:
    """A code or state that can be followed through the story and is of no use to anybody."""
    return f"{name} {visit.parameter(name)[:3]}…"
