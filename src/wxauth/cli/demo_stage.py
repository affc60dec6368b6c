"""The stage of the demo: the sandbox and the sample application, each on a free port of this machine."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from wxauth import Endpoints, OfficialAccount
from wxauth.cli.demo_app import sample_app
from wxauth.cli.demo_server import serving
from wxauth.sandbox.serve import address, bind, running

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Two addresses: where WeChat is, and where the application is."""

    sandbox: str
    app: str


@contextmanager
def stage() -> Generator[Stage]:
    """Serve both for as long as the block lasts."""
    with closing(bind(HOST, 0)) as listening, running(host=HOST) as wechat:
        account = OfficialAccount(appid=wechat.world.account.appid, secret=wechat.world.account.secret)
        own = address(listening)
        with serving(sample_app(account, base_url=own, endpoints=Endpoints.sandbox(wechat.url)), listening):
            yield Stage(sandbox=wechat.url, app=own)
