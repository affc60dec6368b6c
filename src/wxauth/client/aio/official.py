"""AsyncWeChat: an official account, for programs that await. WeChat is its twin."""

from __future__ import annotations

from typing import ClassVar

from wxauth.account import OfficialAccount
from wxauth.client.aio.credentials import AsyncCredentialClient
from wxauth.client.aio.followers import AsyncFollowerClient
from wxauth.client.aio.grants import AsyncGrantClient
from wxauth.credential import AppCredential
from wxauth.identity import Scope
from wxauth.protocol import authorize


class AsyncWeChat(
    AsyncGrantClient[OfficialAccount],
    AsyncCredentialClient[OfficialAccount],
    AsyncFollowerClient[OfficialAccount, AppCredential],
):
    """WeChat as one official account sees it.

    One client serves any number of people and tasks, and two clients of two accounts never meet, even in one store.
    Use it in an ``async with`` block, or ``close`` it.

    Args:
        account: the official account to act for.
        endpoints: where WeChat is; the real one, unless told otherwise.
        transport: the HTTP client, when it shall be another than the built-in one. It is closed with this client.
        store: where tokens are kept: a URL such as ``redis://host/0``, or a store, which stays open. None keeps them in
            this client's memory.
        keyring: encrypts the tokens in the store; without it a store that others can read is refused.
        deadline_seconds: wall-clock time any one call may take, its retries included.
        outside: transport and store, when several clients share them, instead of the three above; it stays open.
        credential_kind: which of WeChat's two services gives out the credential it keeps.

    Raises:
        UsageError: the deadline is not greater than 0 and finite, or the store would show tokens.
    """

    KIND: ClassVar = OfficialAccount

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
