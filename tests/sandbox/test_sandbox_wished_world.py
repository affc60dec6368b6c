"""What the markers of a test wish for is what its world is like."""

import pytest
from user_suite import Suite

from wxauth.sandbox.pytest_plugin import MARKER
from wxauth.sandbox.wished_world import WISHES, wished_world
from wxauth.sandbox.world import World


@pytest.fixture
def suite(pytester: pytest.Pytester) -> Suite:
    return Suite(pytester)


def test_time_passes_as_the_test_says(suite):
    suite.run(
        """
    @pytest.mark.wechat(at="2026-01-01T08:00:00+08:00", frozen=True)
    def test_expiry(wechat, wechat_clock):
        assert wechat_clock is wechat.clock
        assert wechat.clock.now() == 1767225600
        early, late = wechat.code("安"), wechat.code("安")
        wechat.clock.advance(minutes=4, seconds=59)
        assert "openid" in exchange(wechat, early)
        wechat_clock.advance(seconds=1)
        assert exchange(wechat, late)["errcode"] == 40029

    @pytest.mark.wechat(at=1767225600)
    def test_running(wechat_clock):
        assert not wechat_clock.frozen
        assert 1767225600 <= wechat_clock.now() < 1767225660
    """,
        passed=2,
    )


def test_a_marker_says_who_lives_in_the_world(suite):
    suite.run(
        """
    from wxauth.sandbox.people import Person

    @pytest.mark.wechat(people=["Ann", "赵雷", Person(name="Eve", nickname="Eve 夏娃", avatar=None)])
    def test_people(wechat):
        assert [person.nickname for person in wechat.world.people] == ["安 Ann", "赵雷", "Eve 夏娃"]
        assert [wechat.world.follows(person, wechat.appid) for person in wechat.world.people] == [True, False, False]
    """
    )


def test_the_nearest_marker_wins_wish_by_wish(suite):
    suite.run(
        """
    pytestmark = pytest.mark.wechat(people=["波"], switches={"reused_code_errcode": 40029})

    @pytest.mark.wechat(people=["安", "波"], frozen=True)
    class TestNearest:
        @pytest.mark.wechat(people=["小明"])
        def test_method(self, wechat):
            assert [person.name for person in wechat.world.people] == ["小明"]
            assert wechat.clock.frozen
            code = wechat.code("小明")
            exchange(wechat, code)
            assert exchange(wechat, code)["errcode"] == 40029

    def test_module(wechat):
        assert [person.name for person in wechat.world.people] == ["波"]
        assert not wechat.clock.frozen
    """,
        passed=2,
    )


def test_a_world_has_the_accounts_of_every_sandbox_under_appids_of_its_own():
    first, second = wished_world("first", {}), wished_world("second", {"appid": "wx5a4db00000000001"})
    assert [account.kind for account in first.accounts] == [account.kind for account in World().accounts]
    appids = [account.appid for world in (first, second) for account in world.accounts]
    assert len(set(appids)) == 2 * len(World().accounts)
    assert set(appids) & {account.appid for account in World().accounts} == {"wx5a4db00000000001"}


def test_things_go_wrong_as_marker_or_test_say_and_the_journal_tells(suite):
    suite.run(
        """
    from http.client import RemoteDisconnected

    @pytest.mark.wechat(faults=["code-replayed", ("userinfo", "reset"), ("authorize", 10003)])
    def test_marker(wechat):
        code = wechat.code("安", scope="snsapi_userinfo")
        assert exchange(wechat, code)["errcode"] == 40163
        grant = exchange(wechat, code)
        with pytest.raises((RemoteDisconnected, ConnectionResetError)):
            ask(wechat, "userinfo", access_token=grant["access_token"], openid=grant["openid"])
        with pytest.raises(AssertionError, match="sends nobody back"):
            wechat.callback("安", link(wechat))
        assert not wechat.faults
        text = wechat.journal_text()
        assert text.count("a fault was set") == 2 and text.count("fault reset") == 1

    def test_itself(wechat):
        wechat.faults.always("token", -1)
        code = wechat.code("安")
        assert [exchange(wechat, code)["errcode"] for _ in range(2)] == [-1, -1]
        wechat.faults.clear()
        assert "openid" in exchange(wechat, code)
    """,
        passed=2,
    )


def test_an_app_that_fixes_its_appid_keeps_it_from_world_to_world(suite):
    suite.run(
        """
    pytestmark = pytest.mark.wechat(appid="wx5a4db00000000001")

    codes = set()

    @pytest.mark.parametrize("number", [1, 2])
    def test_fixed(wechat, number):
        assert (wechat.appid, wechat.secret) == ("wx5a4db00000000001", "5a4db000000000000000000000000001")
        assert len(wechat.journal.entries()) == 0
        code = wechat.code("安")
        codes.add(code)
        assert len(codes) == number, "another world, another code"
        assert "openid" in exchange(wechat, code)
    """,
        passed=2,
    )


BAD_MARKERS = {
    "peple=[]": "'peple' is no wish of the sandbox; did you mean 'people'?",
    "colour=1": "'colour' is no wish of the sandbox; there are appid, people, at, frozen, switches, faults",
    "switches={'reused_code': 1}": "'reused_code' is no switch of the sandbox; did you mean 'reused_code_errcode'?",
    "switches={'reused_code_errcode': 7}": "reused_code_errcode is not an errcode the sandbox knows: 7",
    "at='tomorrow'": "at has to be like 2026-01-01T00:00:00Z, not 'tomorrow'",
    "at=[1]": "at has to be like 2026-01-01T00:00:00Z, not [1]",
    "at='2026-01-01T00:00:00'": "at='2026-01-01T00:00:00' names no time zone; 2026-01-01T00:00:00Z is UTC",
    "faults='code-replayed'": "faults is a list, such as faults=['code-replayed']",
    "faults=['code-replaied']": "'code-replaied' is no preset of the sandbox; did you mean 'code-replayed'?",
    "faults=[('tokn', 40163)]": "'tokn' is no operation of the sandbox; did you mean 'token'?",
    "faults=[('token',)]": "a fault is the name of a preset, or what it hits and how: ('token', 40163), not ('token',)",
    "people='安'": "people is a list, such as people=['安']",
    "people=['安', 'Ann']": "two people of a world cannot have the same name",
    "appid='wx0123456789abcdef'": "'wx0123456789abcdef' is not a sandbox appid: wx5a4db0 and ten hex digits",
    "'2026-01-01'": "everything has a name here, such as people=[...]; '2026-01-01' has none",
}


def test_a_marker_that_cannot_be_is_one_clear_line(suite):
    tests = "\n".join(
        f"    @pytest.mark.wechat({marker})\n    def test_{number}(wechat): ..."
        for number, marker in enumerate(BAD_MARKERS)
    )
    printed = suite.run(tests, errors=len(BAD_MARKERS))
    for said in BAD_MARKERS.values():
        assert f"\n@pytest.mark.wechat: {said}" in printed
    assert "Traceback" not in printed
    assert "exception" not in printed, "no chain of exceptions"


def test_every_wish_is_in_the_help_of_the_marker():
    assert all(f"{wish}=" in MARKER for wish in WISHES)
