"""The calls of a mini program's server: sign somebody in, check and replace a session_key, ask for a phone number."""

from __future__ import annotations

from wxauth.sandbox.accounts import Account
from wxauth.sandbox.refusal import Refusal
from wxauth.sandbox.wechat.bearer import bearer
from wxauth.sandbox.wechat.operation import GET, POST, Call, Fields, Operation, Reads
from wxauth.sandbox.wechat.sns import check_sns_address

LEGACY_EXPIRES_IN = 7200
SIG_METHOD = "hmac_sha256"


def code_to_session(call: Call) -> Fields:
    """``sns/jscode2session`` (https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_code2session).

    Without an errcode, unlike the sample there; parameters in the body do not count
    (https://blog.csdn.net/LYT_XLS/article/details/116333475).
    """
    account = call.account()
    call.require_secret(account)
    check_sns_address(call, account)
    return session_fields(call, account)


def session_fields(call: Call, account: Account) -> Fields:
    """What a js_code is exchanged for."""
    js_code = call.require("js_code", 41008)
    call.require_grant_type("authorization_code")
    login = call.world.mini_programs.log_in(appid=account.appid, js_code=js_code)
    fields: Fields = {"session_key": login.session_key}
    if call.world.switches.code2session_legacy_expires_in:
        fields["expires_in"] = LEGACY_EXPIRES_IN
    fields["openid"] = login.openid
    unionid = call.world.unionid(login.person, account)
    return fields if unionid is None else fields | {"unionid": unionid}


def check_session(call: Call) -> Fields:
    """``wxa/checksession``.

    https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_checksessionkey
    """
    appid = bearer(call).appid
    openid, signature = _signed(call)
    call.world.mini_programs.check_key(appid=appid, openid=openid, signature=signature)
    return {"errcode": 0, "errmsg": "ok"}


def reset_session(call: Call) -> Fields:
    """``wxa/resetusersessionkey``.

    https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_resetusersessionkey
    """
    appid = bearer(call).appid
    openid, signature = _signed(call)
    session_key = call.world.mini_programs.reset_key(appid=appid, openid=openid, signature=signature)
    return {"errcode": 0, "errmsg": "ok", "openid": openid, "session_key": session_key}


def phone_number(call: Call) -> Fields:
    """``wxa/business/getuserphonenumber``; a code in the query does not count.

    https://developers.weixin.qq.com/miniprogram/dev/server/API/user-info/phone-number/api_getphonenumber,
    https://developers.weixin.qq.com/community/develop/doc/000266f7fd8dc06ec4fd5eef056400
    """
    appid = bearer(call).appid
    code, openid = (value if isinstance(value := call.json.get(name), str) else "" for name in ("code", "openid"))
    if not code:
        raise Refusal(
            40029,
            en="the JSON body has no code; one in the query does not count",
            zh="JSON 请求体里没有 code；放在 query 里的不算",
        )
    told = call.world.mini_programs.phone_info(appid=appid, code=code, openid=openid)
    return {"errcode": 0, "errmsg": "ok", "phone_info": told}


def _signed(call: Call) -> tuple[str, str]:
    """The openid and the signature of a call; refuses."""
    if call.value("sig_method") != SIG_METHOD:
        raise Refusal(87008, en=f"sig_method has to be {SIG_METHOD}", zh=f"sig_method 必须是 {SIG_METHOD}")
    return call.require("openid", 41009), call.require("signature", 87009)


OPERATIONS: tuple[Operation, ...] = (
    Operation(name="sns/jscode2session", handler=code_to_session),
    Operation(name="wxa/checksession", handler=check_session, methods=GET),
    Operation(name="wxa/resetusersessionkey", handler=reset_session, methods=GET),
    Operation(name="wxa/business/getuserphonenumber", handler=phone_number, methods=POST, reads=Reads.JSON),
)
