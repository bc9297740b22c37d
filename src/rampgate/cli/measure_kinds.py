"""`rampgate measure KIND` for kinds that have a page and options of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import click

from rampgate.cli.lazy import LazyGroup

DATA_KINDS: Final = {
    "profile": ("measure_profile", "How a reference is distributed; drift is measured from it."),
    "drift": ("measure_drift", "How far a window lies from a profile, column by column."),
    "data_quality": ("measure_data_quality", "Missing, forbidden, repeated, old: counted for each column."),
    "reconciliation": ("measure_reconciliation", "Whether two or more sources say the same, key by key."),
    "split_overlap": ("measure_split_overlap", "How many keys of one data set are in another too."),
    "load": ("measure_load", "Latency percentiles, errors and throughput of a log."),
    "cost": ("measure_cost", "What calls cost, each and by the thousand."),
    "impact": ("measure_impact", "A business outcome, treatment against baseline."),
}
"""Kind -> its module under `rampgate.cli`, and its line in the list."""


class ByKind(LazyGroup):
    """A command that hands some kinds on to commands of their own, and does the others itself."""

    allow_interspersed_args = True
    """A group stops reading options at its first word; here the first word is the kind, and options follow it."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Return the context of the kind's own command where the first word is such a kind."""
        if args and args[0] in self.table:
            inner = click.Context(self, parent=parent, info_name=info_name)
            command = self.get_command(inner, args[0])
            assert command is not None
            return command.make_context(args[0], args[1:], parent=inner, **extra)
        return super().make_context(info_name, args, parent, **extra)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return the options and arguments; none to a kind with a command of its own, which asks how it is called."""
        return super().get_params(ctx) if ctx.command is self else []

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options of the kinds that have no command of their own."""
        own = self._own_kinds()
        if args and not args[0].startswith("-") and args[0] not in own:
            from rampgate.formats.suggest import did_you_mean

            hint = did_you_mean(args[0], [*own, *self.table])
            raise click.UsageError(f"unknown kind `{args[0]}`{hint}\nsee `{ctx.command_path} --help` for the kinds")
        return click.Command.parse_args(self, ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Measure a kind that has no command of its own."""
        return click.Command.invoke(self, ctx)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return the words of the usage line."""
        return click.Command.collect_usage_pieces(self, ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of kinds that have a page of their own."""
        with formatter.section("Kinds with a page of their own (`rampgate measure KIND --help`)"):
            formatter.write_dl([(name, line) for name, (_, line) in self.table.items()])

    def _own_kinds(self) -> Sequence[str]:
        kind = next(each for each in self.params if each.name == "kind")
        assert isinstance(kind.type, click.Choice)
        return list(kind.type.choices)
