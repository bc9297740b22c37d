"""`rampgate audit log`: the decisions, a line each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from rampgate.cli.history_options import filter_options, filters_from, place_options


@click.command("log", short_help="List decisions, by model, stage, person, verdict or day.")
@filter_options
@click.option("-n", "newest", type=click.IntRange(1), metavar="N", help="The newest N alone.")
@place_options
@click.option(
    "--format", "format_", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True,
    help="How the list is written.",
)  # fmt: skip
def command(newest: int | None, repo: Path, trust: Path | None, format_: str, **given: Any) -> None:
    r"""List the records of the decision history, the newest last: a line each, with who asked and who approved.

    Reads the branch `decisions` of this clone, what origin had of it first. Every record must follow the one before it
    and be signed by a key that counts, or nothing is told. Days are UTC days of the moment that was judged as of.

    \b
    rampgate audit log --model credit-risk -n 20
    rampgate audit log --person rita --since 2026-10-01 --format csv
    rampgate audit log --past-the-gate

    \b
    Exit codes: 0 listed   10 the history is not believed   3 invalid settings
                2 a name that nothing knows   4 no history in this clone
    """
    from rampgate.app.history.log import LogRequest, log
    from rampgate.cli.show import is_terminal, paint, progress, width
    from rampgate.reports.history_log import render_csv, render_json, render_text

    found = log(LogRequest(repo, filters_from(given, newest or 0), trust, progress("reading records")))
    if format_ == "text":
        # A line a record is what other programs count on; only a window has an edge.
        click.echo(render_text(found, width=width() if is_terminal() else 0, paint=paint), nl=False)
    else:
        click.echo(render_json(found) if format_ == "json" else render_csv(found), nl=False)
