"""A third-party platform that calls the servers of a world."""

import json
from dataclasses import dataclass
from urllib.parse import urlencode

from wxauth.sandbox.accounts import Account
from wxauth.sandbox.wechat.operation import Answer, Request
from wxauth.sandbox.wechat.server import answer
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds


@dataclass
class Platform:
    """The server of the world's first platform; each call tells what WeChat said."""

    world: World
    client_ip: str = "203.0.113.7"

    def __post_init__(self) -> None:
        self.worlds = Worlds(self.world)
        self.account: Account = self.world.platforms.named()

    def raw(self, path: str, *, body: object = None, **query: str) -> Answer:
        request = Request(
            path=f"/{path}",
            method="GET" if body is None else "POST",
            query=urlencode(query),
            body=b"" if body is None else json.dumps(body).encode(),
            origin="http://sandbox.test",
            client_ip=self.client_ip,
        )
        return answer(self.worlds, request)

    def token_body(self, **changes: str) -> dict[str, str]:
        account = self.account
        return {
            "component_appid": account.appid,
            "component_appsecret": account.secret,
            "component_verify_ticket": self.world.platforms.ticket(),
        } | changes

    def raw_token(self, **changes: str) -> Answer:
        return self.raw("cgi-bin/component/api_component_token", body=self.token_body(**changes))

    def token(self) -> str:
        return json.loads(self.raw_token().body)["component_access_token"]

    def raw_call(self, name: str, *, token: str | None = None, **body: str) -> Answer:
        """A call of cgi-bin/component."""
        values = {"component_appid": self.account.appid} | body
        query = {"component_access_token": self.token() if token is None else token}
        return self.raw(f"cgi-bin/component/api_{name}", body=values, **query)

    def call(self, name: str, *, token: str | None = None, **body: str) -> dict:
        return json.loads(self.raw_call(name, token=token, **body).body)

    def raw_sns(self, name: str, **changes: str) -> Answer:
        """A call of sns/oauth2/component or sns/component, for the first account of the world."""
        values = {
            "appid": self.world.account.appid,
            "component_appid": self.account.appid,
            "component_access_token": self.token(),
        }
        return self.raw(f"sns/{name}", **values | changes)

    def sns(self, name: str, **changes: str) -> dict:
        return json.loads(self.raw_sns(name, **changes).body)

    def raw_exchange(self, **changes: str) -> Answer:
        code = self.world.issue_code(self.world.people[0], scope="snsapi_userinfo")
        given = {"code": code, "grant_type": "authorization_code"} | changes
        return self.raw_sns("oauth2/component/access_token", **given)

    def exchange(self, **changes: str) -> dict:
        return json.loads(self.raw_exchange(**changes).body)

    def reason(self) -> str:
        """Why the last call was answered as it was."""
        return str(self.world.journal.entries()[-1].reason)
