"""Openids, codes, tokens, keys and request ids in WeChat's shapes, all derived from the seed of a world."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from hashlib import blake2b

from wxauth.sandbox.numbers import Numbers

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
GENERATION = 90
MARKER_LENGTH = 12


def marker(appid: str) -> str:
    """What every token of an account carries, so that a call with nothing but a token finds its world."""
    return urlsafe_b64encode(blake2b(appid.encode(), digest_size=9).digest()).decode()


def marker_of(token: str) -> str:
    """The marker in a token; something that matches no account when it is not a token of a sandbox."""
    start = len(f"{GENERATION}_SBX")
    return token[start : start + MARKER_LENGTH]


class Mint:
    """Makes the values of one world. Same seed and salt, same calls: same values.

    Args:
        seed: decides everything.
        salt: decides codes, tokens and rids only; with a fresh one the people keep their openids and
            no code of an earlier run is issued again.
    """

    _issued: Numbers

    def __init__(self, *, seed: str, salt: str = "") -> None:
        self._people_key = blake2b(seed.encode(), digest_size=32).digest()
        self._issue_key = blake2b(f"{seed}\0{salt}".encode(), digest_size=32).digest()
        self._issued = Numbers()

    def openid(self, person: str, appid: str, *, virtual: bool = False) -> str:
        """28 characters from ``oSBX``: the person as one account knows them; virtual for a snapshot page."""
        return f"oSBX{self._person_id('virtual openid' if virtual else 'openid', person, appid)[4:]}"

    def unionid(self, person: str, *, virtual: bool = False) -> str:
        """28 characters from ``oSBX``: the person across the accounts of the world."""
        return f"oSBX{self._person_id('virtual unionid' if virtual else 'unionid', person)[4:]}"

    def phone(self, person: str) -> str:
        """A mobile number of 11 digits, the first five ``13800``."""
        digest = blake2b(f"phone\0{person}".encode(), digest_size=8, key=self._people_key).digest()
        return f"13800{int.from_bytes(digest) % 10**6:06}"

    def userid(self, person: str) -> str:
        """What the corps of WeCom call a member who was given no userid."""
        return f"user{self._person_id('userid', person)[1:9]}"

    def external_userid(self, person: str, appid: str) -> str:
        """32 characters from ``wm``: a customer as one corp of WeCom knows them."""
        return f"wmSBX{self._person_id('external_userid', person, appid)[1:28]}"

    def device(self, person: str) -> str:
        """What names somebody's phone to WeCom."""
        return self._person_id("device", person)[1:]

    def session_key(self) -> str:
        """16 bytes as 24 characters of base64: the key of a person in a mini program."""
        return b64encode(self._next("session_key", 16)).decode()

    def vector(self) -> str:
        """16 bytes as 24 characters of base64: the ``iv`` of an encryptedData."""
        return b64encode(self._next("iv", 16)).decode()

    def code(self, appid: str) -> str:
        """32 characters ``[0-9A-Za-z]``, the first six ``0?1SBX``; worlds of one seed differ by the appid."""
        digest = self._next(f"code\0{appid}", 27)
        return f"0{digest[0] % 10}1SBX" + "".join(BASE62[byte % 62] for byte in digest[1:])

    def scan_uuid(self, appid: str) -> str:
        """16 characters ``[0-9A-Za-z]``, the first three ``0?1``: names one QR code of a website application."""
        digest = self._next(f"scan\0{appid}", 14)
        return f"0{digest[0] % 10}1" + "".join(BASE62[byte % 62] for byte in digest[1:])

    def token(self, appid: str) -> str:
        """An access or refresh token: a small number, ``_`` and 87 characters of base64url."""
        return f"{GENERATION}_SBX{marker(appid)}{urlsafe_b64encode(self._next('token', 54)).decode()}"

    def app_token(self, appid: str) -> str:
        """The token of an account itself, longer than `token`: 154 characters."""
        rest = self._next("app token", 54) + self._next("app token", 48)
        return f"{GENERATION}_SBX{marker(appid)}{urlsafe_b64encode(rest).decode()}"

    def ticket(self) -> str:
        """A ticket of the JS-SDK: 86 characters of base64url."""
        return f"SBX{urlsafe_b64encode(self._next('ticket', 63)).decode()}"[:86]

    def verify_ticket(self, appid: str, number: int) -> str:
        """The ticket of a third-party platform: ``ticket@@@`` and 86 characters of base64url."""
        return f"ticket@@@SBX{urlsafe_b64encode(self._of('verify ticket', appid, number, 63)).decode()[:83]}"

    def push_chance(self, appid: str, number: int) -> bytes:
        """24 bytes for the encryption of a message that is pushed."""
        return self._of("push", appid, number, 24)

    def grant_code(self, kind: str) -> str:
        """A value of a third-party platform: ``preauthcode@@@`` (or another kind) and 67 characters of base64url."""
        return f"{kind}@@@SBX{urlsafe_b64encode(self._next(kind, 48)).decode()}"

    def rid(self, now: float, *, cause: str | None = None) -> str:
        """A request id; its first group is the time, the second that of a cause where there is one.

        https://developers.weixin.qq.com/community/personal/oCJUsw5CQHTiB8xexIJgAg8kpqyY/question
        """
        digest = self._next("rid", 8).hex()
        middle = digest[:8] if cause is None else blake2b(cause.encode(), digest_size=4).hexdigest()
        return f"{int(now) & 0xFFFFFFFF:08x}-{middle}-{digest[8:]}"

    def hint(self, length: int, *, alphabet: str = BASE62) -> str:
        """A request id of the other kind, which does not tell the time; at most 64 characters."""
        return "".join(alphabet[byte % len(alphabet)] for byte in self._next("hint", length))

    def fraction(self, purpose: str, *numbers: int) -> float:
        """A number from 0 to below 1 that the seed decides; asking for it changes no later value."""
        name = "\0".join((purpose, *map(str, numbers)))
        return int.from_bytes(blake2b(name.encode(), digest_size=6, key=self._people_key).digest()) / (1 << 48)

    def _person_id(self, *parts: str) -> str:
        digest = blake2b("\0".join(parts).encode(), digest_size=27, key=self._people_key).digest()
        return "o" + "".join(BASE62[byte % 62] for byte in digest)

    def _of(self, kind: str, appid: str, number: int, size: int) -> bytes:
        """Bytes that depend on no earlier call, so that time going by does not change later values."""
        return blake2b(f"{kind}\0{appid}\0{number}".encode(), digest_size=size, key=self._issue_key).digest()

    def _next(self, kind: str, size: int) -> bytes:
        return blake2b(f"{kind}\0{next(self._issued)}".encode(), digest_size=size, key=self._issue_key).digest()
