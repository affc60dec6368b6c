"""`wxauth explain`: every errcode, in both languages, offline."""

import json

import pytest
from click.testing import CliRunner, Result

from wxauth.cli.explain import LABELS, RETRY
from wxauth.cli.main import main
from wxauth.protocol.errcode import CATALOGUE, OTHER_MEANINGS, Retry


def explain(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["explain", *arguments])


def test_a_code_is_explained_in_both_languages():
    entry = CATALOGUE[40163]
    result = explain("40163")
    assert result.exit_code == 0
    assert result.output.startswith(f"40163 {entry.name}  {entry.says}\n")
    for text in (entry.where, entry.source, entry.meaning.en, entry.meaning.zh, entry.remedy.en, entry.remedy.zh):
        assert text in result.output
    assert RETRY[entry.retry].en in result.output
    assert RETRY[entry.retry].zh in result.output


@pytest.mark.parametrize(("shown", "hidden"), [("zh", "en"), ("en", "zh")])
def test_one_language_can_be_asked_for(shown: str, hidden: str):
    entry = CATALOGUE[40029]
    output = explain("40029", "--lang", shown).output
    assert getattr(entry.meaning, shown) in output
    assert getattr(entry.remedy, shown) in output
    assert getattr(entry.meaning, hidden) not in output
    assert getattr(entry.remedy, hidden) not in output


@pytest.mark.parametrize("arguments", [("-1",), ("-1", "--lang", "en"), ("--lang", "en", "-1")])
def test_a_negative_number_is_a_code_and_not_an_option(arguments: tuple[str, ...]):
    result = explain(*arguments)
    assert result.exit_code == 0
    assert result.output.startswith("-1 SYSTEM_ERROR")


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_code_of_the_catalogue_can_be_explained(code: int):
    assert CATALOGUE[code].name in explain(str(code)).output


def test_an_unknown_code_is_refused_with_codes_that_look_like_it():
    result = explain("40162")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Error: 40162 is not in the catalogue")
    assert "40163" in result.stderr


def test_what_is_no_number_is_refused():
    result = explain("oops")
    assert result.exit_code == 2
    assert "'oops' is not a valid integer" in result.stderr


def test_without_a_code_all_are_listed_in_order():
    lines = explain().output.splitlines()
    assert [int(line.split()[0]) for line in lines] == sorted(CATALOGUE)
    assert all(CATALOGUE[int(line.split()[0])].says in line for line in lines)


def test_json_holds_every_field():
    entry = CATALOGUE[40163]
    assert json.loads(explain("40163", "--json").output) == {
        "code": 40163,
        "name": entry.name,
        "says": entry.says,
        "where": entry.where,
        "meaning": {"en": entry.meaning.en, "zh": entry.meaning.zh},
        "remedy": {"en": entry.remedy.en, "zh": entry.remedy.zh},
        "retry": entry.retry.value,
        "source": entry.source,
        "elsewhere": [],
    }


def test_a_code_that_means_something_else_elsewhere_is_explained_for_each_place():
    others = [entry for entry in OTHER_MEANINGS if entry.code == 40001]
    output = explain("40001").output
    assert len(others) > 3
    for entry in others:
        assert f"At {entry.where} the same number means" in output
        assert entry.meaning.zh in output
    assert "the same number means" not in explain("40001", "--lang", "zh").output
    told = json.loads(explain("40001", "--json").output)["elsewhere"]
    assert [entry["where"] for entry in told] == [entry.where for entry in others]


def test_json_keeps_to_the_language_asked_for():
    explained = json.loads(explain("48001", "--json", "--lang", "zh").output)
    assert explained["meaning"].keys() == explained["remedy"].keys() == {"zh"}


def test_json_without_a_code_lists_them_all():
    assert [entry["code"] for entry in json.loads(explain("--json").output)] == sorted(CATALOGUE)


def test_every_retry_rule_has_words_in_both_languages():
    assert set(RETRY) == set(Retry)
    assert all(words.en and words.zh for words in RETRY.values())
    assert len(LABELS["en"]) == len(LABELS["zh"])
