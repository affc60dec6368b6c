"""The people who live in a world."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with a WeChat of the sandbox.

    Args:
        name: what the sandbox calls them; unique in a world, and what openid and unionid are derived from.
        nickname: what they call themselves.
        avatar: background colour of the picture the sandbox draws of them; None for a person without avatar.
        follows: appids of the accounts they follow.
    """

    name: str
    nickname: str
    avatar: str | None
    follows: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a person needs a name")

    def answers_to(self, key: str) -> bool:
        """Whether ``key`` is the name, the nickname or one word of the nickname."""
        return key == self.name or key == self.nickname or key in self.nickname.split()


def default_people(appid: str) -> tuple[Person, ...]:
    """The people of every new world; the first follows the account."""
    return (
        Person(name="安", nickname="安 Ann", avatar="#2f9e6e", follows=frozenset({appid})),
        Person(name="波", nickname="波 Bo", avatar=None),
        Person(name="小明", nickname="小明🎉", avatar="#c2571a"),
        Person(name="José", nickname="José 何塞", avatar="#3b6fb6"),
    )
