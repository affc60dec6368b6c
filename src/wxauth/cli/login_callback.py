"""The callback page of `wxauth login`: a server on loopback that waits for one person to come back."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from hmac import compare_digest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, SimpleQueue
from threading import Thread
from typing import ClassVar
from urllib.parse import urlsplit

from wxauth.cli.exit_status import Refused
from wxauth.protocol.authorize import Authorized, Denied, read_callback

PATH = "/callback"
SILENCE_SECONDS = 5
"""Browsers open connections in advance and say nothing on them."""
PAGE = """<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>wxauth login</title><body style="font-family: system-ui; margin: 15vh auto; max-width: 30em; padding: 0 1em">
<h1 style="font-size: 1.3em">{0}</h1><p>{1}</p>"""
TEXTS = {
    200: ("登录完成，可以关闭此页 · You are back", "The terminal shows who you are. 请回到终端查看结果。"),
    400: (
        "这不是本次登录的回调 · Not the callback of this sign-in",
        "Open the link that the terminal shows. 请打开终端中的链接。",
    ),
    404: ("没有这个页面 · Nothing here", ""),
}


class Callbacks:
    """What comes back, and for which state.

    Args:
        state: of the link. What comes back with another one is refused, and the waiting goes on: somebody else's code
            would sign a stranger in.
    """

    def __init__(self, state: str) -> None:
        self._state = state
        self._came: SimpleQueue[Authorized | Denied] = SimpleQueue()

    def take(self, address: str) -> int:
        """Take a callback; the status of the answer."""
        parts = urlsplit(address)
        if parts.path != PATH:
            return 404
        callback = read_callback(parts.query)
        if not isinstance(callback, Authorized | Denied) or not self._is_own(callback.state):
            return 400
        self._came.put(callback)
        return 200

    def _is_own(self, state: str) -> bool:
        return compare_digest(state.encode("utf-8", "replace"), self._state.encode())

    def wait(self, seconds: float) -> Authorized | Denied | None:
        """The first callback, None when nobody came in time. Short waits, so that Ctrl-C is heard."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            try:
                return self._came.get(timeout=min(left, 0.2))
            except Empty:
                continue
        return None


@contextmanager
def listening(callbacks: Callbacks, port: int) -> Generator[str]:
    """Serve the callback page for as long as the block lasts; its address.

    Raises:
        Refused: the port is taken, or not for us.
    """

    class Page(_Page):
        taken = callbacks

    with _bound(port, Page) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="wxauth-login", daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{PATH}"
        finally:
            server.shutdown()
            thread.join()


def _bound(port: int, page: type[_Page]) -> ThreadingHTTPServer:
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), page)
    except OSError as error:
        raise Refused(
            f"cannot listen on 127.0.0.1:{port}: {error.strerror}; name another --port   端口不可用，请换一个"
        ) from None


class _Page(BaseHTTPRequestHandler):
    taken: ClassVar[Callbacks]
    timeout = SILENCE_SECONDS
    server_version = "wxauth"
    sys_version = ""

    def do_GET(self) -> None:
        status = self.taken.take(self.path)
        page = PAGE.format(*TEXTS[status]).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  http.server's name
        """Nothing: the line would hold the code."""
