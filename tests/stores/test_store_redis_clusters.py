"""The Redis store on clusters, behind sentinels, and over TLS."""

import subprocess

import pytest
import redis
import trustme
from servers import RedisServer, free_port, program, until

from wxauth.errors import StoreError
from wxauth.stores.redis import AsyncRedisStore, RedisStore

TTL = 600.0


@pytest.fixture(scope="module")
def nodes():
    buses = free_port(), free_port()
    both = [("--cluster-enabled", "yes", "--cluster-port", str(bus)) for bus in buses]
    with RedisServer(*both[0]) as one, RedisServer(*both[1]) as other:
        with one.admin() as first, other.admin() as second:
            first.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 8191)
            second.execute_command("CLUSTER", "ADDSLOTSRANGE", 8192, 16383)
            first.execute_command("CLUSTER", "SET-CONFIG-EPOCH", 1)
            second.execute_command("CLUSTER", "SET-CONFIG-EPOCH", 2)
            first.execute_command("CLUSTER", "MEET", "127.0.0.1", other.port, buses[1])
            for node in (first, second):
                until(lambda node=node: "cluster_state:ok" in str(node.execute_command("CLUSTER", "INFO")))
        yield one, other


class TestCluster:
    async def test_a_cluster_keeps_keys_on_all_its_nodes(self, nodes) -> None:
        url = f"redis+cluster://127.0.0.1:{nodes[0].port},127.0.0.1:{nodes[1].port}"
        with RedisStore(url) as store:
            async with AsyncRedisStore(url) as other:
                for number in range(20):
                    assert store.add(f"k{number}", b"1", ttl_seconds=TTL)
                    assert await other.swap(f"k{number}", expected=b"1", value=b"2", ttl_seconds=TTL)
                    assert store.swap(f"k{number}", expected=b"2", value=b"3", ttl_seconds=TTL)
                for number in range(20):
                    assert await other.take(f"k{number}") == b"3"
                    assert store.take(f"k{number}") is None
                    await other.put(f"k{number}", b"4", ttl_seconds=TTL)
                assert other._line._client.retry.get_retries() == 0
                sizes = [node.admin().dbsize() for node in nodes]
                assert (sum(sizes), min(sizes) > 0) == (20, True)
                for number in range(20):
                    store.delete(f"k{number}")

    def test_a_command_without_an_answer_is_not_sent_again(self, nodes) -> None:
        keys = [f"k{number}" for number in range(20)]
        with RedisStore(f"redis+cluster://127.0.0.1:{nodes[0].port}", timeout_seconds=0.1) as store:
            for key in keys:
                store.put(key, b"v", ttl_seconds=TTL)
            second = nodes[1]
            with second.admin() as admin:
                key = admin.keys()[0].removeprefix("wxauth:")
                admin.config_resetstat()
                second.pause()
                try:
                    with pytest.raises(StoreError):
                        store.take(key)
                finally:
                    second.resume()
                until(lambda: taken(admin) >= 1)
                assert (taken(admin), store.get(key)) == (1, None)
            assert store._line._client.retry.get_retries() == 0
            for key in keys:
                store.delete(key)

    def test_a_cluster_that_is_not_there_says_so(self) -> None:
        nowhere = f"redis+cluster://127.0.0.1:{free_port()}"
        with RedisStore(nowhere) as store, pytest.raises(StoreError, match=r"is the server running|are its nodes"):
            store.get("k")


def taken(admin: redis.Redis) -> int:
    """How many GETDELs have come."""
    return admin.info("commandstats").get("cmdstat_getdel", {}).get("calls", 0)


class TestSentinel:
    async def test_a_failover_is_followed_and_nothing_hangs(self) -> None:
        at_once = ("--repl-diskless-sync-delay", "0")
        with RedisServer(*at_once) as master, RedisServer("--replicaof", "127.0.0.1", str(master.port)) as replica:
            with replica.admin() as admin:
                until(lambda: admin.info("replication")["master_link_status"] == "up")
            with Sentinel(master) as sentinel:
                url = f"redis+sentinel://127.0.0.1:{sentinel.port}/mymaster/0"
                with RedisStore(url, timeout_seconds=0.5) as store:
                    async with AsyncRedisStore(url, timeout_seconds=0.5) as other:
                        store.put("k", b"v", ttl_seconds=TTL)
                        assert await other.get("k") == b"v"
                        with master.admin() as admin:
                            assert admin.wait(1, 2000) == 1
                        master.kill()
                        with pytest.raises(StoreError):
                            store.get("k")
                        until(lambda: answers(store), pause_seconds=0.05)
                        assert store.take("k") == b"v"
                        with pytest.raises(StoreError):
                            await other.get("k")  # its connection was to the old master
                        assert await other.add("k", b"w", ttl_seconds=TTL)

    def test_a_name_that_the_sentinels_do_not_know_is_a_store_error(self) -> None:
        nowhere = f"redis+sentinel://127.0.0.1:{free_port()}/mymaster"
        with RedisStore(nowhere) as store, pytest.raises(StoreError, match="mymaster by way of"):
            store.get("k")


def answers(store: RedisStore) -> bool:
    try:
        store.put("probe", b"v", ttl_seconds=TTL)
    except StoreError:
        return False
    return True


class Sentinel(RedisServer):
    """A sentinel that watches one master, and finds quickly that it has gone."""

    def __init__(self, master: RedisServer) -> None:
        super().__init__("--sentinel")
        self.master = master

    def start(self) -> None:
        lines = [
            f"port {self.port}",
            "bind 127.0.0.1",
            f"dir {self.folder}",
            f"unixsocket {self.folder}/redis.sock",
            f"sentinel monitor mymaster 127.0.0.1 {self.master.port} 1",
            "sentinel down-after-milliseconds mymaster 200",
            "sentinel failover-timeout mymaster 1000",
        ]
        file = self.folder / "sentinel.conf"
        file.write_text("\n".join(lines))
        self.process = subprocess.Popen([program("redis-server"), file, "--sentinel"], stdout=subprocess.DEVNULL)
        until(self._answers)
        with self.admin() as admin:
            until(lambda: admin.execute_command("SENTINEL", "REPLICAS", "mymaster"))


class TestTls:
    @pytest.fixture
    def authority(self, tmp_path):
        authority = trustme.CA()
        authority.cert_pem.write_to_path(tmp_path / "ca.pem")
        authority.issue_cert("127.0.0.1", "localhost").private_key_and_cert_chain_pem.write_to_path(tmp_path / "it.pem")
        return tmp_path

    @pytest.mark.parametrize("scheme", ["rediss", "valkeys", "rediss+cluster"])
    async def test_tls_is_spoken_and_the_certificate_checked(self, authority, scheme) -> None:  # G6
        files = ["--tls-cert-file", "it.pem", "--tls-key-file", "it.pem", "--tls-ca-cert-file", "ca.pem"]
        options = [part if part.startswith("--") else f"{authority}/{part}" for part in files]
        port = free_port()
        alone = ["--cluster-enabled", "yes", "--cluster-port", str(free_port()), "--tls-cluster", "yes"]
        cluster = alone if "cluster" in scheme else []
        with RedisServer(*options, *cluster, "--tls-port", str(port), "--tls-auth-clients", "no") as server:
            if cluster:
                with server.admin() as admin:
                    admin.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
                    until(lambda: "cluster_state:ok" in str(admin.execute_command("CLUSTER", "INFO")))
            url = f"{scheme}://127.0.0.1:{port}"
            with RedisStore(f"{url}?ssl_ca_certs={authority}/ca.pem") as store:
                assert store.add("k", b"v", ttl_seconds=TTL)
            async with AsyncRedisStore(f"{url}?ssl_ca_certs={authority}/ca.pem") as other:
                assert await other.take("k") == b"v"
            with RedisStore(url) as store, pytest.raises(StoreError):
                store.get("k")
            async with AsyncRedisStore(url) as other:
                with pytest.raises(StoreError):
                    await other.get("k")
