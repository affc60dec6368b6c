"""Every page of the sandbox, judged by axe: nothing serious or critical, in both languages, narrow and wide."""

from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from e2e_phone import DESKTOP, WECHAT, OpenBrowser
from playwright.sync_api import Page

from wxauth.sandbox.serve import Running

SIZES = {"narrow": {"width": 390, "height": 844}, "wide": {"width": 1280, "height": 800}}
CALLBACK = quote("http://127.0.0.1:9/auth", safe="")
GRAVE = ("serious", "critical")
COLOURS = {"runOnly": ["color-contrast"]}
RUN = "options => axe.run(document, {resultTypes: ['violations'], ...options})"


def link(**changes: str) -> str:
    values = {"appid": "wx5a4db00000000001", "redirect_uri": "http://127.0.0.1:9/auth", "response_type": "code"}
    values |= {"scope": "snsapi_userinfo", "state": "abcdefghijklmnop"} | changes
    pairs = (f"{name}={quote(value, safe='')}" for name, value in values.items())
    return f"/connect/oauth2/authorize?{'&'.join(pairs)}#wechat_redirect"


def opened(path: str) -> Callable[[Page, Running], None]:
    return lambda page, wechat: page.goto(wechat.url + path)


def sheet(page: Page, wechat: Running) -> None:
    page.goto(wechat.url + link())
    page.get_by_role("button", name="小明").click()


def refused(page: Page, wechat: Running) -> None:
    sheet(page, wechat)
    page.get_by_role("button", name="拒绝").or_(page.get_by_role("button", name="Refuse")).click()


def scanned(page: Page, wechat: Running) -> None:
    page.goto(f"{wechat.url}/connect/qrconnect?{QR}")
    page.goto(wechat.url + f"/connect/confirm?uuid={page.locator('[data-uuid]').get_attribute('data-uuid')}")


def phone_sheet(page: Page, wechat: Running) -> None:
    scanned(page, wechat)
    page.get_by_role("button", name="安 Ann").click()


def admin(page: Page, wechat: Running) -> None:
    code = wechat.world.platforms.pre_auth_code()
    query = f"component_appid=wx5a4db00000000005&pre_auth_code={quote(code)}&redirect_uri={CALLBACK}"
    page.goto(f"{wechat.url}/cgi-bin/componentloginpage?{query}")


def inspector(page: Page, wechat: Running) -> None:
    wechat.world.faults.once("userinfo", 45011)
    for _ in range(2):
        page.request.get(f"{wechat.url}/sns/userinfo?access_token=nonsense&openid=o123")
    wechat.world.faults.always("authorize", 10003)
    page.goto(f"{wechat.url}/_sandbox/")
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = !each.closest('.switches')")
    page.evaluate("document.querySelector('.switches details').open = true")


QR = f"appid=wx5a4db00000000002&redirect_uri={CALLBACK}&response_type=code&scope=snsapi_login&state=x"
CORP = f"login_type=CorpApp&appid=ww5a4db00000000006&agentid=1000002&redirect_uri={CALLBACK}&state=x"
PAGES: dict[str, Callable[[Page, Running], object]] = {
    "home": opened("/"),
    "who": opened(link()),
    "sheet": sheet,
    "refused": refused,
    "snapshot": opened(link(forceSnapShot="true")),
    "error": opened(link(scope="")),
    "qr": opened(f"/connect/qrconnect?{QR}"),
    "qr-who": scanned,
    "qr-sheet": phone_sheet,
    "corp": opened(f"/wwlogin/sso/login?{CORP}"),
    "corp-who": opened(link(appid="ww5a4db00000000006", scope="snsapi_base")),
    "admin": admin,
    "inspector": inspector,
    "inspector-unfit": opened("/_sandbox/?world=x"),
    "nowhere": opened("/nowhere"),
}
OUTSIDE = {"outside": opened(link()), "outside-corp": opened(link(appid="ww5a4db00000000006"))}


def violations(page: Page) -> Iterator[str]:
    """Grave ones, narrow and wide; and colours that are too close by night."""
    page.evaluate(Axe().axe_script)
    looks = (("narrow", "light", {}), ("wide", "light", {}), ("narrow", "dark", COLOURS))
    for size, scheme, options in looks:
        page.set_viewport_size(SIZES[size])
        page.emulate_media(color_scheme=scheme)
        for found in page.evaluate(RUN, options)["violations"]:
            if found["impact"] in GRAVE:
                yield f"{size}, {scheme}: {found['id']}: {[node['html'] for node in found['nodes']]}"
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            yield f"{size}: wider than the window"


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_every_page_can_be_used_by_everybody(open_browser: OpenBrowser, wechat: Running, locale: str):
    for agent, pages in ((f"{WECHAT} wxwork", PAGES), (DESKTOP, OUTSIDE)):
        browser = open_browser(locale=locale, viewport=SIZES["narrow"], user_agent=agent)
        for name, reach in pages.items():
            page = browser.tab()
            browser.context.clear_cookies()
            reach(page, wechat)
            page.wait_for_load_state()
            assert page.get_by_role("complementary", name="SANDBOX").is_visible(), name
            assert list(violations(page)) == [], name
            page.close()
        browser.complaints.clear()  # Chromium complains of each page whose status is not 200
