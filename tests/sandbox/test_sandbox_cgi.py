"""The base support: the account's own tokens, their limits, and from where they may be asked for."""

import re
from dataclasses import replace

import pytest
from cgi_calls import CLIENT_IP, Caller

from wxauth.sandbox.accounts import AccountKind, numbered_account
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.quotas import Period
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.wechat import cgi
from wxauth.sandbox.world import World

NOON = 1_795_060_800.0
"""Noon in Beijing, in the middle of a month."""
TOKEN = re.compile(r"[0-9]+_[A-Za-z0-9_-]{136,157}")


def caller(*, kind: AccountKind = AccountKind.SERVICE, listed: tuple[str, ...] = (), **switches) -> Caller:
    account = replace(numbered_account(1), kind=kind, ip_whitelist=listed)
    return Caller(World(accounts=[account], switches=Switches(**switches), clock=Clock(at=NOON, frozen=True)))


def test_the_token_of_an_account_has_wechats_shape_and_is_longer_than_a_persons():
    anyone = caller()
    assert TOKEN.fullmatch(anyone.token())
    assert len(anyone.token()) > len(anyone.web_token()["access_token"])


def test_each_call_replaces_the_token_which_works_five_minutes_more():
    anyone = caller()
    old, new = anyone.token(), anyone.token()
    anyone.world.clock.advance(seconds=299)
    assert (anyone.errcode(old), anyone.errcode(new)) == (0, 0)
    anyone.world.clock.advance(seconds=1)
    assert (anyone.errcode(old), anyone.errcode(new)) == (40001, 0)


def test_the_journal_says_that_a_newer_call_replaced_the_token():
    anyone = caller()
    old, _ = anyone.token(), anyone.token()
    anyone.world.clock.advance(minutes=6)
    anyone.errcode(old)
    assert "replaced 6 min ago: another call of cgi-bin/token" in anyone.reason()


def test_a_token_near_its_end_lives_no_longer_for_being_replaced():
    anyone = caller()
    old = anyone.token()
    anyone.world.clock.advance(seconds=7100)
    anyone.token()
    anyone.world.clock.advance(seconds=100)
    assert anyone.errcode(old) == 40001


def test_an_untouched_token_expires_after_two_hours():
    anyone = caller()
    token = anyone.token()
    anyone.world.clock.advance(seconds=7199)
    assert anyone.errcode(token) == 0
    anyone.world.clock.advance(seconds=1)
    assert anyone.errcode(token) == 42001
    assert "expired 0 s ago" in anyone.reason()


def test_a_token_that_expired_before_the_next_was_fetched_is_expired_and_not_replaced():
    anyone = caller()
    token = anyone.token()
    anyone.world.clock.advance(hours=2)
    anyone.token()
    assert anyone.errcode(token) == 42001


def test_an_unknown_token_is_40001_with_the_hint_that_only_cgi_bin_gives():
    anyone = caller()
    refused = anyone.get("cgi-bin/getcallbackip", access_token="90_nothing")
    assert refused["errcode"] == 40001
    assert "getStableAccessToken" in refused["errmsg"]


def test_a_call_without_a_token_is_41001():
    assert caller().errcode("") == 41001


@pytest.mark.parametrize(
    ("changed", "errcode"),
    [
        ({"appid": ""}, 41002),
        ({"appid": "wx5a4db0ffffffffff"}, 40013),
        ({"appid": "wx5a4db0ffffffffff", "grant_type": ""}, 40013),
        ({"grant_type": "authorization_code"}, 40002),
        ({"secret": ""}, 41004),
        ({"secret": "0" * 32}, 40125),
    ],
)
@pytest.mark.parametrize("operation", ["token", "stable_token"])
def test_wrong_credentials_are_refused_the_appid_first(operation, changed, errcode):
    anyone = caller()
    given = anyone.credentials | changed
    answers = {"token": lambda: anyone.get("cgi-bin/token", **given)}
    answers["stable_token"] = lambda: anyone.post("cgi-bin/stable_token", given)
    assert answers[operation]()["errcode"] == errcode


def test_the_plain_token_is_asked_for_by_get_and_the_stable_one_by_post():
    anyone = caller()
    assert anyone.post("cgi-bin/token", {}, **anyone.credentials)["errcode"] == 43001
    assert anyone.get("cgi-bin/stable_token", **anyone.credentials)["errcode"] == 43002


def test_the_stable_token_needs_a_json_body():
    anyone = caller()
    assert b'"errcode":44002' in anyone.raw("cgi-bin/stable_token", method="POST", **anyone.credentials).body
    assert anyone.post("cgi-bin/stable_token", "no object")["errcode"] == 47001


def test_the_stable_token_stays_the_same_and_tells_what_is_left_of_it():
    anyone = caller()
    first = anyone.stable()
    anyone.world.clock.advance(seconds=6900)
    again = anyone.stable()
    assert again["access_token"] == first["access_token"]
    assert (first["expires_in"], again["expires_in"]) == (7200, 300)


def test_within_its_last_five_minutes_there_is_a_new_stable_token_beside_the_old_one():
    anyone = caller()
    old = anyone.stable()["access_token"]
    anyone.world.clock.advance(seconds=6901)
    new = anyone.stable()
    assert new["access_token"] != old
    assert new["expires_in"] == 7200
    assert anyone.errcode(old) == 0
    anyone.world.clock.advance(seconds=299)
    assert (anyone.errcode(old), anyone.errcode(new["access_token"])) == (42001, 0)


def test_plain_and_stable_tokens_know_nothing_of_each_other():
    anyone = caller()
    stable, plain = anyone.stable()["access_token"], anyone.token()
    anyone.token()
    anyone.world.clock.advance(minutes=6)
    assert anyone.errcode(plain) == 40001
    anyone.stable(force=True)
    assert anyone.errcode(stable) == 40001
    assert anyone.errcode(anyone.token()) == 0


def test_force_refresh_ends_the_stable_token_at_once():
    anyone = caller()
    old, new = anyone.stable()["access_token"], anyone.stable(force=True)["access_token"]
    assert (anyone.errcode(new), anyone.errcode(old)) == (0, 40001)
    assert "force_refresh" in anyone.reason()


def test_force_refresh_within_thirty_seconds_silently_does_nothing_and_the_journal_says_so():
    anyone = caller()
    anyone.stable()
    first = anyone.stable(force=True)
    anyone.world.clock.advance(seconds=29)
    assert anyone.stable(force=True)["access_token"] == first["access_token"]
    assert "force_refresh did nothing: the last one was 29 s ago" in anyone.reason()
    anyone.world.clock.advance(seconds=1)
    assert anyone.stable(force=True)["access_token"] != first["access_token"]


def test_force_refresh_works_twenty_times_a_day_then_silently_does_nothing():
    anyone = caller()
    anyone.stable()
    tokens = []
    for _ in range(21):
        anyone.world.clock.advance(seconds=30)
        tokens.append(anyone.stable(force=True)["access_token"])
    assert len(set(tokens)) == 20
    assert "20 times a day" in anyone.reason()
    anyone.world.clock.advance(days=1)
    anyone.stable()
    kept = anyone.stable()["access_token"]
    assert anyone.stable(force=True)["access_token"] != kept


def test_the_day_of_a_quota_is_chinas():
    anyone = caller(cgi_token_daily_quota=1)
    anyone.token()
    anyone.world.clock.set(NOON + 43200 - 1)
    assert anyone.get("cgi-bin/token", **anyone.credentials)["errcode"] == 45009
    anyone.world.clock.advance(seconds=1)
    assert anyone.token()


def test_the_plain_token_has_a_daily_quota_and_refused_calls_do_not_count():
    anyone = caller(cgi_token_daily_quota=2)
    for _ in range(5):
        anyone.get("cgi-bin/token", **anyone.credentials | {"secret": "0" * 32})
    answers = [anyone.get("cgi-bin/token", **anyone.credentials) for _ in range(3)]
    assert [answer.get("errcode") for answer in answers] == [None, None, 45009]
    assert anyone.stable()["access_token"]


def test_a_test_account_has_a_quota_of_its_own():
    anyone = caller(kind=AccountKind.TEST, test_account_token_quota=1, cgi_token_daily_quota=9)
    anyone.token()
    assert anyone.get("cgi-bin/token", **anyone.credentials)["errcode"] == 45009


def test_the_stable_token_has_a_quota_of_ten_thousand_a_minute():
    anyone = caller()
    used, minute = ("cgi-bin/stable_token", {"limit": 10_000, "per": Period.MINUTE, "now": NOON})
    for _ in range(9_999):
        anyone.world.credentials.quotas.take(anyone.world.account.appid, used, **minute)
    answers = [anyone.stable().get("errcode") for _ in range(2)]
    assert answers == [None, 45011]
    anyone.world.clock.advance(minutes=1)
    assert anyone.stable()["access_token"]


def test_the_stable_token_has_a_quota_of_a_day_too(monkeypatch):
    monkeypatch.setattr(cgi, "STABLE_PER_DAY", 1)
    anyone = caller()
    assert [anyone.stable().get("errcode") for _ in range(2)] == [None, 45009]
    anyone.world.clock.advance(days=1)
    assert anyone.stable()["access_token"]


def test_clear_quota_lets_the_quotas_begin_anew_ten_times_a_month():
    anyone = caller(cgi_token_daily_quota=1)
    token = anyone.token()
    appid = {"appid": anyone.world.account.appid}
    for _ in range(10):
        assert anyone.post("cgi-bin/clear_quota", appid, access_token=token) == {"errcode": 0, "errmsg": "ok"}
        token = anyone.token()
    refused = anyone.post("cgi-bin/clear_quota", appid, access_token=token)
    assert refused["errcode"] == 48006
    anyone.world.clock.advance(days=31)
    token = anyone.token()
    assert anyone.post("cgi-bin/clear_quota", appid, access_token=token)["errcode"] == 0


def test_clear_quota_is_for_the_account_of_the_token():
    world = World(accounts=[numbered_account(1), numbered_account(7)], clock=Clock(at=NOON, frozen=True))
    anyone = Caller(world)
    other = {"appid": world.accounts[1].appid}
    assert anyone.post("cgi-bin/clear_quota", other, access_token=anyone.token())["errcode"] == 40013


@pytest.mark.parametrize("place", ["body", "query"])
def test_who_has_no_token_left_clears_the_quotas_by_the_secret(place):
    anyone = caller(cgi_token_daily_quota=1)
    anyone.token()
    account = {"appid": anyone.world.account.appid, "appsecret": anyone.world.account.secret}
    given = {"body": account} if place == "body" else {"method": "POST", **account}
    assert b'"errcode":0' in anyone.raw("cgi-bin/clear_quota/v2", **given).body
    assert anyone.world.account.secret[-4:] not in repr(anyone.world.journal.entries()[-1].parameters[1])
    assert anyone.token()


@pytest.mark.parametrize(("appsecret", "errcode"), [("", 41004), ("0" * 32, 40125)])
def test_quotas_are_cleared_by_the_right_secret_only(appsecret, errcode):
    anyone = caller()
    given = {"appid": anyone.world.account.appid, "appsecret": appsecret}
    assert anyone.post("cgi-bin/clear_quota/v2", given)["errcode"] == errcode


def test_both_ways_to_clear_the_quotas_share_their_ten_times_a_month():
    anyone = caller()
    account = {"appid": anyone.world.account.appid, "appsecret": anyone.world.account.secret}
    for _ in range(10):
        anyone.post("cgi-bin/clear_quota/v2", account)
    assert anyone.post("cgi-bin/clear_quota", account, access_token=anyone.token())["errcode"] == 48006


def test_without_a_whitelist_every_address_gets_a_token():
    assert caller().token()


def test_an_address_outside_the_whitelist_is_refused_by_its_two_spellings():
    anyone = caller(listed=("198.51.100.9",))
    refused = anyone.get("cgi-bin/token", **anyone.credentials)
    assert refused["errcode"] == 40164
    assert refused["errmsg"].startswith(f"invalid ip {CLIENT_IP} ipv6 ::ffff:{CLIENT_IP}, not in whitelist rid: ")
    assert "may be used from 198.51.100.9, not from 203.0.113.7" in anyone.reason()
    assert anyone.stable()["errcode"] == 40164


@pytest.mark.parametrize("address", [CLIENT_IP, f"::ffff:{CLIENT_IP}"])
def test_a_listed_address_gets_a_token_however_it_is_written(address):
    anyone = caller(listed=(CLIENT_IP,))
    anyone.client_ip = address
    assert anyone.token()


def test_a_caller_by_ipv6_is_named_as_it_is():
    anyone = caller(listed=(CLIENT_IP,))
    anyone.client_ip = "2001:db8::1"
    assert "invalid ip 2001:db8::1 ipv6 2001:db8::1, not" in anyone.get("cgi-bin/token", **anyone.credentials)["errmsg"]


def test_the_older_refusal_names_one_spelling():
    anyone = caller(listed=("198.51.100.9",), errmsg_suffix_style="older")
    refused = anyone.get("cgi-bin/token", **anyone.credentials)["errmsg"]
    assert refused.startswith(f"invalid ip {CLIENT_IP}, not in whitelist hint: [")


@pytest.mark.parametrize(("checked", "errcode"), [(False, 0), (True, 40164)])
def test_the_whitelist_is_for_the_token_calls_and_by_switch_for_all(checked, errcode):
    anyone = caller(listed=(CLIENT_IP,), ip_whitelist_on_api_calls=checked)
    token = anyone.token()
    anyone.client_ip = "198.51.100.9"
    assert anyone.errcode(token) == errcode


def test_what_is_no_address_is_no_whitelist():
    with pytest.raises(ValueError, match="IPv4"):
        replace(numbered_account(1), ip_whitelist=("everywhere",))


@pytest.mark.parametrize(
    "unfit", [{"cgi_token_daily_quota": -1}, {"test_account_token_quota": -1}, {"user_get_page_size": 0}]
)
def test_a_negative_quota_or_an_empty_page_is_no_switch(unfit):
    with pytest.raises(ValueError, match="quota cannot be negative"):
        Switches(**unfit)


def test_a_persons_token_is_not_the_accounts_and_the_journal_says_which_call_it_came_from():
    anyone = caller()
    assert anyone.errcode(anyone.web_token()["access_token"]) == 40001
    assert "is a person's, of sns/oauth2/access_token" in anyone.reason()


@pytest.mark.parametrize(("path", "errcode"), [("sns/userinfo", 40001), ("sns/auth", 40003)])
def test_the_accounts_token_is_not_a_persons_and_the_journal_says_so(path, errcode):
    anyone = caller()
    given = {"openid": anyone.world.openid(anyone.world.person("安"))}
    refused = anyone.get(path, access_token=anyone.token(), **given)
    assert refused["errcode"] == errcode
    assert "getStableAccessToken" not in refused["errmsg"]
    assert "is the account's own, of cgi-bin" in anyone.reason()


def test_the_ticket_of_the_js_sdk_stays_the_same_while_it_lives():
    anyone = caller()
    first = anyone.get("cgi-bin/ticket/getticket", access_token=anyone.token(), type="jsapi")
    assert re.fullmatch(r"[A-Za-z0-9_-]{86}", first["ticket"])
    anyone.world.clock.advance(seconds=7199)
    again = anyone.get("cgi-bin/ticket/getticket", access_token=anyone.token(), type="jsapi")
    assert (again["ticket"], again["expires_in"]) == (first["ticket"], 1)
    anyone.world.clock.advance(seconds=1)
    assert (
        anyone.get("cgi-bin/ticket/getticket", access_token=anyone.token(), type="jsapi")["ticket"] != first["ticket"]
    )


def test_a_ticket_is_of_the_type_jsapi():
    anyone = caller()
    assert anyone.get("cgi-bin/ticket/getticket", access_token=anyone.token())["errcode"] == 40097


@pytest.mark.parametrize("name", ["get_api_domain_ip", "getcallbackip"])
def test_the_addresses_of_wechat_are_a_list(name):
    anyone = caller()
    assert anyone.get(f"cgi-bin/{name}", access_token=anyone.token()) == {"ip_list": ["127.0.0.1"]}


def test_no_token_ticket_or_secret_stands_in_the_journal():
    anyone = caller()
    token, stable = anyone.token(), anyone.stable()["access_token"]
    ticket = anyone.get("cgi-bin/ticket/getticket", access_token=stable, type="jsapi")["ticket"]
    anyone.errcode(token)
    journal = repr(anyone.world.journal.entries())
    assert not [value for value in (token, stable, ticket, anyone.world.account.secret) if value in journal]
    assert "('type', 'jsapi')" in journal


def test_a_fault_for_an_account_hits_the_calls_with_its_token():
    anyone = caller()
    token = anyone.token()
    anyone.world.faults.always("cgi-bin/getcallbackip", 45009, appid=anyone.world.account.appid)
    assert anyone.errcode(token) == 45009
