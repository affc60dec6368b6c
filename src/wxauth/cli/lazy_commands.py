"""Groups of commands: a table of names, of which only the one that is called is imported."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import ClassVar

import click


class LazyCommands(click.Group):
    """A group that knows its commands by name and imports the one that is called.

    Attributes:
        table: name of a command -> what help says about it.
        stem: what the module of a command is called, and the command in it; ``{}`` stands for the name.
    """

    table: ClassVar[Mapping[str, str]]
    stem: ClassVar[str] = "{}"

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in self.table:
            return None
        name = self.stem.format(cmd_name)
        command: click.Command = getattr(import_module(f"wxauth.cli.{name}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, so that help imports none of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.table.items()))


class Defaulting(click.Group):
    """A group whose first command is meant when none is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Name the first command, unless another one is named or help is asked for."""
        named = bool(args) and (not args[0].startswith("-") or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if named else [next(iter(self.commands)), *args])
