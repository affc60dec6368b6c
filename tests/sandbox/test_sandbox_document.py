"""A world is written down whole, and read back as it was: nothing of it can be forgotten."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from threading import Lock, RLock
from types import FunctionType, MethodType
from typing import get_args, get_type_hints

import pytest

from wxauth.sandbox.accounts import numbered_account
from wxauth.sandbox.bell import Bell
from wxauth.sandbox.clock import Clock, ClockState
from wxauth.sandbox.deliveries import Deliveries
from wxauth.sandbox.directory import Directory
from wxauth.sandbox.document import FORMAT, VERSION, Document
from wxauth.sandbox.mint import Mint
from wxauth.sandbox.numbers import Numbers
from wxauth.sandbox.people import Person
from wxauth.sandbox.remembered import Remembered
from wxauth.sandbox.scans import Step
from wxauth.sandbox.snapshot import MOST_SNAPSHOTS, Snapshots
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds
from wxauth.sandbox.written import Part, Unreadable, form_of

NOON = 1_795_000_000.0
LOCKS = (type(Lock()), type(RLock()))
TOOLS = (World, Mint, Switches, Clock, Bell, Deliveries, Directory, Snapshots, FunctionType, MethodType, bytes, *LOCKS)
"""What a part is given to work with: written where it belongs, or no state. Bytes are keys, made from seed and salt."""


def new_world(**given):
    return World(clock=Clock(at=NOON, frozen=True), **given)


def parts(kind=World):
    yield kind
    for _, form in form_of(kind).forms.values():
        if isinstance(form, Part):
            yield from parts(form.kind)


def instances(part):
    yield part
    for name, form in form_of(type(part)).forms.values():
        if isinstance(form, Part):
            yield from instances(getattr(part, name))


def forgotten(part):
    declared = get_type_hints(type(part))
    return [name for name, value in vars(part).items() if name not in declared and not isinstance(value, TOOLS)]


def test_whatever_a_part_of_a_world_holds_is_declared_or_a_tool():
    """Whoever adds an attribute to a part declares it in the body of its class (see written.py), or it is a tool."""
    for part in instances(new_world()):
        assert not forgotten(part), f"{type(part).__name__} does not declare what it keeps"
        assert not [name for name in get_type_hints(type(part)) if not hasattr(part, name)]


def test_something_that_is_not_declared_is_found():
    world = new_world()
    world.scans.remarks = ["something new"]
    assert forgotten(world.scans) == ["remarks"]


def test_every_part_of_a_world_is_among_those_that_are_written():
    ours = {type(value) for value in vars(new_world()).values() if type(value).__module__.startswith("wxauth.sandbox.")}
    told = {*parts(), Clock, Switches, Remembered}
    assert ours - told == {Bell, Directory, Snapshots}


def test_every_field_of_what_is_written_can_be_given_back():
    def dataclasses_in(hint, seen):
        for each in (hint, *get_args(hint)):
            if isinstance(each, type) and is_dataclass(each) and each not in seen:
                seen.add(each)
                for inner in get_type_hints(each).values():
                    dataclasses_in(inner, seen)
            elif each is not hint:
                dataclasses_in(each, seen)
        return seen

    found = set()
    for part in parts():
        for hint in get_type_hints(part).values():
            dataclasses_in(hint, found)
    assert len(found) > 10
    assert not [(kind, field.name) for kind in found for field in fields(kind) if not field.init]


def test_the_clock_what_is_remembered_and_numbers_are_written_by_hand_and_hold_nothing_else():
    assert {*vars(Clock())} == {
        *("_real", "_first_at", "_first_frozen", "_running", "_numbers", "named"),
        *("_due", "_set_to", "_set_at", "_stands_at"),
    }
    assert {field.name for field in fields(ClockState)} == {"unix", "frozen", "first_at", "first_frozen", "due"}
    assert {*vars(Remembered())} == {"_values", "_due"}
    assert {*vars(Numbers())} == {"coming", "_lock"}


def test_a_type_without_a_written_form_is_refused():
    with pytest.raises(TypeError, match="no written form"):
        form_of(bytes)


def test_an_export_is_readable_and_the_same_for_the_same_world():
    one, two = new_world().export().text, new_world().export().text
    assert one == two
    assert json.loads(one)["format"] == FORMAT
    assert json.loads(one)["version"] == VERSION
    assert "小明🎉" in one


def test_a_code_that_was_exported_is_redeemed_in_the_other_world_and_only_once():
    world, other = new_world(), World()
    code = world.issue_code(world.person("波"), scope="snsapi_userinfo")
    other.load(Document.parse(world.export().text))
    assert other.redeem(appid=other.account.appid, code=code) == world.redeem(appid=world.account.appid, code=code)
    with pytest.raises(Exception, match="redeemed"):
        other.redeem(appid=other.account.appid, code=code)


def test_a_grant_stays_one_though_it_is_found_by_two_tokens():
    world = new_world()
    before = world.redeem(appid=world.account.appid, code=world.issue_code(world.people[0]))
    other = World()
    other.load(world.export())
    assert other.behind(before.access_token) is other.behind(before.refresh_token)
    other.clock.advance(hours=3)
    after = other.refresh(appid=world.account.appid, refresh_token=before.refresh_token)
    assert other.grant(after.access_token) is after
    assert after is other.behind(before.refresh_token)


def test_somebody_who_moved_out_is_still_the_person_behind_a_code():
    world = new_world()
    code = world.issue_code(Person(name="过客", nickname="过客", avatar=None))
    other = World()
    other.load(world.export())
    assert other.behind(code).person.nickname == "过客"


def test_what_is_due_falls_due_in_the_other_world(monkeypatch):
    pushed = []
    monkeypatch.setattr(Deliveries, "add", lambda _, delivery: pushed.append(delivery.url))
    world = new_world()
    world.platforms.push_to("http://127.0.0.1:9/events")
    other = World()
    other.load(world.export())
    pushed.clear()
    other.clock.advance(minutes=10)
    assert pushed == ["http://127.0.0.1:9/events"]


def test_a_reset_leads_to_the_first_state_of_the_world_that_was_imported():
    world = new_world(people=[Person(name="甲", nickname="甲", avatar=None)], switches=Switches(double_request=True))
    world.faults.always("userinfo", 40001)
    world.keep_faults()
    world.people = (*world.people, Person(name="乙", nickname="乙", avatar=None))
    world.faults.clear()
    other = World()
    other.load(world.export())
    assert [person.name for person in other.people] == ["甲", "乙"]
    other.reset()
    assert [person.name for person in other.people] == ["甲"]
    assert other.switches.double_request
    assert [fault.code for fault in other.faults.active()] == [40001]
    assert (other.clock.now(), other.clock.frozen) == (NOON, True)


def test_a_running_clock_goes_on_from_the_moment_of_the_export():
    real = [5000.0]
    world = World(clock=Clock(real=lambda: real[0]))
    document = world.export()
    real[0] += 86400
    world.load(document)
    assert (world.clock.now(), world.clock.frozen) == (5000, False)
    real[0] += 7
    assert world.clock.now() == 5007


def test_a_restore_goes_back_to_the_snapshot_in_everything_and_in_time():
    world = new_world()
    code = world.issue_code(world.people[0])
    world.snapshot("before")
    before = world.export().text
    world.redeem(appid=world.account.appid, code=code)
    world.clock.advance(hours=1)
    world.follow(world.people[1])
    world.restore("before")
    assert world.export().text == before
    world.redeem(appid=world.account.appid, code=code)


def test_snapshots_outlive_a_reset_and_are_told_from_each_other():
    world = new_world()
    world.snapshot("空")
    world.reset()
    assert [*world.snapshots] == ["空"]
    with pytest.raises(LookupError, match="there are: 空"):
        world.restore("full")
    world.snapshots.forget("空")
    with pytest.raises(LookupError, match="there are: none"):
        world.snapshots.forget("空")


@pytest.mark.parametrize("name", ["", "a/b", "a b", "x" * 65, "..\n"])
def test_a_snapshot_has_a_name_that_fits_in_an_address(name):
    with pytest.raises(ValueError, match="1 to 64"):
        new_world().snapshot(name)


def test_a_world_keeps_no_more_than_32_snapshots():
    world = new_world()
    for number in range(MOST_SNAPSHOTS):
        world.snapshot(str(number))
    world.snapshot("0")
    with pytest.raises(ValueError, match="already"):
        world.snapshot("one-more")


def test_worlds_find_an_imported_world_by_its_new_appids():
    worlds, document = Worlds(), new_world(accounts=[numbered_account(0x777)]).export()
    worlds.load(worlds.default, document)
    assert worlds.of_appid(numbered_account(0x777).appid) is worlds.default
    assert worlds.of_appid(numbered_account(1).appid) is None


def test_an_import_does_not_take_an_appid_from_another_world():
    worlds = Worlds()
    other = worlds.add(World(accounts=[numbered_account(0x777)]))
    before = worlds.default.accounts
    with pytest.raises(ValueError, match="another world"):
        worlds.load(worlds.default, other.export())
    assert worlds.default.accounts == before
    assert worlds.of_appid(numbered_account(0x777).appid) is other


def test_a_reset_after_an_import_brings_back_accounts_that_the_imported_world_had_first():
    worlds, document = Worlds(), new_world(accounts=[numbered_account(0x777), numbered_account(0x778)]).export()
    written = json.loads(document.text)
    written["world"]["accounts"] = written["world"]["accounts"][:1]
    worlds.load(worlds.default, Document.parse(json.dumps(written)))
    assert worlds.of_appid(numbered_account(0x778).appid) is None
    worlds.reset(worlds.default)
    assert worlds.of_appid(numbered_account(0x778).appid) is worlds.default


def changed(document, **changes):
    """An export with some values changed: the place, with ``__`` for what is below, and the value."""
    written = json.loads(document.text)
    for place, value in changes.items():
        *above, last = place.split("__")
        within = written
        for name in above:
            within = within[int(name) if name.isdecimal() else name]
        within[int(last) if last.isdecimal() else last] = value
    return json.dumps(written)


BROKEN = {
    "no JSON": (lambda text: text[:-9], "is JSON, and this is not"),
    "not UTF-8": (lambda text: b"\xff" + text.encode(), "is JSON, and this is not"),
    "far too deep": (lambda _: "[" * 100_000, "is JSON, and this is not"),
    "another object": (lambda _: '{"a": 1}', "an object of format, version, world"),
    "no object": (lambda _: "[1]", "an object of format, version, world"),
}
WRONG = {
    "another format": ({"format": "something else"}, "^format: 'wxauth sandbox world' is wanted"),
    "a newer version": ({"version": VERSION + 1}, f"^version: this wxauth reads version {VERSION}, not {VERSION + 1}"),
    "no version": ({"version": "1"}, "no exported world: Expected `int`"),
    "an unknown part": ({"world__granst": {}}, "^'granst' is unknown; did you mean grants?"),
    "an unknown field": ({"world__switches__double_requests": True}, "^switches: 'double_requests'.*double_request?"),
    "another type": ({"world__clock__frozen": "yes"}, "^clock.frozen: Expected `bool`, got `str`"),
    "a value that cannot be": ({"world__first_accounts__0__secret": "x"}, r"^first_accounts\[0\]: the secret of"),
    "a list for an object": ({"world__mint": []}, "^mint: an object is wanted here"),
    "an object for a list": ({"world__people": {}}, "^people: a list is wanted here"),
    "nobody known": ({"world__people__0": "无名"}, r"^people\[0\]: no person before this is called '无名'"),
    "no accounts": ({"world__accounts": []}, "^accounts: a world has at least one account"),
    "somebody twice": ({"world__people": ["安", "安"]}, "^people: 安 is there twice"),
    "an unknown action": (
        {"world__clock__due": [{"at": 9, "what": "tea"}]},
        "^clock.due: nothing here is called 'tea'",
    ),
    "a time too late": ({"world__clock__unix": 1e300}, r"^clock.unix: a time is one of the years 1970 to 9998"),
    "a field too few": ({"world__journal__entries": [{}]}, r"^journal.entries\[0\]: number is missing"),
    "a place that is none": (
        {"world__grants__newest": [{"key": "o", "until": 1, "value": {"same_as": "codes.codes[0]"}}]},
        r"^grants.newest\[0\]: there is no Grant before this at 'codes.codes\[0\]'",
    ),
    "an item too short": ({"world__codes__codes": [{"key": "o"}]}, r"^codes.codes\[0\]: key, until and value"),
    "a row too short": ({"world__corps__hidden": [["a"]]}, r"^corps.hidden\[0\]: a list of 3 is wanted here, not of 1"),
}


@pytest.mark.parametrize(("spoil", "said"), BROKEN.values(), ids=[*BROKEN])
def test_a_text_that_is_no_export_is_refused(spoil, said):
    with pytest.raises(Unreadable, match=said):
        Document.parse(spoil(new_world().export().text))


@pytest.mark.parametrize(("changes", "said"), WRONG.values(), ids=[*WRONG])
def test_a_document_that_is_not_understood_is_refused_and_changes_nothing(changes, said):
    world = new_world()
    world.issue_code(world.people[0])
    before = world.export()
    with pytest.raises(Unreadable, match=said):
        world.load(Document.parse(changed(before, **changes)))
    assert world.export() == before


def test_a_world_part_that_is_missing_is_refused_and_a_part_that_is_missing_is_as_new():
    written = json.loads(new_world().export().text)
    del written["world"]["journal"]
    world = new_world()
    world.load(Document.parse(json.dumps(written)))
    assert not world.journal.entries()
    del written["world"]["seed"]
    with pytest.raises(Unreadable, match=r"^world: seed is missing"):
        world.load(Document.parse(json.dumps(written)))


def test_a_scan_that_was_exported_goes_on_where_it_was():
    world = new_world()
    website = world.accounts[1]
    scan = world.scans.show(account=website, redirect_uri="https://www.example.com/", state=None, link="/")
    world.scans.step(scan, Step.SCAN, world.people[0])
    other = World()
    other.load(world.export())
    found = other.scans.known(scan.uuid)
    assert found == scan
    assert found.account is other.accounts[1]
    other.scans.step(found, Step.ALLOW, other.people[0])
    assert other.redeem(appid=website.appid, code=found.code).person == world.people[0]
