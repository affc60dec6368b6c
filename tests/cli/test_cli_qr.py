"""`wxauth qr`: a code that a phone can read, from any terminal."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import segno
from click.testing import CliRunner, Result

from wxauth.cli.main import main
from wxauth.cli.qr import HALVES, QUIET, blocks, modules

LINK = "https://www.example.com/auth?state=1f0c"


def qr(*arguments: str, stdin: str = "") -> Result:
    return CliRunner().invoke(main, ["qr", *arguments], input=stdin)


def read(lines: list[str]) -> list[list[bool]]:
    """The modules that lines of half blocks show: ink is white."""
    inks = {ink: whites for whites, ink in HALVES.items()}
    rows: list[list[bool]] = []
    for line in lines:
        rows.append([not inks[character][0] for character in line])
        rows.append([not inks[character][1] for character in line])
    return rows


def test_the_half_blocks_are_the_modules_of_the_code_with_white_around():
    shown = read(qr(LINK).stdout.rstrip("\n").split("\n"))[:-1]  # the last line is half a row
    code = [[bool(module) for module in row] for row in segno.make_qr(LINK).matrix]
    size = len(code)
    assert [row[QUIET : QUIET + size] for row in shown[QUIET : QUIET + size]] == code
    assert not any(any(row[:QUIET]) or any(row[QUIET + size :]) for row in shown)
    assert not any(map(any, shown[:QUIET]))


def test_at_a_terminal_the_code_has_colours_of_its_own():
    lines = list(blocks(LINK, coloured=True))
    assert all(line.startswith("\x1b[97;40m") and line.endswith("\x1b[0m") for line in lines)
    assert len({len(line) for line in lines}) == 1


def test_the_link_may_come_from_another_command():
    assert qr(stdin=f"{LINK}\n").stdout == qr(LINK).stdout


def test_json_holds_the_modules():
    told = json.loads(qr(LINK, "--json").stdout)
    assert told == {"link": LINK, "modules": modules(LINK), "svg": None}


def test_a_picture_can_be_written(tmp_path: Path):
    file = tmp_path / "code.svg"
    result = qr(LINK, "--svg", str(file))
    assert result.exit_code == 0
    assert "<svg" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "arguments",
    [("x" * 5000,), ("x" * 5000, "--svg", "/nowhere/at/all.svg"), ("\udcff",), (LINK, "--svg", "/nowhere/at/all.svg")],
)
def test_what_cannot_be_drawn_is_a_usage_error(arguments: tuple[str, ...]):
    result = qr(*arguments)
    assert result.exit_code == 2
    assert "Error: " in result.stderr


def test_nothing_is_no_link():
    assert qr(stdin=" \n").exit_code == 2


def test_without_the_library_that_draws_codes_the_command_says_what_to_install():
    code = "import sys; sys.modules['segno'] = None; from wxauth.cli.main import main; main(['qr', 'x'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert done.stderr == 'Error: segno is not installed. Please run: pip install "wxauth[cli]"\n'
