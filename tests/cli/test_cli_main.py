"""The command as a whole: quick, complete, and plain about what is wrong."""

import os
import re
import statistics
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import click
import pytest
from click.testing import CliRunner

from wxauth.cli.main import COMMANDS, main
from wxauth.errors import StoreError, UsageError

WXAUTH = str(Path(sys.executable).with_name("wxauth"))
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def python(code: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)


def test_help_takes_under_150_ms_of_cpu():
    """Of CPU, because tests run side by side and a busy core doubles the wall time; the bench measures that one.

    Help waits for nothing, so on a free core the two are the same.
    """

    unmeasured = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}

    def cpu_seconds() -> float:
        before = children_cpu_seconds()
        subprocess.run([WXAUTH, "--help"], stdout=subprocess.DEVNULL, env=unmeasured, timeout=30, check=True)
        return children_cpu_seconds() - before

    assert statistics.median(cpu_seconds() for _ in range(7)) < 0.150


def children_cpu_seconds() -> float:
    times = os.times()
    return times.children_user + times.children_system


def test_help_lists_every_command_with_what_it_does():
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    for name, help_line in COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(help_line)}$", result.output, re.MULTILINE)


def test_every_module_of_a_command_is_in_the_table():
    folder = Path(sys.modules["wxauth.cli.main"].__file__ or "").parent
    parts = {"__init__", "main"}
    modules = {path.stem for path in folder.glob("*.py") if "_" not in path.stem} - parts
    assert modules == set(COMMANDS) == set(main.list_commands(click.Context(main)))


def test_help_imports_no_command_and_nothing_heavy():
    done = python(
        "import sys\n"
        "from wxauth.cli.main import main\n"
        "main(['--help'], standalone_mode=False)\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    imported = set(done.stderr.split())
    heavy = {"asyncio", "ssl", "msgspec", "httpcore2", "fastapi", "starlette", "uvicorn", "jinja2"}
    assert "wxauth.cli.main" in imported
    assert not imported & (heavy | {f"wxauth.cli.{name}" for name in COMMANDS})


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_with_an_example_and_in_chinese(name: str):
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    assert re.search(rf"Examples:\n +wxauth {name}", result.output)
    assert CHINESE.search(result.output)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_the_name_of_its_table_entry(name: str):
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.name == name


@pytest.mark.parametrize("command", [[WXAUTH], [sys.executable, "-m", "wxauth"]], ids=["script", "module"])
def test_the_version_is_that_of_the_package(command: list[str]):
    done = subprocess.run([*command, "--version"], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout == f"wxauth {version('wxauth')}\n"


def test_an_unknown_command_is_a_usage_error():
    result = CliRunner().invoke(main, ["explian"])
    assert result.exit_code == 2
    assert "No such command 'explian'" in result.output


@pytest.fixture
def explain_raises(monkeypatch: pytest.MonkeyPatch):
    """A command that fails: put in place of explain."""

    def put(error: Exception) -> None:
        @click.command()
        def explain() -> None:
            raise error

        module = ModuleType("wxauth.cli.explain")
        module.explain = explain  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "wxauth.cli.explain", module)

    return put


@pytest.mark.parametrize(("error", "status"), [(UsageError("not so"), 2), (StoreError("the disk is full"), 1)])
def test_an_error_of_ours_is_one_line_and_an_exit_status(explain_raises, error: Exception, status: int):
    explain_raises(error)
    result = CliRunner().invoke(main, ["explain"])
    assert result.exit_code == status
    assert result.output == f"Error: {error}\n"


def test_an_error_that_is_not_ours_is_not_hidden(explain_raises):
    explain_raises(ZeroDivisionError())
    assert isinstance(CliRunner().invoke(main, ["explain"]).exception, ZeroDivisionError)


@pytest.mark.parametrize(
    ("command", "missing", "extra"),
    [
        ("demo", "fastapi", "wxauth[all]"),
        ("demo", "uvicorn", "wxauth[sandbox]"),
        ("sandbox", "uvicorn", "wxauth[sandbox]"),
    ],
)
def test_a_missing_extra_is_named_with_the_command_that_installs_it(command: str, missing: str, extra: str):
    done = python(f"import sys; sys.modules[{missing!r}] = None; from wxauth.cli.main import main; main([{command!r}])")
    assert done.returncode == 1
    assert done.stderr == f'Error: {missing} is not installed. Please run: pip install "{extra}"\n'


def test_a_module_that_is_missing_for_another_reason_is_not_hidden(explain_raises):
    explain_raises(ModuleNotFoundError("No module named 'tomlkit'", name="tomlkit"))
    assert isinstance(CliRunner().invoke(main, ["explain"]).exception, ModuleNotFoundError)


def test_a_broken_click_is_not_taken_for_a_missing_one():
    done = python("import sys; sys.modules['click.core'] = None; import wxauth.cli.main")
    assert "ModuleNotFoundError" in done.stderr
    assert "pip install" not in done.stderr


def test_without_click_the_command_says_what_to_install():
    done = python("import sys; sys.modules['click'] = None; from wxauth.cli.main import main; main()")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert 'pip install "wxauth[cli]"' in done.stderr
    assert done.stdout == ""
