"""django-allauth, which knows nothing of the sandbox, signs people in: by QR code, and in an official account."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django_site import Site, SocialAccount, WeixinOAuth2Adapter, browser, lead_to_sandbox, make_tables
from people_online import come_back

from wxauth.sandbox.accounts import AccountKind
from wxauth.sandbox.world import World

PAGES = {
    AccountKind.WEBSITE: ("/connect/qrconnect", "snsapi_login"),
    AccountKind.SERVICE: ("/connect/oauth2/authorize", "snsapi_userinfo"),
}
EXCHANGE = "sns/oauth2/access_token"


@pytest.fixture
def tables() -> Iterator[None]:
    make_tables()
    yield
    connection.connection.close()  # with it goes the database; Django's own close() spares one in memory
    connection.connection = None


@pytest.fixture(params=PAGES)
def site(request: pytest.FixtureRequest, world: World, tables: None, monkeypatch: pytest.MonkeyPatch) -> Site:
    for name in ("access_token_url", "profile_url"):
        monkeypatch.setattr(WeixinOAuth2Adapter, name, "")  # and back to what it was afterwards
    lead_to_sandbox()
    account = next(account for account in world.accounts if account.kind is request.param)
    return Site(account, *PAGES[request.param], account.secret)


def code_of(callback: str) -> str:
    return parse_qs(urlsplit(callback).query)["code"][0]


def assert_refused(answer, world: World, errcode: int) -> None:
    """Nobody is signed in, and WeChat's reason was this one."""
    assert (answer.status_code, SocialAccount.objects.count()) == (401, 0)
    assert [entry.errcode for entry in world.journal.refusals()] == [errcode]


@pytest.mark.parametrize("name", ["安", "小明", "José"])
def test_a_person_signs_in(sandbox, world, site, name):
    answer, person = site.complete(come_back(site.link(), name)), world.person(name)
    assert (answer.status_code, answer["Location"]) == (302, "/members/")
    known = SocialAccount.objects.get()
    assert site.browser.session["_auth_user_id"] == str(known.user_id)
    assert known.uid == world.openid(person, site.account.appid)
    assert known.extra_data["unionid"] == world.unionid(person)
    assert known.extra_data["nickname"] == person.nickname
    assert known.extra_data["headimgurl"].startswith(f"{sandbox.url}/mmopen/")
    assert not world.journal.refusals()


def test_somebody_who_comes_again_is_the_same_user(world, site):
    users = set()
    for _ in range(2):
        site.browser = browser()
        site.complete(come_back(site.link(), "安"))
        users.add(site.browser.session["_auth_user_id"])
    assert (len(users), SocialAccount.objects.count()) == (1, 1)


def test_a_code_is_refused_the_second_time(world, site):
    code = code_of(come_back(site.link(), "安"))
    world.redeem(appid=site.account.appid, code=code)
    assert_refused(site.complete_with(code), world, 40163)


def test_a_callback_that_comes_twice_is_not_asked_about(world, site):
    callback = come_back(site.link(), "安")
    site.complete(callback)
    assert site.complete(callback).status_code == 401
    assert len(world.journal.entries(operation=EXCHANGE)) == 1


def test_a_code_is_refused_after_its_time(world, site):
    callback = come_back(site.link(), "安")
    world.clock.advance(minutes=11)
    assert_refused(site.complete(callback), world, 40029)


def test_a_wrong_secret_is_refused(world, site):
    site.secret = "0" * 32
    assert_refused(site.complete(come_back(site.link(), "安")), world, 40125)


def test_the_exchange_is_a_post_which_another_wechat_may_refuse(world, site):
    world.switches = replace(world.switches, sns_accept_post=False)
    assert_refused(site.complete(come_back(site.link(), "安")), world, 43001)


@pytest.mark.parametrize("site", [AccountKind.SERVICE], indirect=True)
def test_the_base_scope_shows_no_profile_and_so_ends_in_an_error_of_the_server(world, site):
    site.scope = "snsapi_base"
    with pytest.raises(KeyError, match="openid"):
        site.complete(come_back(site.link(), "安"))
    assert [entry.errcode for entry in world.journal.refusals()] == [48001]


def test_a_nickname_is_mended_only_when_it_comes_as_plain_text(world, site):
    world.switches = replace(world.switches, sns_content_type="application/json")
    site.complete(come_back(site.link(), "小明"))
    assert SocialAccount.objects.get().extra_data["nickname"] == r"\u5c0f\u660e\U0001f389"
    with pytest.raises(UnicodeDecodeError):
        site.complete(come_back(site.link(), "José"))
