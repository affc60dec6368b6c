"""wechatpy, which knows nothing of the sandbox, as the server of an app of WeCom; and WeCom by its own host name."""

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from corp_calls import CORPID
from wechatpy.enterprise import WeChatClient
from wechatpy.enterprise.client.api import WeChatOAuth
from wechatpy.exceptions import WeChatClientException

from wxauth.sandbox.serve import Running, running

SECRET = "5a4db000000000000000000000000006"
CALLBACK = "http://127.0.0.1:8000/auth"
WXWORK = "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 wxwork/4.1.36 MicroMessenger/7.0.1"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Running]:
    with running() as sandbox:
        yield sandbox


def wechatpy(sandbox: Running, *, secret: str = SECRET, **options) -> WeChatClient:
    class OAuth(WeChatOAuth):
        OAUTH_BASE_URL = f"{sandbox.url}/connect/oauth2/authorize"

    class Sandboxed(WeChatClient):
        API_BASE_URL = f"{sandbox.url}/qyapi/cgi-bin/"
        oauth = OAuth()

        def fetch_access_token(self):
            url = f"{sandbox.url}/qyapi/cgi-bin/gettoken"
            return self._fetch_access_token(url=url, params={"corpid": self.corp_id, "corpsecret": self.secret})

    return Sandboxed(CORPID, secret, **options)


def followed(sandbox: Running, link: str, person: str) -> str:
    """The code a member's WeCom is sent back with."""
    headers = {"User-Agent": WXWORK, "X-Sandbox-Person": quote(person)}
    while not link.startswith(CALLBACK):
        parts = urlsplit(link)
        connection = HTTPConnection(urlsplit(sandbox.url).netloc)
        connection.request("GET", f"{parts.path}?{parts.query}", headers=headers)
        answer = connection.getresponse()
        link = answer.headers["location"]
        answer.read()
        connection.close()
    return parse_qs(urlsplit(link).query)["code"][0]


def test_wechatpy_signs_a_member_in(sandbox):
    client = wechatpy(sandbox)
    code = followed(sandbox, client.oauth.authorize_url(CALLBACK, "SBXstate"), "小明")
    told = client.oauth.get_user_info(code)
    assert told["UserId"] == "xiaoming"
    assert client.user.get("xiaoming")["name"] == "小明"
    with pytest.raises(WeChatClientException) as used:
        client.oauth.get_user_info(code)
    assert used.value.errcode == 40029


def test_wechatpy_meets_the_refusals(sandbox):
    with pytest.raises(WeChatClientException) as secret:
        wechatpy(sandbox, secret="0" * 32).fetch_access_token()
    with pytest.raises(WeChatClientException) as token:
        wechatpy(sandbox, access_token="90_nothing", auto_retry=False).user.get("ann")
    with pytest.raises(WeChatClientException) as nobody:
        wechatpy(sandbox).user.get("nobody")
    assert [refused.value.errcode for refused in (secret, token, nobody)] == [40001, 40014, 60111]


@pytest.mark.parametrize("host", ["qyapi.weixin.qq.com", "qyapi.weixin.qq.com:443"])
def test_under_its_own_host_name_wecom_needs_no_prefix(sandbox, host):
    connection = HTTPConnection(urlsplit(sandbox.url).netloc)
    query = urlencode({"corpid": CORPID, "corpsecret": SECRET})
    connection.request("GET", f"/cgi-bin/gettoken?{query}", headers={"Host": host})
    answer = connection.getresponse()
    told = json.loads(answer.read())
    connection.close()
    assert (told["errcode"], told["expires_in"] > 0) == (0, True)
    assert answer.headers["Error-Code"] == "0"
    assert answer.headers["Error-Msg"] == "ok"
    assert answer.headers["Content-Type"] == "application/json; charset=UTF-8"
