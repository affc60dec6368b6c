"""Nothing that a user can meet is missing from the reference, and nothing in it is made up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from importlib import import_module
from inspect import signature

import click
import pytest
from markdown_pages import ROOT, headings

from wxauth import errors
from wxauth.cli.main import COMMANDS, main
from wxauth.cli.sandbox import CONTROLS, sandbox
from wxauth.flow.attempt import Problem
from wxauth.protocol import errcode
from wxauth.sandbox.control.route import PREFIX
from wxauth.sandbox.control.table import ROUTES
from wxauth.sandbox.fault import DOES_THE_WORK, Kind, read_what
from wxauth.sandbox.faults import Faults
from wxauth.sandbox.lint_rules import RULES
from wxauth.sandbox.pages.text import TEXT
from wxauth.sandbox.presets import PRESETS
from wxauth.settings import NAMES
from wxauth.web.pages import PROBLEM_PAGES

REFERENCE = ROOT / "docs" / "reference"
HOW_TO = ROOT / "docs" / "how-to"
EXCEPTIONS = {
    name: found
    for name, found in vars(errors).items()
    if isinstance(found, type) and issubclass(found, errors.WxAuthError)
}
OF_AN_ACCOUNT = ("doctor", "url", "login", "token", "userinfo", "followers")
"""Commands with the options of "Which account"."""
TROUBLES = ("请在微信客户端打开链接", "10003", "10005", "10006", "40029", "40163", "48001", "40125", "40164", "40001")

_ROW = re.compile(r"^\| `(?P<name>[^`]+)` \|(?P<rest>.*)\|$", re.MULTILINE)
_NUMBER = re.compile(r"(?<![\d.])-?\d+(?!\d)")


def rows(page: str, heading: str = "") -> dict[str, str]:
    """The rows of a page's tables whose first cell is a name: name -> the other cells, from a heading onwards."""
    text = (REFERENCE / page).read_text(encoding="utf-8")
    return {row["name"]: row["rest"] for row in _ROW.finditer(text.partition(heading)[2] if heading else text)}


def test_every_setting_has_a_row_and_a_section_and_there_is_no_other() -> None:
    named = {name for name in rows("settings.md") if name.startswith("WXAUTH_")}
    assert named == set(NAMES)
    assert {heading for heading in headings(REFERENCE / "settings.md") if heading.startswith("WXAUTH_")} == set(NAMES)


def test_every_exception_has_a_row_and_a_place_in_the_tree_and_there_is_no_other() -> None:
    page = (REFERENCE / "errors.md").read_text(encoding="utf-8")
    table, _, _ = page.partition("## What they carry")
    assert {row["name"] for row in _ROW.finditer(table)} == set(EXCEPTIONS)
    tree = page.partition("```text")[2].partition("```")[0]
    assert set(re.findall(r"^[│├└─ ]*([A-Z]\w+)", tree, re.MULTILINE)) == set(EXCEPTIONS)


@pytest.mark.parametrize("name", [name for name, kind in EXCEPTIONS.items() if issubclass(kind, errors.WeChatError)])
def test_every_errcode_named_beside_an_exception_becomes_that_exception(name: str) -> None:
    when = rows("errors.md")[name].partition("|")[0]
    numbers = [int(number) for number in _NUMBER.findall(when)]
    assert numbers
    for number in numbers:
        operation = errcode.CATALOGUE[number].where.partition(",")[0]
        assert type(errcode.error(operation, number, "")) is EXCEPTIONS[name], number


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_every_field_of_an_exception_is_documented(name: str) -> None:
    page = (REFERENCE / "errors.md").read_text(encoding="utf-8").partition("## What they carry")[2]
    fields = vars(EXCEPTIONS[name])["__init__"].__code__.co_varnames[1:] if "__init__" in vars(EXCEPTIONS[name]) else ()
    documented = {"hint": "hint.en"}
    public = [field for field in fields if field not in ("fate", "where")]
    assert not [field for field in public if f"`{documented.get(field, field)}`" not in page]


def test_every_page_of_a_problem_has_a_row_with_its_title_and_there_is_no_other() -> None:
    named = rows("errors.md", "## Pages")
    assert named.keys() == {str(problem) for problem in Problem}
    for problem, page in PROBLEM_PAGES.items():
        assert page.en.title in named[str(problem)]


def test_the_titles_that_troubleshooting_quotes_are_those_of_the_page() -> None:
    spent = PROBLEM_PAGES[Problem.SPENT]
    assert f'"{spent.en.title}"' in (HOW_TO / "troubleshooting.md").read_text(encoding="utf-8")
    assert f"“{spent.zh.title}”" in (HOW_TO / "troubleshooting.zh-CN.md").read_text(encoding="utf-8")


def test_the_buttons_that_the_tutorial_names_are_those_of_the_sandbox() -> None:
    tutorial = (ROOT / "docs" / "tutorial" / "first-sign-in.md").read_text(encoding="utf-8")
    assert f"**{TEXT['enter'].en}** ({TEXT['enter'].zh})" in tutorial
    assert f"**{TEXT['allow'].en}** ({TEXT['allow'].zh})" in tutorial
    assert f"**{TEXT['refuse'].en}** ({TEXT['refuse'].zh})" in tutorial


def test_every_kind_of_fault_has_a_row_that_says_whether_the_call_is_carried_out() -> None:
    page = (REFERENCE / "faults.md").read_text(encoding="utf-8").partition("## With which calls")[0]
    told: dict[Kind, bool] = {}
    for line in page.splitlines():
        names = re.findall(r"`([^`]+)`", line.split("|")[1]) if line.startswith("| `") else []
        for name in names:
            told[read_what(name)[0]] = line.endswith("| yes |")
    assert told == {kind: kind in DOES_THE_WORK for kind in Kind}


def test_every_option_of_a_fault_has_a_row_with_its_default_and_there_is_no_other() -> None:
    page = (REFERENCE / "faults.md").read_text(encoding="utf-8").partition("## With which calls")[2]
    told = {row["name"]: row["rest"].split("|")[0].strip() for row in _ROW.finditer(page.partition("## ")[0])}
    options = [
        parameter for parameter in signature(Faults.add).parameters.values() if parameter.kind.name == "KEYWORD_ONLY"
    ]
    shown = {parameter.name: "any" if parameter.default is None else f"{parameter.default:g}" for parameter in options}
    assert told == shown


def test_every_rule_of_the_lint_report_has_a_row_with_its_words_and_source_and_there_is_no_other() -> None:
    told = {name: [cell.strip() for cell in rest.split("|")] for name, rest in rows("lint.md").items()}
    assert told == {rule.name: [rule.severity, rule.words.en, f"[source]({rule.source})"] for rule in RULES}


def test_every_preset_has_a_row_that_says_what_it_does_and_there_is_no_other() -> None:
    told = {name: [cell.strip() for cell in rest.split("|")] for name, rest in rows("faults.md", "## Presets").items()}
    assert told == {
        name: [f"`{preset.operation}`", str(preset.what), "once" if preset.once else "always", preset.words.en]
        for name, preset in PRESETS.items()
    }


def test_every_command_has_a_section_and_there_is_no_other() -> None:
    found = [heading for heading in headings(REFERENCE / "commands.md") if heading.startswith("wxauth ")]
    assert found == [f"wxauth {name}" for name in COMMANDS]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_a_command_is_documented(name: str) -> None:
    page = (REFERENCE / "commands.md").read_text(encoding="utf-8")
    command = main.get_command(click.Context(main), name)
    assert command is not None
    account = page.partition("## Which account\n")[2].partition("\n## ")[0] if name in OF_AN_ACCOUNT else ""
    section = page.partition(f"## wxauth {name}\n")[2].partition("\n## ")[0]
    for path, leaf in _leaves(command, (name,)) if name != "sandbox" else [((name,), command)]:
        options = {option for parameter in leaf.params for option in parameter.opts if option.startswith("--")}
        assert f"{' '.join(path)}" in f"wxauth {name}\n{section}", path
        assert not [option for option in options - {"--help"} if option not in account + section], path


def test_every_command_that_controls_a_sandbox_is_documented_with_its_options() -> None:
    page = (REFERENCE / "commands.md").read_text(encoding="utf-8")
    section = page.partition("## wxauth sandbox\n")[2].partition("\n## ")[0]
    named = {
        heading.removeprefix("sandbox ") for heading in headings(REFERENCE / "commands.md") if "sandbox " in heading
    }
    assert named >= set(CONTROLS)
    for path, command in _leaves(sandbox, ("sandbox",)):
        missing = {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
        assert f"`{' '.join(path[1:])}" in section, path
        assert not [option for option in missing if f"`{option}" not in section], path


def test_every_route_of_the_control_api_has_a_row_with_what_it_takes_and_there_is_no_other() -> None:
    named = {name: rest for name, rest in rows("control-api.md").items() if " /_sandbox/" in name}
    assert list(named) == [f"{route.method} {PREFIX}{route.path}" for route in ROUTES]
    for route, rest in zip(ROUTES, named.values(), strict=True):
        summary, takes, method = (cell.strip() for cell in rest.strip("| ").split("|"))
        names = [f"`?{field.name}`" for field in fields(route.query)] + [
            f"`{field.name}`" for field in fields(route.body)
        ]
        assert (f"{summary}.", takes, method) == (route.summary, ", ".join(names) or "-", f"`{route.name}`")


def _leaves(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """The commands below a group, with the words that lead to each."""
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from _leaves(found, (*path, name))


def test_both_troubleshooting_pages_have_every_trouble_in_the_same_order() -> None:
    english, chinese = headings(HOW_TO / "troubleshooting.md"), headings(HOW_TO / "troubleshooting.zh-CN.md")
    for page in (english, chinese):
        assert [trouble for heading in page for trouble in TROUBLES if trouble in heading] == list(TROUBLES)
    assert len(english) == len(chinese)


def test_both_troubleshooting_pages_show_the_same_programs() -> None:
    def programs(name: str) -> list[str]:
        text = (HOW_TO / name).read_text(encoding="utf-8")
        without_words = re.sub(r'assert "[^"]*" in refused\.hint\.\w\w', "", text)
        return re.findall(r"```python\n(.*?)```", without_words, re.DOTALL)

    assert programs("troubleshooting.md") == programs("troubleshooting.zh-CN.md")


def test_every_span_of_time_that_is_told_is_the_one_in_the_code() -> None:
    page = (ROOT / "docs" / "explanation" / "signing-in-safely.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| .+ \| (\d+) \| `([\w.]+)\.(\w+)` \|$", page, re.MULTILINE)
    assert len(told) >= 9
    for seconds, module, constant in told:
        assert getattr(import_module(module), constant) == float(seconds), constant


def test_the_decisions_are_numbered_without_a_gap_and_say_context_decision_and_consequences() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [page.name[:4] for page in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]
    for page in pages:
        assert headings(page)[1:] == ["Context", "Decision", "Consequences"], page.name
