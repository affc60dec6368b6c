"""Credentials as WeChat issues them: asked for once, dated, and handed over. Keeping them is another's work."""

from __future__ import annotations

from wxauth.account import CredentialedAccount, ThirdPartyPlatform, WeComApp
from wxauth.credential import (
    AccountCredential,
    AppCredential,
    AuthorizerCredential,
    ComponentCredential,
    CorpCredential,
    TokenKind,
)
from wxauth.errors import UsageError
from wxauth.flow.calls import DEADLINE_SECONDS, call
from wxauth.flow.effects import Now
from wxauth.protocol import component, credential, jssdk, wecom
from wxauth.protocol.message import Endpoints


async def issue_app_credential(
    endpoints: Endpoints,
    account: CredentialedAccount,
    *,
    kind: TokenKind = TokenKind.STABLE,
    force_refresh: bool = False,
    deadline_seconds: float = DEADLINE_SECONDS,
) -> AppCredential:
    """An account's own credential; ``force_refresh`` is for the stable kind, as the plain kind is always a new one."""
    if kind is TokenKind.STABLE:
        what = credential.fetch_stable_token(endpoints, account, force_refresh=force_refresh)
    elif force_refresh:
        raise UsageError("force_refresh is for the stable kind: every plain token is a new one")
    else:
        what = credential.fetch_token(endpoints, account)
    answer = await call(what, deadline_seconds=deadline_seconds)
    return AppCredential(
        appid=account.appid,
        access_token=answer.access_token,
        expires_at=await Now() + answer.expires_in_seconds,
        kind=kind,
    )


async def issue_ticket(
    endpoints: Endpoints, holder: AccountCredential, *, deadline_seconds: float = DEADLINE_SECONDS
) -> jssdk.JsapiTicket:
    """An account's ticket of the JS-SDK."""
    answer = await call(jssdk.fetch_ticket(endpoints, holder), deadline_seconds=deadline_seconds)
    expires_at = await Now() + answer.expires_in_seconds
    return jssdk.JsapiTicket(appid=holder.appid, ticket=answer.ticket, expires_at=expires_at)


async def issue_component_credential(
    endpoints: Endpoints, platform: ThirdPartyPlatform, ticket: str, *, deadline_seconds: float = DEADLINE_SECONDS
) -> ComponentCredential:
    """A platform's own credential."""
    what = component.fetch_component_token(endpoints, platform, ticket)
    answer = await call(what, deadline_seconds=deadline_seconds)
    return ComponentCredential(
        appid=platform.appid,
        access_token=answer.access_token,
        expires_at=await Now() + answer.expires_in_seconds,
    )


async def issue_authorizer_credential(
    endpoints: Endpoints,
    platform: ComponentCredential,
    authorizer: AuthorizerCredential,
    *,
    deadline_seconds: float = DEADLINE_SECONDS,
) -> AuthorizerCredential:
    """Another credential of a platform for an account it acts for."""
    what = component.refresh_authorizer(endpoints, platform, authorizer)
    answer = await call(what, deadline_seconds=deadline_seconds)
    return answer.credential(platform_appid=platform.appid, now=await Now())


async def issue_corp_credential(
    endpoints: Endpoints, app: WeComApp, *, deadline_seconds: float = DEADLINE_SECONDS
) -> CorpCredential:
    """An app's credential at WeCom."""
    answer = await call(wecom.fetch_token(endpoints, app), deadline_seconds=deadline_seconds)
    return CorpCredential(
        corpid=app.corpid,
        agentid=app.agentid,
        access_token=answer.access_token,
        expires_at=await Now() + answer.expires_in_seconds,
    )
