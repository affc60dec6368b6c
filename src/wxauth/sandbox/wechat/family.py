"""The families of server calls: how each words a refusal, and the headers it answers with."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import formatdate
from enum import StrEnum

from wxauth.sandbox.mint import Mint
from wxauth.sandbox.refusal import STEMS, Refusal
from wxauth.sandbox.switches import Switches

Headers = tuple[tuple[bytes, bytes], ...]

WECOM_CONTENT_TYPE = "application/json; charset=UTF-8"
"""https://developers.weixin.qq.com/community/personal/oCJUsw5MmzuFtjd_LfpGOnUmpQjQ/question"""


class Family(StrEnum):
    """Calls that share one way to answer."""

    SNS = "sns"
    CGI = "cgi-bin"
    WXA = "wxa"
    WECOM = "qyapi"


BY_FIRST_SEGMENT = {family.value: family for family in Family}
"""The families by the first segment of their paths."""

OWN_STEMS: dict[Family, dict[int, str]] = {
    Family.SNS: {},
    Family.CGI: {
        40001: "invalid credential, access_token is invalid or not latest, "
        "could get access_token by getStableAccessToken, more details at https://mmbizurl.cn/s/JtxxFh33r",
    },
    Family.WXA: {},
    Family.WECOM: {
        40001: "invalid credential",
        40013: "invalid corpid",
        41002: "corpid missing",
        41004: "corpsecret missing",
        50001: "redirect_uri unauthorized",
    },
}
"""What a family says otherwise than the rest.

https://developers.weixin.qq.com/doc/oplatform/developers/dev/AccessToken.html,
https://developer.work.weixin.qq.com/document/path/91039
"""


def stem(family: Family, refusal: Refusal, switches: Switches) -> str:
    """The errmsg of a refusal without its suffix."""
    errcode = refusal.errcode
    if errcode in switches.errmsg_overrides:
        return switches.errmsg_overrides[errcode]
    return refusal.errmsg or OWN_STEMS[family].get(errcode) or STEMS[errcode]


def suffix(
    family: Family, errcode: int, *, mint: Mint, now: float, client_ip: str, older: bool, cause: str | None = None
) -> str:
    """What follows the stem.

    https://developers.weixin.qq.com/community/personal/oCJUsw8uRpf12QXe2lckRven3BTw/question (sns),
    https://developers.weixin.qq.com/community/develop/doc/000266f7fd8dc06ec4fd5eef056400 (wxa); the older forms:
    https://blog.csdn.net/weixin_42803662/article/details/84635536.

    Args:
        family: whose form.
        errcode: WeCom links to a page about it.
        mint: makes the ids.
        now: virtual time, which every id begins with.
        client_ip: WeCom names it.
        older: the form of before 2020 (cgi-bin) and 2021 (sns).
        cause: what a rid of sns tells, if it does.
    """
    match family:
        case Family.SNS:
            return f", hints: [ req_id: {mint.hint(8)} ]" if older else f", rid: {mint.rid(now, cause=cause)}"
        case Family.CGI:
            return f" hint: [{mint.hint(14)}]" if older else f" rid: {mint.rid(now)}"
        case Family.WXA:
            hint = f" hint: [{mint.hint(16)}]"
            return hint if older else f"{hint} rid: {mint.rid(now)}"
        case Family.WECOM:
            if older:
                return f", hint: [{int(now)}_1_{mint.hint(32, alphabet='0123456789abcdef')}]"
            hint = f"{int(now)}{mint.hint(15, alphabet='0123456789')}"
            page = f"https://open.work.weixin.qq.com/devtool/query?e={errcode}"
            return f", hint: [{hint}], from ip: {client_ip}, more info at {page}"


def content_type(family: Family, switches: Switches) -> str:
    """The Content-Type of a family's answers."""
    match family:
        case Family.SNS:
            return switches.sns_content_type
        case Family.CGI | Family.WXA:
            return switches.cgi_content_type
        case Family.WECOM:
            return WECOM_CONTENT_TYPE


def more_headers(family: Family, errcode: int, errmsg: str, *, switches: Switches, now: float) -> Headers:
    """The headers of a family beside Content-Type and Content-Length."""
    match family:
        case Family.SNS | Family.WXA:
            return ()
        case Family.CGI:
            return ((b"date", _date(now, odd=switches.cgi_odd_date_header)),)
        case Family.WECOM:
            return ((b"error-code", str(errcode).encode()), (b"error-msg", errmsg.encode("latin-1", "replace")))


def _date(now: float, *, odd: bool) -> bytes:
    """The usual Date, or the odd one of cgi-bin: ``Tue, 05-Sep-2017 09:42:20 GMT``."""
    usual = formatdate(now, usegmt=True)
    return (
        f"{usual[:5]}{datetime.fromtimestamp(now, UTC):%d}-{usual[8:11]}-{usual[12:]}".encode()
        if odd
        else usual.encode()
    )
