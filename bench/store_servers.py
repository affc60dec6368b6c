"""A Redis and a PostgreSQL for the bench, each in a folder of its own, reached through a socket."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

PATIENCE_SECONDS = 20


def program(name: str) -> str | None:
    """Where a server's program is, None where it is not installed."""
    newest_first = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return shutil.which(name, path=os.pathsep.join([*map(str, newest_first), os.environ.get("PATH", "")]))


@contextmanager
def redis_server() -> Generator[str]:
    """The url of a Redis that keeps nothing."""
    with _folder() as folder:
        files = ["--unixsocket", f"{folder}/redis.sock", "--dir", str(folder), "--save", ""]
        with _running([str(program("redis-server")), "--port", "0", *files], folder / "redis.sock"):
            yield f"unix://{folder}/redis.sock"


@contextmanager
def postgres_server() -> Generator[str]:
    """The url of a PostgreSQL that does not wait for the disk."""
    with _folder() as folder:
        user = "postgres" if os.geteuid() == 0 else None  # it refuses to run as root
        if user is not None:
            shutil.chown(folder, user)
        create = [str(program("initdb")), "-D", f"{folder}/data", "--no-sync", "-A", "trust", "-U", "wxauth"]
        subprocess.run(create, check=True, stdout=subprocess.DEVNULL, cwd=folder, user=user, group=user)
        options = ["-k", str(folder), "-c", "listen_addresses=", "-c", "fsync=off"]
        serve = [str(program("postgres")), "-D", f"{folder}/data", *options]
        with _running(serve, folder / ".s.PGSQL.5432", user=user):
            yield f"postgresql://wxauth@/postgres?host={folder}"


@contextmanager
def _folder() -> Generator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="wxauth-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(command: Sequence[str], socket: Path, *, user: str | None = None) -> Generator[None]:
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(command, cwd=socket.parent, user=user, group=user, stdout=quiet, stderr=quiet)
    try:
        _wait_for(lambda: socket.exists())
        time.sleep(0.5)  # PostgreSQL has its socket a little before it answers
        yield
    finally:
        server.terminate()
        server.wait()


def _wait_for(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise SystemExit("a server for the bench does not start")
        time.sleep(0.01)
