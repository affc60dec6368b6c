"""social-core, which knows nothing of the sandbox, signs people in: by QR code, and in an official account."""

from dataclasses import replace
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
from people_online import SITE, come_back, shown
from social_core.backends.weixin import WeixinOAuth2APP
from social_core.exceptions import AuthProviderError, AuthSessionError
from social_core_backends import AtSandbox, OfficialAccount, Website
from social_core_site import Site

from wxauth.sandbox.accounts import AccountKind

KINDS = {Website: AccountKind.WEBSITE, OfficialAccount: AccountKind.SERVICE}
EXCHANGE = "sns/oauth2/access_token"


def account_for(world, backend):
    return next(account for account in world.accounts if account.kind is KINDS[backend])


@pytest.fixture(params=KINDS, ids=lambda backend: backend.name)
def backend(request):
    return request.param


@pytest.fixture
def site(world, backend) -> Site:
    return Site(backend, account_for(world, backend))


def code_of(callback: str) -> str:
    return parse_qs(urlsplit(callback).query)["code"][0]


def refusal(raised) -> tuple[int, str]:
    return raised.value.provider_code, raised.value.stage


@pytest.mark.parametrize("name", ["安", "小明", "José"])
def test_a_person_signs_in(sandbox, world, site, name):
    member, person = site.complete(come_back(site.link(), name)), world.person(name)
    appid = site.settings["SOCIAL_AUTH_KEY"]
    assert (member.uid, member.unionid) == (world.openid(person, appid), world.unionid(person))
    assert member.username == person.nickname
    assert member.avatar.startswith(f"{sandbox.url}/mmopen/")
    assert not world.journal.refusals()


def test_a_person_has_two_openids_and_one_unionid(world):
    sites = [Site(backend, account_for(world, backend)) for backend in KINDS]
    members = [site.complete(come_back(site.link(), "安")) for site in sites]
    assert len({member.uid for member in members}) == 2
    assert len({member.unionid for member in members}) == 1


def test_a_code_is_refused_the_second_time(world, site):
    callback = come_back(site.link(), "安")
    site.complete(callback)
    with pytest.raises(AuthProviderError) as used:
        site.complete_with(code_of(callback))
    assert refusal(used) == (40163, "token_exchange")


def test_a_callback_that_comes_twice_is_not_asked_about(world, site):
    callback = come_back(site.link(), "安")
    site.complete(callback)
    with pytest.raises(AuthSessionError):
        site.complete(callback)
    assert len(world.journal.entries(operation=EXCHANGE)) == 1


def test_a_code_is_refused_after_its_time(world, site):
    callback = come_back(site.link(), "安")
    world.clock.advance(minutes=11)
    with pytest.raises(AuthProviderError) as late:
        site.complete(callback)
    assert refusal(late) == (40029, "token_exchange")


def test_a_wrong_secret_is_refused(world, site):
    site.settings["SOCIAL_AUTH_SECRET"] = "0" * 32
    with pytest.raises(AuthProviderError) as wrong:
        site.complete(come_back(site.link(), "安"))
    assert refusal(wrong) == (40125, "token_exchange")


def test_the_base_scope_shows_no_profile_and_so_signs_nobody_in(world):
    class Silent(OfficialAccount):
        DEFAULT_SCOPE: ClassVar = ["snsapi_base"]

    site = Site(Silent, account_for(world, OfficialAccount))
    with pytest.raises(AuthProviderError) as refused:
        site.complete(come_back(site.link(), "安"))
    assert refusal(refused) == (48001, "user_info")


def test_the_scope_of_weixinapp_itself_is_refused(world):
    class Unchanged(AtSandbox, WeixinOAuth2APP):
        pass

    link = Site(Unchanged, account_for(world, OfficialAccount)).link()
    assert parse_qs(urlsplit(link).query)["scope"] == ["snsapi_login"]
    assert "10005" in shown(link, "安")
    assert [entry.errcode for entry in world.journal.refusals()] == [10005]


def test_the_exchange_is_a_post_which_another_wechat_may_refuse(world, site):
    world.switches = replace(world.switches, sns_accept_post=False)
    with pytest.raises(AuthProviderError) as refused:
        site.complete(come_back(site.link(), "安"))
    assert refusal(refused) == (43001, "token_exchange")


def test_a_nickname_is_mended_only_when_it_comes_as_plain_text(world, site):
    world.switches = replace(world.switches, sns_content_type="application/json")
    assert site.complete(come_back(site.link(), "小明")).username == r"\u5c0f\u660e\U0001f389"
    with pytest.raises(UnicodeDecodeError):
        site.complete(come_back(site.link(), "José"))


def test_a_refresh_goes_to_the_call_that_exchanges_codes_unless_it_is_told_otherwise(world, site, backend):
    site.complete(come_back(site.link(), "安"))
    grant = world.redeem(
        appid=site.settings["SOCIAL_AUTH_KEY"],
        code=code_of(come_back(site.link(), "安")),
    )
    with pytest.raises(AuthProviderError) as refused:
        site.backend.refresh_token(grant.refresh_token)
    assert refusal(refused) == (41008, "refresh")

    class Refreshing(backend):
        REFRESH_TOKEN_URL = "https://api.weixin.qq.com/sns/oauth2/refresh_token"

    site.backend_class = Refreshing
    assert site.backend.refresh_token(grant.refresh_token)["openid"] == grant.openid


def test_the_link_of_the_website_cuts_a_callback_off_at_its_second_parameter(world):
    callback = f"{SITE}/complete?next=%2Fcart&from=menu"
    site = Site(Website, account_for(world, Website), callback=callback)
    assert "from=" not in come_back(site.link(), "安")
    site = Site(OfficialAccount, account_for(world, OfficialAccount), callback=callback)
    assert "from=menu" in come_back(site.link(), "安")
