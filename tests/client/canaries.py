"""Makes every call with secrets that are easily found again, at a WeChat in trouble, and shows all there is to show.

Run as a program: ``canaries.py COLOUR LOCALS GOOD_URL BAD_URL...`` in an empty folder. What it writes is searched by
test_canaries.py.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from loopback import TRUSTS_NOBODY

import wxauth
from wxauth import Endpoints, Grant, Member, MiniProgramSession, WxAuthError
from wxauth.client.transport import AsyncHttpTransport, HttpTransport
from wxauth.protocol.push import TicketPushed
from wxauth.stores.crypto import Keyring

HEX = "cafe00000000000000000000000000{:02x}"
SECRETS = {name: HEX.format(number) for number, name in enumerate(["official", "website", "program", "platform"])}
APPIDS = {name: f"wx00000000000000c{number}" for number, name in enumerate(SECRETS)}
CANARIES = {
    **SECRETS,
    "corp": "CANARYcorpsecret000000000000000000000000000",
    "push token": "CANARYpushtoken",
    "push key": "CANARYpushkey000000000000000000000000000000",
    "code": "CANARYcode+/",
    "js code": "CANARYjscode",
    "phone code": "CANARYphonecode",
    "auth code": "CANARYauthcode",
    "ticket": "ticket@@@CANARYticket",
    "access": "90_CANARYaccess",
    "refresh": "90_CANARYrefresh",
    "app": "90_CANARYapp",
    "component": "90_CANARYcomponent",
    "authorizer": "90_CANARYauthorizer",
    "authorizer refresh": "refreshtoken@@@CANARYauthorizer",
    "jsapi": "CANARYjsapiticket",
    "session key": "Q0FOQVJZc2Vzc2lvbmtleQ==",
    "user ticket": "CANARYuserticket",
    "pre auth code": "preauthcode@@@CANARYpreauth",
    "corp token": "CANARYcorptoken",
    "key ring": "CANARYkeyring, thirty-two bytes long",
}
OPENID = "oCANARYopenid"
PATIENCE_SECONDS, HASTE_SECONDS = 5.0, 0.05

_GRANT = {
    "access_token": CANARIES["access"],
    "refresh_token": CANARIES["refresh"],
    "expires_in": 7200,
    "openid": OPENID,
    "scope": "snsapi_userinfo",
}
_AUTHORIZER = {
    "authorizer_appid": APPIDS["official"],
    "authorizer_access_token": CANARIES["authorizer"],
    "authorizer_refresh_token": CANARIES["authorizer refresh"],
    "expires_in": 7200,
}
ANSWERS: dict[str, dict[str, Any]] = {
    "/sns/oauth2/access_token": _GRANT,
    "/sns/oauth2/refresh_token": _GRANT,
    "/sns/oauth2/component/access_token": _GRANT,
    "/sns/oauth2/component/refresh_token": _GRANT,
    "/sns/userinfo": {"openid": OPENID, "nickname": "安", "privilege": []},
    "/sns/jscode2session": {"openid": OPENID, "session_key": CANARIES["session key"]},
    "/sns/component/jscode2session": {"openid": OPENID, "session_key": CANARIES["session key"]},
    "/cgi-bin/stable_token": {"access_token": CANARIES["app"], "expires_in": 7200},
    "/cgi-bin/token": {"access_token": CANARIES["app"], "expires_in": 7200},
    "/cgi-bin/ticket/getticket": {"errcode": 0, "ticket": CANARIES["jsapi"], "expires_in": 7200},
    "/cgi-bin/component/api_component_token": {
        "component_access_token": CANARIES["component"],
        "expires_in": 7200,
    },
    "/cgi-bin/component/api_create_preauthcode": {"pre_auth_code": CANARIES["pre auth code"], "expires_in": 600},
    "/cgi-bin/component/api_query_auth": {"authorization_info": {**_AUTHORIZER, "func_info": []}},
    "/cgi-bin/component/api_authorizer_token": _AUTHORIZER,
    "/qyapi/cgi-bin/gettoken": {"errcode": 0, "access_token": CANARIES["corp token"], "expires_in": 7200},
    "/qyapi/cgi-bin/auth/getuserinfo": {
        "errcode": 0,
        "userid": "ann",
        "user_ticket": CANARIES["user ticket"],
        "expires_in": 1800,
    },
}
"""What a good WeChat answers; ``{"errcode": 0}`` to everything else."""

GRANT = Grant(
    appid=APPIDS["official"],
    openid=OPENID,
    unionid=None,
    scope="snsapi_userinfo",
    access_token=CANARIES["access"],
    refresh_token=CANARIES["refresh"],
    expires_at=4_000_000_000.0,
    is_snapshot_user=False,
)
SESSION = MiniProgramSession(appid=APPIDS["program"], openid=OPENID, unionid=None, session_key=CANARIES["session key"])
MEMBER = Member(corpid="ww00000000000000c6", userid="ann", user_ticket=CANARIES["user ticket"])
ACCOUNTS: dict[str, Any] = {
    "WeChat": wxauth.OfficialAccount(appid=APPIDS["official"], secret=SECRETS["official"]),
    "WebsiteClient": wxauth.WebsiteApp(appid=APPIDS["website"], secret=SECRETS["website"]),
    "MiniProgramClient": wxauth.MiniProgram(appid=APPIDS["program"], secret=SECRETS["program"]),
    "PlatformClient": wxauth.ThirdPartyPlatform(
        appid=APPIDS["platform"],
        secret=SECRETS["platform"],
        token=CANARIES["push token"],
        encoding_aes_key=CANARIES["push key"],
    ),
    "WeComClient": wxauth.WeComApp(corpid="ww00000000000000c6", agentid=1, secret=CANARIES["corp"]),
}


def behalf(platform: Any) -> Any:
    return platform.on_behalf(APPIDS["official"])


CALLS: dict[str, list[Callable[[Any], Any]]] = {
    "WeChat": [
        lambda client: client.exchange_code(CANARIES["code"]),
        lambda client: client.fetch_profile(GRANT),
        lambda client: client.refresh(GRANT),
        lambda client: client.check(GRANT),
        lambda client: client.fetch_credential(),
        lambda client: client.credential(),
        lambda client: client.list_followers(),
        lambda client: client.fetch_follower(OPENID),
        lambda client: client.fetch_followers([OPENID]),
        lambda client: client.fetch_jsapi_ticket(),
        lambda client: client.js_config("https://www.example.com/"),
        lambda client: client.callback_addresses(),
        lambda client: client.clear_quota(),
        lambda client: client.clear_quota_by_secret(),
        lambda client: client.grants.keep(GRANT),
        lambda client: client.grants.current(OPENID),
        lambda client: client.grants.fetch_profile(OPENID),
    ],
    "WebsiteClient": [lambda client: client.exchange_code(CANARIES["code"])],
    "MiniProgramClient": [
        lambda client: client.code_to_session(CANARIES["js code"]),
        lambda client: client.check_session_key(SESSION),
        lambda client: client.reset_session_key(SESSION),
        lambda client: client.fetch_phone_number(CANARIES["phone code"]),
        lambda client: client.decrypt_open_data(SESSION, encrypted_data="AAAA", iv="AAAA"),
        lambda client: client.demand_signed(SESSION, raw_data="{}", signature="0" * 40),
    ],
    "PlatformClient": [
        lambda client: client.read_push(query="timestamp=1&nonce=2&msg_signature=3", body=b"<xml></xml>"),
        lambda client: client.intake(TicketPushed(ticket=CANARIES["ticket"], created_at=1)),
        lambda client: client.fetch_credential(CANARIES["ticket"]),
        lambda client: client.credential(),
        lambda client: client.create_pre_auth_code(),
        lambda client: client.query_auth(CANARIES["auth code"]),
        lambda client: client.exchange_code(appid=APPIDS["official"], code=CANARIES["code"]),
        lambda client: client.refresh(GRANT),
        lambda client: client.code_to_session(appid=APPIDS["program"], code=CANARIES["js code"]),
        lambda client: behalf(client).credential(),
        lambda client: behalf(client).list_followers(),
        lambda client: behalf(client).grants.keep(GRANT),
        lambda client: behalf(client).grants.fetch_profile(OPENID),
    ],
    "WeComClient": [
        lambda client: client.fetch_credential(),
        lambda client: client.identify(CANARIES["code"]),
        lambda client: client.fetch_member_detail(MEMBER),
    ],
}


class Show:
    """One program: all calls of one colour, first at a good WeChat, then at bad ones, with what that has left kept."""

    def __init__(self, colour: str, *, with_locals: bool) -> None:
        self.prefix = "Async" if colour == "async" else ""
        self.with_locals = with_locals
        self.runner = asyncio.Runner(debug=True)

    def run(self, urls: list[str]) -> None:
        for number, url in enumerate(urls):
            for kind, calls in CALLS.items():
                for call in calls:
                    self._show(kind, url, call, HASTE_SECONDS if number else PATIENCE_SECONDS)
        self.runner.close()

    def _show(self, kind: str, url: str, call: Callable[[Any], Any], seconds: float) -> None:
        client = self._client(kind, url, seconds)
        try:
            print("answer", repr(self._finished(call(client))), repr(client), repr(client._ports))
        except WxAuthError as error:
            self._show_error(error)
            logging.getLogger("app").exception("a call failed: %r %s", error, vars(error))
        finally:
            self._finished(client.close())

    def _client(self, kind: str, url: str, seconds: float) -> Any:
        transport = AsyncHttpTransport if self.prefix else HttpTransport
        client = getattr(wxauth, self.prefix + kind)(
            ACCOUNTS[kind],
            endpoints=Endpoints.sandbox(url),
            transport=transport(ssl_context=TRUSTS_NOBODY),
            store="sqlite:///tokens.db",
            keyring=Keyring(CANARIES["key ring"]),
            deadline_seconds=seconds,
        )
        client._ports = replace(client._ports, sleep=self._asleep if self.prefix else self._sleep)
        return client

    def _finished(self, result: Any) -> Any:
        return self.runner.run(result) if inspect.iscoroutine(result) else result

    def _show_error(self, error: BaseException) -> None:
        shown = traceback.TracebackException.from_exception(error, capture_locals=self.with_locals)
        print(*shown.format(), repr(error), repr(error.args), repr(vars(error)))

    def _sleep(self, seconds: float) -> None:
        """A retry comes at once."""

    async def _asleep(self, seconds: float) -> None:
        self._sleep(seconds)


def answer(path: str) -> bytes:
    """What a good WeChat answers."""
    return json.dumps(ANSWERS.get(path, {"errcode": 0, "errmsg": "ok"})).encode()


def hidden() -> Iterator[str]:
    """Every secret, as it is and as it stands in a link or in JSON."""
    for canary in CANARIES.values():
        yield from {canary, quote(canary, safe=""), json.dumps(canary)[1:-1].replace("/", "\\/")}


if __name__ == "__main__":
    logging.basicConfig(level=logging.DEBUG, format="%(name)s %(pathname)s %(message)s %(args)s")
    warnings.simplefilter("always")
    name, locals_too, *addresses = sys.argv[1:]
    Show(name, with_locals=locals_too == "locals").run(addresses)
