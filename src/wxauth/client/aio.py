"""AsyncWeChat: sign-in calls for programs that await. WeChat is its twin."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self, TypeVar

from wxauth.account import OfficialAccount
from wxauth.client.transport import AsyncHttpTransport
from wxauth.flow import calls
from wxauth.flow.calls import DEADLINE_SECONDS
from wxauth.flow.drive import Flow, adrive
from wxauth.flow.ports import AsyncPorts, AsyncTransport
from wxauth.identity import Grant, Lang, Profile, Scope
from wxauth.protocol import authorize
from wxauth.protocol.message import Endpoints

T = TypeVar("T")


class AsyncWeChat:
    """WeChat as one official account sees it.

    It remembers nothing between calls, so one client serves any number of people and tasks, and two clients of two
    accounts never meet. Use it in an ``async with`` block, or ``close`` it.

    Args:
        account: the official account to act for.
        endpoints: where WeChat is; the real one, unless told otherwise.
        transport: the HTTP client, when it shall be another than the built-in one. It is closed with this client.
        deadline_seconds: wall-clock time any one call may take, its retries included.

    Raises:
        UsageError: the deadline is not greater than 0 and finite.
    """

    def __init__(
        self,
        account: OfficialAccount,
        *,
        endpoints: Endpoints | None = None,
        transport: AsyncTransport | None = None,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        self.account = account
        self.endpoints = endpoints or Endpoints()
        self.deadline_seconds = calls.demand_deadline(deadline_seconds)
        self._ports = AsyncPorts(transport=transport or AsyncHttpTransport(), sleep=asyncio.sleep)

    def authorize_url(
        self,
        redirect_uri: str,
        *,
        scope: Scope | str,
        state: str,
        force_popup: bool = False,
        force_snapshot: bool = False,
    ) -> str:
        """Build the link that asks the person; it opens inside WeChat only.

        Source: https://developers.weixin.qq.com/doc/service/guide/h5/auth.html

        Args:
            redirect_uri: where the person comes back, not yet percent-encoded, on a host registered as 网页授权域名.
            scope: ``snsapi_base`` (silent, openid only) or ``snsapi_userinfo`` (asks, yields the profile).
            state: comes back unchanged; letters and digits, at most 128 bytes. Make it random, and bind it to the
                browser: that is all that tells your visitor's callback from an attacker's.
            force_popup: show the consent sheet even to somebody who agreed lately.
            force_snapshot: run this link in a snapshot page (快照页), for tests.

        Raises:
            UsageError: WeChat would have shown an error page; the message names it.
        """
        return authorize.authorize_url(
            self.endpoints,
            self.account,
            redirect_uri,
            scope=scope,
            state=state,
            force_popup=force_popup,
            force_snapshot=force_snapshot,
        )

    async def exchange_code(self, code: str) -> Grant:
        """Exchange the code of a callback for a grant. A code works once and for five minutes.

        Never repeated when WeChat may have seen it: after UpstreamUnavailable or DeadlineExceeded with ``sent`` the
        code may be spent, and only a new authorization helps.

        Source: https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsaccesstoken

        Raises:
            CodeRefused: the code is used (40163), or unknown, expired or another account's (40029).
            AccountRefused: appid or secret are wrong (40013, 40125).
            WeChatBusy: -1 twice, or the quota is used up.
            UpstreamUnavailable, UpstreamProtocolError, DeadlineExceeded: no answer, or none that can be read.
        """
        return await self._drive(
            calls.exchange_code(self.endpoints, self.account, code, deadline_seconds=self.deadline_seconds)
        )

    async def fetch_profile(self, grant: Grant, *, lang: Lang | str = Lang.ZH_CN) -> Profile:
        """Ask for nickname and avatar of a grant's person.

        Source: https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsuserinfo

        Args:
            grant: a grant whose scope contains ``snsapi_userinfo``.
            lang: language of place names, which WeChat has sent empty since 2021.

        Raises:
            UsageError: the grant is ``snsapi_base`` only; WeChat would have answered 48001.
            TokenDead: the access_token is over (40001, 42001): refresh the grant.
        """
        return await self._drive(
            calls.fetch_profile(self.endpoints, grant, lang=lang, deadline_seconds=self.deadline_seconds)
        )

    async def refresh(self, grant: Grant) -> Grant:
        """Renew a grant's access_token. Keep the grant that comes back and forget the old one.

        The refresh_token lives 30 days from the authorization and is not prolonged by this.

        Source: https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsrefreshtoken

        Raises:
            SignInAgain: the refresh_token is over or unknown (42002, 40030): the person has to authorize again.
        """
        return await self._drive(calls.refresh(self.endpoints, grant, deadline_seconds=self.deadline_seconds))

    async def check(self, grant: Grant) -> bool:
        """Whether WeChat still takes the grant's access_token. A dead one is False, never an exception.

        Proves that token and openid belong together, not that the token was issued to this account.

        Source: https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsauth
        """
        return await self._drive(calls.check(self.endpoints, grant, deadline_seconds=self.deadline_seconds))

    async def close(self) -> None:
        """Close the connections to WeChat."""
        await self._ports.transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _drive(self, flow: Flow[T]) -> T:
        return await adrive(flow, self._ports)
