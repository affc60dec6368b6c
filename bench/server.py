"""A WeChat that costs next to nothing: two fixed answers over keep-alive, in a process of its own.

Run as a script it prints its port and serves until its standard input ends.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

NICKNAME = "安 Ann"
OPENID = "oSBX-bench-0000000000000000A"
GRANT: Mapping[str, object] = {
    "access_token": "99_SBX" + "a" * 90,
    "expires_in": 7200,
    "refresh_token": "99_SBX" + "r" * 90,
    "openid": OPENID,
    "scope": "snsapi_userinfo",
    "unionid": "oSBX-bench-0000000000000000U",
}
PROFILE: Mapping[str, object] = {
    "openid": OPENID,
    "nickname": NICKNAME,
    "sex": 0,
    "language": "",
    "city": "",
    "province": "",
    "country": "",
    "headimgurl": "https://thirdwx.qlogo.cn/mmopen/vi_32/SBX" + "h" * 60 + "/132",
    "privilege": [],
    "unionid": GRANT["unionid"],
}


def _response(fields: Mapping[str, object]) -> bytes:
    """A response as the sns calls give it: JSON in UTF-8 with escaped slashes, called text/plain."""
    body = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/").encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


RESPONSES = {b"/sns/oauth2/access_token": _response(GRANT), b"/sns/userinfo": _response(PROFILE)}
NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
END_OF_HEAD = b"\r\n\r\n"


class Connection(asyncio.Protocol):
    """Answers each request by its path. The requests are GETs, so a request ends with its head."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._received = b""

    def data_received(self, data: bytes) -> None:
        *heads, self._received = (self._received + data).split(END_OF_HEAD)
        for head in heads:
            path = head.split(b" ", 2)[1].partition(b"?")[0]
            self._transport.write(RESPONSES.get(path, NOT_FOUND))


@contextmanager
def serving(*, core: int | None) -> Generator[str]:
    """Serve in another process, on another core than ours; yields the origin."""
    command = [sys.executable, str(Path(__file__)), *([] if core is None else [str(core)])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.stdin.close()


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    if sys.platform == "linux" and sys.argv[1:]:
        import os

        os.sched_setaffinity(0, {int(sys.argv[1])})
    asyncio.run(_serve())
