"""The QR codes of a world: what can become of them, and when."""

from itertools import product

import pytest

from wxauth.sandbox.clock import Clock
from wxauth.sandbox.scans import EXPIRES, MOVES, Scans, Stage, Step, Unscannable
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.world import World

WAYS = {
    Stage.WAITING: (),
    Stage.SCANNED: (Step.SCAN,),
    Stage.CONFIRMED: (Step.SCAN, Step.ALLOW),
    Stage.CANCELLED: (Step.SCAN, Step.REFUSE),
}


@pytest.fixture
def scans(world) -> Scans:
    return world.scans


def shown(world, *steps, state="x"):
    account = world.account_of("wx5a4db00000000002")
    scan = world.scans.show(account=account, redirect_uri="http://127.0.0.1/", state=state, link="/connect/qrconnect?")
    for step in steps:
        world.scans.step(scan, step, world.people[0])
    return scan


def at_stage(world, stage):
    if stage is Stage.EXPIRED:
        scan = shown(world)
        world.clock.advance(minutes=5)
        return scan
    return shown(world, *WAYS[stage])


@pytest.mark.parametrize(("stage", "step"), list(product(Stage, Step)))
def test_a_qr_code_goes_where_the_table_says_and_nowhere_else(world, stage, step):
    scan = at_stage(world, stage)
    assert world.scans.stage(scan) is stage
    if (stage, step) in MOVES:
        assert world.scans.step(scan, step, world.people[0]) is MOVES[stage, step]
        assert world.scans.stage(scan) is MOVES[stage, step]
    else:
        with pytest.raises(Unscannable):
            world.scans.step(scan, step, world.people[0])
        assert world.scans.stage(scan) is stage


@pytest.mark.parametrize("stage", list(WAYS))
def test_a_qr_code_expires_five_minutes_after_it_was_shown_unless_it_is_confirmed(world, stage):
    scan = at_stage(world, stage)
    world.clock.advance(seconds=299)
    assert world.scans.stage(scan) is stage
    world.clock.advance(seconds=1)
    assert world.scans.stage(scan) is (Stage.EXPIRED if stage in EXPIRES else stage)


def test_how_long_a_qr_code_lives_is_a_switch():
    world = World(clock=Clock(at=0, frozen=True), switches=Switches(qr_expire_seconds=10))
    scan = shown(world)
    world.clock.advance(seconds=10)
    assert world.scans.stage(scan) is Stage.EXPIRED
    with pytest.raises(ValueError, match="negative"):
        Switches(qr_expire_seconds=-1)


def test_who_scanned_last_decides(world):
    ann, bo = world.people[:2]
    scan = shown(world, Step.SCAN)
    world.scans.step(scan, Step.SCAN, bo)
    with pytest.raises(Unscannable, match="somebody else"):
        world.scans.step(scan, Step.ALLOW, ann)
    world.scans.step(scan, Step.ALLOW, bo)
    assert world.redeem(appid=scan.account.appid, code=scan.code).person is bo


def test_a_code_comes_only_with_the_confirmation(world):
    scan = shown(world, Step.SCAN)
    assert scan.code is None
    world.scans.step(scan, Step.ALLOW, world.people[0])
    assert len(scan.code) == 32


def test_a_uuid_has_16_characters_and_is_never_the_same(world):
    uuids = {shown(world).uuid for _ in range(50)}
    assert len(uuids) == 50
    assert all(len(uuid) == 16 and uuid.isalnum() and uuid.isascii() for uuid in uuids)


def test_the_same_seed_and_the_same_calls_give_the_same_uuids_and_codes():
    one, other, third = (World(seed=seed, clock=Clock(at=0, frozen=True)) for seed in ("a", "a", "b"))
    first, second, different = (shown(world, Step.SCAN, Step.ALLOW) for world in (one, other, third))
    assert (first.uuid, first.code) == (second.uuid, second.code)
    assert first.uuid != different.uuid


def test_the_latest_qr_code_can_be_asked_for(world, scans):
    with pytest.raises(LookupError, match="no QR code"):
        scans.latest()
    shown(world)
    last = shown(world)
    assert scans.latest() is scans.latest("wx5a4db00000000002") is last
    with pytest.raises(LookupError):
        scans.latest("wx5a4db00000000001")


def test_dead_qr_codes_are_forgotten(world):
    for _ in range(500):
        shown(world, Step.SCAN, Step.ALLOW)
    assert len(world.scans) == 500
    world.clock.advance(minutes=16)
    assert world.scans.known(shown(world).uuid)
    assert len(world.scans) == 1


def test_a_reset_forgets_every_qr_code(world):
    uuid = shown(world).uuid
    world.reset()
    assert world.scans.known(uuid) is None


def test_neither_state_nor_code_is_in_what_a_qr_code_prints(world):
    scan = shown(world, Step.SCAN, Step.ALLOW, state="hidden-state")
    assert scan.code not in repr(scan)
    assert "hidden-state" not in repr(scan)
