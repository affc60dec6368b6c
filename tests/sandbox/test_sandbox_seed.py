"""The seed file: what it says comes true, a reset leads back to it, and an error says where and what was meant."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wxauth.sandbox import seed
from wxauth.sandbox.accounts import AccountKind, default_accounts, numbered_account
from wxauth.sandbox.seed import BadSeed, seeded
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.world import World

EXAMPLE = Path(seed.__file__).with_name("seed.toml")
EVERYTHING = """
seed = "another"
salt = "monday"
strict = true

[clock]
at = 2026-01-01T00:00:00+08:00
frozen = true

[[accounts]]
kind = "service"
name = "公众号"
scopes = []

[[accounts]]
kind = "test"
callback_domains = ["192.0.2.1:8000"]

[[accounts]]
kind = "third-party"
push = { token = "SBXtoken", url = "http://127.0.0.1:9/events" }

[[accounts]]
kind = "wecom"
more_agents = [
  { agentid = 7, secret = "00000000000000000000000000000007", name = "七", trusted_domains = ["a.test"] },
]

[[accounts]]
kind = "miniprogram"
appid = "wx5a4db0000000abcd"
bound = false

[[people]]
name = "甲"
follows = ["wx5a4db00000000001", "wx5a4db00000000004"]
phone = "13912345678"
blocked = true
userid = "jia"
gender = "2"

[[people]]
name = "乙"
nickname = "乙 B"
avatar = ""
outsider = true

[switches]
double_request = true
wecom_private_fields = ["gender"]
errmsg_overrides = [[40029, "not a code"]]

[[faults]]
preset = "code-replayed"

[[faults]]
operation = "userinfo"
what = 40001
person = "乙"
always = true
"""


@pytest.fixture
def sown(tmp_path):
    def sow(text, **given):
        file = tmp_path / "world.toml"
        file.write_text(text, encoding="utf-8")
        return seeded(file, **given)

    return sow


def test_an_empty_file_is_the_world_of_every_sandbox(sown):
    world = sown("")
    assert world.accounts == default_accounts()
    assert world.people == World().people
    assert world.switches == Switches()
    assert not world.clock.frozen


def test_everything_that_is_said_comes_true(sown):
    world = sown(EVERYTHING)
    service, test, platform, corp, mini = world.accounts
    assert (service.appid, service.name, service.scopes) == ("wx5a4db00000000001", "公众号", frozenset())
    assert (test.kind, test.callback_domains) == (AccountKind.TEST, ("192.0.2.1:8000",))
    assert (platform.push.token, world.platforms.push_url()) == ("SBXtoken", "http://127.0.0.1:9/events")
    assert [agent.agentid for agent in corp.agents] == [1000002, 7]
    assert (mini.secret[-6:], mini.bound) == ("00abcd", False)
    first, second = world.people
    assert (first.nickname, first.phone, first.blocked, first.gender) == ("甲", "13912345678", True, "2")
    assert world.follows(first, test.appid)
    assert (second.nickname, second.avatar, world.corps.is_member(second)) == ("乙 B", None, False)
    assert (world.clock.now(), world.clock.frozen) == (1_767_196_800, True)
    assert world.switches.double_request
    assert world.switches.authorize_strict_order
    assert world.switches.errmsg_overrides == {40029: "not a code"}
    assert [(fault.code, fault.times, fault.person) for fault in world.faults.active()] == [
        (40163, 1, None),
        (40001, None, "乙"),
    ]
    assert (world.strict, world.seed, world.salt) == (True, "another", "monday")


def test_a_reset_leads_back_to_the_file(sown):
    world = sown(EVERYTHING.replace(', url = "http://127.0.0.1:9/events"', ""))
    before = world.export()
    world.people, world.accounts = world.people[:1], (*world.accounts, numbered_account(0x999))
    world.faults.clear()
    world.clock.advance(days=1)
    world.obey(Switches())
    world.reset()
    assert world.export() == before


def test_a_salt_that_the_file_does_not_say_is_that_of_the_start(sown):
    assert sown("", salt="tuesday").salt == "tuesday"
    assert sown("", strict=True).switches.state_charset_strict


def test_the_example_works_as_it_is_and_with_every_line_of_it_in_force(sown):
    text = EXAMPLE.read_text(encoding="utf-8")
    world = seeded(EXAMPLE)
    assert [account.kind for account in world.accounts] == ["service", "website", "miniprogram"]
    assert world.account.name == "我的服务号"
    everything, lines = re.subn(r"^# (?=[a-z_]+ = |\[\[)", "", text, flags=re.MULTILINE)
    assert lines > 15
    assert sown(everything).faults.active()[1].person == "波"


def test_the_example_names_every_key_of_an_account_a_person_and_the_clock():
    text = EXAMPLE.read_text(encoding="utf-8")
    names = [*seed.TABLES, "at", "frozen", *seed.Person.__dataclass_fields__]
    assert not [name for name in names if not re.search(rf"^(# )?\[*{name}\b", text, re.MULTILINE)]


WRONG = {
    "an unknown table": ("[clocks]", "'clocks' is unknown; did you mean clock?"),
    "an unknown key": ('[[people]]\nname = "a"\nnick = "b"', "people[0]: 'nick' is unknown; did you mean nickname?"),
    "an unknown switch": ("[switches]\ndouble_requests = true", "switches: 'double_requests' is unknown; did you mean"),
    "an unknown kind": (
        '[[accounts]]\nkind = "servcie"',
        "accounts[0].kind: Invalid enum value 'servcie'; did you mean service?",
    ),
    "an unknown choice": (
        '[switches]\nqr_poll_legacy_host = "maybe"',
        "switches.qr_poll_legacy_host: ",
    ),
    "another type": ('[clock]\nfrozen = "yes"', "clock.frozen: Expected `bool`, got `str`"),
    "a date for a time": ("[clock]\nat = 2026-01-01", "clock.at: Expected `float`"),
    "a time without a zone": ("[clock]\nat = 2026-01-01T00:00:00", "clock.at: 2026-01-01T00:00:00 names no time zone"),
    "milliseconds": ("[clock]\nat = 1767225600000", "clock: a time is one of the years 1970 to 9998"),
    "a foreign appid": ('[[accounts]]\nappid = "wx0123456789abcdef"', "accounts[0]: 'wx0123456789abcdef' is not a"),
    "a broken phone": ('[[people]]\nname = "a"\nphone = "12"', "people[0]: a phone number has 11 digits"),
    "nobody's name": ("[[people]]\n", "people[0]: name is missing"),
    "two of a name": ('[[people]]\nname="a"\n[[people]]\nname="a"', "two people of a world cannot have the same name"),
    "two of an appid": ("[[accounts]]\n[[accounts]]\n", "accounts[1]: wx5a4db00000000001 is there twice"),
    "an account to follow that is not there": (
        '[[people]]\nname = "a"\nfollows = ["wx5a4db00000000009"]',
        "people[0].follows: 'wx5a4db00000000009' is no account of the sandbox; did you mean",
    ),
    "half a fault": ('[[faults]]\noperation = "token"', "faults[0]: a fault is a preset, or an operation and what"),
    "an unknown preset": (
        '[[faults]]\npreset = "code-replay"',
        "faults[0]: 'code-replay' is no preset of the sandbox;",
    ),
    "a table that is none": ("people = 3", "people: these are tables: write [[people]] above each"),
    "tables for a table": ("[[switches]]\na = 1", "switches: this is a table: write [switches]"),
    "brackets without end": ("a = " + "[" * 5000, "what is in it is nested too deeply"),
    "no TOML": ("[clock", "Expected ']' at the end of a table declaration"),
}


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=[*WRONG])
def test_what_is_wrong_is_said_with_the_file_the_key_and_what_was_meant(sown, text, said):
    with pytest.raises(BadSeed) as refused:
        sown(text)
    assert "world.toml: " in str(refused.value)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BadSeed, match=r"cannot read .*none.toml: No such file"):
        seeded(tmp_path / "none.toml")


def test_a_file_that_is_not_utf8_is_named(tmp_path):
    file = tmp_path / "world.toml"
    file.write_bytes(b"\xff")
    with pytest.raises(BadSeed, match=r"world\.toml"):
        seeded(file)
