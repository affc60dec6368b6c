"""The third-party platforms of a world: their tickets, and the accounts whose admins let them act.

https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/component_verify_ticket.html,
https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/authorize_event.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hmac import compare_digest
from threading import RLock
from typing import TYPE_CHECKING

from wxauth.sandbox.accounts import Account, AccountKind
from wxauth.sandbox.deliveries import SUCCESS, Deliveries, Delivery
from wxauth.sandbox.push import Message, event, sealed_message
from wxauth.sandbox.refusal import Refusal
from wxauth.sandbox.remembered import Remembered
from wxauth.sandbox.words import Words, span, tail

if TYPE_CHECKING:
    from wxauth.sandbox.world import World

PUSH_SECONDS = 600
TICKET_SECONDS = 12 * 3600
AUTH_CODE_SECONDS = 3600
"""Not told; as general knowledge has it."""
REMEMBERED_SECONDS = 3600
"""How long a dead ticket or code is told from an unknown one."""
WEB_RIGHT = 4
"""网页服务权限: what the calls of sns/oauth2/component need."""
ALL_RIGHTS = tuple(range(1, 16))
"""The ids of the rights an admin can grant, as ``func_info`` lists them."""


class InfoType(StrEnum):
    """What a platform is told; the journal calls it so after ``push/``."""

    TICKET = "component_verify_ticket"
    AUTHORIZED = "authorized"
    UPDATED = "updateauthorized"
    UNAUTHORIZED = "unauthorized"


PUSHED = f"push/{InfoType.TICKET}"
"""What the journal calls a push of a ticket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """What the admin of an account granted a platform."""

    platform: str
    appid: str
    rights: tuple[int, ...]
    refresh_token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pending:
    """A pre_auth_code, or with what was granted an auth_code."""

    platform: str
    until: float
    granted: Authorization | None = None


class Platforms:
    """The third-party platforms of a world.

    A platform is named by its appid; by default it is the first of the world, and LookupError is raised where there is
    none. Its ticket follows from the time: a new one each ten minutes, so that none has to be kept.

    Args:
        world: whose accounts, clock, mint and switches these are.
    """

    _urls: dict[str, str]
    _pending: Remembered[_Pending]
    _authorizations: dict[tuple[str, str], Authorization]

    def __init__(self, world: World) -> None:
        self._world = world
        self._lock = RLock()
        self._deliveries = Deliveries()
        self._urls = {account.appid: account.push.url for account in world.accounts if account.push.url}
        self._pending = Remembered()
        self._authorizations = {}
        world.clock.name(PUSHED, self._fall_due)
        if self._urls:
            self._await_next(world.clock.now())

    def __len__(self) -> int:
        """How many pre_auth_codes and auth_codes are remembered."""
        return len(self._pending)

    def ticket(self, appid: str | None = None) -> str:
        """The newest component_verify_ticket of a platform."""
        return self._ticket(self.named(appid), self._now)

    def ticket_message(self, appid: str | None = None) -> Message:
        """The newest ticket as it is pushed, encrypted and signed."""
        return self._message(self.named(appid), self._now)

    def push_url(self, appid: str | None = None) -> str | None:
        """Where the tickets of a platform are pushed to."""
        return self._urls.get(self.named(appid).appid)

    def push_to(self, url: str | None, appid: str | None = None) -> None:
        """Push to another address from now on, the newest ticket at once; None: push nothing any more.

        Raises:
            ValueError: it is no address.
        """
        platform, now = self.named(appid), self._now
        checked = replace(platform.push, url=url).url
        waited = bool(self._urls)
        self._urls.pop(platform.appid, None)
        if checked is None:
            return
        self._urls[platform.appid] = checked
        self._push_ticket(platform, now)
        if not waited:
            self._await_next(now)

    def check_ticket(self, platform: Account, ticket: str) -> None:
        """Refuse an expired ticket with 61005, an unknown one with 61006."""
        now, shown = self._now, tail(ticket)
        for age in range(0, TICKET_SECONDS + REMEMBERED_SECONDS, PUSH_SECONDS):
            if compare_digest(self._ticket(platform, now - age).encode(), ticket.encode()):
                if age < TICKET_SECONDS:
                    return
                raise Refusal(61005, en=f"ticket {shown} is older than 12 h", zh=f"ticket {shown} 已超过 12 小时")
        raise Refusal(61006, en=f"ticket {shown} is unknown here", zh=f"这里没有 ticket {shown}")

    def pre_auth_code(self, appid: str | None = None) -> str:
        """A code with which an admin is asked, once."""
        lives = self._world.switches.pre_auth_code_seconds
        with self._lock:
            pending = _Pending(platform=self.named(appid).appid, until=self._now + lives)
            return self._issued("preauthcode", pending)

    def asked_by(self, pre_auth_code: str, platform: Account) -> Words | None:
        """Why a pre_auth_code cannot be used, None when it can."""
        pending, shown = self._pending.get(pre_auth_code), tail(pre_auth_code)
        if pending is None or pending.granted is not None or pending.platform != platform.appid:
            return Words(
                en=f"{platform.appid} has no pre_auth_code {shown}, or it is used up",
                zh=f"{platform.appid} 没有 pre_auth_code {shown}，或已被使用",
            )
        if self._now >= pending.until:
            ago = span(self._now - pending.until)
            return Words(en=f"pre_auth_code {shown} expired {ago.en} ago", zh=f"pre_auth_code {shown} 已过期 {ago.zh}")
        return None

    def authorize(
        self,
        account: Account,
        *,
        platform: str | None = None,
        pre_auth_code: str | None = None,
        rights: tuple[int, ...] = ALL_RIGHTS,
    ) -> str:
        """Let a platform act for an account, as its admin does on the page; what was granted before is replaced.

        The platform is told, ``authorized`` or ``updateauthorized``, where it gets its tickets.

        Args:
            account: an account of this world.
            platform: appid of the platform.
            pre_auth_code: is used up, when there is one.
            rights: ids of what is granted.

        Returns:
            The auth_code for the platform.
        """
        asking = self.named(platform).appid
        with self._lock:
            self._pending.take(pre_auth_code or "")
            token = self._world.mint.grant_code("refreshtoken")
            granted = Authorization(platform=asking, appid=account.appid, rights=rights, refresh_token=token)
            info_type = InfoType.UPDATED if (asking, account.appid) in self._authorizations else InfoType.AUTHORIZED
            self._authorizations[asking, account.appid] = granted
            pending = _Pending(platform=asking, until=self._now + AUTH_CODE_SECONDS, granted=granted)
            auth_code = self._issued("queryauthcode", pending)
        given: dict[str, str | int] = {
            "AuthorizationCode": auth_code,
            "AuthorizationCodeExpiredTime": int(pending.until),
            "PreAuthCode": pre_auth_code or "",
        }
        self._tell(info_type, granted, given)
        return auth_code

    def revoke(self, account: Account, *, platform: str | None = None) -> None:
        """Take back what an account let a platform do, as its admin can at any time; the platform is told.

        The tokens it acted with end; those of people who signed in through it live on. Whether WeChat ends these too
        is not told.

        Raises:
            LookupError: nothing was granted.
        """
        asking = self.named(platform).appid
        with self._lock:
            granted = self._authorizations.pop((asking, account.appid), None)
        if granted is None:
            raise LookupError(f"{account.appid} did not let {asking} act for it")
        self._world.credentials.end_platform_tokens(account.appid, asking, now=self._now)
        self._tell(InfoType.UNAUTHORIZED, granted, {})

    def acts_for(self, appid: str | None = None) -> tuple[str, ...]:
        """The appids of the accounts that let a platform act for them."""
        asking = self.named(appid).appid
        return tuple(account for platform, account in self._authorizations if platform == asking)

    def redeem(self, platform: Account, auth_code: str) -> Authorization:
        """What an auth_code stands for.

        Raises:
            Refusal: it is unknown or used (61009) or expired (61010), or the account has taken it all back (61003).
        """
        with self._lock:
            pending, shown = self._pending.get(auth_code), tail(auth_code)
            if pending is None or pending.granted is None or pending.platform != platform.appid:
                raise Refusal(
                    61009,
                    en=f"{platform.appid} has no auth_code {shown}, or it was used",
                    zh=f"{platform.appid} 没有 auth_code {shown}，或已被使用",
                )
            if self._now >= pending.until:
                ago = span(self._now - pending.until)
                why = Words(en=f"auth_code {shown} expired {ago.en} ago", zh=f"auth_code {shown} 已过期 {ago.zh}")
                raise Refusal(61010, en=why.en, zh=why.zh)
            self.authorization(platform, pending.granted.appid)
            self._pending.take(auth_code)
            return pending.granted

    def authorization(self, platform: Account, appid: str) -> Authorization:
        """What an account granted a platform; refuses with 61003 when that is nothing."""
        granted = self._authorizations.get((platform.appid, appid))
        if granted is None:
            raise Refusal(
                61003,
                en=f"{appid} did not let {platform.appid} act for it: its admin has to open componentloginpage",
                zh=f"{appid} 未授权给第三方平台 {platform.appid}：需管理员打开 componentloginpage 授权",
            )
        return granted

    def find(self, appid: str) -> Account | None:
        """The platform of an appid, None when it is none of this world."""
        account = self._world.account_of(appid)
        return account if account is not None and account.kind is AccountKind.THIRD_PARTY else None

    def named(self, appid: str | None = None) -> Account:
        """As `find`; without an appid the first of the world."""
        platforms = [account for account in self._world.accounts if account.kind is AccountKind.THIRD_PARTY]
        for account in platforms:
            if appid in (None, account.appid):
                return account
        known = ", ".join(account.appid for account in platforms)
        raise LookupError(f"{appid or 'the world'} is no third-party platform; there are {known or 'none'}")

    @property
    def _now(self) -> float:
        return self._world.clock.now()

    def _issued(self, kind: str, pending: _Pending) -> str:
        value = self._world.mint.grant_code(kind)
        self._pending.put(value, pending, until=pending.until + REMEMBERED_SECONDS, now=self._now)
        return value

    def _ticket(self, platform: Account, at: float) -> str:
        return self._world.mint.verify_ticket(platform.appid, int(at // PUSH_SECONDS))

    def _message(self, platform: Account, at: float) -> Message:
        return self._sealed(platform, InfoType.TICKET, {"ComponentVerifyTicket": self._ticket(platform, at)}, at)

    def _sealed(self, platform: Account, info_type: InfoType, fields: Mapping[str, str | int], at: float) -> Message:
        about = fields.get("AuthorizerAppid", "")
        chance = self._world.mint.push_chance(f"{platform.appid} {info_type} {about}", int(at))
        text = event(platform.appid, info_type, fields, at=at)
        return sealed_message(text, appid=platform.appid, push=platform.push, at=at, chance=chance)

    def _await_next(self, at: float) -> None:
        """Push the next ticket when it is there, but none that has lived its time meanwhile."""
        oldest = self._now - TICKET_SECONDS
        due = (max(at, oldest) // PUSH_SECONDS + 1) * PUSH_SECONDS
        self._world.clock.register(due, self._fall_due)

    def _fall_due(self, at: float) -> None:
        alive = at > self._now - TICKET_SECONDS
        for appid in tuple(self._urls) if alive else ():
            self._push_ticket(self.named(appid), at)
        if self._urls:
            self._await_next(at)

    def _push_ticket(self, platform: Account, at: float) -> None:
        self._push(InfoType.TICKET, self._message(platform, at), {"component_appid": platform.appid})

    def _tell(self, info_type: InfoType, granted: Authorization, more: Mapping[str, str | int]) -> None:
        """Tell a platform, if it wants to know, what became of an authorization."""
        if granted.platform not in self._urls:
            return
        message = self._sealed(
            self.named(granted.platform), info_type, {"AuthorizerAppid": granted.appid, **more}, self._now
        )
        self._push(info_type, message, {"component_appid": granted.platform, "authorizer_appid": granted.appid})

    def _push(self, info_type: InfoType, message: Message, about: Mapping[str, str]) -> None:
        url = self._urls[about["component_appid"]]
        self._deliveries.add(Delivery(url=url, message=message, told=lambda said: self._told(info_type, about, said)))

    def _told(self, info_type: InfoType, about: Mapping[str, str], said: str) -> None:
        """Write into the journal how a push ended."""
        words = Words(en="the app has to answer the plain text success", zh="应用应返回纯文本 success")
        self._world.journal.record(
            f"push/{info_type}",
            about.items(),
            at=self._now,
            answer=said,
            reason=None if said == SUCCESS else words,
        )
