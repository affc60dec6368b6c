"""The Redis store: the contract on a real server, and what is left when that server is stopped, emptied or replaced."""

import asyncio
import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from conformance import FULL, StoreConformance
from servers import PASSWORD, RedisServer, free_port, until
from shared import SharedStore

from wxauth.errors import StoreError, UsageError
from wxauth.stores.redis import AsyncRedisStore, RedisStore, milliseconds
from wxauth.stores.redis_url import read_redis_url

TTL = 600.0
KEPT = ("--appendonly", "yes", "--appendfsync", "always")


@pytest.fixture(scope="module")
def server():
    with RedisServer() as started:
        yield started


@pytest.fixture
def admin(server):
    with server.admin() as connected:
        connected.flushall()
        yield connected


@pytest.fixture
def store(server, admin):
    with RedisStore(server.url) as opened:
        yield opened


class MovedClock:
    """The clock of the tests. Redis's own goes on; to move this one is to let every key end so much earlier."""

    SHIFT = """for _, key in ipairs(redis.call('KEYS', '*')) do
        redis.call('PEXPIREAT', key, math.max(redis.call('PEXPIRETIME', key) - ARGV[1], 1))
    end"""

    def __init__(self, admin: redis.Redis) -> None:
        self._admin, self._seconds = admin, 1_750_000_000.0

    def __call__(self) -> float:
        return self._seconds

    @property
    def seconds(self) -> float:
        return self._seconds

    @seconds.setter
    def seconds(self, seconds: float) -> None:
        self._admin.eval(self.SHIFT, 0, round((seconds - self._seconds) * 1000))
        self._seconds = seconds


class TestRedisStore(StoreConformance):
    THREAD_KEYS = 10
    TASK_KEYS = 10
    SHORTEST_SECONDS = 5.0
    JUST_BEFORE_SECONDS = 5.0

    @pytest.fixture
    def clock(self, admin) -> MovedClock:
        return MovedClock(admin)

    @pytest.fixture(autouse=True)
    def _on(self, server, admin) -> None:
        self.server, self.admin = server, admin

    def open(self, colour, clock):
        self.admin.flushall()
        return (RedisStore if colour == "sync" else AsyncRedisStore)(self.server.socket_url, timeout_seconds=30)


class TestProcesses(SharedStore):
    KILLS = 50 if FULL else 2  # of the writer: what Redis has answered, it has

    @pytest.fixture
    def url(self, server, admin) -> str:
        return server.url


class TestTime:
    @pytest.mark.parametrize(
        ("seconds", "number"),
        [
            (60, 59_999),
            (60.0, 59_999),
            (0.06, 59),
            (1.001, 1000),
            (0.0025, 1),
            (0.001, 1),
            (1e-9, 1),
            (1e12, 10**15 - 1),
        ],
    )
    def test_a_key_ends_when_its_time_has_passed_and_not_later(self, seconds, number) -> None:
        assert milliseconds(seconds) == number

    @pytest.mark.parametrize("seconds", [1e300, 10**300, 1.7e308])
    def test_a_longer_time_than_redis_can_count_is_very_long(self, seconds) -> None:
        assert milliseconds(seconds) == 10**15 - 1

    @pytest.mark.parametrize("command", ["put", "add", "swap"])
    def test_a_key_never_lives_longer_than_asked_by_the_servers_own_clock(self, store, admin, command) -> None:
        if command == "swap":
            store.put("k", b"old", ttl_seconds=TTL)
        seconds, micros = admin.time()
        if command == "swap":
            assert store.swap("k", expected=b"old", value=b"v", ttl_seconds=0.04)
        else:
            getattr(store, command)("k", b"v", ttl_seconds=0.04)
        lives_until = admin.pexpiretime("wxauth:k") + 1  # Redis lets it live for that whole millisecond
        after = admin.time()
        assert seconds * 1000 + micros // 1000 + 40 <= lives_until <= after[0] * 1000 + after[1] // 1000 + 40
        assert until(lambda: store.get("k") is None)
        assert admin.time() >= (seconds, micros)


class TestNames:
    def test_keys_have_a_prefix_of_their_own(self, server, store, admin) -> None:
        with RedisStore(server.url, prefix="other:") as other:
            store.put("k", b"v", ttl_seconds=TTL)
            assert other.get("k") is None
            assert other.add("k", b"w", ttl_seconds=TTL)
        assert sorted(admin.keys()) == ["other:k", "wxauth:k"]

    def test_databases_are_apart(self, server, store) -> None:
        with RedisStore(server.url.replace("/0", "/7")) as other:
            store.put("k", b"v", ttl_seconds=TTL)
            assert other.get("k") is None

    @pytest.mark.parametrize("prefix", ["", "x" * 65, "a\nb"])
    def test_an_odd_prefix_is_refused(self, prefix) -> None:
        for colour in (RedisStore, AsyncRedisStore):
            with pytest.raises(UsageError, match="a prefix is 1 to 64 printable characters"):
                colour("redis://127.0.0.1", prefix=prefix)


class TestTrouble:
    """What the top of the file promises: every way a server can fail is a StoreError, soon, and then it goes on."""

    def test_a_server_that_forgot_everything_is_an_empty_store(self, store, admin) -> None:  # T29
        store.put("k", b"v", ttl_seconds=TTL)
        admin.flushall()
        assert (store.get("k"), store.take("k")) == (None, None)
        assert not store.swap("k", expected=b"v", value=b"w", ttl_seconds=TTL)
        assert store.add("k", b"new", ttl_seconds=TTL)

    async def test_a_server_that_forgot_the_script_is_sent_it_again(self, server, store, admin) -> None:
        async with AsyncRedisStore(server.url) as other:
            for _ in range(2):
                admin.script_flush()
                await other.put("k", b"1", ttl_seconds=TTL)
                assert await other.swap("k", expected=b"1", value=b"2", ttl_seconds=TTL)
                admin.script_flush()
                assert store.swap("k", expected=b"2", value=b"3", ttl_seconds=TTL)
                assert not store.swap("k", expected=b"2", value=b"4", ttl_seconds=TTL)

    async def test_a_server_that_hangs_is_a_store_error_in_bounded_time(self, server, admin) -> None:  # T27
        with RedisStore(server.url, timeout_seconds=0.1) as store:
            async with AsyncRedisStore(server.url, timeout_seconds=0.1) as other:
                store.put("k", b"v", ttl_seconds=TTL)
                await other.get("k")
                server.pause()
                try:
                    begun = time.monotonic()
                    with pytest.raises(StoreError, match="did not answer in time; whether the command was done is unk"):
                        store.get("k")
                    with pytest.raises(StoreError, match="did not answer in time"):
                        await other.get("k")
                    assert time.monotonic() - begun < 1
                finally:
                    server.resume()
                assert (store.get("k"), await other.get("k")) == (b"v", b"v")

    async def test_a_command_without_an_answer_is_not_sent_again(self, server, admin) -> None:
        with RedisStore(server.url, timeout_seconds=0.1) as store:
            async with AsyncRedisStore(server.url, timeout_seconds=0.1) as other:
                for key in ("one", "two"):
                    store.put(key, b"v", ttl_seconds=TTL)
                assert await other.get("one") == b"v"
                admin.config_resetstat()
                server.pause()
                try:
                    with pytest.raises(StoreError):
                        store.take("one")
                    with pytest.raises(StoreError):
                        await other.take("two")
                finally:
                    server.resume()
                calls = until(lambda: admin.info("commandstats").get("cmdstat_getdel", {}).get("calls", 0) >= 2)
                assert calls
                assert admin.info("commandstats")["cmdstat_getdel"]["calls"] == 2

    async def test_a_cancelled_task_leaves_no_answer_to_the_next(self, server, admin) -> None:
        async with AsyncRedisStore(server.url) as store:
            await store.put("mine", b"mine", ttl_seconds=TTL)
            await store.put("yours", b"yours", ttl_seconds=TTL)
            for rounds in range(40):
                admin.client_pause(20, all=True) if rounds % 8 == 0 else None
                asking = asyncio.ensure_future(store.get("mine"))
                for _ in range(rounds % 8):
                    await asyncio.sleep(0)
                asking.cancel()
                assert await store.get("yours") == b"yours"
                await asyncio.gather(asking, return_exceptions=True)

    async def test_a_restart_is_noticed_before_a_command_is_sent(self) -> None:  # T26
        with RedisServer(*KEPT) as server, RedisStore(server.url) as store:
            async with AsyncRedisStore(server.url) as other:
                store.put("k", b"v", ttl_seconds=TTL)
                assert await other.get("k") == b"v"
                for _ in range(2):
                    server.kill()
                    with pytest.raises(StoreError, match="is the server running"):
                        store.get("k")
                    with pytest.raises(StoreError, match="is the server running"):
                        await other.get("k")
                    server.start()
                    assert (store.get("k"), await other.get("k")) == (b"v", b"v")

    def test_with_appendfsync_always_a_kill_loses_nothing_acknowledged(self) -> None:
        with RedisServer(*KEPT) as server, RedisStore(server.url) as store:
            number = 0
            for _ in range(5):
                for _ in range(50):
                    store.put(f"{number}", b"v", ttl_seconds=TTL)
                    number += 1
                store.take(f"{number - 1}")
                server.kill()
                server.start()
                assert store.take(f"{number - 1}") is None
                assert [store.get(f"{key}") for key in range(number - 1) if (key + 1) % 50] == [b"v"] * (
                    number - number // 50
                )

    def test_without_persistence_a_kill_loses_everything(self) -> None:
        with RedisServer() as server, RedisStore(server.url) as store:
            store.put("k", b"v", ttl_seconds=TTL)
            server.kill()
            server.start()
            assert store.get("k") is None

    def test_full_memory_is_a_store_error_and_reading_goes_on(self, store, admin) -> None:
        store.put("k", b"v", ttl_seconds=TTL)
        admin.config_set("maxmemory", 1)
        try:
            with pytest.raises(StoreError, match="memory is full; raise maxmemory"):
                store.put("other", b"v", ttl_seconds=TTL)
            assert store.get("k") == b"v"
        finally:
            admin.config_set("maxmemory", 0)

    def test_the_error_of_a_foreign_value_quotes_nothing(self, store, admin) -> None:
        admin.lpush("wxauth:hidden", "hidden")
        with pytest.raises(StoreError, match=r"it answers WRONGTYPE$") as caught:
            store.get("hidden")
        assert "hidden" not in str(caught.value)

    def test_a_replica_says_that_it_is_one(self, store, admin, server) -> None:
        admin.replicaof("127.0.0.1", free_port())
        try:
            with pytest.raises(StoreError, match="read-only replica; name the master"):
                store.put("k", b"v", ttl_seconds=TTL)
        finally:
            admin.replicaof("no", "one")

    async def test_a_server_that_is_too_old_says_so(self) -> None:
        with RedisServer("--rename-command", "GETDEL", "") as server:
            with RedisStore(server.url) as store, pytest.raises(StoreError, match=r"too old; 6\.2 is needed") as caught:
                store.take("hidden")
            async with AsyncRedisStore(server.url) as other:
                with pytest.raises(StoreError, match="too old"):
                    await other.take("hidden")
        assert "hidden" not in str(caught.value)

    async def test_a_user_who_may_not_run_the_script_is_told_so(self, server, admin) -> None:
        admin.acl_setuser("small", enabled=True, passwords=["+small"], keys=["*"], commands=["+@all", "-eval"])
        url = server.url.replace("//", "//small:small@")
        admin.script_flush()
        with RedisStore(url) as store, pytest.raises(StoreError, match="may not do what a store does"):
            store.swap("k", expected=b"1", value=b"2", ttl_seconds=TTL)
        async with AsyncRedisStore(url) as other:
            with pytest.raises(StoreError, match="may not do what a store does"):
                await other.swap("k", expected=b"1", value=b"2", ttl_seconds=TTL)

    async def test_a_wrong_password_says_so_and_is_not_shown(self, caplog) -> None:
        with RedisServer("--requirepass", "right-5a4db0") as server:
            url = f"redis://:{PASSWORD}@127.0.0.1:{server.port}/0"
            for login, problem in ((url, "refuses this user or password"), (server.url, "refuses this user or pass")):
                with RedisStore(login) as store, pytest.raises(StoreError, match=problem) as caught:
                    store.get("k")
                async with AsyncRedisStore(login) as other:
                    with pytest.raises(StoreError, match=problem) as also:
                        await other.get("k")
                    shown = f"{caught.value} {also.value} {store!r} {other!r} {vars(store)} {vars(other)} {caplog.text}"
                assert PASSWORD not in shown
            with RedisStore(url.replace(PASSWORD, "right-5a4db0")) as store:
                assert store.get("k") is None

    def test_no_server_at_all_says_so(self) -> None:
        with RedisStore(f"redis://127.0.0.1:{free_port()}") as store, pytest.raises(StoreError, match="server running"):
            store.get("k")

    def test_more_threads_than_connections_wait_their_turn(self, store, admin) -> None:
        with ThreadPoolExecutor(64) as threads:
            assert set(threads.map(lambda _: store.get("k"), range(640))) == {None}
        assert len(admin.client_list()) <= 17

    def test_parent_and_child_of_a_fork_have_connections_of_their_own(self, store) -> None:
        store.put("k", b"v", ttl_seconds=TTL)
        child = os.fork()
        if child == 0:
            os._exit(0 if all(store.get("k") == b"v" for _ in range(200)) else 1)
        answers = {store.get("unknown") for _ in range(200)}
        assert (os.waitpid(child, 0)[1], answers) == (0, {None})


class TestUrls:
    @pytest.mark.parametrize(
        ("url", "read"),
        [
            ("redis://", {"nodes": (("localhost", 6379),)}),
            ("redis://h", {"nodes": (("h", 6379),)}),
            ("valkey://h:1/2", {"nodes": (("h", 1),), "db": 2}),
            (
                "redis://u:p%40%2F@[::1]:7/3",
                {"nodes": (("::1", 7),), "db": 3, "login": {"username": "u", "password": "p@/"}},
            ),
            ("rediss://:p@h", {"tls": {}, "login": {"password": "p"}}),
            ("valkeys://h?ssl_ca_certs=/a/ca.pem", {"tls": {"ssl_ca_certs": "/a/ca.pem"}}),
            ("unix:///run/a%20b.sock?db=4", {"path": "/run/a b.sock", "db": 4, "nodes": ()}),
            ("unix://u:p@/run/a.sock", {"path": "/run/a.sock", "login": {"username": "u", "password": "p"}}),
            ("redis+cluster://a,b:7", {"kind": "cluster", "nodes": (("a", 6379), ("b", 7))}),
            ("rediss+cluster://a/0", {"kind": "cluster", "tls": {}}),
            ("redis+sentinel://a,b:7/mine", {"kind": "sentinel", "nodes": (("a", 26379), ("b", 7)), "service": "mine"}),
            ("valkey+sentinel://:p@a/mine/2", {"service": "mine", "db": 2, "login": {"password": "p"}}),
        ],
    )
    def test_a_url_means_an_address(self, url, read) -> None:
        address = read_redis_url(url)
        assert {name: getattr(address, name) for name in read} == read

    @pytest.mark.parametrize(
        "url",
        [
            "redis://a,b",
            "redis://h/hidden",
            "redis://h/1/2",
            "redis://h/-1",
            "redis://h:hidden",
            "redis://h:99999",
            "redis://[hidden",
            "redis://h?socket_timeout=hidden",
            "redis://h?ssl_ca_certs=hidden",
            "redis://h?hidden",
            "redis+cluster://h/1",
            "redis+sentinel://h",
            "redis+sentinel://h/mine/hidden",
            "redis+hidden://h",
            "unix://",
            "unix://hidden/run/a.sock",
            "unix:///run/a.sock?db=hidden",
            "unix:///run/a.sock?hidden=1",
            "http://hidden",
        ],
    )
    def test_any_other_url_is_refused_without_what_may_be_a_password(self, url) -> None:
        for colour in (RedisStore, AsyncRedisStore):
            with pytest.raises(UsageError) as caught:
                colour(url)
            assert "hidden" not in str(caught.value)

    def test_an_address_shows_no_login(self) -> None:
        address = read_redis_url("redis://hidden:hidden@h/0")
        assert "hidden" not in f"{address!r} {address.where}"
