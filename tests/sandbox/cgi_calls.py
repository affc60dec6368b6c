"""Somebody who calls cgi-bin in the name of the first account of a world."""

import json
from dataclasses import dataclass
from urllib.parse import urlencode

from wxauth.sandbox.wechat.operation import Answer, Request
from wxauth.sandbox.wechat.server import answer
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

CLIENT_IP = "203.0.113.7"


@dataclass
class Caller:
    """One server of the account's owner; each call tells what WeChat said."""

    world: World
    client_ip: str = CLIENT_IP

    def __post_init__(self) -> None:
        self.worlds = Worlds(self.world)

    @property
    def credentials(self) -> dict[str, str]:
        account = self.world.account
        return {"grant_type": "client_credential", "appid": account.appid, "secret": account.secret}

    def raw(self, path: str, *, body: object = None, method: str | None = None, **query: str) -> Answer:
        text = b"" if body is None else json.dumps(body).encode()
        request = Request(
            path=f"/{path}",
            method=method or ("GET" if body is None else "POST"),
            query=urlencode(query),
            body=text,
            origin="http://sandbox.test",
            client_ip=self.client_ip,
        )
        return answer(self.worlds, request)

    def get(self, path: str, **query: str) -> dict:
        return json.loads(self.raw(path, **query).body)

    def post(self, path: str, body: object, **query: str) -> dict:
        return json.loads(self.raw(path, body=body, **query).body)

    def token(self) -> str:
        """A new plain token."""
        return self.get("cgi-bin/token", **self.credentials)["access_token"]

    def stable(self, *, force: bool = False) -> dict:
        return self.post("cgi-bin/stable_token", self.credentials | {"force_refresh": force})

    def errcode(self, token: str) -> int:
        """How WeChat finds a token: 0 when it takes it."""
        return self.get("cgi-bin/getcallbackip", access_token=token).get("errcode", 0)

    def web_token(self, name: str = "安") -> dict[str, str]:
        """A person's access_token and openid."""
        code = self.world.issue_code(self.world.person(name), scope="snsapi_userinfo")
        grant = self.world.redeem(appid=self.world.account.appid, code=code)
        return {"access_token": grant.access_token, "openid": grant.openid}

    def reason(self) -> str:
        """Why the last call was answered as it was, in the journal's English."""
        return str(self.world.journal.entries()[-1].reason)
