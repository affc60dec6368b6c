"""`wxauth sandbox` as its users start it, and the calls of a sign-in with nobody at the browser."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec

from bench.cores import give

COMMAND = (str(Path(sys.executable).with_name("wxauth")), "sandbox", "--port", "0", "--json")
HEADLESS = {"User-Agent": "MicroMessenger", "X-Sandbox-Person": "Ann", "X-Sandbox-Decision": "allow"}
NICKNAME = "安 Ann"


class SaidAccount(msgspec.Struct, frozen=True):
    """An account in the first line of output."""

    appid: str
    secret: str


class Said(msgspec.Struct, frozen=True):
    """The first line of output."""

    url: str
    accounts: list[SaidAccount]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """A sandbox that says it answers.

    Attributes:
        process: which it runs in.
        said: its first line of output.
        connection: to it, kept alive.
    """

    process: subprocess.Popen[bytes]
    said: Said
    connection: HTTPConnection

    def code(self) -> str:
        """Open the authorize link as a person who agrees; returns the code of the redirect."""
        query = {
            "appid": self.said.accounts[0].appid,
            "redirect_uri": "http://localhost/",
            "response_type": "code",
            "scope": "snsapi_userinfo",
            "connect_redirect": "1",
        }
        self.connection.request("GET", f"/connect/oauth2/authorize?{urlencode(query)}", headers=HEADLESS)
        with self.connection.getresponse() as response:
            response.read()
            codes = parse_qs(urlsplit(response.getheader("Location", "")).query).get("code", [])
        if not codes:
            raise SystemExit(f"the sandbox answered {response.status} to the authorize link, and gave no code")
        return codes[0]

    def userinfo_path(self) -> str:
        """Sign a person in; returns the path and query of their profile."""
        account = self.said.accounts[0]
        grant = self.fields(
            "/sns/oauth2/access_token",
            {
                "appid": account.appid,
                "secret": account.secret,
                "code": self.code(),
                "grant_type": "authorization_code",
            },
        )
        return "/sns/userinfo?" + urlencode({"access_token": grant["access_token"], "openid": grant["openid"]})

    def fields(self, path: str, parameters: Mapping[str, str]) -> Mapping[str, object]:
        """What a call answers."""
        return msgspec.json.decode(body(self.connection, f"{path}?{urlencode(parameters)}"), type=dict[str, object])


def body(connection: HTTPConnection, path: str) -> bytes:
    """What a GET answers; SystemExit when it is not 200."""
    connection.request("GET", path)
    with connection.getresponse() as response:
        read = response.read()
    if response.status != 200:
        raise SystemExit(f"{path.partition('?')[0]} was answered {response.status}")
    return read


@contextmanager
def sandbox(*, core: int | None = None) -> Generator[Sandbox]:
    """Run one, on a core of its own where there is one; it has not been asked anything yet."""
    with process(COMMAND, core=core) as (running, line):
        said = msgspec.json.decode(line, type=Said)
        connection = HTTPConnection(urlsplit(said.url).netloc, timeout=10)
        try:
            yield Sandbox(process=running, said=said, connection=connection)
        finally:
            connection.close()


@contextmanager
def process(command: tuple[str, ...], *, core: int | None) -> Generator[tuple[subprocess.Popen[bytes], bytes]]:
    """Run a server that says in one line that it answers; yields it and the line. SystemExit when it does not start."""
    with subprocess.Popen(command, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        try:
            line = running.stdout.readline()
            if not line:
                raise SystemExit(f"{' '.join(command)} did not start")
            if core is not None:
                give(core, running.pid)
            yield running, line
        finally:
            running.kill()
