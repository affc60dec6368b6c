"""WeChat as a transport in the same process: it gives codes, takes each once, and counts what it is asked."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import Counter, deque
from urllib.parse import parse_qs, quote, urlsplit

from wxauth import Endpoints, OfficialAccount
from wxauth.protocol.message import Request, Response
from wxauth.protocol.sns import EXCHANGE, USERINFO

SANDBOX_ORIGIN = "http://127.0.0.1:8911"
ENDPOINTS = Endpoints.sandbox(SANDBOX_ORIGIN)
ACCOUNT = OfficialAccount(appid="wx5a4db00000000001", secret="5a4db000000000000000000000000001")
SECRET_KEY = "0123456789abcdefghijklmnopqrstuvwxyzABCD"
ACCESS_TOKEN, REFRESH_TOKEN = "SBX_ACCESS_" + "a" * 80, "SBX_REFRESH_" + "r" * 80


def openid_of(person: str) -> str:
    return f"o{person:A>27}"


def refusal(errcode: int, errmsg: str = "code been used, rid: 6aac005a-01bfdbee-79769285") -> bytes:
    return json.dumps({"errcode": errcode, "errmsg": errmsg}).encode()


class FakeWeChat:
    """``calls`` counts each operation; ``answers`` and ``always`` are what the next, or all, exchanges get instead."""

    def __init__(self, *, scope: str = "snsapi_base") -> None:
        self.scope = scope
        self.calls: Counter[str] = Counter()
        self.answers: deque[bytes | Exception] = deque()
        self.always: bytes | Exception | None = None
        self.snapshot = False
        self.closed = False
        self.codes: dict[str, str] = {}
        self.spent: set[str] = set()
        self._numbers = itertools.count(1)

    def consent(self, link: str, *, person: str = "ann") -> str:
        """The person agrees: the callback's path and query."""
        query = parse_qs(urlsplit(link).query)
        code = self.code_for(person)
        target = urlsplit(query["redirect_uri"][0])
        return f"{target.path}?code={code}&state={query['state'][0]}"

    def code_for(self, person: str = "ann") -> str:
        code = f"0a1CODE{next(self._numbers):025d}"
        self.codes[code] = person
        return code

    async def send(self, request: Request, *, within_seconds: float) -> Response:
        assert within_seconds > 0
        await asyncio.sleep(0)
        return self.answer(request)

    async def close(self) -> None:
        self.closed = True

    def answer(self, request: Request) -> Response:
        self.calls[request.operation] += 1
        query = {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}
        if request.operation == USERINFO:
            return _json({"openid": query["openid"], "nickname": "安🎉", "sex": 0, "headimgurl": "", "privilege": []})
        assert request.operation == EXCHANGE
        other = self.answers.popleft() if self.answers else self.always
        if isinstance(other, Exception):
            raise other
        return Response(status=200, body=other) if other is not None else self._exchange(query["code"])

    def _exchange(self, code: str) -> Response:
        if code not in self.codes:
            return Response(status=200, body=refusal(40029, "invalid code"))
        if code in self.spent:
            return Response(status=200, body=refusal(40163))
        self.spent.add(code)
        grant = {
            "access_token": ACCESS_TOKEN,
            "expires_in": 7200,
            "refresh_token": REFRESH_TOKEN,
            "openid": openid_of(self.codes[code]),
            "scope": self.scope,
        }
        return _json(grant | ({"is_snapshotuser": 1} if self.snapshot else {}))


class BlockingFakeWeChat(FakeWeChat):
    """The same for callers that block."""

    def send(self, request: Request, *, within_seconds: float) -> Response:  # type: ignore[override]
        assert within_seconds > 0
        return self.answer(request)

    def close(self) -> None:  # type: ignore[override]
        self.closed = True


def _json(body: dict[str, object]) -> Response:
    return Response(status=200, body=json.dumps(body, ensure_ascii=False).encode())


def start_path(return_to: str) -> str:
    return f"/toAuth?return_to={quote(return_to, safe='')}"
