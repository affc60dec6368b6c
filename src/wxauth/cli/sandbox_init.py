"""`wxauth sandbox init`: a seed file to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from wxauth.cli.sandbox_seed import FILE


@click.command("init")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace a file that is there. 覆盖已有文件")
def sandbox_init(*, file: Path | None, force: bool) -> None:
    """Write a commented seed file, by default wxauth.sandbox.toml, which `wxauth sandbox` finds in its directory.

    生成带注释的种子文件；在其所在目录运行 wxauth sandbox 时会自动读取。

    \b
    Examples:
      wxauth sandbox init
      wxauth sandbox init shop.toml
      wxauth sandbox --seed shop.toml
    """  # noqa: D301  click's mark for lines to keep
    from wxauth.sandbox.seed import EXAMPLE

    file = file or FILE
    try:
        with file.open("w" if force else "x", encoding="utf-8", newline="\n") as opened:
            opened.write(EXAMPLE.read_text(encoding="utf-8"))
    except FileExistsError:
        raise click.ClickException(f"{file} is there already; --force replaces it   文件已存在") from None
    except OSError as error:
        raise click.ClickException(f"cannot write {file}: {error.strerror}   无法写入") from None
    start = "wxauth sandbox" if file == FILE else f"wxauth sandbox --seed {file}"
    click.echo(f"The seed is in {file}; start with: {start}   已生成")
