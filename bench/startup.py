"""`import` and `help`: what a process pays before it does anything."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from bench.report import Row, Target

MOST_IMPORT_MS = 60.0
MOST_HELP_MS = 150.0


def import_rows(*, rounds: int) -> list[Row]:
    """What `import wxauth` adds to bare Python, in wall time."""
    bare, whole = _wall_ms([[sys.executable, "-c", "pass"], [sys.executable, "-c", "import wxauth"]], rounds=rounds)
    added = median(own - other for own, other in zip(whole, bare, strict=True))
    ratio = median(own / other for own, other in zip(whole, bare, strict=True))
    return [
        Row(name="import", peer="bare Python", value=median(bare), unit="ms wall", ratio=ratio),
        Row(
            name="import own cost",
            peer="bare Python",
            value=added,
            unit="ms wall",
            target=Target(of="value", most=MOST_IMPORT_MS),
        ),
    ]


def help_rows(*, rounds: int) -> list[Row]:
    """How soon `wxauth --help` is done, in wall time."""
    command = str(Path(sys.executable).with_name("wxauth"))
    bare, shown = _wall_ms([[sys.executable, "-c", "pass"], [command, "--help"]], rounds=rounds)
    ratio = median(own / other for own, other in zip(shown, bare, strict=True))
    return [
        Row(name="help", peer="bare Python", value=median(bare), unit="ms wall", ratio=ratio),
        Row(
            name="help",
            peer="wxauth",
            value=median(shown),
            unit="ms wall",
            ratio=1.0,
            target=Target(of="value", most=MOST_HELP_MS),
        ),
    ]


def bare_python_ms(*, rounds: int) -> list[float]:
    """Wall time of a Python that does nothing."""
    return _wall_ms([[sys.executable, "-c", "pass"]], rounds=rounds)[0]


def _wall_ms(commands: Sequence[Sequence[str]], *, rounds: int) -> list[list[float]]:
    """Wall time of each command, in rounds; a first round fills the caches and is dropped."""
    times: list[list[float]] = [[] for _ in commands]
    for turn in range(rounds + 1):
        for command, taken in zip(commands, times, strict=True):
            started = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
            if turn:
                taken.append((time.perf_counter() - started) * 1000)
    return times
