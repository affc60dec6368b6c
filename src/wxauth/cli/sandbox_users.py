"""`wxauth sandbox users`: the people of a world."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from wxauth.cli.lazy_commands import Defaulting
from wxauth.cli.sandbox_remote import Shown, remote

if TYPE_CHECKING:
    from wxauth.sandbox.control.client import SandboxClient
    from wxauth.sandbox.control.values import Person


@click.group("users", cls=Defaulting)
def sandbox_users() -> None:
    """List, add and remove the people of a world; let them follow an account and unfollow it.

    用户：列出、添加、删除，关注与取消关注。

    PERSON is a name, a nickname, a word of it, or an openid.

    \b
    Examples:
      wxauth sandbox users
      wxauth sandbox users add 小红 --nickname 小红🌸 --follows
      wxauth sandbox users unfollow 安
      wxauth sandbox users remove 小红
    """  # noqa: D301  click's mark for lines to keep


@sandbox_users.command("list")
@remote
def _list(client: SandboxClient) -> Shown:
    """List the people (列出用户)."""
    people = client.people()
    return Shown(value=people, lines=[_line(person) for person in people])


@sandbox_users.command("add")
@click.argument("name")
@click.option("--nickname", help="What they call themselves; by default the name. 昵称")
@click.option("--no-avatar", is_flag=True, help="Somebody without a picture. 无头像")
@click.option("--follows", is_flag=True, help="They follow the first account of the world. 已关注")
@remote
def _add(client: SandboxClient, *, name: str, nickname: str | None, no_avatar: bool, follows: bool) -> Shown:
    """Let somebody move in (添加用户)."""
    from wxauth.sandbox.control.values import COMMON_AVATAR, NewPerson

    person = client.add_person(NewPerson(name=name, nickname=nickname, avatar=None if no_avatar else COMMON_AVATAR))
    return _one(client.follow(person.openid) if follows else person)


@sandbox_users.command("remove")
@click.argument("person")
@remote
def _remove(client: SandboxClient, *, person: str) -> Shown:
    """Let somebody move out (删除用户)."""
    return _one(client.remove_person(person))


@sandbox_users.command("follow")
@click.argument("person")
@click.option("--account", metavar="APPID", help="By default the first account of the world. 公众号")
@remote
def _follow(client: SandboxClient, *, person: str, account: str | None) -> Shown:
    """Let somebody follow an account (关注)."""
    return _one(client.follow(person, appid=account))


@sandbox_users.command("unfollow")
@click.argument("person")
@click.option("--account", metavar="APPID", help="By default the first account of the world. 公众号")
@remote
def _unfollow(client: SandboxClient, *, person: str, account: str | None) -> Shown:
    """Let somebody no longer follow an account (取消关注)."""
    return _one(client.unfollow(person, appid=account))


def _one(person: Person) -> Shown:
    return Shown(value=person, lines=[_line(person)])


def _line(person: Person) -> str:
    marks = [f"follows 已关注 {', '.join(person.follows)}"] if person.follows else []
    marks += [] if person.avatar else ["no avatar 无头像"]
    called = person.name if person.name == person.nickname else f"{person.name} · {person.nickname}"
    return f"{person.openid}  {called}" + (f"  ({', '.join(marks)})" if marks else "")
