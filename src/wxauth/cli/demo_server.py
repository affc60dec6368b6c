"""The sample application on a socket, in a thread."""

from __future__ import annotations

import socket
from collections.abc import Generator
from contextlib import contextmanager
from threading import Thread

from starlette.types import ASGIApp
from uvicorn.config import Config
from uvicorn.server import Server

STOP_SECONDS = 5


@contextmanager
def serving(app: ASGIApp, listening: socket.socket) -> Generator[None]:
    """Serve an application for as long as the block lasts.

    Args:
        app: what to serve.
        listening: a bound socket. It listens before the server runs, so that an early visitor waits and is not refused.
    """
    listening.listen()
    server = Server(Config(app, log_config=None, access_log=False, ws="none"))
    thread = Thread(target=server.run, kwargs={"sockets": [listening]}, name="wxauth-demo", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(STOP_SECONDS)
