"""Credentials and grants that clients keep, in both colours: what is asked of the sandbox, and how often."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from colours import Colour

from wxauth import (
    Accounts,
    CircuitOpen,
    MiniProgram,
    OfficialAccount,
    SignInAgain,
    ThirdPartyPlatform,
    TokenDead,
    TokenKind,
    UpstreamUnavailable,
    UsageError,
    WebsiteApp,
    WeChatBusy,
    WeComApp,
)
from wxauth.sandbox.serve import Running, running
from wxauth.sandbox.world import World
from wxauth.stores.crypto import AsyncEncryptedStore, EncryptedStore, Keyring
from wxauth.stores.memory import AsyncMemoryStore, MemoryStore
from wxauth.stores.sqlite import AsyncSQLiteStore, SQLiteStore

SECRET = "5a4db00000000000000000000000000{}"
OFFICIAL = OfficialAccount(appid="wx5a4db00000000001", secret=SECRET.format(1))
WEBSITE = WebsiteApp(appid="wx5a4db00000000002", secret=SECRET.format(2))
PROGRAM = MiniProgram(appid="wx5a4db00000000003", secret=SECRET.format(3))
PLATFORM = ThirdPartyPlatform(
    appid="wx5a4db00000000005",
    secret=SECRET.format(5),
    token="SBXpushToken",
    encoding_aes_key=f"SBX5a4db0{'0' * 34}",
)
CORP = WeComApp(corpid="ww5a4db00000000006", agentid=1000002, secret=SECRET.format(6))
KEYRING = Keyring("of the tests, at least 32 characters")
STABLE = "cgi-bin/stable_token"
REFRESH = "sns/oauth2/refresh_token"


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running() as sandbox:
        yield sandbox


@pytest.fixture
def world(server: Running) -> World:
    server.world.reset()
    return server.world


@pytest.fixture(params=["sync", "async"])
def colour(request: pytest.FixtureRequest, server: Running, world: World) -> Iterator[Colour]:
    colour = Colour(request.param, server.url)
    yield colour
    colour.close()


def asked(world: World, operation: str) -> int:
    return len(world.journal.entries(operation=operation))


def forced(world: World) -> int:
    return sum(("force_refresh", "true") in entry.parameters for entry in world.journal.entries(operation=STABLE))


def store(colour: Colour, path: Path | None = None):
    """A store of a colour, in memory or in a file; the same file is the same store."""
    if path is None:
        return AsyncMemoryStore() if colour.name == "async" else MemoryStore()
    return (AsyncSQLiteStore if colour.name == "async" else SQLiteStore)(path)


# The account's own credential


def test_a_credential_is_fetched_when_it_is_first_needed_and_then_kept(colour: Colour, world: World) -> None:
    official = colour.client("WeChat", OFFICIAL)
    assert asked(world, STABLE) == 0
    for _ in range(3):
        official.list_followers()
    assert official.credential() == official.credential()
    assert official.credential().kind is TokenKind.STABLE
    assert asked(world, STABLE) == 1


def test_the_plain_service_is_asked_on_request(colour: Colour, world: World) -> None:
    official = colour.client("WeChat", OFFICIAL, credential_kind=TokenKind.PLAIN)
    official.list_followers()
    official.list_followers()
    assert official.credential().kind is TokenKind.PLAIN
    assert (asked(world, STABLE), asked(world, "cgi-bin/token")) == (0, 1)


def test_a_credential_that_somebody_else_has_ended_is_replaced_without_being_forced(
    colour: Colour, world: World
) -> None:
    official, stranger = colour.client("WeChat", OFFICIAL), colour.client("WeChat", OFFICIAL)
    first = official.credential()
    stranger.fetch_credential(force_refresh=True)
    already = asked(world, STABLE)
    assert official.list_followers().total == 1
    assert official.credential().access_token != first.access_token
    assert (asked(world, STABLE) - already, forced(world)) == (1, 1)


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
def test_a_credential_that_wechat_refuses_and_still_gives_out_is_forced_once(
    colour: Colour, world: World, errcode: int
) -> None:
    official = colour.client("WeChat", OFFICIAL)
    first = official.credential()
    world.faults.once("cgi-bin/user/get", errcode)
    assert official.list_followers().total == 1
    assert forced(world) == 1
    assert official.credential().access_token != first.access_token


def test_a_credential_that_stays_refused_is_not_forced_again(colour: Colour, world: World) -> None:
    official = colour.client("WeChat", OFFICIAL)
    world.faults.always("cgi-bin/user/get", 40001)
    for _ in range(5):
        with pytest.raises(TokenDead):
            official.list_followers()
    assert forced(world) == 1


def test_a_credential_that_is_given_is_used_as_it_is(colour: Colour, world: World) -> None:
    official = colour.client("WeChat", OFFICIAL)
    dead = official.fetch_credential()
    official.fetch_credential(force_refresh=True)
    already = asked(world, STABLE)
    with pytest.raises(TokenDead):
        official.list_followers(credential=dead)
    assert asked(world, STABLE) == already


def test_the_ticket_of_the_jssdk_is_kept_too(colour: Colour, world: World) -> None:
    official = colour.client("WeChat", OFFICIAL)
    for _ in range(3):
        assert official.js_config("https://www.example.com/").appid == OFFICIAL.appid
    assert official.jsapi_ticket() == official.jsapi_ticket()
    assert (asked(world, STABLE), asked(world, "cgi-bin/ticket/getticket")) == (1, 1)


def test_a_mini_program_and_an_app_of_wecom_keep_theirs(colour: Colour, world: World) -> None:
    program, ann = colour.client("MiniProgramClient", PROGRAM), world.person("安")
    session = program.code_to_session(world.js_code(ann))
    assert program.check_session_key(session) is program.check_session_key(session) is True
    assert program.fetch_phone_number(world.mini_programs.phone_code(ann)).country_code == "86"
    assert asked(world, STABLE) == 1
    wecom = colour.client("WeComClient", CORP)
    for _ in range(2):
        code = world.corps.code(ann, appid=CORP.corpid, agentid=CORP.agentid)
        assert wecom.identify(code).userid == "ann"
    assert wecom.credential() == wecom.credential()
    assert asked(world, "qyapi/cgi-bin/gettoken") == 1


# Third-party platforms


def platform_with_ticket(colour: Colour, world: World, **options: object):
    platform = colour.client("PlatformClient", PLATFORM, **options)
    message = world.platforms.ticket_message()
    platform.intake(platform.inner.read_push(query=message.query, body=message.body))
    return platform


def test_a_platform_keeps_its_ticket_its_credential_and_those_of_accounts(colour: Colour, world: World) -> None:
    platform = platform_with_ticket(colour, world)
    code = world.platforms.authorize(
        world.account, platform=PLATFORM.appid, pre_auth_code=platform.create_pre_auth_code().pre_auth_code
    )
    authorization = platform.query_auth(code)
    acting = colour.of(platform.inner.on_behalf(OFFICIAL.appid))
    assert acting.credential() == authorization.credential
    assert acting.list_followers().total == 1
    assert acting.js_config("https://www.example.com/").appid == OFFICIAL.appid
    assert asked(world, "cgi-bin/component/api_component_token") == 1
    assert asked(world, "cgi-bin/component/api_authorizer_token") == 0
    world.faults.once("cgi-bin/user/get", 40001)
    assert acting.list_followers().total == 1
    renewed = acting.credential()
    assert renewed.access_token != authorization.credential.access_token
    assert renewed.refresh_token
    assert asked(world, "cgi-bin/component/api_authorizer_token") == 1
    acting.forget()
    with pytest.raises(SignInAgain, match="no agreement"):
        acting.credential()


def test_the_grants_of_an_account_are_renewed_by_its_platform(colour: Colour, world: World) -> None:
    platform = platform_with_ticket(colour, world)
    world.platforms.authorize(world.account)
    code = world.issue_code(world.person("安"), scope="snsapi_userinfo")
    grant = platform.exchange_code(appid=OFFICIAL.appid, code=code)
    people = colour.of(platform.inner.on_behalf(OFFICIAL.appid).grants)
    people.keep(grant)
    world.faults.once("sns/userinfo", 40001)
    assert people.fetch_profile(grant.openid).openid == grant.openid
    assert asked(world, "sns/oauth2/component/refresh_token") == 1
    assert asked(world, REFRESH) == 0


def test_a_platform_without_a_ticket_says_so_and_asks_nobody(colour: Colour, world: World) -> None:
    platform = colour.client("PlatformClient", PLATFORM)
    with pytest.raises(WeChatBusy, match="no ticket"):
        platform.credential()
    assert world.journal.entries() == ()


# Grants


def granted(colour: Colour, world: World, person: str = "安", **options: object):
    official = colour.client("WeChat", OFFICIAL, **options)
    grant = official.exchange_code(world.issue_code(world.person(person), scope="snsapi_userinfo"))
    grants = colour.of(official.inner.grants)
    grants.keep(grant)
    return grants, grant


def test_a_person_is_asked_about_by_openid(colour: Colour, world: World) -> None:
    grants, grant = granted(colour, world)
    assert grants.current(grant.openid) == grant
    assert grants.fetch_profile(grant.openid, lang="en").openid == grant.openid
    assert asked(world, REFRESH) == 0


@pytest.mark.parametrize("errcode", [40001, 42001])
def test_a_grant_that_wechat_calls_dead_is_renewed_once_and_kept(colour: Colour, world: World, errcode: int) -> None:
    grants, grant = granted(colour, world)
    world.faults.once("sns/userinfo", errcode)
    assert grants.fetch_profile(grant.openid).openid == grant.openid
    assert asked(world, REFRESH) == 1
    world.faults.always("sns/userinfo", errcode)
    with pytest.raises(TokenDead):
        grants.fetch_profile(grant.openid)
    assert asked(world, REFRESH) == 2


def test_a_grant_that_is_over_is_asked_about_once(colour: Colour, world: World) -> None:
    grants, grant = granted(colour, world)
    world.clock.advance(days=30, seconds=1)
    for _ in range(3):
        with pytest.raises(SignInAgain):
            grants.fetch_profile(grant.openid)
    assert asked(world, REFRESH) == 1


def test_a_forgotten_person_has_to_sign_in(colour: Colour, world: World) -> None:
    grants, grant = granted(colour, world)
    grants.forget(grant.openid)
    with pytest.raises(SignInAgain):
        grants.current(grant.openid)


def test_the_grant_of_another_account_is_refused(colour: Colour, world: World) -> None:
    website = colour.client("WebsiteClient", WEBSITE)
    _, grant = granted(colour, world)
    with pytest.raises(UsageError, match="the grant is of wx5a4db00000000001"):
        colour.of(website.inner.grants).keep(grant)


# Stores


def test_clients_that_share_a_store_share_tokens(colour: Colour, world: World, tmp_path: Path) -> None:
    one = store(colour, tmp_path / "tokens.db")
    _, grant = granted(colour, world, store=one, keyring=KEYRING)
    other = colour.client("WeChat", OFFICIAL, store=f"sqlite:///{tmp_path}/tokens.db", keyring=KEYRING)
    assert colour.of(other.inner.grants).current(grant.openid) == grant
    credential = other.credential()
    assert colour.client("WeChat", OFFICIAL, store=one, keyring=KEYRING).credential() == credential
    assert asked(world, STABLE) == 1
    colour.result(one.close())
    raw = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    for token in (grant.access_token, grant.refresh_token, credential.access_token):
        assert token.encode() not in raw, "tokens at rest are encrypted"


def test_a_store_that_others_can_read_is_refused_without_a_keyring(colour: Colour, tmp_path: Path) -> None:
    file = store(colour, tmp_path / "tokens.db")
    for url in (f"sqlite:///{tmp_path}/tokens.db", "redis://127.0.0.1:1/0", "postgresql://u:CANARY@127.0.0.1/d", file):
        for kind, account in (("WeChat", OFFICIAL), ("Clients", Accounts([OFFICIAL]))):
            with pytest.raises(UsageError, match=r"keyring=Keyring\(secret\)") as refused:
                colour.client(kind, account, store=url)
            assert "CANARY" not in str(refused.value)
    colour.result(file.close())


def test_memory_and_a_store_that_is_encrypted_already_need_no_keyring(colour: Colour, tmp_path: Path) -> None:
    encrypted = AsyncEncryptedStore if colour.name == "async" else EncryptedStore
    inside = encrypted(store(colour, tmp_path / "tokens.db"), KEYRING)
    for given in (None, "memory:", store(colour), inside):
        assert colour.client("WeChat", OFFICIAL, store=given).credential().appid == OFFICIAL.appid
    colour.result(inside.close())


def test_a_client_closes_the_store_it_opened_and_no_other(colour: Colour, world: World, tmp_path: Path) -> None:
    one = store(colour, tmp_path / "one.db")
    colour.client("WeChat", OFFICIAL, store=one, keyring=KEYRING).close()
    colour.result(one.put("a", b"b", ttl_seconds=5))
    colour.result(one.close())
    own = colour.client("WeChat", OFFICIAL, store=f"sqlite:///{tmp_path}/two.db", keyring=KEYRING)
    own.credential()
    own.close()
    with pytest.raises(UsageError, match="closed"):
        own.credential()


def test_the_clients_of_a_registry_share_one_store_in_which_accounts_never_meet(colour: Colour, world: World) -> None:
    clients = colour.client("Clients", Accounts([OFFICIAL, PROGRAM]))
    for _ in range(2):
        official = colour.of(clients.inner.official_account(OFFICIAL.appid))
        program = colour.of(clients.inner.mini_program(PROGRAM.appid))
        assert official.credential().appid == OFFICIAL.appid
        assert program.credential().appid == PROGRAM.appid
        official.close()
    assert asked(world, STABLE) == 2
    assert official.inner._ports is program.inner._ports, "one circuit, one budget of retries, one set of flights"


def test_a_registry_asks_the_plain_service_on_request(colour: Colour, world: World) -> None:
    clients = colour.client("Clients", Accounts([OFFICIAL, PROGRAM]))
    for name, appid in (("official_account", OFFICIAL.appid), ("mini_program", PROGRAM.appid)):
        client = colour.of(getattr(clients.inner, name)(appid, credential_kind=TokenKind.PLAIN))
        assert client.credential().kind is TokenKind.PLAIN
        stable = colour.of(getattr(clients.inner, name)(appid))
        assert stable.credential().kind is TokenKind.STABLE
    assert (asked(world, STABLE), asked(world, "cgi-bin/token")) == (2, 2)


def test_a_client_takes_an_outside_or_its_parts(colour: Colour) -> None:
    outside = colour.client("WeChat", OFFICIAL).inner._outside
    with pytest.raises(UsageError, match="outside brings"):
        colour.client("WeChat", OFFICIAL, outside=outside, store="memory:")


# Trouble


def test_a_wechat_that_is_down_is_soon_left_alone(colour: Colour, world: World) -> None:
    official = colour.client("WeChat", OFFICIAL)
    grant = official.exchange_code(world.issue_code(world.person("安"), scope="snsapi_userinfo"))
    world.faults.always("sns/auth", "http-502")
    for _ in range(10):
        with pytest.raises(UpstreamUnavailable) as failed:
            official.check(grant)
        assert not isinstance(failed.value, CircuitOpen)
    reached = asked(world, "sns/auth")
    with pytest.raises(CircuitOpen):
        official.check(grant)
    assert asked(world, "sns/auth") == reached


def test_what_a_quota_leaves_to_wait_is_said(colour: Colour, world: World) -> None:
    official = colour.client("WeChat", OFFICIAL)
    world.faults.once("cgi-bin/user/get", 45011)
    with pytest.raises(WeChatBusy) as busy:
        official.list_followers()
    assert 0 < busy.value.retry_after_seconds <= 60
