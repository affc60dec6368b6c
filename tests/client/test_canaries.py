"""No call, in no trouble, writes a secret: not to a log at any level, a traceback, a repr, or the store's file."""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from canaries import CALLS, CANARIES, answer, hidden
from loopback import Behaviour, Server, answering, http, read_request

HERE = Path(__file__).parent


def target(request: bytes) -> str:
    return request.split(b" ", 2)[1].decode()


def told(request: bytes) -> str:
    """What was sent, as a server may repeat it: the address, and the body without its bracket."""
    return f"{target(request)} {request.partition(b'{')[2].decode()}"


def hang(connection: Any, server: Server) -> None:
    read_request(connection)
    server.over.wait(10)


def reset(connection: Any, server: Server) -> None:
    read_request(connection)


def good(request: bytes) -> bytes:
    return http(answer(urlsplit(target(request)).path))


def refusing(errcode: object) -> Callable[[bytes], bytes]:
    return lambda request: http({"errcode": errcode, "errmsg": f"no {told(request)}, rid: {told(request)}"})


TROUBLES: dict[str, Behaviour] = {
    "busy": answering(refusing(-1)),
    "a dead token": answering(refusing(40001)),
    "a wrong secret": answering(refusing(40125)),
    "a used code": answering(refusing(40163)),
    "an unknown errcode": answering(refusing(99999)),
    "an errcode that is none": answering(refusing(" ".join(CANARIES.values()))),
    "half an answer": answering(lambda request: http(answer(urlsplit(target(request)).path)[:-9])),
    "a page": answering(lambda request: http(f"<html>{told(request)}".encode())),
    "a server error": answering(lambda request: http(told(request).encode(), "500 Oops")),
    "a redirect": answering(lambda request: http(b"", "302 Found", f"Location: https://127.0.0.1{target(request)}")),
    "no HTTP": answering(lambda request: f"{told(request)}\r\n\r\n".encode()),
    "nothing": hang,
    "a hang-up": reset,
}


def written(folder: Path, colour: str, locals_too: str, urls: list[str]) -> bytes:
    """All bytes that the program writes, to its outputs and to files."""
    command = [sys.executable, HERE / "canaries.py", colour, locals_too, *urls]
    environ = {**os.environ, "PYTHONPATH": str(HERE)}
    program = subprocess.run(command, cwd=folder, env=environ, capture_output=True, check=False, timeout=100)
    assert program.returncode == 0, program.stderr[-2000:].decode()
    files = b"".join(file.read_bytes() for file in folder.iterdir())
    return program.stdout + program.stderr + files


@pytest.mark.parametrize("colour", ["sync", "async"])
def test_no_byte_that_is_written_holds_a_secret(tmp_path: Path, colour: str) -> None:  # H1
    assert len(CANARIES) >= 20
    with ExitStack() as servers:
        calm = servers.enter_context(Server(answering(good)))
        troubled = [servers.enter_context(Server(behaviour)) for behaviour in TROUBLES.values()]
        text = written(tmp_path, colour, "plain", [server.url for server in (calm, *troubled)])
        assert all(server.requests or server.behave in (hang, reset) for server in troubled)
    calls = sum(map(len, CALLS.values()))
    assert text.count(b"Traceback") > calls * len(TROUBLES)
    assert text.count(b"answer ") >= calls - 5
    assert [canary for canary in hidden() if canary.encode() in text] == []


@pytest.mark.parametrize("colour", ["sync", "async"])
def test_with_local_variables_a_traceback_shows_what_its_caller_passed_and_no_more(  # H1
    tmp_path: Path, colour: str
) -> None:
    with ExitStack() as servers:
        troubled = [servers.enter_context(Server(TROUBLES[name])) for name in TROUBLES if name != "nothing"]
        calm = servers.enter_context(Server(answering(good)))
        text = written(tmp_path, colour, "locals", [server.url for server in (calm, *troubled)]).decode(
            errors="replace"
        )
    secrets = list(hidden())
    hits = {line.strip() for line in text.splitlines() if any(secret in line for secret in secrets)}
    passed = {f"{name} = {CANARIES[what]!r}" for name, what in PASSED}
    assert hits == passed, "codes and tickets are plain texts, which their callers hold too"


PASSED = [
    ("code", "code"),
    ("code", "js code"),
    ("code", "phone code"),
    ("auth_code", "auth code"),
    ("ticket", "ticket"),
]
