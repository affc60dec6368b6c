"""Servers on the loopback address that behave, or do not, exactly as a test says; and both colours of a client."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import ssl
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Self

from wxauth.client.aiohttp import AiohttpTransport
from wxauth.client.transport import AsyncHttpTransport, HttpTransport
from wxauth.protocol.message import Request, Response

Behaviour = Callable[[socket.socket, "Server"], None]

GRANT = {
    "access_token": "ACCESS",
    "expires_in": 7200,
    "refresh_token": "REFRESH",
    "openid": "oAnn",
    "scope": "snsapi_userinfo",
}


def http(body: bytes | dict[str, Any] = b"{}", status: str = "200 OK", *headers: str) -> bytes:
    """A whole answer."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(raw)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + raw


def read_request(connection: socket.socket) -> bytes:
    """The next request of a connection; empty when it was closed."""
    received = b""
    with suppress(OSError):
        while b"\r\n\r\n" not in received:
            chunk = connection.recv(65536)
            if not chunk:
                return b""
            received += chunk
        while len(received) < _length(received):
            received += connection.recv(65536)
    return received


def _length(request: bytes) -> int:
    head, _, _ = request.partition(b"\r\n\r\n")
    told = re.search(rb"\r\nContent-Length: (\d+)", head)
    return len(head) + 4 + (int(told[1]) if told else 0)


def answering(answer: bytes | Callable[[bytes], bytes]) -> Behaviour:
    """Answers every request, keeping the connection."""

    def behave(connection: socket.socket, server: Server) -> None:
        while request := read_request(connection):
            server.requests.append(request)
            connection.sendall(answer if isinstance(answer, bytes) else answer(request))

    return behave


class Server:
    """A server with a thread for each connection; ``over`` is set when the test is over."""

    def __init__(self, behave: Behaviour, *, tls: ssl.SSLContext | None = None) -> None:
        self.behave, self.tls = behave, tls
        self.requests: list[bytes] = []
        self.connections: list[socket.socket] = []
        self.over = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self.threads = [threading.Thread(target=self._accept)]

    def __enter__(self) -> Self:
        self.threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        with suppress(OSError):  # wakes the accepting thread
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        self.threads[0].join()
        self.listener.close()
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        for thread in self.threads[1:]:
            thread.join()

    def _accept(self) -> None:
        while True:
            connection, _ = self.listener.accept()
            if self.over.is_set():
                connection.close()
                return
            self.connections.append(connection)
            self.threads.append(threading.Thread(target=self._serve, args=(connection,)))
            self.threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError):
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
                self.connections.append(connection)
            self.behave(connection, self)
            connection.close()


def request(url: str, operation: str = "sns/auth") -> Request:
    return Request(operation=operation, url=f"{url}/{operation}?access_token=SECRETTOKEN&openid=oAnn")


TRUSTS_NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Made in no time; the trust store of the operating system takes some 20 ms to read."""


TRANSPORTS = {"sync": HttpTransport, "async": AsyncHttpTransport, "aiohttp": AiohttpTransport}


class Caller:
    """A transport of either colour, or the one over aiohttp, called from a test that is not async."""

    def __init__(self, colour: str, ssl_context: ssl.SSLContext | None = TRUSTS_NOBODY) -> None:
        self.colour = colour
        self.transport = TRANSPORTS[colour](ssl_context=ssl_context)
        self.runner = asyncio.Runner()
        self.runner.get_loop()

    def send(self, request: Request, within_seconds: float = 5.0) -> Response:
        return self.finish(self.transport.send(request, within_seconds=within_seconds))

    def finish(self, result: Any) -> Any:
        return self.runner.run(result) if isinstance(result, Coroutine) else result

    def together(self, requests: list[Request], within_seconds: float) -> list[Any]:
        """Send them all at once; the answers and errors."""
        transport = self.transport
        if isinstance(transport, AsyncHttpTransport | AiohttpTransport):

            async def gather() -> list[Any]:
                calls = (transport.send(request, within_seconds=within_seconds) for request in requests)
                return await asyncio.gather(*calls, return_exceptions=True)

            return self.runner.run(gather())
        results: list[Any] = []

        def send(request: Request) -> None:
            try:
                results.append(transport.send(request, within_seconds=within_seconds))
            except Exception as error:
                results.append(error)

        threads = [threading.Thread(target=send, args=(request,)) for request in requests]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results

    def close(self) -> None:
        self.finish(self.transport.close())
        self.runner.close()
