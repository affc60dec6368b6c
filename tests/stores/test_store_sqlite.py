"""The SQLite store: the contract, across processes, through kills and forks, and when a file cannot serve."""

import asyncio
import os
import random
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
import textwrap
from itertools import count
from pathlib import Path

import pytest
from conformance import FULL, StoreConformance, in_threads
from shared import SharedStore

from wxauth.errors import StoreError, UsageError
from wxauth.stores import sqlite
from wxauth.stores.base import Store
from wxauth.stores.sqlite import AsyncSQLiteStore, SQLiteStore

TTL = 600.0


class TestSQLiteStore(StoreConformance):
    THREAD_KEYS = 500 if FULL else 150
    TASK_KEYS = 500 if FULL else 50

    @pytest.fixture(autouse=True)
    def _in_a_folder_of_its_own(self, tmp_path) -> None:
        self.files = (tmp_path / f"{number}.db" for number in count())

    def open(self, colour, clock):
        return (SQLiteStore if colour == "sync" else AsyncSQLiteStore)(next(self.files), now=clock)


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "store.db"


def python(source: str, *arguments: object) -> str:
    """What a Python of its own prints; it must end well."""
    command = [sys.executable, "-c", textwrap.dedent(source), *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def rows(path: Path) -> int:
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT count(*) FROM entry").fetchone()[0]
    finally:
        connection.close()


class TestProcesses(SharedStore):
    WRITES = 500

    @pytest.fixture
    def url(self, path) -> str:
        yield f"sqlite:///{path}"
        assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",)

    def test_a_torn_log_still_opens_and_keeps_what_came_before(self, tmp_path, path) -> None:  # T37
        store = SQLiteStore(path)
        for number in range(60):
            store.put(f"{number:02}", b"v" * 500, ttl_seconds=TTL)
        size = Path(f"{path}-wal").stat().st_size
        for attempt, offset in enumerate(random.sample(range(size), 500 if FULL else 30)):
            torn = tmp_path / f"torn{attempt}.db"
            shutil.copy(path, torn)
            Path(f"{torn}-wal").write_bytes(Path(f"{path}-wal").read_bytes()[:offset])
            with SQLiteStore(torn) as opened:
                kept = [opened.get(f"{number:02}") is not None for number in range(60)]
            assert kept == sorted(kept, reverse=True)
        store.close()


class TestForks:
    def test_what_parent_and_child_write_after_a_fork_is_kept(self, path) -> None:
        python(
            """
            import os, sys
            from wxauth.stores.sqlite import SQLiteStore
            store = SQLiteStore(sys.argv[1])
            store.put("before", b"v", ttl_seconds=600)
            ready, closed = os.pipe(), os.pipe()
            if os.fork() == 0:
                store.put("child0", b"v", ttl_seconds=600)
                os.write(ready[1], b"x")
                os.read(closed[0], 1)
                for number in range(1, 10):
                    store.put(f"child{number}", b"v", ttl_seconds=600)
                sys.exit()
            os.read(ready[0], 1)
            store.put("parent", b"v", ttl_seconds=600)
            store.close()  # a parent that took itself for the last one would now remove the child's log
            os.write(closed[1], b"x")
            assert os.wait()[1] == 0
            """,
            path,
        )
        with SQLiteStore(path) as store:
            assert [store.get(key) for key in ("before", "parent", *(f"child{number}" for number in range(10)))] == [
                b"v"
            ] * 12

    def test_forks_amid_busy_threads_neither_hang_nor_lose(self, path) -> None:
        written = python(
            """
            import os, sys, threading
            from wxauth.stores.sqlite import SQLiteStore
            store, stop, written = SQLiteStore(sys.argv[1]), threading.Event(), []
            def work(name):
                number = 0
                while not stop.is_set():
                    store.put(f"{name}/{number}", b"v", ttl_seconds=600)
                    written.append(f"{name}/{number}")
                    number += 1
            threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
            for thread in threads:
                thread.start()
            statuses = []
            for child in range(8):
                if os.fork() == 0:
                    try:
                        store.put(f"child/{child}", b"v", ttl_seconds=600)
                    except BaseException:
                        os._exit(1)
                    os._exit(0)
                statuses.append(os.wait()[1])
            stop.set()
            for thread in threads:
                thread.join()
            assert statuses == [0] * 8
            print(*written, *(f"child/{child}" for child in range(8)))
            """,
            path,
        ).split()
        with SQLiteStore(path) as store:
            assert [key for key in written if store.get(key) != b"v"] == []

    def test_an_async_store_works_on_both_sides_of_a_fork(self, path) -> None:
        python(
            """
            import asyncio, os, sys
            from wxauth.stores.sqlite import AsyncSQLiteStore
            store = AsyncSQLiteStore(sys.argv[1])
            asyncio.run(store.put("before", b"v", ttl_seconds=600))
            name = "child" if os.fork() == 0 else "parent"
            assert asyncio.run(store.get("before")) == b"v"
            asyncio.run(store.put(name, b"v", ttl_seconds=600))
            asyncio.run(store.close())
            if name == "parent":
                assert os.wait()[1] == 0
            """,
            path,
        )
        with SQLiteStore(path) as store:
            assert [store.get(key) for key in ("before", "child", "parent")] == [b"v"] * 3

    def test_a_fork_that_python_was_not_told_of_is_refused(self, path) -> None:
        printed = python(
            """
            import ctypes, os, sys
            from wxauth.errors import StoreError
            from wxauth.stores.sqlite import SQLiteStore
            store = SQLiteStore(sys.argv[1])
            if ctypes.PyDLL(None).fork() == 0:
                try:
                    store.get("k")
                except StoreError as error:
                    print(error, flush=True)
                os._exit(0)
            os.wait()
            store.put("k", b"v", ttl_seconds=600)
            """,
            path,
        )
        assert "make the store after the fork" in printed

    def test_another_process_is_told_from_this_one_by_its_number(self, path, monkeypatch) -> None:
        with SQLiteStore(path) as store:
            monkeypatch.setattr(store, "_pid", -1)
            with pytest.raises(StoreError, match="after the fork"):
                store.get("k")

    async def test_an_async_store_gets_a_new_thread_in_another_process(self, path) -> None:
        async with AsyncSQLiteStore(path) as store:
            before, store._pid = store._worker, -1
            assert await store.get("k") is None
            assert (store._worker is before, store._pid) == (False, os.getpid())
            before.shutdown()


class TestFile:
    def test_a_new_file_is_readable_by_its_owner_only(self, path) -> None:
        old = os.umask(0)
        try:
            with SQLiteStore(path) as store:
                store.put("k", b"v", ttl_seconds=TTL)
                modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
        finally:
            os.umask(old)
        assert modes == dict.fromkeys(["store.db", "store.db-wal", "store.db-shm"], 0o600)

    def test_an_existing_file_keeps_its_mode(self, path) -> None:
        SQLiteStore(path).close()
        path.chmod(0o640)
        SQLiteStore(path).close()
        assert stat.S_IMODE(path.stat().st_mode) == 0o640

    def test_many_threads_may_create_one_file(self, tmp_path) -> None:
        for attempt in range(20):
            path = tmp_path / f"{attempt}.db"
            in_threads(lambda path=path: SQLiteStore(path).close(), threads=8)
        assert {file.suffix for file in tmp_path.iterdir()} <= {".db", ".db-wal", ".db-shm"}  # no drafts

    def test_what_it_holds_is_there_after_reopening(self, path, clock) -> None:
        with SQLiteStore(path, now=clock) as store:
            store.put("k", b"v", ttl_seconds=TTL)
            store.put("short", b"v", ttl_seconds=1)
        clock.seconds += 1
        with SQLiteStore(path, now=clock) as store:
            assert (store.get("k"), store.get("short")) == (b"v", None)

    def test_a_relative_path_and_a_link_keep_meaning_the_same_file(self, tmp_path, path, monkeypatch) -> None:
        (tmp_path / "link.db").symlink_to(path)
        monkeypatch.chdir(tmp_path)
        with SQLiteStore("link.db") as linked, SQLiteStore(path) as store:
            monkeypatch.chdir("/")
            linked.rest()
            linked.wake()
            linked.put("k", b"v", ttl_seconds=TTL)
            assert store.take("k") == b"v"

    def test_a_store_at_rest_can_rest_again_and_be_closed(self, path) -> None:
        store = SQLiteStore(path)
        for _ in range(2):
            store.rest()
            store.wake()
        store.close()

    def test_an_acknowledged_write_is_on_the_disk(self, path) -> None:  # T37
        with SQLiteStore(path) as store:
            assert store._connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
            assert store._connection.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL

    def test_the_clock_is_read_while_the_lock_is_held(self, path) -> None:
        other = sqlite3.connect(path, timeout=0, isolation_level=None)

        def now() -> float:
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
            reads.append(True)
            return 1_750_000_000.0

        reads = []
        with SQLiteStore(path, now=now) as store:
            store.put("k", b"1", ttl_seconds=TTL)
            store.add("k", b"2", ttl_seconds=TTL)
            store.swap("k", expected=b"1", value=b"3", ttl_seconds=TTL)
            assert store.take("k") == b"3"
        other.close()
        assert len(reads) >= 4

    def test_dead_rows_are_deleted_faster_than_new_ones_come(self, path, clock) -> None:  # T46
        with SQLiteStore(path, now=clock) as store:
            for number in range(400):
                store.put(f"dead{number}", b"v", ttl_seconds=1)
            clock.seconds += 1
            store.put("living", b"v", ttl_seconds=TTL)
            for _ in range(300):
                store.delete("unknown")
            assert (rows(path), store.get("living")) == (1, b"v")

    def test_the_first_write_after_opening_sweeps(self, path, clock) -> None:
        with SQLiteStore(path, now=clock) as store:
            store.put("dead", b"v", ttl_seconds=1)
        clock.seconds += 1
        with SQLiteStore(path, now=clock) as store:
            store.get("dead")
            assert rows(path) == 1
            store.delete("unknown")
            assert rows(path) == 0

    def test_a_command_that_waited_while_the_store_was_closed_is_refused(self, path) -> None:
        store = SQLiteStore(path)
        store.close()
        with pytest.raises(UsageError, match="was closed"):
            store._perform(sqlite.Get("k"))

    async def test_the_loop_goes_on_while_the_disk_is_awaited(self, path) -> None:
        async with AsyncSQLiteStore(path) as store:
            store._store._lock.acquire()  # as if another thread were writing
            waiting = asyncio.ensure_future(store.get("k"))
            for _ in range(5):
                await asyncio.sleep(0)
            assert not waiting.done()
            store._store._lock.release()
            assert await waiting is None


class TestRefusals:
    """T38: one line that names the file, the problem and the next step."""

    def refused(self, path: object, problem: str, step: str) -> None:
        for colour in (SQLiteStore, AsyncSQLiteStore):
            with pytest.raises(StoreError) as caught:
                colour(path)
            text = str(caught.value)
            assert str(path) in text
            assert problem in text
            assert step in text
            assert "\n" not in text

    def test_a_missing_folder(self, tmp_path) -> None:
        self.refused(tmp_path / "missing" / "a.db", "folder does not exist", "create it")

    def test_a_folder_that_is_a_file(self, path) -> None:
        path.write_text("")
        self.refused(path / "a.db", "cannot be created (Not a directory)", "choose another path")

    def test_a_file_that_is_a_folder(self, tmp_path) -> None:
        self.refused(tmp_path, "cannot be opened", "must be a file")

    def test_a_file_that_is_not_a_database(self, path) -> None:
        path.write_bytes(b"These are notes about nothing in particular.\n" * 100)
        self.refused(path, "not a SQLite database", "move the file away")
        assert path.read_bytes().startswith(b"These are notes")

    def test_the_database_of_another_program(self, path) -> None:
        for pragma in ("user_version = 0", "user_version = 1", "application_id = 7"):
            connection = sqlite3.connect(path)
            connection.execute("CREATE TABLE IF NOT EXISTS notes (text)")
            connection.execute(f"PRAGMA {pragma}")
            connection.close()
            before = path.read_bytes()
            self.refused(path, "another program", "choose another path")
            assert path.read_bytes() == before

    def test_a_newer_schema(self, path) -> None:
        SQLiteStore(path).close()
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA user_version = 2")
        connection.close()
        self.refused(path, "schema has version 2", "update wxauth")

    def test_a_damaged_file(self, path) -> None:
        SQLiteStore(path).close()
        with path.open("r+b") as file:
            file.seek(100)
            file.write(b"\xff" * 3996)
        self.refused(path, "damaged", "move it away")

    @pytest.mark.parametrize(
        ("file_mode", "folder_mode", "problem"),
        [
            (0o444, 0o777, "read-only"),
            (0o600, 0o777, "cannot be opened"),
            (0o666, 0o555, "it is read-only"),
            (None, 0o555, "cannot be created (Permission denied)"),
        ],
        ids=["a read-only file", "another owner's file", "a read-only folder", "a new file in a read-only folder"],
    )
    def test_what_this_user_may_not_write(self, file_mode, folder_mode, problem) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "store.db")
            if file_mode is not None:
                SQLiteStore(path).close()
                path.chmod(file_mode)
            Path(folder).chmod(folder_mode)
            printed = python(
                """
                import os, sys
                from wxauth.errors import StoreError
                from wxauth.stores.sqlite import SQLiteStore
                if os.geteuid() == 0:
                    os.setuid(65534)
                try:
                    SQLiteStore(sys.argv[1])
                except StoreError as error:
                    print(error)
                """,
                path,
            )
            Path(folder).chmod(0o700)
        assert problem in printed
        assert printed.count("\n") == 1

    def test_an_old_sqlite(self, path, monkeypatch) -> None:
        monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
        with pytest.raises(StoreError, match=r"3\.37 or newer is needed, so update Python"):
            SQLiteStore(path)

    @pytest.mark.parametrize("name", [":memory:", "file::memory:", "file:a.db?mode=memory"])
    def test_a_database_in_memory(self, name) -> None:
        with pytest.raises(UsageError, match="use MemoryStore"):
            SQLiteStore(name)

    @pytest.mark.parametrize("name", ["", "a\0.db"])
    def test_no_name_of_a_file(self, name) -> None:
        with pytest.raises(UsageError, match="the name of a file"):
            AsyncSQLiteStore(name)


class TestTrouble:
    """When the file stops serving later on."""

    @pytest.fixture
    def impatient(self, monkeypatch) -> None:
        monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)

    @pytest.fixture
    def locked(self, path):
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        yield other
        other.close()

    @pytest.fixture
    def store(self, impatient, path) -> Store:
        with SQLiteStore(path) as store:
            store.put("secret-key", b"secret-value", ttl_seconds=TTL)
            yield store

    def test_a_lock_that_is_never_released_is_a_store_error_and_reading_goes_on(self, store, locked) -> None:  # T35
        with pytest.raises(StoreError, match="locked for over 5 s"):
            store.take("secret-key")
        assert store.get("secret-key") == b"secret-value"
        locked.execute("ROLLBACK")
        assert store.take("secret-key") == b"secret-value"

    def test_a_lock_is_tried_every_few_milliseconds_so_that_nobody_starves(self, store, locked, monkeypatch) -> None:
        def sleep(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 3:
                locked.execute("ROLLBACK")

        pauses = []
        monkeypatch.setattr(sqlite, "BUSY_SECONDS", 5.0)
        monkeypatch.setattr(sqlite.time, "sleep", sleep)
        assert store.take("secret-key") == b"secret-value"
        assert len(pauses) == 3
        assert max(pauses) <= 0.005

    def test_opening_a_locked_file_is_a_store_error(self, impatient, locked, path) -> None:
        with pytest.raises(StoreError, match="locked for over 5 s"):
            SQLiteStore(path)
        locked.execute("ROLLBACK")
        SQLiteStore(path).close()

    def test_opening_waits_for_a_lock_that_sqlite_itself_does_not_wait_for(self, path, monkeypatch) -> None:
        def connect_at_the_third_attempt(path, now):
            attempts.append(path)
            if len(attempts) < 3:
                busy = sqlite3.OperationalError("database is locked")
                busy.sqlite_errorcode = sqlite3.SQLITE_BUSY_RECOVERY
                raise busy
            return connect(path, now)

        attempts, connect = [], sqlite._connect
        monkeypatch.setattr(sqlite, "_connect", connect_at_the_third_attempt)
        SQLiteStore(path).close()
        assert len(attempts) == 3

    def test_a_full_disk_is_a_store_error_until_there_is_space(self, store) -> None:  # T36
        full = store._connection.execute("PRAGMA page_count").fetchone()[0]
        store._connection.execute(f"PRAGMA max_page_count = {full}")
        with pytest.raises(StoreError, match="disk is full") as caught:
            store.put("secret-other", b"secret" * 5000, ttl_seconds=TTL)
        assert "secret" not in f"{caught.value} {caught.value.__cause__}"
        assert store.get("secret-key") == b"secret-value"
        store._connection.execute("PRAGMA max_page_count = 100000")
        store.put("secret-other", b"secret" * 5000, ttl_seconds=TTL)
        assert store.get("secret-other") == b"secret" * 5000

    def test_any_other_trouble_is_a_store_error_with_sqlites_own_name_for_it(self, store) -> None:
        store._connection.execute("DROP TABLE entry")
        with pytest.raises(StoreError, match="SQLite reports SQLITE_ERROR") as caught:
            store.get("secret-key")
        assert "secret" not in f"{caught.value} {caught.value.__cause__}"

    def test_trouble_without_a_number_is_a_store_error_too(self, store) -> None:
        store._connection.close()
        with pytest.raises(StoreError, match="SQLite reports ProgrammingError"):
            store.get("secret-key")
