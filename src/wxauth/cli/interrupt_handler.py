"""Ctrl-C as a wish: the first one asks a program to come to an end, the second one ends it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager


@contextmanager
def interrupts(stop: Callable[[], None]) -> Generator[None]:
    """Call ``stop`` at the first Ctrl-C or SIGTERM, for as long as the block lasts."""
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)

    def first() -> None:
        stop()
        for each in signals:
            loop.remove_signal_handler(each)

    try:
        for each in signals:
            loop.add_signal_handler(each, first)
    except (NotImplementedError, RuntimeError):  # Windows, or not the main thread: Ctrl-C is KeyboardInterrupt there
        yield
        return
    try:
        yield
    finally:
        for each in signals:
            loop.remove_signal_handler(each)
