"""Everything in protocol/ that reads what comes from outside, as functions of bytes, with what each may raise."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha1
from time import thread_time
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from wire_examples import FOLDER
from wxauth.account import MiniProgram, OfficialAccount, ThirdPartyPlatform, WeComApp
from wxauth.credential import AppCredential, AuthorizerCredential, ComponentCredential, CorpCredential, TokenKind
from wxauth.errors import NotFromWeChat, UpstreamProtocolError, UpstreamUnavailable, WeChatError
from wxauth.identity import Grant
from wxauth.protocol import authorize, component, component_login, credential, followers, jssdk, miniprogram, sns, wecom
from wxauth.protocol.message import Call, Endpoints, Response
from wxauth.protocol.open_data import decrypt_open_data
from wxauth.protocol.push import read_push

MOST_SECONDS = 1.0
NOW = 1_795_000_000
OF_A_CALL = (WeChatError, UpstreamProtocolError, UpstreamUnavailable)

WECHAT = Endpoints()
SECRET = "5a4db000000000000000000000000001"
OPENID, OTHER = "oSBX0openid0of0nobody0000001", "oSBX0openid0of0nobody0000002"
KEY = b64encode(b"k" * 16).decode()
ACCOUNT = OfficialAccount(appid="wx0123456789abcdef", secret=SECRET)
PROGRAM = MiniProgram(appid="wx0123456789abcdee", secret=SECRET)
PLATFORM = ThirdPartyPlatform(appid="wx00000000000000ff", secret=SECRET, token="pushtoken", encoding_aes_key="k" * 43)
CORP = WeComApp(corpid="ww0123456789abcdef", agentid=1000002, secret=SECRET)
GRANT = Grant(
    appid=ACCOUNT.appid,
    openid=OPENID,
    unionid=None,
    scope="snsapi_userinfo",
    access_token="SBXaccess",
    refresh_token="SBXrefresh",
    expires_at=NOW + 7200.0,
    is_snapshot_user=False,
)
APP = AppCredential(appid=ACCOUNT.appid, access_token="SBXapp", expires_at=NOW + 7200.0, kind=TokenKind.STABLE)
OF_PROGRAM = AppCredential(
    appid=PROGRAM.appid, access_token="SBXprogram", expires_at=NOW + 7200.0, kind=TokenKind.STABLE
)
COMPONENT = ComponentCredential(appid=PLATFORM.appid, access_token="SBXcomponent", expires_at=NOW + 7200.0)
AUTHORIZER = AuthorizerCredential(
    platform_appid=PLATFORM.appid,
    appid=ACCOUNT.appid,
    access_token="SBXauthorizer",
    refresh_token="refreshtoken@@@SBX",
    expires_at=NOW + 7200.0,
)
OF_CORP = CorpCredential(corpid=CORP.corpid, agentid=CORP.agentid, access_token="SBXcorp", expires_at=NOW + 7200.0)
SESSION = miniprogram.MiniProgramSession(appid=PROGRAM.appid, openid=OPENID, unionid=None, session_key=KEY)
MEMBER = wecom.Member(corpid=CORP.corpid, userid="SBXuserid", user_ticket="SBXticket")

CALLS: dict[str, Call[Any]] = {
    "sns.exchange_code": sns.exchange_code(WECHAT, ACCOUNT, "SBXcode"),
    "sns.refresh_grant": sns.refresh_grant(WECHAT, appid=ACCOUNT.appid, refresh_token="SBXrefresh"),
    "sns.fetch_profile": sns.fetch_profile(WECHAT, GRANT, lang="zh_CN"),
    "sns.check_grant": sns.check_grant(WECHAT, GRANT),
    "credential.fetch_token": credential.fetch_token(WECHAT, ACCOUNT),
    "credential.fetch_stable_token": credential.fetch_stable_token(WECHAT, ACCOUNT),
    "credential.clear_quota": credential.clear_quota(WECHAT, APP),
    "credential.clear_quota_by_secret": credential.clear_quota_by_secret(WECHAT, ACCOUNT),
    "credential.callback_addresses": credential.callback_addresses(WECHAT, APP),
    "jssdk.fetch_ticket": jssdk.fetch_ticket(WECHAT, APP),
    "followers.fetch_follower": followers.fetch_follower(WECHAT, APP, OPENID),
    "followers.fetch_followers": followers.fetch_followers(WECHAT, APP, [OPENID, OTHER]),
    "followers.list_followers": followers.list_followers(WECHAT, APP, after=OTHER),
    "miniprogram.code_to_session": miniprogram.code_to_session(WECHAT, PROGRAM, "SBXcode"),
    "miniprogram.check_session_key": miniprogram.check_session_key(WECHAT, OF_PROGRAM, SESSION),
    "miniprogram.reset_session_key": miniprogram.reset_session_key(WECHAT, OF_PROGRAM, SESSION),
    "miniprogram.fetch_phone_number": miniprogram.fetch_phone_number(WECHAT, OF_PROGRAM, "SBXcode", openid=OPENID),
    "component.fetch_component_token": component.fetch_component_token(WECHAT, PLATFORM, "ticket@@@SBX"),
    "component.create_pre_auth_code": component.create_pre_auth_code(WECHAT, COMPONENT),
    "component.query_auth": component.query_auth(WECHAT, COMPONENT, "queryauthcode@@@SBX"),
    "component.refresh_authorizer": component.refresh_authorizer(WECHAT, COMPONENT, AUTHORIZER),
    "component.exchange_code": component.exchange_code(WECHAT, COMPONENT, appid=ACCOUNT.appid, code="SBXcode"),
    "component.refresh_grant": component.refresh_grant(
        WECHAT, COMPONENT, appid=ACCOUNT.appid, refresh_token="SBXrefresh"
    ),
    "component.code_to_session": component.code_to_session(WECHAT, COMPONENT, appid=PROGRAM.appid, code="SBXcode"),
    "wecom.fetch_token": wecom.fetch_token(WECHAT, CORP),
    "wecom.identify": wecom.identify(WECHAT, OF_CORP, "SBXcode"),
    "wecom.fetch_member_detail": wecom.fetch_member_detail(WECHAT, OF_CORP, MEMBER),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A reader as a function of the bytes that come in, and the errors that its documentation names."""

    name: str
    read: Callable[[bytes], object]
    raises: tuple[type[Exception], ...]

    def try_with(self, data: bytes) -> None:
        """Read; anything that is not documented escapes, and so does an AssertionError when it takes too long."""
        started = thread_time()
        with suppress(*self.raises):
            self.read(data)
        took = thread_time() - started
        assert took <= MOST_SECONDS, f"{self.name} took {took:.2f} s"


def _answer(call: Call[Any], status: int) -> Callable[[bytes], object]:
    return lambda body: call.read(Response(status=status, body=body))


def _query(read: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda query: read(query.decode("utf-8", "replace"))


def sealed_push(text: bytes) -> tuple[str, bytes]:
    """The query and the body of a push that is truly WeChat's, whatever it holds."""
    key = b"\x92I$" * 10 + b"\x92I"  # what 43 times k stands for
    plain = b"r" * 16 + len(text).to_bytes(4) + text + PLATFORM.appid.encode()
    encrypted = b64encode(_encrypted(plain, key=key, block_bytes=32)).decode()
    signed = "".join(sorted(["pushtoken", str(NOW), "nonce", encrypted]))
    signature = sha1(signed.encode(), usedforsecurity=False).hexdigest()
    query = urlencode({"timestamp": NOW, "nonce": "nonce", "msg_signature": signature})
    return query, f"<xml><Encrypt>{encrypted}</Encrypt></xml>".encode()


def _encrypted(plain: bytes, *, key: bytes, block_bytes: int) -> bytes:
    count = block_bytes - len(plain) % block_bytes
    encryptor = Cipher(AES(key), CBC(key[:16])).encryptor()
    return encryptor.update(plain + bytes([count]) * count) + encryptor.finalize()


def _read_sealed_push(text: bytes) -> object:
    query, body = sealed_push(text)
    return read_push(PLATFORM, query=query, body=body, now=NOW)


def _read_open_push(data: bytes) -> object:
    query, _, body = data.partition(b"\n")
    return read_push(PLATFORM, query=query.decode("utf-8", "replace"), body=body, now=NOW)


def _read_sealed_data(text: bytes) -> object:
    encrypted = b64encode(_encrypted(text, key=b"k" * 16, block_bytes=16)).decode()
    return decrypt_open_data(SESSION, encrypted_data=encrypted, iv=KEY, now=NOW)


def _read_open_data(data: bytes) -> object:
    text = data.decode("utf-8", "replace")
    return decrypt_open_data(SESSION, encrypted_data=text, iv=text[:24], now=NOW)


READERS = [
    *(Reader(name=name, read=_answer(call, 200), raises=OF_A_CALL) for name, call in CALLS.items()),
    *(Reader(name=f"{name} 502", read=_answer(CALLS[name], 502), raises=OF_A_CALL) for name in ("sns.exchange_code",)),
    Reader(name="push.read_push", read=_read_open_push, raises=(NotFromWeChat,)),
    Reader(name="push.read_push sealed", read=_read_sealed_push, raises=(NotFromWeChat,)),
    Reader(name="open_data.decrypt_open_data", read=_read_open_data, raises=(NotFromWeChat,)),
    Reader(name="open_data.decrypt_open_data sealed", read=_read_sealed_data, raises=(NotFromWeChat,)),
    Reader(name="authorize.read_callback", read=_query(authorize.read_callback), raises=()),
    Reader(name="component_login.read_agreement", read=_query(component_login.read_agreement), raises=()),
]

PUSHED = (
    f"<xml><AppId>{PLATFORM.appid}</AppId><CreateTime>{NOW}</CreateTime><InfoType>component_verify_ticket</InfoType>"
    "<ComponentVerifyTicket><![CDATA[ticket@@@SBX]]></ComponentVerifyTicket></xml>"
).encode()
OPEN_DATA = b'{"openId":"%s","nickName":"Ann","watermark":{"appid":"%s","timestamp":%d}}' % (
    OPENID.encode(),
    PROGRAM.appid.encode(),
    NOW,
)
QUERIES = [b"code=001aSBX&state=abc", b"auth_code=queryauthcode%40%40%40SBX&expires_in=3600", b"state=abc"]


def _recorded() -> Iterator[bytes]:
    for file in sorted(FOLDER.glob("*.json")):
        for example in json.loads(file.read_text("utf-8")):
            yield str(example["response"].get("body", "")).encode("utf-8", "surrogateescape")


SEEDS = sorted({*_recorded(), PUSHED, OPEN_DATA, *QUERIES, b"timestamp=1&nonce=1&msg_signature=1\n" + PUSHED}, key=len)
"""What is good, or was recorded: everything that can be spoiled."""
