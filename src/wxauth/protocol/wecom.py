"""Apps of WeCom (企业微信自建应用): two links to sign in by, the app's token, and who came.

https://developer.work.weixin.qq.com/document/path/91022
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Literal

import msgspec

from wxauth.account import WeComApp
from wxauth.credential import CorpCredential
from wxauth.errors import UpstreamProtocolError, UsageError
from wxauth.protocol.authorize import demand_redirect_uri, demand_state
from wxauth.protocol.body import Answer, post, read
from wxauth.protocol.credential import TokenAnswer, read_token
from wxauth.protocol.field import LONGEST_OPENID, demand_code, demand_printable, encoded, printable
from wxauth.protocol.message import Call, Endpoints, Request, Response

GETTOKEN = "qyapi/cgi-bin/gettoken"
GETUSERINFO = "qyapi/cgi-bin/auth/getuserinfo"
GETUSERDETAIL = "qyapi/cgi-bin/auth/getuserdetail"
LONGEST_USERID = 256


class CorpScope(StrEnum):
    """What a member is asked for (https://developer.work.weixin.qq.com/document/path/91022).

    Every parameter that takes a CorpScope also takes its string value.
    """

    SNSAPI_BASE = "snsapi_base"
    """Silent; yields the userid."""
    SNSAPI_PRIVATEINFO = "snsapi_privateinfo"
    """Asks for consent each time; yields a user_ticket too, if the member is in the app's visible range."""

    @classmethod
    def read(cls, value: CorpScope | str) -> CorpScope:
        """Read a scope or its string value; raises UsageError for any other."""
        try:
            return cls(value)
        except ValueError:
            raise UsageError(
                f"{value!r} is not a scope of WeCom (snsapi_base, snsapi_privateinfo); snsapi_userinfo is gone"
            ) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member of the corp.

    Attributes:
        corpid: the corp.
        userid: the member, as the corp's directory names them; ``CorpId/userid`` for a member of a corp downstream.
        user_ticket: for `fetch_member_detail`, half an hour; None without consent. Hidden in ``repr``.
    """

    corpid: str
    userid: str
    user_ticket: str | None = field(default=None, repr=False)

    @property
    def key(self) -> tuple[str, str]:
        """What to know this person by: (corpid, userid)."""
        return (self.corpid, self.userid)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outsider:
    """Somebody who is no member of the corp.

    Attributes:
        corpid: the corp.
        openid: the person, as this corp knows them.
        external_userid: as a customer (外部联系人) of the corp; None for who is none.
    """

    corpid: str
    openid: str
    external_userid: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What to know this person by: (corpid, openid)."""
        return (self.corpid, self.openid)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberDetail:
    """What the administrator lets apps ask for and the member agreed to tell; empty where it was not told.

    Attributes:
        corpid: the corp.
        userid: the member.
        gender: 0 unknown, 1 male, 2 female.
        avatar, qr_code: addresses of pictures.
        mobile, email, biz_mail, address: personal, and hidden in ``repr``.
    """

    corpid: str
    userid: str
    gender: int = 0
    avatar: str = ""
    qr_code: str = field(default="", repr=False)
    mobile: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    biz_mail: str = field(default="", repr=False)
    address: str = field(default="", repr=False)


def authorize_url(endpoints: Endpoints, app: WeComApp, redirect_uri: str, *, scope: CorpScope | str, state: str) -> str:
    """The link by which somebody signs in inside the app of WeCom.

    Source: https://developer.work.weixin.qq.com/document/path/91022

    Args:
        endpoints: where WeCom is.
        app: who asks.
        redirect_uri: whole address of the callback page, not percent-encoded. WeCom compares its host and port with
            the app's trusted domain (可信域名).
        scope: snsapi_base (silent) or snsapi_privateinfo (asks for consent).
        state: 1 to 128 of ``a-zA-Z0-9``, random and new each time; comes back unchanged.

    Raises:
        UsageError: a value cannot work.
    """
    wanted = CorpScope.read(scope).value
    address = _address(endpoints, app, redirect_uri, state)
    return (
        f"{endpoints.open}/connect/oauth2/authorize?appid={app.corpid}&redirect_uri={address}"
        f"&response_type=code&scope={wanted}&state={state}&agentid={app.agentid}#wechat_redirect"
    )


def login_url(
    endpoints: Endpoints, app: WeComApp, redirect_uri: str, *, state: str, lang: Literal["zh", "en"] = "zh"
) -> str:
    """The page with a QR code by which a member signs in on a desktop browser.

    Source: https://developer.work.weixin.qq.com/document/path/98152

    Args:
        endpoints: where WeCom is.
        app: who asks.
        redirect_uri: as of `authorize_url`.
        state: as of `authorize_url`.
        lang: the language of the page.

    Raises:
        UsageError: a value cannot work.
    """
    if lang not in ("zh", "en"):
        raise UsageError(f"{lang!r} is not a language of this page: zh, en")
    address = _address(endpoints, app, redirect_uri, state)
    return (
        f"{endpoints.wecom_login}/wwlogin/sso/login?login_type=CorpApp&appid={app.corpid}&agentid={app.agentid}"
        f"&redirect_uri={address}&state={state}&lang={lang}"
    )


def fetch_token(endpoints: Endpoints, app: WeComApp) -> Call[TokenAnswer]:
    """The app's token: the same one again until it ends.

    Source: https://developer.work.weixin.qq.com/document/path/91039
    """
    endpoints.demand_home_of(app.corpid, wecom=True)
    return Call(
        request=Request(
            operation=GETTOKEN,
            url=f"{endpoints.qyapi}/cgi-bin/gettoken?corpid={app.corpid}&corpsecret={app.secret}",
        ),
        read=partial(read_token, GETTOKEN, (app.secret,)),
    )


def identify(endpoints: Endpoints, credential: CorpCredential, code: str) -> Call[Member | Outsider]:
    """Ask who a code stands for. It works once, within five minutes, for the app it was given for.

    Source: https://developer.work.weixin.qq.com/document/path/91023

    Raises:
        UsageError: the code is none.
    """
    demand_code(code)
    return Call(
        request=Request(
            operation=GETUSERINFO,
            url=f"{endpoints.qyapi}/cgi-bin/auth/getuserinfo"
            f"?access_token={encoded(credential.access_token)}&code={encoded(code)}",
        ),
        read=partial(_read_who, credential.corpid, (credential.access_token, code)),
        spends=True,
    )


def fetch_member_detail(endpoints: Endpoints, credential: CorpCredential, member: Member) -> Call[MemberDetail]:
    """Ask for what a member agreed to tell.

    Source: https://developer.work.weixin.qq.com/document/path/95833

    Raises:
        UsageError: the member has no user_ticket, or is one of another corp.
    """
    if member.corpid != credential.corpid:
        raise UsageError(f"the member is of {member.corpid}, and the credential of {credential.corpid}")
    if member.user_ticket is None:
        raise UsageError(
            "the member has no user_ticket: it comes with scope snsapi_privateinfo, within the app's visible range"
        )
    demand_printable(
        "user_ticket", member.user_ticket, missing="84015 (empty user_ticket)", wrong="84014 (invalid user_ticket)"
    )
    url = f"{endpoints.qyapi}/cgi-bin/auth/getuserdetail?access_token={encoded(credential.access_token)}"
    return Call(
        request=post(GETUSERDETAIL, url, {"user_ticket": member.user_ticket}),
        read=partial(_read_detail, member, (credential.access_token, member.user_ticket)),
    )


def _address(endpoints: Endpoints, app: WeComApp, redirect_uri: str, state: str) -> str:
    endpoints.demand_home_of(app.corpid, wecom=True)
    demand_redirect_uri(redirect_uri)
    demand_state(state)
    return encoded(redirect_uri)


class _WhoBody(Answer):
    userid: str | None = None
    user_ticket: str | None = None
    openid: str | None = None
    external_userid: str | None = None


class _DetailBody(Answer):
    userid: str | None = None
    gender: int | str | None = None
    avatar: str | None = None
    qr_code: str | None = None
    mobile: str | None = None
    email: str | None = None
    biz_mail: str | None = None
    address: str | None = None


_WHO_BODY = msgspec.json.Decoder(_WhoBody)
_DETAIL_BODY = msgspec.json.Decoder(_DetailBody)
_GENDERS: dict[int | str | None, int] = {1: 1, 2: 2, "1": 1, "2": 2}


def _read_who(corpid: str, secrets: tuple[str, ...], response: Response) -> Member | Outsider:
    body = read(response, _WHO_BODY, operation=GETUSERINFO, secrets=secrets)
    if body.userid:
        ticket = printable(GETUSERINFO, "user_ticket", body.user_ticket) if body.user_ticket else None
        return Member(corpid=corpid, userid=_userid(GETUSERINFO, body.userid), user_ticket=ticket)
    external = printable(GETUSERINFO, "external_userid", body.external_userid) if body.external_userid else None
    return Outsider(
        corpid=corpid,
        openid=printable(GETUSERINFO, "openid", body.openid, LONGEST_OPENID),
        external_userid=external,
    )


def _read_detail(member: Member, secrets: tuple[str, ...], response: Response) -> MemberDetail:
    body = read(response, _DETAIL_BODY, operation=GETUSERDETAIL, secrets=secrets)
    if _userid(GETUSERDETAIL, body.userid or "") != member.userid:
        raise UpstreamProtocolError(GETUSERDETAIL, "it is about another member")
    return MemberDetail(
        corpid=member.corpid,
        userid=member.userid,
        gender=_GENDERS.get(body.gender, 0),
        avatar=body.avatar or "",
        qr_code=body.qr_code or "",
        mobile=body.mobile or "",
        email=body.email or "",
        biz_mail=body.biz_mail or "",
        address=body.address or "",
    )


def _userid(operation: str, value: str) -> str:
    """A corp may give its members names that are not ASCII."""
    if not value or len(value) > LONGEST_USERID or not value.isprintable():
        raise UpstreamProtocolError(operation, f"its userid is not 1 to {LONGEST_USERID} printable characters")
    return value
