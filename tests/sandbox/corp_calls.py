"""The server of an app of WeCom, in process."""

import json
from dataclasses import dataclass, field

from server_calls import asked

from wxauth.sandbox.accounts import FIRST_AGENTID, Account
from wxauth.sandbox.wechat.operation import Answer
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

CORPID = "ww5a4db00000000006"
PRIVATE = "snsapi_privateinfo"


@dataclass
class App:
    """An app of the default corp; each call tells what WeCom said."""

    worlds: Worlds
    agentid: int = FIRST_AGENTID
    request: dict = field(default_factory=dict)

    @property
    def world(self) -> World:
        return self.worlds.default

    @property
    def corp(self) -> Account:
        return next(account for account in self.world.accounts if account.appid == CORPID)

    @property
    def secret(self) -> str:
        return next(agent.secret for agent in self.corp.agents if agent.agentid == self.agentid)

    def raw(self, path: str, body: object = None, **query: str) -> Answer:
        sent = {} if body is None else {"method": "POST", "body": json.dumps(body).encode()}
        return asked(self.worlds, f"/qyapi/cgi-bin/{path}", query, **sent, **self.request)

    def call(self, path: str, body: object = None, **query: str) -> dict:
        return json.loads(self.raw(path, body, **query).body)

    def gettoken(self, **changes: str) -> dict:
        return self.call("gettoken", **{"corpid": CORPID, "corpsecret": self.secret} | changes)

    def token(self) -> str:
        return self.gettoken()["access_token"]

    def code(self, name: str = "安", **given) -> str:
        given = {"appid": CORPID, "agentid": self.agentid} | given
        return self.world.corps.code(self.world.person(name), **given)

    def who(self, code: str, /, **changes: str) -> dict:
        return self.call("auth/getuserinfo", **{"access_token": self.token(), "code": code} | changes)

    def detail(self, ticket: str) -> dict:
        return self.call("auth/getuserdetail", {"user_ticket": ticket}, access_token=self.token())

    def reason(self) -> str:
        return str(self.world.journal.entries()[-1].reason)
