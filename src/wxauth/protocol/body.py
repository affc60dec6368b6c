"""Writes the JSON of a request, and reads what came back: an answer, one of WeChat's errcodes, or nonsense."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

import msgspec

from wxauth.errors import UpstreamProtocolError, UpstreamUnavailable, WeChatError, WxAuthError
from wxauth.protocol.errcode import error
from wxauth.protocol.field import encoded
from wxauth.protocol.message import Request, Response
from wxauth.protocol.repeated import decode_once

HTTP_OK = 200
HTTP_SERVER_ERRORS = range(500, 600)
MASK = "***"
HIGHEST_ERRCODE = 999_999_999
LONGEST_ERRMSG = 1_000

UNREADABLE = (msgspec.DecodeError, ValueError, RecursionError)

# Possessive, and content with a string that never ends: one pass over the body, whatever is in it.
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f]")
_INTEGER = re.compile(r"-?[0-9]{1,9}")
# Today `, rid: 8hex-8hex-8hex` (sns) or the same without comma (cgi-bin); before 2021 `, hints: [ req_id: XXXX ]` and
# ` hint: [XXXX]`; some answers carry a hint and a rid.
_SUFFIX = re.compile(r",? ?\b(?:rid|hints?): ?")
_RID = re.compile(r"\brid: ?([0-9A-Za-z-]+)")
# `invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist` (40164), and `, from ip: 203.0.113.7` of WeCom.
_ADDRESS = re.compile(r"\b(?:invalid ip|from ip:) ([0-9A-Fa-f:.]{3,45})\b")
_HINT = re.compile(r"\bhints?: ?\[ ?(?:req_id: ?)?([^\s\]]+) ?\]")


class Answer(msgspec.Struct):
    """What every answer may hold: an errcode, which is absent or 0 when all is well."""

    errcode: int | str | None = None
    errmsg: str | None = None


def post(operation: str, url: str, fields: Mapping[str, object]) -> Request:
    """A request by POST, with JSON in UTF-8; nothing but control characters, quotes and backslashes is escaped."""
    return Request(operation=operation, url=url, method="POST", body=msgspec.json.encode(fields))


AnswerT = TypeVar("AnswerT", bound=Answer)


def read(
    response: Response, decoder: msgspec.json.Decoder[AnswerT], *, operation: str, secrets: tuple[str, ...]
) -> AnswerT:
    """Read a response as what ``decoder`` expects.

    A body is UTF-8 whatever its content type says: sns answers are ``text/plain`` without a charset. Nicknames may hold
    raw control characters and broken UTF-8, so a body that is not JSON by the letter is mended and read once more
    (https://github.com/w7corp/easywechat/issues/1625).

    Args:
        response: what came back.
        decoder: reads the answer; fields it does not know are ignored.
        operation: the call, for the errors.
        secrets: values of the request that no error may show, even if WeChat repeats them.

    Raises:
        WeChatError: WeChat answered with an errcode, whatever the HTTP status.
        UpstreamUnavailable: the HTTP status is 5xx.
        UpstreamProtocolError: another HTTP status than 200, or a body that is not WeChat's protocol: no JSON, or a
            field stands in it twice.
    """
    try:
        answer = decode_once(decoder, response.body)
    except UNREADABLE:
        answer = _read_mended(response, decoder, operation)
    if answer.errcode:
        _refuse_errcode(answer.errcode, answer.errmsg or "", operation, secrets)
    if response.status != HTTP_OK:
        raise _bad_status(response.status, operation)
    return answer


def _read_mended(response: Response, decoder: msgspec.json.Decoder[AnswerT], operation: str) -> AnswerT:
    try:
        return decode_once(decoder, _mend(response.body))
    except UNREADABLE as unreadable:
        problem = _describe(response.body, unreadable)
    if response.status != HTTP_OK:
        raise _bad_status(response.status, operation)
    raise UpstreamProtocolError(operation, problem)


def _mend(body: bytes) -> bytes:
    text = body.decode("utf-8", "replace").removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    return _STRING.sub(lambda string: _CONTROL.sub(_escape, string[0]), text).encode()


def _escape(control: re.Match[str]) -> str:
    return f"\\u{ord(control[0]):04x}"


def _describe(body: bytes, unreadable: Exception) -> str:
    """Say what is wrong in words that never quote the body, which may hold tokens."""
    if not body.strip():
        return "the body is empty"
    if body.lstrip().startswith(b"<"):
        return "the body is a page (HTML or XML), not JSON"
    if isinstance(unreadable, RecursionError):
        return "the body is nested too deeply"
    return str(unreadable)


def _refuse_errcode(errcode: int | str, errmsg: str, operation: str, secrets: tuple[str, ...]) -> None:
    """Raise what WeChat refused; a numeric string counts as its number, and 0 is no refusal."""
    if isinstance(errcode, str):
        errcode = int(errcode) if _INTEGER.fullmatch(errcode) else HIGHEST_ERRCODE + 1
    if abs(errcode) > HIGHEST_ERRCODE:
        raise UpstreamProtocolError(operation, "its errcode is not a number of WeChat")
    if errcode:
        raise _refusal(errcode, errmsg, operation, secrets)


def _refusal(errcode: int, errmsg: str, operation: str, secrets: tuple[str, ...]) -> WeChatError:
    masked = _mask(errmsg, secrets)[:LONGEST_ERRMSG]
    suffix, address = _SUFFIX.search(masked), _ADDRESS.search(masked)
    egress_ip = None if address is None else address[1]
    if suffix is None:
        return error(operation, errcode, masked, egress_ip=egress_ip)
    rid = _RID.search(masked, suffix.start()) or _HINT.search(masked, suffix.start())
    return error(operation, errcode, masked[: suffix.start()], None if rid is None else rid[1], egress_ip=egress_ip)


def _mask(text: str, secrets: tuple[str, ...]) -> str:
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, MASK).replace(encoded(secret), MASK)
    return text


def _bad_status(status: int, operation: str) -> WxAuthError:
    if status in HTTP_SERVER_ERRORS:
        return UpstreamUnavailable(operation, f"HTTP status {status}", sent=True)
    return UpstreamProtocolError(operation, f"HTTP status {status}")
