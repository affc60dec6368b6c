"""The settings of a deployment: only they change on the way from the sandbox to the real WeChat."""

import pytest

from wxauth import Accounts, Endpoints, OfficialAccount, Settings, UsageError

APPID = "wx0000000000000001"
SECRET = "cafe0000000000000000000000005ec1"
LEAST = {"WXAUTH_APPID": APPID, "WXAUTH_SECRET": SECRET}


def test_appid_and_secret_are_enough_for_the_real_wechat() -> None:
    settings = Settings.from_environ(LEAST)
    account = OfficialAccount(appid=APPID, secret=SECRET)
    assert settings == Settings(account=account, accounts=Accounts([account]))
    assert settings.endpoints.is_wechat
    assert (settings.secret_key, settings.base_url, settings.store) == (None, None, "memory:")


def test_every_variable_is_read() -> None:
    settings = Settings.from_environ(
        LEAST
        | {
            "WXAUTH_SECRET_KEY": "k" * 40,
            "WXAUTH_BASE_URL": "https://example.com",
            "WXAUTH_STORE": "sqlite:///sign-in.db",
            "WXAUTH_SANDBOX_URL": "http://127.0.0.1:8911/",
        }
    )
    assert settings.endpoints == Endpoints.sandbox("http://127.0.0.1:8911")
    assert (settings.secret_key, settings.base_url) == ("k" * 40, "https://example.com")
    assert settings.store == "sqlite:///sign-in.db"


def test_a_variable_of_the_command_is_no_setting_and_no_mistake() -> None:
    assert Settings.from_environ(LEAST | {"WXAUTH_SANDBOX_STATE": "/state"}) == Settings.from_environ(LEAST)


def test_one_variable_leads_from_the_sandbox_to_the_real_wechat() -> None:
    sandbox = Settings.from_environ(LEAST | {"WXAUTH_SANDBOX_URL": "http://localhost:8911"})
    assert not sandbox.endpoints.is_wechat
    assert Settings.from_environ(LEAST | {"WXAUTH_SANDBOX_URL": ""}).endpoints.is_wechat


def test_the_environment_of_the_process_is_read_when_nothing_else_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in LEAST.items():
        monkeypatch.setenv(name, value)
    assert Settings.from_environ().account.appid == APPID


@pytest.mark.parametrize("name", LEAST)
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_variable_is_named_with_the_next_step(name: str, value: str | None) -> None:
    environ = {other: text for other, text in LEAST.items() if other != name} | ({name: value} if value == "" else {})
    with pytest.raises(UsageError, match=f"{name} is not set; .*wxauth sandbox"):
        Settings.from_environ(environ)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("WXAUTH_APP_ID", "did you mean WXAUTH_APPID?"),
        ("WXAUTH_SECRETKEY", "did you mean WXAUTH_SECRET_KEY?"),
        ("WXAUTH_SANDBOX", "did you mean WXAUTH_SANDBOX_URL?"),
        ("WXAUTH_COLOUR", "known are WXAUTH_APPID, WXAUTH_SECRET"),
        ("WXAUTH_", "known are WXAUTH_APPID, WXAUTH_SECRET"),
    ],
)
def test_an_unknown_variable_is_refused_with_what_was_meant(name: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        Settings.from_environ(LEAST | {name: "SECRETVALUE"})
    assert hint in str(caught.value)
    assert "SECRETVALUE" not in str(caught.value)


def test_variables_of_other_programs_are_none_of_ours() -> None:
    Settings.from_environ(LEAST | {"WXAUTHORITY": "x", "PATH": "/bin", "wxauth_appid": "x"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"WXAUTH_APPID": "gh_0123456789ab"},
        {"WXAUTH_SECRET": "short"},
        {"WXAUTH_SANDBOX_URL": "http://example.com"},
        {"WXAUTH_SANDBOX_URL": "127.0.0.1:8911"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_wrong_value_is_refused_at_once(wrong: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        Settings.from_environ(LEAST | wrong)


def test_settings_hide_their_secrets() -> None:  # G3
    settings = Settings.from_environ(LEAST | {"WXAUTH_SECRET_KEY": "CANARYKEY" * 5})
    assert SECRET not in repr(settings)
    assert "CANARYKEY" not in repr(settings)
