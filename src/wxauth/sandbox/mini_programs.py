"""People in the mini programs of a world: what their phones hand to a program, and what WeChat's servers tell of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from threading import RLock
from typing import TYPE_CHECKING

from wxauth.sandbox.accounts import Account, AccountKind
from wxauth.sandbox.codes import Code, Codes
from wxauth.sandbox.open_data import OpenData, Sealed, sealed, signature, written
from wxauth.sandbox.people import AVATAR_PATH, Person
from wxauth.sandbox.quotas import Period, Quotas
from wxauth.sandbox.refusal import Refusal
from wxauth.sandbox.session_keys import SessionKey, SessionKeys
from wxauth.sandbox.switches import Switches

if TYPE_CHECKING:
    from wxauth.sandbox.world import World

NICKNAME = "微信用户"
"""What everybody is called in a mini program since 2022-11-08, when names and pictures ended there."""
LOGINS_PER_MINUTE = 100
"""Of one person: https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_code2session"""
RESETS_PER_MINUTE = 60_000
"""Of one program: https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_resetusersessionkey"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What a js_code was exchanged for."""

    person: Person
    openid: str
    session_key: str = field(repr=False)


class MiniPrograms:
    """The mini programs of a world.

    A program is named by its appid; by default it is the first of the world, and LookupError is raised where there is
    none.

    Args:
        world: whose people, clock, mint and switches these are.
    """

    _js_codes: Codes
    _phone_codes: Codes
    _keys: SessionKeys
    _quotas: Quotas
    _phones_told: Counter[str]

    def __init__(self, world: World) -> None:
        self._world = world
        self._lock = RLock()
        self._js_codes = Codes(mint=world.mint, switches=world.switches)
        self._phone_codes = Codes(mint=world.mint, switches=world.switches)
        self._keys = SessionKeys(mint=world.mint, switches=world.switches)
        self._quotas = Quotas()
        self._phones_told = Counter()

    def __len__(self) -> int:
        """How many codes and keys are remembered."""
        return len(self._js_codes) + len(self._phone_codes) + len(self._keys)

    def obey(self, switches: Switches) -> None:
        """Go by these switches from now on."""
        for part in (self._js_codes, self._phone_codes, self._keys):
            part.obey(switches)

    def js_code(self, person: Person, appid: str | None = None) -> str:
        """What ``wx.login`` gives the person. It may replace their session_key, see the switches."""
        account = self._program(appid)
        with self._lock:
            self._keys.log_in(self._holder(person, account.appid), now=self._now)
            return self._issued(self._js_codes, person, account)

    def phone_code(self, person: Person, appid: str | None = None) -> str:
        """What the button ``getPhoneNumber`` gives when the person agrees; another code than that of ``wx.login``."""
        account = self._program(appid)
        with self._lock:
            return self._issued(self._phone_codes, person, account)

    def profile(self, person: Person, appid: str | None = None, *, origin: str) -> OpenData:
        """What ``wx.getUserProfile`` gives about a person, who has a valid session_key: the same for everybody.

        Args:
            person: who is asked about.
            appid: the program.
            origin: the address of the sandbox, from which the grey picture is loaded.
        """
        account, key = self._key_of(person, appid)
        nobody = self._world.openid(person, account.appid, virtual=True)
        shown: dict[str, object] = {
            "nickName": NICKNAME,
            "gender": 0,
            "language": "",
            "city": "",
            "province": "",
            "country": "",
            "avatarUrl": origin + AVATAR_PATH.format(appid=account.appid, openid=nobody),
        }
        raw_data, unionid = written(shown), self._world.unionid(person, account)
        hidden: dict[str, object] = {"openId": self._world.openid(person, account.appid), **shown}
        hidden |= {} if unionid is None else {"unionId": unionid}
        return OpenData(
            raw_data=raw_data, signature=signature(raw_data, key.value), sealed=self._sealed(hidden, account, key)
        )

    def sealed_phone(self, person: Person, appid: str | None = None) -> Sealed:
        """What ``getPhoneNumber`` gives beside its code: the number, encrypted with the person's session_key."""
        account, key = self._key_of(person, appid)
        return self._sealed(self._phone_fields(person), account, key)

    def log_in(self, *, appid: str, js_code: str) -> Login:
        """Use a js_code up.

        Raises:
            Refusal: it is used (40163), unknown, expired or another account's (40029); the person is blocked (40226)
                or was signed in too often within a minute (45011).
        """
        with self._lock:
            self._check_login(appid, js_code)
            person = self._js_codes.redeem(appid=appid, value=js_code, now=self._now).person
            if self._world.as_now(person).blocked:
                raise Refusal(40226, en=f"{person.name} is blocked", zh=f"{person.name} 是高风险用户，已被拦截")
            holder = self._holder(person, appid)
            key = self._keys.alive(holder, now=self._now) or self._keys.log_in(holder, now=self._now)
        return Login(person=person, openid=self._world.openid(person, appid), session_key=key.value)

    def phone_info(self, *, appid: str, code: str, openid: str = "") -> dict[str, object]:
        """Use the code of a phone number up, and tell the number.

        Raises:
            Refusal: whatever is wrong with the code, also that the person has another openid (40029), or a quota of
                the switches is used up (45009). Nothing is used up then.
        """
        with self._lock:
            self._check_phone(appid, code, openid)
            try:
                person = self._phone_codes.redeem(appid=appid, value=code, now=self._now).person
            except Refusal as refusal:
                raise Refusal(40029, en=refusal.why.en, zh=refusal.why.zh) from None
            self._phones_told[appid] += 1
        return {**self._phone_fields(person), "watermark": self._watermark(appid)}

    def check_key(self, *, appid: str, openid: str, signature: str) -> None:
        """Raise Refusal 87009 unless the valid session_key of an openid made the signature."""
        self._keys.check(_held(appid, openid), signature, now=self._now)

    def reset_key(self, *, appid: str, openid: str, signature: str) -> str:
        """The new session_key of an openid; raises Refusal."""
        with self._lock:
            self._charge(appid, limit=RESETS_PER_MINUTE)
            return self._keys.reset(_held(appid, openid), signature, now=self._now).value

    def known(self, value: str) -> Code | None:
        """A code that is remembered, used and expired ones included."""
        return self._js_codes.known(value) or self._phone_codes.known(value)

    @property
    def _now(self) -> float:
        return self._world.clock.now()

    def _program(self, appid: str | None) -> Account:
        programs = [account for account in self._world.accounts if account.kind is AccountKind.MINIPROGRAM]
        for account in programs:
            if appid in (None, account.appid):
                return account
        known = ", ".join(account.appid for account in programs)
        raise LookupError(f"{appid or 'the world'} is no mini program; there are {known or 'none'}")

    def _issued(self, codes: Codes, person: Person, account: Account) -> str:
        return codes.issue(appid=account.appid, person=person, scope="", snapshot=False, now=self._now).value

    def _key_of(self, person: Person, appid: str | None) -> tuple[Account, SessionKey]:
        account = self._program(appid)
        key = self._keys.alive(self._holder(person, account.appid), now=self._now)
        if key is None:
            raise LookupError(f"{person.name} has no session_key in {account.appid}: first comes js_code(person)")
        return account, key

    def _holder(self, person: Person, appid: str) -> str:
        return _held(appid, self._world.openid(person, appid))

    def _sealed(self, fields: dict[str, object], account: Account, key: SessionKey) -> Sealed:
        with self._lock:
            iv = self._world.mint.vector()
        return sealed({**fields, "watermark": self._watermark(account.appid)}, session_key=key.value, iv=iv)

    def _watermark(self, appid: str) -> dict[str, object]:
        return {"timestamp": int(self._now), "appid": appid}

    def _phone_fields(self, person: Person) -> dict[str, object]:
        number = self._world.phone(person)
        as_text = self._world.switches.phone_country_code == "text"
        return {"phoneNumber": number, "purePhoneNumber": number, "countryCode": "86" if as_text else 86}

    def _charge(self, who: str, *, limit: int) -> None:
        """Count a call of an appid or openid; refuses with 45011 beyond the limit of a minute."""
        if not self._quotas.take(who, "", limit=limit, per=Period.MINUTE, now=self._now):
            raise Refusal(
                45011, en=f"{who} was here {limit} times within a minute", zh=f"{who} 一分钟内已调用 {limit} 次"
            )

    def _check_login(self, appid: str, js_code: str) -> None:
        known = self._js_codes.known(js_code)
        if known is not None:
            self._charge(self._world.openid(known.person, appid), limit=LOGINS_PER_MINUTE)
        elif self._phone_codes.known(js_code) is not None:
            raise Refusal(40029, en="the code is one of getPhoneNumber", zh="这是 getPhoneNumber 的 code")

    def _check_phone(self, appid: str, code: str, openid: str) -> None:
        quota = self._world.switches.phone_number_quota
        if quota and self._phones_told[appid] >= quota:
            raise Refusal(45009, en=f"the quota of {quota} phone numbers is used up", zh=f"{quota} 次手机号额度已用完")
        known = self._phone_codes.known(code)
        if known is None and self._js_codes.known(code) is not None:
            raise Refusal(40029, en="the code is one of wx.login", zh="这是 wx.login 的 code")
        if openid and known is not None and self._world.openid(known.person, appid) != openid:
            raise Refusal(40029, en="the code is another person's than the openid", zh="code 与 openid 不是同一用户")


def _held(appid: str, openid: str) -> str:
    """What names the holder of a key, so that an openid means nothing beside another program's token."""
    return f"{appid} {openid}"
