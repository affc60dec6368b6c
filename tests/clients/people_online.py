"""People who follow a site's link, with nothing but a browser: inside WeChat, or a desktop and a phone."""

import re
from collections.abc import Mapping
from urllib.parse import quote, urljoin, urlsplit

import httpx2

SITE = "http://www.example.com"
PHONE = {"User-Agent": "Mozilla/5.0 (iPhone) MicroMessenger/8.0.60", "Accept-Language": "zh-CN"}
WECOM = {"User-Agent": "Mozilla/5.0 (iPhone) wxwork/4.1.30 MicroMessenger/7.0.1", "Accept-Language": "zh-CN"}
DESKTOP = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/150", "Accept-Language": "zh-CN"}


def come_back(
    link: str, person: str, *, phone: Mapping[str, str] = PHONE, network: httpx2.BaseTransport | None = None
) -> str:
    """The callback that a person is led to who follows a link of either page and allows."""
    scans = urlsplit(link).path == "/connect/qrconnect"
    with httpx2.Client(trust_env=False, transport=network) as http:
        return _scanned(http, link, person) if scans else _followed(http, link, {**phone, **_as(person)})


def shown(link: str, person: str) -> str:
    """The page of somebody whom the link leads to no callback."""
    answer = httpx2.get(link, headers=PHONE | _as(person), follow_redirects=True, trust_env=False)
    assert answer.status_code == 200, answer.text
    return answer.text


def _as(person: str) -> dict[str, str]:
    return {"X-Sandbox-Person": quote(person)}


def _scanned(http: httpx2.Client, link: str, person: str) -> str:
    page = http.get(link, headers=DESKTOP)
    found = re.search(r'/connect/qrcode/([0-9A-Za-z]+)"', page.text)
    assert found is not None, page.text
    http.get(urljoin(link, f"/connect/confirm?uuid={found[1]}"), headers=PHONE | _as(person)).raise_for_status()
    return _followed(http, urljoin(link, f"/sandbox/qr/{found[1]}"), DESKTOP)


def _followed(http: httpx2.Client, url: str, headers: dict[str, str]) -> str:
    while not url.startswith(SITE):
        answer = http.get(url, headers=headers)
        assert answer.is_redirect, answer.text
        url = urljoin(url, answer.headers["Location"])
    return url
