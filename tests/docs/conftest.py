"""What the tests of the pages share: a sandbox, and the environment that the pages tell the reader to set."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from wxauth.sandbox.serve import Running, running
from wxauth.settings import OF_THE_SANDBOX, PREFIX


@pytest.fixture
def sandbox() -> Iterator[Running]:
    with running() as started:
        yield started


@pytest.fixture
def reader(sandbox: Running, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A reader who has followed steps 2 and 4 of the tutorial, in an empty folder."""
    account = sandbox.world.account
    for name in [name for name in os.environ if name.startswith(PREFIX) and name not in OF_THE_SANDBOX]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("WXAUTH_SANDBOX_URL", sandbox.url)
    monkeypatch.setenv("WXAUTH_APPID", account.appid)
    monkeypatch.setenv("WXAUTH_SECRET", account.secret)
    monkeypatch.setenv("WXAUTH_SECRET_KEY", "the pages' own 0123456789abcdefghijk")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]  # a file of the page, which the next page shall not find
