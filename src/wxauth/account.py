"""The accounts a program acts for: one kind per channel of WeChat, so that a wrong pair cannot be written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from wxauth.errors import UsageError

APPID = re.compile(r"wx[0-9a-f]{16}")
SECRET = re.compile(r"[0-9a-f]{32}")
CORPID = re.compile(r"ww[0-9a-f]{16}")
CORP_SECRET = re.compile(r"[0-9A-Za-z_-]{32,64}")
PUSH_TOKEN = re.compile(r"[0-9A-Za-z]{3,32}")
AES_KEY = re.compile(r"[0-9A-Za-z]{43}")
LONGEST_OPEN_PLATFORM = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """What official accounts, website apps, mobile apps and mini programs have in common: see those.

    Args:
        appid: ``wx`` and 16 hex digits. The original id (``gh_...``) is something else and is refused.
        secret: the AppSecret, 32 hex digits. Hidden in ``repr``.
        open_platform: a name of your own for the open-platform account (微信开放平台账号) this one is bound to; give
            the same name to all accounts bound to it. None: not said, and then unionids link nobody.

    Raises:
        UsageError: a value has the wrong shape.
    """

    appid: str
    secret: str = field(repr=False)
    open_platform: str | None = None

    def __post_init__(self) -> None:
        demand_appid(self.appid)
        _demand_secret(self.appid, self.secret)
        if self.open_platform is not None and not 1 <= len(self.open_platform) <= LONGEST_OPEN_PLATFORM:
            raise UsageError(f"open_platform is a name of 1 to {LONGEST_OPEN_PLATFORM} characters, or None")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialAccount(App):
    """An official account (公众号): an appid with its secret.

    Args:
        appid: ``wx`` and 16 hex digits. The original id (``gh_...``) is something else and is refused.
        secret: the AppSecret, 32 hex digits. Hidden in ``repr``.
        open_platform: a name of your own for the open-platform account (微信开放平台账号) this one is bound to; give
            the same name to all accounts bound to it. None: not said, and then unionids link nobody.

    Raises:
        UsageError: a value has the wrong shape.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class WebsiteApp(App):
    """A website app (网站应用) of the open platform: people scan its QR code to sign in.

    Args:
        appid, secret, open_platform: as of an OfficialAccount.

    Raises:
        UsageError: a value has the wrong shape.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class MobileApp(App):
    """A mobile app (移动应用) of the open platform: WeChat's SDK hands it the code.

    Args:
        appid, secret, open_platform: as of an OfficialAccount.

    Raises:
        UsageError: a value has the wrong shape.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class MiniProgram(App):
    """A mini program (小程序): ``wx.login`` hands it the code.

    Args:
        appid, secret, open_platform: as of an OfficialAccount.

    Raises:
        UsageError: a value has the wrong shape.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class ThirdPartyPlatform:
    """A third-party platform (第三方平台), which acts for the accounts whose administrators let it.

    Args:
        appid: the ``component_appid``, ``wx`` and 16 hex digits.
        secret: the ``component_appsecret``, 32 hex digits. Hidden in ``repr``.
        token: 消息校验Token, 3 to 32 letters and digits; it signs what WeChat pushes. Hidden in ``repr``.
        encoding_aes_key: 消息加解密Key, 43 letters and digits; it encrypts what WeChat pushes. Hidden in ``repr``.

    Raises:
        UsageError: a value has the wrong shape.
    """

    appid: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    encoding_aes_key: str = field(repr=False)

    def __post_init__(self) -> None:
        demand_appid(self.appid)
        _demand_secret(self.appid, self.secret)
        if not PUSH_TOKEN.fullmatch(self.token):
            raise UsageError(f"the token of {self.appid} (消息校验Token) is not 3 to 32 letters and digits")
        if not AES_KEY.fullmatch(self.encoding_aes_key):
            raise UsageError(
                f"the encoding_aes_key of {self.appid} (消息加解密Key) is not 43 letters and digits "
                f"(got {len(self.encoding_aes_key)} characters)"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class WeComApp:
    """An app of a corp in WeCom (企业微信自建应用).

    Args:
        corpid: ``ww`` and 16 hex digits.
        agentid: the app's number within the corp (AgentId), greater than 0.
        secret: the app's own Secret, 32 to 64 letters, digits, ``-`` and ``_``. Hidden in ``repr``.

    Raises:
        UsageError: a value has the wrong shape.
    """

    corpid: str
    agentid: int
    secret: str = field(repr=False)

    def __post_init__(self) -> None:
        if not CORPID.fullmatch(self.corpid):
            raise UsageError(
                f"{self.corpid[:32]!r} is not a corpid: it is 'ww' and 16 hex digits in lower case; "
                "WeCom would have answered 40013 (invalid corpid)"
            )
        if self.agentid < 1:
            raise UsageError(f"agentid {self.agentid} is none: it is the number of the app, greater than 0")
        if not CORP_SECRET.fullmatch(self.secret):
            raise UsageError(
                f"the secret of agent {self.agentid} is not 32 to 64 letters, digits, '-' and '_' "
                f"(got {len(self.secret)} characters); WeCom would have answered 40001 (invalid credential)"
            )

    @property
    def appid(self) -> str:
        """The corpid: WeCom's links call it appid."""
        return self.corpid


GrantingAccount = OfficialAccount | WebsiteApp | MobileApp
"""The kinds whose codes are exchanged for a Grant, with their own secret."""
CredentialedAccount = OfficialAccount | MiniProgram
"""The kinds that call WeChat with an AppCredential of their own."""
AnyAccount = OfficialAccount | WebsiteApp | MobileApp | MiniProgram | ThirdPartyPlatform | WeComApp


def demand_appid(appid: str) -> str:
    """The appid, if it is one; raises UsageError naming what WeChat would have shown or answered."""
    if not appid:
        raise UsageError("appid is empty; WeChat would have shown 10012 (appid不能为空), or answered 41002")
    if not APPID.fullmatch(appid):
        kind = "an original id (原始ID)" if appid.startswith("gh_") else "not an appid"
        raise UsageError(
            f"{appid[:32]!r} is {kind}: an appid is 'wx' and 16 hex digits in lower case; "
            "WeChat would have answered 40013 (invalid appid)"
        )
    return appid


def _demand_secret(appid: str, secret: str) -> None:
    if not SECRET.fullmatch(secret):
        raise UsageError(
            f"the secret of {appid} is not an AppSecret (32 hex digits in lower case, "
            f"got {len(secret)} characters); WeChat would have answered 40125 (invalid appsecret)"
        )
