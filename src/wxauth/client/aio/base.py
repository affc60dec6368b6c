"""What every client that awaits has: an account, where WeChat is, a deadline, and the ``async with``."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import ClassVar, Generic, Self, TypeVar

from wxauth.account import AnyAccount
from wxauth.client.transport import AsyncHttpTransport
from wxauth.errors import UsageError
from wxauth.flow import calls
from wxauth.flow.calls import DEADLINE_SECONDS
from wxauth.flow.drive import Flow, adrive
from wxauth.flow.ports import AsyncPorts, AsyncTransport
from wxauth.protocol.message import Call, Endpoints

T = TypeVar("T")
AccountT = TypeVar("AccountT", bound=AnyAccount)


class AsyncClient(Generic[AccountT]):
    """WeChat as one account sees it; what it can ask follows from the kind of the account.

    Args:
        account: the account to act for.
        endpoints: where WeChat is; the real one, unless told otherwise.
        transport: the HTTP client, when it shall be another than the built-in one. It is closed with this client.
        deadline_seconds: wall-clock time any one call may take, its retries included.

    Raises:
        UsageError: the deadline is not greater than 0 and finite, or the account is of another kind.
    """

    KIND: ClassVar[type[AnyAccount]]
    """The accounts it acts for."""

    def __init__(
        self,
        account: AccountT,
        *,
        endpoints: Endpoints | None = None,
        transport: AsyncTransport | None = None,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        if not isinstance(account, self.KIND):
            kinds = f"an account of kind {self.KIND.__name__}, not {type(account).__name__}"
            raise UsageError(f"{type(self).__name__} takes {kinds}")
        self.account: AccountT = account
        self.endpoints = endpoints or Endpoints()
        self.deadline_seconds = calls.demand_deadline(deadline_seconds)
        self._ports = AsyncPorts(transport=transport or AsyncHttpTransport(), sleep=asyncio.sleep)

    async def close(self) -> None:
        """Close the connections to WeChat."""
        await self._ports.transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _drive(self, flow: Flow[T]) -> T:
        return await adrive(flow, self._ports)

    async def _call(self, what: Call[T]) -> T:
        return await self._drive(calls.call(what, deadline_seconds=self.deadline_seconds))
