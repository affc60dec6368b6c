"""`python -m bench`: measure, print a table, write JSON lines."""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench import aio, crowd, crowd_peers, sandbox, startup, stores, sync
from bench.cores import pin
from bench.report import Row, append, table
from bench.rounds import cpu_us_per_pair, rows
from bench.server import serving

OUT = Path(__file__).parent / "out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much a run measures.

    Args:
        rounds: how often each peer takes its turn.
        pairs: pairs of calls a turn.
        server_core: where the server runs; None to let the system choose.
    """

    rounds: int
    pairs: int
    server_core: int | None


def _sync(effort: Effort) -> list[Row]:
    with serving(core=effort.server_core) as origin, sync.peers(origin) as peers:
        return rows("sync", peers, cpu_us_per_pair(peers, rounds=effort.rounds, pairs=effort.pairs))


def _async(effort: Effort) -> list[Row]:
    with serving(core=effort.server_core) as origin, aio.peers(origin) as peers:
        return rows("async", peers, cpu_us_per_pair(peers, rounds=effort.rounds, pairs=effort.pairs))


def _crowd(effort: Effort) -> list[Row]:
    with serving(core=effort.server_core) as origin, crowd_peers.peers(origin) as peers:
        return crowd.rows(peers, crowd.measured(peers, rounds=effort.rounds, pairs=effort.pairs))


def _sandbox(effort: Effort) -> list[Row]:
    return [
        *sandbox.life_rows(rounds=effort.rounds),
        *sandbox.world_rows(rounds=effort.rounds),
        *sandbox.call_rows(rounds=effort.rounds, server_core=effort.server_core),
    ]


ENTRIES: Mapping[str, Callable[[Effort], list[Row]]] = {
    "sync": _sync,
    "async": _async,
    "crowd": _crowd,
    "import": lambda effort: startup.import_rows(rounds=effort.rounds),
    "help": lambda effort: startup.help_rows(rounds=effort.rounds),
    "sandbox": _sandbox,
    "stores": lambda effort: stores.store_rows(rounds=effort.rounds, commands=effort.pairs),
}


def main() -> None:
    """Run what was asked for."""
    options = _options().parse_args()
    _forget_proxies()
    effort = Effort(rounds=options.rounds, pairs=options.pairs, server_core=pin())
    where = "one core each for us and the server" if effort.server_core is not None else "cores not pinned"
    print(f"Python {platform.python_version()}, {where}, {effort.rounds} rounds of {effort.pairs} pairs")
    found = [row for name in options.only or ENTRIES for row in ENTRIES[name](effort)]
    print("", *table(found), sep="\n")
    path: Path = options.out / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.jsonl"
    append(found, path)
    print(f"\n{path}")


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Measure wxauth against its peers, in one run on this machine.",
        epilog="examples: python -m bench | python -m bench --only sync | python -m bench --rounds 15",
    )
    parser.add_argument("--only", action="append", choices=ENTRIES, metavar="NAME", help=f"one of {', '.join(ENTRIES)}")
    parser.add_argument("--rounds", type=_positive, default=7, help="turns of each peer (default %(default)s)")
    parser.add_argument("--pairs", type=_positive, default=300, help="pairs of calls a turn (default %(default)s)")
    parser.add_argument("--out", type=Path, default=OUT, help="folder of the JSON lines (default bench/out)")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("has to be 1 or more")
    return number


def _forget_proxies() -> None:
    """A proxy of the environment would come between some peers and the loopback server, and not others."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            del os.environ[name]


if __name__ == "__main__":
    main()
