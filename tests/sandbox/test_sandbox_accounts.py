"""Accounts of a sandbox."""

import pytest

from wxauth.sandbox.accounts import Account, AccountKind, numbered_account

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


def test_only_a_test_account_registers_a_port():
    with pytest.raises(ValueError, match="port"):
        Account(appid="wx5a4db00000000009", secret=SECRET, callback_domains=("192.0.2.1:7002",))
    Account(appid="wx5a4db00000000009", secret=SECRET, callback_domains=("192.0.2.1:7002",), kind=AccountKind.TEST)
