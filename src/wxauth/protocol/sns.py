"""The four calls of a sign-in: exchange a code, refresh a grant, fetch the profile, check a grant."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial

import msgspec

from wxauth.account import GrantingAccount, demand_appid
from wxauth.errors import UpstreamProtocolError, UsageError, WeChatError
from wxauth.identity import Grant, Lang, Profile, Scope
from wxauth.protocol.body import Answer, read
from wxauth.protocol.field import (
    LONGEST_OPENID,
    demand_code,
    demand_refresh_token,
    encoded,
    lifetime_seconds,
    printable,
    unionid,
)
from wxauth.protocol.message import Call, Endpoints, Request, Response

EXCHANGE = "sns/oauth2/access_token"
REFRESH = "sns/oauth2/refresh_token"
USERINFO = "sns/userinfo"
AUTH = "sns/auth"

WEBSITE_SCOPE = "snsapi_login"
"""What a website app asks for (https://developers.weixin.qq.com/doc/oplatform/developers/dev/auth/web.md)."""
DEAD_GRANT = frozenset({40001, 40003, 40014, 42001, 42007})
"""The errcodes by which sns/auth says that a grant is over."""

_IMAGE_URL = re.compile(r"https?://[!-~]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantAnswer:
    """What WeChat answers to a code or a refresh_token: a grant whose end is not yet a point in time.

    Attributes:
        openid, unionid, scope, access_token, refresh_token, is_snapshot_user: as in Grant.
            A refresh never carries the unionid.
        expires_in_seconds: how long the access_token lives from now, 1 to 86400, normally 7200.
    """

    openid: str
    unionid: str | None
    scope: str
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in_seconds: int
    is_snapshot_user: bool

    def granted(self, *, appid: str, now: float) -> Grant:
        """The grant of the account ``appid``, answered at ``now`` (seconds of unix time)."""
        return Grant(
            appid=appid,
            openid=self.openid,
            unionid=self.unionid,
            scope=self.scope,
            access_token=self.access_token,
            refresh_token=self.refresh_token,
            expires_at=now + self.expires_in_seconds,
            is_snapshot_user=self.is_snapshot_user,
        )


def exchange_code(endpoints: Endpoints, account: GrantingAccount, code: str) -> Call[GrantAnswer]:
    """Exchange a code for a grant. A code works once, within five minutes, for the account it was given for.

    Source: https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsaccesstoken

    Raises:
        UsageError: the code is empty, over 512 characters, or not printable ASCII; or the account is a sandbox's and
            the endpoints are not.
    """
    endpoints.demand_home_of(account.appid)
    demand_code(code)
    return Call(
        request=Request(
            operation=EXCHANGE,
            url=f"{endpoints.api}/sns/oauth2/access_token?appid={account.appid}&secret={account.secret}"
            f"&code={encoded(code)}&grant_type=authorization_code",
        ),
        read=partial(read_grant, EXCHANGE, (account.secret, code)),
        spends=True,
    )


def refresh_grant(endpoints: Endpoints, *, appid: str, refresh_token: str) -> Call[GrantAnswer]:
    """Refresh a grant: a new access_token, or the same one prolonged. The refresh_token keeps its 30 days.

    Source: https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsrefreshtoken

    Raises:
        UsageError: the appid is none, or the refresh_token is empty, over 512 characters, or not printable ASCII.
    """
    demand_appid(appid)
    demand_refresh_token(refresh_token)
    return Call(
        request=Request(
            operation=REFRESH,
            url=f"{endpoints.api}/sns/oauth2/refresh_token?appid={appid}&grant_type=refresh_token"
            f"&refresh_token={encoded(refresh_token)}",
        ),
        read=partial(read_grant, REFRESH, (refresh_token,)),
    )


def fetch_profile(endpoints: Endpoints, grant: Grant, *, lang: Lang | str) -> Call[Profile]:
    """Fetch the profile of the person who granted.

    Source: https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsuserinfo

    Args:
        endpoints: where WeChat is.
        grant: a grant of snsapi_userinfo, or of snsapi_login.
        lang: the language of country, province and city: zh_CN, zh_TW or en.

    Raises:
        UsageError: the grant is of neither, or the language is none of the three.
    """
    if not (grant.allows(Scope.SNSAPI_USERINFO) or grant.allows(WEBSITE_SCOPE)):
        raise UsageError(
            f"this grant is of {grant.scope}, and the profile takes snsapi_userinfo (snsapi_login for a website app); "
            "WeChat would have answered 48001 (api unauthorized)"
        )
    return Call(
        request=Request(
            operation=USERINFO,
            url=f"{endpoints.api}/sns/userinfo?access_token={encoded(grant.access_token)}"
            f"&openid={encoded(grant.openid)}&lang={Lang.read(lang).value}",
        ),
        read=partial(_read_profile, grant),
    )


def check_grant(endpoints: Endpoints, grant: Grant) -> Call[bool]:
    """Ask whether a grant is still alive; an answer that says it is dead is False, any other refusal raises.

    Source: https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsauth
    """
    return Call(
        request=Request(
            operation=AUTH,
            url=f"{endpoints.api}/sns/auth?access_token={encoded(grant.access_token)}&openid={encoded(grant.openid)}",
        ),
        read=partial(_read_alive, (grant.access_token, grant.openid)),
    )


class _GrantBody(Answer):
    access_token: str | None = None
    expires_in: int | str | None = None
    refresh_token: str | None = None
    openid: str | None = None
    scope: str | None = None
    unionid: str | None = None
    is_snapshotuser: int | str | bool | None = None


class _ProfileBody(Answer):
    openid: str | None = None
    nickname: str | None = None
    sex: int | str | None = None
    language: str | None = None
    city: str | None = None
    province: str | None = None
    country: str | None = None
    headimgurl: str | None = None
    privilege: tuple[str, ...] | None = None
    unionid: str | None = None


_GRANT_BODY = msgspec.json.Decoder(_GrantBody)
_PROFILE_BODY = msgspec.json.Decoder(_ProfileBody)
_PLAIN_BODY = msgspec.json.Decoder(Answer)


def read_grant(operation: str, secrets: tuple[str, ...], response: Response) -> GrantAnswer:
    """Read what a code or a refresh_token was exchanged for, on one's own account or on behalf of another."""
    body = read(response, _GRANT_BODY, operation=operation, secrets=secrets)
    return GrantAnswer(
        openid=printable(operation, "openid", body.openid, LONGEST_OPENID),
        unionid=unionid(operation, body.unionid),
        scope=printable(operation, "scope", body.scope),
        access_token=printable(operation, "access_token", body.access_token),
        refresh_token=printable(operation, "refresh_token", body.refresh_token),
        expires_in_seconds=lifetime_seconds(operation, body.expires_in),
        is_snapshot_user=_is_snapshot_user(operation, body.is_snapshotuser),
    )


def _read_profile(grant: Grant, response: Response) -> Profile:
    body = read(response, _PROFILE_BODY, operation=USERINFO, secrets=(grant.access_token, grant.openid))
    if body.openid != grant.openid:
        raise UpstreamProtocolError(USERINFO, "its openid is not the one that was asked for")
    image = body.headimgurl or ""
    return Profile(
        openid=grant.openid,
        unionid=unionid(USERINFO, body.unionid),
        nickname=body.nickname or "",
        headimgurl=image if _IMAGE_URL.fullmatch(image) else None,
        sex=_SEXES.get(body.sex, 0),
        language=body.language or "",
        city=body.city or "",
        province=body.province or "",
        country=body.country or "",
        privilege=body.privilege or (),
    )


def _read_alive(secrets: tuple[str, ...], response: Response) -> bool:
    try:
        body = read(response, _PLAIN_BODY, operation=AUTH, secrets=secrets)
    except WeChatError as refusal:
        if refusal.errcode in DEAD_GRANT:
            return False
        raise
    if body.errcode is None:
        raise UpstreamProtocolError(AUTH, "it has no errcode")
    return True


_SEXES: dict[int | str | None, int] = {1: 1, 2: 2, "1": 1, "2": 2}
_SNAPSHOT_FLAGS: dict[int | str | bool | None, bool] = {
    None: False,
    0: False,
    "0": False,
    "": False,
    1: True,
    "1": True,
}


def _is_snapshot_user(operation: str, value: int | str | bool | None) -> bool:
    flag = _SNAPSHOT_FLAGS.get(value)
    if flag is None:
        raise UpstreamProtocolError(operation, "its is_snapshotuser is neither 0 nor 1")
    return flag
