"""What goes over the wire about the people of a world."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from wxauth.sandbox.control.values import check_length

COMMON_AVATAR = "#5b7aa8"
MOST_IN_A_CROWD = 1_000_000
COLOUR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who lives in a world.

    Attributes:
        name: what the sandbox calls them.
        nickname: what they call themselves.
        avatar: background colour of their picture, null for somebody without one.
        openid: as the first account of the world knows them.
        openids: as each account knows them, by appid.
        unionid: across the bound accounts of the world, null when its first account is not bound.
        follows: appids of the accounts they follow.
        phone: their mobile number, as mini programs and corps are told it.
        blocked: whether WeChat thinks them risky, so that no mini program may sign them in.
        snapshot: whether WeChat shows them a snapshot page (快照页) where others get the consent sheet.
        userid: what the corps of WeCom call them, null for somebody who is a member of none.
    """

    name: str
    nickname: str
    avatar: str | None
    openid: str
    openids: Mapping[str, str]
    unionid: str | None
    follows: tuple[str, ...]
    phone: str
    blocked: bool
    snapshot: bool
    userid: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """The people of a world.

    Attributes:
        people: in the order they came.
    """

    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """Somebody who moves into a world.

    Attributes:
        name: 1 to 64 characters, unlike any other name there.
        nickname: at most 64 characters; the name by default.
        avatar: background colour such as #2f9e6e, null for somebody without a picture.
        follows: appids of the accounts to follow.
        phone: 11 digits, a mobile number of mainland China; one derived from the name by default.
        blocked: whether WeChat thinks them risky, so that no mini program may sign them in.
        snapshot: whether WeChat shows them a snapshot page (快照页) where others get the consent sheet.
        userid: what the corps of WeCom call them; one derived from the name by default.
        member: whether they are a member of the corps of WeCom.
    """

    name: str
    nickname: str | None = None
    avatar: str | None = COMMON_AVATAR
    follows: tuple[str, ...] = ()
    phone: str | None = None
    blocked: bool = False
    snapshot: bool = False
    userid: str | None = None
    member: bool = True

    def __post_init__(self) -> None:
        check_length("name", self.name)
        _check_nickname(self.nickname)
        if self.avatar is not None and not COLOUR.fullmatch(self.avatar):
            raise ValueError(f"avatar is a colour such as #2f9e6e, not {self.avatar[:20]!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCrowd:
    """Many people who move into a world at once and follow an account.

    Attributes:
        count: how many, 1 to 1000000.
        appid: of the account; by default the first of the world.
    """

    count: int
    appid: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.count <= MOST_IN_A_CROWD:
            raise ValueError(f"count is 1 to {MOST_IN_A_CROWD}, not {self.count}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """What came of it.

    Attributes:
        count: how many came.
        people: how many people the world has now.
    """

    count: int
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedPerson:
    """What becomes other about a person; what is null stays as it is.

    Attributes:
        nickname: 1 to 64 characters.
        phone: 11 digits, a mobile number of mainland China.
        blocked: whether WeChat thinks them risky, so that no mini program may sign them in.
        snapshot: whether WeChat shows them a snapshot page (快照页) where others get the consent sheet.
        member: whether they are a member of the corps of WeCom.
    """

    nickname: str | None = None
    phone: str | None = None
    blocked: bool | None = None
    snapshot: bool | None = None
    member: bool | None = None

    def __post_init__(self) -> None:
        _check_nickname(self.nickname)


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """Which account a person follows, or no longer follows.

    Attributes:
        appid: of the account; by default the first of the world.
    """

    appid: str | None = None


def _check_nickname(nickname: str | None) -> None:
    if nickname is not None:
        check_length("nickname", nickname)
