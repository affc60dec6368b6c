"""A running sandbox is found on its machine, and one that is gone is not."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from dataclasses import replace

import pytest

from wxauth.sandbox import locator
from wxauth.sandbox.locator import announced, folder, located
from wxauth.sandbox.serve import running
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("WXAUTH_SANDBOX_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture(scope="module")
def sandbox():
    with running(Worlds(World(seed="here"))) as sandbox:
        yield sandbox


def test_a_sandbox_is_found_as_long_as_it_runs(sandbox):
    assert located() == ()
    with announced(sandbox, version="1"):
        (found,) = located()
        assert (found.url, found.pid, found.seed) == (sandbox.url, os.getpid(), "here")
        assert found.nonce == sandbox.start.nonce
    assert located() == ()


def test_the_file_is_for_its_user_alone_and_holds_no_secret(sandbox, state):
    with announced(sandbox, version="1"):
        (file,) = state.iterdir()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(state.stat().st_mode) == 0o700
        assert json.loads(file.read_text()).keys() == {"url", "pid", "version", "nonce", "seed", "ca_pem"}
        assert sandbox.world.account.secret not in file.read_text()
    assert not [*state.iterdir()]


def test_a_file_whose_process_is_gone_is_removed(sandbox, state):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    with announced(replace(sandbox, start=replace(sandbox.start, pid=gone.pid)), version="1"):
        assert located() == ()
        assert not [*state.iterdir()]


def test_a_file_whose_address_another_sandbox_took_is_removed(sandbox, state):
    with announced(replace(sandbox, start=replace(sandbox.start, nonce="another")), version="1"):
        assert located() == ()
        assert not [*state.iterdir()]


def test_a_sandbox_that_does_not_answer_is_not_found_and_may_answer_later(sandbox, state):
    with announced(replace(sandbox, url="http://127.0.0.1:9"), version="1"):
        assert located() == ()
        assert len([*state.iterdir()]) == 1


def test_a_file_that_is_none_of_ours_is_left_alone(state):
    state.mkdir()
    (state / "1-2.json").write_text("{}")
    (state / "notes.txt").write_text("x")
    assert located() == ()
    assert len([*state.iterdir()]) == 2


def test_a_sandbox_over_https_is_found_with_what_to_trust(tmp_path):
    with running(tls=True) as sandbox, announced(sandbox, version="1"):
        (found,) = located()
        assert found.ca_pem == sandbox.ca_pem
        assert found.url.startswith("https://")


def test_a_sandbox_runs_where_no_file_can_be_written(sandbox, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("WXAUTH_SANDBOX_STATE", str(tmp_path / "file" / "below"))
    with announced(sandbox, version="1"):
        assert located() == ()


def test_the_directory_is_that_of_the_user():
    assert folder({"WXAUTH_SANDBOX_STATE": "/a"}).parts[-1] == "a"
    assert folder({"XDG_STATE_HOME": "/b"}).parts[-3:] == ("b", "wxauth", "sandboxes")
    assert folder({}).parts[-4:] == (".local", "state", "wxauth", "sandboxes")


def test_another_users_process_lives(monkeypatch):
    def refuse(_pid, _signal):
        raise PermissionError

    monkeypatch.setattr(os, "kill", refuse)
    assert locator._lives(1)
