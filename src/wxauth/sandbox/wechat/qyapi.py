"""The calls of an app of WeCom: its token, who a code stands for, what a member agreed to tell, a member by userid."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from wxauth.sandbox.accounts import Account, AccountKind, Agent
from wxauth.sandbox.corps import CorpCode, CorpToken
from wxauth.sandbox.people import AVATAR_PATH, Person
from wxauth.sandbox.refusal import Refusal
from wxauth.sandbox.wechat.bearer import MAPPED
from wxauth.sandbox.wechat.operation import GET, POST, Call, Fields, Operation, Reads

OK: Fields = {"errcode": 0, "errmsg": "ok"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The app that calls."""

    account: Account
    token: CorpToken


def gettoken(call: Call) -> Fields:
    """``gettoken``: with an errcode even on success (https://developer.work.weixin.qq.com/document/path/91039)."""
    account = call.account("corpid")
    if account.kind is not AccountKind.WECOM:
        raise Refusal(40013, en=f"{account.appid} is no corp of WeCom", zh=f"{account.appid} 不是企业微信的企业")
    token = call.world.corps.token(account, _agent(call, account))
    return {**OK, "access_token": token.value, "expires_in": ceil(token.until - call.world.clock.now())}


def getuserinfo(call: Call) -> Fields:
    """``auth/getuserinfo`` (https://developer.work.weixin.qq.com/document/path/96442)."""
    code = _redeemed(call)
    return {**OK, **_who(call, code, userid="userid", openid="openid")}


def legacy_getuserinfo(call: Call) -> Fields:
    """``user/getuserinfo``, as old apps call it: other names, and a DeviceId.

    https://developer.work.weixin.qq.com/document/path/91023
    """
    code = _redeemed(call)
    who = _who(call, code, userid="UserId", openid="OpenId")
    device = call.world.mint.device(code.person.name) if code.on_phone else ""
    name, value = next(iter(who.items()))
    return {**OK, name: value, "DeviceId": device, **who}


def getuserdetail(call: Call) -> Fields:
    """``auth/getuserdetail``: what the corp lets its apps ask for (https://developer.work.weixin.qq.com/document/path/96443)."""
    caller = _caller(call)
    person = call.world.corps.agreed(call.require("user_ticket", 84015), caller.token)
    allowed = call.world.switches.wecom_private_fields
    private = {name: value for name, value in _private(call, caller.account, person).items() if name in allowed}
    return {**OK, "userid": call.world.corps.userid(person), **private}


def user_get(call: Call) -> Fields:
    """``user/get``. New apps no longer read private fields so.

    https://developer.work.weixin.qq.com/document/path/90196
    """
    caller, corps = _caller(call), call.world.corps
    userid = call.require("userid", 60111)
    person = corps.member(userid)
    if person is None:
        raise Refusal(60111, en="no member has that userid", zh="没有成员是这个 userid")
    if not corps.sees(person, caller.token.appid, caller.token.agentid):
        raise Refusal(
            60011,
            en=f"{person.name} is not in the visible range of agent {caller.token.agentid}",
            zh=f"{person.name} 不在应用 {caller.token.agentid} 的可见范围内",
        )
    fields: Fields = {**OK, "userid": corps.userid(person), "name": person.name, "department": [1], "status": 1}
    if call.world.switches.wecom_user_get_private_fields:
        fields |= _private(call, caller.account, person)
    return fields


def _agent(call: Call, account: Account) -> Agent:
    """The app of a corpsecret; refuses with 40001."""
    secret = call.require("corpsecret", 41004)
    for agent in account.agents:
        if agent.secret == secret:
            return agent
    raise Refusal(
        40001,
        en=f"that is the secret of none of the apps of {account.appid}",
        zh=f"这不是 {account.appid} 任何一个应用的 secret",
    )


def _caller(call: Call) -> Caller:
    """The app of an access_token; refuses, also with 60020 an address that is not listed (企业可信IP)."""
    token = call.world.corps.alive(call.require("access_token", 41001))
    account = call.world.account_of(token.appid)
    if account is None:
        raise Refusal(40014, en=f"{token.appid} is no longer here", zh=f"{token.appid} 已不在这里")
    address = call.client_ip.removeprefix(MAPPED)
    if account.ip_whitelist and address not in account.ip_whitelist:
        listed = ", ".join(account.ip_whitelist)
        raise Refusal(
            60020,
            en=f"{account.appid} may be used from {listed}, not from {address}",
            zh=f"{account.appid} 的企业可信 IP 是 {listed}，不含 {address}",
        )
    return Caller(account=account, token=token)


def _redeemed(call: Call) -> CorpCode:
    caller = _caller(call)
    return call.world.corps.redeem(call.require("code", 41008), caller.token)


def _who(call: Call, code: CorpCode, *, userid: str, openid: str) -> Fields:
    """A member by userid, an outsider by openid, under the names of the call."""
    corps = call.world.corps
    if corps.is_member(code.person):
        ticket, member = corps.user_ticket(code), Fields({userid: corps.userid(code.person)})
        return member if ticket is None else member | {"user_ticket": ticket.value}
    external = corps.external_userid(code.person, code.appid)
    known: Fields = {openid: call.world.openid(code.person, code.appid)}
    return known if external is None else known | {"external_userid": external}


def _private(call: Call, account: Account, person: Person) -> Fields:
    """What a member may keep to themselves."""
    world, userid = call.world, call.world.corps.userid(person)
    picture = AVATAR_PATH.format(appid=account.appid, openid=world.openid(person, account.appid))
    return {
        "gender": person.gender,
        "avatar": "" if person.avatar is None else call.origin + picture,
        "qr_code": f"https://open.work.weixin.qq.com/wwopen/userQRCode?vcode={userid}",
        "mobile": world.phone(person),
        "email": f"{userid}@example.com",
        "biz_mail": f"{userid}@corp.example.com",
        "address": "",
    }


OPERATIONS: tuple[Operation, ...] = (
    Operation(name="qyapi/cgi-bin/gettoken", handler=gettoken, methods=GET),
    Operation(name="qyapi/cgi-bin/auth/getuserinfo", handler=getuserinfo, methods=GET),
    Operation(name="qyapi/cgi-bin/user/getuserinfo", handler=legacy_getuserinfo, methods=GET),
    Operation(
        name="qyapi/cgi-bin/auth/getuserdetail",
        handler=getuserdetail,
        methods=POST,
        reads=Reads.JSON,
    ),
    Operation(name="qyapi/cgi-bin/user/get", handler=user_get, methods=GET),
)
