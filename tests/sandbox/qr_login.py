"""A website application before the sandbox, and the two devices of its QR login."""

import re
from dataclasses import dataclass
from urllib.parse import quote

import httpx2

from wxauth.sandbox.world import World

CALLBACK = "http://127.0.0.1:8000/auth"
WEBSITE = "wx5a4db00000000002"
DESKTOP = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/150", "Accept-Language": "zh-CN"}
PHONE = {"User-Agent": "Mozilla/5.0 (iPhone) MicroMessenger/8.0.60", "Accept-Language": "zh-CN"}


def qr_link(**changes: str | None) -> str:
    values = {
        "appid": WEBSITE,
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "snsapi_login",
        "state": "SBXstate",
    } | changes
    pairs = (f"{name}={quote(value, safe='')}" for name, value in values.items() if value is not None)
    return "/connect/qrconnect?" + "&".join(pairs)


@dataclass
class Devices:
    """The desktop knows nothing but the page; the phone nothing but what the QR code encodes."""

    http: httpx2.AsyncClient
    world: World
    page: httpx2.Response

    @property
    def uuid(self) -> str:
        return re.search(r'/connect/qrcode/([0-9A-Za-z]+)"', self.page.text)[1]

    @property
    def confirm(self) -> str:
        return f"/connect/confirm?uuid={self.uuid}"

    async def desktop(self, path: str) -> httpx2.Response:
        return await self.http.get(path, headers=DESKTOP)

    async def poll(self, last: str = "") -> str:
        more = f"&last={last}" if last else ""
        return (await self.desktop(f"/connect/l/qrconnect?uuid={self.uuid}{more}&_=1795000000000")).text

    async def shown(self) -> httpx2.Response:
        return await self.desktop(f"/sandbox/qr/{self.uuid}")

    async def phone(self, person: str | None = "安", decision: str | None = None) -> httpx2.Response:
        said = {} if person is None else {"X-Sandbox-Person": quote(person)}
        said |= {} if decision is None else {"X-Sandbox-Decision": decision}
        return await self.http.get(self.confirm, headers=PHONE | said)

    async def post(self, **form: str) -> httpx2.Response:
        return await self.http.post(self.confirm, data=form, headers=PHONE)


async def opened(http: httpx2.AsyncClient, world: World, **changes: str | None) -> Devices:
    return Devices(http, world, await http.get(qr_link(**changes), headers=DESKTOP))


def with_errcode(errcode: int, code: str = "") -> str:
    return f"window.wx_errcode={errcode};window.wx_code='{code}';"
