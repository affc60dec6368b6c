"""The people who live in a world."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import count, islice
from typing import Literal

PHONE = re.compile(r"1[0-9]{10}")
USERID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")
AVATAR_PATH = "/mmopen/vi_32/{appid}{openid}/132"
"""Where somebody's picture is; ends as WeChat's own addresses do, with the size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with a WeChat of the sandbox.

    Args:
        name: what the sandbox calls them; unique in a world, and what openid and unionid are derived from.
        nickname: what they call themselves.
        avatar: background colour of the picture the sandbox draws of them; None for a person without avatar.
        follows: appids of the accounts they follow.
        phone: 11 digits, a mobile number of mainland China; None for one derived from the name.
        blocked: whether WeChat thinks them risky, so that no mini program may sign them in.
        userid: what the corps of WeCom call them; None for one derived from the name.
        gender: as a corp tells it: 1 male, 2 female, 0 not told.
        outsider: whether they are a member of no corp of WeCom.
        snapshot: whether WeChat shows them a snapshot page (快照页) where others get the consent sheet.
    """

    name: str
    nickname: str
    avatar: str | None
    follows: frozenset[str] = frozenset()
    phone: str | None = None
    blocked: bool = False
    userid: str | None = None
    gender: Literal["0", "1", "2"] = "0"
    outsider: bool = False
    snapshot: bool = False

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a person needs a name")
        if self.phone is not None and not PHONE.fullmatch(self.phone):
            raise ValueError(f"a phone number has 11 digits and begins with 1, unlike {self.phone!r}")
        if self.userid is not None and not USERID.fullmatch(self.userid):
            raise ValueError(f"a userid has up to 64 letters, digits and _.@-, unlike {self.userid!r}")

    def answers_to(self, key: str) -> bool:
        """Whether ``key`` is the name, the nickname or one word of the nickname."""
        return key == self.name or key == self.nickname or key in self.nickname.split()


NEWCOMER = "新用户"
NEWCOMERS_AVATAR = "#7a5ea8"
MEMBER_OF_A_CROWD = "粉丝"


def newcomer(names: Collection[str]) -> Person:
    """Somebody who was never here before, with a name that nobody here has."""
    number = next(number for number in count(1) if f"{NEWCOMER}{number}" not in names)
    return Person(name=f"{NEWCOMER}{number}", nickname=f"{NEWCOMER} {number}", avatar=NEWCOMERS_AVATAR)


def crowd(size: int, names: Collection[str], *, follows: str) -> tuple[Person, ...]:
    """So many people whose names nobody here has, who follow an account."""
    free = (name for number in count(1) if (name := f"{MEMBER_OF_A_CROWD}{number}") not in names)
    follow = frozenset({follows})
    return tuple(Person(name=name, nickname=name, avatar=None, follows=follow) for name in islice(free, size))


def default_people(*appids: str) -> tuple[Person, ...]:
    """The people of every new world; the first follows these accounts."""
    return (
        Person(name="安", nickname="安 Ann", avatar="#2f9e6e", follows=frozenset(appids), userid="ann", gender="2"),
        Person(name="波", nickname="波 Bo", avatar=None, userid="bo", gender="1"),
        Person(name="小明", nickname="小明🎉", avatar="#c2571a", userid="xiaoming"),
        Person(name="José", nickname="José 何塞", avatar="#3b6fb6", outsider=True),
    )
