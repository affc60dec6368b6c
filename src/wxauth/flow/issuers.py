"""Which credential comes from where, and under which key of the store it is kept."""

from __future__ import annotations

from typing import TypeVar

from wxauth.account import CredentialedAccount, ThirdPartyPlatform, WeComApp
from wxauth.credential import (
    AccountCredential,
    AppCredential,
    AuthorizerCredential,
    ComponentCredential,
    CorpCredential,
    TokenKind,
)
from wxauth.flow.credential import Issuer, using
from wxauth.flow.issuing import (
    issue_app_credential,
    issue_authorizer_credential,
    issue_component_credential,
    issue_corp_credential,
    issue_ticket,
)
from wxauth.flow.ticket import kept_ticket
from wxauth.protocol import component, errcode
from wxauth.protocol.jssdk import JsapiTicket
from wxauth.protocol.message import Endpoints

A = TypeVar("A", bound=AccountCredential)

AUTHORIZATION_SECONDS = 10 * 365 * 24 * 60 * 60
"""An authorizer_refresh_token has no end and is given out only once, so its record is kept as good as for ever."""
REFRESH_TOKEN_UNKNOWN = 61023


def app(
    endpoints: Endpoints, account: CredentialedAccount, kind: TokenKind, *, deadline_seconds: float
) -> Issuer[AppCredential]:
    """An account's own credential. Twice the deadline, since a forced refresh follows a question."""

    async def issue(held: AppCredential | None, force: bool) -> AppCredential:
        del held
        return await issue_app_credential(
            endpoints, account, kind=kind, force_refresh=force, deadline_seconds=deadline_seconds
        )

    return Issuer(
        place=f"wxauth:credential:{account.appid}:{kind}",
        kind=AppCredential,
        issue=issue,
        within_seconds=deadline_seconds * 2,
        can_force=kind is TokenKind.STABLE,
    )


def corp(endpoints: Endpoints, account: WeComApp, *, deadline_seconds: float) -> Issuer[CorpCredential]:
    """An app's credential at WeCom, which gives out the same one until it ends."""

    async def issue(held: CorpCredential | None, force: bool) -> CorpCredential:
        del held, force
        return await issue_corp_credential(endpoints, account, deadline_seconds=deadline_seconds)

    return Issuer(
        place=f"wxauth:credential:{account.corpid}:{account.agentid}",
        kind=CorpCredential,
        issue=issue,
        within_seconds=deadline_seconds,
    )


def platform(
    endpoints: Endpoints, account: ThirdPartyPlatform, *, deadline_seconds: float
) -> Issuer[ComponentCredential]:
    """A platform's own credential, by the ticket that is kept."""

    async def issue(held: ComponentCredential | None, force: bool) -> ComponentCredential:
        del held, force
        ticket = await kept_ticket(account.appid)
        return await issue_component_credential(endpoints, account, ticket, deadline_seconds=deadline_seconds)

    return Issuer(
        place=f"wxauth:credential:{account.appid}:component",
        kind=ComponentCredential,
        issue=issue,
        within_seconds=deadline_seconds,
    )


def authorizer(
    endpoints: Endpoints, own: Issuer[ComponentCredential], *, platform_appid: str, appid: str, deadline_seconds: float
) -> Issuer[AuthorizerCredential]:
    """The credential of a platform for an account, by the refresh_token that is kept, with the platform's ``own``."""

    async def issue(held: AuthorizerCredential | None, force: bool) -> AuthorizerCredential:
        del force
        if held is None:
            raise errcode.error(
                component.AUTHORIZER_TOKEN,
                REFRESH_TOKEN_UNKNOWN,
                "no agreement of this account is kept; WeChat was not asked",
            )
        return await using(
            own,
            lambda platform: issue_authorizer_credential(endpoints, platform, held, deadline_seconds=deadline_seconds),
        )

    return Issuer(
        place=f"wxauth:credential:{appid}:of:{platform_appid}",
        kind=AuthorizerCredential,
        issue=issue,
        within_seconds=deadline_seconds + own.within_seconds,
        worth_seconds=AUTHORIZATION_SECONDS,
    )


def jsapi_ticket(endpoints: Endpoints, own: Issuer[A], *, deadline_seconds: float) -> Issuer[JsapiTicket]:
    """An account's ticket of the JS-SDK, by the ``own`` credential of the account or of a platform it let."""

    async def issue(held: JsapiTicket | None, force: bool) -> JsapiTicket:
        del held, force
        return await using(own, lambda holder: issue_ticket(endpoints, holder, deadline_seconds=deadline_seconds))

    return Issuer(
        place=f"{own.place}:jsapi",
        kind=JsapiTicket,
        issue=issue,
        within_seconds=deadline_seconds + own.within_seconds,
    )
