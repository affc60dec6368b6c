import pytest

from wxauth.account import WeComApp
from wxauth.credential import CorpCredential
from wxauth.errors import UpstreamProtocolError, UsageError
from wxauth.protocol.message import Endpoints, Response
from wxauth.protocol.wecom import CorpScope, Member, Outsider, authorize_url, fetch_member_detail, identify, login_url

WECOM = Endpoints()
APP = WeComApp(corpid="ww0123456789abcdef", agentid=1000002, secret="S" * 43)
CREDENTIAL = CorpCredential(corpid=APP.corpid, agentid=APP.agentid, access_token="SBXcorp", expires_at=7200.0)
MEMBER = Member(corpid=APP.corpid, userid="SBXuserid", user_ticket="SBXticket")
SITE = "https://www.example.com:8443/auth"
ENCODED = "https%3A%2F%2Fwww.example.com%3A8443%2Fauth"


def test_the_links_are_these_very_urls() -> None:
    assert authorize_url(WECOM, APP, SITE, scope=CorpScope.SNSAPI_PRIVATEINFO, state="a1") == (
        f"https://open.weixin.qq.com/connect/oauth2/authorize?appid=ww0123456789abcdef&redirect_uri={ENCODED}"
        "&response_type=code&scope=snsapi_privateinfo&state=a1&agentid=1000002#wechat_redirect"
    )
    assert login_url(WECOM, APP, SITE, state="a1", lang="en") == (
        "https://login.work.weixin.qq.com/wwlogin/sso/login?login_type=CorpApp&appid=ww0123456789abcdef"
        f"&agentid=1000002&redirect_uri={ENCODED}&state=a1&lang=en"
    )


def test_the_scope_that_is_gone_is_refused() -> None:
    with pytest.raises(UsageError, match="snsapi_userinfo is gone"):
        authorize_url(WECOM, APP, SITE, scope="snsapi_userinfo", state="a1")


def test_a_language_of_another_page_is_refused() -> None:
    with pytest.raises(UsageError, match="zh, en"):
        login_url(WECOM, APP, SITE, state="a1", lang="cn")  # type: ignore[arg-type]


def who(body: str) -> Member | Outsider:
    return identify(WECOM, CREDENTIAL, "code").read(Response(status=200, body=body.encode()))


def test_members_of_corps_downstream_and_with_chinese_names_are_members() -> None:
    assert who('{"errcode":0,"userid":"wwOther/安"}') == Member(corpid=APP.corpid, userid="wwOther/安")


@pytest.mark.parametrize(
    "body", ['{"errcode":0}', '{"errcode":0,"userid":"a\\u0000"}', '{"userid":"%s"}' % ("x" * 300)]
)
def test_an_answer_about_nobody_is_no_answer(body: str) -> None:
    with pytest.raises(UpstreamProtocolError):
        who(body)


def test_details_of_another_member_are_no_answer() -> None:
    call = fetch_member_detail(WECOM, CREDENTIAL, MEMBER)
    assert call.read(Response(status=200, body=b'{"errcode":0,"userid":"SBXuserid"}')).mobile == ""
    with pytest.raises(UpstreamProtocolError, match="another member"):
        call.read(Response(status=200, body=b'{"errcode":0,"userid":"another"}'))


def test_a_credential_asks_about_its_own_corp_only() -> None:
    with pytest.raises(UsageError, match="the member is of ww0000000000000000"):
        fetch_member_detail(WECOM, CREDENTIAL, Member(corpid="ww0000000000000000", userid="a", user_ticket="t"))


def test_a_ticket_does_not_show() -> None:  # H1
    assert "SBXticket" not in repr(MEMBER)
