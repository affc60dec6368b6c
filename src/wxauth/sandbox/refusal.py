"""What WeChat's servers refuse: the errcode and its errmsg on the wire, and the reason for the journal."""

from __future__ import annotations

from wxauth.sandbox.words import Words

STEMS = {
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40013: "invalid appid",
    40029: "invalid code",
    40030: "invalid refresh_token",
    40066: "invalid url",
    40125: "invalid appsecret",
    40163: "code been used",
    41001: "access_token missing",
    41002: "appid missing",
    41003: "refresh_token missing",
    41004: "appsecret missing",
    41008: "missing code",
    41009: "missing openid",
    42001: "access_token expired",
    42002: "refresh_token expired",
    42003: "oauth_code expired",
    48001: "api unauthorized",
}
"""The errmsg of each errcode, without the rid
(https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsaccesstoken and its neighbours).
The wording of 41003, 41009, 42002 and 42003 has not been seen in real traffic."""


class Refusal(Exception):
    """A call that WeChat refuses.

    Attributes:
        errcode: one of STEMS.
        why: the reason in plain words; never on the wire.
    """

    def __init__(self, errcode: int, *, en: str, zh: str) -> None:
        self.errcode = errcode
        self.why = Words(en=en, zh=zh)
        super().__init__(en)

    @property
    def reason(self) -> Words:
        """Why, and what WeChat says to it."""
        return Words(en=f"{self.why.en}; WeChat answers {self.errcode}", zh=f"{self.why.zh}；微信返回 {self.errcode}")

    @property
    def errmsg(self) -> str:
        """The errmsg on the wire, without the rid."""
        return STEMS[self.errcode]
