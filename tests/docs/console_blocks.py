"""Console blocks: what a reader types after ``$ ``, and what the page says is printed."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import Timer

from markdown_pages import ROOT, Block

from wxauth.settings import NAMES

PATIENCE_SECONDS = 30
SERVERS = (("wxauth", "sandbox"), ("wxauth", "demo"))
"""Commands that run until they are stopped; ``--once``, ``--help`` and what follows ``sandbox`` end by themselves."""
SHAPES = {
    "pip": r"install ('(wxauth|\.)\[[a-z,]+\]'|httpx2)",
    "make": None,
    "git": r"clone \S+",
    "cd": r"\S+",
    "uvicorn": r"[a-z_]+:app( --port \d+)?( --workers \d+)?( --reload)?",
    "export": None,
}
"""Commands whose form is checked, and which are not run: they install, need the network, or change the shell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command of a console block, and the output that the page shows for it."""

    place: str
    typed: str
    shown: str


def commands(block: Block) -> list[Command]:
    """The commands of a block. Its first line has to be one."""
    found: list[tuple[str, list[str]]] = []
    for line in block.text.split("\n"):
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            assert found, f"{block.place}: a console block begins with '$ '"
            found[-1][1].append(line)
    return [Command(place=block.place, typed=typed, shown="\n".join(shown).strip()) for typed, shown in found]


def run(command: Command, folder: Path) -> None:
    """Run a command, or check its form, and compare what it prints."""
    words = shlex.split(command.typed, comments=True)
    if words[:2] == ["make", "demo"] and command.shown:
        words = _made(words)
    if words[0] in SHAPES:
        _check_shape(command, words)
    elif words[0] == "cp":
        for source in words[1:-1]:
            shutil.copy(ROOT / source, folder / words[-1])
    elif words[0] in ("wxauth", "python"):
        printed = _serve(command, words, folder) if _serves(words) else _run(command, words, folder)
        assert matches(printed, command.shown), f"{command.place}: $ {command.typed} printed\n{printed}"
    else:
        raise AssertionError(f"{command.place}: {words[0]} is not on the list of commands that pages may show")


def _made(words: list[str]) -> list[str]:
    """What ``make demo`` runs once everything is installed."""
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"^demo:.*\n\t@\$\(BIN\)/wxauth demo \$\(ARGS\)$", recipe, re.MULTILINE), "the recipe has changed"
    return ["wxauth", "demo", *(word.removeprefix("ARGS=") for word in words[2:])]


def matches(printed: str, shown: str) -> bool:
    """Whether the output is what the page shows; ``...`` stands for anything."""
    if not shown:
        return True
    pattern = re.escape(_tidy(shown)).replace(r"\.\.\.", ".*")
    return re.fullmatch(pattern, _tidy(printed), re.DOTALL) is not None


def _tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().split("\n"))


def _check_shape(command: Command, words: list[str]) -> None:
    rest = shlex.join(words[1:])
    if words[0] == "make":
        targets = (ROOT / "Makefile").read_text(encoding="utf-8")
        assert re.search(rf"^{re.escape(words[1])}:", targets, re.MULTILINE), f"{command.place}: no such target"
    elif words[0] == "export":
        unknown = [word for word in words[1:] if word.partition("=")[0] not in NAMES]
        assert not unknown, f"{command.place}: not a setting: {unknown}"
    else:
        assert re.fullmatch(SHAPES[words[0]] or "", rest), f"{command.place}: an odd {words[0]}: {rest}"
    assert not command.shown, f"{command.place}: output of a command that is not run"


def _serves(words: list[str]) -> bool:
    command = words[2:3]
    controls = bool(command) and not command[0].startswith("-")
    return tuple(words[:2]) in SERVERS and not controls and not {"--once", "--help"} & set(words)


def _arguments(words: list[str]) -> list[str]:
    program = sys.executable if words[0] == "python" else str(Path(sys.executable).with_name("wxauth"))
    return [program, *words[1:]]


def _environment() -> dict[str, str]:
    return os.environ | {"COLUMNS": "80", "NO_COLOR": "1", "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}


def _run(command: Command, words: list[str], folder: Path) -> str:
    done = subprocess.run(
        _arguments(words),
        cwd=folder,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    refused = re.search(r"^Error: ", command.shown, re.MULTILINE) is not None
    assert (done.returncode != 0) is refused, f"{command.place}: exit status {done.returncode}\n{done.stdout}"
    return done.stdout


def _serve(command: Command, words: list[str], folder: Path) -> str:
    """Start a server on a free port, read as many lines as the page shows, and stop it as Ctrl-C does."""
    free_port = ["--port", "0"] if words[1] == "sandbox" and "--port" not in words else []
    server = subprocess.Popen(
        [*_arguments(words), *free_port],
        cwd=folder,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    assert server.stdout is not None
    impatient = Timer(PATIENCE_SECONDS, server.kill)
    impatient.start()
    try:
        wanted = len(_tidy(command.shown).split("\n"))
        printed = "".join(islice(server.stdout, wanted))
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate()
        impatient.cancel()
    return re.sub(r"(?<=127\.0\.0\.1:)\d+", "8911", printed) if free_port else printed
