"""The typed client, over real HTTP."""

import json
import socket
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from http.client import HTTPConnection
from threading import Timer
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from wxauth.sandbox.accounts import AccountKind, numbered_account
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.control.client import Refused, SandboxClient, TimedOut, Unreachable
from wxauth.sandbox.control.code_values import NewCode, NewPhoneCode
from wxauth.sandbox.control.person_values import ChangedPerson, NewPerson
from wxauth.sandbox.control.table import ROUTES
from wxauth.sandbox.control.values import NewAccount, NewFault
from wxauth.sandbox.next_visits import Decision
from wxauth.sandbox.refusal import Refusal
from wxauth.sandbox.serve import Running, running
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

NOON = 1_795_000_000


@pytest.fixture
def sandbox() -> Iterator[Running]:
    with running(Worlds(World(accounts=[numbered_account(0xA1)], clock=Clock(at=NOON, frozen=True)))) as sandbox:
        yield sandbox


@pytest.fixture
def client(sandbox: Running) -> SandboxClient:
    return SandboxClient(sandbox.url + "/")


def test_every_route_is_a_method() -> None:
    assert all(callable(getattr(SandboxClient, route.name)) for route in ROUTES)


def test_status_names_the_worlds(client, sandbox):
    status = client.status()
    assert [world.appids for world in status.worlds] == [(sandbox.world.account.appid,)]
    assert status.worlds[0].default
    assert status.worlds[0].clock.unix == NOON


def test_people_come_follow_unfollow_and_go(client, sandbox):
    appid = sandbox.world.account.appid
    assert [person.name for person in client.people()] == ["安", "波", "小明", "José"]
    added = client.add_person(NewPerson(name="小红/🌸", nickname="红", avatar=None))
    assert (added.nickname, added.avatar, added.follows) == ("红", None, ())
    assert client.follow("小红/🌸").follows == (appid,)
    assert client.unfollow("小红/🌸", appid=appid).follows == ()
    assert client.remove_person(added.openid) == added
    assert len(client.people()) == 4


def test_people_are_made_and_become_as_they_are_wished(client, sandbox):
    made = client.add_person(NewPerson(name="小红", phone="13900000001", blocked=True, userid="hong", snapshot=True))
    assert (made.phone, made.blocked, made.userid, made.snapshot) == ("13900000001", True, "hong", True)
    changed = client.change_person(
        "小红", ChangedPerson(nickname="红", phone="13900000002", blocked=False, snapshot=False)
    )
    assert (changed.nickname, changed.phone, changed.blocked, changed.snapshot) == ("红", "13900000002", False, False)
    assert client.change_person("小红", ChangedPerson()) == changed
    assert client.change_person("小红", ChangedPerson(member=False)).userid is None
    assert not sandbox.world.corps.is_member(sandbox.world.person("小红"))
    assert client.change_person("小红", ChangedPerson(member=True)).userid == "hong"


def test_who_is_no_member_from_the_start_is_none_and_a_namesake_of_theirs_is_one(client):
    assert client.add_person(NewPerson(name="小红", member=False)).userid is None
    client.remove_person("小红")
    assert client.add_person(NewPerson(name="小红")).userid is not None


def test_a_platform_is_let_act_for_an_account_until_that_is_revoked(client):
    client = client.in_world(client.add_account(NewAccount(kind=AccountKind.THIRD_PARTY)).appid)
    appid = client.add_account().appid
    given = client.authorize_platform(appid=appid)
    assert given.appid == appid
    assert given.auth_code.startswith("queryauthcode@@@")
    assert client.platform().acts_for == (appid,)
    assert client.revoke_platform(appid=appid).acts_for == ()
    with pytest.raises(Refused, match="did not let"):
        client.revoke_platform(appid=appid)


@pytest.mark.parametrize(
    ("kind", "wish", "call"),
    [
        (AccountKind.SERVICE, {"scope": "snsapi_userinfo"}, "sns/oauth2/access_token"),
        (AccountKind.TEST, {}, "sns/oauth2/access_token"),
        (AccountKind.WEBSITE, {}, "sns/oauth2/access_token"),
        (AccountKind.MINIPROGRAM, {}, "sns/jscode2session"),
    ],
)
def test_a_code_is_given_out_as_the_kind_of_account_has_it(client, kind, wish, call):
    account = client.add_account(NewAccount(kind=kind))
    mine = client.in_world(account.appid)
    given = mine.issue_code(NewCode(person="Ann", **wish))
    name = "js_code" if kind is AccountKind.MINIPROGRAM else "code"
    query = {"appid": account.appid, "secret": account.secret, name: given.code, "grant_type": "authorization_code"}
    with urlopen(f"{client.url}/{call}?{urlencode(query)}") as answer:
        assert json.load(answer)["openid"] == mine.people()[0].openid
    assert given.code not in repr(given)


def test_the_codes_of_a_corp_and_of_a_phone_number_are_those_of_the_engine(client, sandbox):
    corp = client.in_world(client.add_account(NewAccount(kind=AccountKind.WECOM)).appid)
    given = corp.issue_code(NewCode(person="Ann", scope="snsapi_privateinfo", agentid=1000002))
    assert sandbox.worlds.of_appid(given.appid).corps.known(given.code).scope == "snsapi_privateinfo"
    program = client.in_world(client.add_account(NewAccount(kind=AccountKind.MINIPROGRAM)).appid)
    phone = program.issue_phone_code(NewPhoneCode(person="Ann"))
    told = sandbox.worlds.of_appid(phone.appid).mini_programs.phone_info(appid=phone.appid, code=phone.code)
    assert told["phoneNumber"] == program.people()[0].phone


def test_an_account_is_unbound_and_bound(client, sandbox):
    appid = sandbox.world.account.appid
    assert not client.unbind(appid).bound
    assert client.people()[0].unionid is None
    assert client.bind(appid).bound
    assert client.people()[0].unionid is not None
    client.unbind(appid)
    client.reset()
    assert client.accounts()[0].bound


def test_a_world_goes_back_to_a_snapshot_and_into_another_sandbox(client, sandbox):
    assert client.snapshots() == ()
    assert client.snapshot("开始") == ("开始",)
    client.advance(hours=1)
    client.add_person(NewPerson(name="过客"))
    document = client.export()
    assert client.restore("开始").clock.unix == NOON
    assert len(client.people()) == 4
    assert client.load(document).clock.unix == NOON + 3600
    assert client.people()[-1].name == "过客"
    assert client.forget_snapshot("开始") == ()
    with pytest.raises(Refused, match="there are: none"):
        client.restore("开始")
    other = World()
    other.load(document)
    assert other.export() == sandbox.world.export()


def test_a_large_world_is_exported_and_imported(client, sandbox):
    for number in range(3000):
        sandbox.world.journal.record("sns/userinfo", [("openid", "o" * 28)], at=NOON, answer=str(number))
    document = client.export()
    assert len(document.text) > 1_000_000
    client.reset()
    assert client.load(document).exchanges == 3000


def test_a_fresh_account_is_controlled_by_a_client_of_its_world(client, sandbox):
    account = client.add_account(NewAccount(name="测", kind=AccountKind.TEST, bound=False, scopes=()))
    assert (account.kind, account.bound, account.scopes) == (AccountKind.TEST, False, ())
    mine = client.in_world(account.appid)
    mine.set_clock(5)
    assert mine.clock().unix != client.clock().unix == NOON
    assert mine.people()[0].unionid is None
    assert mine.accounts() == (account,)
    assert len(client.accounts()) == 2
    joined = mine.add_account()
    assert joined.world == account.appid
    assert client.remove_world(joined.appid).appids == (account.appid, joined.appid)
    with pytest.raises(Refused) as gone:
        mine.clock()
    assert gone.value.status == 404


def test_the_secret_of_an_account_is_not_in_its_repr(client):
    account = client.add_account()
    assert account.secret not in repr(account)


def test_the_clock_stops_goes_on_and_is_moved(client):
    assert client.resume().frozen is False
    assert client.freeze().frozen is True
    assert client.set_clock(datetime(2026, 1, 1, tzinfo=UTC)).utc == "2026-01-01T00:00:00Z"
    assert client.advance(seconds=1, minutes=1, hours=1, days=1).utc == "2026-01-02T01:01:01Z"
    assert client.reset().clock.unix == NOON


def test_a_time_without_a_zone_is_refused(client):
    with pytest.raises(ValueError, match="time zone"):
        client.set_clock(datetime(2026, 1, 1))  # noqa: DTZ001 - the point


def test_the_journal_is_read_counted_and_waited_for(client, sandbox):
    world = sandbox.world
    record = Timer(0.05, world.journal.record, ("sns/auth", [("openid", "o")]), {"at": 1, "answer": "ok"})
    record.start()
    (entry,) = client.wait_for(operation="sns/auth", timeout_seconds=30)
    assert world.journal.entries() == (entry,) == client.journal(refused=False, after=0, limit=5)
    assert client.count(operation="sns/auth") == 1
    assert client.count(refused=True) == 0
    assert client.lint() == world.lint()


def test_switches_are_seen_and_flipped(client, sandbox):
    assert client.flip("state_too_long", "accepted").choices == ("error_page", "accepted")
    client.flip("errmsg_overrides", {"40029": "oops"})
    client.flip("expired_code_errcode", 42003)
    code = sandbox.world.issue_code(sandbox.world.people[0])
    client.advance(minutes=6)
    with pytest.raises(Refusal) as refusal:
        sandbox.world.redeem(appid=sandbox.world.account.appid, code=code)
    assert refusal.value.errcode == 42003
    flipped = {switch.name: switch.value for switch in client.switches() if switch.value != switch.default}
    assert flipped == {
        "state_too_long": "accepted",
        "errmsg_overrides": {"40029": "oops"},
        "expired_code_errcode": 42003,
    }
    client.reset()
    assert all(switch.value == switch.default for switch in client.switches())


@pytest.mark.parametrize(
    ("switch", "value"),
    [("state_too_long", "maybe"), ("expired_code_errcode", 1), ("double_request", "yes"), ("qr_expire_seconds", -1)],
)
def test_a_switch_takes_what_fits_it_only(client, sandbox, switch, value):
    before = sandbox.world.switches
    with pytest.raises(Refused):
        client.flip(switch, value)
    with pytest.raises(Refused, match="did you mean"):
        client.flip(f"{switch}s", value)
    assert sandbox.world.switches == before


def test_every_switch_says_what_it_is_about(client):
    switches = client.switches()
    assert [switch.name for switch in switches] == [field.name for field in fields(Switches)]
    assert all(switch.about for switch in switches)


def test_faults_are_set_listed_and_cleared(client):
    one = client.add_fault(NewFault(operation="token", what=-1, times=None, chance=0.5, seed=3))
    two = client.add_preset("wechat-slow")
    assert (one.what, one.times, two.seconds) == ("-1", None, 3)
    assert client.faults() == (one, two)
    assert client.clear_fault(two.number) == two
    assert client.clear_faults() == (one,)
    assert client.faults() == ()
    assert "code-replayed" in [preset.name for preset in client.presets()]


def test_the_next_visits_are_said_in_advance(client):
    assert client.next_person("Bo").people == ("波",)
    assert client.next_decision(Decision.REFUSE).decisions == (Decision.REFUSE,)
    assert client.next_visits().people == ("波",)
    client.reset()
    assert client.next_visits().people == ()


def test_waiting_in_vain_is_an_error_of_its_own(client):
    with pytest.raises(TimedOut, match="0 of 2 exchanges"):
        client.wait_for(count=2, timeout_seconds=0)


def test_the_client_waits_longer_for_an_answer_that_is_to_come_late(client, monkeypatch):
    patience = []

    class Connection(HTTPConnection):
        def __init__(self, host, port, timeout):
            patience.append(timeout)
            super().__init__(host, port, timeout=timeout)

    monkeypatch.setattr("wxauth.sandbox.control.client.HTTPConnection", Connection)
    client.count()
    client.world = client.accounts()[0].appid
    with pytest.raises(TimedOut):
        client.wait_for(timeout_seconds=0.01)
    assert patience == [10, 10, 10.01]


def test_a_refusal_says_what_and_what_next(client):
    with pytest.raises(Refused) as refused:
        client.remove_person("nobody")
    assert refused.value.status == 404
    assert "nobody" in refused.value.what
    assert refused.value.next in str(refused.value)


def test_where_nobody_answers_the_client_says_so():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    with pytest.raises(Unreachable, match="wxauth sandbox"):
        SandboxClient(url).status()


def test_what_is_no_sandbox_is_told_from_one(sandbox, monkeypatch):
    monkeypatch.setattr("wxauth.sandbox.control.client.PREFIX", "/sns")
    with pytest.raises(Unreachable, match="no sandbox"):
        SandboxClient(sandbox.url).status()


@pytest.mark.parametrize(
    "url", ["", "127.0.0.1:8911", "ftp://127.0.0.1", "http://", "http://[", "http://127.0.0.1:port"]
)
def test_an_address_that_is_none_is_refused_at_once(url):
    with pytest.raises(ValueError, match="address of a sandbox"):
        SandboxClient(url)


def test_the_environment_s_proxies_are_not_asked(client, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://192.0.2.1:9")
    monkeypatch.setenv("http_proxy", "http://192.0.2.1:9")
    assert client.status().version


def test_an_ipv6_address_is_a_welcome_host():
    try:
        with running(host="::1") as sandbox:
            assert SandboxClient(sandbox.url).status().worlds
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
