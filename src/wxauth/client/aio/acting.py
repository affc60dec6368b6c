"""What every client has that calls WeChat in a name of its own: the credential it keeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from wxauth.account import AnyAccount
from wxauth.client.aio.base import AsyncClient
from wxauth.flow import calls, credential
from wxauth.flow.credential import Credential, Issuer
from wxauth.flow.drive import Flow
from wxauth.protocol.message import Call

T = TypeVar("T")
AccountT = TypeVar("AccountT", bound=AnyAccount)
CredentialT = TypeVar("CredentialT", bound=Credential)


class AsyncActingClient(AsyncClient[AccountT], Generic[AccountT, CredentialT]):
    """Calls that are made with a credential, which is about no person and no Grant.

    They all take ``credential``. None, the usual case, means the one this client keeps: fetched when it is first
    needed, renewed before it ends, shared by all who share the store, and replaced once when WeChat calls it dead. One
    that is given is used as it is.
    """

    async def credential(self) -> CredentialT:
        """The credential this client keeps, fetched or renewed if need be.

        Source: https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken

        Raises:
            AccountRefused: appid or secret are wrong, or the address this program calls from is not listed.
            StoreError: the store cannot do its work.
        """
        return await self._drive(credential.current(self._issuer()))

    def _issuer(self) -> Issuer[CredentialT]:
        raise NotImplementedError

    async def _answer(self, given: CredentialT | None, make: Callable[[CredentialT], Call[T]]) -> T:
        """What WeChat answers to a call made with the credential given, or kept."""
        return await self._flow(given, lambda held: calls.call(make(held), deadline_seconds=self.deadline_seconds))

    async def _flow(self, given: CredentialT | None, make: Callable[[CredentialT], Flow[T]]) -> T:
        """The result of a flow with the credential given, or kept."""
        return await self._drive(credential.answer(self._issuer(), given, make))
