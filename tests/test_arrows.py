"""The house keeps its plan: which room may import which, how big things are, and what they are called."""

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

import wxauth

HOUSE = Path(wxauth.__file__).parent
FILES = sorted(HOUSE.rglob("*.py"))
FOLDERS = sorted({file.parent for file in FILES})

ROOMS = frozenset({"protocol", "flow", "client", "stores", "web", "sandbox", "cli"})
SHARED = frozenset({"errors", "account", "identity", "credential"})
"""What everybody but the sandbox may import."""
ARROWS: dict[str, frozenset[str]] = {
    "errors": frozenset(),
    "account": frozenset({"errors"}),
    "identity": frozenset({"errors", "account"}),
    "credential": frozenset(),
    "accounts": frozenset({"errors", "account"}),
    "settings": SHARED | {"accounts", "protocol.message"},
    "protocol": SHARED,
    "flow": SHARED | {"protocol"},
    "client": SHARED | {"accounts", "protocol", "flow", "stores"},
    "stores": SHARED | {"flow.effects"},
    # Two modules of protocol: where WeChat is, and what a link may hold.
    "web": SHARED | {"settings", "protocol.message", "protocol.authorize", "flow", "client", "stores"},
    "sandbox": frozenset(),
    "cli": SHARED | ROOMS | {"accounts", "settings", "__init__"},
    "__init__": SHARED | {"accounts", "settings", "protocol", "client"},
    "__main__": frozenset({"cli"}),
}
"""Room -> what it may import besides itself: a whole room, or one of its modules."""

MAX_FILE_LINES = 500
MEDIAN_FILE_LINES = 200
MAX_FUNCTION_LINES = 60
MEDIAN_FUNCTION_LINES = 8
NAMES_THAT_SAY_NOTHING = {"utils", "util", "common", "helpers", "helper", "manager", "managers", "misc", "tools"}


def module_of(file: Path) -> str:
    """The name of a file as a module, ``flow.signin`` for example."""
    parts = file.relative_to(HOUSE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__" or len(parts) == 1)


def imports_of(file: Path) -> Iterator[str]:
    """Every name that a file imports from this package, wherever the import stands."""
    package = ["wxauth", *file.relative_to(HOUSE).parent.parts]
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) + 1 - node.level] if node.level else []
            module = ".".join([*above, node.module] if node.module else above)
            yield from (f"{module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            yield ast.unparse(node.args[0]).strip("f'\"")


def own(name: str) -> str | None:
    """What stands behind ``wxauth.`` in a name, ``__init__`` for a name of the top; None for what is not ours."""
    top, _, rest = name.partition(".")
    if top != "wxauth":
        return None
    return rest if rest.split(".")[0] in set(ARROWS) - {"__init__"} else "__init__"


def allowed(room: str, target: str) -> bool:
    return any(target == arrow or target.startswith(f"{arrow}.") for arrow in {room, *ARROWS[room]})


@pytest.mark.parametrize("file", FILES, ids=lambda file: module_of(file))
def test_imports_follow_the_arrows(file: Path) -> None:
    room = module_of(file).split(".")[0]
    targets = {target for name in imports_of(file) if (target := own(name)) is not None}
    strays = {target for target in targets if not allowed(room, target)}
    assert not strays, f"{room} may import {sorted(ARROWS[room])} only"


def test_every_room_has_its_arrows() -> None:
    assert {module_of(file).split(".")[0] for file in FILES} == set(ARROWS)
    assert {folder.name for folder in HOUSE.iterdir() if (folder / "__init__.py").exists()} == ROOMS


def test_the_arrows_go_round_in_no_circle() -> None:
    arrows = {room: {arrow.split(".")[0] for arrow in ARROWS[room]} - {room} for room in ARROWS}
    left = dict(arrows)
    while left:
        ready = {room for room, targets in left.items() if not targets & set(left)}
        assert ready, f"a circle among {sorted(left)}"
        left = {room: targets for room, targets in left.items() if room not in ready}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("import wxauth.cli.main", {"wxauth.cli.main"}),
        ("from wxauth import sandbox", {"wxauth.sandbox"}),
        ("def later():\n    from wxauth.web import base", {"wxauth.web.base"}),
        ("if TYPE_CHECKING:\n    from wxauth.client.sync import WeChat", {"wxauth.client.sync.WeChat"}),
        ("from . import keys", {"wxauth.flow.keys"}),
        ("from .keys import token", {"wxauth.flow.keys.token"}),
        ("from ..web.base import label", {"wxauth.web.base.label"}),
        ("import_module('wxauth.cli.main')", {"wxauth.cli.main"}),
        ("importlib.import_module(f'wxauth.cli.{name}')", {"wxauth.cli.{name}"}),
    ],
)
def test_no_way_to_import_is_overlooked(text: str, names: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "read_text", lambda *_args: text)
    assert set(imports_of(HOUSE / "flow" / "signin.py")) == names


def test_nobody_imports_the_command() -> None:
    for file in FILES:
        if module_of(file).split(".")[0] not in ("cli", "__main__"):
            assert not [name for name in imports_of(file) if f"{name}.".startswith("wxauth.cli.")], file


def test_the_sandbox_shares_nothing_with_the_client_side() -> None:
    for file in (HOUSE / "sandbox").rglob("*.py"):
        assert all(name.startswith("wxauth.sandbox") for name in imports_of(file) if own(name)), file


@pytest.mark.parametrize("room", ["protocol", "flow"])
def test_protocol_and_flow_touch_no_network_and_no_clock_by_themselves(room: str) -> None:
    outside = {"socket", "ssl", "httpcore2", "threading", "subprocess", "sqlite3", "random", "anyio", "asyncio"}
    clocks = {"time", "secrets", "datetime", "os"}
    for file in (HOUSE / room).rglob("*.py"):
        seen = {name.split(".")[0] for name in imports_of(file)}
        assert not seen & outside, file
        # The ports name the real clocks as what is used when nothing else is injected.
        assert not seen & clocks or file.name == "ports.py", file


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_folder_says_its_law(folder: Path) -> None:
    law = ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8")))
    assert law
    assert law.splitlines()[0].endswith(".")


@pytest.mark.parametrize("file", FILES, ids=lambda file: module_of(file))
def test_every_file_says_what_it_is_and_is_not_too_long(file: Path) -> None:
    text = file.read_text("utf-8")
    assert ast.get_docstring(ast.parse(text))
    assert len(text.splitlines()) <= MAX_FILE_LINES


def function_lengths(file: Path) -> dict[str, int]:
    tree = ast.parse(file.read_text("utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {node.name: (node.end_lineno or 0) - node.lineno + 1 - docstring_lines(node) for node in functions}


def docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    return (first.end_lineno or 0) - first.lineno + 1 if ast.get_docstring(node) is not None else 0


@pytest.mark.parametrize("file", FILES, ids=lambda file: module_of(file))
def test_no_function_is_too_long(file: Path) -> None:
    assert not {name: lines for name, lines in function_lengths(file).items() if lines > MAX_FUNCTION_LINES}


def test_most_files_and_functions_are_small() -> None:
    assert median(len(file.read_text("utf-8").splitlines()) for file in FILES) <= MEDIAN_FILE_LINES
    lengths = [lines for file in FILES for lines in function_lengths(file).values()]
    assert median(lengths) <= MEDIAN_FUNCTION_LINES


def test_nothing_has_a_name_that_says_nothing() -> None:
    names = {path.stem.lower() for path in [*HOUSE.rglob("*"), *Path(__file__).parent.rglob("*.py")]}
    assert not names & NAMES_THAT_SAY_NOTHING
