"""Session_keys: one that is valid for each openid."""

import re

import pytest

from wxauth.sandbox.mint import Mint
from wxauth.sandbox.refusal import Refusal
from wxauth.sandbox.session_keys import SessionKeys, signed
from wxauth.sandbox.switches import Switches

NOON = 1_795_000_000.0
DAY = 86400
ME, YOU = "oSBX0openid0of0nobody0000001", "oSBX0openid0of0nobody0000002"


def keys(**switches) -> SessionKeys:
    return SessionKeys(mint=Mint(seed="x"), switches=Switches(**switches))


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ('{"foo":"bar"}', "654571f79995b2ce1e149e53c0a33dc39c0a74090db514261454e8dbe432aa0b"),
        ("", "46e043c5525c2d817c44be603d30837a808a1d930d038f6fdc3e62a201fed128"),
    ],
)
def test_a_signature_is_the_computed_one_with_the_key_as_text(message, expected):
    assert signed("o0q0otL8aEzpcZL/FT9WsQ==", message) == expected


def test_a_key_is_sixteen_bytes_in_base64():
    assert re.fullmatch(r"[A-Za-z0-9+/]{22}==", keys().log_in(ME, now=NOON).value)


def test_a_new_login_replaces_the_key():
    held = keys()
    first = held.log_in(ME, now=NOON)
    second = held.log_in(ME, now=NOON)
    assert first.value != second.value
    assert held.alive(ME, now=NOON) is second
    assert len(held) == 1


def test_a_new_login_within_the_kept_span_leaves_the_key_and_lengthens_its_life():
    held = keys(login_keeps_session_key_seconds=60, session_key_seconds=DAY)
    first = held.log_in(ME, now=NOON)
    assert held.log_in(ME, now=NOON + 59) is first
    assert held.alive(ME, now=NOON + DAY + 58) is first
    assert held.log_in(ME, now=NOON + 60).value != first.value


def test_a_key_expires_and_is_forgotten():
    held = keys(session_key_seconds=DAY)
    held.log_in(ME, now=NOON)
    assert held.alive(ME, now=NOON + DAY - 1) is not None
    assert held.alive(ME, now=NOON + DAY) is None
    held.log_in(YOU, now=NOON + DAY)
    assert len(held) == 1


def test_people_have_keys_of_their_own():
    held = keys()
    mine, yours = held.log_in(ME, now=NOON).value, held.log_in(YOU, now=NOON).value
    assert mine != yours
    held.check(ME, signed(mine), now=NOON)
    with pytest.raises(Refusal) as refused:
        held.check(ME, signed(yours), now=NOON)
    assert refused.value.errcode == 87009


def test_a_reset_makes_another_key_that_inherits_the_end_of_the_old():
    held = keys(session_key_seconds=DAY)
    old = held.log_in(ME, now=NOON)
    new = held.reset(ME, signed(old.value), now=NOON + 100)
    assert new.value != old.value
    assert new.until == NOON + DAY
    assert held.alive(ME, now=NOON + 100) is new


def test_the_signature_of_a_replaced_key_is_refused_with_the_time_of_its_end():
    held = keys()
    old = held.log_in(ME, now=NOON)
    held.reset(ME, signed(old.value), now=NOON)
    for act in (held.check, held.reset):
        with pytest.raises(Refusal, match="replaced 5 min ago") as refused:
            act(ME, signed(old.value), now=NOON + 300)
        assert refused.value.errcode == 87009


def test_a_wrong_signature_resets_nothing():
    held = keys()
    key = held.log_in(ME, now=NOON)
    for wrong in ("", "x", signed(key.value, "{}"), signed(key.value).upper(), "签名"):
        with pytest.raises(Refusal) as refused:
            held.reset(ME, wrong, now=NOON)
        assert refused.value.errcode == 87009
    assert held.alive(ME, now=NOON) is key


@pytest.mark.parametrize(("switches", "errcode"), [({}, 87007), ({"session_key_gone_errcode": 87009}, 87009)])
def test_without_a_key_there_is_nothing_to_reset(switches, errcode):
    with pytest.raises(Refusal) as refused:
        keys(**switches).reset(ME, "x", now=NOON)
    assert refused.value.errcode == errcode


def test_without_a_key_no_signature_is_right():
    with pytest.raises(Refusal) as refused:
        keys().check(ME, signed(""), now=NOON)
    assert refused.value.errcode == 87009
