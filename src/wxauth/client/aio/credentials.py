"""What an account with an access_token of its own can ask: that token, and what belongs to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from wxauth.account import CredentialedAccount
from wxauth.client.aio.acting import AsyncActingClient
from wxauth.client.aio.outside import AsyncOutside
from wxauth.credential import AppCredential, TokenKind
from wxauth.flow import issuers, issuing
from wxauth.flow.calls import DEADLINE_SECONDS
from wxauth.flow.credential import Issuer
from wxauth.flow.ports import AsyncTransport
from wxauth.protocol import credential as protocol
from wxauth.protocol.message import Endpoints
from wxauth.stores.base import AsyncStore

if TYPE_CHECKING:
    from wxauth.stores.crypto import Keyring

CredentialedT = TypeVar("CredentialedT", bound=CredentialedAccount)


class AsyncCredentialClient(AsyncActingClient[CredentialedT, AppCredential]):
    """The account's own credential, which is about no person and no Grant."""

    def __init__(
        self,
        account: CredentialedT,
        *,
        endpoints: Endpoints | None = None,
        transport: AsyncTransport | None = None,
        store: str | AsyncStore | None = None,
        keyring: Keyring | None = None,
        deadline_seconds: float = DEADLINE_SECONDS,
        outside: AsyncOutside | None = None,
        credential_kind: TokenKind = TokenKind.STABLE,
    ) -> None:
        super().__init__(
            account,
            endpoints=endpoints,
            transport=transport,
            store=store,
            keyring=keyring,
            deadline_seconds=deadline_seconds,
            outside=outside,
        )
        self.credential_kind = credential_kind

    async def fetch_credential(
        self, *, kind: TokenKind = TokenKind.STABLE, force_refresh: bool = False
    ) -> AppCredential:
        """Ask WeChat for the account's access_token, whatever is kept. ``credential`` is what programs usually want.

        The stable kind comes back the same until five minutes before its end. Each call for the plain kind replaces the
        token before, so programs that do not share it hurt each other; 2000 such calls a day are allowed.

        Source: https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken

        Args:
            kind: which of WeChat's two services to ask.
            force_refresh: end the current stable token and make another; twenty times a day, at least 30 seconds apart,
                else WeChat silently changes nothing.

        Raises:
            AccountRefused: appid or secret are wrong (40013, 40125), or the address this program calls from is not
                listed (40164, whose text names the address).
            UsageError: ``force_refresh`` with the plain kind.
        """
        return await self._drive(
            issuing.issue_app_credential(
                self.endpoints,
                self.account,
                kind=kind,
                force_refresh=force_refresh,
                deadline_seconds=self.deadline_seconds,
            )
        )

    async def clear_quota(self, *, credential: AppCredential | None = None) -> None:
        """Begin the account's daily quotas anew; ten times a month.

        Source: https://developers.weixin.qq.com/doc/oplatform/openApi/openapi/api_clearquota.md

        Raises:
            WeChatBusy: the ten times are used up (48006).
        """
        await self._answer(credential, lambda held: protocol.clear_quota(self.endpoints, held))

    async def clear_quota_by_secret(self) -> None:
        """Begin the daily quotas anew when no access_token can be had any more; counts towards the same ten times.

        Source: https://developers.weixin.qq.com/doc/store/API/apimgnt/clearQuotaByAppSecret.html
        """
        await self._call(protocol.clear_quota_by_secret(self.endpoints, self.account))

    async def callback_addresses(self, *, credential: AppCredential | None = None) -> tuple[str, ...]:
        """The addresses and networks from which WeChat calls your server.

        Source: https://developers.weixin.qq.com/doc/channels/api/basic
        """
        return await self._answer(credential, lambda held: protocol.callback_addresses(self.endpoints, held))

    def _issuer(self) -> Issuer[AppCredential]:
        return issuers.app(self.endpoints, self.account, self.credential_kind, deadline_seconds=self.deadline_seconds)
