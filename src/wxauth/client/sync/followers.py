"""What can be asked in the name of an official account: its followers, and what its pages are signed with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from wxauth.account import OfficialAccount, ThirdPartyPlatform
from wxauth.client.sync.acting import ActingClient
from wxauth.credential import AccountCredential
from wxauth.flow import credential as credentials
from wxauth.flow import issuers, issuing
from wxauth.protocol import followers, jssdk
from wxauth.protocol.followers import Follower, FollowerPage
from wxauth.protocol.jssdk import JsapiTicket, JsConfig

ActingT = TypeVar("ActingT", bound=OfficialAccount | ThirdPartyPlatform)
CredentialT = TypeVar("CredentialT", bound=AccountCredential)


class FollowerClient(ActingClient[ActingT, CredentialT], Generic[ActingT, CredentialT]):
    """Calls of an official account, by itself or by a platform it let. None of them takes a Grant."""

    def fetch_follower(self, openid: str, *, credential: CredentialT | None = None) -> Follower:
        """Ask about one person; somebody who does not follow is an answer too.

        Source: https://developers.weixin.qq.com/community/personal/oCJUsw-yzd4J05FB7vQF0IhIstyA/answer

        Raises:
            TokenDead: the credential that was given is over (40001, 42001).
            WeChatError: the openid is not of this account (40003).
        """
        return self._answer(credential, lambda held: followers.fetch_follower(self.endpoints, held, openid))

    def fetch_followers(self, openids: Sequence[str], *, credential: CredentialT | None = None) -> tuple[Follower, ...]:
        """Ask about 1 to 100 people at once; it is how people known by openid get their unionid.

        Source: https://developers.weixin.qq.com/doc/offiaccount/User_Management/Get_users_basic_information_UnionID.html

        Raises:
            UsageError: there are no openids, or more than 100.
            TokenDead: the credential that was given is over (40001, 42001).
        """
        return self._answer(credential, lambda held: followers.fetch_followers(self.endpoints, held, openids))

    def list_followers(self, *, after: str | None = None, credential: CredentialT | None = None) -> FollowerPage:
        """One page of the openids of all followers, at most 10000.

        Source: https://developers.weixin.qq.com/doc/offiaccount/User_Management/Getting_a_User_List.html

        Args:
            after: ``next_openid`` of the page before; None for the first page. A page whose ``next_openid`` is None is
                empty, and the last.
            credential: the one to use; None for the one this client keeps.

        Raises:
            TokenDead: the credential that was given is over (40001, 42001).
        """
        return self._answer(credential, lambda held: followers.list_followers(self.endpoints, held, after=after))

    def fetch_jsapi_ticket(self, *, credential: CredentialT | None = None) -> JsapiTicket:
        """Ask for what pages are signed with, whatever is kept; the quota of this call is small.

        ``jsapi_ticket`` is what programs usually want.

        Source: https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html
        """
        return self._flow(
            credential,
            lambda held: issuing.issue_ticket(self.endpoints, held, deadline_seconds=self.deadline_seconds),
        )

    def jsapi_ticket(self) -> JsapiTicket:
        """The ticket this client keeps, beside the credential, fetched or renewed if need be."""
        issuer = issuers.jsapi_ticket(self.endpoints, self._issuer(), deadline_seconds=self.deadline_seconds)
        return self._drive(credentials.current(issuer))

    def js_config(self, url: str, *, ticket: JsapiTicket | None = None) -> JsConfig:
        """Sign a page for ``wx.config``.

        Args:
            url: the address exactly as the browser shows it, ``code`` and ``state`` included as long as they stand in
                it; what follows ``#`` does not count.
            ticket: of the account; None for the one this client keeps.

        Raises:
            UsageError: the url is not a whole address.
        """
        signed_with = ticket or self.jsapi_ticket()
        return jssdk.sign(signed_with, url, nonce=self._ports.random(16).hex(), now=self._ports.now())
