"""`wxauth sandbox export`: everything in a world as one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from wxauth.cli.sandbox_remote import Shown, remote

if TYPE_CHECKING:
    from wxauth.sandbox.control.client import SandboxClient


@click.command("export")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@remote
def sandbox_export(client: SandboxClient, *, file: Path) -> Shown:
    """Write everything in a world into FILE, as readable JSON; - is the standard output.

    将一个世界的全部内容导出为 JSON 文件；- 表示标准输出。

    Its secrets and tokens stand in it as they are: they are worth nothing outside the sandbox.

    \b
    Examples:
      wxauth sandbox export signed-in.json
      wxauth sandbox export - > signed-in.json
    """  # noqa: D301  click's mark for lines to keep
    document = client.export()
    if str(file) == "-":
        return Shown(value=document, lines=document.text.splitlines())
    try:
        file.write_text(document.text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"cannot write {file}: {error.strerror}   无法写入") from None
    return Shown(value={"file": str(file)}, lines=[f"The world is in {file}   已导出"])
