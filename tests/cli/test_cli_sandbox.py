"""`wxauth sandbox` as a process."""

import json
import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner

from wxauth.cli.sandbox import sandbox
from wxauth.sandbox.serve import running

COMMAND = [sys.executable, "-c", "from wxauth.cli.sandbox import sandbox; sandbox()"]


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [*COMMAND, "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=os.environ | {"PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": ""},
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_the_first_line_with_json_is_one_object_and_the_server_answers_by_then():
    with started("--json") as process:
        said = json.loads(process.stdout.readline())
        answer = httpx2.get(said["url"] + "/sns/auth")
        assert answer.json()["errcode"] == 41001
        assert said["accounts"][0]["appid"] == "wx5a4db00000000001"
        assert said["accounts"][0]["secret"] == "5a4db000000000000000000000000001"
        assert said["people"][0]["name"] == "安"
        assert len(said["people"]) >= 3
        assert all(len(person["openid"]) == 28 for person in said["people"])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_cleanly(number):
    with started("--json") as process:
        process.stdout.readline()
        process.send_signal(number)
        _, errors = process.communicate(timeout=10)
        assert (process.returncode, errors) == (0, "")


def test_for_people_it_prints_the_environment_of_an_app():
    with started() as process:
        head = [process.stdout.readline() for _ in range(14)]
        url = head[0].split()[5]
        assert f"  export WXAUTH_SANDBOX_URL={url}\n" in head
        assert "  export WXAUTH_APPID=wx5a4db00000000001\n" in head
        assert any("小明🎉" in line for line in head)
        process.send_signal(signal.SIGINT)
        assert "已停止" in process.communicate(timeout=10)[0]


def test_codes_of_one_start_are_not_codes_of_the_next():
    codes = set()
    for _ in range(2):
        with started("--json") as process:
            url = json.loads(process.stdout.readline())["url"]
            link = (
                f"{url}/connect/oauth2/authorize?appid=wx5a4db00000000001&redirect_uri=http%3A%2F%2Flocalhost%2F"
                "&response_type=code&scope=snsapi_base&connect_redirect=1"
            )
            answer = httpx2.get(link, headers={"User-Agent": "MicroMessenger", "X-Sandbox-Person": "Ann"})
            codes.add(answer.headers["location"])
    assert len(codes) == 2


def test_a_taken_port_is_one_clear_line_with_the_next_step():
    with running() as taken:
        port = taken.url.rpartition(":")[2]
        result = CliRunner().invoke(sandbox, ["--port", port])
    assert result.exit_code == 1
    assert "is taken" in result.stderr
    assert "--port 0" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_an_output_that_takes_nothing_is_not_taken_for_a_port():
    with Path("/dev/full").open("wb") as full:
        command = [*COMMAND, "--port", "0"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, encoding="utf-8", timeout=30, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: cannot print where the sandbox answers: No space left on device\n")


def test_another_host_than_loopback_brings_a_banner():
    # J2; 192.0.2.1 is nobody's address, so nothing is listened on
    result = CliRunner().invoke(sandbox, ["--host", "192.0.2.1", "--port", "0"])
    assert "WARNING" in result.stderr
    assert "警告" in result.stderr
    assert "cannot listen on 192.0.2.1" in result.stderr


def test_help_shows_examples_in_both_languages():
    result = CliRunner().invoke(sandbox, ["--help"])
    assert "wxauth sandbox --port 0 --json" in result.output
    assert "沙箱" in result.output


def test_with_tls_it_serves_https_and_says_what_to_trust_and_a_file_keeps_the_authority(tmp_path):
    trusted = set()
    for _ in range(2):
        with started("--json", "--tls", "--ca-file", str(tmp_path / "ca.pem")) as process:
            said = json.loads(process.stdout.readline())
            trusts = ssl.create_default_context(cadata=said["ca_pem"])
            assert httpx2.get(said["url"] + "/sns/auth", verify=trusts).json()["errcode"] == 41001
            trusted.add(said["ca_pem"])
    assert said["url"].startswith("https://127.0.0.1:")
    assert len(trusted) == 1
    assert (tmp_path / "ca.pem").stat().st_mode & 0o077 == 0


def test_for_people_it_says_how_to_get_the_authority_and_which_public_url_to_use():
    with started("--tls", "--public-url", "https://wechat.test/") as process:
        head = [process.stdout.readline() for _ in range(12)]
    url = head[0].split()[5]
    assert "  export WXAUTH_SANDBOX_URL=https://wechat.test\n" in head
    assert f"  curl --insecure -o wxauth-ca.pem {url}/_sandbox/ca.pem\n" in head


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--ca-file", "ca.pem"], "add --tls"),
        (["--public-url", "wechat.test"], "is no origin"),
    ],
)
def test_what_cannot_be_served_is_a_wrong_use_with_the_next_step(options, told):
    result = CliRunner().invoke(sandbox, ["--port", "0", *options])
    assert result.exit_code == 2
    assert told in result.stderr


def test_a_file_that_cannot_be_written_is_one_clear_line(tmp_path):
    result = CliRunner().invoke(sandbox, ["--port", "0", "--tls", "--ca-file", str(tmp_path / "nowhere" / "ca.pem")])
    assert result.exit_code == 1
    assert "cannot use" in result.stderr
    assert "ca.pem: No such file" in result.stderr


def test_a_file_that_others_can_read_is_refused_as_the_place_of_a_key(tmp_path):
    (tmp_path / "ca.pem").touch(mode=0o644)
    result = CliRunner().invoke(sandbox, ["--port", "0", "--tls", "--ca-file", str(tmp_path / "ca.pem")])
    assert (result.exit_code, "chmod 600" in result.stderr) == (2, True)
