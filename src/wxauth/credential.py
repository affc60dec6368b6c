"""The tokens of programs, not of people: four types, because WeChat takes each of them at other calls.

A Grant (see identity.py) is about one person. Its access_token at a call that wants an AppCredential is answered with
40001, and the reverse; so they are two types, and no function takes both.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class TokenKind(StrEnum):
    """Which of WeChat's two token services made an AppCredential; the tokens of both are valid side by side."""

    STABLE = "stable_token"
    """``cgi-bin/stable_token``: asking again yields the same token, so several programs do not hurt each other."""
    PLAIN = "token"
    """``cgi-bin/token``: asking again replaces the token; the old one lives five more minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppCredential:
    """What an official account or a mini program calls WeChat with, in its own name.

    Attributes:
        appid: the account it belongs to.
        access_token: at most 512 characters. Hidden in ``repr``.
        expires_at: when it ends, in seconds of unix time; WeChat may end it earlier (40001, 40014, 42001).
        kind: which service made it.
    """

    appid: str
    access_token: str = field(repr=False)
    expires_at: float
    kind: TokenKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentCredential:
    """What a third-party platform calls WeChat with (component_access_token).

    Attributes:
        appid: the platform's ``component_appid``.
        access_token: the component_access_token. Hidden in ``repr``.
        expires_at: when it ends, in seconds of unix time.
    """

    appid: str
    access_token: str = field(repr=False)
    expires_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizerCredential:
    """What a third-party platform calls WeChat with in the name of an account that let it (authorizer_access_token).

    Attributes:
        platform_appid: the platform's ``component_appid``.
        appid: the account it acts for.
        access_token: the authorizer_access_token. Hidden in ``repr``.
        refresh_token: the authorizer_refresh_token; it has no end and is given out only once, so keep it. Hidden in
            ``repr``.
        expires_at: when the access_token ends, in seconds of unix time.
    """

    platform_appid: str
    appid: str
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpCredential:
    """What an app of WeCom calls WeCom with.

    Attributes:
        corpid: the corp.
        agentid: the app; the token of another app of the same corp is another.
        access_token: at most 512 characters. Hidden in ``repr``.
        expires_at: when it ends, in seconds of unix time; WeCom may end it earlier.
    """

    corpid: str
    agentid: int
    access_token: str = field(repr=False)
    expires_at: float


AccountCredential = AppCredential | AuthorizerCredential
"""What acts in the name of an account: its own credential, or that of a platform it let."""
