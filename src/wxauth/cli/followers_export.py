"""The export of all followers: page by page, a few batches at once, and no batch twice.

Plain asyncio and no flow, since it asks several things at once; the rules of every single call are those of the client.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from wxauth.cli.exit_status import Unfinished
from wxauth.cli.followers_pace import Pace
from wxauth.cli.followers_place import Checkpoint, Page, Place
from wxauth.cli.followers_row import Row, Tally, row_of
from wxauth.errors import WeChatError

if TYPE_CHECKING:
    from wxauth import Follower, FollowerPage

UNKNOWN_OPENID = 40003


class Asking(Protocol):
    """What is asked of WeChat."""

    async def list_followers(self, *, after: str | None) -> FollowerPage:
        """The page after an openid."""
        ...

    async def fetch_followers(self, openids: Sequence[str]) -> tuple[Follower, ...]:
        """These people."""
        ...


class Export:
    """One run, from where the place says that the last one has come.

    Args:
        wechat: whom to ask.
        place: where the rows go.
        pace: how fast.
        checkpoint: how far the place has come.
        tell: hears of every batch that is done: how many people there are in the export, and on the list.
        now: unix time in seconds.
        parallel: how many batches are asked for at once.
    """

    def __init__(
        self,
        wechat: Asking,
        place: Place,
        pace: Pace,
        checkpoint: Checkpoint,
        *,
        tell: Callable[[Tally, int], None],
        now: Callable[[], float],
        parallel: int,
    ) -> None:
        self._wechat = wechat
        self._place = place
        self._pace = pace
        self._tell = tell
        self._now = now
        self._parallel = parallel
        self._page = checkpoint.page
        self._done = checkpoint.done
        self.tally = checkpoint.tally

    async def run(self) -> Tally:
        """Go on to the end.

        Raises:
            Unfinished: it stopped before the end, as it was told to; all that was asked is in the place.
        """
        if self._page is not None:
            await self._finish_page(self._page)
        while (page := await self._next_page()) is not None:
            self._place.turn_to(page, self.tally)
            self._page, self._done = page, frozenset[int]()
            await self._finish_page(page)
        self._place.finish()
        return self.tally

    async def _next_page(self) -> Page | None:
        after = None if self._page is None else self._page.next_openid
        page = await self._pace.ask(lambda: self._wechat.list_followers(after=after))
        if page.next_openid is None:
            return None
        return Page(openids=page.openids, next_openid=page.next_openid, total=page.total)

    async def _finish_page(self, page: Page) -> None:
        """Ask about everybody on it who has not been asked about, several batches at once."""
        todo = ((number, people) for number, people in page.batches() if number not in self._done)
        workers = [asyncio.create_task(self._work(page, todo)) for _ in range(self._parallel)]
        ended = await asyncio.gather(*workers, return_exceptions=True)
        problems = [problem for problem in ended if isinstance(problem, BaseException)]
        # Whoever was asked while another met a problem is in the place by now. A real problem says more than a stop.
        for problem in sorted(problems, key=lambda problem: isinstance(problem, Unfinished)):
            raise problem

    async def _work(self, page: Page, todo: Iterator[tuple[int, tuple[str, ...]]]) -> None:
        for number, openids in todo:
            rows = await self._rows(openids)
            self.tally = self.tally.plus(rows, asked=len(openids))
            self._place.keep(number, rows, self.tally)
            self._tell(self.tally, page.total)

    async def _rows(self, openids: tuple[str, ...]) -> list[Row]:
        """The rows of these people. One whom WeChat no longer knows is left out, and does not hold up the others."""
        try:
            people = await self._pace.ask(lambda: self._wechat.fetch_followers(openids))
        except WeChatError as error:
            if error.errcode != UNKNOWN_OPENID:
                raise
            if len(openids) == 1:
                return []
            half = len(openids) // 2
            return await self._rows(openids[:half]) + await self._rows(openids[half:])
        now = self._now()
        return [row_of(person, now) for person in people]
