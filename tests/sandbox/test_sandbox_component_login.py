"""The page on which an admin lets a third-party platform act for an account."""

import re
from dataclasses import replace
from urllib.parse import parse_qs, quote, urlsplit

import httpx2
import pytest

from wxauth.sandbox.refusal import Refusal
from wxauth.sandbox.switches import Switches

CALLBACK = "http://127.0.0.1:8000/auth"
ACCOUNT, PROGRAM, PLATFORM = "wx5a4db00000000001", "wx5a4db00000000003", "wx5a4db00000000005"


def path(visitor, *, page: str = "/cgi-bin/componentloginpage", **changes: str) -> str:
    values = {"component_appid": PLATFORM, "pre_auth_code": "", "redirect_uri": CALLBACK} | changes
    values["pre_auth_code"] = values["pre_auth_code"] or visitor.world.platforms.pre_auth_code()
    return f"{page}?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in values.items())


async def agree(visitor, link: str, appid: str = ACCOUNT, **headers: str) -> httpx2.Response:
    return await visitor.http.get(link, headers={"X-Sandbox-Account": appid, **headers})


def buttons(html: str) -> list[str]:
    return re.findall(r'name="account" value="([^"]+)"', html)


def ticket(html: str) -> str:
    return re.findall(r'name="ticket" value="([^"]+)"', html)[0]


def granted(visitor, appid: str = ACCOUNT) -> bool:
    try:
        visitor.world.platforms.authorization(visitor.world.platforms.named(), appid)
    except Refusal:
        return False
    return True


def sent_back(answer: httpx2.Response) -> dict[str, str]:
    assert answer.status_code == 302, answer.text
    assert answer.headers["location"].startswith(CALLBACK)
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


async def test_an_admin_agrees_with_one_click_and_the_platform_gets_an_auth_code(visitor):
    link = path(visitor)
    shown = await visitor.get(link)
    assert buttons(shown.text) == [ACCOUNT, PROGRAM]
    told = sent_back(await visitor.post(link, ticket=ticket(shown.text), account=ACCOUNT))
    assert list(told) == ["auth_code", "expires_in"]
    assert (told["expires_in"], granted(visitor), granted(visitor, PROGRAM)) == ("3600", True, False)
    platform = visitor.world.platforms.named()
    assert visitor.world.platforms.redeem(platform, told["auth_code"]).appid == ACCOUNT


async def test_a_header_agrees_without_a_page_on_both_addresses(visitor):
    for page, appid in (("/cgi-bin/componentloginpage", ACCOUNT), ("/safe/bindcomponent", PROGRAM)):
        assert "auth_code" in sent_back(await agree(visitor, path(visitor, page=page), appid))
        assert granted(visitor, appid)


async def test_expires_in_is_sent_by_a_switch(visitor):
    visitor.world.switches = Switches(component_login_expires_in=False)
    assert list(sent_back(await agree(visitor, path(visitor)))) == ["auth_code"]


async def test_the_callback_keeps_its_own_query_and_fragment(visitor):
    answer = await agree(visitor, path(visitor, redirect_uri=f"{CALLBACK}?tenant=7#done"))
    assert re.fullmatch(
        re.escape(CALLBACK) + r"\?tenant=7&auth_code=[^&#]+&expires_in=3600#done", answer.headers["location"]
    )


async def test_who_refuses_calls_nothing_back(visitor):
    link = path(visitor)
    shown = await visitor.get(link)
    by_click = await visitor.post(link, ticket=ticket(shown.text))
    by_header = await agree(visitor, path(visitor), **{"X-Sandbox-Decision": "refuse"})
    for answer in (by_click, by_header):
        assert (answer.status_code, "location" in answer.headers, granted(visitor)) == (200, False, False)
    assert [entry.answer for entry in visitor.world.journal.entries()] == ["shows the accounts", "refused", "refused"]


async def test_a_form_counts_once_and_in_its_own_browser_only(visitor):
    link = path(visitor)
    html = (await visitor.get(link)).text
    cookies = dict(visitor.http.cookies)
    visitor.http.cookies.clear()
    assert (await visitor.post(link, ticket=ticket(html), account=ACCOUNT)).status_code == 403
    visitor.http.cookies.update(cookies)
    assert (await visitor.post(link, ticket="x", account=ACCOUNT)).status_code == 403
    assert (await visitor.post(link, ticket=ticket(html), account=ACCOUNT)).status_code == 302
    assert (await visitor.post(link, ticket=ticket(html), account=ACCOUNT)).status_code == 403


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"component_appid": "wx5a4db0ffffffffff"}, "component_appid is no platform"),
        ({"component_appid": ACCOUNT}, "component_appid is no platform"),
        ({"pre_auth_code": "preauthcode@@@nothing-of-the-sort"}, "has no pre_auth_code"),
        ({"redirect_uri": "https://elsewhere.example/x"}, "redirect_uri points to elsewhere.example"),
        ({"redirect_uri": "javascript:alert(1)"}, "not an http"),
        ({"auth_type": "9"}, "auth_type has to be 1, 2 or 3"),
        ({"biz_appid": "wx5a4db00000000002"}, "no account here can be asked"),
    ],
)
async def test_a_wrong_link_shows_a_page_and_says_why(visitor, changes, why):
    answer = await agree(visitor, path(visitor, **changes), **{"Accept-Language": "en"})
    assert (answer.status_code, "location" in answer.headers) == (200, False)
    assert why in answer.text.replace("&#39;", "'")
    assert why in str(visitor.world.journal.refusals()[-1].reason)


async def test_a_pre_auth_code_is_used_up_by_the_admin_and_lives_30_minutes(visitor):
    link, late = path(visitor), path(visitor)
    await visitor.get(link)
    sent_back(await agree(visitor, link))
    assert (await agree(visitor, link)).status_code == 200
    visitor.world.clock.advance(minutes=30)
    assert "已过期" in (await visitor.get(late)).text


@pytest.mark.parametrize(
    ("given", "offered"),
    [
        ({"auth_type": "1"}, [ACCOUNT]),
        ({"auth_type": "2"}, [PROGRAM]),
        ({"auth_type": "3"}, [ACCOUNT, PROGRAM]),
        ({"biz_appid": PROGRAM}, [PROGRAM]),
    ],
)
async def test_the_link_says_who_is_asked(visitor, given, offered):
    link = path(visitor, **given)
    assert buttons((await visitor.get(link)).text) == offered
    for appid in (ACCOUNT, PROGRAM):
        if appid not in offered:
            assert (await agree(visitor, link, appid)).status_code == 200
            assert not granted(visitor, appid)


async def test_a_decision_that_is_none_is_400(visitor):
    answer = await agree(visitor, path(visitor), **{"X-Sandbox-Decision": "perhaps"})
    assert (answer.status_code, granted(visitor)) == (400, False)


async def test_the_page_comes_in_english_and_its_language_link_leads_back(visitor):
    link = path(visitor)
    shown = await visitor.get(link, Accept_Language="en")
    assert "asks to act for your account" in shown.text
    other = re.findall(r'href="(/sandbox/language[^"]+)"', shown.text)[0].replace("&amp;", "&")
    back = (await visitor.get(other)).headers["location"]
    assert back.startswith("/cgi-bin/componentloginpage?")


# People sign in through the platform


def through(visitor, **changes: str | None) -> dict[str, str | None]:
    return {"scope": "snsapi_userinfo", "connect_redirect": None, "component_appid": PLATFORM} | changes


async def opened(visitor, **changes: str | None) -> httpx2.Response:
    answer = await visitor.open(person="安", **through(visitor), **changes)
    assert answer.status_code == 301
    return await visitor.get(answer.headers["location"], X_Sandbox_Person=quote("安"))


async def test_an_account_that_did_not_agree_shows_10015(visitor):
    answer = await opened(visitor)
    assert "公众号未授权第三方平台，请检查授权状态" in answer.text
    assert "10015" in answer.text
    assert "componentloginpage" in str(visitor.world.journal.refusals()[-1].reason)


async def test_the_callback_of_a_platform_ends_with_the_appid(visitor):
    visitor.world.platforms.authorize(visitor.world.account)
    answer = await opened(visitor)
    assert re.fullmatch(
        re.escape(CALLBACK) + rf"\?code=[0-9A-Za-z]{{32}}&state=SBXstate&appid={ACCOUNT}", answer.headers["location"]
    )
    assert not visitor.world.journal.entries()[-1].reason.en.endswith("component_appid")


async def test_parameters_in_another_order_are_noted_or_refused(visitor):
    visitor.world.platforms.authorize(visitor.world.account)
    link = visitor.link(**through(visitor, connect_redirect="1")).replace(
        "?appid", f"?component_appid={PLATFORM}&appid"
    )
    answer = await visitor.get(link, X_Sandbox_Person=quote("安"))
    assert answer.status_code == 302
    assert "not in the order" in visitor.world.journal.entries()[-1].reason.en
    visitor.world.switches = Switches(authorize_strict_order=True)
    assert "该链接无法访问" in (await visitor.get(link, X_Sandbox_Person=quote("安"))).text


async def test_the_callback_domain_is_that_of_the_platform_not_of_the_account(visitor):
    world = visitor.world
    world.platforms.authorize(world.account)
    domains = {ACCOUNT: ("account.example",), PLATFORM: ("platform.example",)}
    world.accounts = tuple(
        replace(account, callback_domains=domains.get(account.appid, account.callback_domains))
        for account in world.accounts
    )
    good = await visitor.open(
        person="安", **through(visitor, connect_redirect="1", redirect_uri="https://platform.example/x")
    )
    bad = await visitor.open(
        person="安", **through(visitor, connect_redirect="1", redirect_uri="https://account.example/x")
    )
    assert (good.status_code, "10003" in bad.text) == (302, True)


async def test_a_platform_may_send_several_scopes_and_the_widest_counts(visitor):
    visitor.world.platforms.authorize(visitor.world.account)
    answer = await visitor.open(
        person="波", **through(visitor, connect_redirect="1", scope="snsapi_base,snsapi_userinfo")
    )
    code = parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]
    assert (await visitor.exchange(code))["scope"] == "snsapi_userinfo"
    alone = await visitor.open(person="波", scope="snsapi_base,snsapi_userinfo")
    wrong = await visitor.open(person="波", **through(visitor, connect_redirect="1", scope="snsapi_base,x"))
    assert ["10005" in answer.text for answer in (alone, wrong)] == [True, True]


@pytest.mark.parametrize(("switch", "location"), [(False, None), (True, f"{CALLBACK}?state=SBXstate")])
async def test_a_refusal_is_called_back_with_the_state_alone_by_a_switch(visitor, switch, location):
    visitor.world.switches = Switches(component_denial_callback=switch)
    visitor.world.platforms.authorize(visitor.world.account)
    refused = {"X-Sandbox-Decision": "refuse"}
    answer = await visitor.open(person="波", headers=refused, **through(visitor, connect_redirect="1"))
    own = await visitor.open(person="波", headers=refused)
    assert (answer.headers.get("location"), own.headers.get("location")) == (location, None)


async def test_a_platform_is_no_account_to_sign_in_to(visitor):
    answer = await visitor.open(person="安", appid=PLATFORM)
    assert "10016" in answer.text
    assert "component_appid" in visitor.world.journal.refusals()[-1].reason.en


async def test_a_component_appid_that_is_none_shows_a_page(visitor):
    answer = await visitor.open(person="安", **through(visitor, connect_redirect="1", component_appid=ACCOUNT))
    assert "该链接无法访问" in answer.text
