"""A sandbox in process, its clock standing still."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, urlsplit

import httpx2
import pytest

from wxauth.sandbox.app import SandboxApp
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

NOON = 1_795_000_000.0
WECHAT = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.60"
CALLBACK = "http://127.0.0.1:8000/auth"


@dataclass
class Visitor:
    """One browser before one sandbox; what it sends is a matter of the headers."""

    worlds: Worlds
    http: httpx2.AsyncClient
    headers: dict[str, str] = field(default_factory=lambda: {"User-Agent": WECHAT, "Accept-Language": "zh-CN"})

    @property
    def world(self) -> World:
        return self.worlds.default

    def link(self, **changes: str | None) -> str:
        values = {
            "appid": self.world.account.appid,
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "snsapi_userinfo",
            "state": "SBXstate",
            "connect_redirect": "1",
        } | changes
        pairs = (f"{name}={quote(value, safe='')}" for name, value in values.items() if value is not None)
        return "/connect/oauth2/authorize?" + "&".join(pairs)

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.get(path, headers=self.headers | names)

    async def open(self, *, person: str | None = None, headers: dict[str, str] | None = None, **changes: str | None):
        said = {} if person is None else {"X-Sandbox-Person": quote(person)}
        return await self.http.get(self.link(**changes), headers=self.headers | said | (headers or {}))

    async def post(self, path: str, **form: str) -> httpx2.Response:
        return await self.http.post(path, data=form, headers=self.headers)

    async def code(self, *, person: str = "安", **changes: str | None) -> str:
        """The code of a headless sign-in."""
        answer = await self.open(person=person, **changes)
        assert answer.status_code == 302, answer.text
        return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]

    async def sns(self, path: str, **parameters: str) -> dict:
        answer = await self.http.get(f"/sns/{path}", params=parameters)
        assert answer.status_code == 200
        return answer.json()

    async def exchange(self, code: str, **changes: str) -> dict:
        account = self.world.account
        values = {"appid": account.appid, "secret": account.secret, "code": code, "grant_type": "authorization_code"}
        return await self.sns("oauth2/access_token", **values | changes)

    async def granted(self, **changes: str) -> dict:
        return await self.exchange(await self.code(**changes))


@pytest.fixture
def world() -> World:
    return World(clock=Clock(at=NOON, frozen=True))


@pytest.fixture
def worlds(world: World) -> Worlds:
    return Worlds(world)


@pytest.fixture
async def visitor(worlds: Worlds) -> AsyncIterator[Visitor]:
    transport = httpx2.ASGITransport(app=SandboxApp(worlds))
    async with httpx2.AsyncClient(transport=transport, base_url="http://sandbox.test") as http:
        yield Visitor(worlds, http)
