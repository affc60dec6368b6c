"""Credentials of the accounts: the same again from the same seed, and none kept beyond its use."""

from concurrent.futures import ThreadPoolExecutor
from time import sleep

from cgi_calls import Caller

from wxauth.sandbox.accounts import numbered_account
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.credentials import Credentials
from wxauth.sandbox.mint import Mint
from wxauth.sandbox.quotas import Period, Quotas
from wxauth.sandbox.world import World

NOON = 1_795_060_800.0


def world(**options) -> World:
    return World(clock=Clock(at=NOON, frozen=True), **options)


def issued(world: World) -> list[str]:
    appid, credentials = world.account.appid, world.credentials
    values = [credentials.token(appid, now=NOON).value, credentials.stable_token(appid, now=NOON).value]
    return [*values, credentials.ticket(appid, now=NOON).value, credentials.token(appid, now=NOON).value]


def test_the_same_seed_and_calls_give_the_same_tokens_and_tickets():
    assert issued(world()) == issued(world())
    assert not set(issued(world())) & set(issued(world(seed="another")))
    assert not set(issued(world())) & set(issued(world(salt="another")))


def test_a_reset_forgets_the_tokens_and_issues_the_same_again():
    one = world()
    before = issued(one)
    one.reset()
    assert one.credentials.known(before[0]) is None
    assert issued(one) == before


def test_a_call_with_nothing_but_a_token_finds_its_world():
    first, second = world(), world(accounts=[numbered_account(7)])
    anyone = Caller(first)
    anyone.worlds.add(second)
    token = second.credentials.token(second.account.appid, now=NOON).value
    assert anyone.errcode(token) == 0
    assert second.journal.entries()
    assert not first.journal.entries()


def test_dead_tokens_are_dropped():
    one = world()
    for _ in range(10_000):
        one.credentials.token(one.account.appid, now=one.clock.now())
        one.clock.advance(minutes=1)
    assert one.remembered() < 100
    one.clock.advance(days=1)
    one.credentials.token(one.account.appid, now=one.clock.now())
    assert one.remembered() == 1


def test_of_many_stable_tokens_asked_for_at_once_all_are_the_same():
    class Interrupted(Mint):
        """Another thread gets its turn while a token is made, which then takes a few steps."""

        def app_token(self, appid: str) -> str:
            sleep(0)
            return super().app_token(appid)

    credentials = Credentials(mint=Interrupted(seed="any"))
    appids = [numbered_account(number).appid for number in range(1, 51)] * 4
    with ThreadPoolExecutor(8) as pool:
        issued = list(pool.map(lambda appid: credentials.stable_token(appid, now=NOON).value, sorted(appids)))
    assert len(set(issued)) == 50


def test_a_token_of_an_account_that_went_is_40001():
    anyone = Caller(world())
    token = anyone.token()
    anyone.world.accounts = (numbered_account(7),)
    assert anyone.errcode(token) == 40001


def test_one_count_is_kept_of_each_quota():
    quotas = Quotas()
    taken = [quotas.take("a", "x", limit=2, per=Period.MINUTE, now=NOON + 20 * n) for n in range(6)]
    assert taken == [True, True, False, True, True, False]
    assert quotas.take("b", "x", limit=2, per=Period.MINUTE, now=NOON)
    assert all(quotas.take("a", "y", limit=0, per=Period.DAY, now=NOON) for _ in range(9))


def test_clearing_quotas_touches_no_other_account_no_month_and_not_the_name_that_is_kept():
    quotas = Quotas()
    names = [("a", "x", Period.DAY), ("a", "y", Period.DAY), ("a", "x", Period.MONTH), ("b", "x", Period.DAY)]

    def taken():
        return [quotas.take(who, name, limit=1, per=per, now=NOON) for who, name, per in names]

    taken()
    quotas.clear("a", keeping="y")
    assert taken() == [True, False, False, False]
