"""`rampgate audit sample`: decisions to inspect, drawn by a seed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from rampgate.cli.history_options import filter_options, filters_from, place_options


@click.command("sample", short_help="Draw decisions by a seed, for inspection.")
@click.option("-n", "--n", "number", type=click.IntRange(1), required=True, metavar="N", help="How many to draw.")
@click.option("--seed", required=True, metavar="WORD", help="Letters, digits, `.`, `_`, `-`: the same draws the same.")
@filter_options
@place_options
@click.option(
    "--format", "format_", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True,
    help="How the sample is written.",
)  # fmt: skip
def command(number: int, seed: str, repo: Path, trust: Path | None, format_: str, **given: Any) -> None:
    r"""Draw N records of those that the filters mean, by a seed; the same on every machine.

    The key of a record is the SHA-256 of the seed, a colon and the record's own SHA-256; the N smallest are drawn. So
    `printf '%s' 7:DIGEST | sha256sum` draws again, and a larger sample holds the smaller one. Later, when the history
    has grown, `--size` draws from what there was.

    \b
    rampgate audit sample --n 25 --seed 7
    rampgate audit sample --n 10 --seed 2026-q4 --verdict allow --format csv

    \b
    Exit codes: 0 drawn   10 the history is not believed   3 invalid settings
                2 a name that nothing knows   4 no history in this clone
    """
    from rampgate.app.history.sample import SampleRequest, sample
    from rampgate.cli.show import is_terminal, paint, progress, width
    from rampgate.reports.history_sample import render_csv, render_json, render_text

    request = SampleRequest(repo, filters_from(given), number, seed, trust, progress("reading records"))
    drawn = sample(request)
    if format_ == "text":
        click.echo(render_text(drawn, width=width() if is_terminal() else 0, paint=paint), nl=False)
    else:
        click.echo(render_json(drawn) if format_ == "json" else render_csv(drawn), nl=False)
