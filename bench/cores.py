"""Which core does what: the measured side on the first, its server on the last."""

from __future__ import annotations

import os
import sys


def pin() -> int | None:
    """Keep this process on one core; returns the core for the server.

    None where cores cannot be chosen, or there is but one.
    """
    if sys.platform != "linux":
        return None
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        return None
    os.sched_setaffinity(0, {cores[0]})
    return cores[-1]


def give(core: int, pid: int) -> None:
    """Keep another process on one core, which `pin` has returned."""
    if sys.platform == "linux":
        os.sched_setaffinity(pid, {core})
