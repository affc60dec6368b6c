"""wechatpy, which knows nothing of the sandbox, as the server of a third-party platform, over real HTTP."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from wechatpy.client import WeChatClient
from wechatpy.component import ComponentOAuth, WeChatComponent
from wechatpy.exceptions import WeChatClientException, WeChatComponentOAuthException

from wxauth.sandbox.clock import Clock
from wxauth.sandbox.serve import Running, running
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

CALLBACK = "http://127.0.0.1:8000/auth"
WECHAT = {"User-Agent": "MicroMessenger/8.0.60", "X-Sandbox-Person": "%E5%AE%89"}


@pytest.fixture
def sandbox() -> Iterator[Running]:
    with running(Worlds(World(clock=Clock(at=1_795_000_200.0, frozen=True)))) as sandbox:
        yield sandbox


@pytest.fixture
def component(sandbox: Running) -> WeChatComponent:
    class Sandboxed(WeChatComponent):
        API_BASE_URL = f"{sandbox.url}/cgi-bin"
        PRE_AUTH_URL = f"{sandbox.url}/cgi-bin/componentloginpage"

    account = sandbox.world.platforms.named()
    component = Sandboxed(account.appid, account.secret, account.push.token, account.push.encoding_aes_key)
    message = sandbox.world.platforms.ticket_message()
    query = {name: values[0] for name, values in parse_qs(message.query).items()}
    component.parse_message(message.body, query["msg_signature"], query["timestamp"], query["nonce"])
    return component


def oauth(sandbox: Running, component: WeChatComponent) -> ComponentOAuth:
    class Sandboxed(ComponentOAuth):
        API_BASE_URL = f"{sandbox.url}/"
        OAUTH_BASE_URL = f"{sandbox.url}/connect/"

    return Sandboxed(sandbox.world.account.appid, component=component)


def authorized(sandbox: Running, component: WeChatComponent) -> dict:
    """The admin of the first account opens the page that wechatpy leads to, and agrees."""
    headers = {"X-Sandbox-Account": sandbox.world.account.appid}
    answer = httpx2.get(component.get_pre_auth_url(f"{CALLBACK}/platform"), headers=headers)
    told = parse_qs(urlsplit(answer.headers["location"]).query)
    return component.query_auth(told["auth_code"][0])["authorization_info"]


def landed(link: str) -> dict[str, str]:
    """Where a person comes back to from a link: the parameters of the callback."""
    first = httpx2.get(link.partition("#")[0], headers=WECHAT)
    second = httpx2.get(str(first.url.join(first.headers["location"])), headers=WECHAT)
    return {name: values[0] for name, values in parse_qs(urlsplit(second.headers["location"]).query).items()}


def test_wechatpy_signs_somebody_in_through_a_platform(sandbox, component):
    info = authorized(sandbox, component)
    assert info["authorizer_appid"] == sandbox.world.account.appid
    client = oauth(sandbox, component)
    told = landed(client.get_authorize_url(CALLBACK, scope="snsapi_userinfo", state="SBXstate"))
    assert (told["state"], told["appid"]) == ("SBXstate", sandbox.world.account.appid)
    granted = client.fetch_access_token(told["code"])
    person = sandbox.world.person("安")
    assert granted["openid"] == sandbox.world.openid(person)
    assert client.get_user_info()["nickname"] == person.nickname
    sandbox.world.clock.advance(hours=1)
    assert client.refresh_access_token(granted["refresh_token"])["openid"] == granted["openid"]
    # A link in wechatpy's own form is in WeChat's order.
    assert not [e for e in sandbox.world.journal.entries() if e.reason and "order" in e.reason.en]


def test_wechatpy_acts_for_the_account(sandbox, component):
    info = authorized(sandbox, component)

    class Sandboxed(WeChatClient):
        API_BASE_URL = f"{sandbox.url}/cgi-bin/"

    client = Sandboxed(info["authorizer_appid"], "", access_token=info["authorizer_access_token"])
    assert client.user.get_followers()["total"] == 1
    told = component.refresh_authorizer_token(info["authorizer_appid"], info["authorizer_refresh_token"])
    assert told["authorizer_access_token"] != info["authorizer_access_token"]


def test_wechatpy_fetches_another_component_token_when_its_own_has_ended(sandbox, component):
    component.create_preauthcode()
    sandbox.world.clock.advance(hours=2)
    assert component.create_preauthcode()["expires_in"] == 1800
    assert [entry.errcode for entry in sandbox.world.journal.refusals()] == [42001]


def test_wechatpy_meets_the_refusals(sandbox, component):
    with pytest.raises(WeChatClientException) as auth_code:
        component.query_auth("queryauthcode@@@nothing")
    with pytest.raises(WeChatClientException) as not_authorized:
        component.refresh_authorizer_token(sandbox.world.account.appid, "refreshtoken@@@nothing")
    with pytest.raises(WeChatComponentOAuthException) as exchange:
        oauth(sandbox, component).fetch_access_token("nothing")
    authorized(sandbox, component)
    with pytest.raises(WeChatClientException) as refresh:
        component.refresh_authorizer_token(sandbox.world.account.appid, "refreshtoken@@@nothing")
    component.session.set("component_verify_ticket", "ticket@@@nothing")
    with pytest.raises(WeChatClientException) as ticket:
        component.fetch_access_token()
    refused = (auth_code, not_authorized, exchange, refresh, ticket)
    assert [each.value.errcode for each in refused] == [61009, 61003, 61003, 61023, 61006]
