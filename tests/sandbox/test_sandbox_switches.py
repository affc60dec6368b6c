"""Switches: checked at birth, each one told apart from its neighbours."""

import ast
from dataclasses import fields
from pathlib import Path

import pytest

from wxauth.sandbox import switches
from wxauth.sandbox.switches import Switches

SANDBOX = Path(switches.__file__).parent


def test_an_errcode_the_sandbox_cannot_put_into_words_is_refused():
    with pytest.raises(ValueError, match="reused_code_errcode"):
        Switches(reused_code_errcode=1)


def test_a_negative_span_is_refused():
    with pytest.raises(ValueError, match="negative"):
        Switches(consent_waiver_seconds=-1)


def test_every_switch_is_read_somewhere_and_explained():
    body = next(node for node in ast.parse(Path(switches.__file__).read_text()).body if isinstance(node, ast.ClassDef))
    explained = {
        before.target.id
        for before, after in zip(body.body, body.body[1:], strict=False)
        if isinstance(before, ast.AnnAssign) and isinstance(after, ast.Expr)
    }
    elsewhere = "".join(path.read_text() for path in SANDBOX.rglob("*.py") if path.name != "switches.py")
    for switch in fields(Switches):
        assert switch.name in explained
        assert f"witches.{switch.name}" in elsewhere
