"""An export as a file of JSON, one person a line, with its checkpoint in a file beside it.

A batch is in the export when its lines are on the disk and, after that, the checkpoint says how long the file is with
them. What stands beyond that length is half a batch of somebody who was killed: it is cut off.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import msgspec

from wxauth.cli.followers_place import Checkpoint, Page
from wxauth.cli.followers_row import Row, Tally
from wxauth.errors import StoreError, UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """The first line of a checkpoint: the page in work, and the state of the export when it was begun."""

    appid: str
    page: Page
    length: int
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """Each other line: a batch that is done, and the state of the export with it."""

    batch: int
    length: int
    tally: Tally


class JsonLines:
    """A file of lines, and ``<name>.checkpoint`` beside it while the export is not complete."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._notes_path = path.with_name(f"{path.name}.checkpoint")
        self._appid = ""
        self._rows: IO[bytes] | None = None
        self._notes: IO[bytes] | None = None
        self._trouble: StoreError | None = None

    def open(self, appid: str) -> Checkpoint | None:
        """Open the file, cut off what no checkpoint speaks of, and say how far it has come."""
        self._appid = appid
        try:
            self._rows = self._path.open("ab")
            _hold(self._rows, self._path)
            return self._resumed()
        except OSError as error:
            raise UsageError(f"{self._path.name} cannot be written: {error.strerror}") from None

    def turn_to(self, page: Page, tally: Tally) -> None:
        """Begin a new checkpoint, in one step."""
        with self._writing():
            head = _Head(appid=self._appid, page=page, length=_own(self._rows).tell(), tally=tally)
            new = self._notes_path.with_name(f"{self._notes_path.name}.new")
            with new.open("wb") as notes:
                _write(notes, msgspec.json.encode(head) + b"\n")
            new.replace(self._notes_path)
            _settle(self._notes_path.parent)
            self._open_notes()

    def keep(self, batch: int, rows: Sequence[Row], tally: Tally) -> None:
        """Write the lines, then the note; each is on the disk before the next step."""
        with self._writing():
            lines = _own(self._rows)
            _write(lines, b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
            done = _Done(batch=batch, length=lines.tell(), tally=tally)
            _write(_own(self._notes), msgspec.json.encode(done) + b"\n")

    def finish(self) -> None:
        """Remove the checkpoint."""
        self._notes_path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close both files."""
        for file in (self._rows, self._notes):
            if file is not None:
                with suppress(OSError):  # of what could not be written before, and is noted nowhere
                    file.close()

    @contextmanager
    def _writing(self) -> Generator[None]:
        """After a write that failed there is no other: half of what failed would come before it."""
        if self._trouble is not None:
            raise self._trouble
        try:
            yield
        except OSError as error:
            said = f"{self._path.name} could not keep the export: {error.strerror}; the same command goes on"
            self._trouble = StoreError(said)
            raise self._trouble from None

    def _resumed(self) -> Checkpoint | None:
        lines = _own(self._rows)
        if not self._notes_path.exists():
            if lines.tell():
                raise UsageError(f"{self._path.name} is there, and no export of it is under way; name another file")
            return None
        checkpoint, length = self._read()
        if length > lines.tell():
            raise UsageError(f"{self._path.name} is shorter than it was; remove it and {self._notes_path.name}")
        lines.truncate(length)
        lines.seek(length)
        self._open_notes()
        return checkpoint

    def _read(self) -> tuple[Checkpoint, int]:
        # A line without its end was being written when somebody was killed.
        first, *others = self._notes_path.read_bytes().split(b"\n")[:-1] or [b""]
        try:
            head = msgspec.json.decode(first, type=_Head)
            done = [msgspec.json.decode(line, type=_Done) for line in others]
        except msgspec.MsgspecError:
            raise UsageError(f"{self._notes_path.name} is no checkpoint; remove it and {self._path.name}") from None
        if head.appid != self._appid:
            raise UsageError(f"{self._path.name} is an export of {head.appid}, not of {self._appid}")
        last = done[-1] if done else head
        batches = frozenset(each.batch for each in done)
        return Checkpoint(page=head.page, done=batches, tally=last.tally), last.length

    def _open_notes(self) -> None:
        """Write behind the last whole line of the checkpoint, over one that somebody killed had begun."""
        if self._notes is not None:
            self._notes.close()
        self._notes = self._notes_path.open("r+b")
        self._notes.seek(self._notes.read().rfind(b"\n") + 1)


def _own(file: IO[bytes] | None) -> IO[bytes]:
    assert file is not None, "open comes first"
    return file


def _write(file: IO[bytes], data: bytes) -> None:
    file.write(data)
    file.flush()
    os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """Let the names in a folder be on the disk: without this a loss of power could take a new file away."""
    with suppress(PermissionError):  # Windows opens no folders, and needs no such thing
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _hold(file: IO[bytes], path: Path) -> None:
    """Keep other exports out of the file for as long as it is open."""
    with suppress(ModuleNotFoundError):  # Windows has no such locks
        import fcntl

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(f"another export is writing {path.name}") from None
