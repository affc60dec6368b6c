"""The pair of calls, as programs without a WeChat library write it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import msgspec

from wxauth import OfficialAccount

ACCOUNT = OfficialAccount(appid="wx5a4db00000000001", secret="5a4db000000000000000000000000001")
CODE = "0a1SBX" + "c" * 26
EXCHANGE = "/sns/oauth2/access_token"
USERINFO = "/sns/userinfo"
TIMEOUTS = {"timeout": {"connect": 5.0, "read": 5.0, "write": 5.0, "pool": 5.0}}
"""What httpx2 hands to its pool by default, for the bare pool too: nobody calls WeChat without a timeout."""

_DECODER = msgspec.json.Decoder(dict[str, object])


def exchange_parameters() -> Mapping[str, str]:
    """The parameters of the exchange, in the documented order."""
    return {
        "appid": ACCOUNT.appid,
        "secret": ACCOUNT.secret,
        "code": CODE,
        "grant_type": "authorization_code",
    }


def userinfo_parameters(grant: Mapping[str, object]) -> Mapping[str, str]:
    """The parameters of the profile, in the documented order."""
    return {"access_token": str(grant["access_token"]), "openid": str(grant["openid"]), "lang": "zh_CN"}


def decode(body: bytes) -> Mapping[str, object]:
    """A body as plain fields."""
    return _DECODER.decode(body)


def pool_url(origin: str, path: str, parameters: Mapping[str, str]) -> str:
    """A whole address, which is what the bare pool wants."""
    return f"{origin}{path}?{urlencode(parameters)}"
