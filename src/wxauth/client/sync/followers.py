"""What can be asked in the name of an official account: its followers, and what its pages are signed with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from wxauth.account import OfficialAccount, ThirdPartyPlatform
from wxauth.client.sync.base import Client
from wxauth.credential import AccountCredential
from wxauth.flow import issuing
from wxauth.protocol import followers, jssdk
from wxauth.protocol.followers import Follower, FollowerPage
from wxauth.protocol.jssdk import JsapiTicket, JsConfig

ActingT = TypeVar("ActingT", bound=OfficialAccount | ThirdPartyPlatform)


class FollowerClient(Client[ActingT]):
    """Calls of an official account, by itself or by a platform it let. None of them takes a Grant."""

    def fetch_follower(self, credential: AccountCredential, openid: str) -> Follower:
        """Ask about one person; somebody who does not follow is an answer too.

        Source: https://developers.weixin.qq.com/community/personal/oCJUsw-yzd4J05FB7vQF0IhIstyA/answer

        Raises:
            TokenDead: the credential is over (40001, 42001): get another.
            WeChatError: the openid is not of this account (40003).
        """
        return self._call(followers.fetch_follower(self.endpoints, credential, openid))

    def fetch_followers(self, credential: AccountCredential, openids: Sequence[str]) -> tuple[Follower, ...]:
        """Ask about 1 to 100 people at once; it is how people known by openid get their unionid.

        Source: https://developers.weixin.qq.com/doc/offiaccount/User_Management/Get_users_basic_information_UnionID.html

        Raises:
            UsageError: there are no openids, or more than 100.
            TokenDead: the credential is over (40001, 42001): get another.
        """
        return self._call(followers.fetch_followers(self.endpoints, credential, openids))

    def list_followers(self, credential: AccountCredential, *, after: str | None = None) -> FollowerPage:
        """One page of the openids of all followers, at most 10000.

        Source: https://developers.weixin.qq.com/doc/offiaccount/User_Management/Getting_a_User_List.html

        Args:
            credential: whose followers.
            after: ``next_openid`` of the page before; None for the first page. A page whose ``next_openid`` is None is
                empty, and the last.

        Raises:
            TokenDead: the credential is over (40001, 42001): get another.
        """
        return self._call(followers.list_followers(self.endpoints, credential, after=after))

    def fetch_jsapi_ticket(self, credential: AccountCredential) -> JsapiTicket:
        """Ask for what pages are signed with. Keep it until it ends: the quota of this call is small.

        Source: https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html
        """
        return self._drive(issuing.issue_ticket(self.endpoints, credential, deadline_seconds=self.deadline_seconds))

    def js_config(self, ticket: JsapiTicket, url: str) -> JsConfig:
        """Sign a page for ``wx.config``.

        Args:
            ticket: of the account.
            url: the address exactly as the browser shows it, ``code`` and ``state`` included as long as they stand in
                it; what follows ``#`` does not count.

        Raises:
            UsageError: the url is not a whole address.
        """
        return jssdk.sign(ticket, url, nonce=self._ports.random(16).hex(), now=self._ports.now())
