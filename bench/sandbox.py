"""`sandbox`: how soon the local WeChat is there and gone, what a world costs, and how many calls it answers."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import msgspec

from bench import hello
from bench.load import load
from bench.report import Row, Target
from bench.rounds import OURS
from bench.sandbox_process import NICKNAME, body, process, sandbox
from bench.startup import bare_python_ms
from wxauth.sandbox.wished_world import wished_world
from wxauth.sandbox.worlds import Worlds

MOST_START_MS = 500.0
MOST_WORLD_MS = 5.0
MOST_STOP_MS = 100.0
LEAST_CALLS_PER_SECOND = 8000.0
LEAST_OF_HELLO = 0.5
WORLDS_A_TURN = 100
HELLO = "Starlette hello, same server"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A server under load.

    Args:
        name: as in the table.
        url: what is asked for.
        check: whether an answer is what it should be.
    """

    name: str
    url: str
    check: Callable[[bytes], bool]


def life_rows(*, rounds: int) -> list[Row]:
    """From the start of the process to the code of the first sign-in, and from SIGTERM to its end, in wall time."""
    bare, starts, stops = bare_python_ms(rounds=rounds), list[float](), list[float]()
    for turn in range(rounds + 1):
        start, stop = _life_ms()
        if turn:
            starts.append(start)
            stops.append(stop)
    ratio = median(own / other for own, other in zip(starts, bare, strict=True))
    return [
        Row(name="sandbox start", peer="bare Python", value=median(bare), unit="ms wall", ratio=ratio),
        _own_row("sandbox start", starts, most=MOST_START_MS),
        _own_row("sandbox stop", stops, most=MOST_STOP_MS),
    ]


def _life_ms() -> tuple[float, float]:
    started = time.perf_counter()
    with sandbox() as running:
        running.code()
        answered = time.perf_counter()
        running.process.terminate()
        if running.process.wait():
            raise SystemExit(f"the sandbox ended with {running.process.returncode}")
        stopped_ms = (time.perf_counter() - answered) * 1000
    return (answered - started) * 1000, stopped_ms


def world_rows(*, rounds: int) -> list[Row]:
    """A world of its own for a test, made, taken in and removed as the `wechat` fixture does it, in wall time."""
    worlds = Worlds()
    times = [_world_ms(worlds, turn) for turn in range(rounds + 1)]
    return [_own_row("sandbox world", times[1:], most=MOST_WORLD_MS)]


def _world_ms(worlds: Worlds, turn: int) -> float:
    gc.collect()
    started = time.perf_counter()
    for number in range(WORLDS_A_TURN):
        worlds.remove(worlds.add(wished_world(f"turn {turn}, world {number}", {})))
    return (time.perf_counter() - started) / WORLDS_A_TURN * 1000


def call_rows(*, rounds: int, server_core: int | None) -> list[Row]:
    """Calls of `sns/userinfo` that one process answers in a second, beside a bare hello on the same server."""
    program = load()
    with ExitStack() as stack:
        asked = [stack.enter_context(_userinfo(server_core)), stack.enter_context(_hello(server_core))]
        rates = [list[float]() for _ in asked]
        for turn in range(rounds + 1):
            for place in (0, 1) if turn % 2 else (1, 0):
                rate = program.calls_per_second(asked[place].url)
                _check(asked[place])
                rates[place] += [rate] if turn else []
    ratio = median(own / other for own, other in zip(*rates, strict=True))
    unit = f"calls/s by {program.name}"
    targets = (Target(of="value", least=LEAST_CALLS_PER_SECOND), Target(of="ratio", least=LEAST_OF_HELLO))
    return [
        Row(name="sandbox userinfo", peer=each.name, value=median(taken), unit=unit, ratio=above, target=target)
        for each, taken, above, target in zip(asked, rates, (1.0, ratio), targets, strict=True)
    ]


@contextmanager
def _userinfo(core: int | None) -> Generator[Asked]:
    with sandbox(core=core) as running:
        url = running.said.url + running.userinfo_path()
        yield Asked(name=OURS, url=url, check=_is_profile)


def _is_profile(answer: bytes) -> bool:
    return msgspec.json.decode(answer, type=dict[str, object]).get("nickname") == NICKNAME


@contextmanager
def _hello(core: int | None) -> Generator[Asked]:
    script = str(Path(__file__).with_name("hello.py"))
    with process((sys.executable, script), core=core) as (_, line):
        yield Asked(name=HELLO, url=f"{line.decode().strip()}/", check=lambda answer: answer == hello.HELLO.encode())


def _check(asked: Asked) -> None:
    """See that what was counted was not refusals: whatever goes wrong under load lasts for longer than a turn."""
    parts = urlsplit(asked.url)
    connection = HTTPConnection(parts.netloc, timeout=10)
    try:
        if not asked.check(body(connection, f"{parts.path}?{parts.query}")):
            raise SystemExit(f"{asked.name} no longer answers {parts.path} as it should")
    finally:
        connection.close()


def _own_row(name: str, times: Sequence[float], *, most: float) -> Row:
    target = Target(of="value", most=most)
    return Row(name=name, peer=OURS, value=median(times), unit="ms wall", ratio=1.0, target=target)
