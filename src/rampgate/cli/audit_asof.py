"""`rampgate audit asof`: what stood where on a day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rampgate.cli.history_options import place_options

if TYPE_CHECKING:
    from rampgate.model.history_views import AsOf
    from rampgate.model.sourced import Missing


@click.command("asof", short_help="Say what stood where on a day, and who let it in.")
@click.argument("when", metavar="DATE|MOMENT")
@click.option("--model", metavar="M", default="", help="One model alone.")
@click.option("--retired", is_flag=True, help="List retired versions, too.")
@place_options
@click.option(
    "--format", "format_", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True,
    help="How the answer is written.",
)  # fmt: skip
def command(when: str, model: str, retired: bool, repo: Path, trust: Path | None, format_: str) -> int:
    r"""Say what stood where at the end of a UTC day, or at a moment: its stage, since when, and who let it in.

    The share is by the ladder of that time, as the governed branch had it. `exposure` is what the ladder names for the
    stage; `serves` is the same, but at the last rung it is what the challenger leaves. Versions that went past the gate
    on their way are told. A day that is not over is answered by what has happened so far.

    \b
    rampgate audit asof 2026-03-14
    rampgate audit asof 2026-03-14T10:30:00Z --model credit-risk --format json

    \b
    Exit codes: 0 told   12 the history does not reach back so far
                10 the history is not believed   3 invalid settings
                2 no such day or model   4 no history in this clone
    """
    from rampgate.app.history.asof import AsOfRequest, asof
    from rampgate.cli.show import progress
    from rampgate.model.sourced import Missing
    from rampgate.reports.history_asof import render_csv, render_json, render_missing_json

    told = asof(AsOfRequest(repo, when, model, retired, trust, progress("reading records")))
    if isinstance(told, Missing):
        if format_ == "json":
            click.echo(render_missing_json(when, told), nl=False)
        for line in _lines(told):
            click.echo(line, err=format_ != "text")
        return 12
    if format_ == "text":
        for line in _table(told):
            click.echo(line)
    else:
        click.echo(render_json(told) if format_ == "json" else render_csv(told), nl=False)
    return 0


def _lines(missing: Missing) -> Iterator[str]:
    from rampgate.cli.show import note_lines

    yield from note_lines(missing.why)
    yield from note_lines(missing.fix) if missing.fix else ()


def _table(told: AsOf) -> Iterator[str]:
    from rampgate.cli.show import note_lines, table
    from rampgate.reports.history_asof import HEADER, headline, notes, table_cells

    yield from note_lines(headline(told))
    yield ""
    if told.rows:
        yield from table(HEADER, [table_cells(row) for row in told.rows], right=(2, 3, 5))
    else:
        yield "Nothing stood anywhere."
    yield ""
    for note in notes(told):
        yield from note_lines(note)
