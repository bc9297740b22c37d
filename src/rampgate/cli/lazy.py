"""A group of commands of which each is imported only when it is called."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import click


class LazyGroup(click.Group):
    """A group that knows its commands from a table: name -> (module under `rampgate.cli`, line in the list)."""

    def __init__(self, *args: Any, table: Mapping[str, tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table = table

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of the commands in the order of the table."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return a command, importing its module."""
        if cmd_name not in self.table:
            return None
        module = importlib.import_module(f"rampgate.cli.{self.table[cmd_name][0]}")
        command: click.Command = module.command
        # Docstrings are raw, so click's mark for "do not wrap this paragraph" arrives as two characters.
        command.help = (command.help or "").replace("\\b\n", "\b\n")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that was asked for; an unknown one is told with the nearest that exists."""
        name = args[0]
        if name not in self.table and not name.startswith("-"):
            from rampgate.formats.suggest import did_you_mean

            hint = did_you_mean(name, self.table)
            raise click.UsageError(f"unknown command `{name}`{hint}\nsee `{ctx.command_path} --help` for the commands")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands from the table, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in self.table.items()])
