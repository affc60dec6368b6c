"""`wxauth demo`: the whole sign-in over real HTTP, told without a secret, and a clean end."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread, Timer
from urllib.request import ProxyHandler, build_opener

import pytest
from click.testing import CliRunner

from wxauth.cli import demo_stage
from wxauth.cli.demo_page import home_page
from wxauth.cli.demo_person import MOST_VISITS, Visit, walk
from wxauth.cli.demo_stage import Stage
from wxauth.cli.demo_story import AUTHORIZE, meaning
from wxauth.cli.main import main
from wxauth.identity import Identity, Profile

WXAUTH = str(Path(sys.executable).with_name("wxauth"))
PATIENCE_SECONDS = 60
SANDBOX_SECRET = "5a4db000000000000000000000000001"  # the sandbox's own, published


@pytest.fixture(scope="module")
def once() -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [WXAUTH, "demo", "--once"], capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )


def identity_of(done: "subprocess.CompletedProcess[str]") -> dict[str, str]:
    return json.loads(done.stdout.splitlines()[-1])


def test_demo_once_ends_with_the_identity_as_one_json_line(once):
    assert once.returncode == 0, once.stderr
    identity = identity_of(once)
    assert identity.keys() == {"openid", "unionid", "nickname", "scope", "appid", "headimgurl"}
    assert identity["nickname"] == "安 Ann"
    assert identity["scope"] == "snsapi_userinfo"
    assert identity["appid"] == "wx5a4db00000000001"
    assert re.fullmatch(r"o[0-9A-Za-z_-]{27}", identity["openid"])
    assert re.fullmatch(r"o[0-9A-Za-z_-]{27}", identity["unionid"])
    assert identity["headimgurl"].endswith("/132")


def test_demo_once_writes_nothing_to_stderr(once):
    assert once.stderr == ""


def test_the_story_follows_the_person_step_by_step(once):
    steps = re.findall(r"^  \d  (\w+) +GET (\S+)  (\d+)$", once.stdout, re.MULTILINE)
    assert steps == [
        ("app", "/me", "303"),
        ("app", "/toAuth", "303"),
        ("sandbox", AUTHORIZE, "301"),
        ("sandbox", AUTHORIZE, "302"),
        ("app", "/auth", "303"),
        ("app", "/me", "200"),
    ]


def test_the_output_holds_no_secret_and_no_whole_code_state_or_token(once):
    """H1: of what could be abused the story shows three characters."""
    identity = identity_of(once)
    known = {identity["openid"], identity["unionid"], identity["appid"] + identity["openid"]}
    assert SANDBOX_SECRET not in once.stdout
    assert set(re.findall(r"[0-9A-Za-z_-]{17,}", once.stdout)) - known - {identity["appid"]} == set()
    assert set(re.findall(r"\b(?:code|state) (\S+)…", once.stdout)) != set()
    assert all(len(part) == 3 for part in re.findall(r"\b(?:code|state) (\S+)…", once.stdout))


def test_the_output_has_no_colour_when_it_is_no_terminal(once):
    assert "\x1b" not in once.stdout


def test_ctrl_c_stops_the_demo_cleanly_after_it_has_served_by_hand():
    with subprocess.Popen([WXAUTH, "demo"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as demo:
        watchdog = Timer(PATIENCE_SECONDS, demo.kill)
        watchdog.start()
        try:
            assert demo.stdout is not None
            told = list(until("Ctrl-C", demo.stdout))
            link = next(line.strip() for line in told if re.fullmatch(r"  http://127\.0\.0\.1:\d+/\n", line))
            with build_opener(ProxyHandler({})).open(link, timeout=10) as page:
                assert "微信登录" in page.read().decode()
            demo.send_signal(signal.SIGINT)
            rest, complaints = demo.communicate(timeout=PATIENCE_SECONDS)
        finally:
            watchdog.cancel()
            demo.kill()
    assert demo.returncode == 0
    assert "Stopped" in rest
    assert complaints == ""
    assert any("在沙箱微信中打开" in line for line in told)


def until(words: str, lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line
        if words in line:
            return
    raise AssertionError(f"the output ended before {words!r}")


@contextmanager
def answering(status: int, *, location: str | None = None, body: bytes = b"") -> Iterator[str]:
    """A server that gives one answer to everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            if location is not None:
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def run_against(monkeypatch: pytest.MonkeyPatch):
    """Run the demo with another application in place of its own."""

    def run(app: str):
        @contextmanager
        def stage() -> Iterator[Stage]:
            yield Stage(sandbox="http://127.0.0.1:9", app=app)

        monkeypatch.setattr(demo_stage, "stage", stage)
        return CliRunner().invoke(main, ["demo", "--once"])

    return run


def test_a_page_that_does_not_belong_there_fails_the_demo_with_its_title(run_against):
    with answering(503, body="<title>微信暂时没有响应</title>".encode()) as app:
        result = run_against(app)
    assert result.exit_code == 1
    assert result.stderr == "Error: the sign-in did not go through: app GET /me answered 503 微信暂时没有响应\n"


def test_nobody_answering_fails_the_demo_with_one_line(run_against):
    with answering(200) as app:
        pass
    result = run_against(app)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: the sign-in did not go through: ")
    assert result.stderr.count("\n") == 1


def test_redirects_without_an_end_fail_the_demo(run_against):
    with answering(303, location="/me") as app:
        result = run_against(app)
    assert result.exit_code == 1
    assert f"no page after {MOST_VISITS} redirects" in result.stderr


def test_a_walk_is_told_redirect_by_redirect():
    with answering(303, location="/next?code=0a1x&state=s") as url:
        first = next(iter(walk(f"{url}/here?x=1", person="安")))
    assert (first.origin, first.path, first.status) == (url, "/here", 303)
    assert first.next_url == f"{url}/next?code=0a1x&state=s"
    assert first.parameter("code") == "0a1x"


def test_a_visit_hides_its_addresses_in_its_repr():
    visit = Visit(url="http://127.0.0.1/auth?code=0a1CANARY", status=303, next_url="/?state=CANARY", body=b"CANARY")
    assert "CANARY" not in repr(visit)


def test_a_visit_that_belongs_to_no_sign_in_has_no_meaning():
    assert meaning(Visit(url="http://127.0.0.1/me", status=500, next_url=None, body=b""), person="安") is None


IDENTITY = Identity(appid="wx5a4db00000000001", openid="oSBX", unionid=None, scope="snsapi_userinfo")


def test_the_home_page_offers_the_sign_in_to_somebody_unknown():
    page = home_page(None, sign_in_url="/toAuth?return_to=%2F&x")
    assert '<a class="button" href="/toAuth?return_to=%2F&amp;x">微信登录' in page


def test_the_home_page_shows_a_nickname_as_text():
    """A nickname is free text of a stranger."""
    profile = Profile(openid="oSBX", nickname="<script>{x}</script>", headimgurl='http://a/"><script>')
    page = home_page(
        Identity(appid=IDENTITY.appid, openid="oSBX", unionid="oU", scope="snsapi_userinfo", profile=profile),
        sign_in_url="/toAuth",
    )
    assert "&lt;script&gt;{x}&lt;/script&gt;" in page
    assert "<script" not in page


def test_the_home_page_does_without_a_profile():
    page = home_page(IDENTITY, sign_in_url="/toAuth")
    assert "你好，oSBX" in page
    assert "<img" not in page
