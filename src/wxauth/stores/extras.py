"""What to install when the driver of a back end is missing."""

from __future__ import annotations

from types import TracebackType

from wxauth.errors import UsageError


class Needs:
    """Around imports of what an extra brings: a missing module becomes a UsageError that says what to install."""

    def __init__(self, extra: str) -> None:
        self._extra = extra

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, ModuleNotFoundError):
            problem = f"the module {error.name} is not installed; "
            raise UsageError(f'{problem}it comes with: pip install "wxauth[{self._extra}]"') from None
