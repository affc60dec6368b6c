"""The example of tests runs, it is what the page builds, and the page leaves nothing of the fixtures out."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from console_blocks import matches
from markdown_pages import ROOT, blocks

from wxauth.sandbox.fresh_world import FreshWorld
from wxauth.sandbox.wished_world import WISHES

PAGE = ROOT / "docs" / "how-to" / "test-with-pytest.md"
EXAMPLE = ROOT / "examples" / "pytest"
FAILS = """
import json
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

@pytest.mark.wechat(at="2026-01-01T00:00:00Z", frozen=True)
def test_twice(wechat):
    asked = {"appid": wechat.appid, "secret": wechat.secret, "code": wechat.code("安")}
    asked["grant_type"] = "authorization_code"
    for _ in range(2):
        urlopen(f"{wechat.url}/sns/oauth2/access_token?{urlencode(asked)}").close()
    raise RuntimeError
"""


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    options = ["-q", "-W", "error", "-p", "no:cacheprovider", "-p", "no:hypothesispytest"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_the_tests_of_the_example_pass(tmp_path: Path) -> None:
    for file in EXAMPLE.glob("*.py"):
        shutil.copy(file, tmp_path)
    done = run(tmp_path)
    assert re.search(r"^4 passed", done.stdout, re.MULTILINE), done.stdout


@pytest.mark.parametrize("name", ["members.py", "test_members.py"])
def test_the_example_is_what_the_page_builds(name: str) -> None:
    built = next(block.text for block in blocks(PAGE) if block.text.startswith(f"# {name}\n"))
    assert without_docstrings(built) == without_docstrings((EXAMPLE / name).read_text(encoding="utf-8"))


def test_a_failure_looks_as_the_page_shows_it(tmp_path: Path) -> None:
    (tmp_path / "test_fails.py").write_text(FAILS, encoding="utf-8")
    printed = run(tmp_path).stdout
    shown = next(block.text for block in blocks(PAGE) if block.language == "text").split("\n", 1)[1]
    journal = printed.partition("- wechat journal -")[2].partition("\n")[2].partition("\n===")[0]
    assert matches(journal, shown), journal


def test_everything_of_a_fresh_world_has_a_row_and_there_is_no_other() -> None:
    methods = {name for name in dir(FreshWorld) if not name.startswith("_")}
    assert rows("## What a test gets") == methods - {"first_stray"}


def test_every_wish_has_a_row_and_there_is_no_other() -> None:
    assert rows("## What a test can wish for") == set(WISHES)


def rows(heading: str) -> set[str]:
    section = PAGE.read_text(encoding="utf-8").partition(heading)[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `(\w+)[^`]*` \|", section, re.MULTILINE))


def without_docstrings(text: str) -> str:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef) and ast.get_docstring(node) is not None:
            del node.body[0]
    return ast.unparse(tree)
