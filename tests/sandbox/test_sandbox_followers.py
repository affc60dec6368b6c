"""The followers of an account: what is told of one, of many, and page by page."""

from dataclasses import replace

import pytest
from cgi_calls import Caller

from wxauth.sandbox.accounts import numbered_account
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.people import Person
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.world import World

NOON = 1_795_060_800.0
APPID = numbered_account(1).appid


def crowd(number: int) -> list[Person]:
    names = [f"p{n:03}" for n in range(number)]
    return [Person(name=name, nickname=name, avatar=None, follows=frozenset({APPID})) for name in names]


def caller(people: list[Person] | None = None, *, scopes: bool = True, **switches) -> Caller:
    account = numbered_account(1) if scopes else replace(numbered_account(1), scopes=frozenset())
    clock = Clock(at=NOON, frozen=True)
    return Caller(World(accounts=[account], people=people or [], switches=Switches(**switches), clock=clock))


def info(anyone: Caller, openid: str) -> dict:
    return anyone.get("cgi-bin/user/info", access_token=anyone.token(), openid=openid, lang="zh_CN")


def batch(anyone: Caller, user_list: object) -> dict:
    return anyone.post("cgi-bin/user/info/batchget", {"user_list": user_list}, access_token=anyone.token())


def page(anyone: Caller, after: str = "") -> dict:
    given = {"next_openid": after} if after else {}
    return anyone.get("cgi-bin/user/get", access_token=anyone.token(), **given)


def openid(anyone: Caller, name: str) -> str:
    return anyone.world.openid(anyone.world.person(name))


def test_a_follower_has_no_name_or_face_but_an_openid_a_unionid_and_a_time():
    anyone = caller()
    told = info(anyone, openid(anyone, "安"))
    assert (told["subscribe"], told["nickname"], told["headimgurl"], told["sex"]) == (1, "", "", 0)
    assert told["unionid"] == anyone.world.unionid(anyone.world.person("安"))
    assert told["subscribe_time"] == int(NOON)


def test_the_private_fields_are_absent_by_switch():
    anyone = caller(user_info_privacy_fields="absent")
    assert not {"nickname", "headimgurl", "sex", "language", "city"} & set(info(anyone, openid(anyone, "安")))


def test_who_follows_later_has_followed_since_then():
    anyone = caller()
    anyone.world.clock.advance(hours=1)
    anyone.world.follow(anyone.world.person("波"))
    anyone.world.clock.advance(hours=1)
    anyone.world.follow(anyone.world.person("波"))
    assert info(anyone, openid(anyone, "波"))["subscribe_time"] == int(NOON) + 3600


def test_of_somebody_who_does_not_follow_hardly_anything_is_told():
    anyone = caller()
    told = info(anyone, openid(anyone, "波"))
    assert told == {
        "subscribe": 0,
        "openid": openid(anyone, "波"),
        "unionid": anyone.world.unionid(anyone.world.person("波")),
        "tagid_list": [],
    }


def test_who_unfollows_is_no_follower():
    anyone = caller()
    anyone.world.unfollow(anyone.world.person("安"))
    assert info(anyone, openid(anyone, "安"))["subscribe"] == 0
    assert page(anyone)["total"] == 0


def test_an_openid_of_another_account_is_40003():
    anyone = caller()
    foreign = anyone.world.openid(anyone.world.person("安"), numbered_account(7).appid)
    assert info(anyone, foreign)["errcode"] == 40003
    assert batch(anyone, [{"openid": foreign}])["errcode"] == 40003
    assert page(anyone, foreign)["errcode"] == 40003


def test_a_missing_openid_is_41009():
    assert info(caller(), "")["errcode"] == 41009


def test_a_batch_tells_of_everybody_in_the_order_asked():
    anyone = caller()
    asked = [openid(anyone, name) for name in ("波", "安", "小明")]
    told = batch(anyone, [{"openid": value, "lang": "zh_CN"} for value in asked])["user_info_list"]
    assert [(entry["openid"], entry["subscribe"]) for entry in told] == list(zip(asked, (0, 1, 0), strict=True))


@pytest.mark.parametrize(("number", "errcode"), [(0, 40032), (1, None), (100, None), (101, 40032)])
def test_a_batch_takes_one_to_a_hundred(number, errcode):
    anyone = caller()
    assert batch(anyone, [{"openid": openid(anyone, "安")}] * number).get("errcode") == errcode


@pytest.mark.parametrize(
    "user_list", [None, "text", {"openid": "o"}, ["o"], [{}], [{"openid": 1}], [{"openid": "o"}, 1]]
)
def test_a_batch_in_another_shape_is_47001(user_list):
    assert batch(caller(), user_list)["errcode"] == 47001


def test_the_pages_hold_every_follower_once_and_in_the_same_order_each_time():
    anyone = caller(crowd(25), user_get_page_size=10)

    def all_pages() -> list[str]:
        seen, after = [], ""
        while found := page(anyone, after).get("data"):
            seen += found["openid"]
            after = seen[-1]
        return seen

    first = all_pages()
    assert first == [anyone.world.openid(person) for person in anyone.world.people]
    assert all_pages() == first


def test_a_page_names_the_total_its_own_count_and_its_last_openid():
    anyone = caller(crowd(25), user_get_page_size=10)
    got = page(anyone)
    assert (got["total"], got["count"], got["next_openid"]) == (25, 10, got["data"]["openid"][-1])
    assert page(anyone, openid(anyone, "p019"))["count"] == 5


def test_a_page_holds_ten_thousand_openids():
    anyone = caller(crowd(10_001))
    first = page(anyone)
    assert (first["total"], first["count"]) == (10_001, 10_000)
    assert page(anyone, first["next_openid"])["count"] == 1


@pytest.mark.parametrize(("tail", "more"), [("data_absent", {}), ("data_empty", {"data": {"openid": []}})])
def test_after_the_last_page_comes_an_empty_one(tail, more):
    anyone = caller(user_get_empty_tail=tail)
    last = page(anyone)["next_openid"]
    assert page(anyone, last) == {"total": 1, "count": 0, "next_openid": ""} | more


def test_who_unfollows_while_the_pages_are_read_does_not_break_them_off():
    anyone = caller(crowd(9), user_get_page_size=3)
    last = page(anyone)["next_openid"]
    anyone.world.unfollow(anyone.world.person("p002"))
    assert page(anyone, last)["data"]["openid"][0] == openid(anyone, "p003")


def test_an_account_without_scopes_has_no_followers_to_ask_about():
    anyone = caller(scopes=False)
    answers = [info(anyone, "o"), batch(anyone, []), page(anyone)]
    assert {answer["errcode"] for answer in answers} == {48001}
