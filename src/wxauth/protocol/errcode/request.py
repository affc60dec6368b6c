"""The codes about the request itself: something is missing in it, or it was sent the wrong way."""

from __future__ import annotations

from wxauth.errors import Hint
from wxauth.protocol.errcode.entry import EXCHANGE_PAGE, GENERAL_PAGE, GLOBAL_TABLE, USERINFO_PAGE, Errcode, Retry


def _missing(code: int, parameter: str, says: str, where: str, source: str) -> Errcode:
    return Errcode(
        code=code,
        name=f"{parameter.upper()}_MISSING",
        says=says,
        where=where,
        meaning=Hint(
            en=f"The request has no {parameter}, or an empty one.", zh=f"请求里缺少 {parameter} 参数，或者它是空的。"
        ),
        remedy=Hint(
            en=f"Send {parameter} in the query string, spelt exactly so; find out why the program had no value for it.",
            zh=f"请在查询字符串里带上 {parameter}，拼写与大小写完全一致；并查明程序里它为什么没有值。",
        ),
        retry=Retry.NO,
        source=source,
    )


def _not_of_sign_in(code: int, name: str, says: str, en: str, zh: str) -> Errcode:
    return Errcode(
        code=code,
        name=name,
        says=says,
        where="cgi-bin/*",
        meaning=Hint(
            en=f"The request has no {en}. No call of a sign-in needs it.",
            zh=f"请求里缺少{zh}。登录相关的接口都用不到它。",
        ),
        remedy=Hint(
            en="Check which address was called: this answer belongs to media and menu calls.",
            zh="请检查调用的地址：这个错误码属于素材或菜单接口。",
        ),
        retry=Retry.NO,
        source=GLOBAL_TABLE,
    )


def _sent_wrongly(code: int, name: str, says: str, en: str, zh: str, source: str) -> Errcode:
    return Errcode(
        code=code,
        name=name,
        says=says,
        where="sns/*",
        meaning=Hint(en=f"This call has to be sent by {en}.", zh=f"这个接口必须使用 {zh}。"),
        remedy=Hint(
            en=f"Send it by {en}. If your program does, look at the proxy between it and WeChat.",
            zh=f"请改用 {zh}。如果程序本来就是这样发送的，请检查中间的代理。",
        ),
        retry=Retry.NO,
        source=source,
    )


REQUEST: tuple[Errcode, ...] = (
    Errcode(
        code=40002,
        name="INVALID_GRANT_TYPE",
        says="invalid grant_type",
        where="sns/oauth2/*",
        meaning=Hint(
            en="grant_type is missing or is not the one word this call takes.",
            zh="缺少 grant_type，或者它不是该接口规定的值。",
        ),
        remedy=Hint(
            en="Send grant_type=authorization_code to exchange a code, grant_type=refresh_token to refresh.",
            zh="换取 code 时用 grant_type=authorization_code，刷新时用 grant_type=refresh_token。",
        ),
        retry=Retry.NO,
        source=EXCHANGE_PAGE,
    ),
    Errcode(
        code=40066,
        name="INVALID_URL",
        says="invalid url",
        where="sns/*",
        meaning=Hint(en="WeChat has no call at this address.", zh="微信没有这个地址的接口。"),
        remedy=Hint(
            en="Compare the path with WeChat's page letter by letter, for example /sns/oauth2/access_token.",
            zh="请对照微信文档逐字检查路径，例如 /sns/oauth2/access_token。",
        ),
        retry=Retry.NO,
        source=GENERAL_PAGE,
    ),
    _missing(41001, "access_token", "access_token missing", "sns/userinfo, sns/auth", USERINFO_PAGE),
    _missing(41002, "appid", "appid missing", "sns/oauth2/*", EXCHANGE_PAGE),
    _missing(41003, "refresh_token", "refresh_token missing", "sns/oauth2/refresh_token", GLOBAL_TABLE),
    _missing(41004, "secret", "appsecret missing", "sns/oauth2/access_token", EXCHANGE_PAGE),
    _not_of_sign_in(41005, "MEDIA_DATA_MISSING", "media data missing", "media data", "多媒体文件数据"),
    _not_of_sign_in(41006, "MEDIA_ID_MISSING", "media_id missing", "media_id", " media_id 参数"),
    _not_of_sign_in(41007, "SUB_MENU_DATA_MISSING", "sub_menu data missing", "data of a sub-menu", "子菜单数据"),
    _missing(41008, "code", "missing code", "sns/oauth2/access_token", EXCHANGE_PAGE),
    _missing(41009, "openid", "missing openid", "sns/userinfo, sns/auth", GLOBAL_TABLE),
    _sent_wrongly(43001, "GET_REQUIRED", "require GET method", "GET", "GET 方法", GLOBAL_TABLE),
    _sent_wrongly(43002, "POST_REQUIRED", "require POST method", "POST", "POST 方法", GENERAL_PAGE),
    _sent_wrongly(43003, "HTTPS_REQUIRED", "require https", "https", "HTTPS", GENERAL_PAGE),
)
