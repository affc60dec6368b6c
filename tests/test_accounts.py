"""Several accounts: found by name and kind, read from a file without a secret in any message."""

from pathlib import Path

import pytest

from wxauth import (
    Accounts,
    MiniProgram,
    OfficialAccount,
    Settings,
    ThirdPartyPlatform,
    UsageError,
    WebsiteApp,
    WeComApp,
)

SECRET = "5a4db00000000000000000000000000{}"
KEY = "k" * 43
OFFICIAL = OfficialAccount(appid="wx0000000000000001", secret=SECRET.format(1), open_platform="ours")
WEBSITE = WebsiteApp(appid="wx0000000000000002", secret=SECRET.format(2))
CORPS = [WeComApp(corpid="ww0000000000000006", agentid=agentid, secret=SECRET.format(6)) for agentid in (1, 2)]
FILE = """
[[official_account]]
appid = "wx0000000000000001"
secret_env = "OFFICIAL_SECRET"
open_platform = "ours"

[[official_account]]
appid = "wx0000000000000007"
secret = "5a4db000000000000000000000000007"

[[website]]
appid = "wx0000000000000002"
secret_file = "secrets/website"

[[mini_program]]
appid = "wx0000000000000003"
secret = "5a4db000000000000000000000000003"

[[third_party_platform]]
appid = "wx0000000000000005"
secret = "5a4db000000000000000000000000005"
token_env = "PUSH_TOKEN"
encoding_aes_key_file = "secrets/key"

[[wecom]]
corpid = "ww0000000000000006"
agentid = 1
secret = "5a4db000000000000000000000000006"
"""
ENVIRON = {"OFFICIAL_SECRET": SECRET.format(1), "PUSH_TOKEN": "pushtoken"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "website").write_text(SECRET.format(2) + "\n")
    (tmp_path / "secrets" / "key").write_text(KEY)
    path = tmp_path / "accounts.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_an_account_is_found_by_its_name_and_kind() -> None:
    accounts = Accounts([OFFICIAL, WEBSITE, *CORPS])
    assert accounts.official_account(OFFICIAL.appid) is OFFICIAL
    assert accounts.website(WEBSITE.appid) is WEBSITE
    assert accounts.wecom("ww0000000000000006", 2) is CORPS[1]
    assert (len(accounts), list(accounts)) == (4, [OFFICIAL, WEBSITE, *CORPS])
    assert accounts == Accounts([OFFICIAL, WEBSITE, *CORPS]) != Accounts([OFFICIAL])
    assert hash(accounts) == hash(Accounts([OFFICIAL, WEBSITE, *CORPS]))


@pytest.mark.parametrize("find", ["official_account", "website", "mobile", "mini_program", "platform"])
def test_a_name_that_is_not_there_is_answered_with_those_that_are(find: str) -> None:
    with pytest.raises(UsageError, match=r"'nobody' is not there.*wx0000000000000001 \(OfficialAccount\)"):
        getattr(Accounts([OFFICIAL]), find)("nobody")
    with pytest.raises(UsageError, match="no accounts"):
        getattr(Accounts(), find)("nobody")


def test_an_account_of_another_kind_is_not_given_out() -> None:
    with pytest.raises(UsageError, match="is of kind WebsiteApp, not of kind OfficialAccount"):
        Accounts([WEBSITE]).official_account(WEBSITE.appid)


def test_two_accounts_of_one_name_are_refused() -> None:
    with pytest.raises(UsageError, match="wx0000000000000001 is there twice"):
        Accounts([OFFICIAL, WebsiteApp(appid=OFFICIAL.appid, secret=SECRET.format(1))])


def test_every_kind_is_read_from_a_file(file: Path) -> None:
    accounts = Accounts.from_file(file, ENVIRON)
    assert accounts.official_account(OFFICIAL.appid) == OFFICIAL
    assert accounts.website(WEBSITE.appid) == WEBSITE
    assert accounts.mini_program("wx0000000000000003") == MiniProgram(
        appid="wx0000000000000003", secret=SECRET.format(3)
    )
    assert accounts.platform("wx0000000000000005") == ThirdPartyPlatform(
        appid="wx0000000000000005", secret=SECRET.format(5), token="pushtoken", encoding_aes_key=KEY
    )
    assert accounts.wecom("ww0000000000000006", 1) == CORPS[0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[offical_account]]", r"\[\[offical_account\]\] is no kind of account; did you mean official_account\?"),
        ("[[zzz]]", "known are official_account, website"),
        ("[official_account]\nappid = 'x'", "two brackets"),
        ("official_account = ['x']", "number 1: write a table"),
        ("[[website]]\nappid = 'x'\nsecert = 'canary'", r"secert is not known; did you mean secret\?"),
        ("[[website]]\nappid = 'x'", "secret is missing"),
        ("[[website]]\nappid = 5\nsecret = 'canary'", "appid is not a text"),
        ("[[website]]\nappid = 'x'\nsecret = 5", "secret is not a text"),
        ("[[website]]\nappid = 'x'\nsecret = 'canary'\nsecret_env = 'A'", "secret and secret_env exclude each other"),
        ("[[website]]\nappid = 'x'\nsecret_env = 'NOT_SET'", "the variable NOT_SET is not set"),
        ("[[website]]\nappid = 'x'\nsecret_file = 'nowhere'", "nowhere cannot be read: No such file"),
        ("[[website]]\nappid = 'x'\nsecret_file = 'binary'", "binary is not UTF-8"),
        (
            "[[website]]\nappid = 'wx0000000000000002'\nsecret = 'canary'",
            "secret of .* is not an AppSecret",
        ),
        ("[[wecom]]\ncorpid = 'x'\nagentid = '1'\nsecret = 'canary'", "agentid is not a number"),
        ("[[wecom]]\ncorpid = 'x'\nagentid = true\nsecret = 'canary'", "agentid is not a number"),
        ("secret = canary", "is not TOML"),
        ("[[website]]\nappid = 'x'\ntoken = 'canary'", "token is not known"),
    ],
)
def test_what_cannot_be_read_is_named_and_no_secret_is(tmp_path: Path, text: str, says: str) -> None:  # H2
    path = tmp_path / "accounts.toml"
    path.write_text(text, encoding="utf-8")
    (tmp_path / "binary").write_bytes(b"\xff")
    with pytest.raises(UsageError, match=says) as raised:
        Accounts.from_file(path, {})
    assert "canary" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.toml cannot be read: No such file"):
        Accounts.from_file(tmp_path / "nowhere.toml")


def test_no_secret_shows(file: Path) -> None:  # H1
    accounts = Accounts.from_file(file, ENVIRON)
    shown = repr(accounts) + repr(list(accounts))
    assert "5a4db0" not in shown
    assert KEY not in shown


def test_settings_take_the_first_official_account_of_the_file_or_the_one_named(file: Path) -> None:
    environ = ENVIRON | {"WXAUTH_ACCOUNTS": str(file)}
    first = Settings.from_environ(environ)
    assert (first.account, len(first.accounts)) == (OFFICIAL, 6)
    named = Settings.from_environ(environ | {"WXAUTH_APPID": "wx0000000000000007"})
    assert named.account.appid == "wx0000000000000007"
    own = Settings.from_environ(
        environ | {"WXAUTH_APPID": "wx0000000000000008", "WXAUTH_SECRET": SECRET.format(8)},
    )
    assert (own.account.appid, len(own.accounts)) == ("wx0000000000000008", 7)


def test_settings_need_an_official_account(tmp_path: Path) -> None:
    path = tmp_path / "accounts.toml"
    path.write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match=r"no \[\[official_account"):
        Settings.from_environ({"WXAUTH_ACCOUNTS": str(path)})
