"""Grants that a third-party platform gets and renews on behalf of an account: no secret of the account is needed."""

from __future__ import annotations

from wxauth.credential import ComponentCredential
from wxauth.flow import issuers
from wxauth.flow.calls import DEADLINE_SECONDS, call, renew
from wxauth.flow.credential import Issuer, answer, keep
from wxauth.flow.effects import Now
from wxauth.identity import Grant
from wxauth.protocol import component
from wxauth.protocol.message import Endpoints


async def exchange_code(
    endpoints: Endpoints,
    platform: ComponentCredential,
    *,
    appid: str,
    code: str,
    deadline_seconds: float = DEADLINE_SECONDS,
) -> Grant:
    """Exchange a code for the grant it stands for."""
    what = component.exchange_code(endpoints, platform, appid=appid, code=code)
    found = await call(what, deadline_seconds=deadline_seconds)
    return found.granted(appid=appid, now=await Now())


async def refresh(
    endpoints: Endpoints,
    platform: ComponentCredential,
    grant: Grant,
    *,
    deadline_seconds: float = DEADLINE_SECONDS,
) -> Grant:
    """Renew a grant that was exchanged on behalf of its account."""
    what = component.refresh_grant(endpoints, platform, appid=grant.appid, refresh_token=grant.refresh_token)
    return await renew(grant, what, deadline_seconds=deadline_seconds)


async def query_auth(
    endpoints: Endpoints,
    platform: ComponentCredential,
    auth_code: str,
    *,
    deadline_seconds: float = DEADLINE_SECONDS,
) -> component.Authorization:
    """Exchange the auth_code of an administrator for what the platform may do."""
    what = component.query_auth(endpoints, platform, auth_code)
    found = await call(what, deadline_seconds=deadline_seconds)
    credential = found.credential(platform_appid=platform.appid, now=await Now())
    return component.Authorization(credential=credential, rights=found.rights)


async def adopt(
    endpoints: Endpoints,
    own: Issuer[ComponentCredential],
    auth_code: str,
    *,
    given: ComponentCredential | None,
    deadline_seconds: float,
) -> component.Authorization:
    """Exchange the auth_code of an administrator, and keep what the platform may act with."""
    authorization = await answer(
        own, given, lambda platform: query_auth(endpoints, platform, auth_code, deadline_seconds=deadline_seconds)
    )
    credential = authorization.credential
    issuer = issuers.authorizer(
        endpoints,
        own,
        platform_appid=credential.platform_appid,
        appid=credential.appid,
        deadline_seconds=deadline_seconds,
    )
    await keep(issuer, credential)
    return authorization


async def create_pre_auth_code(
    endpoints: Endpoints, platform: ComponentCredential, *, deadline_seconds: float = DEADLINE_SECONDS
) -> component.PreAuthCode:
    """A code with which one administrator can be asked once."""
    found = await call(component.create_pre_auth_code(endpoints, platform), deadline_seconds=deadline_seconds)
    expires_at = await Now() + found.expires_in_seconds
    return component.PreAuthCode(pre_auth_code=found.pre_auth_code, expires_at=expires_at)
