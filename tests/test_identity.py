from dataclasses import replace

import pytest

from wxauth.account import WebsiteApp
from wxauth.errors import UsageError
from wxauth.identity import Grant, Identity, Lang, Profile, Scope

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


def grant(appid: str = APPID, unionid: str | None = None) -> Grant:
    return Grant(
        appid=appid,
        openid="o1",
        unionid=unionid,
        scope="snsapi_userinfo",
        access_token="a",
        refresh_token="r",
        expires_at=0.0,
        is_snapshot_user=False,
    )


def test_an_identity_is_made_of_a_grant_and_what_the_profile_adds() -> None:
    account = WebsiteApp(appid=APPID, secret="5a4db000000000000000000000000001", open_platform="shop")
    bare = Identity.of(grant(), account=account)
    assert (bare.key, bare.unionid, bare.profile, bare.open_platform) == ((APPID, "o1"), None, None, "shop")
    profile = Profile(openid="o1", unionid="u1", nickname="安")
    told = Identity.of(grant(), profile, account=account)
    assert (told.unionid, told.nickname) == ("u1", "安")
    assert Identity.of(grant(unionid="u0"), profile, account=account).unionid == "u0"
    assert told.same_person_as(bare)


def test_a_grant_or_a_profile_of_somebody_else_makes_no_identity() -> None:
    account = WebsiteApp(appid=APPID, secret="5a4db000000000000000000000000001")
    with pytest.raises(UsageError, match=f"of {OTHER_APPID}, not of {APPID}"):
        Identity.of(grant(OTHER_APPID), account=account)
    with pytest.raises(UsageError, match="another person"):
        Identity.of(grant(), Profile(openid="o2"), account=account)
