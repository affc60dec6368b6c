"""What is open about WeChat, as named switches: each defaults to the best guess there is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from wxauth.sandbox.refusal import STEMS

PRINTABLE = re.compile(r"[^\x00-\x1f\x7f]+")
GUIDE = "https://developers.weixin.qq.com/doc/service/guide/h5/auth.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """How one world behaves where WeChat's own behaviour is unsure or was last seen long ago."""

    authorize_strict_order: bool = False
    """Refuse an authorize link whose parameters stand in another order; off: note it in the journal. Source: GUIDE"""
    state_too_long: Literal["error_page", "accepted"] = "error_page"
    """What a state of more than 128 bytes leads to. The limit is in GUIDE, the page is not."""
    state_charset_strict: bool = False
    """Refuse a state with other characters than ``[a-zA-Z0-9]``. GUIDE allows only these, others are seen to work."""
    state_required: bool = False
    """Show 10013 without a state. The code is in GUIDE, which also calls the state optional."""
    redirect_uri_unencoded: Literal["first_parameter", "accepted"] = "first_parameter"
    """What remains of a redirect_uri that is not percent-encoded; a test account always accepts it.

    https://www.cnblogs.com/root429/p/9251363.html
    """
    consent_waiver_seconds: float = 2592000
    """How long a recent sign-in spares the consent sheet. GUIDE names the rule and no span."""
    consent_waiver_per_device: bool = False
    """Let a sign-in spare the sheet on the device it happened on only. Unsure; GUIDE does not say."""
    consent_profile_choice: bool = False
    """Let people choose on the consent sheet what they call themselves to the account; off: it is told their profile.

    Seen, weakly: https://developers.weixin.qq.com/community/personal/oCJUsw8FZ8lAiSEO01f6ue-1pByY/follow
    """
    official_denial: Literal["stays", "page_before", "callback"] = "stays"
    """What follows when a person refuses an official account: the page stays where it is, the page before comes up
    again, or the redirect_uri is called with the state alone, as a third-party platform's page has it.

    https://developers.weixin.qq.com/community/develop/doc/000c8c095d07204ec0844330461000
    """
    double_request: bool = False
    """Call the app back twice, about 20 ms apart, with the same code: WeChat's client asks again with ``uin``, ``key``
    and ``pass_ticket``. The same link, opened again by the same person within a second, leads to the same code.

    https://cnodejs.org/topic/59c919abe7d9a031127eaf01
    """
    link_crawler: bool = False
    """Let a crawler fetch the callback too, with its code, and without cookies. Unsure."""
    webview_caches_301: bool = False
    """Let the webview keep the 301 of the authorize page, so that a link opened again skips that hop; off: it is asked
    each time. Whether a site's own 301 is kept is a matter of the browser. Unsure."""
    drop_openid_query: bool = False
    """Lose the parameter ``openId`` of a redirect_uri. Told once: https://coloradmin.cn/o/2229260.html"""
    error_page_10038: bool = False
    """Know the error page 10038 as a fault. Mentioned once, without meaning:
    https://cloud.tencent.com/developer/article/2208026
    """
    test_account_require_https: bool = False
    """Refuse a redirect_uri of a test account that begins with http://. Unsure."""
    test_account_domain_checks: bool = False
    """Ask of a test account's domain what takes an ICP filing and a verify file: a name, without a port. Unsure; in
    practice an IP address with a port is taken.
    """
    oauth_domain_limit: int = 2
    """How many 网页授权域名 an official account may register; 0: any number. It was 1 once, then 2:
    https://pay.weixin.qq.com/wiki/doc/api_external/ch/faq/chapter1_11_2.shtml
    """
    oauth_domain_monthly_edits: int = 0
    """How often in a month they may be changed; 0: as often as one likes. 3 were seen in 2021, 5 in 2024:
    https://developers.weixin.qq.com/community/personal/oCJUsw4_jY0jIq2R2X75ICBG3ABA/question
    """
    new_auth_voids_refresh_token: bool = True
    """A new authorization ends the person's earlier refresh_token. https://cnblogs.com/houdj/p/6084733.html (2016)"""
    new_auth_voids_access_token: bool = False
    """A new authorization ends the person's earlier access_token. Told once, in a weblog."""
    voided_token_overlap_seconds: float = 0
    """How long a token outlives the authorization that voids it. Unknown."""
    refresh_rotates_token: bool = False
    """Answer a refresh with another refresh_token. Samples show the same one."""
    base_scope_unionid: bool = False
    """Tell the unionid for snsapi_base too: seen in captures, denied by
    https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsaccesstoken
    """
    reused_code_errcode: int = 40163
    """The answer to a code that was redeemed; before about 2017 it was 40029."""
    expired_code_errcode: int = 40029
    """The answer to an expired code; 42003 is in the tables and was never seen."""
    rid_groups_by_cause: bool = False
    """Tell by the middle group of the rid why a code was refused: expired, used or wrong; off: it is random. Told once:
    https://blog.csdn.net/peachban/article/details/133387225
    """
    scope_reply_list: bool = False
    """Answer an exchange and a refresh with a list of scopes, the one that was asked for and snsapi_base. Seen with a
    mobile app."""
    sns_exchange_rate_per_minute: int | None = None
    """How many codes an account may exchange in a minute, then 45011; 0 is no limit. None: 50000, and 10000 for a
    website application, as https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsaccesstoken and
    https://developers.weixin.qq.com/doc/oplatform/developers/dev/auth/web.md have it
    """
    sns_ip_whitelist: bool = False
    """Hold every sns call against the IP whitelist of the account (40164). 40164 was seen from cgi-bin only."""
    refresh_ip_whitelist: bool = False
    """The same for sns/oauth2/refresh_token alone. Comments in code mention it, no page does."""
    refresh_unknown_errcode: int = 40030
    """The answer to an unknown refresh_token; 40029 on
    https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsrefreshtoken
    """
    refresh_expired_errcode: int = 42002
    """The answer to an expired or voided refresh_token."""
    sns_content_type: str = "text/plain"
    """The Content-Type of the sns calls. https://github.com/panva/oauth4webapi/pull/155 (2024)"""
    sns_accept_post: bool = True
    """Take the sns calls by POST too, parameters in the query or in a form. Seen to work with a query (2018)."""
    cgi_content_type: str = "application/json; encoding=utf-8"
    """The Content-Type of the cgi-bin calls. https://github.com/wechatpy/wechatpy/issues/147"""
    cgi_odd_date_header: bool = True
    """Write the Date of cgi-bin answers as ``Tue, 05-Sep-2017 09:42:20 GMT``. Seen from 2016 to 2023.

    https://cloud.tencent.com/developer/article/1333680
    """
    errmsg_suffix_style: Literal["today", "older"] = "today"
    """What follows an errmsg: a rid, or the hint of before 2020 (cgi-bin) and 2021 (sns)."""
    errmsg_overrides: Mapping[int, str] = field(default_factory=dict[int, str])
    """errcode -> another errmsg, without suffix, where the sandbox words one otherwise than WeChat does."""
    placeholder_empty_body: bool = False
    """Answer the placeholder ``appid=APPID`` with an empty body, called ``text/html; charset=gbk``; not 40013.

    https://github.com/Eric-Guo/wechat/pull/184 (2017)
    """
    api_daily_quota: int = 0
    """How often an account may call each of the calls that have no quota of their own in a day, then 45009; 0 is no
    limit. The numbers stand in WeChat's console only, which ``cgi-bin/clear_quota`` sets back."""
    base_token_profile: bool = False
    """Show the profile to a token of snsapi_base too, of a follower or of who agreed to snsapi_userinfo lately; off:
    48001. https://cnblogs.com/houdj/p/6084733.html (2016)
    """
    dirty_nicknames: bool = False
    """Put a control character and half an emoji, which is no UTF-8, into nicknames.

    https://github.com/w7corp/easywechat/issues/1625
    """
    softbank_emoji: bool = False
    """Write emoji in nicknames as the code points that SoftBank once gave them, U+E312 for a party popper.

    https://github.com/wechatpy/wechatpy/issues/147 (2016)
    """
    userinfo_language_value: str = ""
    """The ``language`` of a profile; some captures keep ``zh_CN``.

    https://developers.weixin.qq.com/community/develop/doc/00028edbe3c58081e7cc834705b801
    """
    headimgurl_scheme: Literal["own", "http", "https"] = "own"
    """The scheme of avatar addresses. WeChat says https (earlier http); ``own`` is the one the sandbox is asked by,
    so that the pictures load."""
    snapshot_nickname: str = "微信用户"
    """The nickname of a snapshot page's virtual person. Not published."""
    snapshot_headimgurl: str = "own"
    """The avatar of the same person: ``own`` is a grey figure that the sandbox draws, anything else an address or
    nothing. Not published."""
    snapshot_flags_base_scope: bool = True
    """Let a code of snsapi_base from a snapshot page stand for the virtual person, and flag it; off: for the real one.
    Unsure."""
    snapshot_userinfo_reply: Literal["virtual", "48001"] = "virtual"
    """What sns/userinfo tells about the virtual person; 48001 was seen in August 2022:
    https://developers.weixin.qq.com/community/develop/doc/0006eec7030d28b7656ea683e55400
    """
    component_snapshot_flag: bool = False
    """Tell a third-party platform ``is_snapshotuser`` too. Its page names no such field."""
    qr_expire_seconds: float = 300
    """How long the QR code of a website application lives. Seen to be about five minutes, in a page of 2018."""
    qr_poll_hold_seconds: float = 25
    """How long, in real time, a poll of the QR code's page is held while nothing happens. Browsers saw 14 to 30 s."""
    qr_poll_legacy_host: bool = False
    """Answer the poll at ``long.open.weixin.qq.com`` too, where pages of 2018 asked; off: 404 under that name."""
    website_denial_callback: bool = False
    """Send the desktop back with the state alone when the person refuses, as the older documentation has it; off: the
    page says so and stays. https://developers.weixin.qq.com/doc/oplatform/developers/dev/auth/web.md
    """
    code2session_legacy_expires_in: bool = False
    """Answer ``sns/jscode2session`` with ``expires_in`` too, as in its early years."""
    login_keeps_session_key_seconds: float = 0
    """How long after a login a new one leaves the session_key as it is; 0: each ``wx.login`` makes a new one.

    There is such a span, and its length is not told:
    https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_checksessionkey
    """
    session_key_seconds: float = 259200
    """How long a session_key lives after the last login. Not told, and longer for people who come often."""
    session_key_gone_errcode: int = 87007
    """The answer of ``wxa/resetusersessionkey`` where there is no living session_key. Unsure."""
    phone_number_quota: int = 0
    """How many phone numbers a mini program may ask for altogether, then 45009; 0: as many as it likes.

    Since 2023 they are paid for; how a refusal looks is not known.
    """
    phone_country_code: Literal["text", "number"] = "text"
    """The type of ``countryCode``: text in the table of fields, a number in the sample of the same page,
    https://developers.weixin.qq.com/miniprogram/dev/server/API/user-info/phone-number/api_getphonenumber
    """
    pre_auth_code_seconds: float = 1800
    """How long the pre_auth_code of a third-party platform lives: 1800 in the text, 600 in the sample of
    https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/ThirdParty/token/pre_auth_code.html
    """
    component_login_expires_in: bool = True
    """Send ``expires_in`` beside the ``auth_code`` back to a third-party platform. General knowledge, no source."""
    component_denial_callback: bool = False
    """Call a third-party platform back with the state alone when the person refuses. Documented, and said not to
    happen: https://developers.weixin.qq.com/community/personal/oCJUsw4hQDBFs-QciboNeQ98uQ9c/question
    """
    component_refresh_ip_whitelist: bool = True
    """Hold sns/oauth2/component/refresh_token against the IP whitelist of the third-party platform (61004)."""
    cgi_token_daily_quota: int = 2000
    """How often an account may call cgi-bin/token in a day; 0 is no limit.

    https://developers.weixin.qq.com/community/develop/doc/000c0a9546c7a84aeb12798a165400
    """
    test_account_token_quota: int = 2000
    """The same for a test account. No lower figure is known."""
    test_account_follower_limit: int = 0
    """How many people can follow a test account; 0: everybody. The number is not known."""
    ip_whitelist_on_api_calls: bool = False
    """Check the caller's address at every call with an account's token; off: only where tokens are handed out.
    No source; so it is seen to be."""
    user_info_privacy_fields: Literal["empty", "absent"] = "empty"
    """What became of nickname, headimgurl, sex and place in cgi-bin/user/info.

    https://developers.weixin.qq.com/community/develop/doc/00004433d6465896b104dd4d663c00
    """
    user_get_page_size: int = 10000
    """How many openids a page of cgi-bin/user/get holds. General knowledge, no source."""
    user_get_empty_tail: Literal["data_absent", "data_empty"] = "data_absent"
    """What follows the last page of cgi-bin/user/get: an answer without ``data``, or with an empty list in it. As an
    SDK's samples have it."""
    wecom_gettoken_same_token: bool = True
    """Answer gettoken with the app's living token instead of a new one: https://developer.work.weixin.qq.com/document/path/91039
    (older text)"""
    wecom_agentid_missing: Literal["base", "error_page"] = "base"
    """What becomes of snsapi_privateinfo without an agentid: as if it were snsapi_base, or an error page. The agentid
    is required by https://developer.work.weixin.qq.com/document/path/96441, which names no consequence."""
    wecom_private_fields: tuple[str, ...] = ("gender", "avatar", "qr_code", "mobile", "email", "biz_mail", "address")
    """What the administrator lets the apps of a corp ask members for, in auth/getuserdetail.

    https://developer.work.weixin.qq.com/document/path/96443
    """
    wecom_user_get_private_fields: bool = False
    """Tell the same fields in user/get too. New apps no longer get them, since about 2022-06."""
    wecom_login_callback_appid: bool = False
    """Add ``&appid=`` to the callback of the web login. Unsure: https://developer.work.weixin.qq.com/document/path/98171"""

    def __post_init__(self) -> None:
        for name in (
            "reused_code_errcode",
            "expired_code_errcode",
            "refresh_unknown_errcode",
            "refresh_expired_errcode",
            "session_key_gone_errcode",
        ):
            if getattr(self, name) not in STEMS:
                raise ValueError(f"{name} is not an errcode the sandbox knows: {getattr(self, name)}")
        headers = (self.sns_content_type, self.cgi_content_type, *self.errmsg_overrides.values())
        if not all(PRINTABLE.fullmatch(text) for text in headers):
            raise ValueError("a Content-Type or errmsg is empty, or holds a line break or control character")
        spans_seconds = (
            self.consent_waiver_seconds,
            self.voided_token_overlap_seconds,
            self.login_keeps_session_key_seconds,
            self.session_key_seconds,
            self.pre_auth_code_seconds,
            self.qr_expire_seconds,
            self.qr_poll_hold_seconds,
        )
        if min(spans_seconds) < 0:
            raise ValueError("a span of seconds cannot be negative")
        limits = (
            self.cgi_token_daily_quota,
            self.test_account_token_quota,
            self.api_daily_quota,
            self.sns_exchange_rate_per_minute or 0,
            self.test_account_follower_limit,
            self.oauth_domain_limit,
            self.oauth_domain_monthly_edits,
        )
        if min(limits) < 0 or self.user_get_page_size < 1:
            raise ValueError("a quota cannot be negative, and a page holds at least one openid")
