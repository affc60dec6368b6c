"""The sandbox on a socket: in the foreground for the command, in a thread for tests and demos."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from secrets import token_hex
from threading import Event, Thread
from types import FrameType

from starlette.types import Scope
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import Server

from wxauth.sandbox.app import SandboxApp
from wxauth.sandbox.clock import pause
from wxauth.sandbox.world import World, Worlds

START_SECONDS = 10
TICK_SECONDS = 1
"""How often all clocks are looked at, in real time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A sandbox that answers.

    Attributes:
        url: its address, without a slash at the end.
        worlds: all its worlds.
    """

    url: str
    worlds: Worlds

    @property
    def world(self) -> World:
        """The default world."""
        return self.worlds.default


class PromptServer(Server):
    """A uvicorn server that starts and stops without uvicorn's waits: its main loop looks ten times a second whether to
    stop, and its shutdown sleeps a tenth of a second before it looks at the connections.
    """

    def __init__(self, worlds: Worlds, on_ready: Callable[[], None]) -> None:
        config = Config(
            SandboxApp(worlds, hang_up=self._hang_up),
            http=HttpToolsProtocol,
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
        )
        super().__init__(config)
        self._worlds = worlds
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


def address(listening: socket.socket) -> str:
    """The address a bound socket is reached at."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(
    worlds: Worlds | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 8911,
    strict: bool = False,
    on_ready: Callable[[Running], None],
) -> None:
    """Serve until SIGINT or SIGTERM.

    Args:
        worlds: by default one new world, whose codes and tokens differ from those of every earlier start.
        host: where to listen.
        port: where to listen; 0 for any free one.
        strict: of the default world, when it is made here.
        on_ready: called once the server answers.

    Raises:
        OSError: the port is taken, or the host is not this machine's.
    """
    listening = bind(host, port)
    worlds = worlds or Worlds(World(strict=strict, salt=token_hex(8)))
    running_here = Running(url=address(listening), worlds=worlds)
    PromptServer(worlds, lambda: on_ready(running_here)).run(sockets=[listening])


@contextmanager
def running(
    worlds: Worlds | None = None, *, host: str = "127.0.0.1", port: int = 0, strict: bool = False
) -> Generator[Running, None, None]:
    """Serve in a thread for as long as the block lasts.

    Args:
        worlds: by default one new world.
        host: where to listen.
        port: where to listen; 0 for any free one.
        strict: of the default world, when it is made here.
    """
    listening = bind(host, port)
    worlds = worlds or Worlds(World(strict=strict))
    ready = Event()
    server = PromptServer(worlds, ready.set)
    thread = Thread(target=server.run, kwargs={"sockets": [listening]}, name="wxauth-sandbox", daemon=True)
    thread.start()
    try:
        if not ready.wait(START_SECONDS):
            raise RuntimeError(f"the sandbox did not start within {START_SECONDS} s")
        yield Running(url=address(listening), worlds=worlds)
    finally:
        server.stop()
        thread.join(START_SECONDS)
