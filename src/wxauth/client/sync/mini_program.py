"""MiniProgramClient: a mini program, for programs that block. AsyncMiniProgramClient is its twin."""

from __future__ import annotations

from typing import ClassVar

from wxauth.account import MiniProgram
from wxauth.client.sync.credentials import CredentialClient
from wxauth.client.sync.sessions import SessionClient
from wxauth.credential import AppCredential
from wxauth.identity import Identity
from wxauth.protocol import miniprogram
from wxauth.protocol.miniprogram import MiniProgramSession


class MiniProgramClient(CredentialClient[MiniProgram], SessionClient[MiniProgram, AppCredential]):
    """WeChat as one mini program sees it: ``wx.login`` hands the code to the program, and the program to your server.

    Args:
        account: the mini program to act for.
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

    KIND: ClassVar = MiniProgram

    def code_to_session(self, code: str) -> MiniProgramSession:
        """Exchange the code of ``wx.login``. It works once, for five minutes.

        Source: https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_code2session

        Raises:
            CodeRefused: the code is used (40163), or unknown, expired or another program's (40029).
            AccountRefused: appid or secret are wrong (40013, 40125).
            WeChatError: WeChat holds the person for risky (40226).
        """
        return self._call(miniprogram.code_to_session(self.endpoints, self.account, code))

    def identify(self, session: MiniProgramSession) -> Identity:
        """Who logged in, to be compared with people of other accounts; its ``scope`` is empty."""
        return Identity(
            appid=session.appid,
            openid=session.openid,
            unionid=session.unionid,
            scope="",
            open_platform=self.account.open_platform,
        )
