"""What is pushed to a third-party platform; wechatpy, which knows nothing of the sandbox, reads it."""

from base64 import b64decode
from urllib.parse import parse_qs
from xml.etree import ElementTree

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from wechatpy.component import WeChatComponent
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException, InvalidSignatureException

from wxauth.sandbox.push import Push, event, sealed_message

APPID = "wx5a4db00000000005"
PUSH = Push()
TICKET = {"ComponentVerifyTicket": "ticket@@@SBX"}


def sent(text="<xml>沙箱</xml>", *, push=PUSH, at=1413192605.7):
    message = sealed_message(text, appid=APPID, push=push, at=at, chance=bytes(range(24)))
    return {name: values[0] for name, values in parse_qs(message.query).items()}, message.body


def read_by_wechatpy(query, body, *, push=PUSH, appid=APPID):
    crypto = WeChatCrypto(push.token, push.encoding_aes_key, appid)
    return crypto.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])


@pytest.mark.parametrize("length", [*range(30), 1000])
def test_wechatpy_decrypts_what_is_pushed_whatever_its_length(length):
    text = f"<xml>{'沙' * length}</xml>"
    assert read_by_wechatpy(*sent(text)) == text


def test_another_token_another_signature_another_platform_no_message():
    query, body = sent()
    with pytest.raises(InvalidSignatureException):
        read_by_wechatpy(query, body, push=Push(token="another"))
    with pytest.raises(InvalidSignatureException):
        read_by_wechatpy(query | {"nonce": "1"}, body)
    with pytest.raises(InvalidAppIdException):
        read_by_wechatpy(query, body, appid="wx5a4db00000000006")


def test_the_padding_goes_by_blocks_of_32_bytes_and_is_never_empty():
    for length in range(40):
        encrypted = b64decode(ElementTree.fromstring(sent("x" * length)[1]).findtext("Encrypt"))
        plain = Cipher(AES(PUSH.key), CBC(PUSH.key[:16])).decryptor().update(encrypted)
        assert len(plain) % 32 == 0
        assert 1 <= plain[-1] <= 32
        assert plain.endswith(bytes([plain[-1]]) * plain[-1])
        assert plain[16:20] == length.to_bytes(4)


def test_the_outer_xml_holds_the_appid_and_nothing_readable():
    query, body = sent("<xml>secret</xml>")
    assert [child.tag for child in ElementTree.fromstring(body)] == ["AppId", "Encrypt"]
    assert b"secret" not in body
    assert set(query) == {"signature", "timestamp", "nonce", "encrypt_type", "msg_signature"}
    assert (query["timestamp"], query["encrypt_type"]) == ("1413192605", "aes")


def test_a_ticket_event_has_the_documented_fields_in_their_order():
    told = ElementTree.fromstring(event(APPID, "component_verify_ticket", TICKET, at=1413192605.7))
    assert [(child.tag, child.text) for child in told] == [
        ("AppId", APPID),
        ("CreateTime", "1413192605"),
        ("InfoType", "component_verify_ticket"),
        ("ComponentVerifyTicket", "ticket@@@SBX"),
    ]


def test_wechatpy_takes_the_ticket_out_of_the_event():
    query, body = sent(event(APPID, "component_verify_ticket", TICKET, at=1413192605))
    component = WeChatComponent(APPID, "0" * 32, PUSH.token, PUSH.encoding_aes_key)
    component.parse_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
    assert component.component_verify_ticket == "ticket@@@SBX"


@pytest.mark.parametrize(
    "wrong",
    [
        {"token": "ab"},
        {"token": "with space"},
        {"encoding_aes_key": "x" * 42},
        {"encoding_aes_key": "=" * 43},
        {"url": "ftp://127.0.0.1/"},
        {"url": "127.0.0.1:8000/events"},
        {"url": "http://"},
        {"url": "http://127.0.0.1:99999/"},
        {"url": "http://127.0.0.1/\r\nX: y"},
    ],
)
def test_a_value_of_another_shape_is_refused(wrong):
    with pytest.raises(ValueError, match=r"letters and digits|address"):
        Push(**wrong)


def test_token_and_key_are_not_shown():
    assert PUSH.token not in repr(PUSH)
    assert PUSH.encoding_aes_key not in repr(PUSH)
