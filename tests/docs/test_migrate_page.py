"""The names that stand side by side on the page about moving are those of wxauth and of wechatpy."""

import re
from importlib import import_module

import pytest
from markdown_pages import ROOT

import wxauth

PAGE = (ROOT / "docs" / "how-to" / "migrate.md").read_text(encoding="utf-8")
ROWS = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("| ") and "`" in line]
WECHATPY = ("oauth", "client", "client.api", "crypto", "component")
"""Modules of wechatpy in which its names are looked for."""


def names(cell: str) -> list[list[str]]:
    return [quoted.split(".") for quoted in re.findall(r"`(\w+\.\w+)`", cell)]


def own() -> list[list[str]]:
    return [name for row in ROWS for name in names(row[-1])]


def test_there_is_a_row_for_each_call() -> None:
    assert len(ROWS) > 20
    assert {len(row) for row in ROWS} == {5}


@pytest.mark.parametrize("name", own(), ids=".".join)
def test_a_name_of_wxauth_is_one(name: list[str]) -> None:
    assert hasattr(getattr(wxauth, name[0]), name[1])


@pytest.mark.parametrize("name", [name for row in ROWS for name in names(row[1])], ids=".".join)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_name_of_wechatpy_is_one(name: list[str]) -> None:
    modules = (import_module(f"wechatpy.{module}") for module in WECHATPY)
    kind = next(getattr(module, name[0]) for module in modules if hasattr(module, name[0]))
    assert hasattr(kind, name[1])
