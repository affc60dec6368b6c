"""`wxauth sandbox exec` as a process: environment, exit status, signals."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

EXEC = [str(Path(sys.executable).with_name("wxauth")), "sandbox", "exec"]
NAMES = ("WXAUTH_SANDBOX_URL", "WXAUTH_APPID", "WXAUTH_SECRET", "WXAUTH_SECRET_KEY")


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"WXAUTH_SANDBOX_URL": "http://192.0.2.1", "PYTHONUTF8": "1"}
    return subprocess.run(
        [*EXEC, *arguments],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        encoding="utf-8",
        timeout=30,
        env=environment,
        check=False,
    )


def python(code: str) -> list[str]:
    return ["--", sys.executable, "-c", code]


@contextmanager
def started(code: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [*EXEC, *python(code)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("status", [0, 1, 7, 255])
def test_it_ends_as_the_command_ended(status):
    done = run(*python(f"raise SystemExit({status})"))
    assert (done.returncode, done.stdout, done.stderr) == (status, "", "")


def test_a_command_that_a_signal_ended_is_told_as_a_shell_tells_it():
    done = run(*python("import os; os.kill(os.getpid(), 9)"))
    assert done.returncode == 128 + 9


def test_the_command_finds_a_sandbox_that_answers_in_its_environment():
    code = (
        "import json, os, urllib.request as u;"
        f"found = {{name: os.environ[name] for name in {NAMES}}};"
        "u.urlopen(found['WXAUTH_SANDBOX_URL'] + '/_sandbox/status').close();"
        "print(json.dumps(found))"
    )
    one, two = (json.loads(run(*python(code)).stdout) for _ in range(2))
    assert one["WXAUTH_SANDBOX_URL"].startswith("http://127.0.0.1:")
    assert (one["WXAUTH_APPID"], one["WXAUTH_SECRET"]) == ("wx5a4db00000000001", "5a4db000000000000000000000000001")
    assert len(one["WXAUTH_SECRET_KEY"]) == 64
    assert one["WXAUTH_SECRET_KEY"] != two["WXAUTH_SECRET_KEY"]


def test_the_sandbox_is_gone_afterwards():
    url = run(*python("import os; print(os.environ['WXAUTH_SANDBOX_URL'])")).stdout.strip()
    with pytest.raises(URLError):
        urlopen(url)


def test_strict_reaches_the_sandbox():
    code = (
        "import json, os, urllib.request as u;"
        "print(json.load(u.urlopen(os.environ['WXAUTH_SANDBOX_URL'] + '/_sandbox/status'))['worlds'][0]['strict'])"
    )
    assert run("--strict", *python(code)).stdout == "True\n"
    assert run(*python(code)).stdout == "False\n"


def test_options_of_the_command_are_the_command_s():
    done = run(sys.executable, "-c", "import sys; print(sys.argv[1:])", "--strict", "--help", "-x")
    assert done.stdout == "['--strict', '--help', '-x']\n"


def test_a_command_that_is_not_there_is_status_127(tmp_path):
    done = run("--", "no-such-command-anywhere")
    assert done.returncode == 127
    assert done.stderr == "Error: no-such-command-anywhere: there is no such command   找不到命令\n"


def test_a_command_that_cannot_be_started_is_status_126(tmp_path):
    done = run("--", str(tmp_path))
    assert done.returncode == 126
    assert "cannot be started" in done.stderr


def test_without_a_command_it_says_how_to_call_it():
    done = run()
    assert done.returncode == 2
    assert "-- COMMAND" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_is_passed_on_and_the_command_s_answer_to_it_counts(number):
    code = (
        "import signal, sys, time\n"
        f"signal.signal({int(number)}, lambda *_: sys.exit(5))\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)"
    )
    with started(code) as process:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        _, errors = process.communicate(timeout=10)
        assert (process.returncode, errors) == (5, "")


ASKS = """
import os, ssl, sys
from urllib.request import urlopen
import requests
url = os.environ["WXAUTH_SANDBOX_URL"] + "/sns/auth"
urlopen(url).close()
requests.get(url, timeout=5)
print(os.environ["NODE_EXTRA_CA_CERTS"])
"""


def test_with_tls_the_command_trusts_the_sandbox_as_long_as_it_runs():
    done = run("--tls", *python(ASKS))
    assert done.returncode == 0, done.stderr
    assert not Path(done.stdout.strip()).exists()


def test_with_tls_the_other_commands_trust_the_sandbox_too():
    status = [str(Path(sys.executable).with_name("wxauth")), "sandbox", "status"]
    done = run("--tls", "--", *status)
    assert done.returncode == 0, done.stderr
    assert "answers at https://127.0.0.1:" in done.stdout


def test_without_tls_nothing_is_said_of_trust():
    names = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
    done = run(*python(f"import os; print([name for name in {names} if name in os.environ])"))
    assert done.stdout.strip() == str([name for name in names if name in os.environ])
