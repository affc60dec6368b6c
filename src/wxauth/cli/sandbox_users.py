"""`wxauth sandbox users`: the people of a world."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from wxauth.cli.lazy_commands import Defaulting
from wxauth.cli.sandbox_remote import Shown, remote

if TYPE_CHECKING:
    from wxauth.sandbox.control.client import SandboxClient
    from wxauth.sandbox.control.person_values import Person


@click.group("users", cls=Defaulting)
def sandbox_users() -> None:
    """List, add, change and remove the people of a world; let them follow an account and unfollow it.

    用户：列出、添加、修改、删除，关注与取消关注。

    PERSON is a name, a nickname, a word of it, or an openid.

    \b
    Examples:
      wxauth sandbox users
      wxauth sandbox users add 小红 --nickname 小红🌸 --follows
      wxauth sandbox users change 小红 --blocked --phone 13900000001
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
@click.option("--phone", help="Their mobile number, 11 digits. 手机号")
@click.option("--blocked", is_flag=True, help="No mini program may sign them in. 高风险用户")
@click.option("--snapshot", is_flag=True, help="They see a snapshot page in place of the consent sheet. 快照页用户")
@click.option("--userid", help="What the corps of WeCom call them. 企业微信 userid")
@click.option("--outsider", is_flag=True, help="They are a member of no corp of WeCom. 非企业成员")
@remote
def _add(
    client: SandboxClient,
    *,
    name: str,
    nickname: str | None,
    no_avatar: bool,
    follows: bool,
    phone: str | None,
    blocked: bool,
    snapshot: bool,
    userid: str | None,
    outsider: bool,
) -> Shown:
    """Let somebody move in (添加用户)."""
    from wxauth.sandbox.control.person_values import COMMON_AVATAR, NewPerson

    new = NewPerson(
        name=name,
        nickname=nickname,
        avatar=None if no_avatar else COMMON_AVATAR,
        phone=phone,
        blocked=blocked,
        snapshot=snapshot,
        userid=userid,
        member=not outsider,
    )
    person = client.add_person(new)
    return _one(client.follow(person.openid) if follows else person)


@sandbox_users.command("crowd")
@click.argument("count", type=click.IntRange(min=1))
@click.option("--account", metavar="APPID", help="By default the first account of the world. 公众号")
@remote
def _crowd(client: SandboxClient, *, count: int, account: str | None) -> Shown:
    """Let COUNT people move in at once, who follow an account (批量添加关注者)."""
    crowd = client.crowd(count, appid=account)
    return Shown(value=crowd, lines=[f"{crowd.count} people came; there are {crowd.people} now   已添加"])


@sandbox_users.command("change")
@click.argument("person")
@click.option("--nickname", help="What they call themselves. 昵称")
@click.option("--phone", help="Their mobile number, 11 digits. 手机号")
@click.option("--blocked/--unblocked", default=None, help="No mini program may sign them in. 高风险用户")
@click.option("--snapshot/--no-snapshot", default=None, help="They see a snapshot page. 快照页用户")
@click.option("--member/--outsider", default=None, help="They are a member of the corps of WeCom. 企业成员")
@remote
def _change(
    client: SandboxClient,
    *,
    person: str,
    nickname: str | None,
    phone: str | None,
    blocked: bool | None,
    snapshot: bool | None,
    member: bool | None,
) -> Shown:
    """Let somebody become other than they were (修改用户)."""
    from wxauth.sandbox.control.person_values import ChangedPerson

    changed = ChangedPerson(nickname=nickname, phone=phone, blocked=blocked, snapshot=snapshot, member=member)
    return _one(client.change_person(person, changed))


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
    marks += ["blocked 高风险"] if person.blocked else []
    marks += ["snapshot page 快照页"] if person.snapshot else []
    called = person.name if person.name == person.nickname else f"{person.name} · {person.nickname}"
    return f"{person.openid}  {called}" + (f"  ({', '.join(marks)})" if marks else "")
