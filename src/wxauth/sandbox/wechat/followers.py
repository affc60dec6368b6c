"""The cgi-bin calls about the followers of an account: one, up to a hundred, all of them page by page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from wxauth.sandbox.accounts import Account
from wxauth.sandbox.people import Person
from wxauth.sandbox.refusal import Refusal
from wxauth.sandbox.wechat.bearer import bearer
from wxauth.sandbox.wechat.operation import GET, POST, Call, Fields, Operation, Reads
from wxauth.sandbox.words import tail

MOST_AT_ONCE = 100
"""https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_batchuserinfo"""


def info(call: Call) -> Fields:
    """``cgi-bin/user/info`` (https://developers.weixin.qq.com/community/personal/oCJUsw-yzd4J05FB7vQF0IhIstyA/answer)."""
    account = _entitled(call)
    return _about(call, account, call.world.by_openid(account.appid), call.require("openid", 41009))


def batch(call: Call) -> Fields:
    """``cgi-bin/user/info/batchget``, for at most 100 people.

    https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_batchuserinfo; the refusal of none or too
    many: https://developers.weixin.qq.com/community/develop/doc/0008c6754b4628c0063232e1361400.
    """
    account = _entitled(call)
    openids = _listed(call)
    if not 1 <= len(openids) <= MOST_AT_ONCE:
        raise Refusal(
            40032,
            en=f"user_list names {len(openids)} people, not 1 to {MOST_AT_ONCE}",
            zh=f"user_list 中有 {len(openids)} 人，应为 1 到 {MOST_AT_ONCE} 人",
        )
    people = call.world.by_openid(account.appid)
    return {"user_info_list": [_about(call, account, people, openid) for openid in openids]}


def page(call: Call) -> Fields:
    """``cgi-bin/user/get``: the openids of the followers, in an order that stays, from after ``next_openid``.

    The shape is that of public samples; what follows the last page is a switch, ``user_get_empty_tail``.
    """
    account, switches = _entitled(call), call.world.switches
    # Over all people, so that somebody who stops following while the pages are read does not break them off.
    people = call.world.by_openid(account.appid)
    following = [openid for openid, person in people.items() if call.world.follows(person, account.appid)]
    after, found = call.value("next_openid"), following
    if after:
        order = {openid: place for place, openid in enumerate(people)}
        if after not in order:
            raise _unknown(after, account)
        found = [openid for openid in following if order[openid] > order[after]]
    found = found[: switches.user_get_page_size]
    fields: Fields = {"total": len(following), "count": len(found)}
    if found or switches.user_get_empty_tail == "data_empty":
        fields["data"] = {"openid": found}
    return fields | {"next_openid": found[-1] if found else ""}


def _entitled(call: Call) -> Account:
    """The calling account; 48001 for one that is not verified, which is one without any scope."""
    account = bearer(call)
    if not account.scopes:
        raise Refusal(48001, en=f"{account.appid} is not verified", zh=f"{account.appid} 未认证")
    return account


def _listed(call: Call) -> list[str]:
    """The openids of a user_list."""
    user_list = call.json.get("user_list")
    entries = cast("list[object]", user_list) if isinstance(user_list, list) else [None]
    openids = [cast("Mapping[str, object]", entry).get("openid") for entry in entries if isinstance(entry, dict)]
    known = [openid for openid in openids if isinstance(openid, str)]
    if len(known) < len(entries):
        raise Refusal(47001, en="user_list has to be a list of {openid}", zh="user_list 必须是由 {openid} 组成的列表")
    return known


def _about(call: Call, account: Account, people: Mapping[str, Person], openid: str) -> Fields:
    person = people.get(openid)
    if person is None:
        raise _unknown(openid, account)
    unionid = call.world.unionid(person, account)
    across: Fields = {} if unionid is None else {"unionid": unionid}
    followed_at = call.world.followed_at(person, account.appid)
    if followed_at is None:
        return {"subscribe": 0, "openid": openid, **across, "tagid_list": list[int]()}
    return {
        "subscribe": 1,
        "openid": openid,
        **_emptied(call),
        "subscribe_time": int(followed_at),
        **across,
        "remark": "",
        "groupid": 0,
        "tagid_list": list[int](),
        "subscribe_scene": "ADD_SCENE_OTHERS",
        "qr_scene": 0,
        "qr_scene_str": "",
    }


def _emptied(call: Call) -> Fields:
    """What WeChat no longer tells about a follower since 2021.

    https://developers.weixin.qq.com/community/develop/doc/00004433d6465896b104dd4d663c00
    """
    if call.world.switches.user_info_privacy_fields == "absent":
        return {}
    return {
        "nickname": "",
        "sex": 0,
        "language": call.world.switches.userinfo_language_value,
        "city": "",
        "province": "",
        "country": "",
        "headimgurl": "",
    }


def _unknown(openid: str, account: Account) -> Refusal:
    shown = tail(openid)
    return Refusal(
        40003,
        en=f"nobody here is {shown} for {account.appid}; an openid belongs to one account",
        zh=f"{account.appid} 没有 openid {shown} 对应的用户；openid 只属于一个公众号",
    )


OPERATIONS: tuple[Operation, ...] = (
    Operation(name="cgi-bin/user/info", handler=info, methods=GET),
    Operation(name="cgi-bin/user/info/batchget", handler=batch, methods=POST, reads=Reads.JSON),
    Operation(name="cgi-bin/user/get", handler=page, methods=GET),
)
