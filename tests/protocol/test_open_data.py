import json
import sys
from base64 import b64decode, b64encode

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from hypothesis import given, settings
from hypothesis import strategies as st

from wxauth.errors import NotFromWeChat, UsageError
from wxauth.protocol.miniprogram import MiniProgramSession
from wxauth.protocol.open_data import decrypt_open_data, demand_signed

NOW = 1_795_000_000
APPID, OPENID = "wx0123456789abcdef", "oSBX0openid0of0nobody0000001"
KEY, IV = "tiihtNczf5v6AKRyjwEUhQ==", "r7BXXKkLb8qrSNn05n0qiA=="
SESSION = MiniProgramSession(appid=APPID, openid=OPENID, unionid=None, session_key=KEY)
FIELDS = {"openId": OPENID, "nickName": "安🎉", "watermark": {"appid": APPID, "timestamp": NOW}}


def sealed(text: str | bytes, *, key: str = KEY, padded: bool = True) -> str:
    data = text.encode() if isinstance(text, str) else text
    missing = 16 - len(data) % 16
    data += bytes([missing]) * missing if padded else b""
    encryptor = Cipher(AES(b64decode(key)), CBC(b64decode(IV))).encryptor()
    return b64encode(encryptor.update(data) + encryptor.finalize()).decode()


def opened(text: str | bytes, *, now: float = NOW, **options: object) -> object:
    return decrypt_open_data(SESSION, encrypted_data=sealed(text, **options), iv=IV, now=now)  # type: ignore[arg-type]


def test_what_wechat_sealed_is_read() -> None:
    data = opened(json.dumps(FIELDS | {"unionId": "oU", "purePhoneNumber": "13800000000"}, ensure_ascii=False))
    assert (data.appid, data.sealed_at, data.unionid, data.phone_number) == (APPID, NOW, "oU", "13800000000")
    assert data.fields["nickName"] == "安🎉"
    assert "watermark" not in data.fields
    assert "13800000000" not in repr(data)
    with pytest.raises(TypeError):
        data.fields["openId"] = "somebody"


def test_data_without_an_openid_is_about_a_phone_or_a_group() -> None:
    data = opened(json.dumps({"openGId": "g", "watermark": FIELDS["watermark"]}))
    assert (data.unionid, data.phone_number, data.fields) == (None, None, {"openGId": "g"})


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        (FIELDS | {"watermark": {"appid": "wx00000000000000ff", "timestamp": NOW}}, "another mini program"),
        (FIELDS | {"watermark": {"appid": APPID, "timestamp": NOW - 301}}, "300 s off"),
        (FIELDS | {"watermark": {"appid": APPID, "timestamp": NOW + 301}}, "300 s off"),
        (FIELDS | {"openId": "oSomebodyElse"}, "another person"),
        ({"openId": OPENID}, "session_key"),
        ([FIELDS], "session_key"),
    ],
)
def test_data_of_another_program_person_or_time_is_refused(fields: object, says: str) -> None:  # C3
    with pytest.raises(NotFromWeChat, match=says):
        opened(json.dumps(fields))


@pytest.mark.parametrize(
    ("data", "iv"),
    [
        (sealed(json.dumps(FIELDS), key="HyVFkGl5F5OQWJZZaNzBBg=="), IV),
        (sealed(b"\x00" * 32, padded=False), IV),
        (sealed(b"x" * 15 + b"\x11", padded=False), IV),
        (sealed(b"\xff not utf-8"), IV),
        (sealed("[" * 5000), IV),
        ("", IV),
        ("AAAA", IV),
        ("not base64!", IV),
        ("A" * 70_000, IV),
        (sealed(json.dumps(FIELDS)), "AAAA"),
        (sealed(json.dumps(FIELDS)), ""),
    ],
    ids=range(11),
)
def test_who_tries_out_texts_learns_nothing(data: str, iv: str) -> None:  # C4
    with pytest.raises(NotFromWeChat) as raised:
        decrypt_open_data(SESSION, encrypted_data=data, iv=iv, now=NOW)
    assert str(raised.value) == "encryptedData cannot be trusted: it was not encrypted with this session_key"
    assert raised.value.__cause__ is None


@given(data=st.binary(max_size=96), iv=st.binary(max_size=20))
@settings(max_examples=100, deadline=None)
def test_whatever_a_phone_sends_nothing_else_is_raised(data: bytes, iv: bytes) -> None:
    with pytest.raises(NotFromWeChat):
        decrypt_open_data(SESSION, encrypted_data=b64encode(data).decode(), iv=b64encode(iv).decode(), now=NOW)


def test_raw_data_is_signed_as_in_wechats_example() -> None:
    # https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/signature.html
    raw = (
        '{"nickName":"Band","gender":1,"language":"zh_CN","city":"Guangzhou","province":"Guangdong","country":"CN",'
        '"avatarUrl":"http://wx.qlogo.cn/mmopen/vi_32/1vZvI39NWFQ9XM4LtQpFrQJ1xlgZxx3w7bQxKARol6503Iuswjjn6nIGBiaycAjAtp'
        'ujxyzYsrztuuICqIM5ibXQ/0"}'
    )
    session = MiniProgramSession(appid=APPID, openid=OPENID, unionid=None, session_key="HyVFkGl5F5OQWJZZaNzBBg==")
    demand_signed(session, raw_data=raw, signature="75e81ceda165f4ffa64f4068af58c64b8f54b88c")
    for wrong in ("75e81ceda165f4ffa64f4068af58c64b8f54b88d", "", "\udcff", "安"):
        with pytest.raises(NotFromWeChat, match="signature"):
            demand_signed(session, raw_data=raw, signature=wrong)
    with pytest.raises(NotFromWeChat, match="signature"):
        demand_signed(session, raw_data=raw + " ", signature="75e81ceda165f4ffa64f4068af58c64b8f54b88c")


def test_without_cryptography_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.ciphers", None)
    with pytest.raises(UsageError, match=r"wxauth\[crypto\]"):
        decrypt_open_data(SESSION, encrypted_data="AAAA", iv=IV, now=NOW)
