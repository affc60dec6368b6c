"""What faults make of answers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus

from wxauth.sandbox.fault import Fault, Kind
from wxauth.sandbox.wechat.operation import Answer

HTML = "text/html"
NOT_UTF8 = b"\xff\xfe"
EXTRA = b',"sandbox_extra":{"new":[true,null]}}'
NICKNAME = b'"nickname":"'
DIRT = b"\x08\xed\xa0\xbd"
"""A backspace as it is, and the first half of an emoji."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The outcome of a visit to a page that a fault kept from being made."""

    fault: Fault

    @property
    def told(self) -> str:
        """What the journal says of it."""
        answered = instead(self.fault)
        return "no answer" if answered.lost else f"HTTP {answered.status}"


def instead(fault: Fault) -> Answer:
    """The answer of a fault that keeps the call from being carried out; an errcode is a matter of the call itself."""
    match fault.kind:
        case Kind.HTTP:
            return _page(fault.code or 500, _phrase(fault.code or 500))
        case Kind.HTML:
            return _page(HTTPStatus.OK, "系统维护中")
        case Kind.EMPTY:
            return Answer(content_type=HTML, body=b"")
        case Kind.RESET:
            return Answer(content_type=HTML, body=b"", lost=True)
        case _:
            raise AssertionError(f"{fault.kind} does the work")


def spoiled(answer: Answer, fault: Fault) -> Answer:
    """What a fault makes of the answer to a call that was carried out."""
    match fault.kind:
        case Kind.TRUNCATED:
            return answer._replace(body=answer.body[: len(answer.body) // 2])
        case Kind.NOT_UTF8:
            return answer._replace(body=answer.body[:-1] + NOT_UTF8 + answer.body[-1:])
        case Kind.WRONG_CONTENT_TYPE:
            return answer._replace(content_type=HTML)
        case Kind.EXTRA_FIELD:
            return answer._replace(body=answer.body[:-1] + EXTRA)
        case Kind.MISSING_FIELD:
            return answer._replace(body=_without_first_field(answer.body))
        case Kind.SLOW:
            return answer._replace(after_seconds=fault.seconds)
        case Kind.LOST_ANSWER:
            return answer._replace(lost=True)
        case _:
            raise AssertionError(f"{fault.kind} does no work")


def soiled(body: bytes) -> bytes:
    """A body with dirt in its nickname, where it has one."""
    return body.replace(NICKNAME, NICKNAME + DIRT, 1)


def _without_first_field(body: bytes) -> bytes:
    fields: dict[str, object] = json.loads(body.decode("utf-8", "surrogateescape"), strict=False)
    del fields[next(iter(fields))]
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return (text.replace("/", "\\/") if b"\\/" in body else text).encode("utf-8", "surrogateescape")


def _phrase(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _page(status: int, title: str) -> Answer:
    html = f"<html><head><title>{title}</title></head><body><center><h1>{title}</h1></center></body></html>"
    return Answer(content_type=HTML, body=html.encode(), status=status)
