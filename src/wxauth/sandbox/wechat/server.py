"""The servers of WeChat: the table of all calls, and one request in, one answer out, written into the journal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import cast
from urllib.parse import parse_qsl

import msgspec

from wxauth.sandbox.fault import Fault, Kind
from wxauth.sandbox.quotas import Period
from wxauth.sandbox.refusal import Refusal
from wxauth.sandbox.wechat import cgi, component, component_login, followers, miniprogram, qyapi, sns
from wxauth.sandbox.wechat.charge import charge
from wxauth.sandbox.wechat.family import Family, Headers, content_type, more_headers, stem, suffix
from wxauth.sandbox.wechat.operation import NO_JSON, Answer, Call, Fields, Json, Operation, Parameters, Reads, Request
from wxauth.sandbox.wechat.spoiled import instead, soiled, spoiled
from wxauth.sandbox.wechat.subject import subject
from wxauth.sandbox.wechat.traits import call_traits
from wxauth.sandbox.words import Words
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

CHANNELS = (
    sns.OPERATIONS,
    cgi.OPERATIONS,
    followers.OPERATIONS,
    miniprogram.OPERATIONS,
    component.OPERATIONS,
    qyapi.OPERATIONS,
)
OPERATIONS = {operation.path: operation for channel in CHANNELS for operation in channel}
"""Path -> call."""
PREFIXES = tuple(f"/{family}/" for family in Family)
"""What begins so and is no call is answered by 40066."""

TOKENS = ("access_token", "component_access_token")
APPIDS = ("appid", "component_appid", "corpid")
READS_JSON = (Reads.JSON, Reads.JSON_OR_NOTHING)
LONGEST_NAME = 80
PLACEHOLDER, PLACEHOLDER_CONTENT_TYPE = "APPID", "text/html; charset=gbk"
"""https://github.com/Eric-Guo/wechat/pull/184"""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def is_call(path: str) -> bool:
    """Whether a path belongs to the servers, known or not."""
    return path in OPERATIONS or (path.startswith(PREFIXES) and path != component_login.PATH)


def answer(worlds: Worlds, request: Request) -> Answer:
    """Answer a request and write it into the journal of its world."""
    operation = OPERATIONS.get(request.path) or Operation(name=request.path[1:][:LONGEST_NAME], handler=_unknown_path)
    pairs, body, unread = pairs_of(request.query), NO_JSON, None
    if request.body and operation.reads is Reads.FORM:
        pairs += pairs_of(request.body.decode("utf-8", "replace"))
    elif request.body and operation.reads in READS_JSON:
        body, unread = _read_json(request.body)
        pairs += _as_pairs(body)
    parameters = first_of_each(pairs)
    world = _world(worlds, parameters)
    call = Call(
        worlds=worlds,
        world=world,
        parameters=parameters,
        json=body,
        origin=request.origin,
        client_ip=request.client_ip,
        client=request.client,
        notes=[],
    )
    fault = _hit(operation, call) if world.faults else None
    if fault is not None and fault.kind is not Kind.ERRCODE and not fault.does_the_work:
        return _fail(operation, call, fault)
    try:
        _check_fault(fault)
        _check_request(operation, request, world, unread)
        if world.switches.api_daily_quota:
            _charge(operation, call, world.switches.api_daily_quota)
        fields = operation.handler(call)
    except Refusal as refusal:
        answered = _refuse(operation, call, refusal, fault)
    else:
        _record(operation, call, "ok", reason=call.notes[0] if call.notes else None, fault=fault)
        answered = _answer(operation.family, world, fields)
    return spoiled(answered, fault) if fault is not None and fault.does_the_work else answered


def pairs_of(text: str) -> list[tuple[str, str]]:
    """The pairs of a query or form, empty values included."""
    if "%" in text or "+" in text:
        return parse_qsl(text, keep_blank_values=True)
    # Most queries need no decoding, and this is several times faster.
    split = [pair.partition("=") for pair in text.split("&") if pair]
    return [(name, value) for name, _, value in split]


def first_of_each(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The first value of each name, in the order they came."""
    parameters = dict(pairs)
    if len(parameters) < len(pairs):
        parameters.update(reversed(pairs))
    return parameters


def _read_json(body: bytes) -> tuple[Json, Refusal | None]:
    try:
        read: object = json.loads(body)
        _encode(read).encode()  # half a surrogate pair, as in "\ud800", is no text, and no journal could show it
    except (ValueError, RecursionError):
        read = None
    if isinstance(read, dict):
        return cast("Json", read), None
    return NO_JSON, Refusal(47001, en="the body is not a JSON object", zh="请求体不是 JSON 对象")


def _as_pairs(body: Json) -> list[tuple[str, str]]:
    """What stands at the top of a JSON body, as it would stand in a query."""
    return [
        (name, value if isinstance(value, str) else json.dumps(value))
        for name, value in body.items()
        if isinstance(value, str | int)
    ]


def _check_request(operation: Operation, request: Request, world: World, unread: Refusal | None) -> None:
    get_only = operation.family is Family.SNS and not world.switches.sns_accept_post
    methods = operation.methods - {"POST"} if get_only else operation.methods
    if request.method not in methods:
        errcode = 43001 if "GET" in methods else 43002
        wanted = "GET" if "GET" in methods else "POST"
        raise Refusal(errcode, en=f"{operation.name} takes {wanted}", zh=f"{operation.name} 只接受 {wanted} 请求")
    if unread is not None:
        raise unread
    if operation.reads is Reads.JSON and not request.body:
        raise Refusal(44002, en="the body is empty; it has to be JSON", zh="请求体为空，应为 JSON")


def _world(worlds: Worlds, parameters: Parameters) -> World:
    """The world a token was made in, else the world of an appid, else the default world."""
    for name in TOKENS:
        world = worlds.of_token(parameters[name]) if name in parameters else None
        if world is not None:
            return world
    for name in APPIDS:
        world = worlds.of_appid(parameters[name]) if name in parameters else None
        if world is not None:
            return world
    return worlds.default


def _hit(operation: Operation, call: Call) -> Fault | None:
    """The fault of a call, which may ask for the account and the person it is about."""
    about, platform = subject(call), call.value("component_appid") or None
    return call.world.faults.hit(operation.name, appid=about.appid, person=about.person, platform=platform)


def _charge(operation: Operation, call: Call, limit: int) -> None:
    """Count a call that has no quota of its own; a refusal beyond the limit of a day."""
    appid = subject(call).appid
    if appid is not None and call.world.account_of(appid) is not None and operation.name not in cgi.OWN_QUOTA:
        charge(call, appid, operation.name, limit=limit, per=Period.DAY)


def _check_fault(fault: Fault | None) -> None:
    if fault is not None and fault.kind is Kind.ERRCODE and fault.code is not None:
        raise Refusal(fault.code, en="a fault was set", zh="已设置故障")


def _fail(operation: Operation, call: Call, fault: Fault) -> Answer:
    answered = instead(fault)
    _record(
        operation, call, "no answer" if answered.lost else f"HTTP {answered.status}", reason=fault.reason, fault=fault
    )
    return answered


def _refuse(operation: Operation, call: Call, refusal: Refusal, fault: Fault | None) -> Answer:
    world, family, now = call.world, operation.family, call.world.clock.now()
    words = stem(family, refusal, world.switches)
    _record(operation, call, f"{refusal.errcode} {words}", reason=refusal.reason, fault=fault, errcode=refusal.errcode)
    older = world.switches.errmsg_suffix_style == "older"
    cause = refusal.cause if world.switches.rid_groups_by_cause else None
    ending = suffix(
        family, refusal.errcode, mint=world.mint, now=now, client_ip=call.client_ip, older=older, cause=cause
    )
    if world.switches.placeholder_empty_body and call.value("appid") == PLACEHOLDER:
        return Answer(content_type=PLACEHOLDER_CONTENT_TYPE, body=b"")
    return _answer(family, world, {"errcode": refusal.errcode, "errmsg": words + ending})


def _record(
    operation: Operation,
    call: Call,
    answered: str,
    *,
    reason: Words | None,
    fault: Fault | None,
    errcode: int | None = None,
) -> None:
    if fault is not None and fault.does_the_work:
        reason = (
            fault.reason
            if reason is None
            else Words(en=f"{reason.en}; {fault.reason.en}", zh=f"{reason.zh}；{fault.reason.zh}")
        )
    call.world.journal.record(
        operation.name,
        call.parameters.items(),
        at=call.world.clock.now(),
        answer=answered,
        refused=errcode is not None,
        errcode=errcode,
        reason=reason,
        fault=None if fault is None else fault.what,
        client=call.client,
        traits=() if errcode is None else call_traits(call, operation.name),
    )


def _answer(family: Family, world: World, fields: Fields) -> Answer:
    headers: Headers = ()
    if family is not Family.SNS:
        errcode, errmsg = fields.get("errcode"), fields.get("errmsg")
        headers = more_headers(
            family,
            errcode if isinstance(errcode, int) else 0,
            errmsg if isinstance(errmsg, str) else "ok",
            switches=world.switches,
            now=world.clock.now(),
        )
    body = _body(family, fields)
    if world.switches.dirty_nicknames:
        body = soiled(body)
    return Answer(content_type=content_type(family, world.switches), body=body, headers=headers)


def _body(family: Family, fields: Fields) -> bytes:
    """JSON as WeChat writes it: raw UTF-8, and slashes escaped but for WeCom."""
    try:
        body = msgspec.json.encode(fields)
    except UnicodeEncodeError:  # half a surrogate pair is no text, and becomes a question mark
        body = _encode(fields).encode("utf-8", "replace")
    return body if family is Family.WECOM else body.replace(b"/", b"\\/")


def _unknown_path(call: Call) -> Fields:
    known = ", ".join(OPERATIONS)
    raise Refusal(40066, en=f"the calls here are {known}", zh=f"这里的接口有 {known}")
