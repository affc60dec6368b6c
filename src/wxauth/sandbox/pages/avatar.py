"""Avatars, drawn by the sandbox itself so that no page ever loads a foreign picture."""

from __future__ import annotations

from html import escape

from wxauth.sandbox.worlds import Worlds

SIZES = frozenset({"0", "46", "64", "96", "132"})
"""https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsuserinfo; 0 stands for 640"""
APPID_LENGTH = 18
GREY = "#b8bcc2"


def avatar(worlds: Worlds, key: str, size: str) -> str | None:
    """The SVG of ``<appid><openid>``; a grey figure for a virtual person, None for an unknown size or appid."""
    appid, openid = key[:APPID_LENGTH], key[APPID_LENGTH:]
    world = worlds.of_appid(appid)
    if world is None or size not in SIZES:
        return None
    pixels = 640 if size == "0" else int(size)
    person = next((person for person in world.people if world.openid(person, appid) == openid), None)
    if person is None or person.avatar is None:
        return _svg(pixels, GREY, _FIGURE)
    return _svg(pixels, person.avatar, _LETTER.format(letter=escape(person.name[:1])))


_FIGURE = '<circle cx="66" cy="50" r="23" fill="#fff"/><path d="M22 132a44 44 0 0 1 88 0z" fill="#fff"/>'
_LETTER = (
    '<text x="66" y="68" fill="#fff" font-family="sans-serif" font-size="62" text-anchor="middle" '
    'dominant-baseline="central">{letter}</text>'
)


def _svg(pixels: int, colour: str, inner: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{pixels}" height="{pixels}" viewBox="0 0 132 132">'
        f'<rect width="132" height="132" fill="{escape(colour)}"/>{inner}</svg>'
    )
