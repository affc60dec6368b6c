"""Our session: which identity is signed in to this browser. The record is ours, the browser holds a random name."""

from __future__ import annotations

from dataclasses import dataclass, replace

import msgspec

from wxauth.errors import StoreError
from wxauth.flow.effects import Delete, Get, Now, Put, Random, Swap
from wxauth.flow.keys import TOKEN_BYTES, SecretKey, token
from wxauth.identity import Identity

IDLE_SECONDS = 60 * 60
ABSOLUTE_SECONDS = 12 * 60 * 60
TOUCH_SECONDS = 5 * 60
"""A session in use is written again only when it was last written longer ago than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Who is signed in to one browser, and since when.

    Attributes:
        identity: who it is.
        user: the application's own name for that person, as its ``on_sign_in`` answered; None without one.
        began_at, seen_at: unix time in seconds.
    """

    identity: Identity
    user: str | None
    began_at: float
    seen_at: float


_decoder = msgspec.json.Decoder(Session)


async def open_session(key: SecretKey, identity: Identity, user: str | None) -> str:
    """Open a session and return its name for the cookie. The name itself is not stored."""
    now, name = await Now(), token(await Random(TOKEN_BYTES))
    session = Session(identity=identity, user=user, began_at=now, seen_at=now)
    await Put(key.name("session", name), msgspec.json.encode(session), IDLE_SECONDS)
    return name


async def read_session(key: SecretKey, name: str) -> Session | None:
    """The session of this name, None when there is none: unknown, an hour unused, or twelve hours old."""
    place = key.name("session", name)
    stored = await Get(place)
    if stored is None:
        return None
    session, now = _decode(stored), await Now()
    left = session.began_at + ABSOLUTE_SECONDS - now
    if left <= 0:
        await Delete(place)
        return None
    if now - session.seen_at >= TOUCH_SECONDS:
        seen = msgspec.json.encode(replace(session, seen_at=now))
        # Swap, not Put: a session that is ended at this very moment must stay ended.
        await Swap(place, stored, seen, min(IDLE_SECONDS, left))
    return session


def _decode(stored: bytes) -> Session:
    try:
        return _decoder.decode(stored)
    except msgspec.MsgspecError:
        raise StoreError("the store holds something that is not a session under a session's key") from None


async def end_session(key: SecretKey, name: str) -> None:
    """End a session; its name opens nothing from now on, in any process."""
    await Delete(key.name("session", name))
