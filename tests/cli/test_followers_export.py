"""An export of all followers: nobody is missing, nobody is there twice, and nobody is asked about twice."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import IO

import pytest
from followers_in_memory import NOON, Followers, exported, refusal

from wxauth.cli import followers_jsonl
from wxauth.cli.exit_status import Unfinished
from wxauth.cli.followers_jsonl import JsonLines
from wxauth.cli.followers_pace import Brake, Pace
from wxauth.cli.followers_place import Page, Place, place_at
from wxauth.cli.followers_row import Tally
from wxauth.errors import StoreError, UpstreamUnavailable, UsageError, WeChatError

PEOPLE = 620
"""Three pages of 250, the last one not full; batches of 100, 100 and 50."""
Read = Callable[[], list[str]]
APPID = "wx0123456789abcdef"


def rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def reopened(path: Path, *, appid: str = APPID) -> None:
    with closing(JsonLines(path)) as place:
        place.open(appid)


@pytest.fixture(params=["jsonl", "sqlite"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Callable[[], Place], Read]:
    """A way to open a place, and one to read the openids in it."""
    if request.param == "jsonl":
        path = tmp_path / "users.jsonl"
        return lambda: place_at(str(path)), lambda: [str(row["openid"]) for row in rows(path)]
    database = tmp_path / "users.db"

    def read() -> list[str]:
        with closing(sqlite3.connect(database)) as connection:
            return [openid for (openid,) in connection.execute("SELECT openid FROM wxauth_followers")]

    return lambda: place_at(f"sqlite:///{database}"), read


async def test_everybody_is_exported_once_and_the_end_is_counted(place) -> None:
    wechat, (opened, read), told = Followers(PEOPLE), place, []
    tally = await exported(wechat, opened(), told=told)
    assert sorted(read()) == wechat.openids == sorted(wechat.asked)
    assert tally == told[-1] == Tally(exported=PEOPLE, with_unionid=PEOPLE - 62)
    assert wechat.listed == [None, "o00249", "o00499", "o00619"]


@pytest.mark.parametrize("parallel", [1, 4])
async def test_no_more_batches_are_asked_for_at_once_than_was_said(tmp_path: Path, parallel: int) -> None:
    wechat = Followers(PEOPLE, page_size=1000)
    await exported(wechat, JsonLines(tmp_path / "users.jsonl"), parallel=parallel)
    assert wechat.most_at_once == parallel


async def test_an_export_of_nobody_is_complete(place) -> None:
    opened, read = place
    assert await exported(Followers(0), opened()) == Tally()
    assert read() == []


@pytest.mark.parametrize("at", range(12))
async def test_what_was_exported_before_an_error_is_not_asked_for_again(place, at: int) -> None:
    wechat, (opened, read), calls = Followers(PEOPLE), place, iter(range(1000))

    def fail_at_this_call() -> None:
        if next(calls) == at:
            raise ValueError("the program breaks")

    wechat.before = fail_at_this_call
    with pytest.raises(ValueError, match="breaks"):
        await exported(wechat, opened())
    wechat.before = lambda: None
    tally = await exported(wechat, opened())
    assert sorted(read()) == sorted(wechat.asked) == wechat.openids
    assert tally.exported == PEOPLE
    assert len(set(wechat.listed)) == len(wechat.listed)


async def test_a_page_that_was_begun_is_not_listed_again_so_that_nobody_is_lost_when_somebody_leaves(place) -> None:
    wechat, (opened, read) = Followers(PEOPLE), place
    pace = Pace(Brake(), now=lambda: NOON, say=lambda _: None, most_calls=2)
    with pytest.raises(Unfinished):
        await exported(wechat, opened(), pace=pace, parallel=1)
    del wechat.openids[50]
    tally = await exported(wechat, opened())
    assert tally.exported == PEOPLE
    assert set(read()) >= set(wechat.openids)


async def test_who_left_meanwhile_is_there_and_who_is_unknown_is_counted_and_holds_nobody_up(place) -> None:
    wechat, (opened, read) = Followers(300), place
    wechat.left, wechat.gone = {"o00003"}, {"o00150", "o00151"}
    tally = await exported(wechat, opened())
    assert (tally.exported, tally.left, tally.unanswered, tally.seen) == (298, 1, 2, 300)
    assert sorted(read()) == sorted(set(wechat.openids) - wechat.gone)


async def test_another_refusal_ends_the_export_and_says_so(place) -> None:
    wechat, (opened, _) = Followers(PEOPLE), place
    wechat.before = lambda: _raise(refusal(48001))
    with pytest.raises(WeChatError, match="48001"):
        await exported(wechat, opened())


async def test_a_problem_says_more_than_a_stop(tmp_path: Path) -> None:
    wechat, calls = Followers(1000, page_size=1000), iter(range(100))
    pace = Pace(Brake(), now=lambda: NOON, say=lambda _: None, most_calls=4)
    wechat.before = lambda: _raise(refusal(48001)) if next(calls) == 2 else None
    with pytest.raises(WeChatError, match="48001"):
        await exported(wechat, JsonLines(tmp_path / "users.jsonl"), pace=pace)


def _raise(error: Exception) -> None:
    raise error


class Killed(BaseException):
    """What a process meets that is killed: nothing after it happens."""


async def run_until_killed(
    wechat: Followers, path: Path, patch: pytest.MonkeyPatch, *, write: int, share: float
) -> bool:
    """Export until a certain write, of which only a part reaches the file; whether it came to that."""
    writes = iter(range(10_000))
    genuine = followers_jsonl._write

    def torn(file: IO[bytes], data: bytes) -> None:
        if next(writes) != write:
            return genuine(file, data)
        genuine(file, data[: round(len(data) * share)])
        raise Killed

    patch.setattr(followers_jsonl, "_write", torn)
    try:
        await exported(wechat, JsonLines(path), parallel=1)
    except Killed:
        return True
    finally:
        patch.setattr(followers_jsonl, "_write", genuine)
    return False


@pytest.mark.parametrize("share", [0.0, 0.4, 0.999, 1.0])
async def test_a_file_is_whole_wherever_a_write_was_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    wechat, cut = Followers(PEOPLE), 0
    while True:
        path = tmp_path / f"{cut}.jsonl"
        if not await run_until_killed(wechat, path, monkeypatch, write=cut, share=share):
            break
        wechat.asked.clear()
        await exported(wechat, JsonLines(path))
        assert sorted(str(row["openid"]) for row in rows(path)) == wechat.openids, f"cut off at write {cut}"
        assert not path.with_name(f"{path.name}.checkpoint").exists()
        cut += 1
    assert cut == 3 + 2 * 8


@pytest.mark.parametrize("write", range(5))
async def test_a_disk_that_was_full_for_a_moment_ends_the_export_and_doubles_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: int
) -> None:
    wechat, path, writes = Followers(PEOPLE), tmp_path / "users.jsonl", iter(range(10_000))
    genuine = followers_jsonl._write

    def full(file: IO[bytes], data: bytes) -> None:
        if next(writes) != write:
            return genuine(file, data)
        file.write(data)  # which the next flush would bring into the file
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(followers_jsonl, "_write", full)
    with pytest.raises(StoreError, match=r"users\.jsonl could not keep the export: No space left on device; the same"):
        await exported(wechat, JsonLines(path), parallel=4)
    await exported(wechat, JsonLines(path))
    assert sorted(str(row["openid"]) for row in rows(path)) == wechat.openids


async def test_a_row_tells_everything_and_no_more(tmp_path: Path) -> None:
    await exported(Followers(8), JsonLines(tmp_path / "users.jsonl"))
    first, *_, last = rows(tmp_path / "users.jsonl")
    assert first == {
        "openid": "o00000",
        "unionid": "uo00000",
        "subscribed": True,
        "subscribe_time": None,
        "remark": "张\0三",
        "tag_ids": [2],
        "language": "",
        "scene": "",
        "exported_at": int(NOON),
    }
    assert last["unionid"] is None


async def test_a_database_is_brought_up_to_date_by_the_next_export(tmp_path: Path) -> None:
    wechat, url = Followers(150), f"sqlite:///{tmp_path}/users.db"
    await exported(wechat, place_at(url))
    wechat.left = {"o00001"}
    await exported(wechat, place_at(url))
    with closing(sqlite3.connect(tmp_path / "users.db")) as connection:
        left = connection.execute("SELECT openid, remark, tag_ids FROM wxauth_followers WHERE NOT subscribed")
        assert left.fetchall() == [("o00001", "张三", "[2]")]
        assert connection.execute("SELECT count(*) FROM wxauth_followers").fetchall() == [(150,)]
        assert connection.execute("SELECT count(*) FROM wxauth_followers_checkpoint").fetchall() == [(0,)]


async def test_a_file_that_is_complete_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "users.jsonl"
    await exported(Followers(5), JsonLines(path))
    before = path.read_bytes()
    with pytest.raises(UsageError, match="no export of it is under way"):
        reopened(path)
    assert path.read_bytes() == before


async def interrupted(path: Path) -> None:
    pace = Pace(Brake(), now=lambda: NOON, say=lambda _: None, most_calls=3)
    with pytest.raises(Unfinished):
        await exported(Followers(PEOPLE), JsonLines(path), pace=pace)


async def test_an_export_of_another_account_is_not_gone_on_with(tmp_path: Path) -> None:
    await interrupted(tmp_path / "users.jsonl")
    with pytest.raises(UsageError, match="an export of wx0123456789abcdef, not of wxfedcba9876543210"):
        reopened(tmp_path / "users.jsonl", appid="wxfedcba9876543210")


async def test_two_exports_do_not_write_one_file(tmp_path: Path) -> None:
    with closing(JsonLines(tmp_path / "users.jsonl")) as first:
        first.open(APPID)
        with pytest.raises(UsageError, match=r"another export is writing users\.jsonl"):
            reopened(tmp_path / "users.jsonl")


@pytest.mark.parametrize("damage", [b"", b"{}\n", b"nonsense\n"])
async def test_a_checkpoint_that_was_damaged_is_told_and_nothing_is_lost(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "users.jsonl"
    await interrupted(path)
    before = path.read_bytes()
    (tmp_path / "users.jsonl.checkpoint").write_bytes(damage)
    with pytest.raises(UsageError, match="is no checkpoint"):
        reopened(path)
    assert path.read_bytes() == before


async def test_a_file_that_has_lost_lines_is_not_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "users.jsonl"
    await interrupted(path)
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(UsageError, match="shorter than it was"):
        reopened(path)


@pytest.mark.parametrize(
    "to", ["mysql://root:hunter2@db/users", "users.db", "redis://h:hunter2@db", "", ".", "sqlite:///"]
)
def test_a_place_of_no_known_kind_is_refused_without_its_password(to: str) -> None:
    with pytest.raises(UsageError, match=r"users\.jsonl, sqlite:///users\.db, or postgresql") as refused:
        place_at(to)
    assert "hunter2" not in str(refused.value)


def test_the_batches_of_a_page_are_its_people() -> None:
    page = Page(openids=tuple(f"o{number}" for number in range(205)), next_openid="o204", total=205)
    numbers, batches = zip(*page.batches(), strict=True)
    assert numbers == (0, 1, 2)
    assert sum(batches, ()) == page.openids


async def test_a_wechat_that_never_answers_is_given_up_soon(tmp_path: Path) -> None:
    wechat, rests = Followers(5), []

    async def rest(seconds: float) -> None:
        rests.append(seconds)
        clock[0] += seconds

    clock = [NOON]
    wechat.before = lambda: _raise(UpstreamUnavailable("cgi-bin/user/get", "refused", sent=False))
    pace = Pace(Brake(), now=lambda: clock[0], say=lambda _: None, rest=rest)
    with pytest.raises(UpstreamUnavailable):
        await exported(wechat, JsonLines(tmp_path / "users.jsonl"), pace=pace)
    assert rests == [2.0]


@pytest.mark.parametrize("torn", [b'{"batch":1,', b'{"batch":1' + b" " * 500])
async def test_notes_that_were_cut_off_are_written_over_however_long_they_are(tmp_path: Path, torn: bytes) -> None:
    wechat, path = Followers(PEOPLE), tmp_path / "users.jsonl"
    for calls in 2, 1, 1:
        pace = Pace(Brake(), now=lambda: NOON, say=lambda _: None, most_calls=calls)
        with pytest.raises(Unfinished):
            await exported(wechat, JsonLines(path), pace=pace, parallel=1)
        with path.with_name("users.jsonl.checkpoint").open("ab") as notes:
            notes.write(torn)
    await exported(wechat, JsonLines(path))
    assert sorted(str(row["openid"]) for row in rows(path)) == wechat.openids == sorted(wechat.asked)


async def test_a_database_that_cannot_be_written_ends_the_export_without_quoting_a_row(tmp_path: Path) -> None:
    wechat, url = Followers(300), f"sqlite:///{tmp_path}/users.db"
    await exported(wechat, place_at(url))
    with closing(sqlite3.connect(tmp_path / "users.db")) as connection:
        connection.execute(
            "CREATE TRIGGER full BEFORE UPDATE ON wxauth_followers BEGIN SELECT RAISE(ABORT, 'no room for o00001'); END"
        )
    with pytest.raises(StoreError, match=r"could not keep the export \(IntegrityError\)") as failed:
        await exported(wechat, place_at(url))
    assert "o00001" not in str(failed.value)


async def test_a_checkpoint_of_a_database_that_was_damaged_is_told(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/users.db"
    pace = Pace(Brake(), now=lambda: NOON, say=lambda _: None, most_calls=3)
    with pytest.raises(Unfinished):
        await exported(Followers(PEOPLE), place_at(url), pace=pace)
    with closing(sqlite3.connect(tmp_path / "users.db")) as connection:
        connection.execute("UPDATE wxauth_followers_checkpoint SET value = '{}'")
        connection.commit()
    with pytest.raises(UsageError, match="delete it from wxauth_followers_checkpoint"):
        await exported(Followers(PEOPLE), place_at(url))


def test_a_database_in_a_folder_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"users\.db cannot be opened"):
        place_at(f"sqlite:///{tmp_path}/none/users.db")


async def test_every_step_is_on_the_disk_before_the_next_one_and_so_is_the_name_of_a_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(_name_of(descriptor)))
    await exported(Followers(150), JsonLines(tmp_path / "users.jsonl"), parallel=1)
    rows_then_note = ["users.jsonl", "users.jsonl.checkpoint"]
    assert synced == ["users.jsonl.checkpoint.new", tmp_path.name, *rows_then_note, *rows_then_note]


def _name_of(descriptor: int) -> str:
    return Path(f"/proc/self/fd/{descriptor}").readlink().name
