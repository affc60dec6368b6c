from dataclasses import replace

from wxauth.identity import Identity, Lang, Profile, Scope

APPID = "wx5a4db00000000001"
OTHER_APPID = "wx5a4db00000000002"


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


def identity(appid: str = APPID, openid: str = "o1", **more: str) -> Identity:
    return Identity(**{"appid": appid, "openid": openid, "unionid": None, "scope": "snsapi_base"} | more)  # type: ignore[arg-type]


def test_one_account_knows_its_people_by_openid() -> None:
    assert identity().same_person_as(identity(unionid="u1"))
    assert not identity().same_person_as(identity(openid="O1"))


def test_a_unionid_links_identities_inside_one_open_platform_account_only() -> None:
    here = identity(unionid="u1", open_platform="shop")
    there = identity(appid=OTHER_APPID, openid="o2", unionid="u1", open_platform="shop")
    assert here.same_person_as(there)
    assert there.same_person_as(here)
    for stranger in ("bank", None):
        other = identity(appid=OTHER_APPID, openid="o2", unionid="u1")
        other = replace(other, open_platform=stranger)
        assert not here.same_person_as(other)
        assert not other.same_person_as(here)


def test_accounts_whose_open_platform_was_not_said_share_nobody() -> None:
    assert not identity(unionid="u1").same_person_as(identity(appid=OTHER_APPID, unionid="u1"))


def test_nobody_is_the_same_for_lack_of_a_unionid() -> None:
    here, there = identity(open_platform="shop"), identity(appid=OTHER_APPID, open_platform="shop")
    assert not here.same_person_as(there)


def test_a_late_unionid_changes_nobodys_key() -> None:
    assert identity().key == identity(unionid="u1", open_platform="shop").key
