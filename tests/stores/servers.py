"""Real servers for the tests of stores: Redis and PostgreSQL, each in a folder of its own, on loopback and a socket.

Where their programs are missing, the tests that need them are skipped, and fail in CI.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

PATIENCE_SECONDS = 20
PASSWORD = "canary-5a4db0"
"""Of every server here; it must never be seen in a text."""


def program(name: str) -> str:
    """Where a server's program is."""
    newest_first = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which(name, path=os.pathsep.join([*map(str, newest_first), os.environ.get("PATH", "")]))
    if found is None:
        missing = f"{name} is not installed: apt-get install redis-server postgresql"
        if "CI" in os.environ:
            pytest.fail(missing)
        pytest.skip(missing)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(is_so, *, pause_seconds: float = 0.005):
    """Wait for another process, and answer what it says."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := is_so()):
        assert time.monotonic() < deadline, "the server does not get ready"
        time.sleep(pause_seconds)
    return found


class Server:
    """A server in a folder of its own."""

    def __init__(self, *options: str) -> None:
        self.options = options
        self.folder = Path(tempfile.mkdtemp(prefix="wxauth-"))
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *raised: object) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        raise NotImplementedError

    def kill(self) -> None:
        """As when the power fails: no last word, no tidying up."""
        if self.process is not None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()
            self.process = None

    def pause(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)


class RedisServer(Server):
    """Redis; with ``--appendonly yes --appendfsync always`` among the options it keeps what it acknowledged."""

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def socket_url(self) -> str:
        return f"unix://{self.folder}/redis.sock"

    def admin(self) -> redis.Redis:
        once = Retry(NoBackoff(), 0)
        return redis.Redis(unix_socket_path=f"{self.folder}/redis.sock", decode_responses=True, retry=once)

    def start(self) -> None:
        files = ["--dir", str(self.folder), "--unixsocket", f"{self.folder}/redis.sock", "--save", ""]
        command = [program("redis-server"), "--port", str(self.port), "--bind", "127.0.0.1", *files, *self.options]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        until(self._answers)

    def _answers(self) -> bool:
        assert self.process.poll() is None, "Redis gives up; it says why on its standard output"
        with suppress(redis.ConnectionError), self.admin() as admin:
            try:
                return admin.ping()
            except redis.AuthenticationError:
                return True
        return False


class PostgresServer(Server):
    """PostgreSQL, with a user ``wxauth`` who needs the password over TCP, and none over the socket.

    Without fsync, which is for a machine that dies: what a process has written outlives the process without it.
    """

    @property
    def url(self) -> str:
        return f"postgresql://wxauth:{PASSWORD}@127.0.0.1:{self.port}/postgres"

    @property
    def socket_url(self) -> str:
        return f"postgresql://wxauth@/postgres?host={self.folder}&port={self.port}"

    def admin(self) -> psycopg.Connection:
        return psycopg.connect(self.socket_url, autocommit=True)

    def start(self) -> None:
        data = self.folder / "data"
        if not data.exists():
            self._create(data)
        where = ["-D", data, "-k", self.folder, "-p", str(self.port), "-c", "listen_addresses=127.0.0.1"]
        command = [program("postgres"), *where, "-c", "max_connections=200", "-c", "fsync=off", *self.options]
        until(lambda: self._runs(command))

    def _create(self, data: Path) -> None:
        secret = self.folder / "password"
        secret.write_text(PASSWORD)
        if os.geteuid() == 0:
            for path in (self.folder, secret):
                shutil.chown(path, "postgres")
        rules = ["--auth-local=trust", "--auth-host=scram-sha-256", "--pwfile", secret, "-U", "wxauth"]
        command = [program("initdb"), "-D", data, "--no-sync", "--locale=C", "-E", "UTF8", *rules]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder, **_not_root())

    def _runs(self, command: list) -> bool:
        """Whether it answers; begun again if it gave up, since processes of one that was killed may still go."""
        if self.process is None or self.process.poll() is not None:
            log = (self.folder / "log").open("ab")
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, **_not_root())
            log.close()
        with suppress(psycopg.OperationalError), self.admin():
            return True
        return False


def _not_root() -> dict[str, object]:
    """PostgreSQL refuses to run as root."""
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
