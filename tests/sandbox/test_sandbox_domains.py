"""How many callback domains an account registers, and how often it changes them."""

from datetime import UTC, datetime

import pytest

from wxauth.sandbox.accounts import Account, AccountKind, numbered_account
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

LAST_OF_MARCH = datetime(2026, 3, 31, 12, tzinfo=UTC).timestamp()
THREE = ("a.example", "b.example", "c.example")


def of(**switches):
    return World(switches=Switches(**switches), clock=Clock(at=LAST_OF_MARCH, frozen=True))


def test_registered_domains_replace_those_before():
    world = of()
    worlds = Worlds(world)
    changed = world.domains.register(world.account.appid, ["a.example"])
    assert world.account is changed
    assert world.account.callback_domains == ("a.example",)
    assert worlds.of_appid(changed.appid) is world
    world.reset()
    assert world.account.callback_domains == ("www.example.com", "example.com")


def test_an_official_account_registers_two_domains_or_as_many_as_the_switch_says():
    with pytest.raises(ValueError, match="registers 3 domains; WeChat takes 2"):
        of().domains.register("wx5a4db00000000001", THREE)
    for limit in (0, 3):
        world = of(oauth_domain_limit=limit)
        assert world.domains.register(world.account.appid, THREE).callback_domains == THREE
    with pytest.raises(ValueError, match="registers 2 domains; WeChat takes 1"):
        of(oauth_domain_limit=1)


def test_an_account_that_comes_later_is_held_to_the_limit_too():
    worlds = Worlds(of())
    late = Account(appid="wx5a4db00000000009", secret="0" * 32, callback_domains=THREE)
    with pytest.raises(ValueError, match="oauth_domain_limit"):
        worlds.settle(late, worlds.default)
    assert worlds.of_appid(late.appid) is None


def test_the_limit_is_of_official_accounts():
    World(
        accounts=[Account(appid="wx5a4db00000000009", secret="0" * 32, callback_domains=THREE, kind=AccountKind.TEST)]
    )


def test_edits_are_unlimited_or_so_many_a_month_by_the_clock_of_the_world():
    free, world = of(), of(oauth_domain_monthly_edits=2)
    for number in range(6):
        free.domains.register(free.account.appid, [f"d{number}.example"])
    for number in range(2):
        world.domains.register(world.account.appid, [f"d{number}.example"])
    with pytest.raises(ValueError, match="changed 2 times in 2026-03"):
        world.domains.register(world.account.appid, ["d2.example"])
    assert world.account.callback_domains == ("d1.example",)
    world.clock.advance(days=1)
    assert world.domains.register(world.account.appid, ["d2.example"]).callback_domains == ("d2.example",)


def test_what_is_refused_is_no_edit():
    world = of(oauth_domain_monthly_edits=1)
    for domains in (THREE, ["192.0.2.1"], ["x.example:80"]):
        with pytest.raises(ValueError, match=r"domain|address|port"):
            world.domains.register(world.account.appid, domains)
    world.domains.register(world.account.appid, ["a.example"])


def test_another_worlds_account_is_not_found():
    with pytest.raises(LookupError, match="not an account of this world"):
        of().domains.register(numbered_account(9).appid, ["a.example"])


def test_changed_domains_survive_an_export():
    world = of(oauth_domain_monthly_edits=1)
    world.domains.register(world.account.appid, ["a.example"])
    again = of()
    again.load(world.export())
    assert again.account.callback_domains == ("a.example",)
    with pytest.raises(ValueError, match="changed 1 times"):
        again.domains.register(again.account.appid, ["b.example"])


def test_the_edits_of_earlier_months_are_forgotten():
    world = of()
    world.domains.register(world.account.appid, ["a.example"])
    assert "2026-03" in str(world.export().world)
    world.clock.advance(days=1)
    world.domains.register(world.account.appid, ["b.example"])
    assert "2026-03" not in str(world.export().world)


@pytest.mark.parametrize("switch", ["oauth_domain_limit", "oauth_domain_monthly_edits"])
def test_a_negative_limit_is_refused(switch):
    with pytest.raises(ValueError, match="negative"):
        Switches(**{switch: -1})
