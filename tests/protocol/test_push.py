"""Pushes: sealed by an independent implementation (wechatpy), read by ours."""

import re
import sys
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto

from wxauth.account import ThirdPartyPlatform
from wxauth.errors import NotFromWeChat, UsageError
from wxauth.protocol.push import AccountAuthorized, AccountUnauthorized, OtherPush, TicketPushed, read_push

NOW = 1_795_000_000
APPID, OTHER, ACCOUNT = "wx00000000000000ff", "wx00000000000000fe", "wx0123456789abcdef"
SECRET = "5a4db000000000000000000000000001"
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
PLATFORM = ThirdPartyPlatform(appid=APPID, secret=SECRET, token="pushtoken", encoding_aes_key=KEY)


def event(kind: str, appid: str = APPID, **fields: str) -> str:
    more = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items())
    return (
        f"<xml><AppId><![CDATA[{appid}]]></AppId><CreateTime>{NOW}</CreateTime>"
        f"<InfoType><![CDATA[{kind}]]></InfoType>{more}</xml>"
    )


TICKET = event("component_verify_ticket", ComponentVerifyTicket="ticket@@@SBX")


def pushed(
    text: str = TICKET, *, key: str = KEY, token: str = "pushtoken", appid: str = APPID, at: int = NOW
) -> tuple[str, bytes]:
    sealed = WeChatCrypto(token, key, appid).encrypt_message(text, "nonce1", str(at))
    signature = re.search(r"<MsgSignature><!\[CDATA\[(\w+)]]>", sealed)[1]
    encrypted = re.search(r"<Encrypt><!\[CDATA\[(.+?)]]>", sealed)[1]
    query = urlencode({"timestamp": at, "nonce": "nonce1", "encrypt_type": "aes", "msg_signature": signature})
    return query, f"<xml><AppId><![CDATA[{appid}]]></AppId><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>".encode()


def read(query: str, body: bytes, *, now: float = NOW) -> object:
    return read_push(PLATFORM, query=query, body=body, now=now)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        (TICKET, TicketPushed(ticket="ticket@@@SBX", created_at=NOW)),
        (
            event("authorized", AuthorizerAppid=ACCOUNT, AuthorizationCode="queryauthcode@@@1", PreAuthCode="p"),
            AccountAuthorized(appid=ACCOUNT, auth_code="queryauthcode@@@1", is_update=False, created_at=NOW),
        ),
        (
            event("updateauthorized", AuthorizerAppid=ACCOUNT, AuthorizationCode="queryauthcode@@@2"),
            AccountAuthorized(appid=ACCOUNT, auth_code="queryauthcode@@@2", is_update=True, created_at=NOW),
        ),
        (event("unauthorized", AuthorizerAppid=ACCOUNT), AccountUnauthorized(appid=ACCOUNT, created_at=NOW)),
        (event("something_new", Whatever="1"), OtherPush(kind="something_new", created_at=NOW)),
        (
            event("notify_third_fasteregister", status="0").replace("</xml>", f"<info>{TICKET}</info></xml>"),
            OtherPush(kind="notify_third_fasteregister", created_at=NOW),
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_event_is_read(text: str, means: object) -> None:
    assert read(*pushed(text)) == means


@pytest.mark.parametrize(
    ("made", "says"),
    [
        ({"token": "othertoken"}, "msg_signature"),
        ({"key": KEY[::-1]}, "does not decrypt|another platform"),
        ({"appid": OTHER}, "another platform"),
        ({"text": event("component_verify_ticket", OTHER, ComponentVerifyTicket="t")}, "AppId"),
        ({"text": event("component_verify_ticket")}, "no ComponentVerifyTicket"),
        ({"text": event("unauthorized", AuthorizerAppid="nobody")}, "AuthorizerAppid"),
        ({"text": "no xml"}, "not XML"),
        ({"at": NOW - 301}, "timestamp"),
        ({"at": NOW + 301}, "timestamp"),
    ],
    ids=str,
)
def test_what_is_forged_foreign_or_old_is_refused(made: dict, says: str) -> None:  # C1
    with pytest.raises(NotFromWeChat, match=says):
        read(*pushed(**made))


def test_a_push_is_taken_for_five_minutes() -> None:
    query, body = pushed()
    assert read(query, body, now=NOW + 300)
    with pytest.raises(NotFromWeChat, match="timestamp"):
        read(query, body, now=NOW + 300.1)


def test_one_changed_byte_is_noticed() -> None:
    query, body = pushed()
    place = body.index(b"<Encrypt>") + 30
    with pytest.raises(NotFromWeChat, match="msg_signature"):
        read(query, body[:place] + (b"A" if body[place] != 65 else b"B") + body[place + 1 :])


@pytest.mark.parametrize("name", ["timestamp", "nonce", "msg_signature"])
def test_a_parameter_that_is_missing_or_there_twice_is_refused(name: str) -> None:
    query, body = pushed()
    kept = "&".join(pair for pair in query.split("&") if not pair.startswith(f"{name}="))
    for wrong in (kept, f"{query}&{name}=1"):
        with pytest.raises(NotFromWeChat, match=name):
            read(wrong, body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<xml>",
        b"<xml></xml>",
        b"<a><Encrypt>x</Encrypt></a>",
        b"<xml><Encrypt>a</Encrypt><Encrypt>b</Encrypt></xml>",
        b"<xml><a><b/></a></xml>",
        b"<xml>" + b"".join(b"<a%d/>" % n for n in range(70)) + b"</xml>",
        b'<?xml version="1.0" encoding="utf-16"?><xml><Encrypt>x</Encrypt></xml>',
        b"\xff\xfe",
        b"x" * 70_000,
    ],
    ids=lambda body: repr(body[:30]),
)
def test_a_body_that_is_no_push_is_refused(body: bytes) -> None:
    query, _ = pushed()
    with pytest.raises(NotFromWeChat):
        read(query, body)


@given(query=st.text(max_size=200), body=st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_whatever_is_posted_nothing_else_is_raised(query: str, body: bytes) -> None:
    with pytest.raises(NotFromWeChat):
        read(query, body)


def test_neither_a_ticket_nor_a_code_shows() -> None:  # H1
    seen = [read(*pushed()), read(*pushed(event("authorized", AuthorizerAppid=ACCOUNT, AuthorizationCode="queryauth")))]
    assert "ticket@@@SBX" not in repr(seen)
    assert "queryauth" not in repr(seen)


def test_without_cryptography_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    query, body = pushed()
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.ciphers", None)
    with pytest.raises(UsageError, match=r"wxauth\[crypto\]"):
        read(query, body)
