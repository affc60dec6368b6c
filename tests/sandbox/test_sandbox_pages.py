"""The pages over HTTP: headless callers, browsers, forms, headers, both languages."""

import re
from urllib.parse import quote

import pytest

from wxauth.sandbox.pages.render import form_action
from wxauth.sandbox.pages.text import TEXT
from wxauth.sandbox.pages.tickets import Tickets

DESKTOP = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/150"}


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page.text)[1]


def policy(page):
    return page.headers["content-security-policy"]


async def chosen(visitor, name="安", scene="link", **changes):
    who = await visitor.open(**changes)
    link = visitor.link(**changes)
    posted = await visitor.post(link, person=name, scene=scene, ticket=hidden(who, "ticket"))
    assert (posted.status_code, posted.headers["location"]) == (303, link)
    return await visitor.get(link)


async def decided(visitor, sheet, decision, **changes):
    form = {name: hidden(sheet, name) for name in ("ticket", "person", "scene")}
    return await visitor.post(visitor.link(**changes), decision=decision, **form)


async def test_a_headless_visit_is_answered_by_redirects_only(visitor):
    first = await visitor.open(person="安", connect_redirect=None)
    assert (first.status_code, first.text) == (301, "")
    assert first.headers["location"] == visitor.link()
    second = await visitor.get(first.headers["location"], X_Sandbox_Person=quote("安"))
    assert (second.status_code, second.text) == (302, "")
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/auth\?code=0\d1\w{29}&state=SBXstate", second.headers["location"])


@pytest.mark.parametrize("key", ["安", "Ann", "小明🎉", "José"])
async def test_a_headless_person_is_named_in_percent_encoded_utf8(visitor, key):
    assert (await visitor.open(person=key)).status_code == 302


async def test_a_headless_person_may_be_named_by_openid(visitor):
    bo = visitor.world.person("波")
    grant = await visitor.granted(person=visitor.world.openid(bo))
    assert grant["openid"] == visitor.world.openid(bo)


async def test_a_headless_refusal_is_a_page_without_redirect(visitor):
    refused = await visitor.open(person="安", headers={"X-Sandbox-Decision": "refuse"})
    assert refused.status_code == 200
    assert "location" not in refused.headers
    assert "你已拒绝授权" in refused.text


async def test_an_unknown_headless_person_is_told_who_lives_here(visitor):
    answer = await visitor.open(person="Zoë")
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/plain")
    for person in visitor.world.people:
        assert person.name in answer.text
        assert visitor.world.openid(person) in answer.text


@pytest.mark.parametrize("header", ["X-Sandbox-Decision", "X-Sandbox-Scene"])
async def test_an_unknown_wish_is_told_what_there_is(visitor, header):
    answer = await visitor.open(person="安", headers={header: "maybe"})
    assert answer.status_code == 400
    assert header in answer.text


async def test_the_scene_header_makes_a_follower_from_the_menu(visitor):
    answer = await visitor.open(person="安", headers={"X-Sandbox-Scene": "menu"}, forcePopup="true")
    assert answer.status_code == 302
    assert "menu or conversation" in visitor.world.journal.entries()[-1].reason.en


async def test_outside_wechat_the_page_says_so_and_offers_the_sandboxs_wechat(visitor):
    visitor.headers |= DESKTOP
    outside = await visitor.open()
    assert outside.status_code == 200
    assert outside.headers["content-type"] == "text/html; charset=utf-8"
    assert "<title>抱歉，出错了</title>" in outside.text
    assert "请在微信客户端打开链接" in outside.text
    enter = re.search(r'href="(/sandbox/inside\?back=[^"]*)"', outside.text)[1]
    entered = await visitor.get(enter)
    assert entered.headers["location"] == visitor.link()
    assert "你是谁" in (await visitor.open()).text


async def test_a_desktop_browser_is_outside_even_when_it_names_a_person(visitor):
    visitor.headers |= DESKTOP
    assert "请在微信客户端打开链接" in (await visitor.open(person="安")).text


async def test_one_may_leave_the_sandboxs_wechat_again(visitor):
    visitor.headers |= DESKTOP
    await visitor.get("/sandbox/inside?back=/")
    await visitor.get("/sandbox/outside?back=/")
    assert "请在微信客户端打开链接" in (await visitor.open()).text


async def test_choosing_a_person_leads_to_the_sheet_and_allowing_to_the_app(visitor):
    sheet = await chosen(visitor, "小明")
    assert "小明🎉" in sheet.text
    allowed = await decided(visitor, sheet, "allow")
    assert allowed.status_code == 302
    assert allowed.headers["location"].startswith("http://127.0.0.1:8000/auth?code=0")


async def test_refusing_sends_nothing_to_the_app(visitor):
    refused = await decided(visitor, await chosen(visitor), "refuse")
    assert (refused.status_code, refused.headers.get("location")) == (200, None)
    assert "不会回调" in refused.text


async def test_a_follower_who_chooses_the_menu_is_sent_back_at_once(visitor):
    assert (await chosen(visitor, "安", "menu")).status_code == 302
    await visitor.get("/sandbox/nobody?back=/")
    assert (await chosen(visitor, "安", "conversation", forcePopup="true")).status_code == 302


async def test_the_scene_counts_for_one_visit(visitor):
    await chosen(visitor, "安", "menu")
    sheet = await visitor.open(forcePopup="true")
    assert "获取你的昵称、头像" in sheet.text


async def test_base_scope_sends_the_chosen_person_back_at_once(visitor):
    assert (await chosen(visitor, "波", scope="snsapi_base")).status_code == 302


async def test_the_browser_remembers_the_person_until_they_say_not_me(visitor):
    await chosen(visitor, "波")
    assert "获取你的昵称、头像" in (await visitor.open()).text
    await visitor.get("/sandbox/nobody?back=/")
    assert "你是谁" in (await visitor.open()).text


async def test_a_remembered_person_of_another_sandbox_is_asked_again(visitor):
    visitor.http.cookies.set("wxsandbox_person", "somebody")
    answer = await visitor.open()
    assert answer.status_code == 200
    assert "你是谁" in answer.text


async def test_a_ticket_counts_once(visitor):
    sheet = await chosen(visitor)
    assert (await decided(visitor, sheet, "allow")).status_code == 302
    again = await decided(visitor, sheet, "allow")
    assert (again.status_code, again.headers.get("location")) == (403, None)


async def test_a_form_without_ticket_or_from_another_browser_does_nothing(visitor):
    sheet = await chosen(visitor)
    before = len(visitor.world.journal.entries())
    assert (await visitor.post(visitor.link(), person="安", decision="allow")).status_code == 403
    visitor.http.cookies.set("wxsandbox_browser", "another")
    visitor.http.cookies.delete("wxsandbox_browser", domain="sandbox.test")
    assert (await decided(visitor, sheet, "allow")).status_code == 403
    assert len(visitor.world.journal.entries()) == before


async def test_a_ticket_is_for_one_link_and_one_person(visitor):
    sheet = await chosen(visitor)
    other = {"ticket": hidden(sheet, "ticket"), "person": "波", "scene": "link", "decision": "allow"}
    assert (await visitor.post(visitor.link(), **other)).status_code == 403
    assert (await decided(visitor, sheet, "allow", state="another")).status_code == 403


async def test_a_form_that_is_too_large_is_refused(visitor):
    answer = await visitor.post(visitor.link(), person="x" * 100_000)
    assert answer.status_code == 400


def test_the_oldest_of_too_many_tickets_are_void():
    tickets = Tickets(limit=2)
    first, *_, last = [tickets.issue(browser="b", subject="s") for _ in range(3)]
    assert not tickets.spend(first, browser="b", subject="s")
    assert tickets.spend(last, browser="b", subject="s")


async def test_error_pages_are_200_and_tell_the_reason_in_the_language_of_the_browser(visitor):
    shown = await visitor.open(redirect_uri="https://shop.www.example.com/")
    assert shown.status_code == 200
    assert "redirect_uri域名与后台配置不一致" in shown.text
    assert "错误码：10003" in shown.text
    assert "不包含它的子域名" in shown.text
    visitor.headers["Accept-Language"] = "en-GB,zh;q=0.5"
    english = await visitor.open(redirect_uri="https://shop.www.example.com/")
    assert "redirect_uri域名与后台配置不一致" in english.text
    assert "does not cover its subdomains" in english.text


async def test_an_error_page_has_the_title_that_wechat_on_a_computer_shows(visitor):
    assert "<title>redirect_uri 参数错误</title>" in (await visitor.open(redirect_uri="https://other.example/")).text
    assert "<title>Scope 参数错误或没有 Scope 权限</title>" in (await visitor.open(scope="SNSAPI_BASE")).text
    assert "<title>AppID 参数错误</title>" in (await visitor.open(appid="wx5a4db00000000009")).text


async def test_what_a_link_holds_is_escaped_on_the_page(visitor):
    shown = await visitor.open(redirect_uri="https://<script>alert(1)</script>.example/")
    assert shown.text.count("<script>") == 1
    assert "&lt;script&gt;alert(1)" in shown.text


async def test_the_language_can_be_changed_and_is_remembered(visitor):
    assert "拒绝" in (await chosen(visitor)).text
    toggled = await visitor.get("/sandbox/language?to=en&back=" + quote(visitor.link(), safe=""))
    assert toggled.headers["location"] == visitor.link()
    sheet = (await visitor.open()).text
    assert "Refuse</button>" in sheet
    assert "Allow</button>" in sheet
    assert '<html lang="en">' in sheet


def test_every_text_exists_in_both_languages():
    for key, words in TEXT.items():
        assert words.en.strip(), key
        assert words.zh.strip(), key


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example", "/connect", ""])
async def test_the_links_of_the_page_kit_lead_nowhere_else(visitor, back):
    answer = await visitor.get("/sandbox/inside?back=" + quote(back, safe=""))
    assert answer.headers["location"] == "/"


async def test_every_page_says_sandbox_and_the_virtual_time_and_loads_nothing_foreign(visitor):
    sheet = await chosen(visitor)
    pages = [
        sheet,
        await visitor.open(appid="x"),
        await visitor.get("/"),
        await decided(visitor, sheet, "refuse"),
        await decided(visitor, sheet, "refuse"),
    ]
    for page in pages:
        assert "SANDBOX, not WeChat · 沙箱，并非微信" in page.text
        assert "沙箱公众号" in page.text
        assert "2026-11-18 11:06:40 UTC" in page.text
        assert not re.search(r'(src|href)="(https?:)?//', page.text)
        assert page.text.count("<script") == 1
        assert re.search(r"; script-src 'sha256-[^' ]+';", policy(page))
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert policy(page).startswith("default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'")


async def test_the_policy_lets_a_form_lead_to_the_callback_of_this_link_only(visitor):
    registered = await visitor.open(redirect_uri="https://www.example.com/auth")
    assert policy(registered).endswith("form-action 'self' https://www.example.com")
    assert "http://127.0.0.1:*" in policy(await visitor.open())
    assert policy(await visitor.get("/")).endswith("form-action 'self'")


def test_an_ipv6_callback_opens_the_policy_by_its_scheme():
    assert form_action("http://[::1]:8000/auth").endswith(" http:")


async def test_no_cookie_of_the_sandbox_is_for_scripts(visitor):
    sheet = await chosen(visitor)
    for cookie in sheet.headers.get_list("set-cookie"):
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie


async def test_the_first_page_tells_how_to_point_an_app_at_the_sandbox(visitor):
    page = await visitor.get("/")
    assert "WXAUTH_SANDBOX_URL=http://sandbox.test" in page.text
    assert f"WXAUTH_APPID={visitor.world.account.appid}" in page.text


async def test_the_stylesheet_and_the_icon_are_the_sandboxs_own(visitor):
    assert (await visitor.get("/sandbox/style.css")).headers["content-type"].startswith("text/css")
    assert (await visitor.get("/sandbox/icon.svg")).headers["content-type"] == "image/svg+xml"


async def test_a_virtual_person_has_a_grey_picture_and_no_account_none(visitor):
    grey = await visitor.get(f"/mmopen/vi_32/{visitor.world.account.appid}oVirtual/0")
    assert 'width="640"' in grey.text
    assert (await visitor.get("/mmopen/vi_32/nothing/132")).status_code == 404


async def test_somebody_new_moves_in_follows_nobody_and_is_asked(visitor):
    who = await visitor.open()
    sheet = await visitor.http.post(
        visitor.link(),
        data={"ticket": hidden(who, "ticket"), "person": ""},
        headers=visitor.headers,
        follow_redirects=True,
    )
    newcomer = visitor.world.people[-1]
    assert (newcomer.name, len(visitor.world.people)) == ("新用户1", 5)
    assert newcomer.nickname in sheet.text
    assert not visitor.world.follows(newcomer, visitor.world.account.appid)
    assert visitor.world.newcomer().name == "新用户2"


async def test_nobody_moves_in_by_a_form_that_was_not_shown(visitor):
    before = visitor.world.people
    assert (await visitor.post(visitor.link(), ticket="made-up", person="")).status_code == 403
    assert visitor.world.people == before


async def test_each_person_has_a_key(visitor):
    who = (await visitor.open()).text
    keys = re.findall(r'name="person" value="([^"]*)" accesskey="(\d)"', who)
    names = [person.name for person in visitor.world.people]
    assert keys == [*((name, str(number)) for number, name in enumerate(names, 1)), ("", "0")]


@pytest.mark.parametrize(
    ("fragment", "answer"),
    [
        ("#wechat_redirect", "the link ends in #wechat_redirect"),
        ("", "the link has no #wechat_redirect"),
        ("#wechat_redirect&forcePopup=true", "parameters stand behind #"),
    ],
)
async def test_what_a_browser_says_of_the_end_of_a_link_is_in_the_journal_once(visitor, fragment, answer):
    for state in ("a", "b"):
        said = await visitor.post("/sandbox/fragment", link=visitor.link(state=state), fragment=fragment)
        assert said.status_code == 204
    assert [entry.answer for entry in visitor.world.journal.entries()] == [answer]


async def test_no_other_site_and_no_other_page_says_anything_of_a_link(visitor):
    link, headers = visitor.link(), {"Origin": "https://evil.example"}
    foreign = await visitor.http.post("/sandbox/fragment", data={"link": link, "fragment": ""}, headers=headers)
    assert foreign.status_code == 403
    await visitor.post("/sandbox/fragment", link="/elsewhere?appid=x", fragment="")
    await visitor.post("/sandbox/fragment", link="http://[", fragment="")
    assert visitor.world.journal.entries() == ()
