"""`wxauth doctor`: each check can fail, says why, and says what to do."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner

from wxauth.cli.doctor_callback import check_callback
from wxauth.cli.doctor_clock import check_clock
from wxauth.cli.doctor_finding import CHECKS, Finding, Status
from wxauth.cli.doctor_store import check_store, race
from wxauth.cli.main import main
from wxauth.flow.effects import Get, StoreCommand, Take
from wxauth.protocol.message import Endpoints
from wxauth.sandbox.serve import Running, running
from wxauth.stores.memory import MemoryStore

Checks = dict[str, dict[str, Any]]


@pytest.fixture
def wechat() -> Iterator[Running]:
    with running() as started:
        yield started


@pytest.fixture
def doctor(wechat: Running, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, Checks]]:
    variables = ("APPID", "SECRET", "ACCOUNTS", "STORE", "BASE_URL", "SECRET_KEY")
    for name in ("WEB_CONCURRENCY", *(f"WXAUTH_{each}" for each in variables)):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WXAUTH_SANDBOX_URL", wechat.url)

    def run(*arguments: str) -> tuple[int, Checks]:
        result = CliRunner().invoke(main, ["doctor", "--json", *arguments])
        told = json.loads(result.stdout)
        assert told["ok"] is (result.exit_code == 0)
        return result.exit_code, {check["check"]: check for check in told["checks"]}

    return run


def statuses(checks: Checks) -> dict[str, str]:
    return {name: check["status"] for name, check in checks.items()}


def test_a_healthy_account_passes_and_every_check_is_there(doctor, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WXAUTH_SECRET_KEY", "0123456789abcdefghijklmnopqrstuvwxyz")
    status, checks = doctor("--redirect-uri", "https://www.example.com/auth", "--workers", "1")
    assert status == 0
    assert list(checks) == list(CHECKS)
    assert statuses(checks) == dict.fromkeys(CHECKS, "ok") | {"verify_file": "skipped"}


@pytest.mark.parametrize("kind", ["website", "mini_program", "wecom"])
def test_other_kinds_of_account_are_looked_at_by_their_own_calls(doctor, kind: str):
    status, checks = doctor("--kind", kind)
    assert (status, checks["secret"]["status"]) == (0, "ok")


def test_a_mobile_app_is_looked_at_and_a_platform_as_far_as_it_can_be(
    doctor, wechat: Running, monkeypatch: pytest.MonkeyPatch, tmp_path
):
    monkeypatch.setenv("WXAUTH_SECRET", "f" * 32)
    assert doctor("--kind", "mobile", "--appid", "wx5a4db00000000002")[1]["secret"]["status"] == "fail"
    monkeypatch.delenv("WXAUTH_SECRET")
    file = tmp_path / "accounts.toml"
    values = {"appid": "wx5a4db00000000005", "secret": "f" * 32, "token": "token", "encoding_aes_key": "k" * 43}
    lines = [f'{name} = "{value}"' for name, value in values.items()]
    file.write_text("\n".join(["[[third_party_platform]]", *lines]))
    status, checks = doctor("--kind", "third_party_platform", "--accounts", str(file))
    assert status == 0
    assert statuses(checks)["secret"] == statuses(checks)["unionid"] == "skipped"


@pytest.mark.parametrize(("kind", "appid"), [("official_account", 1), ("website", 2), ("mini_program", 3)])
def test_a_wrong_secret_is_found(doctor, monkeypatch: pytest.MonkeyPatch, kind: str, appid: int):
    monkeypatch.setenv("WXAUTH_SECRET", "f" * 32)
    status, checks = doctor("--kind", kind, "--appid", f"wx5a4db0{appid:010x}")
    assert status == 1
    assert checks["secret"]["status"] == "fail"
    assert "40125" in checks["secret"]["reason"]["zh"]


def test_the_checks_spend_nothing(doctor, wechat: Running):
    before = wechat.world.credentials.stable_token(wechat.world.account.appid, now=wechat.world.clock.now()).value
    doctor()
    after = wechat.world.credentials.stable_token(wechat.world.account.appid, now=wechat.world.clock.now()).value
    assert before == after


def test_an_appid_of_another_shape_is_found_before_anybody_is_asked(doctor, wechat: Running):
    status, checks = doctor("--appid", "gh_0123456789ab")
    assert (status, checks["account"]["status"]) == (1, "fail")
    assert "secret" not in checks


def test_an_address_that_is_not_on_the_white_list_is_named(doctor, wechat: Running):
    world = wechat.world
    world.accounts = (replace(world.account, ip_whitelist=("203.0.113.7",)), *world.accounts[1:])
    status, checks = doctor()
    assert status == 1
    assert statuses(checks)["address"] == "fail"
    assert statuses(checks)["secret"] == "skipped"
    for words in checks["address"]["next"].values():
        assert "127.0.0.1" in words
        assert "API IP 白名单" in words


def test_an_account_without_an_open_platform_is_told_to_be_bound(doctor, wechat: Running):
    wechat.world.bind(wechat.world.account.appid, bound=False)
    status, checks = doctor()
    assert (status, checks["unionid"]["status"]) == (0, "warn")
    assert "followers export" in checks["unionid"]["next"]["zh"]


def test_without_followers_nothing_is_known_about_the_binding(doctor, wechat: Running):
    wechat.world.unfollow(wechat.world.person("安"))
    assert doctor()[1]["unionid"]["status"] == "skipped"


def test_a_wechat_out_of_reach_fails_once_and_the_rest_is_skipped(doctor):
    status, checks = doctor("--sandbox", "http://127.0.0.1:1")
    found = statuses(checks)
    assert status == 1
    assert [name for name, each in found.items() if each == "fail"] == ["clock"]
    assert "wxauth sandbox" in checks["clock"]["next"]["en"]
    assert found["secret"] == found["address"] == found["unionid"] == "skipped"


def test_several_workers_with_a_store_in_memory_fail(doctor, monkeypatch: pytest.MonkeyPatch, tmp_path):
    monkeypatch.setenv("WEB_CONCURRENCY", "4")
    assert doctor()[1]["workers"]["status"] == "fail"
    assert statuses(doctor("--store", f"sqlite:///{tmp_path}/store.db")[1])["workers"] == "ok"


def test_people_read_both_languages_and_what_to_do_next(wechat: Running):
    result = CliRunner().invoke(main, ["doctor", "--sandbox", wechat.url, "--workers", "2"])
    assert result.exit_code == 1
    assert "fail     workers 多进程: 2 workers" in result.stdout
    assert "next: set WXAUTH_STORE" in result.stdout
    assert "下一步：请把 WXAUTH_STORE" in result.stdout
    assert result.stderr == "Error: workers cannot work   有 1 项未通过\n"


class Site:
    """A web site that answers one text, and tells a time."""

    def __init__(self, *, path: str, text: str, at: float | None = None) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = self.path == path
                self.send_response_only(200 if found else 404)
                if at is not None:
                    self.send_header("Date", formatdate(at, usegmt=True))
                self.end_headers()
                self.wfile.write(text.encode() if found else b"nothing")

            def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002  http.server's name

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> Site:
        self._thread = Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()


@pytest.mark.parametrize(
    ("ours", "status", "word"),
    [
        (0.0, Status.OK, "agree"),
        (25.0, Status.OK, "agree"),
        (60.0, Status.WARN, "59 s ahead of"),
        (-60.0, Status.WARN, "60 s behind"),
        (400.0, Status.FAIL, "399 s ahead of"),
        (-400.0, Status.FAIL, "400 s behind"),
    ],
)
def test_clocks_that_differ_are_told_by_how_much(ours: float, status: Status, word: str):
    with Site(path="/cgi-bin/token", text="{}", at=1_795_000_000) as site:
        found = check_clock(Endpoints.sandbox(site.url), lambda: 1_795_000_000 + ours)
    assert (found.status, word in found.reason.en) == (status, True)


def test_when_the_time_of_a_sandbox_was_moved_the_clock_of_the_machine_is_left_alone(doctor, wechat: Running):
    wechat.world.clock.advance(days=30)
    try:
        advice = doctor()[1]["clock"]["next"]["en"]
    finally:
        wechat.world.clock.reset()
    assert "wxauth sandbox clock" in advice
    assert "NTP" not in advice


def test_an_answer_without_a_date_says_nothing_about_the_clock():
    with Site(path="/", text="") as site:
        assert check_clock(Endpoints.sandbox(site.url), lambda: 0.0).status is Status.SKIPPED


def found(redirect_uri: str | None, verify_file: str | None = None) -> dict[str, Finding]:
    return {each.check: each for each in check_callback(redirect_uri, verify_file, Endpoints())}


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "http://127.0.0.1:8000/auth",
        "https://203.0.113.7/auth",
        "https://intranet/auth",
        "www.example.com/auth",
        "",
        "x",
    ],
)
def test_an_address_that_wechat_cannot_lead_to_fails(redirect_uri: str):
    assert found(redirect_uri)["callback"].status is Status.FAIL


def test_a_domain_without_an_address_fails():
    assert found("https://nothing.invalid/auth")["callback"].status is Status.FAIL


def test_the_verify_file_has_to_be_served_with_the_text_of_its_name():
    name = "MP_verify_abcdefgh12345678.txt"
    with Site(path=f"/{name}", text="abcdefgh12345678\n") as site:
        assert found(f"{site.url}/auth", name)["verify_file"].status is Status.OK
        missing = found(f"{site.url}/auth", "MP_verify_abcdefgh12345679.txt")["verify_file"]
        assert (missing.status, "answers 404" in missing.reason.en) == (Status.FAIL, True)
        assert found(f"{site.url}/auth", "verify.txt")["verify_file"].status is Status.FAIL
    with Site(path=f"/{name}", text="<html>") as site:
        assert "its text" in found(f"{site.url}/auth", name)["verify_file"].reason.en
    assert "out of reach" in found("http://127.0.0.1:1/auth", name)["verify_file"].reason.en


@pytest.mark.parametrize("redirect_uri", ["http://[", "https://a:b/", "https://x y/", "foo"])
def test_at_an_address_that_is_none_no_file_is_looked_for(redirect_uri: str):
    checks = found(redirect_uri, "MP_verify_abcdefgh12345678.txt")
    assert (checks["callback"].status, checks["verify_file"].status) == (Status.FAIL, Status.SKIPPED)


class Forgetful(MemoryStore):
    """A store whose takes are not atomic: each waits for another one between reading and deleting."""

    def __init__(self) -> None:
        super().__init__()
        self._both_have_read = threading.Barrier(2)

    def _perform(self, command: StoreCommand) -> Any:
        if not isinstance(command, Take):
            return super()._perform(command)
        value = super()._perform(Get(command.key))
        if value is not None:
            try:
                self._both_have_read.wait(0.5)
            except threading.BrokenBarrierError:
                return None
        super()._perform(command)
        return value


def test_a_store_of_which_two_take_the_same_value_is_found():
    assert race(Forgetful()) == "take"


def test_a_store_that_keeps_its_promises_passes():
    assert race(MemoryStore()) is None


def test_a_store_that_cannot_be_opened_fails_and_a_weak_key_too(tmp_path):
    checks = {each.check: each for each in check_store(f"sqlite:///{tmp_path}/no/such/folder/x.db", 2, "short")}
    assert {name: each.status for name, each in checks.items()} == {
        "secret_key": Status.FAIL,
        "store": Status.FAIL,
        "workers": Status.OK,
    }
    assert "short" not in checks["secret_key"].reason.en
