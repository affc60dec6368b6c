"""What every test shares."""

from collections.abc import Iterator

import pytest

pytest_plugins = ["pytester"]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def _found_by_these_tests_only(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Sandboxes that a test starts are not found by their user's commands, nor the user's by a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WXAUTH_SANDBOX_STATE", str(tmp_path_factory.mktemp("state")))
        yield
