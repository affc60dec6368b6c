"""The PostgreSQL store: the contract on a real server, and what is left when that server or its clients are killed."""

import asyncio
import os
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psycopg
import pytest
from conformance import FULL, StoreConformance, in_threads
from servers import PASSWORD, PostgresServer, free_port, until
from shared import SharedStore

from wxauth.errors import StoreError, UsageError
from wxauth.stores import postgres
from wxauth.stores.postgres import AsyncPostgresStore, PostgresStore
from wxauth.stores.postgres_pool import CONNECTIONS

TTL = 600.0
GONE = "cannot be reached|is stopping or starting|no answer"
HELD = "&options=-csearch_path%3Dheld%2Cpg_catalog"
"""For a session in which ``clock_timestamp()`` is the function below, since it is looked for in this schema first."""
HOLD_THE_CLOCK = """
    CREATE SCHEMA held;
    CREATE TABLE held.clock (seconds float8);
    INSERT INTO held.clock VALUES (0);
    CREATE FUNCTION held.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
        AS 'SELECT to_timestamp(seconds) FROM held.clock';
"""


@pytest.fixture(scope="module")
def server():
    with PostgresServer() as started:
        with started.admin() as admin:
            admin.execute(HOLD_THE_CLOCK)
        yield started


@pytest.fixture
def admin(server):
    with server.admin() as connected:
        connected.execute("DROP TABLE IF EXISTS wxauth_store")
        yield connected


@pytest.fixture
def url(server, admin) -> str:
    return server.url


@pytest.fixture
def store(url):
    with PostgresStore(url) as opened:
        yield opened


class HeldClock:
    """The clock of the tests, which the server takes for its own."""

    def __init__(self, admin: psycopg.Connection) -> None:
        self._admin = admin
        self.seconds = 1_750_000_000.0

    def __call__(self) -> float:
        return self._seconds

    @property
    def seconds(self) -> float:
        return self._seconds

    @seconds.setter
    def seconds(self, seconds: float) -> None:
        self._admin.execute("UPDATE held.clock SET seconds = %s", (seconds,))
        self._seconds = seconds


class TestPostgresStore(StoreConformance):
    THREAD_KEYS = 10
    TASK_KEYS = 10

    @pytest.fixture
    def clock(self, admin) -> HeldClock:
        return HeldClock(admin)

    @pytest.fixture(autouse=True)
    def _on(self, server, admin) -> None:
        self.server, self.admin = server, admin

    def open(self, colour, clock):
        self.admin.execute("DROP TABLE IF EXISTS held.wxauth_store")
        url = self.server.socket_url + HELD
        return (PostgresStore if colour == "sync" else AsyncPostgresStore)(url, timeout_seconds=30)


class TestProcesses(SharedStore):
    KILLS = 50 if FULL else 4


class TestTime:
    def test_time_is_the_servers(self, store, admin) -> None:
        store.put("k", b"v", ttl_seconds=0.03)
        (before,) = admin.execute("SELECT extract(epoch FROM clock_timestamp())::float8").fetchone()
        (ends,) = admin.execute("SELECT expires_at FROM wxauth_store").fetchone()
        assert before - 5 < ends <= before + 0.03
        assert until(lambda: store.get("k") is None)
        assert store.add("k", b"w", ttl_seconds=TTL)

    def test_a_time_to_live_begins_when_the_lock_is_won(self, store, admin) -> None:
        store.put("k", b"old", ttl_seconds=TTL)
        with admin.transaction():
            admin.execute("SELECT 1 FROM wxauth_store FOR UPDATE")
            putting = threading.Thread(target=lambda: store.put("k", b"new", ttl_seconds=50))
            putting.start()
            waits = "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            until(lambda: admin.execute(waits).fetchone()[0])
            (released,) = admin.execute("SELECT extract(epoch FROM clock_timestamp())::float8").fetchone()
        putting.join()
        assert admin.execute("SELECT expires_at >= %s + 50 FROM wxauth_store", (released,)).fetchone() == (True,)

    def test_the_dead_are_found_by_the_index_and_not_one_by_one(self, store, admin) -> None:  # T46
        store.get("k")
        admin.execute("INSERT INTO wxauth_store SELECT int4send(n), '', 1e12 FROM generate_series(1, 20000) n")
        admin.execute("ANALYZE wxauth_store")
        plan = admin.execute("EXPLAIN (FORMAT JSON) " + postgres.SWEEP.replace("$1", "200")).fetchone()[0]
        assert "'Index Cond': '(expires_at <=" in str(plan)

    def test_dead_rows_are_deleted_faster_than_new_ones_come(self, store, admin) -> None:  # T46
        store.get("k")
        admin.execute("INSERT INTO wxauth_store SELECT int4send(n), '', 1 FROM generate_series(1, 500) n")
        left = []
        for _ in range(3):
            for _ in range(postgres.WRITES_PER_SWEEP):
                store.delete("unknown")
            left += admin.execute("SELECT count(*) FROM wxauth_store").fetchone()
        assert left == [300, 100, 0]


class TestSchema:
    def test_many_may_create_the_table_at_once(self, url) -> None:
        stores = [PostgresStore(url) for _ in range(8)]
        assert in_threads(lambda: [store.get("k") for store in stores], threads=8) == [[None] * 8] * 8
        for store in stores:
            store.close()

    async def test_who_waited_for_another_to_create_the_table_uses_that_one(self, url, admin) -> None:
        admin.execute("SELECT pg_advisory_lock(%s)", (postgres.SCHEMA_LOCK,))
        async with AsyncPostgresStore(url, timeout_seconds=20) as other:
            with PostgresStore(url, timeout_seconds=20) as store:
                asking = [
                    asyncio.ensure_future(asyncio.to_thread(store.get, "k")),
                    asyncio.ensure_future(other.get("k")),
                ]
                waits = "SELECT count(*) = 2 FROM pg_stat_activity WHERE wait_event = 'advisory'"
                await asyncio.to_thread(until, lambda: admin.execute(waits).fetchone()[0])
                for statement in postgres.SCHEMA:
                    admin.execute(statement)
                admin.execute("SELECT pg_advisory_unlock(%s)", (postgres.SCHEMA_LOCK,))
                assert await asyncio.gather(*asking) == [None, None]
                store._settle()  # as a thread that waited for the first
                await other._settle()

    def test_the_table_is_logged_and_says_what_it_is(self, store, admin) -> None:
        store.get("k")
        kept = "SELECT relpersistence, obj_description(oid, 'pg_class') FROM pg_class WHERE relname = 'wxauth_store'"
        assert admin.execute(kept).fetchone() == ("p", "wxauth store, schema 1")

    async def test_a_user_who_may_not_create_can_use_a_table_that_is_there(self, server, admin) -> None:
        admin.execute("DROP ROLE IF EXISTS small; CREATE ROLE small LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        small = server.socket_url.replace("wxauth@", "small@")
        with PostgresStore(small) as store, pytest.raises(StoreError, match="let another user create the table"):
            store.get("k")
        for statement in postgres.SCHEMA:
            admin.execute(statement)
        admin.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON wxauth_store TO small")
        async with AsyncPostgresStore(small) as other:
            assert await other.add("k", b"v", ttl_seconds=TTL)
            assert await other.swap("k", expected=b"v", value=b"w", ttl_seconds=TTL)
            assert await other.take("k") == b"w"
        admin.execute("DROP TABLE wxauth_store; DROP ROLE small")

    @pytest.mark.parametrize(
        ("statement", "problem"),
        [
            ("CREATE TABLE wxauth_store (notes text)", "another program's; use another schema"),
            ("CREATE TABLE wxauth_store (n int); COMMENT ON TABLE wxauth_store IS 'notes'", "another program's"),
            ("COMMENT ON TABLE wxauth_store IS 'wxauth store, schema 2'", "version 2, this wxauth knows version 1"),
        ],
    )
    async def test_a_table_that_is_not_ours_is_left_alone(self, url, admin, statement, problem) -> None:  # T38
        if statement.startswith("COMMENT"):
            with PostgresStore(url) as store:
                store.get("k")
        admin.execute(statement)
        with PostgresStore(url) as store, pytest.raises(StoreError, match=problem):
            store.put("k", b"v", ttl_seconds=TTL)
        async with AsyncPostgresStore(url) as other:
            with pytest.raises(StoreError, match=problem):
                await other.get("k")

    async def test_a_table_that_has_gone_is_a_store_error(self, url, store, admin) -> None:
        store.get("k")
        admin.execute("DROP TABLE wxauth_store")
        with pytest.raises(StoreError, match="table of the store has gone"):
            store.get("k")
        async with AsyncPostgresStore(url) as other:
            assert await other.get("k") is None


class TestCrashes:
    @pytest.fixture(scope="module")
    @staticmethod
    def kept():
        with PostgresServer() as started:
            yield started

    async def test_a_killed_server_loses_nothing_it_acknowledged(self, kept) -> None:  # T30, T37
        with PostgresStore(kept.url) as store:
            for kill in range(50 if FULL else 10):
                acknowledged = self._write_until_the_kill(kept, store, f"kill{kill}")
                kept.start()
                lost = [key for key in acknowledged if store.get(key) != b"v"]
                assert (lost, acknowledged != []) == ([], True)

    def _write_until_the_kill(self, kept, store, prefix) -> list[str]:
        acknowledged: list[str] = []
        wanted = random.randint(1, 150)

        def write() -> None:
            with suppress(StoreError):
                while True:
                    store.put(f"{prefix}/{len(acknowledged)}", b"v", ttl_seconds=TTL)
                    acknowledged.append(f"{prefix}/{len(acknowledged)}")

        writing = threading.Thread(target=write)
        writing.start()
        until(lambda: len(acknowledged) >= wanted, pause_seconds=0)
        kept.kill()
        writing.join()
        return acknowledged

    async def test_what_was_taken_stays_taken_through_a_restart_which_is_noticed_before_sending(self, kept) -> None:
        with PostgresStore(kept.url) as store:
            async with AsyncPostgresStore(kept.url) as other:
                for _ in range(2):
                    store.put("k", b"v", ttl_seconds=TTL)
                    assert await other.take("k") == b"v"
                    kept.kill()
                    with pytest.raises(StoreError, match=GONE):
                        until(lambda: store.get("k"))  # processes of the killed server may answer for a moment
                    with pytest.raises(StoreError, match=GONE):
                        await other.get("k")
                    kept.start()
                    assert (store.get("k"), await other.take("k")) == (None, None)


class TestTrouble:
    async def test_a_server_that_hangs_is_a_store_error_in_bounded_time(self, server, url) -> None:
        with PostgresStore(url, timeout_seconds=0.15) as store:
            async with AsyncPostgresStore(url, timeout_seconds=0.15) as other:
                store.put("k", b"v", ttl_seconds=TTL)
                assert await other.get("k") == b"v"
                with server.admin() as admin, admin.transaction():
                    admin.execute("LOCK TABLE wxauth_store")
                    begun = time.monotonic()
                    with pytest.raises(StoreError, match=r"no answer, .* whether the command was done is unknown"):
                        store.get("k")
                    with pytest.raises(StoreError, match="no answer"):
                        await other.take("k")
                    assert time.monotonic() - begun < 2
                assert store.get("k") in (b"v", None)  # the take may have been done once the lock was gone

    async def test_more_callers_than_connections_wait_their_turn_and_not_for_ever(self, server, url) -> None:
        with PostgresStore(url) as store, ThreadPoolExecutor(32) as threads:
            assert set(threads.map(lambda _: store.get("k"), range(320))) == {None}
            assert len(store._pool._idle) <= CONNECTIONS
        async with AsyncPostgresStore(url, timeout_seconds=10) as other:
            assert set(await asyncio.gather(*(other.get("k") for _ in range(100)))) == {None}
        async with AsyncPostgresStore(url, timeout_seconds=0.3) as other:
            assert await other.get("k") is None
            with server.admin() as admin, admin.transaction():
                admin.execute("LOCK TABLE wxauth_store")
                asked = await asyncio.gather(*(other.get("k") for _ in range(20)), return_exceptions=True)
            assert {type(answer) for answer in asked} == {StoreError}
            assert await other.get("k") is None

    def test_no_connection_free_says_that_nothing_was_sent(self, url) -> None:
        with PostgresStore(url, timeout_seconds=0.05) as store:
            store.get("k")
            with store._pool.connection():
                for _ in range(CONNECTIONS - 1):
                    store._pool._free.acquire()
                with pytest.raises(StoreError, match="busy for too long; nothing was sent"):
                    store.get("k")

    async def test_what_is_lent_out_when_a_store_closes_is_closed_when_it_comes_back(self, url) -> None:
        store, other = PostgresStore(url), AsyncPostgresStore(url)
        with store._pool.connection() as connection:
            store.close()
        async with other._pool.connection() as lent:
            await other.close()
        assert (connection.closed, lent.closed) == (True, True)

    async def test_a_cancelled_task_leaves_no_answer_to_the_next(self, server, url) -> None:
        async with AsyncPostgresStore(url) as store:
            await store.put("mine", b"mine", ttl_seconds=TTL)
            await store.put("yours", b"yours", ttl_seconds=TTL)
            for rounds in range(40):
                asking = asyncio.ensure_future(store.get("mine"))
                for _ in range(rounds % 8):
                    await asyncio.sleep(0)
                asking.cancel()
                assert await store.get("yours") == b"yours"
                await asyncio.gather(asking, return_exceptions=True)
            assert store._pool._free._value == CONNECTIONS

    def test_a_connection_that_the_server_closed_is_replaced_before_sending(self, store, admin) -> None:
        store.put("k", b"v", ttl_seconds=TTL)
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'wxauth'")
        until(lambda: all(lent.is_readable() for lent in store._pool._idle))
        assert store.take("k") == b"v"

    def test_a_full_disk_or_any_other_refusal_quotes_no_key(self, store, admin) -> None:
        store.put("hidden", b"hidden", ttl_seconds=TTL)
        admin.execute("ALTER TABLE wxauth_store ADD CONSTRAINT odd CHECK (expires_at < 0) NOT VALID")
        with pytest.raises(StoreError, match="it answers SQLSTATE 23514") as caught:
            store.put("hidden", b"hidden", ttl_seconds=TTL)
        assert "hidden" not in f"{caught.value} {caught.value.__cause__}"

    @pytest.mark.parametrize(
        ("change", "problem"),
        [
            ((PASSWORD, f"{PASSWORD}x"), "refuses this user or password"),
            (("/postgres", "/nowhere"), "no such database or user"),
            (("wxauth:", "nobody:"), "refuses this user or password"),
        ],
    )
    async def test_what_a_server_refuses_is_said_and_the_password_is_not(self, url, caplog, change, problem) -> None:
        with PostgresStore(url.replace(*change)) as store, pytest.raises(StoreError, match=problem) as caught:
            store.get("k")
        async with AsyncPostgresStore(url.replace(*change)) as other:
            with pytest.raises(StoreError, match=problem) as also:
                await other.get("k")
        shown = f"{caught.value!r} {caught.value.__cause__} {also.value!r} {store!r} {other!r} {caplog.text}"
        assert PASSWORD not in shown

    def test_no_server_at_all_says_so(self) -> None:
        nowhere = f"postgresql://h@127.0.0.1:{free_port()}/d"
        with PostgresStore(nowhere) as store, pytest.raises(StoreError, match="cannot be reached; is it running"):
            store.get("k")

    def test_parent_and_child_of_a_fork_have_connections_of_their_own(self, store) -> None:
        store.put("k", b"v", ttl_seconds=TTL)
        child = os.fork()
        if child == 0:
            os._exit(0 if all(store.get("k") == b"v" for _ in range(100)) else 1)
        answers = {store.get("unknown") for _ in range(100)}
        assert (os.waitpid(child, 0)[1], answers) == (0, {None})

    async def test_another_process_is_told_from_this_one_by_its_number(self, url, store) -> None:
        store.put("k", b"v", ttl_seconds=TTL)
        async with AsyncPostgresStore(url) as other:
            assert await other.get("k") == b"v"
            store._pid = other._pid = -1
            assert (store.get("k"), await other.get("k")) == (b"v", b"v")
            assert (len(store._pools), len(other._pools)) == (2, 2)
            store._pools[0].close()
            await other._pools[0].close()

    def test_without_prepared_statements_it_is_the_same(self, url, admin) -> None:
        with PostgresStore(url, prepare=False) as store:
            for number in range(10):
                store.put("k", b"%d" % number, ttl_seconds=TTL)
            assert store._pool._idle[0].connection.execute(
                "SELECT count(*) FROM pg_prepared_statements"
            ).fetchone() == (0,)
            assert store.take("k") == b"9"


class TestUrls:
    @pytest.mark.parametrize(
        "url",
        [
            "postgresql://u:hidden@h:hidden/d",
            "postgresql://u:hidden%zz@h/d",
            "postgresql://u:a@hidden@h/d",
            "postgresql://u:1/hidden@h/d",
            "postgresql://h/d?hidden=1",
            "postgres:hidden",
            "host=hidden",
            "",
        ],
    )
    def test_a_url_that_cannot_be_read_is_refused_without_what_may_be_a_password(self, url) -> None:
        for colour in (PostgresStore, AsyncPostgresStore):
            with pytest.raises(UsageError, match="cannot be read; it is postgresql://") as caught:
                colour(url)
            assert "hidden" not in f"{caught.value} {caught.value.__cause__}"
