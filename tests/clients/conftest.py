"""A sandbox on a socket, in its strictest reading, for clients that know nothing of it."""

from collections.abc import Iterator

import pytest

from wxauth.sandbox.serve import Running, running
from wxauth.sandbox.world import World


@pytest.fixture(scope="module")
def served() -> Iterator[Running]:
    with running(strict=True) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(served: Running, monkeypatch: pytest.MonkeyPatch) -> Running:
    """The sandbox in its first state, with the environment that the clients are told it by."""
    served.worlds.reset(served.world)
    monkeypatch.setenv("WXAUTH_SANDBOX_URL", served.url)
    monkeypatch.setenv("NO_PROXY", "*")
    return served


@pytest.fixture
def world(sandbox: Running) -> World:
    return sandbox.world
