"""A bare Starlette hello on the server of the sandbox: the same uvicorn, loop, parser and settings.

Run as a script it prints its address and serves until it is told to stop.
"""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from wxauth.sandbox.serve import PromptServer, open_door
from wxauth.sandbox.worlds import Worlds

HELLO = "hello"


async def hello(_request: Request) -> PlainTextResponse:
    return PlainTextResponse(HELLO)


def _serve() -> None:
    door = open_door("127.0.0.1", 0, tls=False, ca_file=None, public_url=None)
    running = door.running(Worlds())
    server = PromptServer(running, door, lambda: print(running.url, flush=True))
    server.config.app = Starlette(routes=[Route("/", hello)])
    server.run(sockets=[door.listening])


if __name__ == "__main__":
    _serve()
