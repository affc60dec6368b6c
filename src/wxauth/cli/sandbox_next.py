"""`wxauth sandbox next`: who opens the authorize page next, and what they decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from wxauth.cli.lazy_commands import Defaulting
from wxauth.cli.sandbox_remote import Shown, remote

if TYPE_CHECKING:
    from wxauth.sandbox.control.client import SandboxClient
    from wxauth.sandbox.control.values import NextVisits

DECISIONS = ("allow", "refuse")
SCENES = ("link", "menu", "conversation", "scan")
SERVICES = ("snapshot", "full")


@click.group("next", cls=Defaulting)
def sandbox_next() -> None:
    """Say in advance who opens the authorize page next, and what they decide.

    预先指定：谁将打开授权页，以及同意还是拒绝。

    For tests without a browser: the next visit of which nobody says who it is needs no cookie, no header and no WeChat,
    and is sent straight back.

    \b
    Examples:
      wxauth sandbox next
      wxauth sandbox next person 小明
      wxauth sandbox next person 波 --scene menu
      wxauth sandbox next decision refuse
    """  # noqa: D301  click's mark for lines to keep


@sandbox_next.command("list")
@remote
def _list(client: SandboxClient) -> Shown:
    """List who is said to come, and what they will decide (列出)."""
    return _shown(client.next_visits())


@sandbox_next.command("person")
@click.argument("person")
@click.option("--scene", type=click.Choice(SCENES), default="link", show_default=True, help="Where it is opened. 场景")
@click.option("--service", type=click.Choice(SERVICES), help="Whether they see a snapshot page. 快照页或完整服务")
@click.option("--nickname", help="What they call themselves to this account. 展示给公众号的昵称")
@remote
def _person(client: SandboxClient, *, person: str, scene: str, service: str | None, nickname: str | None) -> Shown:
    """Let the next visit be this PERSON's, who agrees to everything (下一位访客)."""
    from wxauth.sandbox.next_visits import Scene, Service

    wished = None if service is None else Service(service)
    return _shown(client.next_person(person, scene=Scene(scene), service=wished, nickname=nickname))


@sandbox_next.command("decision")
@click.argument("decision", type=click.Choice(DECISIONS))
@remote
def _decision(client: SandboxClient, *, decision: str) -> Shown:
    """Let the next person allow or refuse (下一个决定)."""
    from wxauth.sandbox.next_visits import Decision

    return _shown(client.next_decision(Decision(decision)))


def _shown(visits: NextVisits) -> Shown:
    people = [f"{number}  {name}" for number, name in enumerate(visits.people, start=1)]
    decisions = [f"{number}  {decision}" for number, decision in enumerate(visits.decisions, start=1)]
    lines = [
        *(["people 访客:", *people] if people else ["nobody is said to come   尚未指定访客"]),
        *(["decisions 决定:", *decisions] if decisions else []),
    ]
    return Shown(value=visits, lines=lines)
