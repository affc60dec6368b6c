"""What goes over the wire about codes."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCode:
    """Whose sign-in, to what.

    Attributes:
        person: name, nickname, a word of the nickname, or an openid.
        appid: of the account; by default the first of the world.
        scope: what the account asks for; by default snsapi_base, or snsapi_login for a website; not of a mini program.
        snapshot: whether it comes from a snapshot page (快照页), of an official account.
        agentid: of the app, for a corp of WeCom; by default its first.
    """

    person: str
    appid: str | None = None
    scope: str | None = None
    snapshot: bool = False
    agentid: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPhoneCode:
    """Who tells their phone number, to what.

    Attributes:
        person: name, nickname, a word of the nickname, or an openid.
        appid: of the mini program; by default the first of the world.
    """

    person: str
    appid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code.

    Attributes:
        appid: of the account it was given to.
        code: to be exchanged, once.
    """

    appid: str
    code: str = field(repr=False)
