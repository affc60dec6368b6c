"""The sns calls: exchange a code, refresh, check, userinfo; with the bodies and refusals of api.weixin.qq.com."""

from __future__ import annotations

from wxauth.sandbox.accounts import Account, AccountKind
from wxauth.sandbox.grants import ACCESS_TOKEN_SECONDS, Grant
from wxauth.sandbox.people import AVATAR_PATH
from wxauth.sandbox.quotas import Period
from wxauth.sandbox.refusal import Refusal
from wxauth.sandbox.softbank import with_softbank_emoji
from wxauth.sandbox.wechat.bearer import check_address
from wxauth.sandbox.wechat.charge import charge
from wxauth.sandbox.wechat.near_miss import of_code, of_openid
from wxauth.sandbox.wechat.operation import Call, Fields, Operation, Reads
from wxauth.sandbox.words import tail

CODES_PER_MINUTE, WEBSITE_CODES_PER_MINUTE = 50_000, 10_000
"""https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsaccesstoken,
https://developers.weixin.qq.com/doc/oplatform/developers/dev/auth/web.md
"""
EVERY_SCOPE_ALLOWS = "snsapi_base"
NO_PRIVILEGE: tuple[str, ...] = ()


def exchange(call: Call) -> Fields:
    """``sns/oauth2/access_token`` (https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsaccesstoken)."""
    account = call.account()
    call.require_secret(account)
    check_sns_address(call, account)
    call.require("code", 41008)
    call.require_grant_type("authorization_code")
    return redeemed_fields(call, account, flags_snapshot=True)


def redeemed_fields(call: Call, account: Account, *, flags_snapshot: bool) -> Fields:
    """What the code of a call is exchanged for, within the rate of the account."""
    limit, per_minute = call.world.switches.sns_exchange_rate_per_minute, CODES_PER_MINUTE
    if account.kind is AccountKind.WEBSITE:
        per_minute = WEBSITE_CODES_PER_MINUTE
    charge(
        call, account.appid, "the exchange of a code", limit=per_minute if limit is None else limit, per=Period.MINUTE
    )
    code = call.value("code")
    try:
        grant = call.world.redeem(appid=account.appid, code=code)
    except Refusal as refusal:
        why, near = refusal.why, of_code(call.world, code)
        raise Refusal(refusal.errcode, en=f"{why.en}{near.en}", zh=f"{why.zh}{near.zh}", cause=refusal.cause) from None
    return _granted_fields(call, grant, flags_snapshot)


def check_sns_address(call: Call, account: Account) -> None:
    """Refuse with 40164 a caller that the account does not list, if there is a list for the sns calls."""
    if call.world.switches.sns_ip_whitelist:
        check_address(call, account)


def _granted_fields(call: Call, grant: Grant, flags_snapshot: bool) -> Fields:
    fields = token_fields(call, grant)
    if grant.snapshot and flags_snapshot:
        fields["is_snapshotuser"] = 1
    tells_unionid = grant.scope != "snsapi_base" or call.world.switches.base_scope_unionid
    return _with_unionid(fields, grant) if tells_unionid else fields


def refresh(call: Call) -> Fields:
    """``sns/oauth2/refresh_token`` (https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsrefreshtoken)."""
    account = call.account()
    call.require_grant_type("refresh_token")
    call.require("refresh_token", 41003)
    if call.world.switches.refresh_ip_whitelist or call.world.switches.sns_ip_whitelist:
        check_address(call, account)
    return token_fields(call, call.world.refresh(appid=account.appid, refresh_token=call.value("refresh_token")))


def userinfo(call: Call) -> Fields:
    """``sns/userinfo`` (https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsuserinfo).

    Since 2021 sex, language and place are empty
    (https://developers.weixin.qq.com/community/develop/doc/00028edbe3c58081e7cc834705b801).
    """
    call.require("access_token", 41001)
    call.require("openid", 41009)
    grant = _grant(call)
    if call.value("openid") != grant.openid:
        raise _foreign_openid(call, grant)
    _check_profile(call, grant)
    nickname, headimgurl = _looks(call, grant)
    fields: Fields = {
        "openid": grant.openid,
        "nickname": nickname,
        "sex": 0,
        "language": call.world.switches.userinfo_language_value,
        "city": "",
        "province": "",
        "country": "",
        "headimgurl": headimgurl,
        "privilege": NO_PRIVILEGE,
    }
    return _with_unionid(fields, grant)


def check(call: Call) -> Fields:
    """``sns/auth`` (https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsauth).

    Whatever is wrong with a pair, the answer is 40003
    (https://developers.weixin.qq.com/community/minihome/doc/000eecd11f8c7894e002b235261800).
    """
    call.require("access_token", 41001)
    call.require("openid", 41009)
    try:
        grant = _grant(call)
    except Refusal as refusal:
        raise Refusal(40003, en=refusal.why.en, zh=refusal.why.zh) from None
    if call.value("openid") != grant.openid:
        raise _foreign_openid(call, grant)
    return {"errcode": 0, "errmsg": "ok"}


def _grant(call: Call) -> Grant:
    """The living grant of the access_token; who sends the account's own token learns so from the journal.

    https://developers.weixin.qq.com/community/develop/doc/0008ea3fb908e80c70f7a685d51400
    """
    token = call.value("access_token")
    if call.world.credentials.known(token) is not None:
        raise Refusal(
            40001,
            en=f"access_token {tail(token)} is the account's own, of cgi-bin; "
            "this call takes the one that sns/oauth2/access_token gave for a person",
            zh=f"access_token {tail(token)} 是账号自己的（cgi-bin），"
            "这个接口要用 sns/oauth2/access_token 为用户换取的那个",
        )
    grant = call.world.grant(token)
    if call.world.switches.sns_ip_whitelist:
        account = call.world.account_of(grant.appid)
        if account is not None:
            check_address(call, account)
    return grant


def _check_profile(call: Call, grant: Grant) -> None:
    """Refuse with 48001 a token that shows no profile."""
    world = call.world
    if grant.scope != "snsapi_base" and not grant.snapshot:
        return
    shown = tail(grant.access_token)
    if grant.snapshot and world.switches.snapshot_userinfo_reply == "48001":
        raise Refusal(
            48001,
            en=f"access_token {shown} is of a snapshot page",
            zh=f"access_token {shown} 来自快照页，不能获取用户资料",
        )
    if grant.scope != "snsapi_base" or (world.switches.base_token_profile and _is_familiar(call, grant)):
        return
    raise Refusal(
        48001,
        en=f"access_token {shown} was granted for snsapi_base, which shows no profile",
        zh=f"access_token {shown} 的授权范围是 snsapi_base，不能获取用户资料",
    )


def _is_familiar(call: Call, grant: Grant) -> bool:
    """Whether the person follows the account, or agreed to snsapi_userinfo lately."""
    world = call.world
    return world.follows(grant.person, grant.appid) or world.signed_in_recently(grant.person, grant.appid)


def _looks(call: Call, grant: Grant) -> tuple[str, str]:
    """Nickname and headimgurl of the person as they are now, or of the virtual one of a snapshot."""
    world = call.world
    if grant.snapshot:
        nickname, pictured = world.switches.snapshot_nickname, True
    else:
        person, chosen = world.as_now(grant.person), world.profiles.chosen(grant.person, grant.appid)
        nickname, pictured = chosen or person.nickname, person.avatar is not None and not chosen
    if world.switches.softbank_emoji:
        nickname = with_softbank_emoji(nickname)
    return nickname, _headimgurl(call, grant) if pictured else ""


def _foreign_openid(call: Call, grant: Grant) -> Refusal:
    token, near = tail(call.value("access_token")), of_openid(call.world, grant, call.value("openid"))
    return Refusal(
        40003,
        en=f"access_token {token} belongs to another openid{near.en}",
        zh=f"access_token {token} 属于另一个 openid{near.zh}",
    )


def token_fields(call: Call, grant: Grant) -> Fields:
    """What a code is exchanged for and a refresh answers."""
    listed = call.world.switches.scope_reply_list and grant.scope != EVERY_SCOPE_ALLOWS
    return {
        "access_token": grant.access_token,
        "expires_in": ACCESS_TOKEN_SECONDS,
        "refresh_token": grant.refresh_token,
        "openid": grant.openid,
        "scope": f"{grant.scope},{EVERY_SCOPE_ALLOWS}" if listed else grant.scope,
    }


def _with_unionid(fields: Fields, grant: Grant) -> Fields:
    if grant.unionid is not None:
        fields["unionid"] = grant.unionid
    return fields


def _headimgurl(call: Call, grant: Grant) -> str:
    if grant.snapshot and call.world.switches.snapshot_headimgurl != "own":
        return call.world.switches.snapshot_headimgurl
    scheme = call.world.switches.headimgurl_scheme
    origin = call.origin if scheme == "own" else f"{scheme}://{call.origin.partition('://')[2]}"
    return origin + AVATAR_PATH.format(appid=grant.appid, openid=grant.openid)


OPERATIONS: tuple[Operation, ...] = (
    Operation(name="sns/oauth2/access_token", handler=exchange, alias="token", reads=Reads.FORM),
    Operation(name="sns/oauth2/refresh_token", handler=refresh, alias="refresh", reads=Reads.FORM),
    Operation(name="sns/userinfo", handler=userinfo, alias="userinfo", reads=Reads.FORM),
    Operation(name="sns/auth", handler=check, alias="check", reads=Reads.FORM),
)
