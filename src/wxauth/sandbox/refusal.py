"""What WeChat's servers refuse: the errcode and its errmsg on the wire, and the reason for the journal."""

from __future__ import annotations

from wxauth.sandbox.words import Words

STEMS = {
    -1: "system error",
    -1000: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40013: "invalid appid",
    40014: "invalid access_token",
    40029: "invalid code",
    40030: "invalid refresh_token",
    40032: "invalid openid list size",
    40066: "invalid url",
    40078: "invalid auth_code",
    40082: "invalid suite_token",
    40091: "secret is invalid",
    40097: "invalid args",
    40125: "invalid appsecret",
    40163: "code been used",
    40164: "invalid ip, not in whitelist",
    40226: "code blocked",
    40243: "AppSecret frozen",
    41001: "access_token missing",
    41002: "appid missing",
    41003: "refresh_token missing",
    41004: "appsecret missing",
    41008: "missing code",
    41009: "missing openid",
    41018: "missing component_appid",
    42001: "access_token expired",
    42002: "refresh_token expired",
    42003: "oauth_code expired",
    42007: "user changed password, tokens dead",
    43001: "require GET method",
    43002: "require POST method",
    43003: "require https",
    44002: "empty post data",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    45033: "concurrency limit",
    47001: "data format error",
    48001: "api unauthorized",
    48002: "no API permission",
    48004: "api forbidden for irregularities",
    48006: "forbid to clear quota because of reaching the limit",
    50001: "user unauthorized",
    50002: "user limited",
    50003: "app disabled",
    50005: "user not following",
    60011: "no privilege",
    60020: "not allow to access from your ip",
    60111: "userid not found",
    61003: "component is not authorized by this account",
    61004: "access clientip is not registered",
    61005: "component ticket is expired",
    61006: "component ticket is invalid",
    61007: "api is unauthorized to component",
    61009: "code is invalid",
    61010: "code expired",
    61011: "invalid component",
    61023: "refresh_token is invalid",
    81013: "all ids invalid",
    84014: "user_ticket expired",
    84015: "invalid user_ticket",
    87007: "session_key not exist or expired",
    87008: "invalid sig_method",
    87009: "invalid signature",
    89501: "ip is pending confirmation",
    89503: "ip needs confirmation by the admin",
    89506: "ip refused by the admin, retry in 24 hours",
    89507: "ip refused by the admin, retry in 1 hour",
}
"""The errmsg of each errcode, without the rid; a family may word one in its own way, see wechat/family.py
(https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsaccesstoken and its neighbours,
https://developers.weixin.qq.com/doc/channels/API/basics/commErrCode.html).
The wording of -1000, 40097, 40243, 41003, 41009, 42002, 42003, 42007, 43001, 43002, 50001, 8401x, 87007 and 895xx has
not been seen in real traffic: the switch ``errmsg_overrides`` changes it."""


class Refusal(Exception):
    """A call that WeChat refuses.

    Attributes:
        errcode: one of STEMS.
        why: the reason in plain words; never on the wire.
        errmsg: the words on the wire where they depend on the call, without suffix; None for those of the errcode.
        cause: what is wrong with a code, where a rid may tell: expired, used or wrong.
    """

    def __init__(self, errcode: int, *, en: str, zh: str, errmsg: str | None = None, cause: str | None = None) -> None:
        self.errcode = errcode
        self.why = Words(en=en, zh=zh)
        self.errmsg = errmsg
        self.cause = cause
        super().__init__(en)

    @property
    def reason(self) -> Words:
        """Why, and what WeChat says to it."""
        return Words(en=f"{self.why.en}; WeChat answers {self.errcode}", zh=f"{self.why.zh}；微信返回 {self.errcode}")
