"""A world: one isolated universe of accounts, people, codes, grants, a clock and a journal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from threading import RLock
from typing import TYPE_CHECKING

from wxauth.sandbox.accounts import Account, AccountKind, default_accounts, followed
from wxauth.sandbox.bell import Bell
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.codes import Code, Codes
from wxauth.sandbox.corps import CorpCode, Corps
from wxauth.sandbox.credentials import Credentials
from wxauth.sandbox.directory import Directory
from wxauth.sandbox.domains import Domains, check_domain_limit
from wxauth.sandbox.fault import Fault
from wxauth.sandbox.faults import Faults
from wxauth.sandbox.grants import Grant, Grants
from wxauth.sandbox.journal import Journal
from wxauth.sandbox.mini_programs import MiniPrograms
from wxauth.sandbox.mint import Mint
from wxauth.sandbox.next_visits import NextVisits
from wxauth.sandbox.people import Person, crowd, default_people, newcomer
from wxauth.sandbox.platforms import Platforms
from wxauth.sandbox.profiles import Profiles
from wxauth.sandbox.refusal import Refusal
from wxauth.sandbox.remembered import Remembered
from wxauth.sandbox.scans import Scans
from wxauth.sandbox.snapshot import Snapshots
from wxauth.sandbox.switches import Switches

if TYPE_CHECKING:
    from wxauth.sandbox.document import Document
    from wxauth.sandbox.lint import Linted

DEFAULT_SEED = "wxauth"


class World:
    """One isolated WeChat.

    Args:
        accounts: at least one; by default those of every sandbox, one of each kind.
        people: who lives here; by default four, the first of whom follows the first account and the test accounts.
        clock: by default one that shows the real time.
        switches: by default the best guess about WeChat, or under ``strict`` its strictest reading.
        strict: loopback callbacks count like any other host: registered domains only, no port.
        seed: what openids, codes and tokens are derived from.
        salt: mixed into codes and tokens only, see `Mint`.

    Attributes:
        bell: rings when something has happened here.
        journal: what happened here.
        credentials: the tokens and tickets of the accounts themselves.
        faults: what shall go wrong here.
        next: who opens the authorize page next.
        profiles: what people call themselves to an account.
        domains: where the callback domains of its accounts are changed.
        mini_programs: what people do in the mini programs of this world.
        platforms: its third-party platforms, and whom they act for.
        corps: who is a member of its corps of WeCom, and what their apps are given.
        scans: the QR codes of its website applications.
        snapshots: what `snapshot` keeps.
    """

    # What a world is, for an export: see written.py. What is not declared here is not in it.
    seed: str
    salt: str
    strict: bool
    _first_accounts: tuple[Account, ...]
    _first_people: tuple[Person, ...]
    _first_switches: Switches
    _first_faults: tuple[Fault, ...]
    accounts: tuple[Account, ...]
    people: tuple[Person, ...]
    switches: Switches
    clock: Clock
    mint: Mint
    _codes: Codes
    _grants: Grants
    credentials: Credentials
    mini_programs: MiniPrograms
    platforms: Platforms
    corps: Corps
    scans: Scans
    _followers: dict[tuple[str, str], float]
    _signed_in_at: Remembered[float]
    _repeats: Remembered[str]
    next: NextVisits
    profiles: Profiles
    domains: Domains
    faults: Faults
    journal: Journal

    def __init__(
        self,
        *,
        accounts: Iterable[Account] = (),
        people: Iterable[Person] = (),
        clock: Clock | None = None,
        switches: Switches | None = None,
        strict: bool = False,
        seed: str = DEFAULT_SEED,
        salt: str = "",
    ) -> None:
        self.clock = clock or Clock()
        self.strict = strict
        self.seed = seed
        self.salt = salt
        self._first_accounts = tuple(accounts) or default_accounts()
        self._first_people = tuple(people) or default_people(*followed(self._first_accounts))
        self._first_switches = switches or Switches(authorize_strict_order=strict, state_charset_strict=strict)
        self._first_faults = ()
        self.bell = Bell()
        self.snapshots = Snapshots()
        self._lock = RLock()
        if len({person.name for person in self._first_people}) < len(self._first_people):
            raise ValueError("two people of a world cannot have the same name")
        for account in self._first_accounts:
            check_domain_limit(account, self._first_switches)
        self._begin()

    def _begin(self) -> None:
        """Make everything that a reset makes anew."""
        self.accounts = self._first_accounts
        self.people = self._first_people
        self.switches = self._first_switches
        self._furnish()

    def _furnish(self) -> None:
        """Make all parts anew, for the accounts, people and switches there are."""
        self.journal = Journal(bell=self.bell, real=self.clock.real)
        self.mint = Mint(seed=self.seed, salt=self.salt)
        self._directory = Directory(self.openid)
        self.faults = Faults(self, first=self._first_faults)
        self.next = NextVisits(self)
        self.profiles = Profiles(self)
        self.domains = Domains(self)
        self._codes = Codes(mint=self.mint, switches=self.switches)
        self._grants = Grants(mint=self.mint, switches=self.switches)
        self.credentials = Credentials(mint=self.mint)
        self.mini_programs = MiniPrograms(self)
        self.platforms = Platforms(self)
        self.corps = Corps(self)
        self.scans = Scans(self)
        began = self.clock.now()
        self._followers = {(person.name, appid): began for person in self.people for appid in person.follows}
        self._signed_in_at = Remembered()
        self._repeats = Remembered()

    @property
    def account(self) -> Account:
        """The first account."""
        return self.accounts[0]

    def reset(self) -> None:
        """Go back to the first state; where worlds are kept by appid, `Worlds.reset` does it."""
        with self._lock:
            self.clock.reset()
            self._begin()

    def keep_faults(self) -> None:
        """Let every reset bring back the faults that are set now."""
        self._first_faults = self.faults.active()

    def export(self) -> Document:
        """Everything here as one document, but for the snapshots."""
        from wxauth.sandbox.document import written

        with self._lock:
            return written(self)

    def load(self, document: Document) -> None:
        """Become the world of a document, its time and its first state included.

        Where worlds are kept by appid, `Worlds.load` does it.

        Raises:
            Unreadable: a ValueError that says where and what is wrong; nothing has changed.
        """
        from wxauth.sandbox.document import read

        reading = read(document, self)
        with self._lock:
            self.clock.reset()
            reading.begin(self)
            self._furnish()
            reading.finish(self)

    def snapshot(self, name: str) -> None:
        """Keep everything as it is now under a name; raises ValueError for a name that cannot be."""
        self.snapshots.put(name, self.export())

    def restore(self, name: str) -> None:
        """Go back to a snapshot, in time too; raises LookupError naming those there are."""
        self.load(self.snapshots.get(name))

    def account_of(self, appid: str) -> Account | None:
        """The account of an appid, None when it is not of this world."""
        return next((account for account in self.accounts if account.appid == appid), None)

    def find_person(self, key: str) -> Person | None:
        """A person by name, openid (of any account here), nickname or one word of it; None when nobody matches."""
        for account in self.accounts:
            person = self.by_openid(account.appid).get(key)
            if person is not None:
                return person
        named = (person for person in self.people if person.name == key)
        return next(named, None) or next((person for person in self.people if person.answers_to(key)), None)

    def person(self, key: str) -> Person:
        """As `find_person`; raises LookupError naming the people there are."""
        found = self.find_person(key)
        if found is None:
            raise LookupError(f"nobody here is called {key!r}; there are {', '.join(p.name for p in self.people)}")
        return found

    def newcomer(self) -> Person:
        """Let somebody move in who was never here before."""
        with self._lock:
            person = newcomer([person.name for person in self.people])
            self.people = (*self.people, person)
        return person

    def crowd(self, count: int, appid: str | None = None) -> tuple[Person, ...]:
        """Let so many people move in at once, who follow an account, by default the first.

        Raises:
            ValueError: it is a test account, which that many people cannot follow.
        """
        wanted = appid or self.account.appid
        with self._lock:
            came = crowd(count, {person.name for person in self.people}, follows=wanted)
            self._check_room(wanted, *came)
            self.people = (*self.people, *came)
            self._followers |= dict.fromkeys(((person.name, wanted) for person in came), self.clock.now())
        return came

    def by_openid(self, appid: str) -> Mapping[str, Person]:
        """Everybody by their openid at an account, in the order in which they came into the world."""
        return self._directory.at(appid, self.people)

    def change(self, person: Person) -> None:
        """Let whoever has this person's name be like this from now on, for codes and tokens given out before too."""
        if person.name not in {each.name for each in self.people}:
            raise LookupError(f"nobody here is called {person.name!r}")
        self.people = tuple(person if each.name == person.name else each for each in self.people)

    def as_now(self, person: Person) -> Person:
        """Somebody who was here before, as they are now; as they were, when they have moved out."""
        for each in self.people:
            if each.name == person.name:
                return each
        return person

    def bind(self, appid: str, *, bound: bool = True) -> Account:
        """Bind an account to the open-platform account of this world, or unbind it; raises LookupError."""
        account = self.account_of(appid)
        if account is None:
            raise LookupError(f"{appid} is not an account of this world")
        changed = replace(account, bound=bound)
        self.accounts = tuple(changed if each is account else each for each in self.accounts)
        return changed

    def openid(self, person: Person, appid: str | None = None, *, virtual: bool = False) -> str:
        """The person as an account (by default the first) knows them; virtual for a snapshot page."""
        return self.mint.openid(person.name, appid or self.account.appid, virtual=virtual)

    def phone(self, person: Person) -> str:
        """The mobile number of a person, 11 digits."""
        return self.as_now(person).phone or self.mint.phone(person.name)

    def unionid(self, person: Person, account: Account | None = None, *, virtual: bool = False) -> str | None:
        """The person across the accounts of this world; None for an account that is not bound."""
        bound = (account or self.account).bound
        return self.mint.unionid(person.name, virtual=virtual) if bound else None

    def follows(self, person: Person, appid: str) -> bool:
        """Whether the person follows the account now."""
        return (person.name, appid) in self._followers

    def followed_at(self, person: Person, appid: str) -> float | None:
        """Since when the person follows the account, None when they do not."""
        return self._followers.get((person.name, appid))

    def follow(self, person: Person, appid: str | None = None) -> None:
        """Let the person follow an account, by default the first; raises ValueError when it is a full test account."""
        wanted = appid or self.account.appid
        self._check_room(wanted, person)
        self._followers.setdefault((person.name, wanted), self.clock.now())

    def unfollow(self, person: Person, appid: str | None = None) -> None:
        """Let the person no longer follow an account, by default the first."""
        self._followers.pop((person.name, appid or self.account.appid), None)

    def signed_in(self, person: Person, appid: str, *, device: str = "") -> None:
        """Note a sign-in with a profile: it spares the next consent sheet for a while, by switch on this device."""
        now, signer = self.clock.now(), self._signer(person, appid, device)
        self._signed_in_at.put(signer, now, until=now + self.switches.consent_waiver_seconds, now=now)

    def signed_in_recently(self, person: Person, appid: str, *, device: str = "") -> bool:
        """Whether the last such sign-in is recent enough to spare the consent sheet."""
        at = self._signed_in_at.get(self._signer(person, appid, device))
        return at is not None and self.clock.now() < at + self.switches.consent_waiver_seconds

    def _signer(self, person: Person, appid: str, device: str) -> str:
        openid = self.openid(person, appid)
        return f"{openid} {device}" if self.switches.consent_waiver_per_device else openid

    def issue_code(
        self, person: Person, *, appid: str | None = None, scope: str = "snsapi_base", snapshot: bool = False
    ) -> str:
        """The code of a new authorization."""
        with self._lock:
            code = self._codes.issue(
                appid=appid or self.account.appid,
                person=person,
                scope=scope,
                snapshot=snapshot,
                now=self.clock.now(),
            )
        return code.value

    def js_code(self, person: Person, appid: str | None = None) -> str:
        """What ``wx.login`` gives the person in a mini program, by default the first; see `MiniPrograms`."""
        return self.mini_programs.js_code(person, appid)

    def code_for_link(self, link: str, person: Person, *, appid: str, scope: str, snapshot: bool) -> str:
        """As `issue_code`; under ``double_request`` the same link gives the same code for a second."""
        if not self.switches.double_request:
            return self.issue_code(person, appid=appid, scope=scope, snapshot=snapshot)
        key, now = f"{person.name}\0{appid}\0{scope}\0{link}", self.clock.now()
        with self._lock:
            self._repeats.sweep(now)
            code = self._repeats.get(key)
            if code is None:
                code = self.issue_code(person, appid=appid, scope=scope, snapshot=snapshot)
                self._repeats.put(key, code, until=now + 1, now=now)
        return code

    def redeem(self, *, appid: str, code: str) -> Grant:
        """Exchange a code; raises Refusal."""
        account = self._own(appid)
        with self._lock:
            now = self.clock.now()
            redeemed = self._codes.redeem(appid=appid, value=code, now=now)
            return self._grants.open(
                appid=appid,
                person=redeemed.person,
                openid=self.openid(redeemed.person, appid, virtual=redeemed.snapshot),
                unionid=self.unionid(redeemed.person, account, virtual=redeemed.snapshot),
                scope=redeemed.scope,
                snapshot=redeemed.snapshot,
                now=now,
            )

    def refresh(self, *, appid: str, refresh_token: str) -> Grant:
        """Refresh a grant; raises Refusal."""
        self._own(appid)
        with self._lock:
            return self._grants.refresh(appid=appid, refresh_token=refresh_token, now=self.clock.now())

    def grant(self, access_token: str) -> Grant:
        """The living grant of an access_token; raises Refusal."""
        return self._grants.alive(access_token, now=self.clock.now())

    def behind(self, value: str) -> Code | CorpCode | Grant | None:
        """What a code or token stands for, dead or alive; None for what is unknown or forgotten."""
        known = self._codes.known(value) or self._grants.known(value) or self.mini_programs.known(value)
        return known or self.corps.known(value)

    def remembered(self) -> int:
        """How many codes and tokens, dead ones included, are still told from unknown ones."""
        kept = (self._codes, self._grants, self.credentials, self.mini_programs, self.platforms, self.scans, self.corps)
        return sum(len(part) for part in kept)

    def obey(self, switches: Switches) -> None:
        """Go by these switches from now on, until a reset."""
        with self._lock:
            self.switches = switches
            for part in (self._codes, self._grants, self.mini_programs):
                part.obey(switches)

    def lint(self) -> tuple[Linted, ...]:
        """What each client sends that WeChat would refuse or that is risky, see `wxauth.sandbox.lint`."""
        # The rules know the calls, and the calls know the world.
        from wxauth.sandbox.lint import lint

        return lint(self)

    def _check_room(self, appid: str, *people: Person) -> None:
        limit, account = self.switches.test_account_follower_limit, self.account_of(appid)
        if not limit or account is None or account.kind is not AccountKind.TEST:
            return
        names = {person.name for person in people}
        followers = [name for name, of in tuple(self._followers) if of == appid and name not in names]
        if len(followers) + len(names) > limit:
            raise ValueError(f"{appid} is a test account; at most {limit} people can follow it")

    def _own(self, appid: str) -> Account:
        account = self.account_of(appid)
        if account is None:
            raise Refusal(40013, en=f"{appid} is not an account of this world", zh=f"这个世界里没有 {appid}")
        return account
