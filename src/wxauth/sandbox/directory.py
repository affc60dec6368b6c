"""Everybody in a world by openid, worked out once for as long as nobody moves in or out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from wxauth.sandbox.people import Person

People = tuple[Person, ...]


class Directory:
    """Finds people by openid.

    Args:
        openid: what a person is called at an account.
    """

    def __init__(self, openid: Callable[[Person, str], str]) -> None:
        self._openid = openid
        self._pages: dict[str, tuple[People, Mapping[str, Person]]] = {}

    def at(self, appid: str, people: People) -> Mapping[str, Person]:
        """These people by their openid at an account, in the order in which they came into the world."""
        known = self._pages.get(appid)
        if known is None or known[0] is not people:
            known = self._pages[appid] = (people, {self._openid(person, appid): person for person in people})
        return known[1]
