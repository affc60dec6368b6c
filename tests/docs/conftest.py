"""What the tests of the pages share: a sandbox, and the environment that the pages tell the reader to set."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from wxauth.sandbox.serve import Running, running


@pytest.fixture
def sandbox() -> Iterator[Running]:
    with running() as started:
        yield started


@pytest.fixture
def reader(sandbox: Running, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A reader who has followed steps 2 and 4 of the tutorial, in an empty folder."""
    account = sandbox.world.account
    monkeypatch.setenv("WXAUTH_SANDBOX_URL", sandbox.url)
    monkeypatch.setenv("WXAUTH_APPID", account.appid)
    monkeypatch.setenv("WXAUTH_SECRET", account.secret)
    monkeypatch.setenv("WXAUTH_SECRET_KEY", "the pages' own 0123456789abcdefghijk")
    monkeypatch.chdir(tmp_path)
    return tmp_path
