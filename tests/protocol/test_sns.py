import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wire_examples import Example, examples
from wxauth.account import OfficialAccount
from wxauth.errors import (
    AccountRefused,
    CodeRefused,
    TokenDead,
    UpstreamProtocolError,
    UpstreamUnavailable,
    UsageError,
    WeChatBusy,
    WeChatError,
)
from wxauth.identity import Grant, Lang
from wxauth.protocol.message import Call, Endpoints, Response
from wxauth.protocol.sns import GrantAnswer, check_grant, exchange_code, fetch_profile, refresh_grant

WECHAT = Endpoints()
ACCOUNT = OfficialAccount(appid="wx0123456789abcdef", secret="5a4db000000000000000000000000001")
OPENID = "oSBX0openid0of0nobody0000001"
GRANT = Grant(
    appid=ACCOUNT.appid,
    openid=OPENID,
    unionid=None,
    scope="snsapi_userinfo",
    access_token="SBXaccess/+=",
    refresh_token="SBXrefresh",
    expires_at=7200.0,
    is_snapshot_user=False,
)
ANSWER = {
    "access_token": "SBXaccess",
    "expires_in": 7200,
    "refresh_token": "SBXrefresh",
    "openid": OPENID,
    "scope": "snsapi_userinfo",
}
PROFILE = {"openid": OPENID, "nickname": "安", "headimgurl": "https://thirdwx.qlogo.cn/mmopen/vi_32/SBX/132"}


def exchange(code: str = "011SBXcode") -> Call[GrantAnswer]:
    return exchange_code(WECHAT, ACCOUNT, code)


CALLS: dict[str, Call[Any]] = {
    "sns/oauth2/access_token": exchange(),
    "sns/oauth2/refresh_token": refresh_grant(WECHAT, appid=ACCOUNT.appid, refresh_token="SBXrefresh"),
    "sns/userinfo": fetch_profile(WECHAT, GRANT, lang="en"),
    "sns/auth": check_grant(WECHAT, GRANT),
}


def answered(call: Call[Any], **fields: object) -> Any:
    return call.read(Response(status=200, body=json.dumps(fields).encode()))


# Requests


def test_a_code_of_the_sandbox_is_not_sent_to_wechat() -> None:  # J1
    account = OfficialAccount(appid="wx5a4db00000000001", secret="5a4db000000000000000000000000001")
    with pytest.raises(UsageError, match="lives in the sandbox only"):
        exchange_code(Endpoints(), account, "0a1SBX")
    assert exchange_code(Endpoints.sandbox("http://127.0.0.1:8911"), account, "0a1SBX")


def test_the_exchange_is_this_very_url() -> None:
    assert exchange("011+/&= ".strip()).request.url == (
        "https://api.weixin.qq.com/sns/oauth2/access_token?appid=wx0123456789abcdef"
        "&secret=5a4db000000000000000000000000001&code=011%2B%2F%26%3D&grant_type=authorization_code"
    )


def test_the_refresh_is_this_very_url_without_the_secret() -> None:
    assert refresh_grant(WECHAT, appid=ACCOUNT.appid, refresh_token="83_a-b_%41").request.url == (
        "https://api.weixin.qq.com/sns/oauth2/refresh_token?appid=wx0123456789abcdef"
        "&grant_type=refresh_token&refresh_token=83_a-b_%2541"
    )


def test_the_profile_is_this_very_url() -> None:
    assert fetch_profile(WECHAT, GRANT, lang=Lang.ZH_TW).request.url == (
        "https://api.weixin.qq.com/sns/userinfo?access_token=SBXaccess%2F%2B%3D"
        "&openid=oSBX0openid0of0nobody0000001&lang=zh_TW"
    )


def test_the_check_is_this_very_url() -> None:
    assert check_grant(WECHAT, GRANT).request.url == (
        "https://api.weixin.qq.com/sns/auth?access_token=SBXaccess%2F%2B%3D&openid=oSBX0openid0of0nobody0000001"
    )


@pytest.mark.parametrize("operation", CALLS)
def test_a_call_sends_the_documented_parameters_in_order(operation: str) -> None:
    request = CALLS[operation].request
    address, _, query = request.url.partition("?")
    recorded = next(examples(operation)).request
    assert request.operation == operation
    assert request.method == recorded["method"]
    assert address == f"https://api.weixin.qq.com{recorded['path']}"
    assert [pair.partition("=")[0] for pair in query.split("&")] == recorded["query"]


def test_a_call_goes_to_the_sandbox_when_told_so() -> None:
    call = exchange_code(Endpoints.sandbox("http://127.0.0.1:8911/"), ACCOUNT, "011")
    assert call.request.url.startswith("http://127.0.0.1:8911/sns/oauth2/access_token?appid=")


def test_only_the_exchange_uses_something_up() -> None:
    assert [operation for operation, call in CALLS.items() if call.spends] == ["sns/oauth2/access_token"]


@pytest.mark.parametrize("operation", CALLS)
def test_the_repr_of_a_call_shows_no_secret(operation: str) -> None:  # H1
    shown = repr(CALLS[operation])
    assert operation in shown
    assert "SBX" not in shown
    assert ACCOUNT.secret not in shown


@pytest.mark.parametrize(
    ("code", "page"),
    [
        ("", "41008"),
        ("a b", "40029"),
        ("a\n", "40029"),
        ("码", "40029"),
        ("x" * 513, "40029"),
        ("\x00", "40029"),
        ("\ud800", "40029"),
    ],
    ids=repr,
)
def test_a_code_that_cannot_work_is_not_sent(code: str, page: str) -> None:
    with pytest.raises(UsageError, match=page) as raised:
        exchange(code)
    assert not code or code not in str(raised.value)


@pytest.mark.parametrize(("token", "page"), [("", "41003"), ("a b", "40030"), ("x" * 513, "40030")])
def test_a_refresh_token_that_cannot_work_is_not_sent(token: str, page: str) -> None:
    with pytest.raises(UsageError, match=page):
        refresh_grant(WECHAT, appid=ACCOUNT.appid, refresh_token=token)


@pytest.mark.parametrize(
    "appid", ["", "gh_0123456789ab", "wx5a4db0000000000", "wx0123456789abcdef\n", "WX5A4DB00000000001"]
)
def test_a_refresh_without_an_appid_is_not_sent(appid: str) -> None:
    with pytest.raises(UsageError, match=r"40013|41002"):
        refresh_grant(WECHAT, appid=appid, refresh_token="SBXrefresh")


def test_the_profile_of_a_silent_grant_is_not_asked_for() -> None:
    silent = answered(exchange(), **{**ANSWER, "scope": "snsapi_base"}).granted(appid=ACCOUNT.appid, now=0)
    with pytest.raises(UsageError, match="48001"):
        fetch_profile(WECHAT, silent, lang="en")


@pytest.mark.parametrize("lang", ["", "zh", "zh-CN", "fr"])
def test_a_language_wechat_does_not_speak_is_refused(lang: str) -> None:
    with pytest.raises(UsageError, match="zh_CN, zh_TW, en"):
        fetch_profile(WECHAT, GRANT, lang=lang)


# Answers


@pytest.mark.parametrize("operation", ["sns/oauth2/access_token", "sns/oauth2/refresh_token"])
def test_a_recorded_grant_is_understood(operation: str) -> None:
    for example in successes(operation):
        grant = CALLS[operation].read(Response(status=200, body=example.body))
        meant = example.means
        assert grant.openid == meant["openid"], example.name
        assert grant.scope == meant["scope"], example.name
        assert grant.unionid == meant["unionid"], example.name
        assert grant.expires_in_seconds == meant["expires_in"], example.name
        assert grant.is_snapshot_user == meant["is_snapshot_user"], example.name
        assert list(json.loads(example.body)) == meant["keys"], example.name


def test_a_recorded_profile_is_understood() -> None:
    for example in successes("sns/userinfo"):
        profile = CALLS["sns/userinfo"].read(Response(status=200, body=example.body))
        for name in {"openid", "nickname", "unionid", "headimgurl", "sex"} & example.means.keys():
            assert getattr(profile, name) == example.means[name], example.name


def test_broken_bytes_in_a_nickname_cost_the_broken_character_only() -> None:
    example = next(e for e in examples("sns/userinfo") if e.name == "invalid bytes in the nickname")
    assert CALLS["sns/userinfo"].read(Response(status=200, body=example.body)).nickname == "B\ufffdo"


def test_the_recorded_check_says_alive() -> None:
    (alive,) = successes("sns/auth")
    assert CALLS["sns/auth"].read(Response(status=200, body=alive.body)) is True


@pytest.mark.parametrize("operation", ["sns/oauth2/access_token", "sns/oauth2/refresh_token", "sns/userinfo"])
def test_a_recorded_refusal_is_raised(operation: str) -> None:
    refusals = [example for example in examples(operation) if example.means.get("errcode")]
    assert refusals
    for example in refusals:
        with pytest.raises(WeChatError) as raised:
            CALLS[operation].read(Response(status=200, body=example.body))
        meant = example.means
        assert (raised.value.errcode, raised.value.errmsg, raised.value.rid) == (
            meant["errcode"],
            meant["errmsg"],
            meant["rid"],
        ), example.name


def test_recorded_nonsense_is_a_protocol_error() -> None:
    nonsense = [example for example in examples("sns/oauth2/access_token") if example.means.get("protocol_error")]
    assert nonsense
    for example in nonsense:
        with pytest.raises(UpstreamProtocolError):
            exchange().read(Response(status=200, body=example.body))


@pytest.mark.parametrize("value", [1, 7200, 86_400, "7200", "1"])
def test_a_lifetime_is_a_number_or_a_numeric_string(value: object) -> None:  # A10
    assert answered(exchange(), **{**ANSWER, "expires_in": value}).expires_in_seconds == int(str(value))


@pytest.mark.parametrize(
    ("value", "flag"), [(1, True), ("1", True), (True, True), (0, False), ("0", False), (False, False), (None, False)]
)
def test_the_snapshot_flag_has_several_spellings(value: object, flag: bool) -> None:
    assert answered(exchange(), **ANSWER, is_snapshotuser=value).is_snapshot_user is flag


def test_an_empty_unionid_is_none() -> None:
    assert answered(exchange(), **ANSWER, unionid="").unionid is None
    assert answered(exchange(), **ANSWER, unionid=None).unionid is None
    assert answered(exchange(), **ANSWER).unionid is None


BAD_IDENTIFIERS = ["", None, 5, "a b", "a\n", "a\r\nb", "\x00", "o\u3000", "ö", ["o"], {"o": 1}]
BAD_FIELDS = [
    *[(name, value) for name in ("openid", "access_token", "refresh_token", "scope") for value in BAD_IDENTIFIERS],
    ("openid", "o" * 129),
    ("unionid", "o" * 129),
    ("unionid", "o 1"),
    ("unionid", 5),
    ("access_token", "x" * 513),
    ("refresh_token", "x" * 513),
    ("scope", "x" * 513),
    *[
        ("expires_in", value)
        for value in (0, -1, 86_401, "0", "-1", "86401", "7200.0", " 7200", "", "x", None, 1.5, True)
    ],
    ("expires_in", "９"),
    ("expires_in", "9" * 5000),
    ("expires_in", 10**30),
    *[("is_snapshotuser", value) for value in (2, -1, "true", "yes", [1], {}, 0.5)],
]


@pytest.mark.parametrize(("name", "value"), BAD_FIELDS, ids=lambda value: repr(value)[:20])
def test_a_grant_with_a_bad_field_is_refused(name: str, value: object) -> None:  # A10
    with pytest.raises(UpstreamProtocolError) as raised:
        answered(exchange(), **{**ANSWER, name: value})
    assert name in raised.value.problem


@pytest.mark.parametrize("name", ANSWER)
def test_a_grant_with_a_missing_field_is_refused(name: str) -> None:  # A10
    with pytest.raises(UpstreamProtocolError, match=name):
        answered(exchange(), **{key: value for key, value in ANSWER.items() if key != name})


def test_an_answer_becomes_a_grant_with_an_end() -> None:
    grant = answered(exchange(), **ANSWER, unionid="oU", is_snapshotuser=1).granted(appid=ACCOUNT.appid, now=1000.5)
    assert grant == Grant(
        appid=ACCOUNT.appid,
        openid=OPENID,
        unionid="oU",
        scope="snsapi_userinfo",
        access_token="SBXaccess",
        refresh_token="SBXrefresh",
        expires_at=8200.5,
        is_snapshot_user=True,
    )


def test_an_answer_shows_no_token() -> None:  # H1
    assert "SBXaccess" not in repr(answered(exchange(), **ANSWER))
    assert "SBXrefresh" not in repr(answered(exchange(), **ANSWER))


@pytest.mark.parametrize("openid", ["oSBX0openid0of0nobody0000002", OPENID.lower(), "", None, 5])
def test_a_profile_of_somebody_else_is_refused(openid: object) -> None:  # A10
    with pytest.raises(UpstreamProtocolError, match="openid"):
        answered(CALLS["sns/userinfo"], **{**PROFILE, "openid": openid})


def test_a_profile_may_hold_the_openid_only() -> None:
    profile = answered(CALLS["sns/userinfo"], openid=OPENID)
    assert (profile.nickname, profile.headimgurl, profile.sex, profile.privilege) == ("", None, 0, ())


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("https://thirdwx.qlogo.cn/mmopen/vi_32/SBX/132", "https://thirdwx.qlogo.cn/mmopen/vi_32/SBX/132"),
        ("http://thirdwx.qlogo.cn/mmopen/vi_32/SBX/132", "http://thirdwx.qlogo.cn/mmopen/vi_32/SBX/132"),
        ("", None),
        (None, None),
        ("javascript:alert(1)", None),
        ("https://a b/", None),
        ("https://a/\n", None),
    ],
)
def test_an_avatar_is_a_web_address_or_none(sent: str | None, kept: str | None) -> None:
    assert answered(CALLS["sns/userinfo"], **{**PROFILE, "headimgurl": sent}).headimgurl == kept


@pytest.mark.parametrize(("sent", "kept"), [(0, 0), (1, 1), (2, 2), ("1", 1), ("2", 2), ("", 0), (None, 0), (7, 0)])
def test_sex_is_a_number_however_it_is_sent(sent: object, kept: int) -> None:
    assert answered(CALLS["sns/userinfo"], **PROFILE, sex=sent).sex == kept


def test_the_rest_of_a_profile_is_kept_as_sent() -> None:
    profile = answered(
        CALLS["sns/userinfo"],
        **PROFILE,
        unionid="oU",
        language="zh_CN",
        city="Wuhan",
        province="Hubei",
        country="CN",
        privilege=["chinaunicom"],
        surprise={"a": [1]},
    )
    assert (profile.unionid, profile.language, profile.city) == ("oU", "zh_CN", "Wuhan")
    assert (profile.province, profile.country, profile.privilege) == ("Hubei", "CN", ("chinaunicom",))


@pytest.mark.parametrize(
    ("name", "value"),
    [("nickname", 5), ("privilege", "x"), ("privilege", [1]), ("sex", []), ("headimgurl", {}), ("unionid", "a b")],
)
def test_a_profile_with_a_field_of_a_wrong_type_is_refused(name: str, value: object) -> None:
    with pytest.raises(UpstreamProtocolError, match=name):
        answered(CALLS["sns/userinfo"], **{**PROFILE, name: value})


@pytest.mark.parametrize("errcode", [0, "0"])
def test_a_live_grant_is_alive(errcode: object) -> None:
    assert answered(CALLS["sns/auth"], errcode=errcode, errmsg="ok") is True


@pytest.mark.parametrize("errcode", [40001, 40003, 40014, 42001, 42007, "40003"])
def test_a_dead_grant_is_no_error_of_the_check(errcode: object) -> None:
    assert answered(CALLS["sns/auth"], errcode=errcode, errmsg="x") is False


@pytest.mark.parametrize(
    ("errcode", "kind"), [(-1, WeChatBusy), (45011, WeChatBusy), (41009, WeChatError), (40013, AccountRefused)]
)
def test_a_check_that_could_not_be_made_raises(errcode: int, kind: type[WeChatError]) -> None:
    with pytest.raises(kind):
        answered(CALLS["sns/auth"], errcode=errcode, errmsg="x")


def test_a_check_that_says_nothing_is_not_alive() -> None:
    with pytest.raises(UpstreamProtocolError, match="no errcode"):
        answered(CALLS["sns/auth"], errmsg="ok")


@pytest.mark.parametrize("operation", CALLS)
def test_a_server_error_is_no_answer(operation: str) -> None:  # T1
    with pytest.raises(UpstreamUnavailable):
        CALLS[operation].read(Response(status=502, body=b"<html>"))


@pytest.mark.parametrize(
    ("operation", "secrets"),
    [
        ("sns/oauth2/access_token", (ACCOUNT.secret, "011SBXcode")),
        ("sns/oauth2/refresh_token", ("SBXrefresh",)),
        ("sns/userinfo", ("SBXaccess/+=", "SBXaccess%2F%2B%3D", OPENID)),
        ("sns/auth", ("SBXaccess/+=", "SBXaccess%2F%2B%3D", OPENID)),
    ],
)
def test_a_refusal_never_repeats_what_was_secret_in_the_request(operation: str, secrets: tuple[str, ...]) -> None:  # H1
    with pytest.raises(WeChatError) as raised:
        answered(CALLS[operation], errcode=41009, errmsg=f"you sent {' '.join(secrets)}, rid: 1-2-3")
    assert raised.value.errmsg == "you sent " + " ".join(["***"] * len(secrets))
    assert raised.value.rid == "1-2-3"


def test_a_reused_code_and_a_dead_token_have_types_of_their_own() -> None:
    with pytest.raises(CodeRefused):
        answered(exchange(), errcode=40163, errmsg="code been used")
    with pytest.raises(TokenDead):
        answered(CALLS["sns/userinfo"], errcode=42001, errmsg="access_token expired")


VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.lists(st.text(), max_size=2)
)


@given(changes=st.dictionaries(st.sampled_from([*ANSWER, "unionid", "is_snapshotuser", "errcode", "errmsg"]), VALUES))
@settings(max_examples=600, deadline=None)
def test_whatever_is_changed_a_grant_is_valid_or_refused(changes: dict[str, object]) -> None:  # A10
    try:
        grant = answered(exchange(), **{**ANSWER, **changes})
    except (WeChatError, UpstreamProtocolError):
        return
    for text in (grant.openid, grant.scope, grant.access_token, grant.refresh_token, grant.unionid or "-"):
        assert text.isascii()
        assert text.isprintable()
        assert " " not in text
    assert 1 <= grant.expires_in_seconds <= 86_400


@given(changes=st.dictionaries(st.sampled_from([*PROFILE, "sex", "privilege", "unionid", "city", "errcode"]), VALUES))
@settings(max_examples=600, deadline=None)
def test_whatever_is_changed_a_profile_is_of_the_right_person_or_refused(changes: dict[str, object]) -> None:  # A10
    try:
        profile = answered(CALLS["sns/userinfo"], **{**PROFILE, **changes})
    except (WeChatError, UpstreamProtocolError):
        return
    assert profile.openid == OPENID
    assert profile.sex in (0, 1, 2)


def successes(operation: str) -> list[Example]:
    found = [e for e in examples(operation) if not e.means.get("errcode") and "protocol_error" not in e.means]
    assert found
    return found
