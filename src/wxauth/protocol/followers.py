"""Who follows an official account: one person, a hundred at once, and the list of all of them.

Nicknames, pictures, sexes and places are gone from these calls since 2021-12-27; what is left is below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import msgspec

from wxauth.credential import AccountCredential
from wxauth.errors import UpstreamProtocolError, UsageError
from wxauth.protocol.body import Answer, post, read
from wxauth.protocol.field import LONGEST_OPENID, demand_openid, encoded, printable, unionid
from wxauth.protocol.message import Call, Endpoints, Request, Response

INFO = "cgi-bin/user/info"
BATCH = "cgi-bin/user/info/batchget"
LIST = "cgi-bin/user/get"
MOST_AT_ONCE = 100
MOST_PER_PAGE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """A person as seen by an official account they follow, or not.

    Attributes:
        openid: the person, as this account knows them.
        unionid: the person across one open-platform account; None when WeChat did not say.
        follows: whether they follow the account; nothing below is known of who does not.
        followed_at: since when, in seconds of unix time.
        scene: how they came, in WeChat's words (subscribe_scene), for example ``ADD_SCENE_QR_CODE``.
        qr_scene, qr_scene_text: the value of the QR code with parameters by which they came: a number, or a text.
        remark: the name the account gave them.
        tag_ids: the tags the account gave them.
        language: of their WeChat, as long as WeChat tells it; ``zh_CN`` or empty today.
    """

    openid: str
    unionid: str | None
    follows: bool
    followed_at: int | None = None
    scene: str = ""
    qr_scene: int = 0
    qr_scene_text: str = ""
    remark: str = ""
    tag_ids: tuple[int, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowerPage:
    """One page of the list of all followers.

    Attributes:
        total: how many people follow the account.
        openids: those of this page, at most 10000.
        next_openid: ask for the page after this one; None when this page is empty: then there is no other.
    """

    total: int
    openids: tuple[str, ...]
    next_openid: str | None


def fetch_follower(endpoints: Endpoints, credential: AccountCredential, openid: str) -> Call[Follower]:
    """Ask about one person; somebody who does not follow is an answer too.

    Source: https://developers.weixin.qq.com/community/personal/oCJUsw-yzd4J05FB7vQF0IhIstyA/answer

    Raises:
        UsageError: the openid is empty or none.
    """
    demand_openid(openid)
    return Call(
        request=Request(
            operation=INFO,
            url=f"{endpoints.api}/cgi-bin/user/info?access_token={encoded(credential.access_token)}"
            f"&openid={encoded(openid)}&lang=zh_CN",
        ),
        read=partial(_read_follower, credential.access_token, openid),
    )


def fetch_followers(
    endpoints: Endpoints, credential: AccountCredential, openids: Sequence[str]
) -> Call[tuple[Follower, ...]]:
    """Ask about at most a hundred people at once; it is what fills in the unionids of people known by openid.

    Source: https://developers.weixin.qq.com/doc/offiaccount/User_Management/Get_users_basic_information_UnionID.html

    Raises:
        UsageError: there are no openids, more than a hundred, or one is none.
    """
    if not 1 <= len(openids) <= MOST_AT_ONCE:
        raise UsageError(
            f"{len(openids)} openids: it takes 1 to {MOST_AT_ONCE}; WeChat would have answered 40032 "
            "(invalid openid list size)"
        )
    for openid in openids:
        demand_openid(openid)
    asked = [{"openid": openid, "lang": "zh_CN"} for openid in openids]
    url = f"{endpoints.api}/cgi-bin/user/info/batchget?access_token={encoded(credential.access_token)}"
    return Call(
        request=post(BATCH, url, {"user_list": asked}),
        read=partial(_read_followers, credential.access_token, frozenset(openids)),
    )


def list_followers(
    endpoints: Endpoints, credential: AccountCredential, *, after: str | None = None
) -> Call[FollowerPage]:
    """One page of the openids of all followers, at most 10000.

    Source: https://developers.weixin.qq.com/doc/offiaccount/User_Management/Getting_a_User_List.html

    Args:
        endpoints: where WeChat is.
        credential: whose followers.
        after: ``next_openid`` of the page before; None for the first page.

    Raises:
        UsageError: ``after`` is no openid.
    """
    if after is not None:
        demand_openid(after)
    url = f"{endpoints.api}/cgi-bin/user/get?access_token={encoded(credential.access_token)}"
    return Call(
        request=Request(operation=LIST, url=url if after is None else f"{url}&next_openid={encoded(after)}"),
        read=partial(_read_page, credential.access_token),
    )


class _FollowerBody(Answer):
    subscribe: int | str | None = None
    openid: str | None = None
    unionid: str | None = None
    subscribe_time: int | None = None
    subscribe_scene: str | None = None
    qr_scene: int | str | None = None
    qr_scene_str: str | None = None
    remark: str | None = None
    tagid_list: tuple[int, ...] | None = None
    language: str | None = None


class _BatchBody(Answer):
    user_info_list: tuple[_FollowerBody, ...] | None = None


class _Openids(msgspec.Struct):
    openid: tuple[str, ...] = ()


class _PageBody(Answer):
    total: int | None = None
    data: _Openids | None = None
    next_openid: str | None = None


_FOLLOWER_BODY = msgspec.json.Decoder(_FollowerBody)
_BATCH_BODY = msgspec.json.Decoder(_BatchBody)
_PAGE_BODY = msgspec.json.Decoder(_PageBody)


def _read_follower(token: str, openid: str, response: Response) -> Follower:
    body = read(response, _FOLLOWER_BODY, operation=INFO, secrets=(token, openid))
    if body.openid != openid:
        raise UpstreamProtocolError(INFO, "its openid is not the one that was asked for")
    return _follower(INFO, body)


def _read_followers(token: str, asked: frozenset[str], response: Response) -> tuple[Follower, ...]:
    body = read(response, _BATCH_BODY, operation=BATCH, secrets=(token,))
    if body.user_info_list is None:
        raise UpstreamProtocolError(BATCH, "it has no user_info_list")
    followers = tuple(_follower(BATCH, fields) for fields in body.user_info_list)
    if not asked.issuperset(follower.openid for follower in followers):
        raise UpstreamProtocolError(BATCH, "it holds somebody who was not asked for")
    return followers


def _follower(operation: str, fields: _FollowerBody) -> Follower:
    if fields.subscribe not in _FOLLOWS:
        raise UpstreamProtocolError(operation, "its subscribe is neither 0 nor 1")
    return Follower(
        openid=printable(operation, "openid", fields.openid, LONGEST_OPENID),
        unionid=unionid(operation, fields.unionid),
        follows=_FOLLOWS[fields.subscribe],
        followed_at=fields.subscribe_time,
        scene=fields.subscribe_scene or "",
        qr_scene=fields.qr_scene if isinstance(fields.qr_scene, int) else 0,
        qr_scene_text=fields.qr_scene_str or "",
        remark=fields.remark or "",
        tag_ids=fields.tagid_list or (),
        language=fields.language or "",
    )


_FOLLOWS: dict[int | str | None, bool] = {0: False, "0": False, 1: True, "1": True}


def _read_page(token: str, response: Response) -> FollowerPage:
    body = read(response, _PAGE_BODY, operation=LIST, secrets=(token,))
    openids = () if body.data is None else body.data.openid
    if body.total is None or body.total < 0 or len(openids) > MOST_PER_PAGE:
        raise UpstreamProtocolError(LIST, f"it has no total, or more than {MOST_PER_PAGE} openids")
    for openid in openids:
        printable(LIST, "openid", openid, LONGEST_OPENID)
    following = printable(LIST, "next_openid", body.next_openid, LONGEST_OPENID) if body.next_openid else None
    return FollowerPage(total=body.total, openids=openids, next_openid=following if openids else None)
