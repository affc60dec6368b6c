"""One server call of WeChat: its name, how it is asked, and the function that answers it.

A channel adds its calls so:

1. Write the channel's file in this folder, and in it a function per call, ``def token(call: Call) -> Fields``, that
   returns the fields of the answer in WeChat's order, or raises ``Refusal``. What it needs is in ``call``: the world,
   the parameters (query first, then form or JSON), ``call.json``, the caller's address; ``require``, ``account``,
   ``require_secret`` and ``require_grant_type`` refuse as WeChat does. An errcode that is new goes into STEMS of
   refusal.py, the words of one family into OWN_STEMS of family.py, the words of one call into ``Refusal(errmsg=...)``.
2. End the file with ``OPERATIONS: tuple[Operation, ...]``.
3. Name the tuple in CHANNELS of server.py.

Bodies, suffixes, headers, the journal, faults and the routes follow from the table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from wxauth.sandbox.accounts import Account
from wxauth.sandbox.refusal import Refusal
from wxauth.sandbox.wechat.family import BY_FIRST_SEGMENT, Family, Headers
from wxauth.sandbox.wechat.near_miss import of_secret
from wxauth.sandbox.words import Words
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

Parameters = Mapping[str, str]
Json = Mapping[str, object]
Fields = dict[str, object]

GET, POST = frozenset({"GET"}), frozenset({"POST"})
NO_JSON: Json = {}
LONGEST_QUOTED = 40


class Reads(StrEnum):
    """What a call reads beside its query."""

    NOTHING = "nothing"
    FORM = "form"
    JSON = "json"
    JSON_OR_NOTHING = "json or nothing"


class Request(NamedTuple):
    """A request to a server call; a tuple, like Answer, since one is made for every call.

    Attributes:
        path: from the first slash; a call of WeCom begins with ``/qyapi``.
        origin: what the sandbox was asked as, for addresses in the answer.
        method: GET or POST.
        query: still percent-encoded.
        body: as it came.
        client_ip: who asks.
        client: the same by the name of its software, see `client_name`.
    """

    path: str
    origin: str
    method: str = "GET"
    query: str = ""
    body: bytes = b""
    client_ip: str = "127.0.0.1"
    client: str = ""


class Answer(NamedTuple):
    """What goes back.

    Attributes:
        content_type: its Content-Type.
        body: JSON.
        headers: what else the family sends.
        status: 200, but for faults.
        after_seconds: how late it is, in real time.
        lost: whether the connection breaks off instead.
    """

    content_type: str
    body: bytes
    headers: Headers = ()
    status: int = 200
    after_seconds: float = 0.0
    lost: bool = False


class Call(NamedTuple):
    """One call, in the world it belongs to; a tuple, since one is made for every call.

    Attributes:
        worlds: all worlds, to tell what an unknown appid may have meant.
        world: where it is answered.
        parameters: the first of each name; of the query, then of the form or the JSON body.
        json: the JSON body, empty for a call that reads none.
        origin: what the sandbox was asked as, for addresses in the answer.
        client_ip: who asks.
        client: the same by the name of its software.
        notes: what the journal shall say about an answer that is no refusal.
    """

    worlds: Worlds
    world: World
    parameters: Parameters
    json: Json
    origin: str
    client_ip: str
    client: str
    notes: list[Words]

    def value(self, name: str) -> str:
        """A parameter, empty when it is missing."""
        return self.parameters.get(name, "")

    def require(self, name: str, errcode: int) -> str:
        """A parameter; refuses with ``errcode`` when it is missing or empty."""
        value = self.value(name)
        if not value:
            raise Refusal(errcode, en=f"the parameter {name} is missing or empty", zh=f"缺少参数 {name}，或其值为空")
        return value

    def require_grant_type(self, wanted: str) -> None:
        """Refuse another grant_type with 40002."""
        if self.value("grant_type") != wanted:
            given = self.value("grant_type")[:LONGEST_QUOTED] or "-"
            raise Refusal(
                40002,
                en=f"grant_type has to be {wanted}, not {given}",
                zh=f"grant_type 必须是 {wanted}，而不是 {given}",
            )

    def require_secret(self, account: Account, name: str = "secret") -> None:
        """Refuse without the account's secret: 41004 for none, 40125 for another."""
        given = self.require(name, 41004)
        if given != account.secret:
            near = of_secret(self.world, account, given)
            raise Refusal(
                40125,
                en=f"that is not the secret of {account.appid}{near.en}",
                zh=f"这不是 {account.appid} 的 secret{near.zh}",
            )

    def account(self, name: str = "appid", *, missing: int = 41002) -> Account:
        """The account a parameter names; refuses with ``missing``, or with 40013 for one that is not of this world."""
        appid = self.require(name, missing)
        account = self.world.account_of(appid)
        if account is None:
            near = self.worlds.nearest(appid)
            raise Refusal(
                40013,
                en="no world has that appid" + (f"; the nearest is {near}" if near else ""),
                zh="没有哪个世界有这个 appid" + (f"；最接近的是 {near}" if near else ""),
            )
        return account


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A server call.

    Args:
        name: its path without the first slash; what the journal and faults call it.
        handler: answers it.
        alias: a short name that faults may use; only the four calls of a sign-in have one.
        methods: HTTP methods it takes.
        reads: what it reads beside its query.
    """

    name: str
    handler: Callable[[Call], Fields]
    alias: str = ""
    methods: frozenset[str] = GET | POST
    reads: Reads = Reads.NOTHING
    family: Family = field(init=False)
    """How it answers; its path begins with it."""

    def __post_init__(self) -> None:
        family = BY_FIRST_SEGMENT.get(self.name.partition("/")[0], Family.SNS)
        object.__setattr__(self, "family", family)

    @property
    def path(self) -> str:
        """Where it is asked."""
        return f"/{self.name}"
