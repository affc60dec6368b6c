import pytest

from wxauth.errors import UsageError
from wxauth.identity import Identity, Lang, OfficialAccount, Profile, Scope

APPID, SECRET = "wx5a4db00000000001", "5a4db000000000000000000000000001"


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
def test_an_account_that_cannot_work_is_refused(appid: str, secret: str, says: str) -> None:
    with pytest.raises(UsageError, match=says) as raised:
        OfficialAccount(appid=appid, secret=secret)
    assert not secret or secret not in str(raised.value)


def test_the_secret_of_an_account_does_not_show() -> None:  # H1
    assert SECRET not in repr(OfficialAccount(appid=APPID, secret=SECRET))


def test_scopes_and_languages_take_their_string_values() -> None:
    assert Scope.read("snsapi_base") is Scope.read(Scope.SNSAPI_BASE) is Scope.SNSAPI_BASE
    assert Lang.read("zh_TW") is Lang.read(Lang.ZH_TW) is Lang.ZH_TW


def test_a_person_is_known_by_appid_and_openid() -> None:
    silent = Identity(appid=APPID, openid="o1", unionid=None, scope="snsapi_base")
    known = Identity(
        appid=APPID, openid="o1", unionid="u1", scope="snsapi_userinfo", profile=Profile(openid="o1", nickname="安")
    )
    assert silent.key == known.key == (APPID, "o1")
    assert (silent.nickname, known.nickname) == (None, "安")
