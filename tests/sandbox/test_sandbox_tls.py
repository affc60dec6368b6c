"""The sandbox over https, under WeChat's own names; and wechatpy, with nothing changed in it, as its client."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urljoin, urlsplit

import httpx2
import pytest
import requests
from urllib3.util import connection
from wechatpy import WeChatClient
from wechatpy.oauth import WeChatOAuth

from wxauth.sandbox.authority import HOSTS
from wxauth.sandbox.control.client import SandboxClient
from wxauth.sandbox.origin import read_public_url
from wxauth.sandbox.serve import Running, running

CALLBACK = "http://127.0.0.1:8000/auth"
INSIDE = {"User-Agent": "MicroMessenger", "X-Sandbox-Person": quote("安")}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Running]:
    with running(tls=True) as sandbox:
        yield sandbox


@pytest.fixture
def as_in_a_hosts_file(sandbox: Running, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Running:
    """WeChat's names lead to the sandbox, every other one nowhere; its authority is trusted."""
    port = urlsplit(sandbox.url).port

    def connect(address, *args, **options):
        host, wanted = address
        assert host in HOSTS, f"{host} is no name of the sandbox"
        assert wanted == 443
        return socket.create_connection(("127.0.0.1", port), 5)

    monkeypatch.setattr(connection, "create_connection", connect)
    (tmp_path / "ca.pem").write_text(sandbox.ca_pem)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    monkeypatch.setenv("NO_PROXY", "*")
    return sandbox


def client(sandbox: Running, **options) -> httpx2.Client:
    return httpx2.Client(verify=ssl.create_default_context(cadata=sandbox.ca_pem), base_url=sandbox.url, **options)


def test_wechatpy_signs_somebody_in_under_the_real_names_with_nothing_changed_in_it(as_in_a_hosts_file):
    world = as_in_a_hosts_file.world
    oauth = WeChatOAuth(world.account.appid, world.account.secret, CALLBACK, scope="snsapi_userinfo", state="SBXstate")
    assert oauth.authorize_url.startswith("https://open.weixin.qq.com/connect/oauth2/authorize?")
    first = requests.get(oauth.authorize_url, headers=INSIDE, allow_redirects=False, timeout=5)
    again = requests.get(
        urljoin(first.url, first.headers["location"]), headers=INSIDE, allow_redirects=False, timeout=5
    )
    query = parse_qs(urlsplit(again.headers["location"]).query)
    assert query["state"] == ["SBXstate"]
    grant = oauth.fetch_access_token(query["code"][0])
    profile = oauth.get_user_info()
    assert grant["openid"] == profile["openid"] == world.openid(world.person("安"))
    assert oauth.check_access_token() is True
    assert profile["headimgurl"].startswith("https://api.weixin.qq.com/mmopen/")
    assert requests.get(profile["headimgurl"], timeout=5).headers["content-type"].startswith("image/svg+xml")


def test_wechatpy_asks_for_a_token_of_the_account_under_the_real_names(as_in_a_hosts_file):
    account = as_in_a_hosts_file.world.account
    assert WeChatClient(account.appid, account.secret).user.get_followers()["total"] == 1


def test_a_client_that_does_not_trust_the_authority_gets_no_answer(as_in_a_hosts_file, monkeypatch):
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(requests.exceptions.SSLError):
        requests.get("https://api.weixin.qq.com/sns/auth", timeout=5)


def test_the_calls_of_wecom_are_known_by_their_host(as_in_a_hosts_file):
    answer = requests.get("https://qyapi.weixin.qq.com/cgi-bin/gettoken", timeout=5)
    assert "open.work.weixin.qq.com/devtool" in answer.json()["errmsg"]


def test_the_certificate_of_the_authority_can_be_fetched_and_holds_no_key(sandbox):
    with client(sandbox) as http:
        fetched = http.get("/_sandbox/ca.pem", headers={"Host": "api.weixin.qq.com"})
    assert fetched.text == sandbox.ca_pem
    assert "PRIVATE" not in fetched.text


def test_over_http_there_is_no_authority():
    with running() as sandbox:
        assert sandbox.ca_pem is None
        assert httpx2.get(f"{sandbox.url}/_sandbox/ca.pem").status_code == 404


def test_every_start_has_an_authority_of_its_own(sandbox):
    with running(tls=True) as another:
        assert another.ca_pem != sandbox.ca_pem


@pytest.mark.parametrize("what", ["reset", "lost-answer"])
def test_a_connection_that_a_fault_breaks_off_breaks_off_over_https_too(sandbox, what):
    with client(sandbox) as http:
        sandbox.world.faults.once("check", what)
        with pytest.raises(httpx2.TransportError):
            http.get("/sns/auth")
        assert http.get("/sns/auth").status_code == 200


def test_the_control_api_answers_over_https_to_a_client_that_trusts_the_authority(sandbox, monkeypatch, tmp_path):
    (tmp_path / "ca.pem").write_text(sandbox.ca_pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    assert SandboxClient(sandbox.url).status().worlds


def test_a_public_url_begins_every_address_whatever_the_sandbox_is_asked_as():
    with running(public_url="https://wechat.test:8911/") as sandbox:
        world = sandbox.world
        code = world.issue_code(world.person("安"), scope="snsapi_userinfo")
        given = {"appid": world.account.appid, "secret": world.account.secret, "code": code}
        with httpx2.Client(base_url=sandbox.url) as http:
            grant = http.get("/sns/oauth2/access_token", params=given | {"grant_type": "authorization_code"}).json()
            named = {"access_token": grant["access_token"], "openid": grant["openid"]}
            profile = http.get("/sns/userinfo", params=named).json()
            first_page = http.get("/").text
    assert profile["headimgurl"].startswith("https://wechat.test:8911/mmopen/")
    assert "https://wechat.test:8911" in first_page
    assert sandbox.url not in first_page


@pytest.mark.parametrize(("host", "status"), [("wechat.test:8911", 200), ("api.weixin.qq.com", 403), ("x.test", 403)])
def test_the_control_api_is_asked_by_the_public_name_and_by_no_other(host, status):
    with running(public_url="https://wechat.test:8911") as sandbox:
        assert httpx2.get(f"{sandbox.url}/_sandbox/status", headers={"Host": host}).status_code == status


def test_the_certificate_holds_for_the_host_of_the_public_url():
    with running(tls=True, public_url="https://wechat.test") as sandbox:
        context = ssl.create_default_context(cadata=sandbox.ca_pem)
        with (
            socket.create_connection(("127.0.0.1", urlsplit(sandbox.url).port), 5) as plain,
            context.wrap_socket(plain, server_hostname="wechat.test") as connected,
        ):
            assert connected.version()


@pytest.mark.parametrize(
    "text",
    ["", "wechat.test", "ftp://wechat.test", "https://", "https://wechat.test/path", "https://wechat.test?x", "https://a@b",
     "https://wechat.test:0", "https://wechat.test:99999", "https://[::1", "https://wechat.test//", "https://微信.test"],
)  # fmt: skip
def test_a_public_url_is_scheme_host_and_port_alone(text):
    with pytest.raises(ValueError, match="is no origin"):
        read_public_url(text)


@pytest.mark.parametrize("text", ["https://wechat.test", "http://127.0.0.1:8911", "https://[::1]:8911"])
def test_a_public_url_may_end_with_a_slash(text):
    assert read_public_url(text) == read_public_url(f"{text}/") == text
