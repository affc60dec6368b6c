"""The sns calls: exchange a code, refresh, check, userinfo; with the bodies and refusals of api.weixin.qq.com."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from wxauth.sandbox.accounts import Account
from wxauth.sandbox.grants import ACCESS_TOKEN_SECONDS, Grant
from wxauth.sandbox.refusal import Refusal
from wxauth.sandbox.words import tail
from wxauth.sandbox.world import World, Worlds

Parameters = Mapping[str, str]
Fields = dict[str, object]

AVATAR_PATH = "/mmopen/vi_32/{appid}{openid}/132"
"""Ends as WeChat's own avatar addresses do, with the size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call, in the world it belongs to.

    Attributes:
        worlds: all worlds, to tell what an unknown appid may have meant.
        world: where it is answered.
        parameters: of the query.
        origin: what the sandbox was asked as, for addresses in the answer.
    """

    worlds: Worlds
    world: World
    parameters: Parameters
    origin: str

    def value(self, name: str) -> str:
        """A parameter, empty when it is missing."""
        return self.parameters.get(name, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back; the status is always 200."""

    content_type: str
    body: bytes


def answer(worlds: Worlds, path: str, parameters: Parameters, *, origin: str) -> Answer:
    """Answer a call to ``path`` and write it into the journal of its world."""
    world = _world(worlds, path, parameters)
    try:
        fields = OPERATIONS.get(path, _unknown_path)(
            Call(worlds=worlds, world=world, parameters=parameters, origin=origin)
        )
    except Refusal as refusal:
        return _refuse(world, path, parameters, refusal)
    world.journal.record(path[1:], parameters.items(), at=world.clock.now(), answer="ok")
    return Answer(content_type=world.switches.sns_content_type, body=_body(fields))


def _refuse(world: World, path: str, parameters: Parameters, refusal: Refusal) -> Answer:
    now = world.clock.now()
    world.journal.record(
        path[1:],
        parameters.items(),
        at=now,
        answer=f"{refusal.errcode} {refusal.errmsg}",
        refused=True,
        errcode=refusal.errcode,
        reason=refusal.reason,
    )
    errmsg = f"{refusal.errmsg}, rid: {world.mint.rid(now)}"
    body = _body({"errcode": refusal.errcode, "errmsg": errmsg})
    return Answer(content_type=world.switches.sns_content_type, body=body)


def _body(fields: Fields) -> bytes:
    """JSON as WeChat writes it: raw UTF-8, slashes escaped."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/").encode()


def _world(worlds: Worlds, path: str, parameters: Parameters) -> World:
    if path in ("/sns/userinfo", "/sns/auth"):
        return worlds.of_token(parameters.get("access_token", ""))
    return worlds.of_appid(parameters.get("appid", "")) or worlds.default


def exchange(call: Call) -> Fields:
    """``sns/oauth2/access_token`` (https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsaccesstoken)."""
    account = _account(call)
    _require(call, "secret", 41004)
    if call.value("secret") != account.secret:
        raise Refusal(40125, en=f"that is not the secret of {account.appid}", zh=f"这不是 {account.appid} 的 secret")
    _require(call, "code", 41008)
    _require_grant_type(call, "authorization_code")
    grant = call.world.redeem(appid=account.appid, code=call.value("code"))
    fields = _tokens(grant)
    if grant.snapshot:
        fields["is_snapshotuser"] = 1
    tells_unionid = grant.scope != "snsapi_base" or call.world.switches.base_scope_unionid
    return fields | _unionid(grant) if tells_unionid else fields


def refresh(call: Call) -> Fields:
    """``sns/oauth2/refresh_token`` (https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsrefreshtoken)."""
    account = _account(call)
    _require_grant_type(call, "refresh_token")
    _require(call, "refresh_token", 41003)
    return _tokens(call.world.refresh(appid=account.appid, refresh_token=call.value("refresh_token")))


def userinfo(call: Call) -> Fields:
    """``sns/userinfo`` (https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsuserinfo).

    Since 2021 sex, language and place are empty
    (https://developers.weixin.qq.com/community/develop/doc/00028edbe3c58081e7cc834705b801).
    """
    _require(call, "access_token", 41001)
    _require(call, "openid", 41009)
    grant = call.world.grant(call.value("access_token"))
    if call.value("openid") != grant.openid:
        raise _foreign_openid(call)
    if grant.scope == "snsapi_base":
        raise Refusal(
            48001,
            en=f"access_token {tail(grant.access_token)} was granted for snsapi_base, which shows no profile",
            zh=f"access_token {tail(grant.access_token)} 的授权范围是 snsapi_base，不能获取用户资料",
        )
    fields: Fields = {
        "openid": grant.openid,
        "nickname": call.world.switches.snapshot_nickname if grant.snapshot else grant.person.nickname,
        "sex": 0,
        "language": call.world.switches.userinfo_language_value,
        "city": "",
        "province": "",
        "country": "",
        "headimgurl": _headimgurl(call, grant),
        "privilege": list[str](),
    }
    return fields | _unionid(grant)


def check(call: Call) -> Fields:
    """``sns/auth`` (https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsauth).

    Whatever is wrong with a pair, the answer is 40003
    (https://developers.weixin.qq.com/community/minihome/doc/000eecd11f8c7894e002b235261800).
    """
    _require(call, "access_token", 41001)
    _require(call, "openid", 41009)
    try:
        grant = call.world.grant(call.value("access_token"))
    except Refusal as refusal:
        raise Refusal(40003, en=refusal.why.en, zh=refusal.why.zh) from None
    if call.value("openid") != grant.openid:
        raise _foreign_openid(call)
    return {"errcode": 0, "errmsg": "ok"}


OPERATIONS: dict[str, Callable[[Call], Fields]] = {
    "/sns/oauth2/access_token": exchange,
    "/sns/oauth2/refresh_token": refresh,
    "/sns/userinfo": userinfo,
    "/sns/auth": check,
}


def _unknown_path(call: Call) -> Fields:
    known = ", ".join(OPERATIONS)
    raise Refusal(40066, en=f"the calls here are {known}", zh=f"这里的接口有 {known}")


def _require(call: Call, name: str, errcode: int) -> None:
    if not call.value(name):
        raise Refusal(errcode, en=f"the parameter {name} is missing or empty", zh=f"缺少参数 {name}，或其值为空")


def _require_grant_type(call: Call, wanted: str) -> None:
    if call.value("grant_type") != wanted:
        raise Refusal(40002, en=f"grant_type has to be {wanted}", zh=f"grant_type 必须是 {wanted}")


def _account(call: Call) -> Account:
    _require(call, "appid", 41002)
    appid = call.value("appid")
    account = call.world.account_of(appid)
    if account is None:
        near = call.worlds.nearest(appid)
        raise Refusal(
            40013,
            en="no world has that appid" + (f"; the nearest is {near}" if near else ""),
            zh="没有哪个世界有这个 appid" + (f"；最接近的是 {near}" if near else ""),
        )
    return account


def _foreign_openid(call: Call) -> Refusal:
    token = tail(call.value("access_token"))
    return Refusal(
        40003,
        en=f"access_token {token} belongs to another openid",
        zh=f"access_token {token} 属于另一个 openid",
    )


def _tokens(grant: Grant) -> Fields:
    return {
        "access_token": grant.access_token,
        "expires_in": ACCESS_TOKEN_SECONDS,
        "refresh_token": grant.refresh_token,
        "openid": grant.openid,
        "scope": grant.scope,
    }


def _unionid(grant: Grant) -> Fields:
    return {} if grant.unionid is None else {"unionid": grant.unionid}


def _headimgurl(call: Call, grant: Grant) -> str:
    if grant.person.avatar is None and not grant.snapshot:
        return ""
    scheme = call.world.switches.headimgurl_scheme
    origin = call.origin if scheme == "own" else f"{scheme}://{call.origin.partition('://')[2]}"
    return origin + AVATAR_PATH.format(appid=grant.appid, openid=grant.openid)
