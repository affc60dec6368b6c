"""`wxauth demo`: a local WeChat, a sample application, and somebody who signs in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPException
from threading import Event
from typing import TYPE_CHECKING

import click

from wxauth.cli.demo_person import Visit, walk
from wxauth.cli.demo_story import meaning

if TYPE_CHECKING:
    from wxauth.cli.demo_stage import Stage

PERSON = "安"


@click.command()
@click.option("--once", is_flag=True, help="Stop after the sign-in; the last line is JSON. 登录一次后退出")
def demo(*, once: bool) -> None:
    """Sign somebody in with WeChat, end to end, on this machine.

    在本机演示微信登录全过程：本地微信沙箱加 FastAPI 示例应用，无需公众号，无需联网。

    It starts a local WeChat and a sample FastAPI application, signs one person in over real HTTP and tells each step.
    Then it serves until Ctrl-C, so that you can try it by hand.

    \b
    Examples:
      wxauth demo
      wxauth demo --once
      wxauth demo --once | tail -n 1 | python -m json.tool
    """  # noqa: D301  click's mark for lines to keep
    from wxauth.cli.demo_stage import stage

    with stage() as here:
        _introduce(here)
        identity = _sign_in(here)
        if once:
            click.echo(json.dumps(identity, ensure_ascii=False))
        else:
            _serve(here)


def _introduce(here: Stage) -> None:
    click.echo(_heading("wxauth demo", "微信登录演示"))
    click.echo(f"  sandbox  {here.sandbox}  a local WeChat 本地微信沙箱")
    click.echo(f"  app      {here.app}  a FastAPI application 示例应用")


def _sign_in(here: Stage) -> Mapping[str, str | None]:
    """Let the person sign in, and tell each step; the identity is what the application says at /me."""
    click.echo(_heading(f"{PERSON} opens the app inside WeChat", f"{PERSON}在微信中打开应用"))
    page = b""
    try:
        for number, visit in enumerate(walk(f"{here.app}/me", person=PERSON), start=1):
            click.echo(_step(number, visit, here))
            page = visit.body
    except (OSError, HTTPException, RecursionError) as error:
        raise _failed(str(error)) from None
    identity = _identity(page)
    click.echo(_heading("The app knows who it is", "应用得到的身份"))
    for name, value in identity.items():
        click.echo(f"  {name:<10}  {value}")
    click.echo()
    return identity


def _step(number: int, visit: Visit, here: Stage) -> str:
    words = meaning(visit, person=PERSON)
    asked = "sandbox" if visit.origin == here.sandbox else "app"
    if words is None:
        raise _failed(f"{asked} GET {visit.path} answered {visit.status} {visit.title}".rstrip())
    what = click.style(f"GET {visit.path}", bold=True)
    return f"  {number}  {asked:<7}  {what}  {visit.status}\n              {words}"


def _identity(page: bytes) -> dict[str, str | None]:
    answer = json.loads(page)
    profile: Mapping[str, str | None] = answer["profile"] or {}
    return {
        "openid": answer["openid"],
        "unionid": answer["unionid"],
        "nickname": profile.get("nickname"),
        "headimgurl": profile.get("headimgurl"),
        "scope": answer["scope"],
        "appid": answer["appid"],
    }


def _serve(here: Stage) -> None:
    with suppress(KeyboardInterrupt):
        click.echo(_heading("Try it yourself", "亲自试一试"))
        click.echo(f"  {click.style(f'{here.app}/', bold=True, underline=True)}\n")
        click.echo("  An ordinary browser is outside WeChat, so the sandbox first says 请在微信客户端打开链接.")
        click.echo("  The button on that page, “Open in the sandbox's WeChat · 在沙箱微信中打开”, leads on.")
        click.echo(f"  Be anybody but {PERSON} to see the consent sheet 授权页: {PERSON} has just agreed.\n")
        click.echo("Stop it with Ctrl-C. 按 Ctrl-C 停止")
        Event().wait()
    click.echo("\nStopped. 已停止。")


def _heading(en: str, zh: str) -> str:
    return f"\n{click.style(en, fg='green', bold=True)} · {zh}\n"


def _failed(why: str) -> click.ClickException:
    return click.ClickException(f"the sign-in did not go through: {why}")
