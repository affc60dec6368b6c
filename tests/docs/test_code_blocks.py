"""Every code block of the pages does what the page says.

Python blocks of a page run in order and in one namespace, in an empty folder, with a sandbox running and the
environment set as the tutorial tells the reader to. A block that begins with ``# name.py`` is saved under that name.
When blocks have made an ``app`` (ASGI) or an ``application`` (WSGI), somebody signs in to it. Commands after ``$ `` are
run, and what they print is compared.
"""

from __future__ import annotations

import ast
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import anyio
import pytest
from console_blocks import commands, run
from markdown_pages import ROOT, Block, all_pages, blocks, user_pages
from newcomer import sign_in_over_asgi, sign_in_over_wsgi
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from wxauth.sandbox.serve import Running
from wxauth.settings import NAMES, Settings
from wxauth.web.starlette import SignIn

LANGUAGES = {"python", "console", "bash", "env", "toml", "json", "text", "mermaid"}
NOT_RUN_AT_MOST = 2
PERSON = "小明"

_FILE_NAME = re.compile(r"^# (?P<name>[a-z_]+\.py)\n")


class Page:
    """One page while it is being followed."""

    def __init__(self, folder: Path, sandbox: Running) -> None:
        self.folder = folder
        self.sandbox = sandbox
        self.names: dict[str, Any] = {"__name__": "page"}
        self.answer: Any = None

    def follow(self, block: Block) -> None:
        getattr(self, f"_{block.language}")(block)

    def _python(self, block: Block) -> None:
        apps = self.names.get("app"), self.names.get("application")
        named = _FILE_NAME.match(block.text)
        if named:
            (self.folder / named["name"]).write_text(block.text + "\n", encoding="utf-8")
        code = compile(ast.parse(block.text, block.place), block.place, "exec")
        exec(code, self.names)
        if self.names.get("app") is not apps[0]:
            self._signed_in(anyio.run(lambda: sign_in_over_asgi(self.names["app"], person=PERSON)))
        if self.names.get("application") is not apps[1]:
            self._signed_in(anyio.run(lambda: sign_in_over_wsgi(self.names["application"], person=PERSON)))

    def _signed_in(self, answer: Any) -> None:
        world = self.sandbox.world
        person = world.find_person(PERSON)
        assert world.openid(person, world.account.appid) in answer.text
        self.answer = answer

    def _console(self, block: Block) -> None:
        for command in commands(block):
            run(command, self.folder)

    _bash = _console

    def _env(self, block: Block) -> None:
        lines = [line for line in block.text.splitlines() if line and not line.startswith("#")]
        values = dict(line.split("=", 1) for line in lines)
        assert set(values) <= set(NAMES), block.place
        Settings.from_environ(values)

    def _toml(self, block: Block) -> None:
        assert tomllib.loads(block.text), block.place

    def _json(self, block: Block) -> None:
        """What the app answers at /me; ``...`` stands for anything."""
        shown = json.loads(block.text)
        if self.answer is not None:
            assert _alike(self.answer.json(), shown), f"{block.place}: the answer is {self.answer.text}"

    def _text(self, block: Block) -> None:
        """Nothing to do: it is not code."""

    _mermaid = _text


def _alike(got: object, shown: object) -> bool:
    if isinstance(got, dict) and isinstance(shown, dict):
        return got.keys() == shown.keys() and all(_alike(got[name], shown[name]) for name in got)
    if isinstance(got, str) and isinstance(shown, str):
        return re.fullmatch(re.escape(shown).replace(r"\.\.\.", ".*"), got) is not None
    return got == shown


def followed(page: Path, folder: Path, sandbox: Running, *, only: str | None = None) -> Page:
    """A page that was followed to its end, or only its blocks of one language."""
    following = Page(folder, sandbox)
    for block in blocks(page):
        if block.not_run is None and only in (None, block.language):
            following.follow(block)
    return following


@pytest.mark.parametrize("page", user_pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_code_block_of_a_page_does_what_it_says(page: Path, reader: Path, sandbox: Running) -> None:
    followed(page, reader, sandbox)


@pytest.mark.parametrize("page", user_pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_code_block_names_a_language_we_know(page: Path) -> None:
    odd = [f"{block.place}: {block.language!r}" for block in blocks(page) if block.language not in LANGUAGES]
    assert not odd


def test_few_code_blocks_are_not_run() -> None:
    marked = [f"{block.place}: {block.not_run}" for page in all_pages() for block in blocks(page) if block.not_run]
    assert len(marked) <= NOT_RUN_AT_MOST, marked


def test_every_mark_of_a_block_that_is_not_run_stands_above_a_block() -> None:
    for page in user_pages():
        marks = page.read_text(encoding="utf-8").count("<!-- not run:")
        assert marks == sum(block.not_run is not None for block in blocks(page)), page


@pytest.mark.parametrize("page", [page for page in user_pages() if page.parent == ROOT], ids=lambda page: page.name)
def test_the_function_of_the_first_screen_says_who_a_code_stands_for(
    page: Path, reader: Path, sandbox: Running
) -> None:
    following = followed(page, reader, sandbox, only="python")
    world = sandbox.world
    person = world.person(PERSON)
    code = world.issue_code(person, scope="snsapi_userinfo")
    said = following.names["who_is"](code)
    assert said.startswith(world.openid(person))
    assert said.endswith("小明🎉")


async def test_a_hook_that_raises_keeps_a_stranger_out_and_lets_a_member_in(reader: Path, sandbox: Running) -> None:
    page = ROOT / "docs" / "how-to" / "your-own-users.md"
    following = await anyio.to_thread.run_sync(lambda: followed(page, reader, sandbox, only="python"))
    sign_in = SignIn.from_settings(Settings.from_environ(), on_sign_in=following.names["members_only"])
    app = Starlette(routes=sign_in.routes, lifespan=sign_in.lifespan)

    async def me(request: Request) -> PlainTextResponse:
        return PlainTextResponse((await sign_in.required(request)).openid)

    app.add_route("/me", me)
    answer = await sign_in_over_asgi(app, person=PERSON)
    assert answer.text == sandbox.world.openid(sandbox.world.person(PERSON))
    with pytest.raises(AssertionError, match="answered 403: This is for members"):
        await sign_in_over_asgi(app, person="波")


def test_there_are_pages_to_read() -> None:
    assert len(user_pages()) > 10
    assert sum(len(blocks(page)) for page in user_pages()) > 30
