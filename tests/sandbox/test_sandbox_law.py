"""The laws of the room: what it imports, and who reads the time."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import wxauth.sandbox

ROOM = Path(wxauth.sandbox.__file__).parent
FILES = sorted(ROOM.rglob("*.py"))
REAL_TIME = re.compile(
    r"\btime\.(time|monotonic|perf_counter|sleep)|datetime\.(now|today|utcnow)|\bimport time\b|from time "
    r"|\b(asyncio|anyio)\.(sleep|timeout|wait_for|move_on_after|fail_after)|\bcall_later\b"
)


def imported(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module or "." for node in nodes if isinstance(node, ast.ImportFrom)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOM)))
def test_the_sandbox_imports_nothing_of_the_client_side(path):
    ours = {name for name in imported(path) if name.split(".")[0] in ("wxauth", "")}
    assert all(name.startswith("wxauth.sandbox") for name in ours)


@pytest.mark.parametrize("path", [path for path in FILES if path.name != "clock.py"], ids=lambda path: path.name)
def test_only_the_clock_reads_real_time(path):
    assert not REAL_TIME.search(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOM)))
def test_no_file_is_longer_than_500_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 500


def test_answering_a_call_needs_neither_starlette_nor_jinja2():
    """So the sandbox is up before the pages are loaded."""
    code = "import sys, wxauth.sandbox.app; print(sorted({'starlette', 'jinja2', 'uvicorn'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
