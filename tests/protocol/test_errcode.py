import re
import subprocess
import sys

import pytest

from wire_examples import FOLDER, examples
from wxauth.errors import (
    AccountRefused,
    CodeRefused,
    SignInAgain,
    TokenDead,
    UsageError,
    WeChatBusy,
    WeChatError,
)
from wxauth.protocol.errcode import CATALOGUE, OTHER_MEANINGS, Errcode, Retry, at, error, explain
from wxauth.protocol.errcode.catalogue import TABLES

ENTRIES = [*CATALOGUE.values(), *OTHER_MEANINGS]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
RECORDED = [file.stem for file in FOLDER.glob("*.json") if not file.stem.startswith(("authorize", "connect"))]
SNS = ["sns/oauth2/access_token", "sns/oauth2/refresh_token", "sns/userinfo", "sns/auth"]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.code} {entry.where}")
def test_an_entry_speaks_both_languages_and_names_its_source(entry: Errcode) -> None:
    for hint in (entry.meaning, entry.remedy):
        assert len(hint.en) > 15
        assert hint.en.endswith(".")
        assert len(CHINESE.findall(hint.zh)) > 4
        assert hint.zh.endswith("。")
    assert entry.source.startswith(("https://developers.weixin.qq.com/", "https://developer.work.weixin.qq.com/"))
    assert re.fullmatch(r"[A-Z][A-Z0-9_]+", entry.name)
    assert entry.says
    assert entry.where


def test_names_are_unique() -> None:
    assert len({entry.name for entry in CATALOGUE.values()}) == len(CATALOGUE)


def test_no_number_is_written_down_twice() -> None:
    assert sorted(entry.code for entry in TABLES) == list(CATALOGUE)
    assert len({(entry.where, entry.code) for entry in OTHER_MEANINGS}) == len(OTHER_MEANINGS)


def test_the_codes_of_every_channel_are_all_there() -> None:
    general = [-1000, -1, 40001, 40002, 40003, 40013, 40014, 40029, 40030, 40066, 40125, 40163, 40164, 40243]
    general += range(41001, 41010)
    general += [42001, 42002, 42003, 42007, 43001, 43002, 43003, 45009, 45011, 48001, 48004, 50001, 50002]
    pages = [10003, 10004, 10005, 10006, 10009, 10010, 10011, 10012, 10013, 10015, 10016]
    pages += [402, 403, 404, 405, 408, 500]
    app = [40032, 40226, 44002, 47001, 48006, 50005, 87007, 87008, 87009, 89501, 89503, 89506, 89507]
    component = [41018, 61003, 61004, 61005, 61006, 61007, 61009, 61010, 61011, 61023]
    wecom = [40078, 40082, 40091, 45033, 48002, 50003, 60011, 60020, 60111, 81013, 84014, 84015]
    assert set(general + pages + app + component + wecom) == set(CATALOGUE)


@pytest.mark.parametrize("example", [e for e in examples("authorize-pages") if "errcode" in e.means], ids=str)
def test_a_page_code_has_the_exact_text_of_the_page(example) -> None:
    assert CATALOGUE[example.means["errcode"]].says == example.means["text"]


@pytest.mark.parametrize(
    ("code", "kind", "retry"),
    [
        (40163, CodeRefused, Retry.NEW_CODE),
        (40029, CodeRefused, Retry.NEW_CODE),
        (42003, CodeRefused, Retry.NEW_CODE),
        (40001, TokenDead, Retry.NEW_TOKEN),
        (40014, TokenDead, Retry.NEW_TOKEN),
        (42001, TokenDead, Retry.NEW_TOKEN),
        (40030, SignInAgain, Retry.NEW_AUTHORIZATION),
        (42002, SignInAgain, Retry.NEW_AUTHORIZATION),
        (42007, SignInAgain, Retry.NEW_AUTHORIZATION),
        (50001, SignInAgain, Retry.NEW_AUTHORIZATION),
        (40013, AccountRefused, Retry.HUMAN),
        (40125, AccountRefused, Retry.HUMAN),
        (40164, AccountRefused, Retry.HUMAN),
        (48004, AccountRefused, Retry.HUMAN),
        (50002, AccountRefused, Retry.HUMAN),
        (-1, WeChatBusy, Retry.LATER),
        (45009, WeChatBusy, Retry.LATER),
        (45011, WeChatBusy, Retry.LATER),
        (61005, WeChatBusy, Retry.LATER),
        (61009, CodeRefused, Retry.NEW_CODE),
        (61023, SignInAgain, Retry.NEW_AUTHORIZATION),
        (61003, AccountRefused, Retry.HUMAN),
        (87009, SignInAgain, Retry.NEW_AUTHORIZATION),
        (89503, WeChatBusy, Retry.LATER),
        (40082, TokenDead, Retry.NEW_TOKEN),
        (60020, AccountRefused, Retry.HUMAN),
        (40226, WeChatError, Retry.NO),
        (48001, WeChatError, Retry.NO),
        (40003, WeChatError, Retry.NO),
        (41008, WeChatError, Retry.NO),
    ],
)
def test_the_retry_rule_picks_the_exception(code: int, kind: type[WeChatError], retry: Retry) -> None:
    raised = error("sns/userinfo", code, "words", "rid-1")
    assert type(raised) is kind
    assert CATALOGUE[code].retry is retry
    assert raised.hint == CATALOGUE[code].remedy
    assert (raised.errcode, raised.errmsg, raised.rid, raised.operation) == (code, "words", "rid-1", "sns/userinfo")


@pytest.mark.parametrize("code", CATALOGUE)
def test_only_what_is_busy_can_be_sent_again_as_it_is(code: int) -> None:
    assert error("sns/auth", code, "").retryable is (CATALOGUE[code].retry is Retry.LATER)


@pytest.mark.parametrize(
    ("operation", "code", "kind"),
    [
        ("sns/oauth2/access_token", 40001, AccountRefused),  # the credential is the AppSecret there
        ("sns/oauth2/refresh_token", 40001, SignInAgain),  # and the refresh_token here
        ("sns/oauth2/refresh_token", 40029, SignInAgain),
        ("sns/oauth2/component/refresh_token", 40029, SignInAgain),
        ("cgi-bin/token", 40001, AccountRefused),
        ("cgi-bin/stable_token", 40001, AccountRefused),
        ("sns/jscode2session", 40001, AccountRefused),
        ("cgi-bin/user/info", 40001, TokenDead),
        ("cgi-bin/user/info", 48001, AccountRefused),
        ("sns/oauth2/component/access_token", 48001, WeChatError),
        ("qyapi/cgi-bin/gettoken", 40001, AccountRefused),
        ("qyapi/cgi-bin/auth/getuserinfo", 40029, CodeRefused),
        ("qyapi/cgi-bin/auth/getuserinfo", 42007, CodeRefused),
        ("qyapi/cgi-bin/auth/getuserinfo", 50001, AccountRefused),
        ("qyapi/cgi-bin/auth/getuserdetail", 50002, AccountRefused),
    ],
)
def test_a_number_means_what_it_means_at_this_call(operation: str, code: int, kind: type[WeChatError]) -> None:
    raised = error(operation, code, "")
    assert type(raised) is kind
    assert raised.hint != CATALOGUE[code].remedy


def test_wecom_means_its_own_where_it_has_a_number_of_its_own() -> None:
    assert at("qyapi/cgi-bin/auth/getuserinfo", 40029) != at("sns/oauth2/access_token", 40029)
    assert at("qyapi/cgi-bin/auth/getuserinfo", 42001) == at("sns/userinfo", 42001) == CATALOGUE[42001]
    assert at("qyapi/cgi-bin/gettoken", 7) is None


def test_an_unknown_number_gets_an_honest_hint() -> None:
    raised = error("sns/userinfo", 99999, "something new")
    assert type(raised) is WeChatError
    assert not raised.retryable
    assert "not in the catalogue" in raised.hint.en
    assert "没有这个编号" in raised.hint.zh


def test_the_words_of_wechat_stay_on_one_printable_line() -> None:  # H3
    raised = error("sns/auth", 40003, "a\r\nb\x1b[31m\u202ec\ud800" + "x" * 500, "r\n" * 100)
    assert raised.errmsg.startswith("a\ufffd\ufffdb\ufffd[31m\ufffdc\ufffdx")
    assert raised.errmsg.isprintable()
    assert len(raised.errmsg) == 200
    assert raised.rid == "r\ufffd" * 32


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_number_of_the_catalogue_is_explained(code: int) -> None:
    assert explain(code).code == code


def test_a_mistyped_number_is_answered_with_its_neighbours() -> None:
    with pytest.raises(UsageError, match=r"40163 .*code been used"):
        explain(40136)


def test_a_number_that_resembles_nothing_is_told_what_there_is() -> None:
    with pytest.raises(UsageError, match="-1000 to 89507"):
        explain(7)


@pytest.mark.parametrize("operation", RECORDED)
def test_every_recorded_refusal_is_in_the_catalogue(operation: str) -> None:
    refusals = {example.means["errcode"] for example in examples(operation) if example.means.get("errcode")}
    assert refusals <= set(CATALOGUE)


def test_the_catalogue_and_the_link_load_without_msgspec() -> None:
    script = (
        "import sys, wxauth.protocol.errcode, wxauth.protocol.authorize, wxauth.protocol.message; "
        "sys.exit(any(name in sys.modules for name in ('msgspec', 'asyncio', 'httpx2')))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
