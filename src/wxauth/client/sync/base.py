"""What every client that blocks has: an account, where WeChat is, a deadline, and the ``with``."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, ClassVar, Generic, Self, TypeVar

from wxauth.account import AnyAccount
from wxauth.client.frames import without_frames
from wxauth.client.sync.outside import Outside
from wxauth.errors import UsageError, WxAuthError
from wxauth.flow import calls
from wxauth.flow.calls import DEADLINE_SECONDS
from wxauth.flow.drive import Flow, drive
from wxauth.flow.ports import Transport
from wxauth.protocol.message import Call, Endpoints
from wxauth.stores.base import Store

if TYPE_CHECKING:
    from wxauth.stores.crypto import Keyring

T = TypeVar("T")
AccountT = TypeVar("AccountT", bound=AnyAccount)


class Client(Generic[AccountT]):
    """WeChat as one account sees it; what it can ask follows from the kind of the account.

    Args:
        account: the account to act for.
        endpoints: where WeChat is; the real one, unless told otherwise.
        transport: the HTTP client, when it shall be another than the built-in one. It is closed with this client.
        store: where tokens are kept: a URL such as ``redis://host/0``, or a store, which stays open. None keeps them in
            this client's memory.
        keyring: encrypts the tokens in the store; without it a store that others can read is refused.
        deadline_seconds: wall-clock time any one call may take, its retries included.
        outside: transport and store, when several clients share them, instead of the three above; it stays open.

    Raises:
        UsageError: the deadline is not greater than 0 and finite, the store would show tokens, or the account is of
            another kind.
    """

    KIND: ClassVar[type[AnyAccount]]
    """The accounts it acts for."""

    def __init__(
        self,
        account: AccountT,
        *,
        endpoints: Endpoints | None = None,
        transport: Transport | None = None,
        store: str | Store | None = None,
        keyring: Keyring | None = None,
        deadline_seconds: float = DEADLINE_SECONDS,
        outside: Outside | None = None,
    ) -> None:
        if not isinstance(account, self.KIND):
            kinds = f"an account of kind {self.KIND.__name__}, not {type(account).__name__}"
            raise UsageError(f"{type(self).__name__} takes {kinds}")
        self.account: AccountT = account
        self.endpoints = endpoints or Endpoints()
        self.deadline_seconds = calls.demand_deadline(deadline_seconds)
        if outside and (transport or store or keyring):
            raise UsageError("outside brings transport, store and keyring along: give it, or give those")
        self._lent = outside is not None
        self._outside = outside or Outside(transport=transport, store=store, keyring=keyring)
        self._ports = self._outside.ports

    def close(self) -> None:
        """Close the connections to WeChat, and the store if its URL was given."""
        if not self._lent:
            self._outside.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _drive(self, flow: Flow[T]) -> T:
        try:
            return drive(flow, self._ports)
        except WxAuthError as error:
            raise without_frames(error)  # noqa: B904  it is the same error

    def _call(self, what: Call[T]) -> T:
        return self._drive(calls.call(what, deadline_seconds=self.deadline_seconds))
