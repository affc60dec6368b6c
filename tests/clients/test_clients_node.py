"""co-wechat-oauth and tnwx, two clients of npm with WeChat's addresses built in, as they are, against the sandbox."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from node_clients import ClientError, InPlaceOfWeChat, NodeClient, need_node, node_client
from people_online import DESKTOP, PHONE, SITE, WECOM, come_back

from wxauth.sandbox.accounts import AccountKind
from wxauth.sandbox.serve import Running, running
from wxauth.sandbox.world import World

CALLBACK = f"{SITE}/complete?next=%2Fcart&from=menu"
STATE = "SBXstate"
CLIENTS = ("co-wechat-oauth", "tnwx")

pytestmark = pytest.mark.xdist_group("node")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Running]:
    need_node()
    with running(tls=True, strict=True) as sandbox:
        yield sandbox


@pytest.fixture
def world(sandbox: Running) -> World:
    sandbox.worlds.reset(sandbox.world)
    return sandbox.world


@pytest.fixture(scope="module")
def ca_file(sandbox: Running, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("trust") / "wxauth-ca.pem"
    file.write_text(sandbox.ca_pem)
    return file


@pytest.fixture(scope="module", params=CLIENTS)
def either(request: pytest.FixtureRequest, sandbox: Running, ca_file: Path) -> Iterator[NodeClient]:
    with node_client(request.param, sandbox, ca_file) as client:
        yield client


@pytest.fixture
def client(either: NodeClient, world: World) -> NodeClient:
    either.use(world.account.appid, world.account.secret)
    return either


@pytest.fixture
def tnwx(sandbox: Running, world: World, ca_file: Path) -> Iterator[NodeClient]:
    """A new one for each test: it keeps the tokens of accounts for as long as it runs."""
    with node_client("tnwx", sandbox, ca_file) as client:
        yield client


@pytest.fixture(scope="module")
def co_wechat_oauth(sandbox: Running, ca_file: Path) -> Iterator[NodeClient]:
    with node_client("co-wechat-oauth", sandbox, ca_file) as client:
        yield client


@pytest.fixture
def follow(sandbox: Running):
    """The code that somebody comes back with who follows a link, at WeChat's own name."""

    def follow(link: str, person: str, *, phone: dict[str, str] = PHONE) -> str:
        assert urlsplit(link).hostname == "open.weixin.qq.com"
        with InPlaceOfWeChat(sandbox) as network:
            callback = come_back(link, person, phone=phone, network=network)
        query = parse_qs(urlsplit(callback).query)
        assert query["state"] == [STATE]
        assert query.get("from", ["menu"]) == ["menu"]
        return query["code"][0]

    return follow


def account_of(world: World, kind: AccountKind):
    return next(account for account in world.accounts if account.kind is kind)


@pytest.mark.parametrize("name", ["安", "小明", "José"])
def test_a_person_signs_in_to_an_official_account(world, client, follow, name):
    person = world.person(name)
    grant = client.exchange(follow(client.link(CALLBACK, "snsapi_userinfo", STATE), name))
    assert grant["openid"] == world.openid(person)
    profile = client.profile(grant["openid"])
    assert (profile["openid"], profile["unionid"]) == (world.openid(person), world.unionid(person))
    assert profile["nickname"] == person.nickname
    assert profile["headimgurl"] == "" or profile["headimgurl"].startswith("https://api.weixin.qq.com/mmopen/")
    assert not world.journal.refusals()


def test_a_refresh_gives_a_token_that_works_after_the_first_one_has_expired(world, client, follow):
    grant = client.exchange(follow(client.link(CALLBACK, "snsapi_userinfo", STATE), "安"))
    assert client.check(grant["access_token"], grant["openid"])["errcode"] == 0
    world.clock.advance(hours=3)
    refreshed = client.refresh(grant["refresh_token"])
    assert refreshed["access_token"] != grant["access_token"]
    assert client.check(refreshed["access_token"], grant["openid"])["errcode"] == 0


def test_the_base_scope_tells_who_it_is_and_no_more(world, client, follow):
    grant = client.exchange(follow(client.link(CALLBACK, "snsapi_base", STATE), "小明"))
    assert grant["scope"] == "snsapi_base"
    assert grant["openid"] == world.openid(world.person("小明"))


def test_co_wechat_oauth_throws_a_refusal_with_its_errcode(world, co_wechat_oauth, follow):
    co_wechat_oauth.use(world.account.appid, world.account.secret)
    code = follow(co_wechat_oauth.link(CALLBACK, "snsapi_userinfo", STATE), "安")
    co_wechat_oauth.exchange(code)
    with pytest.raises(ClientError) as used:
        co_wechat_oauth.exchange(code)
    assert (used.value.name, used.value.code) == ("WeChatAPIError", 40163)


def test_co_wechat_oauth_takes_a_token_for_good_by_the_clock_of_the_machine(world, co_wechat_oauth, follow):
    co_wechat_oauth.use(world.account.appid, world.account.secret)
    grant = co_wechat_oauth.exchange(follow(co_wechat_oauth.link(CALLBACK, "snsapi_userinfo", STATE), "安"))
    world.clock.advance(hours=3)
    with pytest.raises(ClientError) as expired:
        co_wechat_oauth.profile(grant["openid"])
    assert expired.value.code == 42001
    co_wechat_oauth.refresh(grant["refresh_token"])
    assert co_wechat_oauth.profile(grant["openid"])["nickname"] == "安 Ann"


def test_tnwx_gives_a_refusal_out_like_any_answer(world, tnwx, follow):
    tnwx.use(world.account.appid, world.account.secret)
    code = follow(tnwx.link(CALLBACK, "snsapi_userinfo", STATE), "安")
    tnwx.exchange(code)
    assert tnwx.exchange(code)["errcode"] == 40163


def test_co_wechat_oauth_signs_somebody_in_to_a_website_by_its_qr_code(world, co_wechat_oauth, follow):
    website = account_of(world, AccountKind.WEBSITE)
    co_wechat_oauth.use(website.appid, website.secret)
    grant = co_wechat_oauth.exchange(follow(co_wechat_oauth.websiteLink(CALLBACK, STATE), "波"))
    assert grant["openid"] == world.openid(world.person("波"), website.appid)
    assert co_wechat_oauth.profile(grant["openid"])["nickname"] == "波 Bo"


def test_tnwx_asks_for_a_follower_with_a_token_of_the_account(world, tnwx):
    tnwx.use(world.account.appid, world.account.secret)
    assert tnwx.follower(world.openid(world.person("安")))["subscribe"] == 1
    assert tnwx.follower(world.openid(world.person("波")))["subscribe"] == 0


def test_tnwx_signs_somebody_in_to_a_mini_program(world, tnwx):
    program = account_of(world, AccountKind.MINIPROGRAM)
    session = tnwx.session(program.appid, program.secret, world.js_code(world.person("安")))
    assert session["openid"] == world.openid(world.person("安"), program.appid)
    assert session["session_key"]


def test_tnwx_signs_a_member_in_to_an_app_of_wecom(world, tnwx, follow):
    corp = account_of(world, AccountKind.WECOM)
    tnwx.useCorp(corp.appid, str(corp.agents[0].agentid), corp.secret)
    code = follow(tnwx.corpLink(corp.appid, CALLBACK, STATE), "安", phone=WECOM)
    assert tnwx.member(code)["UserId"] == "ann"


def test_tnwx_signs_a_member_in_to_a_web_page_by_the_older_login_of_wecom(sandbox, world, tnwx):
    corp = account_of(world, AccountKind.WECOM)
    tnwx.useCorp(corp.appid, str(corp.agents[0].agentid), corp.secret)
    link = tnwx.corpLogin(corp.appid, str(corp.agents[0].agentid), CALLBACK, STATE)
    assert urlsplit(link).hostname == "open.work.weixin.qq.com"
    with InPlaceOfWeChat(sandbox) as network:
        callback = come_back(link, "安", phone=DESKTOP, network=network)
    assert tnwx.member(parse_qs(urlsplit(callback).query)["code"][0])["UserId"] == "ann"


def test_without_the_authority_of_the_sandbox_a_client_gets_no_answer(sandbox, world, tmp_path):
    nobody = tmp_path / "none.pem"
    nobody.write_text("")
    with node_client("co-wechat-oauth", sandbox, nobody) as client:
        client.use(world.account.appid, world.account.secret)
        with pytest.raises(ClientError, match="certificate"):
            client.exchange("x")


@pytest.mark.parametrize(("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_without_node_these_tests_are_skipped_but_not_in_ci(monkeypatch, ci, outcome):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="node is missing"):
        need_node()
