"""What a client sends that WeChat would refuse, or that is risky: judged from the journal of a world.

A client is an account and a piece of software: the links of an app, which browsers open, or its server calls under one
user agent. A call that names no account counts for the account that its software named last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wxauth.sandbox.journal import LIMIT, Entry
from wxauth.sandbox.lint_rules import RULES, Seen, Severity
from wxauth.sandbox.wechat.server import is_call
from wxauth.sandbox.wechat.traits import FRAGMENT, LINKS, UNNAMED
from wxauth.sandbox.words import Words

if TYPE_CHECKING:
    from wxauth.sandbox.world import World

NAMES_AN_ACCOUNT = ("appid", "component_appid", "corpid")
LINKS_OF_AN_APP = "links"
WORST_FIRST = tuple(Severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A rule that a client broke.

    Attributes:
        rule: its name, ``state-reused``.
        severity: refused by WeChat, risky, or a note.
        words: what is wrong, and what to do.
        source: where WeChat, or somebody who met it, says so.
        count: how often.
        example: the latest exchange that shows it.
    """

    rule: str
    severity: Severity
    words: Words
    source: str
    count: int
    example: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Linted:
    """One client and what was found.

    Attributes:
        appid: its account; empty where it never named one.
        client: ``links``, or the name of the software that calls, ``python-requests``.
        exchanges: how many were looked at.
        findings: the worst first.
    """

    appid: str
    client: str
    exchanges: int
    findings: tuple[Finding, ...]


def lint(world: World, *, latest: int = LIMIT) -> tuple[Linted, ...]:
    """The clients of a world in the order they came, judged by so many of the latest exchanges."""
    clients: dict[tuple[str, str], list[Entry]] = {}
    for appid, client, entry in _assigned(world, latest):
        clients.setdefault((appid, client), []).append(entry)
    return tuple(
        Linted(appid=appid, client=client, exchanges=len(entries), findings=_findings(entries))
        for (appid, client), entries in clients.items()
    )


def _assigned(world: World, latest: int) -> Iterator[tuple[str, str, Entry]]:
    """Each exchange that a client began, with its account and its software."""
    of_openid = {world.openid(one, account.appid): account.appid for account in world.accounts for one in world.people}
    named_last: dict[str, str] = {}
    for entry in reversed(world.journal.latest(latest)):
        given = dict(entry.parameters)
        if entry.operation in LINKS or entry.operation == FRAGMENT:
            yield given.get("appid", given.get("component_appid", "")), LINKS_OF_AN_APP, entry
        elif is_call(f"/{entry.operation}"):
            client = entry.client or UNNAMED
            named = next((given[name] for name in NAMES_AN_ACCOUNT if given.get(name)), None)
            appid = named or of_openid.get(given.get("openid", "")) or named_last.get(client, "")
            named_last[client] = appid
            yield appid, client, entry


def _findings(entries: Sequence[Entry]) -> tuple[Finding, ...]:
    """A refusal counts for the first of the rules that explain refusals; whatever a fault did counts for none."""
    findings: list[Finding] = []
    explained: set[int] = set()
    natural = Seen(entry for entry in entries if entry.fault is None)
    for rule in RULES:
        broken = list(rule.broken_by(natural))
        if rule.severity is Severity.REFUSED:
            broken = [entry for entry in broken if entry.number not in explained]
            explained.update(entry.number for entry in broken)
        if broken:
            findings.append(
                Finding(
                    rule=rule.name,
                    severity=rule.severity,
                    words=rule.words,
                    source=rule.source,
                    count=len(broken),
                    example=broken[-1],
                )
            )
    return tuple(sorted(findings, key=lambda finding: WORST_FIRST.index(finding.severity)))
