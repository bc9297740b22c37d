"""`rampgate measure profile`: a reference in, its profile out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from rampgate.cli.measure_shared import located, moment_of, names_of, of_data


@click.command("profile", short_help="Write how a reference is distributed.")
@of_data
@click.option("--columns", metavar="C,C", help="The columns to profile; else all that can be.")
@click.option("--categories", metavar="C,C", help="Columns of codes, although they are numbers.")
@click.option("--numbers", metavar="C,C", help="Columns of numbers, although few of them differ.")
@click.option(
    "--bins", metavar="deciles|N", default="deciles", show_default=True, help="Quantiles to cut numbers into."
)
@click.option(
    "--min-cell", type=click.IntRange(min=0), default=0, metavar="ROWS", help="Name no value that fewer rows have."
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, metavar="PATH", help="Where.")
@click.option("--replace", is_flag=True, help="Write over a profile that is already there.")
@click.option("--now", metavar="RFC3339", help="The moment that the profile names; else the clock's.")
def command(**options: Any) -> int:
    r"""Write the profile of a reference, which later windows are compared with.

    Numbers are cut at their quantiles, codes are counted by value, and the bins are frozen: what is measured later can
    not move them. Texts and whole numbers with at most 30 different values are taken for codes. The data are not needed
    again. Keep the file where the model's data are kept, outside of `model_cards/`.

    \b
    rampgate measure profile --data training.parquet \
        --columns age,income,region --out profiles/credit-risk.json

    \b
    Exit codes: 0 written   2 usage   3 the data are not what they must be
                4 the file can not be read
    """
    from rampgate.app.profile import HEADER, ProfileRequest, profile_and_write
    from rampgate.cli.show import note_lines, table, working

    request = ProfileRequest(
        **located(options),
        columns=names_of(options["columns"]),
        categories=names_of(options["categories"]),
        numbers=names_of(options["numbers"]),
        bins=_bins(options["bins"]),
        min_cell=options["min_cell"],
    )
    with working("profiling"):
        written = profile_and_write(request, options["out"], replace=options["replace"], now=moment_of(options["now"]))
    for line in table(HEADER, written.profiled.table, right=range(2, len(HEADER))):
        click.echo(line)
    for line in [line for note in written.profiled.notes for line in note_lines(note)]:
        click.echo(line)
    click.echo(f"wrote {written.path}  {written.digest}")
    return 0


def _bins(text: str) -> int:
    if text == "deciles":
        return 10
    if not text.isdecimal() or not 2 <= int(text) <= 100:
        raise click.BadParameter(f"`{text}` is neither `deciles` nor a number from 2 to 100", param_hint="--bins")
    return int(text)
