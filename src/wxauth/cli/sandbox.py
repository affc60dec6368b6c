"""`wxauth sandbox`: a local WeChat, until Ctrl-C; and the table of the commands that control one."""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, TypedDict

import click
from click.core import ParameterSource

from wxauth import __version__
from wxauth.cli.lazy_commands import LazyCommands
from wxauth.cli.sandbox_seed import first_world, seed_file

if TYPE_CHECKING:
    from wxauth.sandbox.serve import Running
    from wxauth.sandbox.world import World

DEFAULT_PORT = 8911


CONTROLS: Mapping[str, str] = {
    "status": "Who answers, and which worlds there are. 查看状态",
    "users": "List, add and remove people; follow and unfollow. 用户",
    "accounts": "List accounts; add one with a fresh appid. 公众号",
    "code": "The code of somebody's sign-in, without a page. 直接签发 code",
    "next": "Who opens the authorize page next, and what they decide. 下一位访客",
    "clock": "Show, freeze, advance and set the virtual time. 虚拟时间",
    "journal": "What was asked and answered, and why. 日志",
    "fault": "Let calls go wrong. 故障注入",
    "switches": "What is open about WeChat: list it, and flip it. 未定行为开关",
    "platform": "The third-party platform: its ticket, where it is pushed. 第三方平台",
    "snapshot": "Keep everything in a world under a name. 快照",
    "restore": "Go back to a snapshot. 恢复快照",
    "export": "Write a world into a file. 导出",
    "import": "Read a world from a file. 导入",
    "init": "Write a seed file to begin with. 生成种子文件",
    "reset": "Lead a world back to its first state. 重置",
    "exec": "Run a command against a sandbox of its own. 带沙箱运行命令",
}
"""Name -> what `wxauth sandbox --help` says about it. The command itself is `wxauth.cli.sandbox_<name>`."""


class Door(TypedDict):
    """Where and how a sandbox is served; see `wxauth.sandbox.serve.serve`."""

    host: str
    port: int
    tls: bool
    ca_file: Path | None
    public_url: str | None


class SandboxCommands(LazyCommands):
    """The group of the commands that control a sandbox."""

    table = CONTROLS
    stem = "sandbox_{}"


@click.group(cls=SandboxCommands, invoke_without_command=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on. 监听地址")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    help="Port to listen on; 0 for any free one. 监听端口，0 表示任意空闲端口",
)
@click.option("--strict", is_flag=True, help="Refuse what WeChat may refuse: loopback callbacks too. 严格模式")
@click.option("--tls", is_flag=True, help="Serve https, for WeChat's names too. 使用 https，并代表微信域名")
@click.option(
    "--ca-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep the authority of --tls in this file. 将 CA 保存在此文件",
)
@click.option("--public-url", help="Start of every address in the answers. 应答中地址的前缀")
@click.option(
    "--seed",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The world to start with; by default wxauth.sandbox.toml, if it is there. 种子文件",
)
@click.option("--json", "as_json", is_flag=True, help="First line of output: one JSON object. 首行输出 JSON")
@click.pass_context
def sandbox(
    ctx: click.Context,
    *,
    host: str,
    port: int,
    strict: bool,
    tls: bool,
    ca_file: Path | None,
    public_url: str | None,
    seed: Path | None,
    as_json: bool,
) -> None:
    """Run a local WeChat: consent page, people, codes and tokens, with no account and no internet.

    在本机运行一个微信沙箱：授权页、用户、code 与 token，无需公众号，无需联网。

    With a command, control a sandbox that runs already.

    \b
    Examples:
      wxauth sandbox
      wxauth sandbox --port 0 --json
      wxauth sandbox --strict
      wxauth sandbox --seed shop.toml
      wxauth sandbox --tls --ca-file wxauth-ca.pem
      wxauth sandbox clock advance --minutes 6
      wxauth sandbox exec -- pytest
    """  # noqa: D301  click's mark for lines to keep
    if ctx.invoked_subcommand is not None:
        _refuse_options_of_serving(ctx, ctx.invoked_subcommand)
    elif ca_file is not None and not tls:
        raise click.UsageError("--ca-file keeps the authority of --tls: add --tls")
    else:
        seed, door = seed_file(seed), Door(host=host, port=port, tls=tls, ca_file=ca_file, public_url=public_url)
        _serve(first_world(seed, strict=strict), door, seed=seed, as_json=as_json)


def _refuse_options_of_serving(ctx: click.Context, command: str) -> None:
    """An option before the command would be without effect; raises UsageError."""
    for parameter in ctx.command.params:
        if ctx.get_parameter_source(parameter.name or "") is ParameterSource.COMMANDLINE:
            option = parameter.opts[0]
            raise click.UsageError(
                f"{option} starts a sandbox; {command} wants its options after its name: "
                f"wxauth sandbox {command} --help"
            )


def _serve(world: World, door: Door, *, seed: Path | None, as_json: bool) -> None:
    from wxauth.sandbox.locator import announced
    from wxauth.sandbox.origin import LOOPBACK_HOSTS
    from wxauth.sandbox.serve import serve
    from wxauth.sandbox.worlds import Worlds

    if door["host"] not in LOOPBACK_HOSTS:
        click.echo(_banner(door["host"]), err=True)
    with ExitStack() as until_the_end:

        def tell(running: Running) -> None:
            until_the_end.enter_context(announced(running, version=__version__))
            _say(_json(running) if as_json else "\n".join(_lines(running, seed)))

        try:
            serve(Worlds(world), on_ready=tell, **door)
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        except OSError as error:
            raise click.ClickException(_why_not(error, door["host"], door["port"])) from None
    if not as_json:
        click.echo("\nStopped. 已停止。")


def _say(where: str) -> None:
    """Print it; what comes of a full disk or a closed pipe has nothing to do with listening."""
    try:
        click.echo(where)
    except OSError as error:
        said = f"cannot print where the sandbox answers: {error.strerror}\n无法输出沙箱地址：{error.strerror}"
        raise click.ClickException(said) from None


def _json(running: Running) -> str:
    """One line in ASCII, so that it survives every terminal encoding."""
    world = running.world
    account = world.account
    return json.dumps(
        {
            "url": running.url,
            "public_url": running.public_url or running.url,
            "ca_pem": running.ca_pem,
            "accounts": [{"appid": each.appid, "secret": each.secret, "name": each.name} for each in world.accounts],
            "people": [
                {
                    "name": person.name,
                    "openid": world.openid(person),
                    "unionid": world.unionid(person),
                    "nickname": person.nickname,
                    "follows": world.follows(person, account.appid),
                }
                for person in world.people
            ],
        }
    )


def _lines(running: Running, seed: Path | None) -> Iterator[str]:
    world, account = running.world, running.world.account
    yield f"A local WeChat answers at {running.url}   本地微信沙箱已启动"
    if seed is not None:
        yield f"Its world is that of {seed}.   世界来自该种子文件"
    yield ""
    yield "Point your app at it.   在你的应用中设置："
    yield f"  export WXAUTH_SANDBOX_URL={running.public_url or running.url}"
    yield f"  export WXAUTH_APPID={account.appid}"
    yield f"  export WXAUTH_SECRET={account.secret}"
    yield f"  export WXAUTH_SECRET_KEY={token_hex(32)}"
    yield ""
    if running.ca_pem is not None:
        yield "Trust its authority.   信任其 CA："
        yield f"  curl --insecure -o wxauth-ca.pem {running.url}/_sandbox/ca.pem"
        yield ""
    yield "People.   用户："
    yield from (f"  {world.openid(person)}  {_person(world, person.name)}" for person in world.people)
    yield ""
    if world.strict:
        yield f"Strict: callbacks to {', '.join(account.callback_domains)} only.   严格模式：仅接受以上回调域名"
        yield ""
    yield "Stop it with Ctrl-C.   按 Ctrl-C 停止"


def _person(world: World, name: str) -> str:
    person = world.person(name)
    marks = ["follows the account 已关注"] if world.follows(person, world.account.appid) else []
    marks += [] if person.avatar else ["no avatar 无头像"]
    return person.nickname + (f"  ({', '.join(marks)})" if marks else "")


def _banner(host: str) -> str:
    return (
        "**********************************************************************\n"
        f"WARNING: the sandbox listens on {host}, not on this machine alone.\n"
        "Whoever reaches it can sign in as anybody. Never do this in production.\n"
        f"警告：沙箱正在监听 {host}，其他机器也可能访问。\n"
        "能访问它的人可以冒充任何用户登录，切勿用于生产环境。\n"
        "**********************************************************************"
    )


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} of {host} is taken, perhaps by another sandbox. "
            "Stop that one, or choose another port: wxauth sandbox --port 0\n"
            f"{host} 的端口 {port} 已被占用。请先停止占用它的程序，或换一个端口：wxauth sandbox --port 0"
        )
    if error.filename is not None:
        return f"cannot use {error.filename}: {error.strerror}\n无法使用 {error.filename}：{error.strerror}"
    return f"cannot listen on {host}:{port}: {error.strerror}\n无法监听 {host}:{port}：{error.strerror}"
