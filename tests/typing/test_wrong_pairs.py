"""What cannot work cannot be written: the type checkers find it before anything runs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

FILE = Path(__file__).with_name("wrong_pairs.py")
ROOT = Path(__file__).parents[2]


def lines_marked() -> set[int]:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return {number for number, line in enumerate(lines, 1) if line.endswith("# wrong")}


def test_mypy_refuses_every_wrong_pair_and_no_right_one() -> None:
    pytest.importorskip("mypy", reason="mypy is not installed")
    command = [sys.executable, "-m", "mypy", "--no-error-summary", "--hide-error-context", str(FILE)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = {int(number) for number in re.findall(r"wrong_pairs\.py:(\d+): error:", told.stdout)}
    assert found == lines_marked(), told.stdout + told.stderr
    assert len(found) > 20
