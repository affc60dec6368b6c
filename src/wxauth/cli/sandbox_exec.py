"""`wxauth sandbox exec`: a command with a sandbox of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from types import FrameType
from typing import TYPE_CHECKING

import click

from wxauth.cli.sandbox_seed import first_world, seed_file

if TYPE_CHECKING:
    from wxauth.sandbox.serve import Running

NOT_FOUND = 127
NOT_STARTED = 126
BY_SIGNAL = 128
"""The exit statuses of a shell for a command that is missing, cannot start, or was ended by a signal."""
TRUST = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
"""Where OpenSSL and Go, requests, curl and Node.js look for the authorities to trust."""


@click.command("exec", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.option("--strict", is_flag=True, help="Refuse what WeChat may refuse: loopback callbacks too. 严格模式")
@click.option("--tls", is_flag=True, help="Serve https, and let COMMAND trust it. 使用 https，并让命令信任其 CA")
@click.option(
    "--seed",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The world to start with; by default wxauth.sandbox.toml, if it is there. 种子文件",
)
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED, metavar="-- COMMAND [ARGS]...")
@click.pass_context
def sandbox_exec(ctx: click.Context, *, command: tuple[str, ...], strict: bool, tls: bool, seed: Path | None) -> None:
    """Start a sandbox on a free port, run COMMAND against it, stop it, and end as COMMAND ended.

    在空闲端口启动沙箱，运行命令，结束后停止沙箱，并返回该命令的退出码。

    COMMAND finds WXAUTH_SANDBOX_URL, WXAUTH_APPID, WXAUTH_SECRET and WXAUTH_SECRET_KEY in its environment; with --tls
    also where the certificate to trust is, under the names that OpenSSL, requests, curl and Node.js read.
    Signals are passed on to it.

    \b
    Examples:
      wxauth sandbox exec -- pytest
      wxauth sandbox exec --strict -- npm test
      wxauth sandbox exec --tls -- node app.js
    """  # noqa: D301  click's mark for lines to keep
    from wxauth.sandbox.serve import running
    from wxauth.sandbox.worlds import Worlds

    worlds = Worlds(first_world(seed_file(seed), strict=strict))
    with running(worlds, tls=tls) as sandbox, _trusted(sandbox) as trust:
        status = _run(command, os.environ | _environment(sandbox) | trust)
    ctx.exit(status)


@contextmanager
def _trusted(sandbox: Running) -> Generator[dict[str, str]]:
    """What lets the command trust the sandbox, as long as it runs; nothing over http."""
    if sandbox.ca_pem is None:
        yield {}
        return
    with TemporaryDirectory(prefix="wxauth-") as folder:
        file = Path(folder) / "wxauth-ca.pem"
        file.write_text(sandbox.ca_pem, encoding="ascii")
        yield dict.fromkeys(TRUST, str(file))


def _environment(sandbox: Running) -> dict[str, str]:
    return {
        "WXAUTH_SANDBOX_URL": sandbox.url,
        "WXAUTH_APPID": sandbox.world.account.appid,
        "WXAUTH_SECRET": sandbox.world.account.secret,
        "WXAUTH_SECRET_KEY": token_hex(32),
    }


def _run(command: tuple[str, ...], environment: dict[str, str]) -> int:
    with _passed_on() as passed_on:
        try:
            process = subprocess.Popen(command, env=environment)  # noqa: S603  the command of who calls
        except FileNotFoundError:
            return _not_run(f"{command[0]}: there is no such command   找不到命令", NOT_FOUND)
        except OSError as error:
            return _not_run(f"{command[0]} cannot be started: {error.strerror}   无法启动", NOT_STARTED)
        passed_on.append(process)
        status = process.wait()
    return status if status >= 0 else BY_SIGNAL - status


def _not_run(why: str, status: int) -> int:
    click.echo(f"Error: {why}", err=True)
    return status


@contextmanager
def _passed_on() -> Generator[list[subprocess.Popen[bytes]]]:
    """Pass signals on to the processes in the list, in place of ending by them."""
    processes: list[subprocess.Popen[bytes]] = []

    def pass_on(number: int, frame: FrameType | None) -> None:
        for process in processes:
            # Ctrl-C at a terminal reaches the command by itself; a second one would cut its own clean-up short.
            if number != signal.SIGINT or not _at_terminal():
                process.send_signal(number)

    before = {number: signal.signal(number, pass_on) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield processes
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _at_terminal() -> bool:
    return sys.stdin.isatty() and os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
