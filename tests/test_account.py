"""The accounts: one kind per channel, each refused at birth when it cannot work."""

from typing import Any

import pytest

from wxauth.account import MiniProgram, MobileApp, OfficialAccount, ThirdPartyPlatform, WebsiteApp, WeComApp
from wxauth.errors import UsageError

APPID, SECRET = "wx5a4db00000000001", "5a4db000000000000000000000000001"
CORPID, AES_KEY = "ww5a4db00000000001", "k" * 43
APPS = (OfficialAccount, WebsiteApp, MobileApp, MiniProgram)
PLATFORM = {"appid": APPID, "secret": SECRET, "token": "pushtoken", "encoding_aes_key": AES_KEY}
CORP = {"corpid": CORPID, "agentid": 1000002, "secret": "S" * 43}


@pytest.mark.parametrize("kind", APPS)
@pytest.mark.parametrize(
    ("appid", "secret", "says"),
    [
        ("", SECRET, "10012"),
        ("gh_0123456789ab", SECRET, "原始ID"),
        ("wx5a4db0000000000", SECRET, "40013"),
        ("WX5A4DB00000000001", SECRET, "40013"),
        (f"{APPID}\n", SECRET, "40013"),
        (f" {APPID}", SECRET, "40013"),
        (APPID, "", "40125"),
        (APPID, SECRET[:-1], "40125"),
        (APPID, f"{SECRET}\n", "40125"),
        (APPID, "x" * 32, "40125"),
    ],
)
def test_an_account_that_cannot_work_is_refused(kind: Any, appid: str, secret: str, says: str) -> None:
    with pytest.raises(UsageError, match=says) as raised:
        kind(appid=appid, secret=secret)
    assert not secret or secret not in str(raised.value)


def test_the_secrets_of_an_account_do_not_show() -> None:  # H1
    for kind in APPS:
        assert SECRET not in repr(kind(appid=APPID, secret=SECRET))
    shown = repr(ThirdPartyPlatform(**PLATFORM)) + repr(WeComApp(**CORP))  # type: ignore[arg-type]
    assert not [secret for secret in (SECRET, "pushtoken", AES_KEY, "S" * 43) if secret in shown]


def test_accounts_of_two_kinds_are_never_equal() -> None:
    assert len({kind(appid=APPID, secret=SECRET) for kind in APPS}) == len(APPS)


@pytest.mark.parametrize("name", ["", "x" * 65])
def test_the_name_of_an_open_platform_account_is_short_and_not_empty(name: str) -> None:
    assert OfficialAccount(appid=APPID, secret=SECRET, open_platform="shop").open_platform == "shop"
    with pytest.raises(UsageError, match="open_platform"):
        OfficialAccount(appid=APPID, secret=SECRET, open_platform=name)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"appid": "ww5a4db00000000001"}, "40013"),
        ({"secret": "x"}, "40125"),
        ({"token": "no!"}, "消息校验Token"),
        ({"encoding_aes_key": AES_KEY[:-1]}, "消息加解密Key"),
        ({"encoding_aes_key": AES_KEY + "="}, "消息加解密Key"),
    ],
)
def test_a_platform_that_cannot_work_is_refused(wrong: dict[str, str], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        ThirdPartyPlatform(**PLATFORM | wrong)


@pytest.mark.parametrize(
    ("wrong", "says"), [({"corpid": APPID}, "40013"), ({"agentid": 0}, "agentid 0"), ({"secret": "x"}, "40001")]
)
def test_an_app_of_wecom_that_cannot_work_is_refused(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        WeComApp(**CORP | wrong)  # type: ignore[arg-type]


def test_the_appid_of_an_app_of_wecom_is_its_corpid() -> None:
    assert WeComApp(**CORP).appid == CORPID  # type: ignore[arg-type]
