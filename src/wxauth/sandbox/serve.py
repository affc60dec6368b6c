"""The sandbox on a socket: in the foreground for the command, in a thread for tests and demos."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from threading import Event, Thread
from types import FrameType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.types import Scope
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import Server

from wxauth.sandbox.app import SandboxApp
from wxauth.sandbox.clock import pause
from wxauth.sandbox.control.start import Start
from wxauth.sandbox.origin import read_public_url
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

if TYPE_CHECKING:
    from wxauth.sandbox.authority import Authority

START_SECONDS = 10
TICK_SECONDS = 1
"""How often all clocks are looked at, in real time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A sandbox that answers.

    Attributes:
        url: the address it listens at, without a slash at the end.
        worlds: all its worlds.
        public_url: the start of every address in its answers, when that does not follow from the request.
        ca_pem: the certificate to trust, when it is served over https.
        start: what tells it from every other sandbox.
    """

    url: str
    worlds: Worlds
    public_url: str | None = None
    ca_pem: str | None = None
    start: Start = field(default_factory=Start)

    @property
    def world(self) -> World:
        """The default world."""
        return self.worlds.default


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where a sandbox is entered.

    Attributes:
        listening: the bound socket.
        public_url: as in Running.
        hosts: what it is served for over https.
        authority: certifies that; None for http.
    """

    listening: socket.socket
    public_url: str | None = None
    hosts: tuple[str, ...] = ()
    authority: Authority | None = None

    def running(self, worlds: Worlds) -> Running:
        """The sandbox behind this door."""
        ca_pem = None if self.authority is None else self.authority.pem
        url = address(self.listening, scheme="http" if self.authority is None else "https")
        return Running(url=url, worlds=worlds, public_url=self.public_url, ca_pem=ca_pem)


class PromptServer(Server):
    """A uvicorn server that starts and stops without uvicorn's waits: its main loop looks ten times a second whether to
    stop, and its shutdown sleeps a tenth of a second before it looks at the connections.
    """

    def __init__(self, running_here: Running, door: Door, on_ready: Callable[[], None]) -> None:
        authority, hosts = door.authority, door.hosts
        config = Config(
            SandboxApp(
                running_here.worlds,
                hang_up=self._hang_up,
                public_url=running_here.public_url,
                ca_pem=running_here.ca_pem,
                start=running_here.start,
            ),
            ssl_context_factory=None if authority is None else lambda _config, _default: authority.context(hosts),
            http=HttpToolsProtocol,
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
        )
        super().__init__(config)
        self._worlds = running_here.worlds
        self._on_ready = on_ready
        self._stopping = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def main_loop(self) -> None:
        """Say that the server answers, and wait until it is told to stop; what falls due is done though nobody asks."""
        self._loop = asyncio.get_running_loop()
        self._on_ready()
        while await pause(TICK_SECONDS, unless=self._stopping.wait()):
            for world in self._worlds:
                world.clock.now()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening and drop the connections, which hold nothing worth a wait."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            if isinstance(connection, HttpToolsProtocol):
                connection.transport.abort()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop at a signal, and do not raise it again afterwards as uvicorn does."""
        self.stop()

    def stop(self) -> None:
        """Tell the server to stop, from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)

    def _hang_up(self, scope: Scope) -> None:
        """Break a connection off as a dying server does: by a reset, with nothing sent."""
        for connection in list(self.server_state.connections):
            if isinstance(connection, HttpToolsProtocol) and connection.client == scope["client"]:
                taken = connection.transport.get_extra_info("socket")
                taken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.transport.abort()


def bind(host: str, port: int) -> socket.socket:
    """Take the port before anything else, so that nobody comes in between; raises OSError when it is taken.

    Args:
        host: a name or address.
        port: 0 for any free one.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except OSError:
        listening.close()
        raise
    return listening


def address(listening: socket.socket, *, scheme: str = "http") -> str:
    """The address a bound socket is reached at."""
    host, port = listening.getsockname()[:2]
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def open_door(host: str, port: int, *, tls: bool, ca_file: Path | None, public_url: str | None) -> Door:
    """Bind, and make the authority that is wanted; see serve for what it raises."""
    public_url = None if public_url is None else read_public_url(public_url)
    if not tls:
        return Door(listening=bind(host, port), public_url=public_url)
    from wxauth.sandbox.authority import Authority, hosts_of

    hosts = hosts_of(host, None if public_url is None else urlsplit(public_url).hostname)
    authority = Authority.new(hosts) if ca_file is None else Authority.kept(ca_file, hosts)
    return Door(listening=bind(host, port), public_url=public_url, hosts=hosts, authority=authority)


def serve(
    worlds: Worlds | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 8911,
    strict: bool = False,
    tls: bool = False,
    ca_file: Path | None = None,
    public_url: str | None = None,
    on_ready: Callable[[Running], None],
) -> None:
    """Serve until SIGINT or SIGTERM.

    Args:
        worlds: by default one new world, whose codes and tokens differ from those of every earlier start.
        host: where to listen.
        port: where to listen; 0 for any free one.
        strict: of the default world, when it is made here.
        tls: https instead of http, for WeChat's names too, with an authority of its own.
        ca_file: keeps that authority from one start to the next.
        public_url: the start of every address in the answers, as ``https://wechat.test:8911``; by default what
            the sandbox was asked as.
        on_ready: called once the server answers.

    Raises:
        OSError: the port is taken, the host is not this machine's, or ca_file cannot be read or written.
        ValueError: public_url is more or less than scheme, host and port, or ca_file is not to be used.
    """
    door = open_door(host, port, tls=tls, ca_file=ca_file, public_url=public_url)
    running_here = door.running(worlds or Worlds(World(strict=strict, salt=token_hex(8))))
    PromptServer(running_here, door, lambda: on_ready(running_here)).run(sockets=[door.listening])


@contextmanager
def running(
    worlds: Worlds | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    strict: bool = False,
    tls: bool = False,
    public_url: str | None = None,
) -> Generator[Running, None, None]:
    """Serve in a thread for as long as the block lasts.

    Args:
        worlds: by default one new world.
        host: where to listen.
        port: where to listen; 0 for any free one.
        strict: of the default world, when it is made here.
        tls: https instead of http, for WeChat's names too; `Running.ca_pem` is what to trust.
        public_url: the start of every address in the answers; by default what the sandbox was asked as.
    """
    door = open_door(host, port, tls=tls, ca_file=None, public_url=public_url)
    running_here = door.running(worlds or Worlds(World(strict=strict)))
    ready = Event()
    server = PromptServer(running_here, door, ready.set)
    thread = Thread(target=server.run, kwargs={"sockets": [door.listening]}, name="wxauth-sandbox", daemon=True)
    thread.start()
    try:
        if not ready.wait(START_SECONDS):
            raise RuntimeError(f"the sandbox did not start within {START_SECONDS} s")
        yield running_here
    finally:
        server.stop()
        thread.join(START_SECONDS)
