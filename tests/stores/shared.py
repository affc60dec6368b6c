"""What a store that processes share keeps to: races have one winner, and what was acknowledged outlives its writer."""

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conformance import FULL
from processes import COMMANDS, PROCESSES, race, together, write

from wxauth.stores.url import open_store

TTL = 600.0


class SharedStore:
    """A back end subclasses this with a fixture ``url``: of an empty store."""

    KEYS = 500 if FULL else 30
    WRITES = 500 if FULL else 100
    KILLS = 50 if FULL else 10

    @pytest.mark.parametrize("colour", ["sync", "async"])
    def test_of_several_processes_one_wins_each_key(self, url, colour) -> None:  # A3
        with open_store(url) as store:
            for name in ("take", "swap"):
                for number in range(self.KEYS):
                    store.put(f"{name}/{number}", b"v", ttl_seconds=TTL)
        by_key = list(zip(*together(race, url, colour, self.KEYS), strict=True))
        assert len(by_key) == len(COMMANDS) * self.KEYS
        assert [answers.count(b"v") for answers in by_key[: self.KEYS]] == [1] * self.KEYS
        assert [answers.count(True) for answers in by_key[self.KEYS :]] == [1] * self.KEYS * 2

    def test_an_empty_store_takes_the_writes_of_several_processes_at_once(self, url) -> None:  # T35
        assert together(write, url, self.WRITES) == [self.WRITES] * PROCESSES
        with open_store(url) as store:
            for process in range(PROCESSES):
                assert all(store.get(f"{process}/{number}") == b"%d" % number for number in range(self.WRITES))

    def test_a_killed_writer_loses_nothing_it_acknowledged(self, url) -> None:  # T37
        for kill in range(self.KILLS):
            acknowledged = write_and_be_killed(url, f"kill{kill}")
            with open_store(url) as store:
                lost = [number for number in acknowledged if store.get(f"kill{kill}/{number}") != b"%d" % number]
            assert not lost


def write_and_be_killed(url: str, prefix: str) -> list[int]:
    script = Path(__file__).with_name("processes.py")
    with subprocess.Popen([sys.executable, script, url, prefix], stdout=subprocess.PIPE) as writer:
        first = [int(writer.stdout.readline()) for _ in range(random.randint(1, 300))]
        writer.send_signal(signal.SIGKILL)
        return first + [int(line) for line in writer.stdout if line.endswith(b"\n")]
