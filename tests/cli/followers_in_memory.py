"""A WeChat for exports: a list of followers, and what is asked about them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from wxauth import Follower, FollowerPage, WeChatError
from wxauth.cli.followers_export import Export
from wxauth.cli.followers_pace import Brake, Pace
from wxauth.cli.followers_place import Checkpoint, Place
from wxauth.cli.followers_row import Tally
from wxauth.protocol import errcode

NOON = 1_795_000_000.0


class Followers:
    """Answers as the client does."""

    def __init__(self, count: int, *, page_size: int = 250) -> None:
        self.openids = [f"o{number:05}" for number in range(count)]
        self.page_size = page_size
        self.gone: set[str] = set()
        self.left: set[str] = set()
        self.asked: list[str] = []
        self.listed: list[str | None] = []
        self.at_once = self.most_at_once = 0
        self.before: Callable[[], None] = lambda: None

    async def list_followers(self, *, after: str | None) -> FollowerPage:
        self.before()
        self.listed.append(after)
        start = 0 if after is None else self.openids.index(after) + 1
        page = tuple(self.openids[start : start + self.page_size])
        return FollowerPage(total=len(self.openids), openids=page, next_openid=page[-1] if page else None)

    async def fetch_followers(self, openids: Sequence[str]) -> tuple[Follower, ...]:
        self.before()
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        if self.gone.intersection(openids):
            raise refusal(40003)
        self.asked += openids
        return tuple(self._follower(openid) for openid in openids)

    def _follower(self, openid: str) -> Follower:
        unionid = None if openid.endswith("7") else f"u{openid}"
        return Follower(openid=openid, unionid=unionid, follows=openid not in self.left, tag_ids=(2,), remark="张\0三")


def refusal(code: int) -> WeChatError:
    return errcode.error("cgi-bin/user/info/batchget", code, "refused")


async def exported(
    wechat: Followers, place: Place, *, pace: Pace | None = None, parallel: int = 3, told: list[Tally] | None = None
) -> Tally:
    """Run an export to its end, from where the place says that the last one has come."""
    checkpoint = place.open("wx0123456789abcdef") or Checkpoint()
    export = Export(
        wechat,
        place,
        pace or Pace(Brake(), now=lambda: NOON, say=lambda _: None),
        checkpoint,
        tell=lambda tally, _: None if told is None else told.append(tally),
        now=lambda: NOON,
        parallel=parallel,
    )
    try:
        return await export.run()
    finally:
        place.close()
