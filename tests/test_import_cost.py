"""``import wxauth`` is cheap: what is heavy is imported by who needs it."""

import subprocess
import sys
from statistics import median

import pytest

MAX_MILLISECONDS = 60
RUNS = 7
HEAVY = [
    "aiohttp",
    "anyio",
    "asyncio",
    "click",
    "fastapi",
    "h11",
    "httpcore2",
    "httpx2",
    "jinja2",
    "msgspec",
    "sqlite3",
    "ssl",
    "starlette",
    "truststore",
    "uvicorn",
]


def run(code: str, *options: str) -> str:
    command = [sys.executable, "-I", *options, "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def seconds(code: str) -> float:
    """Processor time of a whole fresh process, which a busy machine changes less than the clock on the wall."""
    return float(run(f"{code}; import time; print(time.process_time())"))


@pytest.mark.parametrize("heavy", HEAVY)
def test_the_package_brings_nothing_heavy(heavy: str, loaded: set[str]) -> None:
    assert heavy not in loaded


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The modules that ``import wxauth`` loads beyond those of a bare Python."""
    names = "import sys; print(*sys.modules)"
    return set(run(f"import wxauth; {names}").split()) - set(run(names).split())


def test_the_first_client_brings_the_transport_and_no_framework() -> None:
    names = set(run("from wxauth import WeChat, AsyncWeChat; import sys; print(*sys.modules)").split())
    assert "httpcore2" in names
    assert not names & {"starlette", "fastapi", "click", "jinja2", "uvicorn", "httpx2"}


def test_an_import_adds_less_than_60_ms_to_a_bare_python() -> None:
    pairs = [(seconds("pass"), seconds("import wxauth")) for _ in range(RUNS)]
    added = median(with_import for _, with_import in pairs) - median(bare for bare, _ in pairs)
    assert added * 1000 < MAX_MILLISECONDS
