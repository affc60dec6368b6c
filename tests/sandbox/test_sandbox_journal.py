"""The journal: every exchange, the reasons, nothing secret."""

import pytest

from wxauth.sandbox.clock import Clock
from wxauth.sandbox.journal import Journal
from wxauth.sandbox.world import World


def test_the_journal_keeps_the_latest_ten_thousand():
    journal = Journal()
    for number in range(10_005):
        journal.record("x", [], at=number, answer="ok")
    entries = journal.entries()
    assert (len(entries), entries[0].number, entries[-1].number) == (10_000, 6, 10_005)


def test_the_journal_is_asked_by_operation():
    journal = Journal()
    journal.record("a", [], at=1, answer="ok")
    journal.record("b", [], at=2, answer="no", refused=True)
    assert [entry.answer for entry in journal.entries(operation="a")] == ["ok"]
    assert [entry.operation for entry in journal.refusals()] == ["b"]


def test_secrets_codes_tokens_and_unknown_parameters_are_masked():
    journal = Journal()
    private = "SBXabcdefghijklmnopqrstuvwxyz0123"
    names = ("secret", "code", "access_token", "refresh_token", "state", "made_up", "ticket")
    journal.record("x", [(name, private) for name in names], at=0, answer="ok")
    shown = dict(journal.entries()[0].parameters)
    assert shown["secret"] == "(33 characters)"
    assert shown["code"] == "…0123"
    assert private not in repr(journal.entries())


def test_a_secret_in_the_wrong_parameter_is_masked_by_its_length():
    journal = Journal()
    journal.record("x", [("appid", "9" * 86)], at=0, answer="ok")
    assert journal.entries()[0].parameters == (("appid", "…9999"),)


def test_a_redirect_uri_is_shown_without_its_query():
    journal = Journal()
    journal.record("x", [("redirect_uri", "http://a.example/x?key=hush")], at=0, answer="ok")
    assert journal.entries()[0].parameters == (("redirect_uri", "http://a.example/x"),)


async def test_no_secret_code_or_token_is_in_the_journal_of_a_whole_sign_in(visitor):
    code = await visitor.code()
    grant = await visitor.exchange(code)
    await visitor.exchange(code)
    await visitor.exchange("", secret="wrong" * 8)
    await visitor.sns("userinfo", access_token=grant["access_token"], openid=grant["openid"])
    await visitor.sns("userinfo", access_token=grant["access_token"], openid="other")
    account = visitor.world.account
    await visitor.sns("oauth2/refresh_token", appid=account.appid, refresh_token=grant["refresh_token"])
    journal = repr(visitor.world.journal.entries())
    assert len(visitor.world.journal.entries()) == 7
    for private in (account.secret, code, grant["access_token"], grant["refresh_token"], "wrong" * 8, "SBXstate"):
        assert private not in journal  # rule 8: secrets never reach a log


async def test_every_refusal_has_a_reason_in_both_languages(visitor):
    code = await visitor.code()
    await visitor.exchange(code)
    visitor.world.clock.advance(seconds=3)
    await visitor.exchange(code)
    await visitor.open(redirect_uri="http://shop.www.example.com/auth")
    used, domain = visitor.world.journal.refusals()
    assert (used.operation, used.errcode) == ("sns/oauth2/access_token", 40163)
    assert used.reason.en.startswith(f"code …{code[-4:]} was redeemed 3 s ago by wx5a4db0")
    assert (domain.operation, domain.errcode) == ("authorize", 10003)
    assert "www.example.com does not cover its subdomains" in domain.reason.en
    assert "www.example.com 不包含它的子域名" in domain.reason.zh
    assert used.at == visitor.world.clock.now()


def test_an_exchange_has_its_virtual_and_its_real_time():
    world = World(clock=Clock(at=1_795_000_000, frozen=True, real=lambda: 1_700_000_000.5))
    world.clock.advance(days=1)
    world.journal.record("x", [], at=world.clock.now(), answer="ok")
    (entry,) = world.journal.entries()
    assert (entry.at, entry.real_at) == (1_795_086_400, 1_700_000_000.5)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("python-requests/2.32.3", "python-requests"),
        ("okhttp/4.12", "okhttp"),
        ("Mozilla/5.0 (Windows NT 10.0)", "browser"),
        ("", "unnamed"),
        ("\x01\x02", "unnamed"),
        ("a" * 60, "a" * 40),
    ],
)
async def test_an_exchange_has_the_name_of_the_software_that_asked(visitor, agent, name):
    await visitor.http.get("/sns/auth", headers={"User-Agent": agent})
    assert [entry.client for entry in visitor.world.journal.entries()] == [name]


def test_the_same_state_is_recognized_without_being_shown():
    journal = Journal()
    for state in ("0123456789abcdef-one", "0123456789abcdef-one", "0123456789abcdef-two", "", "x"):
        journal.record("authorize", [("state", state)], at=0, answer="ok")
    first, same, other, none, short = (dict(entry.parameters)["state"] for entry in journal.entries())
    assert first == same
    assert first.startswith("…-one #")
    assert other != first
    assert none == ""
    assert short.startswith("…(1 characters) #")
