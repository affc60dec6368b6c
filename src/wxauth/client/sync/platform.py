"""PlatformClient: a third-party platform, for programs that block. AsyncPlatformClient is its twin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from wxauth.account import ThirdPartyPlatform
from wxauth.client.sync.followers import FollowerClient
from wxauth.client.sync.grants import ProfileClient
from wxauth.client.sync.sessions import SessionClient
from wxauth.credential import AuthorizerCredential, ComponentCredential
from wxauth.flow import issuing, on_behalf
from wxauth.identity import Grant, Scope
from wxauth.protocol import component, component_login, push
from wxauth.protocol.component import Authorization, PreAuthCode
from wxauth.protocol.component_login import Kinds
from wxauth.protocol.miniprogram import MiniProgramSession
from wxauth.protocol.push import PlatformPush


class PlatformClient(
    ProfileClient[ThirdPartyPlatform],
    FollowerClient[ThirdPartyPlatform],
    SessionClient[ThirdPartyPlatform],
):
    """WeChat as one third-party platform sees it: it acts for accounts whose administrators let it.

    Args:
        account: the platform to act for.
        endpoints: where WeChat is; the real one, unless told otherwise.
        transport: the HTTP client, when it shall be another than the built-in one. It is closed with this client.
        deadline_seconds: wall-clock time any one call may take, its retries included.

    Raises:
        UsageError: the deadline is not greater than 0 and finite.
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

    def fetch_credential(self, ticket: str) -> ComponentCredential:
        """Ask for the platform's own token, by the newest ticket that was pushed. Keep it until it ends.

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

    def create_pre_auth_code(self, credential: ComponentCredential) -> PreAuthCode:
        """Make a code with which one administrator can be asked once.

        Source: https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/ThirdParty/token/pre_auth_code.html
        """
        return self._drive(
            on_behalf.create_pre_auth_code(self.endpoints, credential, deadline_seconds=self.deadline_seconds)
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

    def query_auth(self, credential: ComponentCredential, auth_code: str) -> Authorization:
        """Exchange the auth_code an administrator came back with, or that was pushed. Keep what comes back.

        Source: https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/ThirdParty/token/authorization_info.html

        Raises:
            CodeRefused: the auth_code is used or unknown (61009), or over (61010).
        """
        return self._drive(
            on_behalf.query_auth(self.endpoints, credential, auth_code, deadline_seconds=self.deadline_seconds)
        )

    def refresh_authorizer(
        self, credential: ComponentCredential, authorizer: AuthorizerCredential
    ) -> AuthorizerCredential:
        """Renew the credential for an account. Keep the one that comes back and forget the old one.

        Source: https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/ThirdParty/token/api_authorizer_token.html

        Raises:
            SignInAgain: the refresh_token is over (61023): the account's administrator has to authorize again.
            AccountRefused: the account took its agreement back (61003).
        """
        return self._drive(
            issuing.issue_authorizer_credential(
                self.endpoints, credential, authorizer, deadline_seconds=self.deadline_seconds
            )
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

    def exchange_code(self, credential: ComponentCredential, *, appid: str, code: str) -> Grant:
        """Exchange a person's code on behalf of an account. A code works once and for five minutes.

        Source: https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/Official_Accounts/official_account_website_authorization.html

        Raises:
            CodeRefused: the code is used (40163), or unknown, expired or another account's (40029).
            AccountRefused: the account does not let the platform do this (61003, 61007).
        """
        return self._drive(
            on_behalf.exchange_code(
                self.endpoints, credential, appid=appid, code=code, deadline_seconds=self.deadline_seconds
            )
        )

    def refresh(self, credential: ComponentCredential, grant: Grant) -> Grant:
        """Renew a grant that was exchanged on behalf of its account; that has an address of its own.

        Source: https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/Official_Accounts/official_account_website_authorization.html

        Raises:
            SignInAgain: the refresh_token is over or unknown (42002, 40030): the person has to authorize again.
        """
        return self._drive(on_behalf.refresh(self.endpoints, credential, grant, deadline_seconds=self.deadline_seconds))

    def code_to_session(self, credential: ComponentCredential, *, appid: str, code: str) -> MiniProgramSession:
        """Exchange the code of ``wx.login`` on behalf of a mini program.

        Source: https://developers.weixin.qq.com/doc/oplatform/openApi/miniprogram-management/login/api_thirdpartycode2session.html

        Raises:
            CodeRefused: the code is used (40163), or unknown, expired or another program's (40029).
            AccountRefused: the mini program does not let the platform act (61003).
        """
        return self._call(component.code_to_session(self.endpoints, credential, appid=appid, code=code))
