"""Mini programs: who a ``wx.login`` code stands for, the session_key that comes with it, and the phone number."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from hmac import digest

import msgspec

from wxauth.account import MiniProgram
from wxauth.credential import AccountCredential
from wxauth.errors import UpstreamProtocolError, UsageError, WeChatError
from wxauth.protocol.body import Answer, post, read
from wxauth.protocol.credential import read_ok
from wxauth.protocol.field import LONGEST_OPENID, demand_code, demand_openid, encoded, printable, unionid
from wxauth.protocol.message import Call, Endpoints, Request, Response

SESSION = "sns/jscode2session"
CHECK = "wxa/checksession"
RESET = "wxa/resetusersessionkey"
PHONE = "wxa/business/getuserphonenumber"

DEAD_KEY = frozenset({87007, 87009})
"""The errcodes by which wxa/checksession says that a session_key is no longer that of the person."""

_SESSION_KEY = re.compile(r"[0-9A-Za-z+/]{22}==")
_NUMBER = re.compile(r"[0-9+ -]{1,32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MiniProgramSession:
    """Who logged in to a mini program, and the key of what their phone encrypts.

    Attributes:
        appid: the mini program.
        openid: the person, as this mini program knows them.
        unionid: the person across one open-platform account; None when the mini program is not bound to one.
        session_key: 16 bytes in base64. It stays on your server: who has it can sign as the person. The next
            ``wx.login`` may replace it, and its end is not told. Hidden in ``repr``.
    """

    appid: str
    openid: str
    unionid: str | None
    session_key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneNumber:
    """The phone number a person agreed to tell. Hidden in ``repr``, as it is personal.

    Attributes:
        number: with the country code in front, if it is foreign.
        pure_number: without the country code.
        country_code: for example ``86``.
        told_at: when WeChat told it, in seconds of unix time.
    """

    number: str = field(repr=False)
    pure_number: str = field(repr=False)
    country_code: str
    told_at: int


def code_to_session(endpoints: Endpoints, program: MiniProgram, code: str) -> Call[MiniProgramSession]:
    """Exchange the code of ``wx.login``. It works once, within five minutes, for this mini program.

    Source: https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_code2session

    Raises:
        UsageError: the code is empty, over 512 characters, or not printable ASCII; or the account is a sandbox's and
            the endpoints are not.
    """
    endpoints.demand_home_of(program.appid)
    demand_code(code)
    return Call(
        request=Request(
            operation=SESSION,
            url=f"{endpoints.api}/sns/jscode2session?appid={program.appid}&secret={program.secret}"
            f"&js_code={encoded(code)}&grant_type=authorization_code",
        ),
        read=partial(read_session, SESSION, program.appid, (program.secret, code)),
        spends=True,
    )


def check_session_key(endpoints: Endpoints, credential: AccountCredential, session: MiniProgramSession) -> Call[bool]:
    """Ask whether a session_key is still that of the person; an answer that says it is not is False.

    Source: https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_checksessionkey

    Raises:
        UsageError: the session is that of another mini program than the credential.
    """
    return Call(
        request=_signed(endpoints, CHECK, credential, session),
        read=partial(_read_valid, (credential.access_token, session.session_key)),
    )


def reset_session_key(
    endpoints: Endpoints, credential: AccountCredential, session: MiniProgramSession
) -> Call[MiniProgramSession]:
    """Replace a session_key; the old one is dead, and the new one ends when the old one would have.

    Source: https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_resetusersessionkey

    Raises:
        UsageError: the session is that of another mini program than the credential.
    """
    return Call(
        request=_signed(endpoints, RESET, credential, session),
        read=partial(_read_reset, session, (credential.access_token, session.session_key)),
        spends=True,
    )


def fetch_phone_number(
    endpoints: Endpoints, credential: AccountCredential, code: str, *, openid: str | None = None
) -> Call[PhoneNumber]:
    """Exchange the code of the button ``getPhoneNumber``: another code than that of ``wx.login``, five minutes, once.

    Source: https://developers.weixin.qq.com/miniprogram/dev/server/API/user-info/phone-number/api_getphonenumber

    Args:
        endpoints: where WeChat is.
        credential: of the mini program.
        code: what the button gave.
        openid: the person it has to belong to; None to take anybody's.

    Raises:
        UsageError: code or openid are none.
    """
    demand_code(code)
    if openid is not None:
        demand_openid(openid)
    url = f"{endpoints.api}/wxa/business/getuserphonenumber?access_token={encoded(credential.access_token)}"
    return Call(
        request=post(PHONE, url, {"code": code} if openid is None else {"code": code, "openid": openid}),
        read=partial(_read_phone, credential.appid, (credential.access_token, code)),
        spends=True,
    )


class _SessionBody(Answer):
    session_key: str | None = None
    openid: str | None = None
    unionid: str | None = None


class _Watermark(msgspec.Struct):
    appid: str
    timestamp: int


class _PhoneInfo(msgspec.Struct):
    phoneNumber: str  # noqa: N815 - WeChat's names, here and below
    purePhoneNumber: str  # noqa: N815
    countryCode: str | int  # noqa: N815
    watermark: _Watermark


class _PhoneBody(Answer):
    phone_info: _PhoneInfo | None = None


_SESSION_BODY = msgspec.json.Decoder(_SessionBody)
_PHONE_BODY = msgspec.json.Decoder(_PhoneBody)


def read_session(operation: str, appid: str, secrets: tuple[str, ...], response: Response) -> MiniProgramSession:
    """Read what a js_code was exchanged for, by the mini program or a platform that acts for it."""
    body = read(response, _SESSION_BODY, operation=operation, secrets=secrets)
    if body.session_key is None or not _SESSION_KEY.fullmatch(body.session_key):
        raise UpstreamProtocolError(operation, "its session_key is not 16 bytes in base64")
    return MiniProgramSession(
        appid=appid,
        openid=printable(operation, "openid", body.openid, LONGEST_OPENID),
        unionid=unionid(operation, body.unionid),
        session_key=body.session_key,
    )


def _signed(
    endpoints: Endpoints, operation: str, credential: AccountCredential, session: MiniProgramSession
) -> Request:
    """The signature is that of an empty text, and its key is the session_key as it stands, in base64."""
    if credential.appid != session.appid:
        raise UsageError(f"the session is of {session.appid}, and the credential of {credential.appid}")
    signature = digest(session.session_key.encode(), b"", sha256).hex()
    return Request(
        operation=operation,
        url=f"{endpoints.api}/{operation}?access_token={encoded(credential.access_token)}"
        f"&openid={encoded(session.openid)}&signature={signature}&sig_method=hmac_sha256",
    )


def _read_valid(secrets: tuple[str, ...], response: Response) -> bool:
    try:
        read_ok(CHECK, secrets, response)
    except WeChatError as refusal:
        if refusal.errcode in DEAD_KEY:
            return False
        raise
    return True


def _read_reset(session: MiniProgramSession, secrets: tuple[str, ...], response: Response) -> MiniProgramSession:
    renewed = read_session(RESET, session.appid, secrets, response)
    if renewed.openid != session.openid:
        raise UpstreamProtocolError(RESET, "its openid is not the one that was asked for")
    return MiniProgramSession(
        appid=session.appid, openid=session.openid, unionid=session.unionid, session_key=renewed.session_key
    )


def _read_phone(appid: str, secrets: tuple[str, ...], response: Response) -> PhoneNumber:
    info = read(response, _PHONE_BODY, operation=PHONE, secrets=secrets).phone_info
    if info is None:
        raise UpstreamProtocolError(PHONE, "it has no phone_info")
    if info.watermark.appid != appid:
        raise UpstreamProtocolError(PHONE, "its watermark is that of another mini program")
    if not _NUMBER.fullmatch(info.phoneNumber) or not _NUMBER.fullmatch(info.purePhoneNumber):
        raise UpstreamProtocolError(PHONE, "its phone number is none")
    return PhoneNumber(
        number=info.phoneNumber,
        pure_number=info.purePhoneNumber,
        country_code=str(info.countryCode),
        told_at=info.watermark.timestamp,
    )
