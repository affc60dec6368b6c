"""The typed client of the control API: what the command uses, and what tests of any Python project can use."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ssl import create_default_context
from typing import TypeVar
from urllib.parse import SplitResult, quote, urlencode, urlsplit

import msgspec

from wxauth.sandbox.control import code_values, person_values, switch_values, values
from wxauth.sandbox.control.route import PREFIX, Method
from wxauth.sandbox.document import Document
from wxauth.sandbox.journal import Entry
from wxauth.sandbox.lint import Linted
from wxauth.sandbox.next_visits import Decision, Scene, Service

T = TypeVar("T")
Parameters = dict[str, str | int | float | bool | None]


class ControlError(Exception):
    """The sandbox did not do what it was asked.

    Attributes:
        what: what is wrong.
        next: what to do about it.
    """

    def __init__(self, what: str, *, next: str) -> None:  # noqa: A002  the word of the answer
        super().__init__(f"{what}; {next}")
        self.what = what
        self.next = next


class Refused(ControlError):
    """The sandbox refused, and nothing has changed.

    Attributes:
        status: of the HTTP answer.
    """

    def __init__(self, status: int, error: values.Error) -> None:
        super().__init__(error.what, next=error.next)
        self.status = status


class TimedOut(Refused):
    """What was waited for did not happen in time."""


class Unreachable(ControlError):
    """No sandbox answers at the address."""


def _address(url: str) -> SplitResult:
    refused = ValueError(f"{url[:80]!r} is not the address of a sandbox, such as http://127.0.0.1:8911")
    try:
        parts = urlsplit(url)
        is_one = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise refused from None
    if not is_one:
        raise refused
    return parts


class SandboxClient:
    """Controls a sandbox that runs somewhere else; every method is one request.

    Args:
        url: of the sandbox, as `WXAUTH_SANDBOX_URL` has it.
        world: any appid of the world that is meant; None for the default world.
        timeout_seconds: how long to wait for an answer.
        ca_pem: the certificate to trust for https, beside those that the machine trusts.

    Raises:
        ValueError: the url is no http:// or https:// address.
    """

    def __init__(
        self, url: str, *, world: str | None = None, timeout_seconds: float = 10, ca_pem: str | None = None
    ) -> None:
        parts = _address(url)
        self.url = f"{parts.scheme}://{parts.netloc}"
        self.world = world
        self.timeout_seconds = timeout_seconds
        self.ca_pem = ca_pem

    def in_world(self, appid: str) -> SandboxClient:
        """The same sandbox, and the world of an account."""
        return SandboxClient(self.url, world=appid, timeout_seconds=self.timeout_seconds, ca_pem=self.ca_pem)

    def status(self) -> values.Status:
        """Who answers there, and which worlds there are."""
        return self._ask("GET", "/status", values.Status, anywhere=True)

    def reset(self) -> values.World:
        """Lead the world back to its first state: accounts, people, time; nothing has happened yet."""
        return self._ask("POST", "/reset", values.World)

    def remove_world(self, appid: str) -> values.World:
        """Remove the world of an account, with everything in it. The default world stays."""
        return self._ask("DELETE", f"/worlds/{_part(appid)}", values.World, anywhere=True)

    def people(self) -> tuple[person_values.Person, ...]:
        """The people of the world."""
        return self._ask("GET", "/people", person_values.People).people

    def add_person(self, person: person_values.NewPerson) -> person_values.Person:
        """Let somebody move into the world."""
        return self._ask("POST", "/people", person_values.Person, body=person)

    def crowd(self, count: int, *, appid: str | None = None) -> person_values.Crowd:
        """Let many people move into the world at once, who follow an account, by default the first."""
        return self._ask("POST", "/crowd", person_values.Crowd, body=person_values.NewCrowd(count=count, appid=appid))

    def change_person(self, person: str, changed: person_values.ChangedPerson) -> person_values.Person:
        """Let a person become other than they were; codes and tokens of before stand for them as they are now."""
        return self._ask("POST", f"/people/{_part(person)}", person_values.Person, body=changed)

    def remove_person(self, person: str) -> person_values.Person:
        """Let somebody move out of the world."""
        return self._ask("DELETE", f"/people/{_part(person)}", person_values.Person)

    def follow(self, person: str, *, appid: str | None = None) -> person_values.Person:
        """Let a person follow an account, by default the first of the world."""
        return self._ask(
            "POST", f"/people/{_part(person)}/follow", person_values.Person, body=person_values.Follow(appid=appid)
        )

    def unfollow(self, person: str, *, appid: str | None = None) -> person_values.Person:
        """Let a person no longer follow an account, by default the first of the world."""
        return self._ask(
            "POST", f"/people/{_part(person)}/unfollow", person_values.Person, body=person_values.Follow(appid=appid)
        )

    def accounts(self) -> tuple[values.Account, ...]:
        """The accounts of the world, or of all worlds when this client names none."""
        return self._ask("GET", "/accounts", values.Accounts).accounts

    def add_account(self, account: values.NewAccount | None = None) -> values.Account:
        """Make an account with an appid of its own, in a fresh world unless this client names one.

        `in_world` with its appid leads there.
        """
        return self._ask("POST", "/accounts", values.Account, body=account or values.NewAccount())

    def register_domains(self, appid: str, callback_domains: Sequence[str]) -> values.Account:
        """Let an account have these callback domains and no others, as its admin does in WeChat's console."""
        body = values.CallbackDomains(callback_domains=tuple(callback_domains))
        return self._ask("POST", f"/accounts/{_part(appid)}/domains", values.Account, body=body)

    def bind(self, appid: str) -> values.Account:
        """Bind an account to the open-platform account of its world, so that people have a unionid there."""
        return self._ask("POST", f"/accounts/{_part(appid)}/bind", values.Account, anywhere=True)

    def unbind(self, appid: str) -> values.Account:
        """Unbind an account from the open-platform account of its world: no unionid there any more."""
        return self._ask("POST", f"/accounts/{_part(appid)}/unbind", values.Account, anywhere=True)

    def issue_code(self, wished: code_values.NewCode) -> code_values.Code:
        """The code that a person's sign-in gives an account, without a page: of a link, a QR code or wx.login."""
        return self._ask("POST", "/codes", code_values.Code, body=wished)

    def issue_phone_code(self, wished: code_values.NewPhoneCode) -> code_values.Code:
        """The code that a mini program gets when a person agrees to tell their phone number."""
        return self._ask("POST", "/codes/phone", code_values.Code, body=wished)

    def clock(self) -> values.Clock:
        """The virtual time."""
        return self._ask("GET", "/clock", values.Clock)

    def freeze(self) -> values.Clock:
        """Let time stand still."""
        return self._ask("POST", "/clock/freeze", values.Clock)

    def resume(self) -> values.Clock:
        """Let time run again, from where it stands."""
        return self._ask("POST", "/clock/resume", values.Clock)

    def advance(self, *, seconds: float = 0, minutes: float = 0, hours: float = 0, days: float = 0) -> values.Clock:
        """Move time forwards, by the sum of what is given."""
        span = values.Span(seconds=seconds, minutes=minutes, hours=hours, days=days)
        return self._ask("POST", "/clock/advance", values.Clock, body=span)

    def set_clock(self, at: datetime | float) -> values.Clock:
        """Set the time, forwards or backwards.

        Args:
            at: a time with a time zone, or seconds since 1970.
        """
        if isinstance(at, datetime) and at.tzinfo is None:
            raise ValueError("a time to set needs a time zone")
        unix = at.timestamp() if isinstance(at, datetime) else at
        return self._ask("POST", "/clock/set", values.Clock, body=values.Moment(unix=unix))

    def journal(
        self,
        *,
        operation: str | None = None,
        person: str | None = None,
        refused: bool | None = None,
        after: int = 0,
        limit: int = 100,
    ) -> tuple[Entry, ...]:
        """The latest exchanges, oldest first.

        Args:
            operation: ``authorize``, ``sns/userinfo`` and so on.
            person: those that name this person, or an openid of theirs.
            refused: True for refusals only, False for successes only.
            after: those with a higher number.
            limit: how many at most.
        """
        which = _which(operation, person, refused, after)
        return self._ask("GET", "/journal", values.Entries, query=which | {"limit": limit}).entries

    def count(
        self, *, operation: str | None = None, person: str | None = None, refused: bool | None = None, after: int = 0
    ) -> int:
        """How many exchanges there were; the arguments are those of `journal`."""
        return self._ask("GET", "/journal/count", values.Count, query=_which(operation, person, refused, after)).count

    def wait_for(
        self,
        *,
        operation: str | None = None,
        person: str | None = None,
        refused: bool | None = None,
        after: int = 0,
        count: int = 1,
        timeout_seconds: float = 10,
    ) -> tuple[Entry, ...]:
        """The exchanges, as soon as there are so many; those of the past count. The arguments are those of `journal`.

        Args:
            count: how many there have to be.
            timeout_seconds: of real time, at most 60.

        Raises:
            TimedOut: there were fewer.
        """
        wanted = _which(operation, person, refused, after) | {"count": count, "timeout_seconds": timeout_seconds}
        return self._ask("GET", "/journal/wait", values.Entries, query=wanted, extra_seconds=timeout_seconds).entries

    def lint(self) -> tuple[Linted, ...]:
        """What each client sends that WeChat would refuse or that is risky, judged from the journal."""
        return self._ask("GET", "/lint", values.Lint).clients

    def switches(self) -> tuple[switch_values.Switch, ...]:
        """How the world behaves where WeChat's own behaviour is unsure."""
        return self._ask("GET", "/switches", switch_values.Switches).switches

    def flip(self, switch: str, value: switch_values.SwitchValue) -> switch_values.Switch:
        """Flip a switch, until the world is reset."""
        to = switch_values.SwitchTo(value=value)
        return self._ask("POST", f"/switches/{_part(switch)}", switch_values.Switch, body=to)

    def next_visits(self) -> values.NextVisits:
        """Who is said to open the authorize page next, and what they will decide."""
        return self._ask("GET", "/next", values.NextVisits)

    def next_person(
        self,
        person: str,
        *,
        scene: Scene = Scene.LINK,
        service: Service | None = None,
        nickname: str | None = None,
    ) -> values.NextVisits:
        """Let the next visit of which nobody says who it is be this person's; they agree to everything."""
        wished = values.NextPerson(person=person, scene=scene, service=service, nickname=nickname)
        return self._ask("POST", "/next/person", values.NextVisits, body=wished)

    def next_decision(self, decision: Decision) -> values.NextVisits:
        """Let the next person allow or refuse."""
        return self._ask("POST", "/next/decision", values.NextVisits, body=values.NextDecision(decision=decision))

    def platform(self) -> values.Platform:
        """The first third-party platform, with its newest component_verify_ticket."""
        return self._ask("GET", "/platform", values.Platform)

    def push_tickets(self, url: str | None) -> values.Platform:
        """Push the tickets of the platform to an address: the newest at once, then one each ten minutes."""
        return self._ask("POST", "/platform/push", values.Platform, body=values.PushTo(url=url))

    def snapshots(self) -> tuple[str, ...]:
        """The names of the snapshots of the world."""
        return self._ask("GET", "/snapshots", values.Snapshots).snapshots

    def snapshot(self, name: str) -> tuple[str, ...]:
        """Keep everything in the world as it is now, its time included, under a name."""
        return self._ask("POST", f"/snapshots/{_part(name)}", values.Snapshots).snapshots

    def restore(self, name: str) -> values.World:
        """Go back to a snapshot, in time too."""
        return self._ask("POST", f"/snapshots/{_part(name)}/restore", values.World)

    def forget_snapshot(self, name: str) -> tuple[str, ...]:
        """Forget a snapshot."""
        return self._ask("DELETE", f"/snapshots/{_part(name)}", values.Snapshots).snapshots

    def export(self) -> Document:
        """Everything in the world as one document, its secrets and tokens included."""
        return self._ask("GET", "/export", Document)

    def load(self, document: Document) -> values.World:
        """Let the world become that of a document, in place of everything in it but its snapshots."""
        return self._ask("POST", "/import", values.World, body=document)

    def authorize_platform(self, *, appid: str | None = None) -> values.AuthCode:
        """Let the platform act for an account, by default the first of the world."""
        return self._ask("POST", "/platform/authorize", values.AuthCode, body=values.Authorizer(appid=appid))

    def revoke_platform(self, *, appid: str | None = None) -> values.Platform:
        """Take back what an account, by default the first of the world, let the platform do."""
        return self._ask("POST", "/platform/revoke", values.Platform, body=values.Authorizer(appid=appid))

    def faults(self) -> tuple[values.Fault, ...]:
        """The faults that can still hit, in the order they were set."""
        return self._ask("GET", "/faults", values.Faults).faults

    def add_fault(self, fault: values.NewFault) -> values.Fault:
        """Let something go wrong."""
        return self._ask("POST", "/faults", values.Fault, body=fault)

    def clear_faults(self) -> tuple[values.Fault, ...]:
        """Forget all faults, and say which there were."""
        return self._ask("DELETE", "/faults", values.Faults).faults

    def clear_fault(self, number: int) -> values.Fault:
        """Forget the fault of a number."""
        return self._ask("DELETE", f"/faults/{number}", values.Fault)

    def presets(self) -> tuple[values.Preset, ...]:
        """Faults by the name of the trouble they imitate."""
        return self._ask("GET", "/presets", values.Presets, anywhere=True).presets

    def add_preset(self, preset: str) -> values.Fault:
        """Set the fault of a preset."""
        return self._ask("POST", f"/presets/{_part(preset)}", values.Fault)

    def _ask(
        self,
        method: Method,
        path: str,
        answer: type[T],
        *,
        query: Parameters | None = None,
        body: object = None,
        anywhere: bool = False,
        extra_seconds: float = 0,
    ) -> T:
        given: Parameters = {**({} if anywhere else {"world": self.world}), **(query or {})}
        text = urlencode({name: _text(value) for name, value in given.items() if value is not None})
        status, sent = self._exchange(method, f"{PREFIX}{path}?{text}", body, extra_seconds)
        return self._read(status, sent, answer)

    def _exchange(self, method: Method, target: str, body: object, extra_seconds: float) -> tuple[int, bytes]:
        content = None if body is None else msgspec.json.encode(body)
        headers = {} if body is None else {"Content-Type": "application/json"}
        with self._connection(self.timeout_seconds + extra_seconds) as connection:
            try:
                connection.request(method, target, content, headers)
                response = connection.getresponse()
                return response.status, response.read()
            except (OSError, HTTPException) as error:
                raise Unreachable(
                    f"no sandbox answers at {self.url} ({type(error).__name__})",
                    next="start one with wxauth sandbox, or name another address",
                ) from error

    @contextmanager
    def _connection(self, seconds: float) -> Generator[HTTPConnection]:
        connection = self._opened(urlsplit(self.url), seconds)
        try:
            yield connection
        finally:
            connection.close()

    def _opened(self, parts: SplitResult, seconds: float) -> HTTPConnection:
        if parts.scheme == "http":
            return HTTPConnection(parts.hostname or "", parts.port, timeout=seconds)
        context = create_default_context()
        if self.ca_pem is not None:
            context.load_verify_locations(cadata=self.ca_pem)
        return HTTPSConnection(parts.hostname or "", parts.port, timeout=seconds, context=context)

    def _read(self, status: int, sent: bytes, answer: type[T]) -> T:
        try:
            if status < 300:
                return msgspec.json.decode(sent, type=answer)
            error = msgspec.json.decode(sent, type=values.Failure).error
        except msgspec.DecodeError as unreadable:
            raise Unreachable(
                f"what answers at {self.url} is no sandbox of this version",
                next="look at its address, and at wxauth sandbox status",
            ) from unreadable
        raise (TimedOut if status == 504 else Refused)(status, error)


def _text(value: str | float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _part(value: str) -> str:
    return quote(value, safe="")


def _which(operation: str | None, person: str | None, refused: bool | None, after: int) -> Parameters:
    return {"operation": operation, "person": person, "refused": refused, "after": after}
