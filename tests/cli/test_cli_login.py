"""`wxauth login`: an application for one sign-in, from link to identity, over real HTTP."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from urllib.request import ProxyHandler, build_opener

import pytest
from click.testing import CliRunner

from wxauth.cli.demo_person import walk
from wxauth.cli.login_callback import Callbacks, listening
from wxauth.cli.main import main
from wxauth.protocol.authorize import Authorized
from wxauth.sandbox.serve import Running, running

WXAUTH = str(Path(sys.executable).with_name("wxauth"))
BROWSER = build_opener(ProxyHandler({}))


@pytest.fixture(scope="module")
def wechat() -> Iterator[Running]:
    with running() as started:
        yield started


@contextmanager
def login(wechat: Running, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command, and the link that it shows."""
    command = [WXAUTH, "login", "--sandbox", wechat.url, "--timeout", "20", "--no-browser", "--json", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            link = next(found[0] for line in process.stderr if (found := re.search(r"http\S+", line)))
            yield process, link
        finally:
            process.kill()


def test_somebody_signs_in_and_the_command_prints_who_they_are(wechat: Running):
    with login(wechat) as (process, link):
        *_, page = walk(link, person="小明")
        told, said = process.communicate(timeout=20)
    identity = json.loads(told)
    assert page.status == 200
    assert "登录完成" in page.body.decode()
    assert process.returncode == 0
    assert identity["openid"] == wechat.world.openid(wechat.world.person("小明"))
    assert identity["profile"]["nickname"] == "小明🎉"
    assert page.parameter("code") not in told + said


def test_a_silent_sign_in_has_no_profile(wechat: Running):
    with login(wechat, "--scope", "snsapi_base") as (process, link):
        list(walk(link, person="波"))
        told, _ = process.communicate(timeout=20)
    assert json.loads(told)["profile"] is None


def test_a_callback_with_another_state_is_refused_and_the_waiting_goes_on(wechat: Running):
    """A1: a code that somebody else was given must not sign this person in."""
    with login(wechat, "--scope", "snsapi_base") as (process, link):
        own = parse_qs(urlsplit(link).query)["redirect_uri"][0]
        forged = list(walk(f"{own}?code=0a1SBX&state=0000", person="波"))
        assert [visit.status for visit in forged] == [400]
        assert process.poll() is None
        list(walk(link, person="波"))
        assert json.loads(process.communicate(timeout=20)[0])["openid"]


def test_nobody_who_comes_in_time_is_status_4(wechat: Running):
    result = CliRunner().invoke(main, ["login", "--sandbox", wechat.url, "--timeout", "0.01", "--no-browser"])
    assert result.exit_code == 4
    assert "nobody came back in time" in result.stderr


def test_a_port_that_is_taken_is_named_in_one_line(wechat: Running):
    port = str(urlsplit(wechat.url).port)
    result = CliRunner().invoke(main, ["login", "--sandbox", wechat.url, "--port", port, "--no-browser"])
    assert (result.exit_code, "Error: cannot listen on 127.0.0.1:" + port in result.stderr) == (1, True)
    assert "name another --port" in result.stderr


def test_the_link_is_shown_as_a_code_when_that_is_wished(wechat: Running):
    options = ["--timeout", "0.01", "--no-browser", "--qr"]
    assert "▄▄▄▄▄" in CliRunner().invoke(main, ["login", "--sandbox", wechat.url, *options]).stderr


def test_a_website_shows_the_page_with_the_code(wechat: Running):
    options = ["--kind", "website", "--timeout", "0.01", "--no-browser", "--redirect-uri", "https://www.example.com/"]
    said = CliRunner().invoke(main, ["login", "--sandbox", wechat.url, *options]).stderr
    assert f"{wechat.url}/connect/qrconnect?appid=wx5a4db00000000002&" in said
    assert "redirect_uri=https%3A%2F%2Fwww.example.com%2F&" in said


def test_the_callback_page_answers_nothing_else_and_keeps_the_code_to_itself():
    callbacks = Callbacks("1f0c")
    with listening(callbacks, 0) as own:
        address = own.removesuffix("/callback")
        assert callbacks.take("/favicon.ico") == 404
        with BROWSER.open(f"{own}?code=0a1SBX&state=1f0c") as answer:
            page = answer.read().decode()
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["Cache-Control"] == "no-store"
        assert urlsplit(address).hostname == "127.0.0.1"
    assert "0a1SBX" not in page
    assert callbacks.wait(1) == Authorized(code="0a1SBX", state="1f0c")


@pytest.mark.parametrize("query", ["", "code=a", "code=a&state=1f0d", "code=a&code=b&state=1f0c", "code=a&state=é"])
def test_what_is_no_callback_of_this_sign_in_is_refused(query: str):
    callbacks = Callbacks("1f0c")
    assert callbacks.take(f"/callback?{query}") == 400
    assert callbacks.wait(0.001) is None


def test_a_refusal_ends_the_command_with_status_1(wechat: Running):
    with login(wechat) as (process, link):
        query = parse_qs(urlsplit(link).query)
        BROWSER.open(f"{query['redirect_uri'][0]}?state={query['state'][0]}").close()
        _, said = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "the person refused" in said
