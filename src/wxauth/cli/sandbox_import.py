"""`wxauth sandbox import`: a world from a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wxauth.cli.sandbox_clock import shown_time
from wxauth.cli.sandbox_remote import Shown, remote

if TYPE_CHECKING:
    from wxauth.sandbox.control.client import SandboxClient
    from wxauth.sandbox.document import Document


@click.command("import")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@remote
def sandbox_import(client: SandboxClient, *, file: Path) -> Shown:
    """Let a world become the one in FILE, which `wxauth sandbox export` wrote; - is the standard input.

    用导出的文件替换一个世界的全部内容；- 表示标准输入。

    A file that is not understood changes nothing.

    \b
    Examples:
      wxauth sandbox import signed-in.json
    """  # noqa: D301  click's mark for lines to keep
    world = client.load(_document(file))
    names = " ".join(world.appids)
    return Shown(value=world, lines=[f"{names} as of {shown_time(world.clock)}   已导入"])


def _document(file: Path) -> Document:
    from wxauth.sandbox.document import Document
    from wxauth.sandbox.written import Unreadable

    try:
        text = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return Document.parse(text)
    except OSError as error:
        raise click.ClickException(f"cannot read {file}: {error.strerror}   无法读取") from None
    except Unreadable as error:
        raise click.ClickException(f"{file}: {error}   无法识别") from None
