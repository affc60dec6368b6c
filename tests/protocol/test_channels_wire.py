"""Every call of every channel against the recorded examples: what is sent, what is understood, what is refused."""

import json
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wire_examples import Example, examples
from wxauth.account import MiniProgram, OfficialAccount, ThirdPartyPlatform, WeComApp
from wxauth.credential import AppCredential, AuthorizerCredential, ComponentCredential, CorpCredential, TokenKind
from wxauth.errors import UpstreamProtocolError, UpstreamUnavailable, WeChatError
from wxauth.protocol import component, credential, followers, jssdk, miniprogram, wecom
from wxauth.protocol.errcode import at
from wxauth.protocol.message import Call, Endpoints, Response

WECHAT = Endpoints()
SECRET = "5a4db000000000000000000000000001"
OPENID = "oSBX0openid0of0nobody0000001"
OTHER = "oSBX0openid0of0nobody0000002"
UNIONID = "oSBX0unionid0of0nobody000001"
KEY = "SBX/nobodysSessionKeyA=="
ACCOUNT = OfficialAccount(appid="wx0123456789abcdef", secret=SECRET)
PROGRAM = MiniProgram(appid="wx5a4db00000000003", secret=SECRET)
PLATFORM = ThirdPartyPlatform(appid="wx00000000000000ff", secret=SECRET, token="token", encoding_aes_key="k" * 43)
CORP = WeComApp(corpid="ww0123456789abcdef", agentid=1000002, secret=SECRET)
APP = AppCredential(appid=ACCOUNT.appid, access_token="SBXapp/+=", expires_at=7200.0, kind=TokenKind.STABLE)
OF_PROGRAM = AppCredential(appid=PROGRAM.appid, access_token="SBXprogram", expires_at=7200.0, kind=TokenKind.STABLE)
COMPONENT = ComponentCredential(appid=PLATFORM.appid, access_token="SBXcomponent", expires_at=7200.0)
AUTHORIZER = AuthorizerCredential(
    platform_appid=PLATFORM.appid,
    appid=ACCOUNT.appid,
    access_token="SBXauthorizer",
    refresh_token="refreshtoken@@@SBX",
    expires_at=7200.0,
)
OF_CORP = CorpCredential(corpid=CORP.corpid, agentid=CORP.agentid, access_token="SBXcorp", expires_at=7200.0)
SESSION = miniprogram.MiniProgramSession(appid=PROGRAM.appid, openid=OPENID, unionid=UNIONID, session_key=KEY)
MEMBER = wecom.Member(corpid=CORP.corpid, userid="SBXuserid", user_ticket="SBXticket")
SANDBOX = Endpoints.sandbox("http://127.0.0.1:8911")

CALLS: dict[str, Call[Any]] = {
    "cgi-bin/token": credential.fetch_token(WECHAT, ACCOUNT),
    "cgi-bin/stable_token": credential.fetch_stable_token(WECHAT, ACCOUNT),
    "cgi-bin/clear_quota": credential.clear_quota(WECHAT, APP),
    "cgi-bin/ticket/getticket": jssdk.fetch_ticket(WECHAT, APP),
    "cgi-bin/user/info": followers.fetch_follower(WECHAT, APP, OPENID),
    "cgi-bin/user/info/batchget": followers.fetch_followers(WECHAT, APP, [OPENID, OTHER]),
    "cgi-bin/user/get": followers.list_followers(WECHAT, APP, after=OTHER),
    "sns/jscode2session": miniprogram.code_to_session(SANDBOX, PROGRAM, "SBXcode"),
    "wxa/checksession": miniprogram.check_session_key(WECHAT, OF_PROGRAM, SESSION),
    "wxa/resetusersessionkey": miniprogram.reset_session_key(WECHAT, OF_PROGRAM, SESSION),
    "wxa/business/getuserphonenumber": miniprogram.fetch_phone_number(WECHAT, OF_PROGRAM, "SBXcode", openid=OPENID),
    "cgi-bin/component/api_component_token": component.fetch_component_token(WECHAT, PLATFORM, "ticket@@@SBX"),
    "cgi-bin/component/api_create_preauthcode": component.create_pre_auth_code(WECHAT, COMPONENT),
    "cgi-bin/component/api_query_auth": component.query_auth(WECHAT, COMPONENT, "queryauthcode@@@SBX"),
    "cgi-bin/component/api_authorizer_token": component.refresh_authorizer(WECHAT, COMPONENT, AUTHORIZER),
    "sns/oauth2/component/access_token": component.exchange_code(WECHAT, COMPONENT, appid=ACCOUNT.appid, code="011S"),
    "sns/oauth2/component/refresh_token": component.refresh_grant(
        WECHAT, COMPONENT, appid=ACCOUNT.appid, refresh_token="SBXrefresh"
    ),
    "sns/component/jscode2session": component.code_to_session(WECHAT, COMPONENT, appid=PROGRAM.appid, code="011S"),
    "qyapi/gettoken": wecom.fetch_token(WECHAT, CORP),
    "qyapi/auth/getuserinfo": wecom.identify(WECHAT, OF_CORP, "SBXcode"),
    "qyapi/auth/getuserdetail": wecom.fetch_member_detail(WECHAT, OF_CORP, MEMBER),
}
OF_FALSE = {("wxa/checksession", 87009)}
"""Refusals that are an answer."""
SECRETS = [SECRET, "SBXcode", APP.access_token, "SBXprogram", "SBXcomponent", "SBXauthorizer", "SBXcorp", KEY]
SECRETS += ["SBXticket", "ticket@@@SBX", "queryauthcode@@@SBX", "refreshtoken@@@SBX", "SBXrefresh"]


def recorded(*, refused: bool) -> list[Any]:
    found = [(operation, example) for operation in CALLS for example in examples(operation)]
    return [
        pytest.param(operation, example, id=f"{operation}: {example}")
        for operation, example in found
        if bool(example.means.get("errcode")) is refused and (operation, example.means.get("errcode")) not in OF_FALSE
    ]


def asked(example: Example, body: bytes) -> Any:
    return Response(status=example.response["status"], body=body)


@pytest.mark.parametrize("operation", CALLS)
def test_a_call_sends_what_was_recorded_in_the_documented_order(operation: str) -> None:
    request, example = CALLS[operation].request, next(examples(operation)).request
    address = urlsplit(request.url)
    assert request.method == example["method"]
    assert address.path in (example["path"], example["path"].removeprefix("/qyapi"))
    assert [name for name, _ in parse_qsl(address.query)] == example["query"]
    assert list(json.loads(request.body)) == example["json"] if "json" in example else request.body is None


@pytest.mark.parametrize(("operation", "example"), recorded(refused=True))
def test_a_recorded_refusal_becomes_its_exception(operation: str, example: Example) -> None:
    with pytest.raises(WeChatError) as raised:
        CALLS[operation].read(asked(example, example.body))
    assert raised.value.errcode == example.means["errcode"]
    assert raised.value.errmsg == example.means["errmsg"]
    assert example.means["rid"] in (None, raised.value.rid)
    known = at(raised.value.operation, raised.value.errcode)
    assert known is not None
    assert raised.value.hint == known.remedy


@pytest.mark.parametrize(("operation", "example"), recorded(refused=False))
def test_a_recorded_answer_is_read(operation: str, example: Example) -> None:
    answer = CALLS[operation].read(asked(example, example.body))
    means = example.means
    expected = {
        "access_token": means.get("access_token", means.get("component_access_token")),
        "expires_in_seconds": means.get("expires_in"),
        "ticket": means.get("ticket"),
        "pre_auth_code": means.get("pre_auth_code"),
        "session_key": means.get("session_key"),
        "openid": means.get("openid"),
        "unionid": means.get("unionid", SESSION.unionid if operation == "wxa/resetusersessionkey" else None),
        "userid": means.get("userid"),
        "user_ticket": means.get("user_ticket"),
        "external_userid": means.get("external_userid"),
        "email": means.get("email"),
        "number": means.get("phoneNumber"),
        "total": means.get("total"),
    }
    tokens = means.get("authorization_info", means)
    if "authorizer_access_token" in tokens:
        expected |= {
            "access_token": tokens["authorizer_access_token"],
            "refresh_token": tokens["authorizer_refresh_token"],
        }
        expected["expires_in_seconds"] = tokens["expires_in"]
    for name, value in expected.items():
        if hasattr(answer, name):
            assert getattr(answer, name) == value, name
    assert answer is not None or means.get("errcode") == 0


@pytest.mark.parametrize(
    ("operation", "errcode"), [("cgi-bin/token", 40164), ("qyapi/auth/getuserinfo", 60020), ("qyapi/gettoken", 40013)]
)
def test_the_address_to_list_is_told(operation: str, errcode: int) -> None:
    example = next(one for one in examples(operation) if one.means.get("errcode") == errcode)
    with pytest.raises(WeChatError, match=r"called from 203\.0\.113\.7\)") as raised:
        CALLS[operation].read(asked(example, example.body))
    assert raised.value.egress_ip == "203.0.113.7"


def test_no_address_is_told_where_there_is_none() -> None:
    example = next(one for one in examples("cgi-bin/token") if one.means.get("errcode") == 40125)
    with pytest.raises(WeChatError) as raised:
        CALLS["cgi-bin/token"].read(asked(example, example.body))
    assert raised.value.egress_ip is None


def test_a_session_key_that_is_no_longer_anybodys_is_false() -> None:
    example = next(one for one in examples("wxa/checksession") if one.means["errcode"] == 87009)
    assert CALLS["wxa/checksession"].read(asked(example, example.body)) is False
    alive = next(one for one in examples("wxa/checksession") if not one.means["errcode"])
    assert CALLS["wxa/checksession"].read(asked(alive, alive.body)) is True


def test_the_rights_of_an_agreement_and_the_people_of_a_page_are_all_there() -> None:
    example = next(examples("cgi-bin/component/api_query_auth"))
    answer = CALLS["cgi-bin/component/api_query_auth"].read(asked(example, example.body))
    assert (answer.appid, answer.rights) == ("wx5a4db00000000001", {1, 4})
    page, end = examples("cgi-bin/user/get")
    assert CALLS["cgi-bin/user/get"].read(asked(page, page.body)).openids == (OPENID, OTHER)
    assert CALLS["cgi-bin/user/get"].read(asked(end, end.body)).next_openid is None
    batch = next(examples("cgi-bin/user/info/batchget"))
    people = CALLS["cgi-bin/user/info/batchget"].read(asked(batch, batch.body))
    assert [(person.openid, person.follows) for person in people] == [(OPENID, True), (OTHER, False)]


@pytest.mark.parametrize("operation", CALLS)
def test_what_spends_a_code_or_a_quota_says_so(operation: str) -> None:
    spending = {"sns/jscode2session", "wxa/resetusersessionkey", "wxa/business/getuserphonenumber"}
    spending |= {"cgi-bin/clear_quota", "cgi-bin/component/api_query_auth", "sns/oauth2/component/access_token"}
    spending |= {"sns/component/jscode2session", "qyapi/auth/getuserinfo"}
    assert CALLS[operation].spends is (operation in spending)


@pytest.mark.parametrize("operation", CALLS)
def test_no_call_and_no_refusal_shows_a_secret(operation: str) -> None:  # H1, H2
    call = CALLS[operation]
    said = " ".join(SECRETS)
    body = json.dumps({"errcode": 40001, "errmsg": f"invalid {call.request.url} {said}"}).encode()
    with pytest.raises(WeChatError) as raised:
        call.read(Response(status=200, body=body))
    sent = call.request.url + (call.request.body or b"").decode()
    own = [secret for secret in SECRETS if secret in sent or quote(secret, safe="") in sent]
    assert own
    shown = f"{raised.value} {raised.value!r} {call!r} {call.request!r}"
    assert not [secret for secret in own if secret in shown]


FIELDS = [
    "errcode",
    "errmsg",
    "access_token",
    "expires_in",
    "ticket",
    "openid",
    "unionid",
    "session_key",
    "subscribe",
    "total",
    "data",
    "next_openid",
    "user_info_list",
    "tagid_list",
    "phone_info",
    "userid",
    "user_ticket",
    "external_userid",
    "component_access_token",
    "pre_auth_code",
    "authorization_info",
    "authorizer_access_token",
    "func_info",
    "gender",
    "authorizer_refresh_token",
    "authorizer_appid",
    "refresh_token",
    "scope",
    "watermark",
    "phoneNumber",
]
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30) | st.just(OPENID)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
    max_leaves=12,
)
BODIES = st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=8).map(
    lambda fields: json.dumps(fields, ensure_ascii=False).encode("utf-8", "surrogatepass")
) | st.binary(max_size=80)


@pytest.mark.parametrize("operation", CALLS)
@given(body=BODIES, status=st.sampled_from([200, 200, 200, 302, 404, 502]))
@settings(max_examples=25, deadline=None)
def test_whatever_comes_back_only_documented_errors_escape(operation: str, body: bytes, status: int) -> None:
    with suppress(WeChatError, UpstreamProtocolError, UpstreamUnavailable):
        CALLS[operation].read(Response(status=status, body=body))
