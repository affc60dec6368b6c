"""The examples work, and the first one is what the tutorial builds."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path

import pytest
from markdown_pages import ROOT, blocks
from newcomer import sign_in_over_asgi

from wxauth.sandbox.serve import Running

EXAMPLES = sorted((ROOT / "examples").glob("*/app.py"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.parent.name)
async def test_somebody_signs_in_to_the_example(example: Path, reader: Path, sandbox: Running) -> None:
    answer = await sign_in_over_asgi(_load(example).app, person="小明")
    assert answer.json() == {"openid": sandbox.world.openid(sandbox.world.person("小明")), "nickname": "小明🎉"}


def test_the_fastapi_example_is_what_the_tutorial_builds() -> None:
    tutorial = ROOT / "docs" / "tutorial" / "first-sign-in.md"
    built = next(block.text for block in blocks(tutorial) if block.text.startswith("# app.py"))
    example = (ROOT / "examples" / "fastapi" / "app.py").read_text(encoding="utf-8")
    assert _without_docstrings(built) == _without_docstrings(example)


def test_every_example_has_a_page_that_says_how_to_run_it() -> None:
    assert EXAMPLES
    assert all((example.parent / "README.md").is_file() for example in EXAMPLES)


def _load(path: Path):
    found = importlib.util.spec_from_file_location(f"example_{path.parent.name}", path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def _without_docstrings(text: str) -> str:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef) and ast.get_docstring(node) is not None:
            del node.body[0]
    return ast.unparse(tree)
