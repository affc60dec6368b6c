"""The accounts of a world: appid, secret, and what the account may do."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from ipaddress import ip_address

from wxauth.sandbox.push import Push

OFFICIAL_SCOPES = frozenset({"snsapi_base", "snsapi_userinfo"})
WEBSITE_SCOPE = "snsapi_login"
"""https://developers.weixin.qq.com/doc/oplatform/developers/dev/auth/web.md"""
CORP_SCOPES = frozenset({"snsapi_base", "snsapi_privateinfo"})
FIRST_AGENTID = 1000002
APPID = re.compile(r"w[wx]5a4db0[0-9a-f]{10}")
CORP_MARK = "ww"
SECRET = re.compile(r"[0-9a-f]{32}")
DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*(:[0-9]+)?")
IPV4 = re.compile(r"[0-9]+(\.[0-9]+){3}")


class AccountKind(StrEnum):
    """What sort of account an appid belongs to."""

    SERVICE = "service"
    """A verified service account (服务号)."""
    TEST = "test"
    """A test account (测试号): followers only; its callback domain may be an IP address and may carry a port."""
    WEBSITE = "website"
    """A website application of the open platform: people sign in by a QR code, not on the authorize page."""
    MINIPROGRAM = "miniprogram"
    """A mini program (小程序), which people sign in to by ``wx.login`` and never by a link."""
    THIRD_PARTY = "third-party"
    """A third-party platform (第三方平台), which acts for the accounts whose admins let it."""
    WECOM = "wecom"
    """A corp of WeCom (企业微信), whose apps its members sign in to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """An app of a corp of WeCom (自建应用).

    Args:
        agentid: a number of its own within the corp.
        secret: 32 hex digits.
        name: what members see on the consent sheet.
        trusted_domains: the 可信域名, each a host and, unless it is the usual one, the port.

    Raises:
        ValueError: a value has another shape.
    """

    agentid: int
    secret: str = field(repr=False)
    name: str
    trusted_domains: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.agentid < 1:
            raise ValueError(f"an agentid is a positive number, not {self.agentid}")
        if not SECRET.fullmatch(self.secret):
            raise ValueError(f"the secret of agent {self.agentid} is not 32 hex digits in lower case")
        for domain in self.trusted_domains:
            _check_domain(domain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account of the sandbox.

    Args:
        appid: ``wx5a4db0``, for a corp of WeCom ``ww5a4db0``, and ten hex digits: the mark of every sandbox appid.
        secret: 32 hex digits.
        name: what people see on the consent sheet.
        callback_domains: the registered 网页授权域名, each a bare domain; a test account may add a port,
            a corp has to where it is not the usual one. Only these two may register an IP address.
        bound: whether it is bound to the world's open-platform account, so that people have a unionid here.
        scopes: what it may ask for; none for an unverified account.
        kind: service, test, website, mini program, third-party platform or corp.
        ip_whitelist: addresses from which it may get its own tokens; none: from anywhere.
        more_agents: the apps of a corp beside its first.
        push: where a third-party platform gets its events.

    Raises:
        ValueError: a value has another shape.
    """

    appid: str
    secret: str = field(repr=False)
    name: str = "沙箱公众号"
    callback_domains: tuple[str, ...] = ("www.example.com", "example.com")
    bound: bool = True
    scopes: frozenset[str] = OFFICIAL_SCOPES
    kind: AccountKind = AccountKind.SERVICE
    ip_whitelist: tuple[str, ...] = ()
    more_agents: tuple[Agent, ...] = ()
    push: Push = field(default_factory=Push)

    def __post_init__(self) -> None:
        if not APPID.fullmatch(self.appid):
            raise ValueError(f"{self.appid!r} is not a sandbox appid: wx5a4db0 and ten hex digits in lower case")
        if not SECRET.fullmatch(self.secret):
            raise ValueError(f"the secret of {self.appid} is not 32 hex digits in lower case")
        for domain in self.callback_domains:
            self._check(domain)
        for address in self.ip_whitelist:
            ip_address(address)
        if (self.kind is AccountKind.WECOM) != self.appid.startswith(CORP_MARK):
            raise ValueError(f"the appid of a corp of WeCom, and no other, begins with ww, unlike {self.appid}")
        if len({agent.agentid for agent in self.agents}) < len(self.agents):
            raise ValueError(f"two apps of {self.appid} have the same agentid")

    @property
    def agents(self) -> tuple[Agent, ...]:
        """The apps of a corp, of which the first, 1000002, is described by the account itself."""
        if self.kind is not AccountKind.WECOM:
            return ()
        first = Agent(agentid=FIRST_AGENTID, secret=self.secret, name=self.name, trusted_domains=self.callback_domains)
        return (first, *self.more_agents)

    def _check(self, domain: str) -> None:
        _check_domain(domain)
        if self.kind in (AccountKind.TEST, AccountKind.WECOM):
            return
        if ":" in domain:
            raise ValueError(f"{domain!r} has a port; only a test account or a corp may register one")
        if IPV4.fullmatch(domain):
            raise ValueError(f"{domain!r} is an IP address; only a test account or a corp may register one")


def _check_domain(domain: str) -> None:
    if not DOMAIN.fullmatch(domain):
        raise ValueError(f"{domain!r} is not a bare domain in lower case, such as www.example.com")


def numbered_account(number: int, *, name: str = "沙箱公众号", bound: bool = True) -> Account:
    """The account of a number from 1; number 1 is the default account of every sandbox."""
    return Account(appid=f"wx5a4db0{number:010x}", secret=f"5a4db0{number:026x}", name=name, bound=bound)


def numbered_website(number: int, *, name: str = "沙箱网站", bound: bool = True) -> Account:
    """The website application of a number; number 2 is the one of every sandbox."""
    account = numbered_account(number, name=name, bound=bound)
    return replace(
        account,
        kind=AccountKind.WEBSITE,
        callback_domains=("www.example.com",),
        scopes=frozenset({WEBSITE_SCOPE}),
    )


def numbered_mini_program(number: int, *, name: str = "沙箱小程序", bound: bool = True) -> Account:
    """The mini program of a number; number 3 is the one of every sandbox."""
    account = numbered_account(number, name=name, bound=bound)
    return replace(account, kind=AccountKind.MINIPROGRAM, callback_domains=(), scopes=frozenset())


def numbered_test_account(number: int, *, name: str = "沙箱测试号") -> Account:
    """The test account (测试号) of a number; number 4 is the one of every sandbox.

    https://developers.weixin.qq.com/community/develop/doc/0002808128c758895210f8aae66000
    """
    account = numbered_account(number, name=name, bound=False)
    return replace(account, kind=AccountKind.TEST, callback_domains=("127.0.0.1:8000",))


def numbered_corp(number: int, *, name: str = "沙箱企业") -> Account:
    """The corp of WeCom of a number, with one app; number 6 is the one of every sandbox."""
    return Account(
        appid=f"{CORP_MARK}5a4db0{number:010x}",
        secret=f"5a4db0{number:026x}",
        name=name,
        bound=False,
        scopes=CORP_SCOPES,
        kind=AccountKind.WECOM,
    )


def numbered_platform(number: int, *, name: str = "沙箱第三方平台") -> Account:
    """The third-party platform of a number; number 5 is the one of every sandbox."""
    account = numbered_account(number, name=name, bound=False)
    return replace(account, kind=AccountKind.THIRD_PARTY, scopes=frozenset())


def followed(accounts: tuple[Account, ...]) -> list[str]:
    """The appids that the first of the default people follows: of the first account, and of test accounts, which are
    of no use to anybody else.
    """
    return [account.appid for account in accounts if account is accounts[0] or account.kind is AccountKind.TEST]


def default_accounts() -> tuple[Account, ...]:
    """The accounts of a world that was given none, the first three bound to its open-platform account."""
    return (
        numbered_account(1),
        numbered_website(2),
        numbered_mini_program(3),
        numbered_test_account(4),
        numbered_platform(5),
        numbered_corp(6),
    )
