"""PlatformClient: a third-party platform, for programs that block. AsyncPlatformClient is its twin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from wxauth.account import ThirdPartyPlatform
from wxauth.client.sync.acting import ActingClient
from wxauth.client.sync.grants import ProfileClient
from wxauth.client.sync.on_behalf import OnBehalfClient
from wxauth.credential import AuthorizerCredential, ComponentCredential
from wxauth.flow import issuers, issuing, on_behalf
from wxauth.flow.credential import Issuer
from wxauth.flow.ticket import keep_ticket
from wxauth.identity import Grant, Scope
from wxauth.protocol import component, component_login, push
from wxauth.protocol.component import Authorization, PreAuthCode
from wxauth.protocol.component_login import Kinds
from wxauth.protocol.miniprogram import MiniProgramSession
from wxauth.protocol.push import PlatformPush, TicketPushed


class PlatformClient(ProfileClient[ThirdPartyPlatform], ActingClient[ThirdPartyPlatform, ComponentCredential]):
    """WeChat as one third-party platform sees it: it acts for accounts whose administrators let it.

    What it does in the name of one of them is at ``on_behalf``.

    Args:
        account: the platform to act for.
        endpoints: where WeChat is; the real one, unless told otherwise.
        transport: the HTTP client, when it shall be another than the built-in one. It is closed with this client.
        store: where tokens are kept: a URL such as ``redis://host/0``, or a store, which stays open. None keeps them in
            this client's memory.
        keyring: encrypts the tokens in the store; without it a store that others can read is refused.
        deadline_seconds: wall-clock time any one call may take, its retries included.
        outside: transport and store, when several clients share them, instead of the three above; it stays open.

    Raises:
        UsageError: the deadline is not greater than 0 and finite, or the store would show tokens.
    """

    KIND: ClassVar = ThirdPartyPlatform

    def read_push(self, *, query: str, body: bytes) -> PlatformPush:
        """Read what WeChat pushed, after checking its signature, its age, and whom it is for.

        Answer the plain text ``success`` to whatever was read. A push may come twice: do what you do with it so that
        twice is harmless.

        Source: https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/component_verify_ticket.html

        Args:
            query: the query string of the request, without its question mark.
            body: the body of the request.

        Raises:
            NotFromWeChat: it is not WeChat's, not for this platform, or not now: answer 403.
            UsageError: the package ``cryptography`` is missing (``pip install 'wxauth[crypto]'``).
        """
        return push.read_push(self.account, query=query, body=body, now=self._ports.now())

    def intake(self, event: PlatformPush) -> None:
        """Keep what this client needs of a push that was read: the newest ticket.

        The push about an account that agreed is worth a ``query_auth``, that about one that took it back a
        ``on_behalf(appid).forget()``.
        """
        if isinstance(event, TicketPushed):
            self._drive(keep_ticket(self.account.appid, event.ticket, created_at=event.created_at))

    def on_behalf(self, appid: str) -> OnBehalfClient:
        """What the platform does in the name of an account that let it; over the same transport and store.

        Raises:
            UsageError: the appid is none.
        """
        return OnBehalfClient(
            self.account,
            appid=appid,
            platform=self._issuer(),
            endpoints=self.endpoints,
            deadline_seconds=self.deadline_seconds,
            outside=self._outside,
        )

    def fetch_credential(self, ticket: str) -> ComponentCredential:
        """Ask for the platform's own token by a ticket that was pushed, whatever is kept.

        ``credential`` is what programs usually want.

        Source: https://developers.weixin.qq.com/doc/oplatform/en/Third-party_Platforms/api/component_access_token.html

        Raises:
            WeChatBusy: the ticket is over or unknown (61005, 61006): the next one comes within ten minutes.
            AccountRefused: appid or secret are wrong (61011, 40125), or the address is not listed (61004).
        """
        return self._drive(
            issuing.issue_component_credential(
                self.endpoints, self.account, ticket, deadline_seconds=self.deadline_seconds
            )
        )

    def create_pre_auth_code(self, *, credential: ComponentCredential | None = None) -> PreAuthCode:
        """Make a code with which one administrator can be asked once.

        Source: https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/ThirdParty/token/pre_auth_code.html
        """
        return self._flow(
            credential,
            lambda held: on_behalf.create_pre_auth_code(self.endpoints, held, deadline_seconds=self.deadline_seconds),
        )

    def authorization_url(
        self, redirect_uri: str, *, pre_auth_code: str, kinds: Kinds = "both", appid: str | None = None
    ) -> str:
        """Build the link of the page, for desktop browsers, on which an administrator lets the platform act.

        It has to be opened from a page on the registered domain (授权发起页域名).

        Source: https://developers.weixin.qq.com/doc/oplatform/developers/basic_func/domain.md

        Args:
            redirect_uri: where the administrator comes back, with an ``auth_code``.
            pre_auth_code: a fresh one.
            kinds: which accounts are offered: ``official accounts``, ``mini programs`` or ``both``.
            appid: offer this account alone.

        Raises:
            UsageError: a value cannot work.
        """
        return component_login.authorization_url(
            self.endpoints, self.account, redirect_uri, pre_auth_code=pre_auth_code, kinds=kinds, appid=appid
        )

    def mobile_authorization_url(
        self, redirect_uri: str, *, pre_auth_code: str, kinds: Kinds = "both", appid: str | None = None
    ) -> str:
        """Build the same link for an administrator who opens it inside WeChat on a phone.

        Args:
            redirect_uri, pre_auth_code, kinds, appid: as of ``authorization_url``.

        Raises:
            UsageError: a value cannot work.
        """
        return component_login.mobile_authorization_url(
            self.endpoints, self.account, redirect_uri, pre_auth_code=pre_auth_code, kinds=kinds, appid=appid
        )

    def query_auth(self, auth_code: str, *, credential: ComponentCredential | None = None) -> Authorization:
        """Exchange the auth_code an administrator came back with, or that was pushed. What comes back is kept.

        Source: https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/ThirdParty/token/authorization_info.html

        Raises:
            CodeRefused: the auth_code is used or unknown (61009), or over (61010).
        """
        return self._drive(
            on_behalf.adopt(
                self.endpoints,
                self._issuer(),
                auth_code,
                given=credential,
                deadline_seconds=self.deadline_seconds,
            )
        )

    def refresh_authorizer(
        self, authorizer: AuthorizerCredential, *, credential: ComponentCredential | None = None
    ) -> AuthorizerCredential:
        """Renew a credential for an account that you keep yourself; ``on_behalf(appid).credential()`` is simpler.

        Source: https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/ThirdParty/token/api_authorizer_token.html

        Raises:
            SignInAgain: the refresh_token is over (61023): the account's administrator has to authorize again.
            AccountRefused: the account took its agreement back (61003).
        """
        return self._flow(
            credential,
            lambda held: issuing.issue_authorizer_credential(
                self.endpoints, held, authorizer, deadline_seconds=self.deadline_seconds
            ),
        )

    def authorize_url(
        self, redirect_uri: str, *, appid: str, scope: Scope | str | Sequence[Scope | str], state: str
    ) -> str:
        """Build the link by which a person signs in to an account; it opens inside WeChat only.

        Source: https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/Official_Accounts/official_account_website_authorization.html

        Args:
            redirect_uri: where the person comes back, not yet percent-encoded, on the platform's own domain
                (公众号开发域名). ``appid`` comes back too.
            appid: the account.
            scope: one scope, or several.
            state: comes back unchanged; letters and digits, at most 128 bytes. Make it random, and bind it to the
                browser: that is all that tells your visitor's callback from an attacker's.

        Raises:
            UsageError: WeChat would have shown an error page; the message names it.
        """
        return component_login.authorize_url(
            self.endpoints, self.account, redirect_uri, appid=appid, scope=scope, state=state
        )

    def exchange_code(self, *, appid: str, code: str, credential: ComponentCredential | None = None) -> Grant:
        """Exchange a person's code on behalf of an account. A code works once and for five minutes.

        Source: https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/Official_Accounts/official_account_website_authorization.html

        Raises:
            CodeRefused: the code is used (40163), or unknown, expired or another account's (40029).
            AccountRefused: the account does not let the platform do this (61003, 61007).
        """
        return self._flow(
            credential,
            lambda held: on_behalf.exchange_code(
                self.endpoints, held, appid=appid, code=code, deadline_seconds=self.deadline_seconds
            ),
        )

    def refresh(self, grant: Grant, *, credential: ComponentCredential | None = None) -> Grant:
        """Renew a grant that was exchanged on behalf of its account; that has an address of its own.

        Source: https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/Official_Accounts/official_account_website_authorization.html

        Raises:
            SignInAgain: the refresh_token is over or unknown (42002, 40030): the person has to authorize again.
        """
        return self._flow(
            credential,
            lambda held: on_behalf.refresh(self.endpoints, held, grant, deadline_seconds=self.deadline_seconds),
        )

    def code_to_session(
        self, *, appid: str, code: str, credential: ComponentCredential | None = None
    ) -> MiniProgramSession:
        """Exchange the code of ``wx.login`` on behalf of a mini program.

        Source: https://developers.weixin.qq.com/doc/oplatform/openApi/miniprogram-management/login/api_thirdpartycode2session.html

        Raises:
            CodeRefused: the code is used (40163), or unknown, expired or another program's (40029).
            AccountRefused: the mini program does not let the platform act (61003).
        """
        return self._answer(
            credential, lambda held: component.code_to_session(self.endpoints, held, appid=appid, code=code)
        )

    def _issuer(self) -> Issuer[ComponentCredential]:
        return issuers.platform(self.endpoints, self.account, deadline_seconds=self.deadline_seconds)
