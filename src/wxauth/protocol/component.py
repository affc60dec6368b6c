"""The server calls of a third-party platform: its own token, the accounts it acts for, and people who sign in to them.

https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/Official_Accounts/official_account_website_authorization.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import msgspec

from wxauth.account import ThirdPartyPlatform, demand_appid
from wxauth.credential import AuthorizerCredential, ComponentCredential
from wxauth.errors import UpstreamProtocolError, UsageError
from wxauth.protocol.body import Answer, post, read
from wxauth.protocol.credential import TokenAnswer
from wxauth.protocol.field import (
    demand_code,
    demand_printable,
    demand_refresh_token,
    encoded,
    lifetime_seconds,
    printable,
)
from wxauth.protocol.message import Call, Endpoints, Request, Response
from wxauth.protocol.miniprogram import MiniProgramSession, read_session
from wxauth.protocol.sns import GrantAnswer, read_grant

COMPONENT_TOKEN = "cgi-bin/component/api_component_token"  # noqa: S105 - the name of a call
PRE_AUTH_CODE = "cgi-bin/component/api_create_preauthcode"
QUERY_AUTH = "cgi-bin/component/api_query_auth"
AUTHORIZER_TOKEN = "cgi-bin/component/api_authorizer_token"  # noqa: S105 - as above
EXCHANGE = "sns/oauth2/component/access_token"
REFRESH = "sns/oauth2/component/refresh_token"
SESSION = "sns/component/jscode2session"

RIGHT_OF_WEB_PAGES = 4
"""The number of the right (权限集) that web authorization on behalf of an account needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreAuthCodeAnswer:
    """A pre_auth_code whose end is not yet a point in time.

    Attributes:
        pre_auth_code: hidden in ``repr``.
        expires_in_seconds: how long it lives; WeChat's pages say 1800 and 600, so what the answer says counts.
    """

    pre_auth_code: str = field(repr=False)
    expires_in_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizerAnswer:
    """What an account's agreement is worth: tokens whose end is not yet a point in time, and rights.

    Attributes:
        appid: the account that let the platform act for it.
        access_token, refresh_token: as in AuthorizerCredential. Hidden in ``repr``.
        expires_in_seconds: how long the access_token lives from now.
        rights: the numbers of the rights (权限集) it granted; empty in the answer to a refresh.
    """

    appid: str
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in_seconds: int
    rights: frozenset[int] = frozenset()

    def credential(self, *, platform_appid: str, now: float) -> AuthorizerCredential:
        """The credential of the platform for this account, answered at ``now`` (seconds of unix time)."""
        return AuthorizerCredential(
            platform_appid=platform_appid,
            appid=self.appid,
            access_token=self.access_token,
            refresh_token=self.refresh_token,
            expires_at=now + self.expires_in_seconds,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PreAuthCode:
    """A code with which one administrator can be asked once.

    Attributes:
        pre_auth_code: goes into the link. Hidden in ``repr``.
        expires_at: when it ends, in seconds of unix time.
    """

    pre_auth_code: str = field(repr=False)
    expires_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """What an account lets a platform do.

    Attributes:
        credential: with which the platform acts for the account; keep it.
        rights: the numbers of the rights (权限集) that were granted; 4 is needed to sign people in.
    """

    credential: AuthorizerCredential
    rights: frozenset[int]

    @property
    def may_sign_people_in(self) -> bool:
        """Whether web authorization on behalf of the account is among the rights."""
        return RIGHT_OF_WEB_PAGES in self.rights


def fetch_component_token(endpoints: Endpoints, platform: ThirdPartyPlatform, ticket: str) -> Call[TokenAnswer]:
    """The platform's own token, by the newest ticket that WeChat pushed.

    Source: https://developers.weixin.qq.com/doc/oplatform/en/Third-party_Platforms/api/component_access_token.html

    Raises:
        UsageError: the ticket is none.
    """
    endpoints.demand_home_of(platform.appid)
    demand_printable(
        "ticket",
        ticket,
        missing="61006 (component ticket is invalid)",
        wrong="61006 (component ticket is invalid)",
    )
    fields = {
        "component_appid": platform.appid,
        "component_appsecret": platform.secret,
        "component_verify_ticket": ticket,
    }
    return Call(
        request=post(COMPONENT_TOKEN, f"{endpoints.api}/{COMPONENT_TOKEN}", fields),
        read=partial(_read_component_token, (platform.secret, ticket)),
    )


def create_pre_auth_code(endpoints: Endpoints, credential: ComponentCredential) -> Call[PreAuthCodeAnswer]:
    """A code with which one administrator can be asked once; the links of component_login.py carry it.

    Source: https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/ThirdParty/token/pre_auth_code.html
    """
    return Call(
        request=_post(endpoints, PRE_AUTH_CODE, credential, {}),
        read=partial(_read_pre_auth_code, (credential.access_token,)),
    )


def query_auth(endpoints: Endpoints, credential: ComponentCredential, auth_code: str) -> Call[AuthorizerAnswer]:
    """Exchange the auth_code an administrator came back with. It works once.

    Source: https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/ThirdParty/token/authorization_info.html

    Raises:
        UsageError: the auth_code is none.
    """
    demand_printable("auth_code", auth_code, missing="61009 (code is invalid)", wrong="61009 (code is invalid)")
    return Call(
        request=_post(endpoints, QUERY_AUTH, credential, {"authorization_code": auth_code}),
        read=partial(_read_authorization, (credential.access_token, auth_code)),
        spends=True,
    )


def refresh_authorizer(
    endpoints: Endpoints, credential: ComponentCredential, authorizer: AuthorizerCredential
) -> Call[AuthorizerAnswer]:
    """Another access_token for an account. Keep the refresh_token that comes back.

    Source: https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/ThirdParty/token/api_authorizer_token.html

    Raises:
        UsageError: the account let another platform act for it.
    """
    if authorizer.platform_appid != credential.appid:
        raise UsageError(f"{authorizer.appid} let {authorizer.platform_appid} act for it, not {credential.appid}")
    fields = {"authorizer_appid": authorizer.appid, "authorizer_refresh_token": authorizer.refresh_token}
    return Call(
        request=_post(endpoints, AUTHORIZER_TOKEN, credential, fields),
        read=partial(_read_authorizer_token, authorizer.appid, (credential.access_token, authorizer.refresh_token)),
    )


def exchange_code(endpoints: Endpoints, credential: ComponentCredential, *, appid: str, code: str) -> Call[GrantAnswer]:
    """Exchange a person's code on behalf of an account: what the account's secret does elsewhere, this token does here.

    Raises:
        UsageError: appid or code are none.
    """
    demand_appid(appid)
    demand_code(code)
    return Call(
        request=Request(
            operation=EXCHANGE,
            url=f"{endpoints.api}/{EXCHANGE}?appid={appid}&code={encoded(code)}"
            f"&grant_type=authorization_code&{_component(credential)}",
        ),
        read=partial(read_grant, EXCHANGE, (credential.access_token, code)),
        spends=True,
    )


def refresh_grant(
    endpoints: Endpoints, credential: ComponentCredential, *, appid: str, refresh_token: str
) -> Call[GrantAnswer]:
    """Refresh a grant that was exchanged on behalf of an account; it has an address of its own.

    Raises:
        UsageError: appid or refresh_token are none.
    """
    demand_appid(appid)
    demand_refresh_token(refresh_token)
    return Call(
        request=Request(
            operation=REFRESH,
            url=f"{endpoints.api}/{REFRESH}?appid={appid}&grant_type=refresh_token&{_component(credential)}"
            f"&refresh_token={encoded(refresh_token)}",
        ),
        read=partial(read_grant, REFRESH, (credential.access_token, refresh_token)),
    )


def code_to_session(
    endpoints: Endpoints, credential: ComponentCredential, *, appid: str, code: str
) -> Call[MiniProgramSession]:
    """Exchange the code of ``wx.login`` on behalf of a mini program.

    Source: https://developers.weixin.qq.com/doc/oplatform/openApi/miniprogram-management/login/api_thirdpartycode2session.html

    Raises:
        UsageError: appid or code are none.
    """
    demand_appid(appid)
    demand_code(code)
    return Call(
        request=Request(
            operation=SESSION,
            url=f"{endpoints.api}/{SESSION}?appid={appid}&js_code={encoded(code)}"
            f"&grant_type=authorization_code&{_component(credential)}",
        ),
        read=partial(read_session, SESSION, appid, (credential.access_token, code)),
        spends=True,
    )


def _component(credential: ComponentCredential) -> str:
    token = encoded(credential.access_token)
    return f"component_appid={credential.appid}&component_access_token={token}"


def _post(endpoints: Endpoints, operation: str, credential: ComponentCredential, fields: dict[str, str]) -> Request:
    token = encoded(credential.access_token)
    url = f"{endpoints.api}/{operation}?component_access_token={token}"
    return post(operation, url, {"component_appid": credential.appid, **fields})


class _ComponentTokenBody(Answer):
    component_access_token: str | None = None
    expires_in: int | str | None = None


class _PreAuthCodeBody(Answer):
    pre_auth_code: str | None = None
    expires_in: int | str | None = None


class _Category(msgspec.Struct):
    id: int | None = None


class _Right(msgspec.Struct):
    funcscope_category: _Category | None = None


class _Tokens(Answer):
    authorizer_appid: str | None = None
    authorizer_access_token: str | None = None
    authorizer_refresh_token: str | None = None
    expires_in: int | str | None = None
    func_info: tuple[_Right, ...] | None = None


class _AuthorizationBody(Answer):
    authorization_info: _Tokens | None = None


_COMPONENT_TOKEN_BODY = msgspec.json.Decoder(_ComponentTokenBody)
_PRE_AUTH_CODE_BODY = msgspec.json.Decoder(_PreAuthCodeBody)
_AUTHORIZATION_BODY = msgspec.json.Decoder(_AuthorizationBody)
_AUTHORIZER_TOKEN_BODY = msgspec.json.Decoder(_Tokens)


def _read_component_token(secrets: tuple[str, ...], response: Response) -> TokenAnswer:
    body = read(response, _COMPONENT_TOKEN_BODY, operation=COMPONENT_TOKEN, secrets=secrets)
    return TokenAnswer(
        access_token=printable(COMPONENT_TOKEN, "component_access_token", body.component_access_token),
        expires_in_seconds=lifetime_seconds(COMPONENT_TOKEN, body.expires_in),
    )


def _read_pre_auth_code(secrets: tuple[str, ...], response: Response) -> PreAuthCodeAnswer:
    body = read(response, _PRE_AUTH_CODE_BODY, operation=PRE_AUTH_CODE, secrets=secrets)
    return PreAuthCodeAnswer(
        pre_auth_code=printable(PRE_AUTH_CODE, "pre_auth_code", body.pre_auth_code),
        expires_in_seconds=lifetime_seconds(PRE_AUTH_CODE, body.expires_in),
    )


def _read_authorization(secrets: tuple[str, ...], response: Response) -> AuthorizerAnswer:
    tokens = read(response, _AUTHORIZATION_BODY, operation=QUERY_AUTH, secrets=secrets).authorization_info
    if tokens is None:
        raise UpstreamProtocolError(QUERY_AUTH, "it has no authorization_info")
    try:
        appid = demand_appid(tokens.authorizer_appid or "")
    except UsageError:
        raise UpstreamProtocolError(QUERY_AUTH, "its authorizer_appid is no appid") from None
    return _authorizer(QUERY_AUTH, appid, tokens)


def _read_authorizer_token(appid: str, secrets: tuple[str, ...], response: Response) -> AuthorizerAnswer:
    return _authorizer(
        AUTHORIZER_TOKEN,
        appid,
        read(response, _AUTHORIZER_TOKEN_BODY, operation=AUTHORIZER_TOKEN, secrets=secrets),
    )


def _authorizer(operation: str, appid: str, tokens: _Tokens) -> AuthorizerAnswer:
    categories = [right.funcscope_category for right in tokens.func_info or ()]
    return AuthorizerAnswer(
        appid=appid,
        access_token=printable(operation, "authorizer_access_token", tokens.authorizer_access_token),
        refresh_token=printable(operation, "authorizer_refresh_token", tokens.authorizer_refresh_token),
        expires_in_seconds=lifetime_seconds(operation, tokens.expires_in),
        rights=frozenset(category.id for category in categories if category is not None and category.id is not None),
    )
