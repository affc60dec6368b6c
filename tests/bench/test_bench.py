"""The bench: a small run of everything, and what it writes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.xdist_group("bench")  # so that the small run is made once
KEYS = ["name", "peer", "value", "unit", "ratio"]


def bench(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "bench", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> "tuple[str, list[dict[str, object]]]":
    out = tmp_path_factory.mktemp("bench")
    done = bench("--rounds", "1", "--pairs", "20", "--out", str(out))
    assert done.returncode == 0, done.stderr
    (file,) = out.glob("*.jsonl")
    return done.stdout, [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_every_json_line_has_the_same_keys(small):
    _, lines = small
    assert lines
    assert all(list(line) == KEYS for line in lines)
    assert all(isinstance(line["value"], float) for line in lines)
    assert all(line["ratio"] is None or line["ratio"] > 0 for line in lines)


def test_wxauth_stands_beside_every_peer(small):
    _, lines = small
    peers = {(line["name"], line["peer"]) for line in lines}
    assert peers >= {
        ("sync", "wxauth"),
        ("sync", "wechatpy"),
        ("sync", "httpx2.Client"),
        ("sync", "httpcore2 pool"),
        ("async", "wxauth"),
        ("async", "httpx2.AsyncClient"),
        ("async", "httpcore2 async pool"),
        ("sync own cost", "httpcore2 pool"),
        ("async own cost", "httpcore2 async pool"),
        ("crowd", "AsyncWeChat over aiohttp"),
        ("crowd", "AsyncWeChat"),
        ("crowd", "WeChat in threads"),
        ("crowd", "wechatpy in threads"),
        ("crowd", "social-auth-core in threads"),
        ("crowd", "Authlib with httpx, one client kept"),
        ("crowd", "Authlib with httpx, as it signs in"),
        ("crowd CPU", "bare aiohttp"),
        ("crowd CPU", "bare httpx2.AsyncClient"),
        ("crowd CPU", "bare httpx2.Client in threads"),
        ("import own cost", "bare Python"),
        ("help", "wxauth"),
        ("sandbox start", "bare Python"),
        ("sandbox start", "wxauth"),
        ("sandbox stop", "wxauth"),
        ("sandbox world", "wxauth"),
        ("sandbox userinfo", "wxauth"),
        ("sandbox userinfo", "Starlette hello, same server"),
        ("store redis get", "redis-py"),
        ("store async redis swap", "redis-py asyncio"),
        ("store postgres put", "psycopg connection"),
        ("store async postgres take", "psycopg AsyncConnection"),
    }


def test_the_table_says_of_every_target_whether_it_is_met(small):
    printed, _ = small
    promised = [line for line in printed.splitlines() if "<=" in line or ">=" in line]
    assert len(promised) == 33
    assert all(line.endswith(("met", "missed")) for line in promised)


def test_one_name_is_measured_alone(tmp_path: Path):
    assert bench("--only", "help", "--rounds", "1", "--out", str(tmp_path)).returncode == 0
    (file,) = tmp_path.glob("*.jsonl")
    assert {json.loads(line)["name"] for line in file.read_text(encoding="utf-8").splitlines()} == {"help"}


def test_an_unknown_name_is_refused_with_the_names_there_are():
    done = bench("--only", "speed")
    assert done.returncode == 2
    assert "sync" in done.stderr
