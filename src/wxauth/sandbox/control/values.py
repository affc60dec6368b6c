"""What goes over the wire of the control API: the answers, and the bodies that are sent."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from wxauth.sandbox.accounts import AccountKind
from wxauth.sandbox.journal import Entry
from wxauth.sandbox.lint import Linted
from wxauth.sandbox.next_visits import Decision, Scene, Service
from wxauth.sandbox.words import Words

MOST_CHARACTERS = 64
UNWRITABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Error:
    """Why a request was refused.

    Attributes:
        what: what is wrong.
        next: what to do about it.
    """

    what: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """The body of every answer that is not a success.

    Attributes:
        error: why.
    """

    error: Error


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The virtual time of a world.

    Attributes:
        unix: seconds since 1970.
        utc: the same for people, such as 2026-01-01T00:00:00Z; whole seconds.
        frozen: whether it stands still.
    """

    unix: float
    utc: str
    frozen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A world, in a few words.

    Attributes:
        appids: its accounts; any of them names the world in ``?world=``.
        default: whether it is the world of whatever names no other.
        strict: whether loopback callbacks have to be registered like any other.
        clock: its virtual time.
        people: how many live there.
        exchanges: how many the journal holds.
    """

    appids: tuple[str, ...]
    default: bool
    strict: bool
    clock: Clock
    people: int
    exchanges: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Who answers here.

    Attributes:
        version: of wxauth.
        build: fingerprint of the sandbox's source files when it was started.
        pid: of its process.
        nonce: another one at every start.
        worlds: all of them, the default world first.
    """

    version: str
    build: str
    pid: int
    nonce: str
    worlds: tuple[World, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account.

    Attributes:
        appid: its appid.
        secret: its secret, which is worth nothing outside the sandbox.
        name: what people see on the consent sheet.
        kind: what sort of account it is.
        bound: whether people have a unionid here.
        callback_domains: the registered 网页授权域名.
        scopes: what it may ask for.
        ip_whitelist: addresses from which it may get its own tokens; none for anywhere.
        world: the first appid of its world.
    """

    appid: str
    secret: str = field(repr=False)
    name: str
    kind: AccountKind
    bound: bool
    callback_domains: tuple[str, ...]
    scopes: tuple[str, ...]
    ip_whitelist: tuple[str, ...]
    world: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """Accounts.

    Attributes:
        accounts: in the order they came.
    """

    accounts: tuple[Account, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account to be; its appid and secret are made here. What is null is as accounts of the kind have it.

    Attributes:
        kind: what sort of account it is.
        name: 1 to 64 characters.
        bound: whether people have a unionid here.
        callback_domains: the registered 网页授权域名, each a bare domain; a test account may add a port.
        scopes: what it may ask for; none for an unverified account.
        ip_whitelist: addresses from which it may get its own tokens; none for anywhere.
    """

    kind: AccountKind = AccountKind.SERVICE
    name: str | None = None
    bound: bool | None = None
    callback_domains: tuple[str, ...] | None = None
    scopes: tuple[str, ...] | None = None
    ip_whitelist: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.name is not None:
            check_length("name", self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackDomains:
    """The callback domains of an account.

    Attributes:
        callback_domains: the 网页授权域名, each a bare domain; a test account may add a port.
    """

    callback_domains: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """How far to move a clock forwards: the sum of what is given.

    Attributes:
        seconds: 0 or more.
        minutes: 0 or more.
        hours: 0 or more.
        days: 0 or more.
    """

    seconds: float = 0
    minutes: float = 0
    hours: float = 0
    days: float = 0

    def __post_init__(self) -> None:
        if min(self.seconds, self.minutes, self.hours, self.days) < 0:
            raise ValueError("a clock is advanced forwards; set it to go back")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A time to set a clock to.

    Attributes:
        unix: seconds since 1970.
    """

    unix: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """Exchanges.

    Attributes:
        entries: oldest first.
    """

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lint:
    """A report.

    Attributes:
        clients: in the order they came.
    """

    clients: tuple[Linted, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many exchanges there are.

    Attributes:
        count: of those asked for.
    """

    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFault:
    """Something that shall go wrong.

    Attributes:
        operation: a call such as sns/userinfo, its alias such as userinfo, a page (authorize, qrconnect, qr.poll),
            callback for the way back to the app, or * for every server call.
        what: an errcode by number or name, http-502, reset, lost-answer, slow and so on; for authorize the number of an
            error page.
        times: how often it hits; null until it is cleared.
        chance: how likely it hits a call that it could hit, above 0 and at most 1.
        seed: other seeds, other calls that it hits by chance.
        nth: the first call that it can hit; 1 is the next.
        appid: hits only calls of this account.
        person: hits only calls about this person.
        seconds: of a slow answer, in real time.
        jitter_seconds: at most so much is added to seconds.
    """

    operation: str
    what: int | str
    times: int | None = 1
    chance: float = 1
    seed: int = 0
    nth: int = 1
    appid: str | None = None
    person: str | None = None
    seconds: float = 0
    jitter_seconds: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that goes wrong.

    Attributes:
        number: counts the faults of a world, from 1.
        operation: the full name of a call, a page, callback, or * for every server call.
        what: an errcode, http- and a status, the name of another kind, or the number of an error page.
        times: how often it still hits; null until it is cleared.
        chance: how likely it hits a call that it could hit.
        seed: other seeds, other calls that it hits by chance.
        nth: the first call that it can hit, counted from when it was set.
        appid: hits only calls of this account; null for all.
        person: hits only calls about the person of this name; null for all.
        seconds: of a slow answer, in real time.
        jitter_seconds: at most so much is added to seconds.
    """

    number: int
    operation: str
    what: str
    times: int | None
    chance: float
    seed: int
    nth: int
    appid: str | None
    person: str | None
    seconds: float
    jitter_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """Faults of a world.

    Attributes:
        faults: in the order they were set.
    """

    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A fault by the name of the trouble it imitates.

    Attributes:
        name: of the trouble.
        operation: the call that goes wrong.
        what: as a new fault has it.
        words: the trouble, for people.
    """

    name: str
    operation: str
    what: str
    words: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Presets:
    """All presets.

    Attributes:
        presets: grouped by call.
    """

    presets: tuple[Preset, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NextPerson:
    """Who comes.

    Attributes:
        person: name, nickname, a word of the nickname, or an openid.
        scene: where they open the link.
        service: snapshot for a snapshot page, full for who tapped 使用完整服务 there; null: as link and person have it.
        nickname: what they choose to be called, under the switch consent_profile_choice; null: what they are called.
    """

    person: str
    scene: Scene = Scene.LINK
    service: Service | None = None
    nickname: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NextDecision:
    """What they decide.

    Attributes:
        decision: allow or refuse.
    """

    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class NextVisits:
    """What was said of the next visits.

    Attributes:
        people: names of those to come, the next one first.
        decisions: what they will decide, the next one first.
    """

    people: tuple[str, ...]
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshots:
    """The snapshots of a world.

    Attributes:
        snapshots: their names, in the order they were first made.
    """

    snapshots: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PushTo:
    """Where the tickets of a third-party platform go.

    Attributes:
        url: 授权事件接收URL, http or https; null: push nothing.
    """

    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """A third-party platform.

    Attributes:
        appid: its component_appid.
        ticket: the newest component_verify_ticket.
        push_token: 消息校验Token.
        encoding_aes_key: 消息加解密Key.
        push_url: where the tickets are pushed to.
        acts_for: appids of the accounts that let it act for them.
    """

    appid: str
    ticket: str
    push_token: str
    encoding_aes_key: str
    push_url: str | None
    acts_for: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorizer:
    """Which account lets the platform act for it, or no longer does.

    Attributes:
        appid: of the account; by default the first of the world.
    """

    appid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthCode:
    """What the page of a third-party platform sends its admin back with.

    Attributes:
        appid: of the account whose admin agreed.
        auth_code: for the platform to ask api_query_auth with, once.
    """

    appid: str
    auth_code: str


def check_length(field_name: str, value: str) -> None:
    """Raise ValueError for a name that is empty, too long or cannot be written on one line."""
    if not value.strip() or len(value) > MOST_CHARACTERS or UNWRITABLE.search(value):
        raise ValueError(f"{field_name} has 1 to {MOST_CHARACTERS} characters, none of them a control character")
