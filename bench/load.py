"""How many calls a second a server answers: by wrk, and where that is missing, by a client of our own."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

CONNECTIONS = 16
SECONDS = 1
"""How long one turn of load lasts: the least that wrk does."""
END_OF_HEAD = b"\r\n\r\n"
CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A program that asks as fast as it is answered, over connections kept alive.

    Args:
        name: as in the table.
        calls_per_second: asks for an address again and again, for SECONDS; SystemExit when a call fails.
    """

    name: str
    calls_per_second: Callable[[str], float]


def load() -> Load:
    """The load there is on this machine."""
    wrk = shutil.which("wrk")
    if wrk is None:
        return Load(name="own asyncio client", calls_per_second=lambda url: asyncio.run(_own(url)))
    return Load(name="wrk", calls_per_second=lambda url: _wrk(wrk, url))


def _wrk(wrk: str, url: str) -> float:
    script = str(Path(__file__).with_name("wrk.lua"))
    command = [wrk, "--threads=1", f"--connections={CONNECTIONS}", f"--duration={SECONDS}s", f"--script={script}", url]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    calls, microseconds, failed = map(int, done.stdout.splitlines()[-1].split())
    if failed:
        raise SystemExit(f"{failed} of {calls} calls under load failed")
    return calls / microseconds * 1e6


class Caller(asyncio.Protocol):
    """One connection, over which the same call is made as soon as the last one is answered.

    Attributes:
        calls: how many were answered.
        failure: what went wrong, empty when nothing did.
    """

    def __init__(self, request: bytes) -> None:
        self.calls = 0
        self.failure = ""
        self._request = request
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(END_OF_HEAD)
        length = CONTENT_LENGTH.search(head)
        if end and (length is None or not head.startswith(b"HTTP/1.1 200 ")):
            self.failure = head.partition(b"\r\n")[0].decode("latin-1")
            self._transport.close()
        elif length is not None and end and len(body) >= int(length[1]):
            self.calls += 1
            self._received = b""
            self._transport.write(self._request)

    def connection_lost(self, exc: Exception | None) -> None:
        self.failure = self.failure or "the server hung up"

    def stop(self) -> int:
        """Make no more calls; returns how many were answered."""
        if self.failure:
            raise SystemExit(f"a call under load failed: {self.failure}")
        self._transport.abort()
        return self.calls


async def _own(url: str) -> float:
    parts = urlsplit(url)
    request = f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode()
    callers = [await _connected(parts.hostname or "", parts.port or 80, request) for _ in range(CONNECTIONS)]
    before, started = sum(caller.calls for caller in callers), time.perf_counter()
    await asyncio.sleep(SECONDS)
    seconds = time.perf_counter() - started
    return (sum(caller.stop() for caller in callers) - before) / seconds


async def _connected(host: str, port: int, request: bytes) -> Caller:
    _, caller = await asyncio.get_running_loop().create_connection(lambda: Caller(request), host, port)
    return caller
