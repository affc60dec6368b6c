"""The values everybody shares: what a sign-in asks for (scope) and yields (grant, profile, identity)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from wxauth.account import GrantingAccount
from wxauth.errors import UsageError


class Scope(StrEnum):
    """What the person is asked for (https://developers.weixin.qq.com/doc/service/guide/h5/auth.html).

    Every parameter that takes a Scope also takes its string value.
    """

    SNSAPI_BASE = "snsapi_base"
    """Silent; yields the openid only."""
    SNSAPI_USERINFO = "snsapi_userinfo"
    """Asks for consent; yields the profile too, and the unionid of a bound account."""

    @classmethod
    def read(cls, value: Scope | str) -> Scope:
        """Read a scope or its string value; raises UsageError naming the page WeChat would have shown."""
        if not value:
            raise UsageError("scope is empty; WeChat would have shown 10010 (scope不能为空)")
        try:
            return cls(value)
        except ValueError:
            raise UsageError(
                f"{value!r} is not a scope of an official account (snsapi_base, snsapi_userinfo); "
                "WeChat would have shown 10005 (此公众号并没有这些scope的权限)"
            ) from None


class Lang(StrEnum):
    """The languages of sns/userinfo. Every parameter that takes a Lang also takes its string value."""

    ZH_CN = "zh_CN"
    ZH_TW = "zh_TW"
    EN = "en"

    @classmethod
    def read(cls, value: Lang | str) -> Lang:
        """Read a language or its string value; raises UsageError for any other."""
        try:
            return cls(value)
        except ValueError:
            raise UsageError(f"{value!r} is not a language of sns/userinfo: zh_CN, zh_TW, en") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a code was exchanged for: the right to ask about one person, for two hours.

    Its access_token belongs to one person and is unrelated to the app's own access_token of ``cgi-bin/token``.

    Attributes:
        appid: the account that was granted.
        openid: the person, as this account knows them.
        unionid: the person across one open-platform account; None when WeChat did not say.
        scope: what was granted, in WeChat's own form (comma-separated when several).
        access_token: for ``sns/userinfo`` and ``sns/auth``. Hidden in ``repr``.
        refresh_token: for ``sns/oauth2/refresh_token``, lives 30 days from the authorization. Hidden in ``repr``.
        expires_at: when the access_token ends, in seconds of unix time.
        is_snapshot_user: True for the virtual person of a snapshot page (快照页), who does not exist.
            False proves nothing: the flag has been seen missing.
    """

    appid: str
    openid: str
    unionid: str | None
    scope: str
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: float
    is_snapshot_user: bool

    def allows(self, scope: Scope | str) -> bool:
        """Whether ``scope`` is among the granted ones."""
        return str(scope) in self.scope.split(",")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a person shows to this account (sns/userinfo). Proves nothing and identifies nobody.

    Since 2021-10-20 WeChat sends sex, language, city, province and country empty
    (https://developers.weixin.qq.com/community/develop/doc/00028edbe3c58081e7cc834705b801).

    Attributes:
        openid: the person, as this account knows them.
        unionid: the person across one open-platform account; None when WeChat did not say.
        nickname: free text, emoji included; may be empty.
        headimgurl: address of the avatar, None without one. It dies when the person changes the avatar: copy the image.
        sex: 0 unknown, 1 male, 2 female.
        language, city, province, country: as WeChat sends them, today empty.
        privilege: codes of carrier privileges, normally none.
    """

    openid: str
    unionid: str | None = None
    nickname: str = ""
    headimgurl: str | None = None
    sex: int = 0
    language: str = ""
    city: str = ""
    province: str = ""
    country: str = ""
    privilege: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who came back from WeChat.

    A person is the pair (appid, openid): that is ``key``, and it never changes. The unionid links identities of the
    accounts bound to one open-platform account and may arrive late.

    Attributes:
        appid: the account the person signed in to.
        openid: the person, as this account knows them. Case matters.
        unionid: None when WeChat did not say.
        scope: what was granted, in WeChat's own form.
        profile: None with snsapi_base, or when WeChat could not be asked.
        open_platform: the open-platform account the unionid belongs to, as the account names it; None: not said.
    """

    appid: str
    openid: str
    unionid: str | None
    scope: str
    profile: Profile | None = None
    open_platform: str | None = None

    @classmethod
    def of(cls, grant: Grant, profile: Profile | None = None, *, account: GrantingAccount) -> Identity:
        """Who a grant is about.

        Args:
            grant: what a code was exchanged for.
            profile: what was fetched with it, None without one.
            account: whose grant it is.

        Raises:
            UsageError: the grant is of another account, or the profile of another person.
        """
        if grant.appid != account.appid:
            raise UsageError(f"the grant is of {grant.appid}, not of {account.appid}")
        if profile is not None and profile.openid != grant.openid:
            raise UsageError("the profile is another person's than the grant")
        return cls(
            appid=grant.appid,
            openid=grant.openid,
            unionid=grant.unionid or (None if profile is None else profile.unionid),
            scope=grant.scope,
            profile=profile,
            open_platform=account.open_platform,
        )

    @property
    def key(self) -> tuple[str, str]:
        """What to know this person by: (appid, openid)."""
        return (self.appid, self.openid)

    @property
    def nickname(self) -> str | None:
        """The nickname, None when no profile was granted. Free text: show it, never match on it."""
        return None if self.profile is None else self.profile.nickname

    def same_person_as(self, other: Identity) -> bool:
        """Whether WeChat says that both are one person.

        True for the same (appid, openid), and for the same unionid within the same open-platform account. A unionid
        means nothing outside the open-platform account that made it, so equal unionids of two appids prove nothing
        unless both accounts were given the same ``open_platform``. False is no proof of two people: a unionid may
        arrive late.

        Source: https://developers.weixin.qq.com/doc/oplatform/developers/dev/auth/web.md
        """
        if self.key == other.key:
            return True
        return (
            self.unionid is not None
            and self.open_platform is not None
            and (self.unionid, self.open_platform) == (other.unionid, other.open_platform)
        )
