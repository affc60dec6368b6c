"""What can be asked about somebody who logged in to a mini program."""

from __future__ import annotations

from typing import Generic, TypeVar

from wxauth.account import MiniProgram, ThirdPartyPlatform
from wxauth.client.aio.acting import AsyncActingClient
from wxauth.credential import AccountCredential
from wxauth.protocol import miniprogram, open_data
from wxauth.protocol.miniprogram import MiniProgramSession, PhoneNumber
from wxauth.protocol.open_data import OpenData

ProgramT = TypeVar("ProgramT", bound=MiniProgram | ThirdPartyPlatform)
CredentialT = TypeVar("CredentialT", bound=AccountCredential)


class AsyncSessionClient(AsyncActingClient[ProgramT, CredentialT], Generic[ProgramT, CredentialT]):
    """Calls of a mini program, by itself or by a platform it let."""

    async def check_session_key(self, session: MiniProgramSession, *, credential: CredentialT | None = None) -> bool:
        """Whether a session_key is still that of the person. A dead one is False, never an exception.

        Source: https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_checksessionkey

        Raises:
            TokenDead: the credential that was given is over (40001, 42001).
        """
        return await self._answer(credential, lambda held: miniprogram.check_session_key(self.endpoints, held, session))

    async def reset_session_key(
        self, session: MiniProgramSession, *, credential: CredentialT | None = None
    ) -> MiniProgramSession:
        """Replace a session_key: the old one is dead at once, the end stays the same.

        Source: https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_resetusersessionkey

        Raises:
            SignInAgain: the key is not that of the person any more (87007, 87009): ``wx.login`` makes a new one.
        """
        return await self._answer(credential, lambda held: miniprogram.reset_session_key(self.endpoints, held, session))

    async def fetch_phone_number(
        self, code: str, *, openid: str | None = None, credential: CredentialT | None = None
    ) -> PhoneNumber:
        """Exchange the code of the button ``getPhoneNumber``, which is not that of ``wx.login``.

        Source: https://developers.weixin.qq.com/miniprogram/dev/server/API/user-info/phone-number/api_getphonenumber

        Args:
            code: what the button gave; it works once, for five minutes.
            openid: the person it has to belong to; None to take anybody's.
            credential: the one to use; None for the one this client keeps.

        Raises:
            CodeRefused: the code is used, expired, another program's or another person's (40029).
        """
        return await self._answer(
            credential, lambda held: miniprogram.fetch_phone_number(self.endpoints, held, code, openid=openid)
        )

    def decrypt_open_data(
        self,
        session: MiniProgramSession,
        *,
        encrypted_data: str,
        iv: str,
        oldest_seconds: float = open_data.OLDEST_SECONDS,
    ) -> OpenData:
        """Decrypt what a phone sent, and check that it is of this mini program, of this person, and new.

        Source: https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/signature.html

        Args:
            session: whose key it is encrypted with. A ``wx.login`` since then may have replaced the key.
            encrypted_data: ``encryptedData``, base64.
            iv: base64.
            oldest_seconds: how old it may be.

        Raises:
            NotFromWeChat: it was not encrypted with this key, or is another's, or too old.
            UsageError: the package ``cryptography`` is missing (``pip install 'wxauth[crypto]'``).
        """
        return open_data.decrypt_open_data(
            session, encrypted_data=encrypted_data, iv=iv, now=self._ports.now(), oldest_seconds=oldest_seconds
        )

    def demand_signed(self, session: MiniProgramSession, *, raw_data: str, signature: str) -> None:
        """Refuse ``rawData`` that the phone of this person did not sign. Parse it only afterwards.

        Source: https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/signature.html

        Raises:
            NotFromWeChat: the signature is not that of the text.
        """
        open_data.demand_signed(session, raw_data=raw_data, signature=signature)
