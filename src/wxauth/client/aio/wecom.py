"""AsyncWeComClient: an app of WeCom, for programs that await. WeComClient is its twin."""

from __future__ import annotations

from typing import ClassVar, Literal

from wxauth.account import WeComApp
from wxauth.client.aio.acting import AsyncActingClient
from wxauth.credential import CorpCredential
from wxauth.flow import issuers, issuing
from wxauth.flow.credential import Issuer
from wxauth.protocol import wecom
from wxauth.protocol.wecom import CorpScope, Member, MemberDetail, Outsider


class AsyncWeComClient(AsyncActingClient[WeComApp, CorpCredential]):
    """WeCom (企业微信) as one app of a corp sees it.

    Args:
        account: the app to act for.
        endpoints: where WeCom is; the real one, unless told otherwise.
        transport: the HTTP client, when it shall be another than the built-in one. It is closed with this client.
        store: where tokens are kept: a URL such as ``redis://host/0``, or a store, which stays open. None keeps them in
            this client's memory.
        keyring: encrypts the tokens in the store; without it a store that others can read is refused.
        deadline_seconds: wall-clock time any one call may take, its retries included.
        outside: transport and store, when several clients share them, instead of the three above; it stays open.

    Raises:
        UsageError: the deadline is not greater than 0 and finite, or the store would show tokens.
    """

    KIND: ClassVar = WeComApp

    def authorize_url(self, redirect_uri: str, *, scope: CorpScope | str, state: str) -> str:
        """Build the link by which somebody signs in inside the app of WeCom.

        Source: https://developer.work.weixin.qq.com/document/path/91022

        Args:
            redirect_uri: where the person comes back, not yet percent-encoded, on the app's trusted domain (可信域名),
                which is compared host and port.
            scope: ``snsapi_base`` (silent) or ``snsapi_privateinfo`` (asks each time, yields a user_ticket).
            state: comes back unchanged; letters and digits, at most 128 bytes. Make it random, and bind it to the
                browser: that is all that tells your visitor's callback from an attacker's.

        Raises:
            UsageError: a value cannot work.
        """
        return wecom.authorize_url(self.endpoints, self.account, redirect_uri, scope=scope, state=state)

    def login_url(self, redirect_uri: str, *, state: str, lang: Literal["zh", "en"] = "zh") -> str:
        """Build the link of the page with a QR code by which members sign in on a desktop browser.

        Source: https://developer.work.weixin.qq.com/document/path/98152

        Args:
            redirect_uri, state: as of ``authorize_url``.
            lang: the language of the page.

        Raises:
            UsageError: a value cannot work.
        """
        return wecom.login_url(self.endpoints, self.account, redirect_uri, state=state, lang=lang)

    async def fetch_credential(self) -> CorpCredential:
        """Ask for the app's token, whatever is kept; asking often is punished, and yields the same one.

        ``credential`` is what programs usually want.

        Source: https://developer.work.weixin.qq.com/document/path/91039

        Raises:
            AccountRefused: corpid or secret are wrong (40013, 40001), or the address is not trusted (60020).
        """
        return await self._drive(
            issuing.issue_corp_credential(self.endpoints, self.account, deadline_seconds=self.deadline_seconds)
        )

    async def identify(self, code: str, *, credential: CorpCredential | None = None) -> Member | Outsider:
        """Ask who the code of a callback stands for. It works once, for five minutes.

        Source: https://developer.work.weixin.qq.com/document/path/91023

        Raises:
            CodeRefused: the code is used, unknown or expired (40029).
            AccountRefused: the code was made for another app (50001), or the address is not trusted (60020).
            TokenDead: the credential that was given is over (40014, 42001).
        """
        return await self._answer(credential, lambda held: wecom.identify(self.endpoints, held, code))

    async def fetch_member_detail(self, member: Member, *, credential: CorpCredential | None = None) -> MemberDetail:
        """Ask for what a member agreed to tell; takes a member who came by ``snsapi_privateinfo``.

        Source: https://developer.work.weixin.qq.com/document/path/95833

        Raises:
            UsageError: the member has no user_ticket.
            AccountRefused: the member is not in the app's visible range (50002).
        """
        return await self._answer(credential, lambda held: wecom.fetch_member_detail(self.endpoints, held, member))

    def _issuer(self) -> Issuer[CorpCredential]:
        return issuers.corp(self.endpoints, self.account, deadline_seconds=self.deadline_seconds)
