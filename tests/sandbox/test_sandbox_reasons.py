"""Why something was refused, in plain words: every refusal says what was wrong, most say what was meant."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import wxauth.sandbox
from wxauth.sandbox.accounts import numbered_account

ROOM = Path(wxauth.sandbox.__file__).parent
RAISED = ("Refusal", "PageShown")
FEWEST_WORDS = 3
SECRET = "5a4db0" + "0" * 25 + "1"
SITE = "https://www.example.com/auth"


def sites() -> Iterator[tuple[str, ast.expr, ast.expr]]:
    """Where a refusal is made, with its words as they are written, but for those that only pass words on."""
    for file in sorted(ROOM.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in RAISED:
                said = {keyword.arg: keyword.value for keyword in node.keywords}
                if "en" in said and written(said["en"]).strip():
                    yield f"{file.relative_to(ROOM)}:{node.lineno}", said["en"], said["zh"]


def told(words: ast.expr) -> set[str]:
    """What is put into a text, whatever its language."""
    parts = (ast.unparse(node.value) for node in ast.walk(words) if isinstance(node, ast.FormattedValue))
    return {part.removesuffix(".en").removesuffix(".zh") for part in parts if part not in ("en", "zh", "hint")}


def written(words: ast.expr) -> str:
    return "".join(str(node.value) for node in ast.walk(words) if isinstance(node, ast.Constant))


SITES = list(sites())


def test_there_are_as_many_refusals_as_one_would_think():
    assert len(SITES) > 90


@pytest.mark.parametrize(("en", "zh"), [site[1:] for site in SITES], ids=[site[0] for site in SITES])
def test_a_refusal_says_the_same_in_both_languages_and_more_than_that_it_is_one(en, zh):
    if isinstance(en, ast.JoinedStr) and isinstance(zh, ast.JoinedStr):
        assert {name for name in told(en) if "if " not in name} == {name for name in told(zh) if "if " not in name}
    assert len(written(en).split()) + len(told(en)) >= FEWEST_WORDS
    assert any("\u4e00" <= letter <= "\u9fff" for letter in written(zh))


async def token(visitor, **changes: str) -> None:
    await visitor.exchange(await visitor.code(), **changes)


async def code_of(visitor, value: str) -> None:
    await visitor.exchange(value)


async def code_later(visitor, seconds: float) -> None:
    code = await visitor.code()
    visitor.world.clock.advance(seconds=seconds)
    await visitor.exchange(code)


async def code_again(visitor) -> None:
    code = await visitor.code()
    await visitor.exchange(code)
    visitor.world.clock.advance(seconds=3)
    await visitor.exchange(code)


async def code_elsewhere(visitor) -> None:
    other = numbered_account(0xB2)
    visitor.worlds.settle(other, visitor.world)
    await visitor.exchange(await visitor.code(), appid=other.appid, secret=other.secret)


async def profile(visitor, changes, hours: float = 0, **link: str) -> None:
    grant = await visitor.granted(**link)
    visitor.world.clock.advance(hours=hours)
    given = {"access_token": grant["access_token"], "openid": grant["openid"]}
    await visitor.sns("userinfo", **given | changes(visitor.world, grant))


async def refresh(visitor, changes) -> None:
    grant = await visitor.granted()
    given = {"appid": visitor.world.account.appid, "grant_type": "refresh_token"}
    await visitor.sns("oauth2/refresh_token", **given | changes(visitor.world, grant))


def own_token(world) -> str:
    return world.credentials.token(world.account.appid, now=world.clock.now()).value


def another_account(world) -> str:
    return next(account for account in world.accounts if account.kind == "website").appid


REASONS = {
    "code-used": (code_again, r"code …\w{4} was redeemed 3 s ago by wx5a4db00000000001; WeChat answers 40163"),
    "code-expired": (lambda v: code_later(v, 301), r"was issued 5 min ago and lives 5 min; WeChat answers 40029"),
    "code-unknown": (lambda v: code_of(v, "made-up"), r"code …\(7 characters\) is unknown here; WeChat answers 40029"),
    "code-elsewhere": (code_elsewhere, r"belongs to wx5a4db00000000001, not to wx5a4db000000000b2"),
    "code-of-program": (
        lambda v: code_of(v, v.world.js_code(v.world.people[0])),
        r"it is one of the mini program wx5a4db00000000003",
    ),
    "secret-of-another": (
        lambda v: token(v, secret=SECRET[:-1] + "2"),
        r"not the secret of wx5a4db00000000001; it is that of wx5a4db00000000002; WeChat answers 40125",
    ),
    "secret-cut": (lambda v: token(v, secret=SECRET[:-1]), r"it has 31 characters, not 32"),
    "secret-with-space": (lambda v: token(v, secret=f"{SECRET}\n"), r"it has spaces or line breaks around it"),
    "secret-in-capitals": (lambda v: token(v, secret=SECRET.upper()), r"upper and lower case count"),
    "appid-mistyped": (lambda v: token(v, appid="wx5a4db0000000000l"), r"no world has that appid; the nearest is wx5a"),
    "grant-type": (lambda v: token(v, grant_type="code"), r"grant_type has to be authorization_code, not code"),
    "parameter": (lambda v: code_of(v, ""), r"the parameter code is missing or empty; WeChat answers 41008"),
    "openid-of-another": (
        lambda v: profile(v, lambda w, g: {"openid": w.openid(w.person("波"))}),
        r"belongs to another openid; that one is 波's, the token is 安's; WeChat answers 40003",
    ),
    "openid-elsewhere": (
        lambda v: profile(v, lambda w, g: {"openid": w.openid(w.person("安"), another_account(w))}),
        r"安 has that one in wx5a4db00000000002, the token is of wx5a4db00000000001",
    ),
    "token-expired": (lambda v: profile(v, lambda w, g: {}, hours=3), r"access_token …\S{4} expired 60 min ago"),
    "token-is-refresh": (
        lambda v: profile(v, lambda w, g: {"access_token": g["refresh_token"]}),
        r"is unknown here; it is a refresh_token; WeChat answers 40001",
    ),
    "token-of-base": (
        lambda v: profile(v, lambda w, g: {}, scope="snsapi_base"),
        r"was granted for snsapi_base, which",
    ),
    "token-of-account": (
        lambda v: profile(v, lambda w, g: {"access_token": own_token(w)}),
        r"is the account's own, of cgi-bin; this call takes the one that sns/oauth2/access_token gave",
    ),
    "refresh-is-access": (
        lambda v: refresh(v, lambda w, g: {"refresh_token": g["access_token"]}),
        r"has no refresh_token …\S{4}; it is an access_token; WeChat answers 40030",
    ),
    "refresh-elsewhere": (
        lambda v: refresh(v, lambda w, g: {"refresh_token": g["refresh_token"], "appid": another_account(w)}),
        r"wx5a4db00000000002 has no refresh_token …\S{4}; it is one of wx5a4db00000000001",
    ),
    "domain-www": (
        lambda v: v.open(redirect_uri="https://www.sub.example.com/"),
        r"points to www.sub.example.com, registered for wx5a4db00000000001",
    ),
    "domain-port": (lambda v: v.open(redirect_uri="https://www.example.com:8443/"), r"with a port never matches"),
    "domain-below": (lambda v: v.open(redirect_uri="https://a.www.example.com/"), r"does not cover its subdomains"),
    "encoded-twice": (lambda v: v.open(redirect_uri="https%3A%2F%2Fwww.example.com"), r"is percent-encoded twice"),
    "scope-case": (lambda v: v.open(redirect_uri=SITE, scope="snsapi_Base"), r"upper and lower case count"),
    "state-long": (lambda v: v.open(redirect_uri=SITE, state="a" * 200), r"state has 200 bytes, at most 128"),
    "response-type": (lambda v: v.open(redirect_uri=SITE, response_type="token"), r"has to be code, not token"),
    "website-appid": (lambda v: v.open(appid="wx5a4db00000000002"), r"is a website application"),
}


@pytest.mark.parametrize("name", REASONS)
async def test_a_reason_names_what_was_wrong_and_what_it_looks_like(visitor, name):
    act, words = REASONS[name]
    await act(visitor)
    refused = visitor.world.journal.refusals()[-1]
    assert re.search(words, refused.reason.en), refused.reason.en
    assert refused.reason.zh != refused.reason.en


@pytest.mark.parametrize("name", ["secret-of-another", "secret-cut", "token-is-refresh", "code-of-program"])
async def test_no_near_miss_gives_a_secret_away(visitor, name):
    await REASONS[name][0](visitor)
    said = repr(visitor.world.journal.refusals()[-1])
    for account in visitor.world.accounts:
        assert account.secret not in said
    assert "_SBX" not in said
