"""`wxauth qr`: a link as a QR code."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wxauth.cli.sandbox_remote import json_line

if TYPE_CHECKING:
    import segno

QUIET = 2
"""Modules of white around a code; the norm asks for four, but phones read it with two, and terminals are small."""
HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
"""Upper and lower module are white -> the character whose ink is those halves."""
LIGHT_ON_DARK = "\x1b[97;40m"
PLAIN = "\x1b[0m"


@click.command("qr")
@click.argument("link", default="-")
@click.option("--svg", type=click.Path(dir_okay=False, path_type=Path), help="Write a picture instead. 写入 SVG 文件")
@click.option("--json", "as_json", is_flag=True, help="The modules as JSON, true for black. 输出 JSON")
def qr(*, link: str, svg: Path | None, as_json: bool) -> None:
    """Show LINK as a QR code, or what stands on the standard input.

    把链接显示为二维码，用手机微信扫描即可打开；不带 LINK 时读取标准输入。

    The code has colours of its own, so that it can be scanned from light and from dark terminals.

    \b
    Examples:
      wxauth qr https://www.example.com/
      wxauth url authorize https://www.example.com/auth | wxauth qr
      wxauth qr https://www.example.com/ --svg code.svg
    """  # noqa: D301  click's mark for lines to keep
    text = sys.stdin.read().strip() if link == "-" else link
    if not text:
        raise click.UsageError("there is no link: name one, or write it to the standard input")
    if svg is not None:
        _draw(text, svg)
    if as_json:
        click.echo(json_line({"link": text, "modules": modules(text), "svg": None if svg is None else str(svg)}))
    elif svg is None:
        click.echo("\n".join(blocks(text, coloured=sys.stdout.isatty())))
    else:
        click.echo(f"{svg}   已写入")


def modules(text: str) -> list[list[bool]]:
    """The rows of a code, True for black, with white around."""
    return [[bool(module) for module in row] for row in _code(text).matrix_iter(border=QUIET)]


def blocks(text: str, *, coloured: bool) -> Iterator[str]:
    """The lines of a code for a terminal, two rows of modules a line; the ink is what is white.

    Args:
        text: what the code says.
        coloured: white ink on black, whatever the colours of the terminal. Without it a terminal with dark ink on
            light paper shows a negative, which not every phone reads.
    """
    rows = modules(text)
    rows += [[True] * len(rows[0])] * (len(rows) % 2)
    for upper, lower in zip(rows[::2], rows[1::2], strict=True):
        line = "".join(HALVES[not above, not below] for above, below in zip(upper, lower, strict=True))
        yield f"{LIGHT_ON_DARK}{line}{PLAIN}" if coloured else line


def _code(text: str) -> segno.QRCode:
    import segno

    try:
        return segno.make_qr(text)
    except segno.DataOverflowError:
        raise click.UsageError("the link is too long for a QR code") from None
    except UnicodeEncodeError:
        raise click.UsageError("the link holds what is no text, and cannot stand in a QR code") from None


def _draw(text: str, svg: Path) -> None:
    try:
        _code(text).save(str(svg), kind="svg", scale=8, border=4)
    except OSError as error:
        raise click.UsageError(f"{svg.name} cannot be written: {error.strerror}") from None
