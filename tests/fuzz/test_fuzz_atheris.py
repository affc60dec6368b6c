"""T10: atheris, guided by coverage, for 20 seconds; `make fuzz` lets it run for five minutes."""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

SECONDS = 300 if "FULL_TESTS" in os.environ else 20
SCRIPT = Path(__file__).with_name("atheris_bodies.py")


@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris is not installed: it has wheels for Linux only")
def test_what_atheris_makes_up_raises_documented_errors_only_and_soon(tmp_path: Path) -> None:
    command = [sys.executable, str(SCRIPT), "--seconds", str(SECONDS)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=SECONDS + 120, check=False)
    told = done.stderr.decode("utf-8", "replace") + done.stdout.decode("utf-8", "replace")
    assert done.returncode == 0, told[-5000:]
    assert int(re.search(r"number_of_executed_units: (\d+)", told)[1]) > 1000 * SECONDS
