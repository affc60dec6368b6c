"""The lint report: each rule is broken by what it is about and by nothing else."""

from collections.abc import Awaitable, Callable
from urllib.parse import quote

import pytest

from wxauth.sandbox.accounts import Account, AccountKind
from wxauth.sandbox.lint import Linted, Severity, lint
from wxauth.sandbox.lint_rules import RULES
from wxauth.sandbox.world import World

STATE = "SBXstateSBXstateSBXstate"
SITE = "https://www.example.com/auth"
GOOD = {"redirect_uri": SITE, "state": STATE}
"""What a link says where a rule is not about it."""


async def seen(visitor, fragment: str = "#wechat_redirect", **link) -> None:
    """What the page's script reports."""
    await visitor.post("/sandbox/fragment", link=visitor.link(**GOOD | link), fragment=fragment)


async def good_sign_in(visitor, **link) -> dict:
    await seen(visitor)
    grant = await visitor.granted(**GOOD | link)
    await visitor.sns("userinfo", access_token=grant["access_token"], openid=grant["openid"])
    return grant


def findings(world: World) -> dict[str, int]:
    """Rule -> how often, over all clients."""
    return {finding.rule: finding.count for linted in world.lint() for finding in linted.findings}


async def link_with(visitor, **changes) -> None:
    await seen(visitor)
    await visitor.open(person="安", **GOOD | changes)


async def raw_link(visitor, query: str) -> None:
    await seen(visitor)
    await visitor.get(f"/connect/oauth2/authorize?{query}&connect_redirect=1")


def pairs(**changes: str | None) -> str:
    given = {"appid": "wx5a4db00000000001", "redirect_uri": SITE, "response_type": "code", "scope": "snsapi_base"}
    given |= {"state": STATE} | changes
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in given.items() if value is not None)


async def base_profile(visitor) -> None:
    await good_sign_in(visitor, scope="snsapi_base")


async def code_twice(visitor) -> None:
    await seen(visitor)
    code = await visitor.code(**GOOD)
    await visitor.exchange(code)
    await visitor.exchange(code)


async def own_token_for_people(visitor) -> None:
    token = visitor.world.credentials.token(visitor.world.account.appid, now=visitor.world.clock.now()).value
    await visitor.sns("userinfo", access_token=token, openid=visitor.world.openid(visitor.world.people[0]))


async def persons_token_for_the_account(visitor) -> None:
    grant = await good_sign_in(visitor)
    await visitor.http.get("/cgi-bin/user/info", params={"access_token": grant["access_token"], "openid": "o"})


async def never_refreshes(visitor) -> None:
    grant = await good_sign_in(visitor)
    visitor.world.clock.advance(hours=3)
    await visitor.sns("userinfo", access_token=grant["access_token"], openid=grant["openid"])


async def keeps_no_token(visitor) -> None:
    for _ in range(3):
        await own_token(visitor)


async def own_token(visitor) -> None:
    account = visitor.world.account
    query = f"grant_type=client_credential&appid={account.appid}&secret={account.secret}"
    assert "access_token" in (await visitor.http.get(f"/cgi-bin/token?{query}")).json()


async def from_a_browser(visitor) -> None:
    await seen(visitor)
    visitor.http.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64)"
    await visitor.exchange(await visitor.code(**GOOD))


async def state_again(visitor) -> None:
    await seen(visitor)
    for _ in range(3):
        await visitor.code(**GOOD)


async def no_script(visitor) -> None:
    await visitor.open(person="安", **GOOD)


Broken = Callable[..., Awaitable[object]]
BROKEN: dict[str, tuple[Broken, int]] = {
    "redirect-uri-encoded-twice": (lambda v: link_with(v, redirect_uri=quote(SITE, safe="")), 1),
    "redirect-uri-domain": (lambda v: link_with(v, redirect_uri="https://shop.www.example.com/"), 1),
    "scope-not-granted": (lambda v: link_with(v, scope="snsapi_login"), 1),
    "state-too-long": (lambda v: link_with(v, state="a" * 129), 1),
    "secret-in-link": (lambda v: raw_link(v, pairs(secret="hush")), 1),
    "redirect-uri-unencoded": (lambda v: raw_link(v, pairs().replace(quote(SITE, safe=""), SITE)), 1),
    "redirect-uri-http": (lambda v: link_with(v, redirect_uri="http://www.example.com/auth"), 1),
    "redirect-uri-loopback": (lambda v: link_with(v, redirect_uri="http://127.0.0.1:8000/auth"), 1),
    "parameter-order": (lambda v: raw_link(v, f"state={STATE}&{pairs(state=None)}"), 1),
    "parameter-case": (lambda v: raw_link(v, pairs(forcepopup="true")), 1),
    "parameter-repeated": (lambda v: raw_link(v, f"{pairs()}&scope=snsapi_base"), 1),
    "parameter-unknown": (lambda v: raw_link(v, pairs(next="home")), 1),
    "state-missing": (lambda v: link_with(v, state=None), 1),
    "state-reused": (state_again, 2),
    "state-guessable": (lambda v: link_with(v, state="123"), 1),
    "state-characters": (lambda v: link_with(v, state="SBX_state_SBX_state"), 1),
    "fragment-parameters": (lambda v: seen(v, "#wechat_redirect&forcePopup=true"), 1),
    "fragment-missing": (lambda v: seen(v, ""), 1),
    "fragment-unknown": (no_script, 1),
    "link-refused": (lambda v: link_with(v, scope=""), 1),
    "code-redeemed-twice": (code_twice, 1),
    "profile-with-base-token": (base_profile, 1),
    "token-of-another-family": (own_token_for_people, 1),
    "credentials-refused": (lambda v: v.exchange("x", secret="wrong" * 8), 1),
    "call-malformed": (lambda v: v.exchange("x", grant_type="code"), 1),
    "secret-from-browser": (from_a_browser, 1),
    "token-not-kept": (keeps_no_token, 2),
    "refresh-never-used": (never_refreshes, 1),
    "call-refused": (lambda v: v.exchange("made-up-code"), 1),
}


def test_every_rule_is_tried_here():
    assert list(BROKEN) == [rule.name for rule in RULES]


@pytest.mark.parametrize("rule", BROKEN)
async def test_a_rule_is_broken_by_what_it_is_about_and_no_other_with_it(visitor, rule):
    act, times = BROKEN[rule]
    await act(visitor)
    assert findings(visitor.world) == {rule: times}


async def test_a_persons_token_in_place_of_the_accounts_own_is_the_same_mix_up(visitor):
    await persons_token_for_the_account(visitor)
    assert findings(visitor.world) == {"token-of-another-family": 1}


async def test_who_does_all_well_hears_nothing(visitor):
    grant = await good_sign_in(visitor)
    await own_token(visitor)
    visitor.world.clock.advance(hours=3)
    await visitor.sns("userinfo", access_token=grant["access_token"], openid=grant["openid"])
    appid = visitor.world.account.appid
    refresh = {"appid": appid, "grant_type": "refresh_token", "refresh_token": grant["refresh_token"]}
    assert "openid" in await visitor.sns("oauth2/refresh_token", **refresh)
    await own_token(visitor)
    links, calls = visitor.world.lint()
    assert (links.appid, links.client, links.findings) == (appid, "links", ())
    assert (calls.appid, calls.client, calls.exchanges, calls.findings) == (appid, "python-httpx2", 6, ())


async def test_what_a_fault_did_is_nobodys_fault(visitor):
    visitor.world.faults.always("token", 40125)
    await good_sign_in_fails(visitor)
    assert findings(visitor.world) == {}


async def good_sign_in_fails(visitor) -> None:
    await seen(visitor)
    assert (await visitor.granted(**GOOD))["errcode"] == 40125


async def test_a_visit_in_several_steps_is_one_link(visitor):
    await seen(visitor)
    short = GOOD | {"state": "123", "connect_redirect": None}
    await visitor.open(**short)
    await visitor.open(**short | {"connect_redirect": "1"})
    await visitor.open(person="安", **short | {"connect_redirect": "1"})
    assert findings(visitor.world) == {"state-guessable": 1}


async def test_each_software_is_a_client_and_a_call_without_an_appid_counts_for_the_account_of_its_openid(visitor):
    site = Account(appid="wx5a4db000000000f1", secret="5a4db0" + "0" * 26, kind=AccountKind.SERVICE)
    visitor.worlds.settle(site, visitor.world)
    person = visitor.world.people[0]
    for agent, appid in (("okhttp/4.1", site.appid), ("curl/8.1", visitor.world.account.appid)):
        visitor.http.headers["User-Agent"] = agent
        openid = visitor.world.openid(person, appid)
        await visitor.sns("userinfo", access_token="made-up-token", openid=openid)
    assert [(one.appid, one.client, one.exchanges) for one in visitor.world.lint()] == [
        (site.appid, "okhttp", 1),
        (visitor.world.account.appid, "curl", 1),
    ]


async def test_a_finding_says_what_it_is_where_it_is_said_and_the_latest_example(visitor):
    await code_twice(visitor)
    (finding,) = [finding for linted in visitor.world.lint() for finding in linted.findings]
    assert (finding.severity, finding.count) == (Severity.REFUSED, 1)
    assert finding.example == visitor.world.journal.entries()[-1]
    assert finding.source.startswith("https://developers.weixin.qq.com/")


async def test_only_so_many_of_the_latest_exchanges_are_judged_when_asked(visitor):
    await visitor.exchange("made-up")
    for _ in range(3):
        await visitor.sns("auth", access_token="x", openid="o")
    assert [one.exchanges for one in lint(visitor.world, latest=3)] == [3]
    assert [one.exchanges for one in visitor.world.lint()] == [4]


async def test_the_worst_comes_first(visitor):
    await visitor.open(person="安", state="a_b", scope="")
    (links,) = visitor.world.lint()
    severities = [finding.severity for finding in links.findings]
    assert severities == sorted(severities, key=list(Severity).index)
    assert len(set(severities)) == 3


async def test_the_report_over_http_is_the_same(visitor):
    import msgspec

    await good_sign_in(visitor, scope="snsapi_base")
    visitor.http.headers["Host"] = "127.0.0.1"
    answer = await visitor.http.get("/_sandbox/lint")
    clients = msgspec.json.decode(answer.content, type=dict[str, tuple[Linted, ...]])["clients"]
    assert clients == visitor.world.lint()


def test_every_rule_is_explained_in_both_languages_and_has_a_source():
    for rule in RULES:
        assert rule.words.en, rule.name
        assert any(character >= "\u4e00" for character in rule.words.zh), rule.name
        assert rule.source.startswith("https://"), rule.name
