"""The whole sign-in of an application, over each framework."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from browser import CHROME
from fake_wechat import ACCOUNT, SANDBOX_ORIGIN, openid_of, refusal, start_path
from sites import BASE_URL, Site, SiteBuilder

from wxauth import Identity, OfficialAccount
from wxauth.protocol.message import Endpoints
from wxauth.web.setup import Paths


async def test_wechats_fragment_does_not_travel_on_to_the_application(make_site: SiteBuilder) -> None:
    site = make_site()
    browser = site.browser()
    begun = await browser.get("/toAuth?return_to=/me")
    callback = site.wechat.consent(begun.location)
    assert (await browser.get(callback)).header("location") == "https://example.com/me#"
    stopped = await site.browser().get(callback)
    assert (stopped.header("location") or "").endswith("#")
    begun = await browser.get("/toAuth?return_to=/app%23/cart")
    back = await browser.get(site.wechat.consent(begun.location))
    assert back.header("location") == "https://example.com/app#/cart", "the application's own fragment stays"


async def test_a_person_signs_in_and_the_application_knows_who_it_is(site: Site):
    browser = site.browser()
    begun = await browser.get(start_path("/me?tab=2#top"))
    assert begun.status == 303
    link = urlsplit(begun.location)
    query = parse_qs(link.query)
    assert f"{link.scheme}://{link.netloc}{link.path}" == f"{SANDBOX_ORIGIN}/connect/oauth2/authorize"
    assert query["redirect_uri"] == ["https://example.com/auth"]
    assert [name.partition("=")[0][:22] for name in begun.set_cookies] == ["__Host-wxauth-attempt-"]

    back = await browser.get(site.wechat.consent(begun.location))
    assert (back.status, back.location) == (303, "https://example.com/me?tab=2#top")
    assert browser.session is not None
    me = await browser.get(back.location)
    assert me.status == 200
    assert openid_of("ann") in me.text
    assert site.exchanges == 1


async def test_the_profile_comes_along_when_it_was_granted(make_site: SiteBuilder):
    site = make_site(scope="snsapi_userinfo")
    browser = site.browser()
    await browser.sign_in(site.wechat)
    assert "安🎉" in (await browser.get("/me")).text


async def test_a_page_that_requires_somebody_sends_its_visitor_to_sign_in_and_takes_them_back(site: Site):
    browser = site.browser()
    refused = await browser.get("/me/你?a=b&c=d%20e")
    assert refused.status == 303
    assert refused.location.startswith("/toAuth?return_to=%2Fme%2F%25E4")
    back = await browser.sign_in(site.wechat, refused.location)
    assert back.location == "https://example.com/me/%E4%BD%A0?a=b&c=d%20e"


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET", {"accept": "application/json"}),
        ("GET", {"sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}),
        ("GET", {"sec-fetch-dest": "iframe"}),
        ("POST", {}),
    ],
)
async def test_anything_but_a_page_that_requires_somebody_answers_401(site: Site, method: str, headers: dict[str, str]):
    answer = await site.browser().visit(method, "/me", headers=headers)
    assert answer.status == 401
    assert answer.header("www-authenticate") == "WeChat"
    assert answer.header("cache-control") == "no-store"
    assert not answer.set_cookies


async def test_where_somebody_is_optional_nobody_is_none(site: Site):
    browser = site.browser()
    assert (await browser.get("/greeting")).text.replace(" ", "") == '{"openid":null}'
    await browser.sign_in(site.wechat)
    assert openid_of("ann") in (await browser.get("/greeting")).text


async def test_two_browsers_are_two_people(site: Site):
    ann, bo = site.browser(), site.browser()
    await ann.sign_in(site.wechat, person="ann")
    await bo.sign_in(site.wechat, person="bo")
    assert openid_of("ann") in (await ann.get("/me")).text
    assert openid_of("bo") in (await bo.get("/me")).text


async def test_the_paths_can_be_chosen(make_site: SiteBuilder):
    site = make_site(paths=Paths(start="/login", callback="/wx/back", logout="/bye", home="/greeting"))
    browser = site.browser()
    assert (await browser.get("/me")).location == "/login?return_to=%2Fme"
    begun = await browser.get("/login")
    callback = site.wechat.consent(begun.location)
    assert callback.startswith("/wx/back?")
    assert (await browser.get(callback)).location == "https://example.com/greeting"
    assert (await browser.get("/wx/back")).location.startswith("https://example.com/wx/back/problem/malformed-")
    assert "/bye" in (await browser.get("/bye")).text


async def test_a_verification_file_is_served_and_no_other(make_site: SiteBuilder):
    site = make_site(verify_files=["AbCdEfGh01234567"])
    served = await site.browser().get("/MP_verify_AbCdEfGh01234567.txt")
    assert (served.status, served.text) == (200, "AbCdEfGh01234567")
    assert served.header("content-type") == "text/plain; charset=utf-8"
    assert (await site.browser().get("/MP_verify_0000000000000000.txt")).status == 404


async def test_a_listed_url_is_returned_to_and_no_other(make_site: SiteBuilder):
    site = make_site(return_urls=["https://shop.example/done?a=b"])
    taken = await site.browser().sign_in(site.wechat, start_path("https://shop.example/done?a=b"))
    assert taken.location == "https://shop.example/done?a=b"
    refused = await site.browser().sign_in(site.wechat, start_path("https://shop.example/done?a=c"))
    assert refused.location == "https://example.com/"


class TestOnSignIn:
    """The application's hook."""

    async def test_it_names_the_person_once_for_each_sign_in(self, make_site: SiteBuilder):
        seen: list[Identity] = []

        def on_sign_in(identity: Identity) -> str:
            seen.append(identity)
            return f"user-{len(seen)}"

        site = make_site(on_sign_in=on_sign_in)
        browser = site.browser()
        begun = await browser.get("/toAuth")
        callback = site.wechat.consent(begun.location)
        await browser.get(callback)
        await browser.get(callback)
        assert "user-1" in (await browser.get("/user")).text
        assert [identity.key for identity in seen] == [(ACCOUNT.appid, openid_of("ann"))]

    async def test_it_may_be_async(self, make_site: SiteBuilder):
        async def on_sign_in(identity: Identity) -> str:
            return identity.openid[-3:]

        site = make_site(on_sign_in=on_sign_in)
        browser = site.browser()
        await browser.sign_in(site.wechat)
        assert "ann" in (await browser.get("/user")).text

    async def test_it_may_name_nobody(self, site: Site):
        browser = site.browser()
        await browser.sign_in(site.wechat)
        assert "null" in (await browser.get("/user")).text

    async def test_when_it_raises_nobody_is_signed_in_and_the_code_is_not_spent_again(self, make_site: SiteBuilder):
        def on_sign_in(identity: Identity) -> str:
            raise LookupError("no such member")

        site = make_site(on_sign_in=on_sign_in)
        browser = site.browser()
        begun = await browser.get("/toAuth")
        callback = site.wechat.consent(begun.location)
        with pytest.raises(LookupError):
            await browser.get(callback)
        again = await browser.get(callback)
        assert "/auth/problem/busy-" in again.location
        assert browser.session is None
        assert (await browser.get("/me")).status == 303
        assert site.exchanges == 1


class TestSigningOut:
    async def test_asks_first_and_then_ends_the_session_on_the_server_too(self, site: Site):
        browser = site.browser()
        await browser.sign_in(site.wechat)
        kept = browser.cookie_header
        asked = await browser.get("/logout")
        assert asked.status == 200
        assert openid_of("ann") in (await browser.get("/me")).text
        done = await browser.visit("POST", "/logout", headers={"sec-fetch-site": "same-origin"})
        assert (done.status, done.location) == (303, "https://example.com/logout")
        assert browser.session is None
        assert "你已退出登录" in (await browser.get("/logout")).text
        stolen = await browser.twin().get("/greeting", cookies=[kept])  # D3, D11: the old name opens nothing
        assert "null" in stolen.text

    async def test_going_back_to_the_callback_afterwards_does_not_sign_in_again(self, site: Site):  # D11
        browser = site.browser()
        begun = await browser.get("/toAuth")
        callback = site.wechat.consent(begun.location)
        await browser.get(callback)
        await browser.visit("POST", "/logout", headers={"sec-fetch-site": "same-origin"})
        again = await browser.get(callback)
        assert "/auth/problem/elsewhere-" in again.location
        assert browser.session is None

    @pytest.mark.parametrize(
        "headers",
        [
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
            {"sec-fetch-site": "none"},
            {"sec-fetch-site": "cross-site", "origin": BASE_URL},
            {"origin": "https://evil.example"},
            {"origin": "https://sub.example.com"},
            {"origin": "http://example.com"},
            {"origin": "null"},
            {},
        ],
    )
    async def test_is_refused_to_a_page_that_is_not_ours(self, site: Site, headers: dict[str, str]):  # D5
        browser = site.browser()
        await browser.sign_in(site.wechat)
        refused = await browser.visit("POST", "/logout", headers=headers, body=b"token=wxauth%3Alogout%3A00")
        assert refused.status == 403
        assert not refused.set_cookies
        assert (await browser.get("/me")).status == 200

    @pytest.mark.parametrize("headers", [{"origin": BASE_URL}, {"sec-fetch-site": "same-origin", "origin": "null"}])
    async def test_is_allowed_to_our_page(self, site: Site, headers: dict[str, str]):
        browser = site.browser()
        await browser.sign_in(site.wechat)
        assert (await browser.visit("POST", "/logout", headers=headers)).status == 303
        assert (await browser.get("/me")).status == 303

    @pytest.mark.parametrize("headers", [{"origin": "null"}, {}])
    async def test_is_allowed_to_an_old_browser_by_the_token_of_its_own_session(
        self, site: Site, headers: dict[str, str]
    ):
        browser, other = site.browser(), site.browser()
        await browser.sign_in(site.wechat)
        await other.sign_in(site.wechat)
        for whose, status in ((other, 403), (browser, 303)):
            page = (await whose.get("/logout")).text
            token = re.search('name="token" value="([^"]+)"', page)[1]
            form = urlencode({"token": token}).encode()
            assert (await browser.visit("POST", "/logout", headers=headers, body=form)).status == status

    async def test_of_nobody_is_no_error_and_drops_no_cookie(self, site: Site):
        """D5: so does a post from another site look, from which browsers withhold our cookie."""
        done = await site.browser().visit("POST", "/logout", body=b"x" * 100_000)
        assert (done.status, done.location, done.set_cookies) == (303, "https://example.com/logout", [])


async def test_outside_wechat_the_page_says_so_and_nothing_begins(make_site: SiteBuilder):
    real = OfficialAccount(appid="wx0123456789abcdef", secret="0123456789abcdef0123456789abcdef")
    site = make_site(account=real, endpoints=Endpoints())
    outside = await site.browser(user_agent=CHROME).get("/toAuth")
    assert outside.status == 200
    assert "请在微信客户端打开链接" in outside.text
    assert not outside.set_cookies
    inside = await site.browser().get("/toAuth")
    assert inside.location.startswith("https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx0123456789abcdef&")


async def test_with_a_sandbox_any_browser_is_sent_there(site: Site):
    assert (await site.browser(user_agent=CHROME).get("/toAuth")).location.startswith(SANDBOX_ORIGIN)


async def test_a_spent_code_restarts_once_and_then_says_so(site: Site):
    """T6, I5: WeChat always answers 40163: at most two redirects to WeChat, then the page."""
    site.wechat.always = refusal(40163)
    browser = site.browser()
    answer = await browser.get(start_path("/me"))
    sent_to_wechat = 0
    while answer.location.startswith(SANDBOX_ORIGIN) and sent_to_wechat < 5:
        sent_to_wechat += 1
        answer = await browser.get(site.wechat.consent(answer.location))
    assert sent_to_wechat == 2
    assert "/auth/problem/spent-" in answer.location
    page = await browser.get(answer.location)
    assert 'href="/toAuth?return_to=%2Fme"' in page.text


async def test_a_restart_that_succeeds_goes_where_the_person_wanted(site: Site):
    site.wechat.answers.append(refusal(40163))
    browser = site.browser()
    restarted = await browser.sign_in(site.wechat, start_path("/me?x=1"))
    done = await browser.get(site.wechat.consent(restarted.location))
    assert done.location == "https://example.com/me?x=1"


async def test_somebody_who_is_signed_in_goes_home_from_an_old_link(site: Site):
    browser = site.browser()
    await browser.sign_in(site.wechat)
    assert (await browser.get("/auth?code=0a1&state=unknown")).location == "https://example.com/"
    assert site.exchanges == 1


async def test_a_session_has_a_new_name_after_every_sign_in(site: Site):
    """D3: a name that was there before is worth nothing afterwards."""
    browser = site.browser()
    browser.jar["__Host-wxauth-session"] = planted = "a" * 43
    await browser.sign_in(site.wechat)
    first = browser.session
    await browser.sign_in(site.wechat)
    assert len({planted, first, browser.session}) == 3
    for old in (planted, first):
        answer = await browser.twin().get("/greeting", cookies=[f"__Host-wxauth-session={old}".encode()])
        assert "null" in answer.text


async def test_the_cookie_of_a_finished_attempt_lives_only_as_long_as_duplicates_are_answered(site: Site):
    browser = site.browser()
    back = await browser.sign_in(site.wechat)
    ages = {cookie.split("=")[0][:22]: "Max-Age=60;" in cookie for cookie in back.set_cookies}
    assert ages["__Host-wxauth-attempt-"]


async def test_a_cancelled_consent_is_a_page_and_not_an_error(site: Site):  # A8
    browser = site.browser()
    begun = await browser.get(start_path("/me"))
    state = parse_qs(urlsplit(begun.location).query)["state"][0]
    for query in (f"state={state}", f"code=authdeny&state={state}"):
        answer = await browser.get(f"/auth?{query}")
        assert "/auth/problem/cancelled-" in answer.location
    page = await browser.get(answer.location)
    assert page.status == 200
    assert "已取消登录" in page.text


async def test_without_base_url_loopback_is_served_over_http_and_anything_else_is_not(make_site: SiteBuilder):
    site = make_site(base_url=None)
    for origin in ("http://127.0.0.1:8000", "http://localhost", "http://[::1]:8000"):
        browser = site.browser(origin=origin)
        back = await browser.sign_in(site.wechat)
        assert back.location == f"{origin}/"
        assert (await browser.get("/me")).status == 200
    stranger = site.browser(origin="https://evil.example")
    for path in ("/toAuth", "/auth", "/logout", "/auth/problem/busy"):
        answer = await stranger.get(path)
        assert (answer.status, answer.set_cookies) == (421, [])
        assert "WXAUTH_BASE_URL" in answer.text
    assert (await stranger.get("/auth?code=0a1&state=b")).location == "/auth"  # A7
    assert (await stranger.get("/greeting")).text.count("null") == 1


@pytest.mark.parametrize(
    "host", ["[::::]", "localhost:99999", "localhost:", "[", "", "a" * 5000, "127.0.0.1@evil", "é"]
)
async def test_a_host_header_that_no_browser_sends_is_no_error_of_ours(make_site: SiteBuilder, host: str):  # E2
    site = make_site(base_url=None)
    for path in ("/toAuth", "/auth", "/logout", "/me", "/auth/problem/busy"):
        answer = await site.browser().get(path, headers={"host": host})
        assert answer.status in (303, 421)
        assert host not in answer.location or not host
