"""The pytest plugin, in test suites of its users."""

import subprocess
import sys
from importlib.metadata import entry_points
from statistics import median
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from user_suite import QUIET, Suite


@pytest.fixture
def suite(pytester: pytest.Pytester) -> Suite:
    return Suite(pytester)


def test_the_plugin_comes_with_the_package():
    found = [entry for entry in entry_points(group="pytest11") if entry.name == "wxauth"]
    assert [entry.value for entry in found] == ["wxauth.sandbox.pytest_plugin"]


def test_a_test_signs_somebody_in(suite):
    suite.run(
        """
    def test_sign_in(wechat):
        grant = exchange(wechat, wechat.code("安", scope="snsapi_userinfo"))
        assert grant["openid"] == wechat.openid("安") == wechat.openid(wechat.person("安"))
        assert grant["unionid"] == wechat.unionid("安")
        profile = ask(wechat, "userinfo", access_token=grant["access_token"], openid=grant["openid"])
        assert profile["nickname"] == "安 Ann"
        wechat.assert_called("sns/userinfo", times=1)
    """
    )


def test_a_code_is_for_a_scope_that_the_account_has(suite):
    suite.run(
        """
    def test_scopes(wechat):
        assert exchange(wechat, wechat.code("波"))["scope"] == "snsapi_base"
        with pytest.raises(ValueError, match="scope has to be snsapi_base or snsapi_userinfo, not 'userinfo'"):
            wechat.code("波", scope="userinfo")
        with pytest.raises(LookupError, match="nobody here is called 'Eve'; there are 安, 波, 小明, José"):
            wechat.code("Eve")
    """
    )


def test_every_test_has_a_world_and_an_appid_of_its_own_on_one_server(suite):
    suite.run(
        """
    seen = []

    @pytest.mark.parametrize("number", range(3))
    def test_world(wechat, wechat_server, number):
        worlds = list(wechat_server.worlds)
        assert worlds == [wechat_server.world, wechat.world], "earlier ones are removed"
        assert wechat.journal.entries() == ()
        code = wechat.code("安")
        for _, appid, _ in seen:
            assert exchange(wechat, code, appid)["errcode"] == 40013
        assert "openid" in exchange(wechat, code)
        seen.append((wechat.url, wechat.appid, wechat.openid("安")))

    def test_what_they_saw():
        assert [len({world[part] for world in seen}) for part in range(3)] == [1, 3, 3]
    """,
        passed=4,
    )


def test_each_worker_has_a_server_and_the_same_test_the_same_values_in_whatever_order_it_runs(suite, monkeypatch):
    tests = """
    import os

    @pytest.mark.parametrize("number", range(6))
    def test_values(wechat, worker_id, number):
        grant = exchange(wechat, wechat.code("安"))
        wechat.assert_called("sns/oauth2/access_token", times=1)
        values = [worker_id, wechat.url, number, wechat.appid, grant["openid"], grant["access_token"]]
        with open(os.environ["VALUES"], "a") as file:
            print(*values, file=file)
    """
    runs = []
    for name, run, options in (("plain", suite.run, []), ("xdist", suite.run_apart, ["-n2"])):
        values = suite.folder / name
        monkeypatch.setenv("VALUES", str(values))
        run(tests, *options, passed=6)
        runs.append([line.split(" ", 2) for line in values.read_text().splitlines()])
    assert len({(worker, url) for worker, url, _ in runs[1]}) == len({url for _, url, _ in runs[1]}) == 2
    assert sorted(values for *_, values in runs[0]) == sorted(values for *_, values in runs[1])


def test_a_link_leads_back_to_the_app_with_code_and_state(suite):
    suite.run(
        """
    @pytest.mark.parametrize("hop", [{}, {"connect_redirect": "1"}])
    def test_callback(wechat, hop):
        query = parse_qs(urlsplit(wechat.callback("小明", link(wechat, **hop))).query)
        assert query["state"] == ["abc"]
        assert exchange(wechat, query["code"][0])["openid"] == wechat.openid("小明")
    """,
        passed=2,
    )


def test_a_link_that_leads_nowhere_says_why(suite):
    suite.run(
        """
    def test_links(wechat):
        with pytest.raises(AssertionError, match="(?s)sends nobody back.*refused.*registered for"):
            wechat.callback("安", link(wechat, redirect_uri="https://elsewhere.example/"))
        with pytest.raises(AssertionError, match="(?s)without an appid or token of this.*no world has this"):
            wechat.callback("安", link(wechat, appid="wx5a4db0ffffff0000"))
        with pytest.raises(ValueError, match="open.weixin.qq.com, not to this sandbox: set WXAUTH_SANDBOX_URL=http"):
            wechat.callback("安", "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx")
        with pytest.raises(ValueError, match="/sns/auth is not the authorize page"):
            wechat.callback("安", f"{wechat.url}/sns/auth")
    """
    )


def test_the_environment_points_an_app_at_the_world_for_as_long_as_the_test_lasts(suite, monkeypatch):
    monkeypatch.delenv("WXAUTH_APPID", raising=False)
    suite.run(
        """
    import os

    def test_environ(wechat, wechat_environ):
        assert wechat_environ == wechat.environ
        assert {name: os.environ[name] for name in wechat_environ} == {
            "WXAUTH_SANDBOX_URL": wechat.url,
            "WXAUTH_APPID": wechat.appid,
            "WXAUTH_SECRET": wechat.secret,
            "WXAUTH_SECRET_KEY": wechat.environ["WXAUTH_SECRET_KEY"],
        }
        from wxauth import Endpoints, Settings
        assert Settings.from_environ().endpoints == Endpoints.sandbox(wechat.endpoints_url)

    def test_afterwards():
        assert "WXAUTH_APPID" not in os.environ
    """,
        passed=2,
    )


def test_an_account_of_another_kind_has_an_appid_of_its_own_and_knows_the_person_otherwise(suite):
    suite.run(
        """
    def test_kinds(wechat):
        assert wechat.account("service").appid == wechat.appid
        program = wechat.account("miniprogram")
        query = dict(appid=program.appid, secret=program.secret, js_code=wechat.world.js_code(wechat.person("安")))
        session = ask(wechat, "jscode2session", grant_type="authorization_code", **query)
        assert session["openid"] == wechat.world.openid(wechat.person("安"), program.appid) != wechat.openid("安")
        assert session["unionid"] == wechat.unionid("安")
        with pytest.raises(LookupError, match="no account here is a 'mini'; there are .*miniprogram"):
            wechat.account("mini")
    """
    )


def test_assert_called_counts_refused_calls_too_and_knows_what_can_be_called(suite):
    suite.run(
        """
    def test_counts(wechat):
        wechat.assert_called("sns/userinfo", times=0)
        exchange(wechat, "0010000000000000000000000000nope")
        exchange(wechat, wechat.code("安"))
        wechat.assert_called("sns/oauth2/access_token")
        wechat.assert_called("sns/oauth2/access_token", times=2)
        wechat.assert_called("token", times=2)
        wechat.assert_called("authorize", times=0)
        with pytest.raises(AssertionError, match="access_token was called 2 times, not once"):
            wechat.assert_called("sns/oauth2/access_token", times=1)
        with pytest.raises(AssertionError, match="sns/auth was called 0 times, not at least once"):
            wechat.assert_called("sns/auth")
        with pytest.raises(ValueError, match="'sns/userinf' is no operation.*did you mean 'sns/userinfo'"):
            wechat.assert_called("sns/userinf", times=0)
    """
    )


def test_a_failed_assert_called_shows_the_journal_once_and_none_of_our_code(suite):
    printed = suite.run(
        """
    def test_fails(wechat):
        exchange(wechat, wechat.code("安"))
        wechat.assert_called("sns/userinfo", times=1)
    """,
        failed=1,
    )
    assert "AssertionError: sns/userinfo was called 0 times, not once; the wechat journal:" in printed
    told, _, _ = printed.partition("short test summary info")  # which repeats it whole where CI is set
    assert told.count("sns/oauth2/access_token  ok") == 1
    assert "fresh_world.py" not in printed


def test_a_failure_shows_the_journal_without_secrets(suite):
    printed = suite.run(
        """
    import pathlib

    @pytest.mark.wechat(at="2026-01-01T00:00:00Z", frozen=True)
    def test_fails(wechat):
        code = wechat.code("安", scope="snsapi_userinfo")
        grant = exchange(wechat, code)
        exchange(wechat, code)
        ask(wechat, "userinfo", access_token=grant["access_token"], openid=grant["openid"])
        pathlib.Path("secrets.txt").write_text("\\n".join([code, grant["access_token"], wechat.secret]))
        raise RuntimeError
    """,
        failed=1,
    )
    assert "- wechat journal -" in printed
    assert "  1  2026-01-01 00:00:00  sns/oauth2/access_token  ok\n" in printed
    assert "  2  2026-01-01 00:00:00  sns/oauth2/access_token  refused: 40163 code been used\n" in printed
    assert "redeemed 0 s ago by wx5a4db0" in printed
    assert "sns/userinfo  ok" in printed
    for secret in (suite.folder / "secrets.txt").read_text().splitlines():
        assert secret not in printed


def test_a_failure_shows_the_calls_that_reached_no_world(suite):
    printed = suite.run(
        """
    def test_before(wechat):
        exchange(wechat, "x", "wx5a4db0aaaaaaaaaa")

    def test_fails(wechat):
        exchange(wechat, "x", wechat.appid[:-1] + ("0" if wechat.appid[-1] != "0" else "1"))
        raise RuntimeError
    """,
        passed=1,
        failed=1,
    )
    assert "(nothing was asked of this world)\nwithout an appid or token of this world:\n" in printed
    assert "no world has that appid; the nearest is wx5a4db0" in printed
    assert "wx5a4db0aaaaaaaaaa" not in printed


def test_the_journal_is_shown_with_a_failure_of_a_fixture_and_not_with_other_tests(suite):
    printed = suite.run(
        """
    @pytest.fixture
    def broken(wechat):
        exchange(wechat, wechat.code("安"))
        raise RuntimeError("broken before the test")

    def test_fixture(broken): ...

    def test_without():
        raise RuntimeError("has no world")

    def test_passes(wechat):
        exchange(wechat, wechat.code("安"))
    """,
        passed=1,
        failed=1,
        errors=1,
    )
    assert printed.count("- wechat journal -") == 1


def test_a_long_journal_is_shown_from_its_end(suite):
    printed = suite.run(
        """
    def test_fails(wechat):
        for _ in range(25):
            exchange(wechat, wechat.code("安"))
        raise RuntimeError
    """,
        failed=1,
    )
    assert "(5 earlier)\n  6  " in printed
    assert printed.count("sns/oauth2/access_token  ok") == 20


def test_the_server_stops_with_the_session(suite):
    suite.run(
        """
    import pathlib

    def test_url(wechat_server):
        pathlib.Path("url.txt").write_text(wechat_server.url)
    """
    )
    with pytest.raises(URLError):
        urlopen((suite.folder / "url.txt").read_text(), timeout=5)


def test_async_tests_use_it_as_it_is(suite):
    suite.run(
        """
    import anyio

    @pytest.fixture
    def anyio_backend():
        return "asyncio"

    @pytest.mark.anyio
    async def test_async(wechat):
        callback = wechat.callback("安", link(wechat))
        code = parse_qs(urlsplit(callback).query)["code"][0]
        grant = await anyio.to_thread.run_sync(exchange, wechat, code)
        assert grant["openid"] == wechat.openid("安")
    """
    )


def test_the_plugin_can_be_switched_off(suite):
    printed = suite.run_apart(
        """
    import sys

    def test_nothing_is_loaded():
        assert "wxauth" not in sys.modules

    def test_fixture(wechat): ...
    """,
        "-p",
        "no:wxauth",
        passed=1,
        errors=1,
    )
    assert "fixture 'wechat' not found" in printed


def test_the_marker_and_the_fixtures_describe_themselves(pytester):
    printed = pytester.runpytest_inprocess(*QUIET, "--markers").stdout.str()
    assert (
        "\n@pytest.mark.wechat(appid=..., people=[...], at=..., frozen=True, switches={...}, faults=[...]): the"
        in printed
    )
    printed = pytester.runpytest_inprocess(*QUIET, "--fixtures", "-v").stdout.str()
    for fixture in ("wechat_server [session scope]", "wechat", "wechat_clock", "wechat_environ"):
        assert f"\n{fixture} -- " in printed


def test_without_the_sandbox_extra_a_fixture_says_in_one_line_what_to_install(suite):
    printed = suite.run(
        """
    import sys

    sys.modules["jinja2"] = None

    def test_fixture(wechat): ...

    def test_other(): ...
    """,
        passed=1,
        errors=1,
    )
    said = 'the wechat fixtures need the sandbox (jinja2 not installed): pip install "wxauth[sandbox]"'
    assert f"test_fixture {'_' * 10}" in printed
    assert f"\n{said}\n" in printed
    assert "Traceback" not in printed


def loaded(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"{code}; import sys; print(*sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
    )
    return set(done.stdout.split())


def test_loading_the_plugin_brings_nothing_beyond_pytest_and_the_package():
    brought = loaded("import pytest, wxauth.sandbox.pytest_plugin") - loaded("import pytest, wxauth")
    assert {name for name in brought if name.startswith("wxauth.")} == {
        "wxauth.sandbox",
        "wxauth.sandbox.pytest_plugin",
    }
    assert {name.partition(".")[0] for name in brought} <= {"wxauth", *sys.stdlib_module_names}


def test_loading_the_plugin_takes_less_than_60_ms():
    def seconds(code: str) -> float:
        timed = f"import pytest, time; began = time.process_time(); {code}; print(time.process_time() - began)"
        return float(subprocess.run([sys.executable, "-I", "-c", timed], check=True, capture_output=True).stdout)

    assert median(seconds("import wxauth.sandbox.pytest_plugin") for _ in range(5)) < 0.06
