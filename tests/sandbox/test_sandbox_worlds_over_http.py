"""Worlds over HTTP: many at once that see nothing of each other, and the same answers to the same calls."""

import re
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import anyio
import httpx2
from anyio.lowlevel import checkpoint
from inhabited import inhabited

from wxauth.sandbox.app import SandboxApp
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

WORLDS = 200
TICKET = re.compile(rb'name="ticket" value="[^"]+"')
"""Keeps forms from being sent by other sites, and so differs at every start."""
BROWSER = {"User-Agent": "MicroMessenger", "X-Sandbox-Person": quote("安")}


def asking(app: SandboxApp) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://127.0.0.1:8911")


async def code_of(http: httpx2.AsyncClient, appid: str) -> str:
    link = {
        "appid": appid,
        "redirect_uri": "http://127.0.0.1/auth",
        "response_type": "code",
        "scope": "snsapi_userinfo",
    }
    answer = await http.get(f"/connect/oauth2/authorize?{urlencode(link)}&connect_redirect=1", headers=BROWSER)
    return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]


async def exchanged(http: httpx2.AsyncClient, account: dict, code: str) -> dict:
    given = {"appid": account["appid"], "secret": account["secret"], "code": code, "grant_type": "authorization_code"}
    return (await http.get("/sns/oauth2/access_token", params=given)).json()


async def test_two_hundred_worlds_at_once_do_not_see_each_other():
    async with asking(SandboxApp()) as http:
        accounts = [(await http.post("/_sandbox/accounts")).json() for _ in range(WORLDS)]
        codes, grants = {}, {}

        async def sign_in(number: int) -> None:
            account = accounts[number]
            codes[number] = await code_of(http, account["appid"])
            await checkpoint()  # lets the others come in between
            grants[number] = await exchanged(http, account, codes[number])

        async with anyio.create_task_group() as together:
            for number in range(WORLDS):
                together.start_soon(sign_in, number)

        assert len({grant["openid"] for grant in grants.values()}) == WORLDS
        await http.post(f"/_sandbox/clock/advance?world={accounts[0]['appid']}", json={"hours": 3})
        for number in range(WORLDS):
            neighbour = accounts[number - 1]
            assert (await exchanged(http, neighbour, codes[number]))["errcode"] == 40029
            profile = await http.get("/sns/userinfo", params=grants[number])
            assert profile.json().get("errcode", 0) == (42001 if number == 0 else 0)
        for account in accounts:
            count = await http.get(f"/_sandbox/journal/count?world={account['appid']}")
            assert count.json() == {"count": 4}, "authorize, token, userinfo, and a neighbour's code"
        assert (await http.get("/_sandbox/journal/count")).json() == {"count": 0}


async def conversation(worlds: Worlds) -> list[tuple[int, bytes, str | None]]:
    """What a sandbox answers to one good request for every call and page, in turn."""
    asked = inhabited()
    answers = []
    async with asking(SandboxApp(worlds)) as http:
        for path, good in (*asked.calls.items(), *asked.pages.items()):
            method = "GET" if good.body is None else "POST"
            answer = await http.request(method, path, params=good.query, json=good.body, headers=BROWSER)
            said = TICKET.sub(b"", answer.content)
            answers.append((answer.status_code, said, answer.headers.get("location")))
    return answers


async def test_the_same_calls_over_http_get_the_same_answers_byte_for_byte():
    assert await conversation(inhabited().worlds) == await conversation(inhabited().worlds)


async def test_another_salt_gives_other_answers():
    def salted(salt: str) -> Worlds:
        return Worlds(World(clock=Clock(at=1_795_000_000, frozen=True), salt=salt))

    assert await conversation(salted("a")) == await conversation(salted("a"))
    assert await conversation(salted("a")) != await conversation(salted("b"))
