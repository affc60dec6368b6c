"""wechatpy, which knows nothing of the sandbox, as the server of an official account."""

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha1

import pytest
from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException

from wxauth.sandbox.accounts import numbered_account
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.serve import Running, running
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Running]:
    with running(Worlds()) as sandbox:
        yield sandbox


@pytest.fixture
def world(sandbox: Running, request: pytest.FixtureRequest) -> Iterator[World]:
    account = numbered_account(sandbox.worlds.free_number())
    clock = Clock(at=1_795_060_800.0, frozen=True)
    switches = Switches(user_get_page_size=2)
    yield (world := sandbox.worlds.add(World(accounts=[account], switches=switches, clock=clock)))
    sandbox.worlds.remove(world)


def wechatpy(sandbox: Running, world: World, **options) -> WeChatClient:
    class Sandboxed(WeChatClient):
        API_BASE_URL = f"{sandbox.url}/cgi-bin/"

        def fetch_access_token(self):
            account = {"appid": self.appid, "secret": self.secret}
            return self._fetch_access_token(
                f"{sandbox.url}/cgi-bin/token", {"grant_type": "client_credential", **account}
            )

    return Sandboxed(world.account.appid, world.account.secret, **options)


def test_wechatpy_fetches_a_token_and_asks_about_a_follower(sandbox, world):
    client = wechatpy(sandbox, world)
    person = world.person("安")
    assert client.fetch_access_token()["expires_in"] == 7200
    told = client.user.get(world.openid(person))
    assert (told["subscribe"], told["unionid"]) == (1, world.unionid(person))


def test_wechatpy_asks_about_several(sandbox, world):
    openids = [world.openid(person) for person in world.people]
    told = wechatpy(sandbox, world).user.get_batch(openids)
    assert [(entry["openid"], entry["subscribe"]) for entry in told] == list(zip(openids, (1, 0, 0, 0), strict=True))


def test_wechatpy_reads_all_followers_page_by_page(sandbox, world):
    for person in world.people:
        world.follow(person)
    client = wechatpy(sandbox, world)
    assert list(client.user.iter_followers()) == [world.openid(person) for person in world.people]
    assert len(world.journal.entries(operation="cgi-bin/user/get")) == 3


def test_wechatpy_fetches_another_token_when_its_own_was_replaced(sandbox, world):
    client, rival = wechatpy(sandbox, world), wechatpy(sandbox, world)
    client.fetch_access_token()
    rival.fetch_access_token()
    world.clock.advance(minutes=5)
    assert client.user.get_followers()["total"] == 1
    assert [entry.errcode for entry in world.journal.refusals()] == [40001]


def test_wechatpy_meets_the_refusals(sandbox, world):
    client = wechatpy(sandbox, world, auto_retry=False)
    with pytest.raises(WeChatClientException) as nobody:
        client.user.get("o")
    with pytest.raises(WeChatClientException) as unknown:
        wechatpy(sandbox, world, access_token="90_nothing", auto_retry=False).user.get_followers()
    listed = replace(numbered_account(sandbox.worlds.free_number()), ip_whitelist=("198.51.100.9",))
    sandbox.worlds.settle(listed, world)
    client.appid, client.secret = listed.appid, listed.secret
    with pytest.raises(WeChatClientException) as foreign:
        client.fetch_access_token()
    assert [refused.value.errcode for refused in (nobody, unknown, foreign)] == [40003, 40001, 40164]
    assert "invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist" in foreign.value.errmsg


def test_wechatpy_signs_a_page_with_the_ticket(sandbox, world):
    client = wechatpy(sandbox, world)
    ticket = client.jsapi.get_jsapi_ticket()
    assert ticket == client.jsapi.get_jsapi_ticket()
    signature = client.jsapi.get_jsapi_signature("SBXnonce", ticket, 1414587457, "http://127.0.0.1:8000/page")
    signed = f"jsapi_ticket={ticket}&noncestr=SBXnonce&timestamp=1414587457&url=http://127.0.0.1:8000/page"
    assert signature == sha1(signed.encode()).hexdigest()
