"""A test suite of a user, with the pytest plugin."""

from pathlib import Path
from textwrap import dedent

import pytest

WITHOUT = tuple(f"-pno:{plugin}" for plugin in ("hypothesispytest", "schemathesis", "pytest_cov"))
"""Plugins of our own tests that users need not have; one of them takes a second to load."""
QUIET = ("-q", "-pno:cacheprovider", "-pno:randomly", *WITHOUT)
SIGN_IN = """
    import json
    from urllib.parse import parse_qs, urlencode, urlsplit
    from urllib.request import urlopen

    import pytest

    CALLBACK = "http://127.0.0.1:8000/auth"

    def ask(wechat, call, **parameters):
        with urlopen(f"{wechat.url}/sns/{call}?{urlencode(parameters)}") as answer:
            return json.load(answer)

    def exchange(wechat, code, appid=None):
        return ask(wechat, "oauth2/access_token", appid=appid or wechat.appid, secret=wechat.secret, code=code,
                   grant_type="authorization_code")

    def link(wechat, **changes):
        values = {"appid": wechat.appid, "redirect_uri": CALLBACK, "response_type": "code", "scope": "snsapi_userinfo",
                  "state": "abc"} | changes
        return f"{wechat.url}/connect/oauth2/authorize?{urlencode(values)}#wechat_redirect"
"""


class Suite:
    """A test suite of a user."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self._pytester = pytester

    def run(self, tests: str, *options: str, **outcomes: int) -> str:
        """Run it in this process; what it prints."""
        self._write(tests)
        done = self._pytester.runpytest_inprocess(*QUIET, *options)
        done.assert_outcomes(**outcomes or {"passed": 1})
        return done.stdout.str()

    def run_apart(self, tests: str, *options: str, **outcomes: int) -> str:
        """Run it in a process of its own; what it prints."""
        self._write(tests)
        done = self._pytester.runpytest_subprocess(*WITHOUT, *options)
        done.assert_outcomes(**outcomes or {"passed": 1})
        return done.stdout.str()

    def _write(self, tests: str) -> None:
        self._pytester.makepyfile(signing=SIGN_IN, test_app=f"from signing import *\n{dedent(tests)}")

    @property
    def folder(self) -> Path:
        return self._pytester.path
