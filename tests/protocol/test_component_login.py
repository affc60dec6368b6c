import pytest

from wxauth.account import ThirdPartyPlatform
from wxauth.errors import UsageError
from wxauth.protocol.authorize import Malformed
from wxauth.protocol.component_login import (
    Agreed,
    authorization_url,
    authorize_url,
    mobile_authorization_url,
    read_agreement,
)
from wxauth.protocol.message import Endpoints

WECHAT = Endpoints()
SECRET = "5a4db000000000000000000000000001"
PLATFORM = ThirdPartyPlatform(appid="wx00000000000000ff", secret=SECRET, token="token", encoding_aes_key="k" * 43)
ACCOUNT = "wx0123456789abcdef"
SITE = "https://www.example.com/agreed?a=b"
ENCODED = "https%3A%2F%2Fwww.example.com%2Fagreed%3Fa%3Db"
CODE = "preauthcode@@@SBX"


def test_the_links_for_an_administrator_are_these_very_urls() -> None:
    assert authorization_url(WECHAT, PLATFORM, SITE, pre_auth_code=CODE) == (
        "https://mp.weixin.qq.com/cgi-bin/componentloginpage?component_appid=wx00000000000000ff"
        f"&pre_auth_code=preauthcode%40%40%40SBX&redirect_uri={ENCODED}&auth_type=3"
    )
    only = authorization_url(WECHAT, PLATFORM, SITE, pre_auth_code=CODE, kinds="official accounts", appid=ACCOUNT)
    assert only.endswith(f"&auth_type=1&biz_appid={ACCOUNT}")
    mobile = mobile_authorization_url(WECHAT, PLATFORM, SITE, pre_auth_code=CODE, kinds="mini programs", appid=ACCOUNT)
    assert mobile == (
        "https://mp.weixin.qq.com/safe/bindcomponent?action=bindcomponent&auth_type=2&no_scan=1"
        f"&component_appid=wx00000000000000ff&pre_auth_code=preauthcode%40%40%40SBX&redirect_uri={ENCODED}"
        f"&biz_appid={ACCOUNT}#wechat_redirect"
    )


def test_the_link_for_a_person_is_this_very_url() -> None:
    scopes = ["snsapi_base", "snsapi_userinfo"]
    assert authorize_url(WECHAT, PLATFORM, SITE, appid=ACCOUNT, scope=scopes, state="a1") == (
        f"https://open.weixin.qq.com/connect/oauth2/authorize?appid={ACCOUNT}&redirect_uri={ENCODED}"
        "&response_type=code&scope=snsapi_base,snsapi_userinfo&state=a1&component_appid=wx00000000000000ff"
        "#wechat_redirect"
    )
    assert "&scope=snsapi_base&" in authorize_url(WECHAT, PLATFORM, SITE, appid=ACCOUNT, scope="snsapi_base", state="a")


@pytest.mark.parametrize(
    "wrong", [{"appid": PLATFORM.secret}, {"scope": []}, {"scope": "snsapi_login"}, {"state": "a b"}]
)
def test_a_link_for_a_person_that_cannot_work_is_not_built(wrong: dict) -> None:
    with pytest.raises(UsageError):
        authorize_url(WECHAT, PLATFORM, SITE, **{"appid": ACCOUNT, "scope": "snsapi_base", "state": "a1"} | wrong)


@pytest.mark.parametrize("build", [authorization_url, mobile_authorization_url])
@pytest.mark.parametrize(
    "wrong", [{"pre_auth_code": ""}, {"pre_auth_code": "a b"}, {"kinds": "all"}, {"appid": "gh_x"}]
)
def test_a_link_for_an_administrator_that_cannot_work_is_not_built(build, wrong: dict) -> None:
    with pytest.raises(UsageError):
        build(WECHAT, PLATFORM, SITE, **{"pre_auth_code": CODE} | wrong)
    with pytest.raises(UsageError):
        build(WECHAT, PLATFORM, "www.example.com", pre_auth_code=CODE)


def test_an_agreement_is_read() -> None:
    agreed = read_agreement("a=b&auth_code=queryauthcode%40%40%40SBX&expires_in=3600")
    assert agreed == Agreed(auth_code="queryauthcode@@@SBX")
    assert "SBX" not in repr(agreed)


@pytest.mark.parametrize(
    "query", ["", "auth_code=", "auth_code=a&auth_code=b", "auth_code=a%00b", "auth_code=" + "x" * 600, "a" * 9000]
)
def test_what_is_no_agreement_is_malformed(query: str) -> None:
    assert isinstance(read_agreement(query), Malformed)
