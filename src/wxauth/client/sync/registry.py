"""Clients: several accounts over one transport and one store, for programs that block. AsyncClients is its twin."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

from wxauth.accounts import Accounts
from wxauth.client.sync.mini_program import MiniProgramClient
from wxauth.client.sync.mobile import MobileClient
from wxauth.client.sync.official import WeChat
from wxauth.client.sync.outside import Outside
from wxauth.client.sync.platform import PlatformClient
from wxauth.client.sync.website import WebsiteClient
from wxauth.client.sync.wecom import WeComClient
from wxauth.credential import TokenKind
from wxauth.flow import calls
from wxauth.flow.calls import DEADLINE_SECONDS
from wxauth.flow.ports import Transport
from wxauth.protocol.message import Endpoints
from wxauth.stores.base import Store

if TYPE_CHECKING:
    from wxauth.stores.crypto import Keyring


class Clients:
    """The clients of several accounts, over one transport and one store, in which their tokens never meet.

    Which client an account has follows from its kind. They are made when they are asked for, hold nothing of their own,
    and need no closing: close this, or use it in a ``with`` block.

    Args:
        accounts: whom to act for.
        endpoints: where WeChat is; the real one, unless told otherwise.
        transport: the HTTP client, when it shall be another than the built-in one. It is closed with these clients.
        store: where tokens are kept: a URL such as ``redis://host/0``, or a store, which stays open. None keeps them in
            the memory of this object.
        keyring: encrypts the tokens in the store; without it a store that others can read is refused.
        deadline_seconds: wall-clock time any one call may take, its retries included.

    Raises:
        UsageError: the deadline is not greater than 0 and finite, or the store would show tokens.
    """

    def __init__(
        self,
        accounts: Accounts,
        *,
        endpoints: Endpoints | None = None,
        transport: Transport | None = None,
        store: str | Store | None = None,
        keyring: Keyring | None = None,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        self.accounts = accounts
        self.endpoints = endpoints or Endpoints()
        self.deadline_seconds = calls.demand_deadline(deadline_seconds)
        self._outside = Outside(transport=transport, store=store, keyring=keyring)

    def official_account(self, appid: str, *, credential_kind: TokenKind = TokenKind.STABLE) -> WeChat:
        """The client of an official account; UsageError naming what there is, here and below.

        Args:
            appid: the account.
            credential_kind: which of WeChat's two services makes its credential, as of the client.
        """
        return WeChat(
            self.accounts.official_account(appid),
            endpoints=self.endpoints,
            deadline_seconds=self.deadline_seconds,
            outside=self._outside,
            credential_kind=credential_kind,
        )

    def website(self, appid: str) -> WebsiteClient:
        """The client of a website app."""
        return WebsiteClient(
            self.accounts.website(appid),
            endpoints=self.endpoints,
            deadline_seconds=self.deadline_seconds,
            outside=self._outside,
        )

    def mobile(self, appid: str) -> MobileClient:
        """The client of a mobile app."""
        return MobileClient(
            self.accounts.mobile(appid),
            endpoints=self.endpoints,
            deadline_seconds=self.deadline_seconds,
            outside=self._outside,
        )

    def mini_program(self, appid: str, *, credential_kind: TokenKind = TokenKind.STABLE) -> MiniProgramClient:
        """The client of a mini program; otherwise as ``official_account``."""
        return MiniProgramClient(
            self.accounts.mini_program(appid),
            endpoints=self.endpoints,
            deadline_seconds=self.deadline_seconds,
            outside=self._outside,
            credential_kind=credential_kind,
        )

    def platform(self, appid: str) -> PlatformClient:
        """The client of a third-party platform."""
        return PlatformClient(
            self.accounts.platform(appid),
            endpoints=self.endpoints,
            deadline_seconds=self.deadline_seconds,
            outside=self._outside,
        )

    def wecom(self, corpid: str, agentid: int) -> WeComClient:
        """The client of an app of WeCom."""
        return WeComClient(
            self.accounts.wecom(corpid, agentid),
            endpoints=self.endpoints,
            deadline_seconds=self.deadline_seconds,
            outside=self._outside,
        )

    def close(self) -> None:
        """Close the connections to WeChat, and the store if its URL was given."""
        self._outside.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
