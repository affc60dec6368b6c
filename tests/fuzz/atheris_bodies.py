"""Atheris, guided by coverage, against every reader of protocol/: `python tests/fuzz/atheris_bodies.py --seconds 300`.

The first byte of an input says who reads the rest. Whatever is not documented ends the run with a trace and the input.
"""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import atheris

sys.path.insert(0, str(Path(__file__).parents[1]))  # where wire_examples.py is

with atheris.instrument_imports(include=["wxauth.protocol", "json"]):
    from readers import READERS, SEEDS

LONGEST_INPUT = 4096


def give(data: bytes) -> None:
    """One input."""
    if data:
        READERS[data[0] % len(READERS)].try_with(data[1:])


def main() -> None:
    options = argparse.ArgumentParser(description="Feed the readers of protocol/ with what atheris makes up.")
    options.add_argument("--seconds", type=int, default=20, help="how long (default %(default)s)")
    seconds = options.parse_args().seconds
    with TemporaryDirectory() as folder:
        for number, reader in enumerate(READERS):
            for other, seed in enumerate(SEEDS):
                if len(seed) < LONGEST_INPUT and (reader.name[:4] in ("push", "open") or other % 4 == number % 4):
                    (Path(folder) / f"{number}-{other}").write_bytes(bytes([number]) + seed)
        limits = [f"-max_total_time={seconds}", f"-max_len={LONGEST_INPUT}", "-timeout=10", "-print_final_stats=1"]
        atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={Path.cwd()}/", folder], give)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
