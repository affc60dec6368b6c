"""The codes by which the page with the QR code learns what the person does; only that page sees them."""

from __future__ import annotations

from wxauth.protocol.errcode.entry import Errcode, Retry, entry

SOURCE = "https://developers.weixin.qq.com/doc/oplatform/developers/dev/auth/web.md"


def _state(code: int, name: str, says: str, meaning: tuple[str, str], remedy: tuple[str, str], retry: Retry) -> Errcode:
    return entry(
        code, name, says, where="connect/l/qrconnect", meaning=meaning, remedy=remedy, retry=retry, source=SOURCE
    )


QR: tuple[Errcode, ...] = (
    _state(
        402,
        "QR_EXPIRED",
        "the QR code is over",
        ("Nobody confirmed within about five minutes.", "约五分钟内没有人确认，二维码已失效。"),
        ("The page loads itself again and shows a new QR code.", "页面会自动刷新并显示新的二维码。"),
        Retry.LATER,
    ),
    _state(
        403,
        "QR_CANCELLED",
        "您已取消此次登录",
        ("The person scanned and refused. Nothing is called back.", "用户扫码后取消了登录，不会回调。"),
        ("The person may scan again, or close the window.", "用户可以再次扫码，或关闭窗口。"),
        Retry.LATER,
    ),
    _state(
        404,
        "QR_SCANNED",
        "扫描成功",
        ("The person has scanned and has not confirmed yet.", "用户已扫码，尚未在微信里确认。"),
        ("Wait for the person to confirm on the phone.", "请等待用户在手机上点击确认。"),
        Retry.LATER,
    ),
    _state(
        405,
        "QR_CONFIRMED",
        "wx_code",
        ("The person has confirmed; the answer carries the code.", "用户已确认，返回内容里带有 code。"),
        ("The page goes to redirect_uri with code and state.", "页面会带着 code 和 state 跳转到 redirect_uri。"),
        Retry.NO,
    ),
    _state(
        408,
        "QR_WAITING",
        "nobody has scanned yet",
        ("Nobody has scanned within the time of one poll.", "在一次轮询的时间内没有人扫码。"),
        ("The page asks again after two seconds.", "页面会在两秒后再次轮询。"),
        Retry.LATER,
    ),
    _state(
        500,
        "QR_SERVER_ERROR",
        "server error",
        ("WeChat's server failed.", "微信服务器出错。"),
        ("The page loads itself again.", "页面会自动刷新。"),
        Retry.LATER,
    ),
)
