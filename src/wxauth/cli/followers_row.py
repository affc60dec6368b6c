"""One follower as an export writes them, and how many there were."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wxauth import Follower


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One follower.

    Attributes:
        openid: the person, as the account knows them.
        unionid: the person across one open-platform account; None when WeChat did not say.
        subscribed: whether they followed the account when they were asked about.
        subscribe_time: since when, in seconds of unix time.
        remark: the name the account gave them.
        tag_ids: the tags the account gave them.
        language: of their WeChat, empty when WeChat does not tell.
        scene: how they came, in WeChat's words.
        exported_at: when they were asked about, in whole seconds of unix time.
    """

    openid: str
    unionid: str | None
    subscribed: bool
    subscribe_time: int | None
    remark: str
    tag_ids: tuple[int, ...]
    language: str
    scene: str
    exported_at: int


def row_of(follower: Follower, now: float) -> Row:
    """The row of a follower who was asked about now."""
    return Row(
        openid=follower.openid,
        unionid=follower.unionid,
        subscribed=follower.follows,
        subscribe_time=follower.followed_at,
        remark=follower.remark,
        tag_ids=follower.tag_ids,
        language=follower.language,
        scene=follower.scene,
        exported_at=int(now),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many people an export holds so far.

    Attributes:
        exported: all of them.
        with_unionid: those whose unionid WeChat told.
        left: those who no longer followed when they were asked about.
        unanswered: those on the list about whom WeChat said nothing; they are not in the export.
    """

    exported: int = 0
    with_unionid: int = 0
    left: int = 0
    unanswered: int = 0

    @property
    def seen(self) -> int:
        """How many people of the list are dealt with."""
        return self.exported + self.unanswered

    def plus(self, rows: Iterable[Row], *, asked: int) -> Tally:
        """With the rows of one batch, in which so many people were asked about."""
        rows = tuple(rows)
        return Tally(
            exported=self.exported + len(rows),
            with_unionid=self.with_unionid + sum(row.unionid is not None for row in rows),
            left=self.left + sum(not row.subscribed for row in rows),
            unanswered=self.unanswered + asked - len(rows),
        )
