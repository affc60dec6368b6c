"""What is refused before it is sent: values that WeChat cannot have made, and pairs that do not belong together."""

from dataclasses import replace

import msgspec
import pytest
from test_channels_wire import ACCOUNT, APP, AUTHORIZER, COMPONENT, OF_PROGRAM, OPENID, SESSION, WECHAT

from wxauth.client.transport import MAX_BODY_BYTES
from wxauth.credential import TokenKind
from wxauth.errors import UpstreamProtocolError, UsageError
from wxauth.flow.issuing import issue_app_credential
from wxauth.identity import Grant
from wxauth.protocol import component, credential, followers, miniprogram, sns
from wxauth.protocol.message import Request, Response


@pytest.mark.parametrize("openids", [[], ["o"] * 101, [""], ["o o"]], ids=len)
def test_a_batch_holds_1_to_100_openids(openids: list[str]) -> None:
    assert followers.fetch_followers(WECHAT, APP, ["o"] * 100)
    with pytest.raises(UsageError):
        followers.fetch_followers(WECHAT, APP, openids)


def test_a_follower_who_was_not_asked_for_is_no_answer() -> None:
    stranger = b'{"subscribe":1,"openid":"oStranger"}'
    with pytest.raises(UpstreamProtocolError, match="asked for"):
        followers.fetch_follower(WECHAT, APP, OPENID).read(Response(status=200, body=stranger))
    body = b'{"user_info_list":[%b]}' % stranger
    with pytest.raises(UpstreamProtocolError, match="asked for"):
        followers.fetch_followers(WECHAT, APP, [OPENID]).read(Response(status=200, body=body))


def test_a_whole_page_of_ten_thousand_followers_is_read() -> None:
    openids = [f"oSBX{number:024}" for number in range(10_000)]
    body = msgspec.json.encode(
        {"total": 10**6, "count": 10_000, "data": {"openid": openids}, "next_openid": openids[-1]}
    )
    assert len(body) < MAX_BODY_BYTES
    page = followers.list_followers(WECHAT, APP).read(Response(status=200, body=body))
    assert (page.openids, page.next_openid) == (tuple(openids), openids[-1])


def test_a_credential_speaks_for_its_own_mini_program_only() -> None:
    for call in (miniprogram.check_session_key, miniprogram.reset_session_key):
        with pytest.raises(UsageError, match="the session is of"):
            call(WECHAT, APP, SESSION)


def test_a_reset_key_of_another_person_is_no_answer() -> None:
    body = b'{"errcode":0,"openid":"oStranger","session_key":"SBX/nobodysSessionKeyA=="}'
    with pytest.raises(UpstreamProtocolError, match="asked for"):
        miniprogram.reset_session_key(WECHAT, OF_PROGRAM, SESSION).read(Response(status=200, body=body))


def test_a_phone_number_of_another_program_is_no_answer() -> None:
    body = (
        b'{"errcode":0,"phone_info":{"phoneNumber":"1","purePhoneNumber":"1","countryCode":"86",'
        b'"watermark":{"timestamp":1,"appid":"wx00000000000000ff"}}}'
    )
    with pytest.raises(UpstreamProtocolError, match="another mini program"):
        miniprogram.fetch_phone_number(WECHAT, OF_PROGRAM, "code").read(Response(status=200, body=body))


def test_the_signature_of_an_empty_text_is_that_of_wechats_example() -> None:
    # https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_checksessionkey
    session = replace(SESSION, session_key="o0q0otL8aEzpcZL/FT9WsQ==")
    url = miniprogram.check_session_key(WECHAT, OF_PROGRAM, session).request.url
    assert "&signature=46e043c5525c2d817c44be603d30837a808a1d930d038f6fdc3e62a201fed128&" in url


def test_an_authorizer_is_renewed_by_its_own_platform_only() -> None:
    with pytest.raises(UsageError, match="act for it, not wx0000000000000000"):
        component.refresh_authorizer(WECHAT, replace(COMPONENT, appid="wx0000000000000000"), AUTHORIZER)


def test_only_the_stable_kind_is_forced() -> None:
    with pytest.raises(UsageError, match="every plain token is a new one"):
        issue_app_credential(WECHAT, ACCOUNT, kind=TokenKind.PLAIN, force_refresh=True).send(None)
    forced = credential.fetch_stable_token(WECHAT, ACCOUNT, force_refresh=True)
    assert (forced.spends, b'"force_refresh":true' in (forced.request.body or b"")) == (True, True)


def test_a_websites_grant_has_a_profile() -> None:
    grant = Grant(
        appid=ACCOUNT.appid,
        openid=OPENID,
        unionid=None,
        scope="snsapi_login",
        access_token="a",
        refresh_token="r",
        expires_at=0.0,
        is_snapshot_user=False,
    )
    assert sns.fetch_profile(WECHAT, grant, lang="en")
    with pytest.raises(UsageError, match="48001"):
        sns.fetch_profile(WECHAT, replace(grant, scope="snsapi_base"), lang="en")


def test_the_body_of_a_request_does_not_show() -> None:  # H1
    request = Request(operation="cgi-bin/stable_token", url="https://x/", method="POST", body=b"canary")
    assert "canary" not in repr(request)


def test_networks_are_addresses_too() -> None:
    call = credential.callback_addresses(WECHAT, APP)
    assert call.read(Response(status=200, body=b'{"ip_list":["1.2.3.4","1.2.0.0/16","::1"]}')) == (
        "1.2.3.4", "1.2.0.0/16", "::1",
    )  # fmt: skip
    with pytest.raises(UpstreamProtocolError, match="ip_list"):
        call.read(Response(status=200, body=b'{"ip_list":["somewhere"]}'))
