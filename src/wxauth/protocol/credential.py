"""The account's own access_token, and what belongs to it: the quota, and the addresses WeChat calls from.

https://developers.weixin.qq.com/doc/oplatform/developers/dev/AccessToken.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from ipaddress import ip_network

import msgspec

from wxauth.account import CredentialedAccount
from wxauth.credential import AccountCredential
from wxauth.errors import UpstreamProtocolError
from wxauth.protocol.body import Answer, post, read
from wxauth.protocol.field import encoded, lifetime_seconds, printable
from wxauth.protocol.message import Call, Endpoints, Request, Response

TOKEN = "cgi-bin/token"  # noqa: S105 - the name of a call
STABLE_TOKEN = "cgi-bin/stable_token"  # noqa: S105 - as above
CLEAR_QUOTA = "cgi-bin/clear_quota"
CLEAR_QUOTA_BY_SECRET = "cgi-bin/clear_quota/v2"  # noqa: S105 - as above
CALLBACK_IP = "cgi-bin/getcallbackip"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAnswer:
    """A token whose end is not yet a point in time.

    Attributes:
        access_token: hidden in ``repr``.
        expires_in_seconds: how long it lives from now, 1 to 86400.
    """

    access_token: str = field(repr=False)
    expires_in_seconds: int


def fetch_token(endpoints: Endpoints, account: CredentialedAccount) -> Call[TokenAnswer]:
    """A new token of the plain kind, which replaces the one before: that lives five more minutes.

    WeChat allows 2000 calls a day, and takes them from listed addresses only (40164 otherwise).

    Source: https://developers.weixin.qq.com/doc/service/en/api/base/api_getaccesstoken
    """
    endpoints.demand_home_of(account.appid)
    return Call(
        request=Request(
            operation=TOKEN,
            url=f"{endpoints.api}/cgi-bin/token?grant_type=client_credential"
            f"&appid={account.appid}&secret={account.secret}",
        ),
        read=partial(read_token, TOKEN, (account.secret,)),
    )


def fetch_stable_token(
    endpoints: Endpoints, account: CredentialedAccount, *, force_refresh: bool = False
) -> Call[TokenAnswer]:
    """The stable token: the same one again until five minutes before its end.

    Source: https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken

    Args:
        endpoints: where WeChat is.
        account: whose token.
        force_refresh: end the current token and make another. Twenty times a day; less than 30 seconds after the last
            time it silently changes nothing.
    """
    endpoints.demand_home_of(account.appid)
    fields = {
        "grant_type": "client_credential",
        "appid": account.appid,
        "secret": account.secret,
        "force_refresh": force_refresh,
    }
    return Call(
        request=post(STABLE_TOKEN, f"{endpoints.api}/cgi-bin/stable_token", fields),
        read=partial(read_token, STABLE_TOKEN, (account.secret,)),
        spends=force_refresh,
    )


def clear_quota(endpoints: Endpoints, credential: AccountCredential) -> Call[None]:
    """Begin the account's daily quotas anew; ten times a month, then 48006.

    Source: https://developers.weixin.qq.com/doc/oplatform/openApi/openapi/api_clearquota.md
    """
    url = f"{endpoints.api}/cgi-bin/clear_quota?access_token={encoded(credential.access_token)}"
    return Call(
        request=post(CLEAR_QUOTA, url, {"appid": credential.appid}),
        read=partial(read_ok, CLEAR_QUOTA, (credential.access_token,)),
        spends=True,
    )


def clear_quota_by_secret(endpoints: Endpoints, account: CredentialedAccount) -> Call[None]:
    """The same by AppSecret, for when no token can be had any more. It counts towards the same ten times a month.

    WeChat's page shows the parameters in the body and in the query; they are sent in the body, where a secret belongs.
    Source: https://developers.weixin.qq.com/doc/store/API/apimgnt/clearQuotaByAppSecret.html
    """
    endpoints.demand_home_of(account.appid)
    fields = {"appid": account.appid, "appsecret": account.secret}
    return Call(
        request=post(CLEAR_QUOTA_BY_SECRET, f"{endpoints.api}/cgi-bin/clear_quota/v2", fields),
        read=partial(read_ok, CLEAR_QUOTA_BY_SECRET, (account.secret,)),
        spends=True,
    )


def callback_addresses(endpoints: Endpoints, credential: AccountCredential) -> Call[tuple[str, ...]]:
    """The addresses and networks from which WeChat calls your server.

    Source: https://developers.weixin.qq.com/doc/channels/api/basic
    """
    return Call(
        request=Request(
            operation=CALLBACK_IP,
            url=f"{endpoints.api}/cgi-bin/getcallbackip?access_token={encoded(credential.access_token)}",
        ),
        read=partial(_read_addresses, (credential.access_token,)),
    )


class _TokenBody(Answer):
    access_token: str | None = None
    expires_in: int | str | None = None


class _AddressesBody(Answer):
    ip_list: tuple[str, ...] | None = None


_TOKEN_BODY = msgspec.json.Decoder(_TokenBody)
_ADDRESSES_BODY = msgspec.json.Decoder(_AddressesBody)
_PLAIN_BODY = msgspec.json.Decoder(Answer)


def read_token(operation: str, secrets: tuple[str, ...], response: Response) -> TokenAnswer:
    """Read an answer with ``access_token`` and ``expires_in``; WeCom's also holds ``errcode`` 0."""
    body = read(response, _TOKEN_BODY, operation=operation, secrets=secrets)
    return TokenAnswer(
        access_token=printable(operation, "access_token", body.access_token),
        expires_in_seconds=lifetime_seconds(operation, body.expires_in),
    )


def read_ok(operation: str, secrets: tuple[str, ...], response: Response) -> None:
    """Read an answer that is nothing but ``errcode`` 0."""
    body = read(response, _PLAIN_BODY, operation=operation, secrets=secrets)
    if body.errcode is None:
        raise UpstreamProtocolError(operation, "it has no errcode")


def _read_addresses(secrets: tuple[str, ...], response: Response) -> tuple[str, ...]:
    body = read(response, _ADDRESSES_BODY, operation=CALLBACK_IP, secrets=secrets)
    if not body.ip_list or not all(map(_is_network, body.ip_list)):
        raise UpstreamProtocolError(CALLBACK_IP, "its ip_list is not a list of addresses")
    return body.ip_list


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True
