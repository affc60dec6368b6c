"""The pytest plugin: a fresh world for each test that asks for one. It imports nothing heavy until a test does."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from wxauth.sandbox.clock import Clock
    from wxauth.sandbox.fresh_world import FreshWorld
    from wxauth.sandbox.serve import Running

MARKER = (
    "wechat(appid=..., people=[...], at=..., frozen=True, switches={...}, faults=[...]): "
    "the world of the wechat fixture; at is like '2026-01-01T00:00:00Z', people are names, faults presets or pairs"
)
NEEDED = ("uvicorn", "starlette", "jinja2")
STRAYS = 2**40 - 1
"""The number of the account that calls of no test's world end up at."""

_FRESH = pytest.StashKey["FreshWorld"]()


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", MARKER)


@pytest.fixture(scope="session")
def wechat_server() -> Iterator[Running]:
    """The sandbox that all tests of this process share, on a free port: .url, .worlds. Tests want ``wechat``."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        needs = f"the wechat fixtures need the sandbox ({', '.join(missing)} not installed)"
        pytest.fail(f'{needs}: pip install "wxauth[sandbox]"', pytrace=False)
    from wxauth.sandbox.accounts import numbered_account
    from wxauth.sandbox.serve import running
    from wxauth.sandbox.world import World
    from wxauth.sandbox.worlds import Worlds

    strays = World(accounts=[numbered_account(STRAYS, name="nobody's account")])
    with running(Worlds(strays)) as server:
        yield server


@pytest.fixture
def wechat(request: pytest.FixtureRequest, wechat_server: Running) -> Iterator[FreshWorld]:
    """A local WeChat for this test alone: .url, .appid, .secret, .environ, .code(person), .callback(person, link),
    .openid(person), .clock, .faults, .journal, .assert_called(operation, times=...), .world.
    """
    from wxauth.sandbox.fresh_world import FreshWorld
    from wxauth.sandbox.wished_world import wished_world

    try:
        world = wechat_server.worlds.add(wished_world(request.node.nodeid, _wishes(request.node)))
    except ValueError as error:
        raise pytest.fail.Exception(f"@pytest.mark.wechat: {error}", pytrace=False) from None
    strays = wechat_server.world.journal.entries()
    fresh = FreshWorld(server=wechat_server, world=world, first_stray=strays[-1].number + 1 if strays else 1)
    request.node.stash[_FRESH] = fresh
    yield fresh
    wechat_server.worlds.remove(world)


@pytest.fixture
def wechat_clock(wechat: FreshWorld) -> Clock:
    """The clock of this test's world: .freeze(), .advance(minutes=6), .set(unix), .resume(), .now()."""
    return wechat.clock


@pytest.fixture
def wechat_environ(wechat: FreshWorld, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The WXAUTH_* variables that point an app at this test's world, set for as long as the test lasts."""
    for name, value in wechat.environ.items():
        monkeypatch.setenv(name, value)
    return wechat.environ


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the journal with a failure, unless the failure itself shows it."""
    report = yield
    fresh = item.stash.get(_FRESH, None)
    if fresh is not None and call.excinfo is not None and report.failed:
        journal = fresh.journal_text()
        if journal not in str(call.excinfo.value):
            report.sections.append(("wechat journal", journal))
    return report


def _wishes(item: pytest.Item) -> dict[str, Any]:
    """What the markers of a test wish, the nearest one last so that it wins."""
    wishes: dict[str, Any] = {}
    for marker in reversed(list(item.iter_markers("wechat"))):
        if marker.args:
            raise ValueError(f"everything has a name here, such as people=[...]; {marker.args[0]!r} has none")
        wishes |= marker.kwargs
    return wishes
