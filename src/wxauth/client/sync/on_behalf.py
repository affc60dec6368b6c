"""OnBehalfClient: a third-party platform in the name of one account. AsyncOnBehalfClient is its twin."""

from __future__ import annotations

from typing import ClassVar

from wxauth.account import ThirdPartyPlatform, demand_appid
from wxauth.client.sync.followers import FollowerClient
from wxauth.client.sync.grants import ProfileClient
from wxauth.client.sync.kept_grants import KeptGrants
from wxauth.client.sync.outside import Outside
from wxauth.client.sync.sessions import SessionClient
from wxauth.credential import AuthorizerCredential, ComponentCredential
from wxauth.flow import credential as credentials
from wxauth.flow import issuers, on_behalf
from wxauth.flow.credential import Issuer
from wxauth.identity import Grant
from wxauth.protocol.message import Endpoints


class OnBehalfClient(
    ProfileClient[ThirdPartyPlatform],
    FollowerClient[ThirdPartyPlatform, AuthorizerCredential],
    SessionClient[ThirdPartyPlatform, AuthorizerCredential],
):
    """WeChat as one account sees it, to a platform which that account let act for it.

    ``PlatformClient.on_behalf`` makes it; it needs no closing.

    Args:
        account: the platform.
        appid: the account.
        platform: where the platform's own credential comes from.
        endpoints: where WeChat is.
        deadline_seconds: wall-clock time any one call may take, its retries included.
        outside: the platform's transport and store.

    Raises:
        UsageError: the appid is none.
    """

    KIND: ClassVar = ThirdPartyPlatform

    def __init__(
        self,
        account: ThirdPartyPlatform,
        *,
        appid: str,
        platform: Issuer[ComponentCredential],
        endpoints: Endpoints,
        deadline_seconds: float,
        outside: Outside,
    ) -> None:
        super().__init__(account, endpoints=endpoints, deadline_seconds=deadline_seconds, outside=outside)
        self.appid = demand_appid(appid)
        self._platform = platform

    @property
    def grants(self) -> KeptGrants:
        """The grants of people who signed in to the account, which are renewed at an address of their own."""
        return KeptGrants(
            self._ports,
            endpoints=self.endpoints,
            appid=self.appid,
            refresh=self._refresh,
            deadline_seconds=self.deadline_seconds,
        )

    def forget(self) -> None:
        """Forget the account's credential, once it has taken its agreement back."""
        self._drive(credentials.forget(self._issuer()))

    async def _refresh(self, grant: Grant) -> Grant:
        return await credentials.using(
            self._platform,
            lambda own: on_behalf.refresh(self.endpoints, own, grant, deadline_seconds=self.deadline_seconds),
        )

    def _issuer(self) -> Issuer[AuthorizerCredential]:
        return issuers.authorizer(
            self.endpoints,
            self._platform,
            platform_appid=self.account.appid,
            appid=self.appid,
            deadline_seconds=self.deadline_seconds,
        )
