"""People in mini programs: what their phones hand to a program."""

import json
import re
from contextlib import suppress

import pytest
from wechatpy.crypto import WeChatWxaCrypto
from wechatpy.utils import check_wxa_signature

from wxauth.sandbox.accounts import AccountKind, numbered_account, numbered_mini_program
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.people import Person
from wxauth.sandbox.refusal import Refusal
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.world import World

NOON = 1_795_000_000.0
APPID = "wx5a4db00000000003"


def made(**changes) -> World:
    return World(clock=Clock(at=NOON, frozen=True), **changes)


def logged_in(world, person):
    return world.mini_programs.log_in(appid=APPID, js_code=world.js_code(person))


def refused(errcode, act, *args, **given):
    with pytest.raises(Refusal) as caught:
        act(*args, **given)
    assert caught.value.errcode == errcode
    return caught.value.why.en


def test_the_default_world_has_the_mini_program_of_every_sandbox(world):
    program = world.account_of(APPID)
    assert program.kind is AccountKind.MINIPROGRAM
    assert program.secret == "5a4db000000000000000000000000003"
    assert program.bound
    assert world.account.appid == "wx5a4db00000000001"


def test_a_person_has_an_openid_of_the_programs_own_and_the_unionid_of_the_world(world):
    ann, program = world.person("安"), world.account_of(APPID)
    assert logged_in(world, ann).openid == world.openid(ann, APPID) != world.openid(ann)
    assert world.unionid(ann, program) == world.unionid(ann)


def test_a_js_code_has_the_shape_of_a_code_and_serves_once(world):
    code = world.js_code(world.person("安"))
    assert re.fullmatch(r"0[0-9]1[0-9A-Za-z]{29}", code)
    world.mini_programs.log_in(appid=APPID, js_code=code)
    assert "redeemed" in refused(40163, world.mini_programs.log_in, appid=APPID, js_code=code)


def test_a_js_code_lives_five_minutes(world):
    early, late = world.js_code(world.person("安")), world.js_code(world.person("安"))
    world.clock.advance(seconds=299)
    world.mini_programs.log_in(appid=APPID, js_code=early)
    world.clock.advance(seconds=1)
    refused(40029, world.mini_programs.log_in, appid=APPID, js_code=late)


def test_a_js_code_serves_its_own_program_only():
    world = made(accounts=[numbered_mini_program(3), numbered_mini_program(0x33)])
    other = world.accounts[1].appid
    code = world.js_code(world.people[0], other)
    assert other in refused(40029, world.mini_programs.log_in, appid=APPID, js_code=code)
    world.mini_programs.log_in(appid=other, js_code=code)


def test_the_key_an_exchange_tells_is_that_of_the_latest_login(world):
    ann = world.person("安")
    first, second = world.js_code(ann), world.js_code(ann)
    keys = {world.mini_programs.log_in(appid=APPID, js_code=code).session_key for code in (first, second)}
    assert len(keys) == 1
    assert logged_in(world, ann).session_key not in keys


def test_a_code_redeemed_after_its_key_expired_brings_a_new_key():
    world = made(switches=Switches(session_key_seconds=60))
    code = world.js_code(world.people[0])
    world.clock.advance(seconds=120)
    assert len(world.mini_programs.log_in(appid=APPID, js_code=code).session_key) == 24


def test_a_blocked_person_cannot_sign_in():
    world = made(people=[Person(name="骗", nickname="骗子", avatar=None, blocked=True)])
    refused(40226, logged_in, world, world.people[0])


def test_the_hundred_and_first_login_of_a_person_within_a_minute_is_refused_and_keeps_its_code(world):
    ann, bo = world.person("安"), world.person("波")
    for _ in range(100):
        logged_in(world, ann)
    code = world.js_code(ann)
    refused(45011, world.mini_programs.log_in, appid=APPID, js_code=code)
    logged_in(world, bo)
    world.clock.advance(minutes=1)
    world.mini_programs.log_in(appid=APPID, js_code=code)


def test_a_program_may_ask_for_sixty_thousand_resets_a_minute():
    world = made(accounts=[numbered_mini_program(3), numbered_mini_program(0x33)])
    programs, given = world.mini_programs, {"openid": "o", "signature": ""}
    for _ in range(60_000):
        with suppress(Refusal):
            programs.reset_key(appid=APPID, **given)
    refused(45011, programs.reset_key, appid=APPID, **given)
    refused(87007, programs.reset_key, appid=world.accounts[1].appid, **given)
    world.clock.advance(minutes=1)
    refused(87007, programs.reset_key, appid=APPID, **given)


def test_the_profile_is_nobodys_but_tells_the_openid_under_the_key(world):
    ann, programs = world.person("安"), world.mini_programs
    key = logged_in(world, ann).session_key
    data = programs.profile(ann, origin="http://sandbox.test")
    shown = json.loads(data.raw_data)
    assert list(shown) == ["nickName", "gender", "language", "city", "province", "country", "avatarUrl"]
    assert shown["nickName"] == "微信用户"
    assert shown["avatarUrl"].startswith(f"http://sandbox.test/mmopen/vi_32/{APPID}o")
    check_wxa_signature(key, data.raw_data, data.signature)
    read = WeChatWxaCrypto(key, data.sealed.iv, APPID).decrypt_message(data.sealed.encrypted_data)
    assert read == {
        "openId": world.openid(ann, APPID),
        **shown,
        "unionId": world.unionid(ann),
        "watermark": {"timestamp": NOON, "appid": APPID},
    }
    assert list(read)[-2:] == ["unionId", "watermark"]


async def test_the_picture_of_a_profile_is_the_grey_one(visitor):
    ann = visitor.world.person("安")
    visitor.world.js_code(ann)
    data = visitor.world.mini_programs.profile(ann, origin="http://sandbox.test")
    picture = await visitor.get(json.loads(data.raw_data)["avatarUrl"])
    assert picture.status_code == 200
    assert ann.avatar not in picture.text


def test_an_unbound_program_learns_no_unionid():
    world = made(accounts=[numbered_mini_program(3, bound=False)])
    key = logged_in(world, world.people[0]).session_key
    data = world.mini_programs.profile(world.people[0], origin="")
    read = WeChatWxaCrypto(key, data.sealed.iv, APPID).decrypt_message(data.sealed.encrypted_data)
    assert "unionId" not in read


def test_a_login_between_makes_the_earlier_key_useless(world):
    ann = world.person("安")
    key = logged_in(world, ann).session_key
    world.js_code(ann)
    sealed = world.mini_programs.sealed_phone(ann)
    with pytest.raises((ValueError, UnicodeDecodeError, KeyError)):
        WeChatWxaCrypto(key, sealed.iv, APPID).decrypt_message(sealed.encrypted_data)


def test_the_sealed_phone_number_is_the_one_the_code_tells(world):
    bo, programs = world.person("波"), world.mini_programs
    key = logged_in(world, bo).session_key
    sealed = programs.sealed_phone(bo)
    read = WeChatWxaCrypto(key, sealed.iv, APPID).decrypt_message(sealed.encrypted_data)
    assert read == programs.phone_info(appid=APPID, code=programs.phone_code(bo))
    assert list(read) == ["phoneNumber", "purePhoneNumber", "countryCode", "watermark"]


def test_no_two_sealed_answers_share_an_iv(world):
    world.js_code(world.person("安"))
    assert len({world.mini_programs.sealed_phone(world.person("安")).iv for _ in range(50)}) == 50


def test_nothing_is_sealed_for_somebody_who_never_logged_in(world):
    with pytest.raises(LookupError, match="first comes js_code"):
        world.mini_programs.sealed_phone(world.person("安"))


def test_people_have_phone_numbers_of_their_own_or_the_one_they_were_given(world):
    numbers = {told(world, person) for person in world.people}
    assert len(numbers) == 4
    assert all(re.fullmatch(r"13800[0-9]{6}", number) for number in numbers)
    given = made(people=[Person(name="安", nickname="安", avatar=None, phone="13900000001")])
    assert told(given, given.people[0]) == "13900000001"


def told(world, person, **given):
    code = world.mini_programs.phone_code(person)
    return world.mini_programs.phone_info(appid=APPID, code=code, **given)["phoneNumber"]


@pytest.mark.parametrize("phone", ["", "123", "+8613800000000", "23800000000"])
def test_a_phone_number_of_another_shape_is_refused(phone):
    with pytest.raises(ValueError, match="11 digits"):
        Person(name="a", nickname="a", avatar=None, phone=phone)


def test_a_phone_code_serves_once_and_is_refused_by_40029_however_it_ended(world):
    programs, ann = world.mini_programs, world.person("安")
    used, expired = programs.phone_code(ann), programs.phone_code(ann)
    programs.phone_info(appid=APPID, code=used)
    assert "redeemed" in refused(40029, programs.phone_info, appid=APPID, code=used)
    world.clock.advance(seconds=300)
    refused(40029, programs.phone_info, appid=APPID, code=expired)


def test_the_code_of_a_login_and_that_of_a_phone_number_are_told_apart(world):
    programs, ann = world.mini_programs, world.person("安")
    js_code, phone_code = world.js_code(ann), programs.phone_code(ann)
    assert "wx.login" in refused(40029, programs.phone_info, appid=APPID, code=js_code)
    assert "getPhoneNumber" in refused(40029, programs.log_in, appid=APPID, js_code=phone_code)
    programs.phone_info(appid=APPID, code=phone_code)
    programs.log_in(appid=APPID, js_code=js_code)


def test_a_phone_code_is_bound_to_the_openid_that_is_sent_with_it(world):
    programs, ann, bo = world.mini_programs, world.person("安"), world.person("波")
    code = programs.phone_code(ann)
    refused(40029, programs.phone_info, appid=APPID, code=code, openid=world.openid(bo, APPID))
    assert programs.phone_info(appid=APPID, code=code, openid=world.openid(ann, APPID))


def test_a_quota_of_phone_numbers_ends_them_and_uses_no_code_up():
    world = made(switches=Switches(phone_number_quota=2))
    ann = world.people[0]
    for _ in range(2):
        told(world, ann)
    refused(45009, told, world, ann)


@pytest.mark.parametrize(("kind", "written"), [("text", "86"), ("number", 86)])
def test_the_country_code_is_text_or_number_by_switch(kind, written):
    world = made(switches=Switches(phone_country_code=kind))
    code = world.mini_programs.phone_code(world.people[0])
    assert world.mini_programs.phone_info(appid=APPID, code=code)["countryCode"] == written


def test_a_world_without_a_mini_program_says_so():
    world = made(accounts=[numbered_account(1)])
    with pytest.raises(LookupError, match="no mini program; there are none"):
        world.js_code(world.people[0])
    with pytest.raises(LookupError, match=APPID):
        made().js_code(world.people[0], "wx5a4db00000000001")


def test_the_same_seed_gives_the_same_codes_keys_and_secrets():
    def story(salt=""):
        world = made(salt=salt)
        ann, programs = world.people[0], world.mini_programs
        return (
            world.js_code(ann),
            programs.phone_code(ann),
            logged_in(world, ann).session_key,
            programs.profile(ann, origin=""),
            programs.sealed_phone(ann),
        )

    assert story() == story()
    assert not {*map(repr, story())} & {*map(repr, story("monday"))}
    assert told(made(), made().people[0]) == told(made(salt="x"), made().people[0])


def test_ten_thousand_dead_codes_leave_nothing_behind(world):
    ann, programs = world.person("安"), world.mini_programs
    for number in range(10_000):
        code = world.js_code(ann)
        if number % 2:
            programs.phone_code(ann)
            world.clock.advance(seconds=1)
            programs.log_in(appid=APPID, js_code=code)
    assert world.remembered() > 500
    world.clock.advance(days=1)
    world.js_code(ann)
    programs.phone_code(ann)
    assert world.remembered() <= 3


def test_a_reset_of_the_world_forgets_codes_and_keys(world):
    ann = world.person("安")
    code = world.js_code(ann)
    world.reset()
    refused(40029, world.mini_programs.log_in, appid=APPID, js_code=code)
    assert len(world.mini_programs) == 0
