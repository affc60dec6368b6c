"""Faults that belong together, by the name of the trouble they imitate."""

from __future__ import annotations

from dataclasses import dataclass

from wxauth.sandbox.fault import ANY_CALL
from wxauth.sandbox.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One fault of a preset, and what the trouble is.

    Attributes:
        operation: as `Faults.add` takes it.
        what: as `Faults.add` takes it.
        once: whether it is over after one hit; otherwise it stays until it is cleared.
        seconds: of a slow answer.
        words: the trouble.
    """

    operation: str
    what: int | str
    once: bool = False
    seconds: float = 0.0
    words: Words


def _preset(operation: str, what: int | str, en: str, zh: str, *, once: bool = False, seconds: float = 0.0) -> Preset:
    return Preset(operation=operation, what=what, once=once, seconds=seconds, words=Words(en=en, zh=zh))


PRESETS = {
    "code-replayed": _preset("token", 40163, "the callback came twice", "回调被触发了两次", once=True),
    "code-expired": _preset("token", 40029, "the person waited too long", "用户停留太久，code 已过期", once=True),
    "answer-lost": _preset(
        "token", "lost-answer", "the code is spent, the answer never arrives", "code 已被消费，但响应丢失", once=True
    ),
    "secret-changed": _preset("token", 40125, "somebody reset the AppSecret", "AppSecret 已被重置"),
    "secret-frozen": _preset("token", 40243, "the AppSecret is frozen", "AppSecret 已被冻结"),
    "token-expired": _preset("userinfo", 42001, "the access_token is over", "access_token 已过期", once=True),
    "token-replaced": _preset("userinfo", 40001, "the access_token was replaced", "access_token 已被替换", once=True),
    "profile-refused": _preset("userinfo", 48001, "the account may not read profiles", "公众号无权获取用户资料"),
    "refresh-expired": _preset("refresh", 42002, "the 30 days are over", "refresh_token 的 30 天有效期已过"),
    "password-changed": _preset("refresh", 42007, "the person changed their password", "用户修改了微信密码"),
    "wechat-hiccup": _preset(ANY_CALL, -1, "WeChat is busy for one call", "微信系统繁忙，仅一次", once=True),
    "wechat-busy": _preset(ANY_CALL, -1, "WeChat is busy", "微信系统繁忙"),
    "rate-limited": _preset(ANY_CALL, 45011, "too many calls this minute", "调用过于频繁"),
    "quota-used-up": _preset(ANY_CALL, 45009, "too many calls today", "当日调用次数已用完"),
    "wechat-slow": _preset(ANY_CALL, "slow", "every answer takes three seconds", "每次响应都需要三秒", seconds=3),
    "wechat-down": _preset(ANY_CALL, "reset", "no call is answered", "所有接口都没有响应"),
    "bad-gateway": _preset(ANY_CALL, "http-502", "a gateway before WeChat fails", "微信前端网关故障"),
    "html-page": _preset(ANY_CALL, "html", "a page comes instead of JSON", "返回网页而不是 JSON"),
    "wrong-domain": _preset("authorize", 10003, "the callback domain is not registered", "回调域名未登记"),
    "no-scope-right": _preset("authorize", 10005, "the account has no right to the scope", "公众号没有该 scope 的权限"),
    "scanner-cancels": _preset("qr.poll", 403, "the person cancels on the phone", "用户在手机上取消", once=True),
    "qr-expired": _preset("qr.poll", 402, "the QR code is too old", "二维码已过期", once=True),
    "callback-twice": _preset("callback", "duplicate", "the callback comes twice", "回调到达两次", once=True),
    "state-changed": _preset("callback", "state-changed", "the state is another one", "state 被改动", once=True),
    "cookie-lost": _preset("callback", "cookie-lost", "the browser has no cookies", "浏览器没有带 Cookie", once=True),
    "code-spent": _preset("callback", "code-spent", "somebody was quicker with the code", "code 被抢先换取", once=True),
}
"""Name -> what it sets."""
