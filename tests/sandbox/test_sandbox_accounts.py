"""Accounts of a sandbox."""

import pytest

from wxauth.sandbox.accounts import Account, AccountKind, default_accounts, numbered_account

SECRET = "5a4db0" + "0" * 26


def test_the_default_account_is_the_one_third_parties_rely_on(world):
    assert world.account.appid == "wx5a4db00000000001"
    assert world.account.secret == "5a4db000000000000000000000000001"


def test_every_numbered_account_bears_the_mark_of_the_sandbox():
    for number in (1, 255, 99_999):
        assert numbered_account(number).appid.startswith("wx5a4db0")
        assert len(numbered_account(number).appid) == 18


@pytest.mark.parametrize("appid", ["", "wx0123456789abcdef", "wx5A4DB00000000001", "gh_5a4db0000001"])
def test_an_appid_without_the_mark_is_refused(appid):
    with pytest.raises(ValueError, match="not a sandbox appid"):
        Account(appid=appid, secret=SECRET)


def test_a_secret_of_another_shape_is_refused_and_not_told():
    with pytest.raises(ValueError, match="32 hex digits") as refused:
        Account(appid="wx5a4db00000000009", secret="hush")
    assert "hush" not in str(refused.value)


def test_repr_hides_the_secret(world):
    assert world.account.secret not in repr(world.account)


@pytest.mark.parametrize("domain", ["https://www.example.com", "Example.com", "example.com/", "*.example.com", ""])
def test_a_callback_domain_is_a_bare_domain(domain):
    with pytest.raises(ValueError, match="bare domain"):
        Account(appid="wx5a4db00000000009", secret=SECRET, callback_domains=(domain,))


def test_every_sandbox_has_the_accounts_that_third_parties_rely_on():
    for number, account in zip(range(1, 7), default_accounts(), strict=True):
        begin = "ww" if account.kind is AccountKind.WECOM else "wx"
        assert (account.appid, account.secret) == (f"{begin}5a4db00000000{number:03}", f"5a4db0{number:026x}")


def test_the_test_account_of_every_sandbox_has_a_follower_and_belongs_to_no_open_platform_account(world):
    account = default_accounts()[3]
    assert account.kind is AccountKind.TEST
    assert [person.name for person in world.people if world.follows(person, account.appid)] == ["安"]
    assert world.unionid(world.people[0], account) is None


@pytest.mark.parametrize("kind", [AccountKind.SERVICE, AccountKind.WEBSITE])
def test_a_real_account_registers_no_ip_address(kind):
    with pytest.raises(ValueError, match="an IP address"):
        Account(appid="wx5a4db00000000009", secret=SECRET, callback_domains=("192.0.2.1",), kind=kind)
    Account(appid="wx5a4db00000000009", secret=SECRET, callback_domains=("192.0.2.1",), kind=AccountKind.TEST)


def test_only_a_test_account_registers_a_port():
    with pytest.raises(ValueError, match="port"):
        Account(appid="wx5a4db00000000009", secret=SECRET, callback_domains=("192.0.2.1:7002",))
    Account(appid="wx5a4db00000000009", secret=SECRET, callback_domains=("192.0.2.1:7002",), kind=AccountKind.TEST)
