"""The QR login of a website over HTTP: the desktop's page, the phone's page, and the sign-in that comes of it."""

import re
from html import unescape
from urllib.parse import parse_qs, quote, urlsplit

import httpx2
import pytest
from qr_login import CALLBACK, DESKTOP, PHONE, WEBSITE, Devices, opened, qr_link

from wxauth.sandbox.accounts import AccountKind
from wxauth.sandbox.app import SandboxApp
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.scans import Stage
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

SECRET = "5a4db000000000000000000000000002"
TEXTS = {
    "wx_default_tip": ("请使用微信扫描二维码登录", "“沙箱网站”"),
    "wx_after_scan": ("扫描成功", "请在微信中点击确认即可登录"),
    "wx_after_cancel": ("您已取消此次登录", "您可再次扫描登录，或关闭窗口"),
}


@pytest.fixture
async def devices(visitor) -> Devices:
    return await opened(visitor.http, visitor.world)


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page.text)[1]


def tip(page):
    """The id of the one text that is seen."""
    (seen,) = re.findall(r'<div class="status" id="(\w+)">', page.text)
    return seen


def title(page):
    return unescape(re.search(r"<h1[^>]*>(.*?)</h1>", page.text)[1])


async def sheet_of(devices, person="安"):
    who = await devices.phone(person=None)
    await devices.post(person=person, ticket=hidden(who, "ticket"))
    return await devices.phone(person=None)


async def decide(devices, sheet, step):
    return await devices.post(step=step, person=hidden(sheet, "person"), ticket=hidden(sheet, "ticket"))


def test_the_website_of_every_sandbox_is_bound_like_the_first_account(world):
    website = world.account_of(WEBSITE)
    assert (website.secret, website.kind, website.bound) == (SECRET, AccountKind.WEBSITE, True)
    assert len(website.secret) == 32


async def test_a_confirmed_sign_in_gives_a_profile_and_the_unionid_of_the_official_account(devices, visitor):
    await devices.phone("安")
    back = await devices.shown()
    query = parse_qs(urlsplit(back.headers["location"]).query)
    assert back.status_code == 302
    assert query["state"] == ["SBXstate"]
    grant = await visitor.exchange(query["code"][0], appid=WEBSITE, secret=SECRET)
    profile = await visitor.sns("userinfo", access_token=grant["access_token"], openid=grant["openid"])
    ann, world = visitor.world.person("安"), visitor.world
    assert grant["scope"] == "snsapi_login"
    assert grant["openid"] == profile["openid"] == world.openid(ann, WEBSITE) != world.openid(ann)
    assert grant["unionid"] == profile["unionid"] == world.unionid(ann)
    assert profile["nickname"] == "安 Ann"
    assert (await visitor.sns("auth", access_token=grant["access_token"], openid=grant["openid"]))["errcode"] == 0
    refreshed = await visitor.sns(
        "oauth2/refresh_token", appid=WEBSITE, grant_type="refresh_token", refresh_token=grant["refresh_token"]
    )
    assert refreshed["scope"] == "snsapi_login"


async def confirmed_code(devices):
    await devices.phone("安")
    return devices.world.scans.latest().code


async def test_the_code_of_a_website_lives_ten_minutes(devices, visitor):
    code = await confirmed_code(devices)
    visitor.world.clock.advance(seconds=599)
    assert "access_token" in await visitor.exchange(code, appid=WEBSITE, secret=SECRET)
    late = await confirmed_code(await opened(visitor.http, visitor.world))
    visitor.world.clock.advance(seconds=600)
    assert (await visitor.exchange(late, appid=WEBSITE, secret=SECRET))["errcode"] == 40029
    assert "lives 10 min" in str(visitor.world.journal.refusals()[-1].reason)


async def test_the_code_of_a_website_is_redeemed_once(devices, visitor):
    code = await confirmed_code(devices)
    await visitor.exchange(code, appid=WEBSITE, secret=SECRET)
    assert (await visitor.exchange(code, appid=WEBSITE, secret=SECRET))["errcode"] == 40163


async def test_the_code_of_a_website_is_not_the_official_accounts(devices, visitor):
    assert (await visitor.exchange(await confirmed_code(devices)))["errcode"] == 40029


async def test_the_page_shows_each_stage_in_wechats_words(devices):
    assert tip(devices.page) == "wx_default_tip"
    for decision, shown in (("scan", "wx_after_scan"), ("refuse", "wx_after_cancel"), ("scan", "wx_after_scan")):
        await devices.phone(decision=decision)
        assert tip(await devices.shown()) == shown
    for part in TEXTS.values():
        assert all(text in devices.page.text for text in part)


async def test_the_page_goes_on_without_javascript_by_asking_again(devices):
    assert f'<noscript><meta http-equiv="refresh" content="3; url=/sandbox/qr/{devices.uuid}"' in devices.page.text


async def test_an_expired_page_leads_to_a_new_qr_code_of_the_same_link(devices, visitor):
    visitor.world.clock.advance(minutes=5)
    again = await devices.shown()
    assert again.headers["location"] == qr_link()
    fresh = await devices.desktop(again.headers["location"])
    assert devices.uuid not in fresh.text


async def test_a_refusal_calls_nothing_back_and_may_be_scanned_again(devices, visitor):
    refused = await devices.phone(decision="refuse")
    assert "已取消登录" in refused.text
    assert (await devices.shown()).status_code == 200
    await devices.phone("波", decision="allow")
    code = parse_qs(urlsplit((await devices.shown()).headers["location"]).query)["code"][0]
    grant = await visitor.exchange(code, appid=WEBSITE, secret=SECRET)
    assert grant["openid"] == visitor.world.openid(visitor.world.person("波"), WEBSITE)


@pytest.mark.parametrize(("state", "location"), [("a", f"{CALLBACK}?state=a"), (None, CALLBACK)])
async def test_by_switch_a_refusal_goes_back_with_the_state_alone(state, location):
    world = World(clock=Clock(at=0, frozen=True), switches=Switches(website_denial_callback=True))
    transport = httpx2.ASGITransport(app=SandboxApp(Worlds(world)))
    async with httpx2.AsyncClient(transport=transport, base_url="http://sandbox.test") as http:
        devices = await opened(http, world, state=state)
        assert "data-refusal-goes-on" in devices.page.text
        await devices.phone(decision="refuse")
        assert (await devices.shown()).headers["location"] == location


async def test_a_person_with_a_phone_scans_sees_the_sheet_and_confirms(devices):
    who = await devices.phone(person=None)
    assert "用沙箱微信扫描" in who.text
    assert 'type="radio"' not in who.text
    assert devices.world.scans.stage(devices.world.scans.latest()) is Stage.WAITING
    sheet = await sheet_of(devices)
    assert "确认登录" in sheet.text
    assert tip(await devices.shown()) == "wx_after_scan"
    done = await decide(devices, sheet, "allow")
    assert "请回到电脑上继续" in done.text
    assert (await devices.shown()).status_code == 302


async def test_a_person_with_a_phone_cancels_and_scans_again(devices):
    cancelled = await decide(devices, await sheet_of(devices), "refuse")
    assert "已取消登录" in cancelled.text
    assert devices.confirm in unescape(cancelled.text)
    again = await devices.phone(person=None)
    await decide(devices, again, "allow")
    assert (await devices.shown()).status_code == 302


async def test_a_form_counts_once(devices):
    sheet = await sheet_of(devices)
    await decide(devices, sheet, "refuse")
    assert (await decide(devices, sheet, "allow")).status_code == 403


async def test_a_form_counts_only_from_the_browser_that_was_shown_it(devices):
    """Another site's page may post, but holds neither the ticket nor the cookie."""
    sheet = await sheet_of(devices)
    devices.http.cookies.clear()
    assert (await decide(devices, sheet, "allow")).status_code == 403
    assert devices.world.scans.stage(devices.world.scans.latest()) is Stage.SCANNED


async def test_a_form_counts_only_for_its_own_qr_code(devices, visitor):
    sheet = await sheet_of(devices)
    other = await opened(visitor.http, visitor.world)
    await other.phone(decision="scan")
    assert (await decide(other, sheet, "allow")).status_code == 403


async def test_somebody_who_was_overtaken_by_another_scan_cannot_confirm(devices):
    sheet = await sheet_of(devices, "安")
    await devices.phone("波", decision="scan")
    overtaken = await decide(devices, sheet, "allow")
    assert "重新扫描" in overtaken.text
    assert tip(await devices.shown()) == "wx_after_scan"


@pytest.mark.parametrize("late", ["expired", "confirmed", "unknown"])
async def test_the_phone_is_told_why_a_qr_code_is_of_no_use(devices, visitor, late):
    if late == "expired":
        visitor.world.clock.advance(minutes=5)
    elif late == "confirmed":
        await devices.phone()
    uuid = "0" * 16 if late == "unknown" else devices.uuid
    page = await visitor.get(f"/connect/confirm?uuid={uuid}", X_Sandbox_Person=quote("安"))
    assert title(page) == "该链接无法访问"
    assert {"expired": "已过期", "confirmed": "已确认过", "unknown": "没有这个 uuid"}[late] in page.text
    assert visitor.world.journal.refusals()[-1].operation == "qr.confirm"


async def test_the_phones_page_opens_in_wechat_only_and_nothing_is_scanned_elsewhere(devices):
    page = await devices.desktop(devices.confirm)
    assert "请在微信客户端打开链接" in page.text
    assert tip(await devices.shown()) == "wx_default_tip"
    enter = await devices.desktop(f"/sandbox/inside?back={quote(devices.confirm, safe='')}")
    assert enter.headers["location"] == devices.confirm


async def test_a_headless_phone_is_told_whom_it_may_be_and_what_it_may_decide(devices):
    nobody, unclear = await devices.phone("Zed"), await devices.phone("安", decision="maybe")
    assert (nobody.status_code, unclear.status_code) == (400, 400)
    assert "José" in nobody.text
    assert "scan, allow, refuse" in unclear.text


@pytest.mark.parametrize(
    ("changes", "text", "reason"),
    [
        ({"redirect_uri": "https://evil.example/"}, "redirect_uri 参数错误", "www.example.com"),
        ({"redirect_uri": "https://example.com/"}, "redirect_uri 参数错误", "只差 www."),
        ({"redirect_uri": None}, "redirect_uri 参数错误", "没有 redirect_uri"),
        ({"scope": "snsapi_userinfo"}, "Scope 参数错误或没有 Scope 权限", "snsapi_login"),
        ({"scope": None}, "Scope 参数错误或没有 Scope 权限", "没有 scope"),
        ({"appid": "wx5a4db00000000001"}, "Scope 参数错误或没有 Scope 权限", "网站应用"),
        ({"appid": "wx5a4db00000000009"}, "AppID 参数错误", "最接近"),
        ({"appid": None}, "AppID 参数错误", "没有 appid"),
        ({"response_type": "token"}, "该链接无法访问", "response_type"),
    ],
    ids=["domain", "www", "no uri", "scope", "no scope", "official account", "unknown", "no appid", "response_type"],
)
async def test_a_wrong_link_shows_wechats_page_and_the_reason(visitor, changes, text, reason):
    page = (await opened(visitor.http, visitor.world, **changes)).page
    assert (page.status_code, title(page)) == (200, text)
    assert reason in page.text
    assert "错误码" not in page.text
    assert visitor.world.journal.refusals()[-1].operation == "qrconnect"
    assert len(visitor.world.scans) == 0


async def test_the_link_of_wxlogin_js_is_accepted_as_that_script_writes_it(visitor):
    link = (
        f"/connect/qrconnect?appid={WEBSITE}&scope=snsapi_login&redirect_uri={CALLBACK}?from=a&state=1&login_type=jssdk"
        "&self_redirect=true&styletype=&sizetype=&bgcolor=&rst=&style=black&href=&stylelite=0&fast_login=0"
        "&color_scheme=auto&lang=en"
    )
    page = await visitor.http.get(link, headers=DESKTOP)
    assert "data-self-redirect" in page.text
    assert "Scan the QR code with WeChat" in page.text
    assert visitor.world.scans.latest().redirect_uri == f"{CALLBACK}?from=a"


async def test_a_callback_keeps_its_query_and_its_fragment(visitor):
    devices = await opened(visitor.http, visitor.world, redirect_uri=f"{CALLBACK}?a=1#/x")
    code = await confirmed_code(devices)
    assert (await devices.shown()).headers["location"] == f"{CALLBACK}?a=1&code={code}&state=SBXstate#/x"


async def test_a_site_may_bring_its_own_stylesheet_but_not_with_stylelite(visitor):
    own = (await opened(visitor.http, visitor.world, href="https://www.example.com/qr.css")).page
    assert '<link rel="stylesheet" href="https://www.example.com/qr.css">' in own.text
    assert "style-src 'self' https://www.example.com;" in own.headers["content-security-policy"]
    for changes in (
        {"stylelite": "1", "href": "https://www.example.com/qr.css"},
        {"href": "javascript:alert(1)"},
        {"href": "https://a.example;script-src 'unsafe-inline'/x.css"},
    ):
        page = (await opened(visitor.http, visitor.world, **changes)).page
        assert page.text.count('rel="stylesheet"') == 1
        assert "style-src 'self';" in page.headers["content-security-policy"]


async def test_the_page_may_be_framed_and_runs_its_one_script_only(devices):
    policy = devices.page.headers["content-security-policy"]
    assert "frame-ancestors *" in policy
    assert re.search(r"script-src( 'sha256-[^' ]+'){2};", policy)
    assert "unsafe" not in policy


async def test_the_picture_is_a_png_of_what_the_phone_opens(devices, visitor):
    picture = await devices.desktop(f"/connect/qrcode/{devices.uuid}")
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    assert (await devices.desktop("/connect/qrcode/0000000000000000")).status_code == 404
    assert (await devices.desktop("/sandbox/qr/0000000000000000")).status_code == 404


async def test_the_page_data_as_xml_names_the_uuid(visitor):
    answer = await visitor.http.get(f"{qr_link()}&f=xml", headers=DESKTOP)
    assert answer.headers["content-type"].startswith("text/xml")
    assert f"<uuid>{visitor.world.scans.latest().uuid}</uuid>" in answer.text


async def test_the_journal_tells_the_whole_sign_in_without_uuid_state_or_code(devices, visitor):
    code = await confirmed_code(devices)
    told = [(entry.operation, entry.answer) for entry in visitor.world.journal.entries()]
    shown = f"QR code …{devices.uuid[-4:]}"
    assert told == [
        ("qrconnect", shown),
        ("qr.confirm", f"scan: {shown} is scanned"),
        ("qr.confirm", f"allow: {shown} is confirmed"),
    ]
    everything = repr(visitor.world.journal.entries())
    assert not [secret for secret in (devices.uuid, code, "SBXstate") if secret in everything]


async def test_qr_codes_of_one_world_are_found_among_many(visitor):
    from wxauth.sandbox.accounts import numbered_website

    for number in range(0x20, 0x28):
        visitor.worlds.add(World(accounts=[numbered_website(number)], clock=Clock(at=0, frozen=True)))
    devices = await opened(visitor.http, visitor.world, appid="wx5a4db00000000025")
    await devices.phone()
    world = visitor.worlds.of_appid("wx5a4db00000000025")
    assert world.scans.latest().stage is Stage.CONFIRMED
    assert len(visitor.world.scans) == 0
    assert (await visitor.http.get(devices.confirm, headers=PHONE)).status_code == 200
