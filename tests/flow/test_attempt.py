"""The state machine of an attempt."""

from dataclasses import replace
from itertools import product

import pytest

from wxauth.errors import StoreError
from wxauth.flow.attempt import MOVES, Attempt, Phase, Problem, decode, encode
from wxauth.flow.keys import SecretKey
from wxauth.identity import Identity, Profile

KEY = SecretKey("0123456789abcdefghijklmnopqrstuvwxyz")
PENDING = Attempt(phase=Phase.PENDING, binding=KEY.name("binding", "mine"), return_to="/me?a=1#b")

ALLOWED = {
    (Phase.PENDING, Phase.CLAIMED),
    (Phase.PENDING, Phase.STOPPED),
    (Phase.CLAIMED, Phase.DONE),
    (Phase.CLAIMED, Phase.STOPPED),
}


@pytest.mark.parametrize(("before", "after"), list(product(Phase, Phase)))
def test_an_attempt_moves_only_as_the_table_says(before: Phase, after: Phase) -> None:  # A3
    attempt = replace(PENDING, phase=before)
    if (before, after) in ALLOWED:
        assert attempt.move(after, code="c") == replace(PENDING, phase=after, code="c")
    else:
        with pytest.raises(AssertionError, match=f"cannot go from {before} to {after}"):
            attempt.move(after)


def test_the_table_knows_every_phase_and_nothing_leads_back() -> None:
    assert set(MOVES) == set(Phase)
    assert {phase for phase, moves in MOVES.items() if not moves} == {Phase.DONE, Phase.STOPPED}


@pytest.mark.parametrize("secret", ["", "yours", "Mine", "mine ", "安", "\ud800"])
def test_an_attempt_belongs_to_the_secret_that_began_it_only(secret: str) -> None:  # A1
    assert PENDING.belongs_to(KEY, "mine")
    assert not PENDING.belongs_to(KEY, secret)
    assert not PENDING.belongs_to(SecretKey(KEY.value[::-1]), "mine")


@pytest.mark.parametrize(
    "attempt",
    [
        PENDING,
        PENDING.move(Phase.CLAIMED, code="hash"),
        PENDING.move(Phase.STOPPED, problem=Problem.CANCELLED, ended_at=1.5),
        replace(
            PENDING,
            phase=Phase.DONE,
            user="安🎉",
            replays=3,
            identity=Identity(
                appid="wx0000000000000001",
                openid="oAnn",
                unionid=None,
                scope="snsapi_userinfo",
                profile=Profile(
                    openid="oAnn",
                    unionid="oU",
                    nickname="安\n🎉",
                    headimgurl=None,
                    sex=0,
                    language="",
                    city="",
                    province="",
                    country="",
                    privilege=("chinaunicom",),
                ),
            ),
        ),
    ],
    ids=lambda attempt: attempt.phase,
)
def test_what_the_store_keeps_is_what_was_put_in(attempt: Attempt) -> None:
    assert decode(encode(attempt)) == attempt


@pytest.mark.parametrize("stored", [b"", b"{}", b"null", b"\xff", b'{"phase":"over","binding":"","return_to":""}'])
def test_what_is_no_attempt_is_a_store_error_that_quotes_nothing(stored: bytes) -> None:
    with pytest.raises(StoreError, match="not an attempt") as caught:
        decode(stored)
    assert caught.value.__cause__ is None
