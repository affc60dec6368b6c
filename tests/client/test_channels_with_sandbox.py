"""Every channel against the sandbox, in both colours: two pictures of WeChat that share no code."""

import html
import json
import re
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

import pytest
from colours import Colour, page, walked

from wxauth import (
    AccountRefused,
    Accounts,
    AccountUnauthorized,
    CodeRefused,
    Endpoints,
    MiniProgram,
    MobileApp,
    NotFromWeChat,
    OfficialAccount,
    OtherPush,
    QrLook,
    SignInAgain,
    ThirdPartyPlatform,
    TicketPushed,
    TokenDead,
    TokenKind,
    UsageError,
    WebsiteApp,
    WeComApp,
    read_agreement,
)
from wxauth.sandbox.accounts import Account
from wxauth.sandbox.serve import Running, running
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

SECRET = "5a4db00000000000000000000000000{}"
OFFICIAL = OfficialAccount(appid="wx5a4db00000000001", secret=SECRET.format(1), open_platform="ours")
WEBSITE = WebsiteApp(appid="wx5a4db00000000002", secret=SECRET.format(2), open_platform="ours")
PROGRAM = MiniProgram(appid="wx5a4db00000000003", secret=SECRET.format(3), open_platform="ours")
PLATFORM = ThirdPartyPlatform(
    appid="wx5a4db00000000005",
    secret=SECRET.format(5),
    token="SBXpushToken",
    encoding_aes_key=f"SBX5a4db0{'0' * 34}",
)
CORP = WeComApp(corpid="ww5a4db00000000006", agentid=1000002, secret=SECRET.format(6))
SITE = "http://127.0.0.1:9/auth"
PHONE = {"User_Agent": "MicroMessenger"}


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(server: Running) -> Running:
    """The one sandbox of these tests, as new."""
    server.world.reset()
    return server


@pytest.fixture
def world(sandbox: Running) -> World:
    return sandbox.world


@pytest.fixture(params=["sync", "async"])
def colour(request: pytest.FixtureRequest, sandbox: Running) -> Iterator[Colour]:
    colour = Colour(request.param, sandbox.url)
    yield colour
    colour.close()


# Websites


def scanned(url: str, person: str = "安") -> str:
    """The code that the page learns of when somebody scans its QR code and confirms."""
    uuid = re.search(r"/connect/qrcode/(\w+)", page(url))[1]
    origin = "http://" + urlsplit(url).netloc
    for step in ("scan", "allow"):
        page(f"{origin}/connect/confirm?uuid={uuid}", X_Sandbox_Person=person, X_Sandbox_Decision=step, **PHONE)
    answer = page(f"{origin}/connect/l/qrconnect?uuid={uuid}&last=404")
    return re.fullmatch(r"window\.wx_errcode=405;window\.wx_code='(\w+)';", answer)[1]


def test_a_person_signs_in_to_a_website_by_qr_code(colour: Colour, world: World) -> None:
    website = colour.client("WebsiteClient", WEBSITE)
    look = QrLook(lang="cn", self_redirect=True, style="black", fast_login=False, color_scheme="dark")
    grant = website.exchange_code(scanned(website.qr_url(SITE, state="abc", look=look)))
    assert grant.allows("snsapi_login")
    profile = website.fetch_profile(grant)
    assert profile.openid == grant.openid == world.openid(world.person("安"), WEBSITE.appid)
    assert website.check(website.refresh(grant)) is True
    official = colour.client("WeChat", OFFICIAL)
    other = official.exchange_code(world.issue_code(world.person("安"), scope="snsapi_userinfo"))
    here, there = website.identify(grant, profile), official.identify(other, official.fetch_profile(other))
    assert here.key != there.key
    assert here.same_person_as(there)
    stranger = official.exchange_code(world.issue_code(world.person("波"), scope="snsapi_userinfo"))
    assert not here.same_person_as(official.identify(stranger, official.fetch_profile(stranger)))


def test_the_frame_of_a_website_shows_the_qr_code(colour: Colour) -> None:
    frame = colour.client("WebsiteClient", WEBSITE).qr_html(SITE, state="abc", look=QrLook(lite=True))
    source = html.unescape(re.search(r'src="([^"]+)"', frame)[1])
    assert scanned(source)


def test_a_mobile_app_exchanges_the_code_it_was_handed(sandbox: Running) -> None:
    app = MobileApp(appid="wx5a4db00000000002", secret=SECRET.format(2))  # the sandbox has no mobile apps of its own
    colour = Colour("sync", sandbox.url)
    code = sandbox.world.issue_code(sandbox.world.person("安"), appid=app.appid, scope="snsapi_login")
    mobile = colour.client("MobileClient", app)
    assert mobile.check(mobile.exchange_code(code)) is True
    colour.close()


# The account's own credential


def test_a_stable_token_stays_and_a_plain_one_is_replaced(colour: Colour, world: World) -> None:
    official = colour.client("WeChat", OFFICIAL)
    first, again = official.fetch_credential(), official.fetch_credential()
    assert (first.access_token, first.kind) == (again.access_token, TokenKind.STABLE)
    plain, next_one = (official.fetch_credential(kind=TokenKind.PLAIN) for _ in range(2))
    assert len({first.access_token, plain.access_token, next_one.access_token}) == 3
    assert official.callback_addresses(credential=plain), "the old one lives five more minutes"
    world.clock.advance(minutes=5, seconds=1)
    with pytest.raises(TokenDead):
        official.callback_addresses(credential=plain)
    forced = official.fetch_credential(force_refresh=True)
    assert forced.access_token != first.access_token
    with pytest.raises(TokenDead):
        official.callback_addresses(credential=first)
    official.clear_quota(credential=forced)
    official.clear_quota_by_secret()


def test_an_address_that_is_not_listed_is_named() -> None:
    account = Account(appid="wx5a4db00000000009", secret=SECRET.format(9), ip_whitelist=("203.0.113.7",))
    with running(Worlds(World(accounts=(account,)))) as sandbox:
        colour = Colour("sync", sandbox.url)
        official = colour.client("WeChat", OfficialAccount(appid=account.appid, secret=account.secret))
        with pytest.raises(AccountRefused, match=r"40164 invalid ip 127\.0\.0\.1"):
            official.fetch_credential()
        colour.close()


def test_a_wrong_secret_is_the_accounts_fault_wherever_it_is_sent(colour: Colour) -> None:
    for kind, account in (("WeChat", OfficialAccount), ("MiniProgramClient", MiniProgram)):
        wrong = account(appid=OFFICIAL.appid, secret="f" * 32)
        with pytest.raises(AccountRefused):
            colour.client(kind, wrong).fetch_credential()


# Followers and pages


def test_followers_are_listed_and_told_with_their_unionids(colour: Colour, world: World) -> None:
    official = colour.client("WeChat", OFFICIAL)
    world.follow(world.person("波"))
    listed = official.list_followers()
    assert listed.total == len(listed.openids) == 2
    end = official.list_followers(after=listed.next_openid)
    assert (end.openids, end.next_openid) == ((), None)
    outsider = world.openid(world.person("José"))
    people = official.fetch_followers([*listed.openids, outsider])
    assert [person.follows for person in people] == [True, True, False]
    assert {person.unionid for person in people} == {world.unionid(world.person(name)) for name in ("安", "波", "José")}
    assert official.fetch_follower(people[0].openid, credential=official.fetch_credential()) == people[0]


def test_a_page_is_signed_with_the_ticket(colour: Colour) -> None:
    official = colour.client("WeChat", OFFICIAL)
    ticket = official.fetch_jsapi_ticket()
    config = official.js_config("https://www.example.com/?code=1&state=2#top", ticket=ticket)
    assert config.appid == ticket.appid == OFFICIAL.appid
    assert set(config.fields()) == {"appId", "timestamp", "nonceStr", "signature"}
    assert official.js_config("https://www.example.com/").nonce != config.nonce


# Mini programs


def test_a_person_logs_in_to_a_mini_program(colour: Colour, world: World) -> None:
    program, ann = colour.client("MiniProgramClient", PROGRAM), world.person("安")
    code = world.js_code(ann)
    session = program.code_to_session(code)
    assert (session.openid, session.unionid) == (world.openid(ann, PROGRAM.appid), world.unionid(ann))
    with pytest.raises(CodeRefused) as used:
        program.code_to_session(code)
    assert used.value.errcode == 40163
    official = colour.client("WeChat", OFFICIAL)
    grant = official.exchange_code(world.issue_code(ann, scope="snsapi_userinfo"))
    assert program.identify(session).same_person_as(official.identify(grant, official.fetch_profile(grant)))


def test_a_session_key_is_checked_and_replaced(colour: Colour, world: World) -> None:
    program = colour.client("MiniProgramClient", PROGRAM)
    session = program.code_to_session(world.js_code(world.person("安")))
    assert program.check_session_key(session) is True
    renewed = program.reset_session_key(session)
    assert renewed.session_key != session.session_key
    assert renewed.unionid == session.unionid
    assert program.check_session_key(session) is False
    assert program.check_session_key(renewed) is True
    with pytest.raises(SignInAgain):
        program.reset_session_key(session)


def test_a_phone_number_is_told_once(colour: Colour, world: World) -> None:
    program, bo = colour.client("MiniProgramClient", PROGRAM), world.person("波")
    code = world.mini_programs.phone_code(bo)
    told = program.fetch_phone_number(code, openid=world.openid(bo, PROGRAM.appid))
    assert re.fullmatch(r"13800\d{6}", told.pure_number)
    assert told.country_code == "86"
    with pytest.raises(CodeRefused):
        program.fetch_phone_number(code)
    another = world.mini_programs.phone_code(bo)
    with pytest.raises(CodeRefused):
        program.fetch_phone_number(another, openid=world.openid(world.person("安"), PROGRAM.appid))


def test_what_a_phone_encrypts_is_read_by_its_own_program_only(colour: Colour, sandbox: Running) -> None:
    program, world = colour.client("MiniProgramClient", PROGRAM), sandbox.world
    ann = world.person("安")
    session = program.code_to_session(world.js_code(ann))
    shown = world.mini_programs.profile(ann, origin=sandbox.url)
    sealed = {"encrypted_data": shown.sealed.encrypted_data, "iv": shown.sealed.iv}
    data = program.decrypt_open_data(session, **sealed)
    assert (data.fields["openId"], data.unionid) == (session.openid, session.unionid)
    program.demand_signed(session, raw_data=shown.raw_data, signature=shown.signature)
    assert json.loads(shown.raw_data)["nickName"] == data.fields["nickName"]
    phone = world.mini_programs.sealed_phone(ann)
    number = program.decrypt_open_data(session, encrypted_data=phone.encrypted_data, iv=phone.iv).phone_number
    assert number.startswith("13800")
    later = program.code_to_session(world.js_code(ann))
    with pytest.raises(NotFromWeChat, match="session_key"):
        program.decrypt_open_data(later, **sealed)
    with pytest.raises(NotFromWeChat, match="rawData"):
        program.demand_signed(later, raw_data=shown.raw_data, signature=shown.signature)


# Third-party platforms


def test_a_platform_lives_from_its_first_ticket_to_a_signed_in_person(colour: Colour, world: World) -> None:
    platform = colour.client("PlatformClient", PLATFORM)
    message = world.platforms.ticket_message()
    pushed = platform.read_push(query=message.query, body=message.body)
    assert isinstance(pushed, TicketPushed)
    credential = platform.fetch_credential(pushed.ticket)
    asked = platform.create_pre_auth_code(credential=credential)
    link = platform.authorization_url(SITE, pre_auth_code=asked.pre_auth_code, appid=OFFICIAL.appid)
    agreed = read_agreement(urlencode(walked(link, SITE, X_Sandbox_Account=OFFICIAL.appid)))
    authorization = platform.query_auth(agreed.auth_code, credential=credential)
    assert authorization.may_sign_people_in
    authorizer = platform.refresh_authorizer(authorization.credential, credential=credential)
    assert (authorizer.appid, authorizer.platform_appid) == (OFFICIAL.appid, PLATFORM.appid)
    acting = colour.of(platform.on_behalf(OFFICIAL.appid))
    assert acting.list_followers(credential=authorizer).total == 1
    assert acting.fetch_jsapi_ticket(credential=authorizer).appid == OFFICIAL.appid

    link = platform.authorize_url(SITE, appid=OFFICIAL.appid, scope=["snsapi_userinfo"], state="abc")
    back = walked(link, SITE, X_Sandbox_Person="Bo", **PHONE)
    assert back["appid"] == OFFICIAL.appid
    grant = platform.exchange_code(appid=OFFICIAL.appid, code=back["code"], credential=credential)
    assert platform.fetch_profile(grant).openid == world.openid(world.person("波"))
    renewed = platform.refresh(grant, credential=credential)
    assert platform.check(renewed) is True
    with pytest.raises(CodeRefused):
        platform.exchange_code(appid=OFFICIAL.appid, code=back["code"], credential=credential)


def test_a_phone_opens_the_other_link_to_agree(colour: Colour, world: World) -> None:
    platform = colour.client("PlatformClient", PLATFORM)
    credential = platform.fetch_credential(world.platforms.ticket())
    code = platform.create_pre_auth_code(credential=credential).pre_auth_code
    link = platform.mobile_authorization_url(SITE, pre_auth_code=code, kinds="mini programs")
    back = walked(link, SITE, X_Sandbox_Account=PROGRAM.appid)
    authorization = platform.query_auth(back["auth_code"], credential=credential)
    assert authorization.credential.appid == PROGRAM.appid
    session = platform.code_to_session(
        appid=PROGRAM.appid, code=world.js_code(world.person("安")), credential=credential
    )
    acting = colour.of(platform.on_behalf(PROGRAM.appid))
    assert acting.check_session_key(session, credential=authorization.credential) is True


def test_an_account_that_took_its_agreement_back_is_left_alone(colour: Colour, world: World) -> None:
    platform = colour.client("PlatformClient", PLATFORM)
    credential = platform.fetch_credential(world.platforms.ticket())
    with pytest.raises(AccountRefused) as refused:
        platform.exchange_code(appid=OFFICIAL.appid, code=world.issue_code(world.person("安")), credential=credential)
    assert refused.value.errcode == 61003


def test_every_push_of_the_sandbox_is_read(colour: Colour, world: World) -> None:
    from wxauth.sandbox.push import sealed_message

    platform, now = colour.client("PlatformClient", PLATFORM), world.clock.now()
    start = f"<xml><AppId>{PLATFORM.appid}</AppId><CreateTime>{int(now)}</CreateTime><InfoType>"
    account = f"</InfoType><AuthorizerAppid>{OFFICIAL.appid}</AuthorizerAppid></xml>"
    read = []
    for kind in ("unauthorized", "notify_third_fasteregister"):
        push = world.platforms.named().push
        message = sealed_message(start + kind + account, appid=PLATFORM.appid, push=push, at=now, chance=bytes(24))
        read.append(platform.read_push(query=message.query, body=message.body))
    assert read[0] == AccountUnauthorized(appid=OFFICIAL.appid, created_at=int(now))
    assert isinstance(read[1], OtherPush)


# WeCom


def test_a_member_signs_in_inside_wecom_and_on_a_desktop(colour: Colour, world: World) -> None:
    wecom = colour.client("WeComClient", CORP)
    link = wecom.authorize_url(SITE, scope="snsapi_privateinfo", state="abc")
    back = walked(link, SITE, User_Agent="wxwork MicroMessenger", X_Sandbox_Person="安")
    member = wecom.identify(back["code"])
    assert member.key == (CORP.corpid, "ann")
    detail = wecom.fetch_member_detail(member)
    assert (detail.userid, detail.gender, detail.email) == ("ann", 2, "ann@example.com")
    assert "ann@example.com" not in repr(detail)
    back = walked(wecom.login_url(SITE, state="abc", lang="en"), SITE, X_Sandbox_Person="安")
    silent = wecom.identify(back["code"])
    assert (silent.userid, silent.user_ticket) == ("ann", None)
    with pytest.raises(UsageError, match="snsapi_privateinfo"):
        wecom.fetch_member_detail(silent)
    with pytest.raises(CodeRefused):
        wecom.identify(back["code"])


def test_somebody_who_is_no_member_is_an_outsider(colour: Colour, world: World) -> None:
    wecom, jose = colour.client("WeComClient", CORP), world.person("José")
    code = world.corps.code(jose, appid=CORP.corpid, agentid=CORP.agentid)
    outsider = wecom.identify(code, credential=wecom.fetch_credential())
    assert outsider.key == (CORP.corpid, world.openid(jose, CORP.corpid))


def test_a_wrong_secret_of_wecom_is_the_accounts_fault(colour: Colour) -> None:
    wrong = WeComApp(corpid=CORP.corpid, agentid=CORP.agentid, secret="f" * 32)
    with pytest.raises(AccountRefused) as refused:
        colour.client("WeComClient", wrong).fetch_credential()
    assert (refused.value.errcode, refused.value.errmsg) == (40001, "invalid credential")


# Several accounts


def test_several_accounts_share_the_connections_of_one_client(colour: Colour, world: World) -> None:
    every = Accounts([OFFICIAL, WEBSITE, PROGRAM, PLATFORM, CORP])
    clients = colour.client("Clients", every)
    for name, kind in (("official_account", "WeChat"), ("mini_program", "MiniProgramClient")):
        account = OFFICIAL if name == "official_account" else PROGRAM
        client = getattr(clients.inner, name)(account.appid)
        assert type(client).__name__.removeprefix("Async") == kind
        assert colour.result(client.fetch_credential()).appid == account.appid
        colour.result(client.close())
    website = clients.inner.website(WEBSITE.appid)
    code = world.issue_code(world.person("安"), appid=WEBSITE.appid, scope="snsapi_login")
    assert colour.result(website.exchange_code(code)).appid == WEBSITE.appid, "closed with them all, not with one"
    assert clients.inner.platform(PLATFORM.appid).account is PLATFORM
    assert clients.inner.wecom(CORP.corpid, CORP.agentid).account is CORP
    with pytest.raises(UsageError, match=f"is of kind WebsiteApp, not of kind OfficialAccount; .*{OFFICIAL.appid}"):
        clients.official_account(WEBSITE.appid)


def test_an_account_of_another_kind_is_refused_at_run_time_too(colour: Colour) -> None:
    with pytest.raises(UsageError, match="takes an account of kind OfficialAccount, not WebsiteApp"):
        colour.client("WeChat", WEBSITE)


def test_nothing_of_the_sandbox_is_sent_to_wechat(colour: Colour) -> None:  # J1
    real = Endpoints()
    for kind, account in (("WeChat", OFFICIAL), ("MiniProgramClient", PROGRAM), ("WeComClient", CORP)):
        with pytest.raises(UsageError, match="lives in the sandbox only"):
            colour.client(kind, account, endpoints=real).fetch_credential()
    with pytest.raises(UsageError, match="lives in the sandbox only"):
        colour.client("PlatformClient", PLATFORM, endpoints=real).fetch_credential("ticket")
    with pytest.raises(UsageError, match="lives in the sandbox only"):
        colour.client("WebsiteClient", WEBSITE, endpoints=real).qr_url(SITE, state="abc")
