"""What can be asked about a person who authorized an official account, a website app or a mobile app."""

from __future__ import annotations

from typing import TypeVar

from wxauth.account import AnyAccount, GrantingAccount
from wxauth.client.sync.base import Client
from wxauth.client.sync.kept_grants import KeptGrants
from wxauth.flow import calls
from wxauth.identity import Grant, Identity, Lang, Profile

AccountT = TypeVar("AccountT", bound=AnyAccount)
GrantingT = TypeVar("GrantingT", bound=GrantingAccount)


class ProfileClient(Client[AccountT]):
    """What a grant itself is enough for, whoever got it."""

    def fetch_profile(self, grant: Grant, *, lang: Lang | str = Lang.ZH_CN) -> Profile:
        """Ask for nickname and avatar of a grant's person.

        Source: https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsuserinfo

        Args:
            grant: a grant whose scope contains ``snsapi_userinfo`` or ``snsapi_login``.
            lang: language of place names, which WeChat has sent empty since 2021.

        Raises:
            UsageError: the grant is ``snsapi_base`` only; WeChat would have answered 48001.
            TokenDead: the access_token is over (40001, 42001): refresh the grant.
        """
        return self._drive(
            calls.fetch_profile(self.endpoints, grant, lang=lang, deadline_seconds=self.deadline_seconds)
        )

    def check(self, grant: Grant) -> bool:
        """Whether WeChat still takes the grant's access_token. A dead one is False, never an exception.

        Proves that token and openid belong together, not that the token was issued to this account.

        Source: https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsauth
        """
        return self._drive(calls.check(self.endpoints, grant, deadline_seconds=self.deadline_seconds))


class GrantClient(ProfileClient[GrantingT]):
    """What takes the account's own secret, or its own name: exchange a code, renew a grant, say who it is about."""

    def exchange_code(self, code: str) -> Grant:
        """Exchange the code of a callback for a grant. A code works once and for five minutes.

        That of a website app lives ten minutes. It is never sent again when WeChat may have seen it: after
        UpstreamUnavailable or DeadlineExceeded with ``sent`` the code may be spent, and only a new authorization helps.

        Source: https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsaccesstoken

        Raises:
            CodeRefused: the code is used (40163), or unknown, expired or another account's (40029).
            AccountRefused: appid or secret are wrong (40013, 40125).
            WeChatBusy: -1 twice, or the quota is used up.
            UpstreamUnavailable, UpstreamProtocolError, DeadlineExceeded: no answer, or none that can be read.
        """
        return self._drive(
            calls.exchange_code(self.endpoints, self.account, code, deadline_seconds=self.deadline_seconds)
        )

    def refresh(self, grant: Grant) -> Grant:
        """Renew a grant's access_token. Keep the grant that comes back and forget the old one; ``grants`` does it all.

        The refresh_token lives 30 days from the authorization and is not prolonged by this.

        Source: https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsrefreshtoken

        Raises:
            SignInAgain: the refresh_token is over or unknown (42002, 40030): the person has to authorize again.
        """
        return self._drive(calls.refresh(self.endpoints, grant, deadline_seconds=self.deadline_seconds))

    @property
    def grants(self) -> KeptGrants:
        """The grants of the account's people, kept and renewed by themselves."""
        return KeptGrants(
            self._ports,
            endpoints=self.endpoints,
            appid=self.account.appid,
            refresh=self._refresh,
            deadline_seconds=self.deadline_seconds,
        )

    def identify(self, grant: Grant, profile: Profile | None = None) -> Identity:
        """Who a grant is about, to be compared with people of other accounts.

        The virtual person of a snapshot page (``grant.is_snapshot_user``) is nobody: keep no account for them.

        Args:
            grant: of this account.
            profile: what was fetched with it; it may know the unionid where the grant does not.

        Raises:
            UsageError: the grant is of another account, or the profile of another person.
        """
        return Identity.of(grant, profile, account=self.account)

    async def _refresh(self, grant: Grant) -> Grant:
        return await calls.refresh(self.endpoints, grant, deadline_seconds=self.deadline_seconds)
