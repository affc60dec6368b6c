"""The cgi-bin calls of the base support: the account's own tokens, the JS-SDK ticket, quotas, addresses of WeChat."""

from __future__ import annotations

from wxauth.sandbox.accounts import Account, AccountKind
from wxauth.sandbox.credentials import FORCED, TOKEN_SECONDS
from wxauth.sandbox.quotas import Period
from wxauth.sandbox.refusal import Refusal
from wxauth.sandbox.wechat.bearer import bearer, check_address
from wxauth.sandbox.wechat.charge import charge
from wxauth.sandbox.wechat.operation import GET, POST, Call, Fields, Operation, Reads

STABLE_PER_MINUTE, STABLE_PER_DAY = 10_000, 500_000
"""https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken"""
CLEARED_PER_MONTH = 10
"""https://developers.weixin.qq.com/doc/oplatform/openApi/openapi/api_clearquota.md"""
OWN_QUOTA = frozenset({"cgi-bin/token", "cgi-bin/stable_token", "cgi-bin/clear_quota", "cgi-bin/clear_quota/v2"})
"""The calls that are counted by themselves, or not at all."""
ADDRESSES = ("127.0.0.1",)
"""WeChat's own servers, as far as the sandbox goes."""


def token(call: Call) -> Fields:
    """``cgi-bin/token``: every call replaces the token before.

    https://developers.weixin.qq.com/doc/service/en/api/base/api_getaccesstoken
    """
    account, switches = _credited(call), call.world.switches
    is_test = account.kind is AccountKind.TEST
    limit = switches.test_account_token_quota if is_test else switches.cgi_token_daily_quota
    charge(call, account.appid, "cgi-bin/token", limit=limit, per=Period.DAY)
    issued = call.world.credentials.token(account.appid, now=call.world.clock.now())
    return {"access_token": issued.value, "expires_in": TOKEN_SECONDS}


def stable_token(call: Call) -> Fields:
    """``cgi-bin/stable_token``: the same token again, until five minutes before its end.

    https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken
    """
    account, now = _credited(call), call.world.clock.now()
    charge(call, account.appid, "cgi-bin/stable_token", limit=STABLE_PER_MINUTE, per=Period.MINUTE)
    charge(call, account.appid, "cgi-bin/stable_token", limit=STABLE_PER_DAY, per=Period.DAY)
    idle = call.world.credentials.force(account.appid, now=now) if call.json.get("force_refresh") is True else None
    if idle is not None:
        call.notes.append(idle)
    issued = call.world.credentials.stable_token(account.appid, now=now)
    return {"access_token": issued.value, "expires_in": int(issued.until - now)}


def ticket(call: Call) -> Fields:
    """``cgi-bin/ticket/getticket`` for the JS-SDK (https://developer.work.weixin.qq.com/document/path/96909).

    What it says to another type than ``jsapi`` is not known.
    """
    account, now = bearer(call), call.world.clock.now()
    if call.value("type") != "jsapi":
        raise Refusal(40097, en="type has to be jsapi", zh="type 必须是 jsapi")
    issued = call.world.credentials.ticket(account.appid, now=now)
    return {"errcode": 0, "errmsg": "ok", "ticket": issued.value, "expires_in": int(issued.until - now)}


def clear_quota(call: Call) -> Fields:
    """``cgi-bin/clear_quota``: the daily quotas of the account begin anew.

    https://developers.weixin.qq.com/doc/oplatform/openApi/openapi/api_clearquota.md; that the account named has to be
    the one of the token is a guess.
    """
    account = bearer(call)
    if call.account() != account:
        raise Refusal(40013, en=f"the access_token is that of {account.appid}", zh=f"access_token 属于 {account.appid}")
    return _clear(call, account)


def clear_quota_by_secret(call: Call) -> Fields:
    """``cgi-bin/clear_quota/v2``, for whom no token is left to call the other with.

    The table of the page puts appid and appsecret into the body, its example into the query; both are read:
    https://developers.weixin.qq.com/doc/store/API/apimgnt/clearQuotaByAppSecret.html
    """
    account = call.account()
    call.require_secret(account, "appsecret")
    return _clear(call, account)


def addresses(call: Call) -> Fields:
    """``cgi-bin/get_api_domain_ip`` and ``cgi-bin/getcallbackip`` (https://developers.weixin.qq.com/doc/channels/api/basic)."""
    bearer(call)
    return {"ip_list": list(ADDRESSES)}


def _clear(call: Call, account: Account) -> Fields:
    now, quotas = call.world.clock.now(), call.world.credentials.quotas
    if not quotas.take(account.appid, "clear_quota", limit=CLEARED_PER_MONTH, per=Period.MONTH, now=now):
        raise Refusal(
            48006,
            en=f"{account.appid} cleared its quotas {CLEARED_PER_MONTH} times this month",
            zh=f"{account.appid} 本月已清零 {CLEARED_PER_MONTH} 次",
        )
    quotas.clear(account.appid, keeping=FORCED)
    return {"errcode": 0, "errmsg": "ok"}


def _credited(call: Call) -> Account:
    """The account of appid and secret, asking for a token of its own; the appid is checked first, the address last."""
    account = call.account()
    if account.kind is AccountKind.THIRD_PARTY:
        raise Refusal(
            40013,
            en=f"{account.appid} is a third-party platform; its token is that of cgi-bin/component/api_component_token",
            zh=f"{account.appid} 是第三方平台，要用 cgi-bin/component/api_component_token 获取它的 token",
        )
    call.require_grant_type("client_credential")
    call.require_secret(account)
    check_address(call, account)
    return account


OPERATIONS: tuple[Operation, ...] = (
    Operation(name="cgi-bin/token", handler=token, methods=GET),
    Operation(name="cgi-bin/stable_token", handler=stable_token, methods=POST, reads=Reads.JSON),
    Operation(name="cgi-bin/ticket/getticket", handler=ticket, methods=GET),
    Operation(name="cgi-bin/clear_quota", handler=clear_quota, methods=POST, reads=Reads.JSON),
    Operation(
        name="cgi-bin/clear_quota/v2",
        handler=clear_quota_by_secret,
        methods=POST,
        reads=Reads.JSON_OR_NOTHING,
    ),
    Operation(name="cgi-bin/get_api_domain_ip", handler=addresses, methods=GET),
    Operation(name="cgi-bin/getcallbackip", handler=addresses, methods=GET),
)
