"""AsyncKeptGrants: the grants of one account's people, which look after themselves. KeptGrants is its twin."""

from __future__ import annotations

from typing import TypeVar

from wxauth.client.frames import without_frames
from wxauth.errors import UsageError, WxAuthError
from wxauth.flow import calls, grants
from wxauth.flow.drive import Flow, adrive
from wxauth.flow.ports import AsyncPorts
from wxauth.identity import Grant, Lang, Profile
from wxauth.protocol.message import Endpoints

T = TypeVar("T")


class AsyncKeptGrants:
    """One grant a person, the newest, kept for the 30 days that its refresh_token lives.

    All who share the store share them: whoever finds one near its end renews it, alone, and the others go on with what
    that gives. ``WeChat.grants`` and its like make it.

    Args:
        ports: the client's way out.
        endpoints: where WeChat is.
        appid: the account.
        refresh: how its grants are renewed.
        deadline_seconds: wall-clock time any one call may take, its retries included.
    """

    def __init__(
        self, ports: AsyncPorts, *, endpoints: Endpoints, appid: str, refresh: grants.Refresh, deadline_seconds: float
    ) -> None:
        self._ports = ports
        self._endpoints = endpoints
        self._appid = appid
        self._refresh = refresh
        self._deadline_seconds = deadline_seconds

    async def keep(self, grant: Grant) -> None:
        """Keep the grant of a code that was just exchanged, in the place of an older one.

        Call it after each exchange: WeChat ends a person's older refresh_tokens with each new authorization.

        Raises:
            UsageError: the grant is another account's, or a snapshot page's, whose person does not exist.
            StoreError: the store cannot do its work.
        """
        if grant.appid != self._appid:
            raise UsageError(f"the grant is of {grant.appid}, and these are the grants of {self._appid}")
        await self._drive(grants.keep(grant))

    async def current(self, openid: str) -> Grant:
        """A person's grant, renewed if it is about to end; its access_token works for some minutes at least.

        Raises:
            SignInAgain: none is kept (42002), or its 30 days are over (42002), or the person or WeChat has ended it
                (40030, 42007): the person has to authorize again.
            StoreError: the store cannot do its work.
        """
        return await self._drive(
            grants.current(self._appid, openid, self._refresh, within_seconds=self._renewal_seconds)
        )

    async def fetch_profile(self, openid: str, *, lang: Lang | str = Lang.ZH_CN) -> Profile:
        """Ask for nickname and avatar of a person, with the grant that is kept.

        A grant that WeChat calls dead is renewed once, and asked with again.

        Source: https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsuserinfo

        Args:
            openid: whose.
            lang: language of place names, which WeChat has sent empty since 2021.

        Raises:
            SignInAgain: as of ``current``.
            UsageError: the grant is ``snsapi_base`` only.
        """

        async def ask(grant: Grant) -> Profile:
            return await calls.fetch_profile(self._endpoints, grant, lang=lang, deadline_seconds=self._deadline_seconds)

        return await self._drive(
            grants.using(self._appid, openid, self._refresh, ask, within_seconds=self._renewal_seconds)
        )

    async def forget(self, openid: str) -> None:
        """Forget a person's grant, when they leave your program or ask for it."""
        await self._drive(grants.forget(self._appid, openid))

    async def _drive(self, flow: Flow[T]) -> T:
        try:
            return await adrive(flow, self._ports)
        except WxAuthError as error:
            raise without_frames(error)  # noqa: B904  it is the same error

    @property
    def _renewal_seconds(self) -> float:
        """What renewing may take: a platform may have to renew its own credential first."""
        return self._deadline_seconds * 2
